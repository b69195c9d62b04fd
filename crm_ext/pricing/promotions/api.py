# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Promotions while somebody fills in a document, over HTTP. Permission first."""

import frappe
from frappe import _

from crm_ext.constants import SELLING_DOCTYPES
from crm_ext.errors import speaking
from crm_ext.incoming import an_object, check_document
from crm_ext.pricing import compiled
from crm_ext.pricing.forms import concerns_us
from crm_ext.pricing.promotions import preview as preview_
from crm_ext.pricing.requests import MOST_LINES


@frappe.whitelist(methods=["POST"])
@speaking
def preview(doc: dict | str) -> dict | None:
	"""What saving would make of a draft that a form sends; nothing is saved. None where nothing of ours has a say.

	Returns {rows: [{name, values}], free_rows: {add: [values], remove: [name]}, taxes, head} with
	the values that are to change, and what `told` returns. `taxes` are all charges in their order, [{name, values}], where
	free shipping has a say, else None. None, too, for more rows than a basket may have, and for who may not write
	such a document, or not read its company or customer. Raises PermissionError for a draft that one may not write.
	"""
	given = an_object(doc, "doc")
	if given.get("doctype") not in SELLING_DOCTYPES:
		frappe.throw(_("This is no selling document."))
	check_document(given)
	if len(given.get("items") or ()) > MOST_LINES:
		return None  # asked with every change, that would take longer than a change
	draft = frappe.get_doc(given)
	if draft.docstatus != 0 or compiled.idle():
		return None
	if not draft.is_new():
		saved = frappe.get_doc(draft.doctype, draft.name)
		saved.check_permission("write")
		draft._doc_before_save = saved
	return preview_.preview(draft) if concerns_us(draft) else None


@frappe.whitelist(methods=["POST"])
def known() -> dict[str, bool]:
	"""{promotions, coupons, prices}: whether any are live, for a Desk that was started a while ago."""
	return compiled.known()


@frappe.whitelist(methods=["POST"])
@speaking
def told(doctype: str, name: str) -> dict:
	"""What promotions did to a saved document, in sentences.

	Returns {currency, saved, applied: [{promotion, text}], near: [{promotion, text}], lost: [{promotion, text}], coupons:
	[{code, accepted, counts, text}], declined: [{promotion, item_code, text}]}: `saved` in the document's `currency`, `near`
	what is missing for promotions that nearly count, `counts` whether the promotion of an accepted coupon does, too,
	`declined` free goods that somebody took out.
	"""
	if doctype not in SELLING_DOCTYPES:
		frappe.throw(_("This is no selling document."))
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read")
	return preview_.told(doc)
