# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Uses of promotions through the life of documents: claimed and reserved, redeemed, given back, released.

The first document after the quotation uses a promotion: an order or a delivery reserves it, an invoice redeems it, its
own or the one made from the order. It is claimed before the document is computed, under locks, so that limits are never
exceeded; where one is, the document is priced without the promotion. Nothing is asked where nothing is limited.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

import frappe

from crm_ext import errors
from crm_ext.compat import cached_by_all
from crm_ext.constants import COOPERATION_DOCTYPES
from crm_ext.exceptions import RanOut
from crm_ext.pricing import compiled
from crm_ext.pricing.documents import price_without
from crm_ext.pricing.promotions import coupons, redemptions, sales, stored, usage, used_up_words
from crm_ext.pricing.promotions.claiming import PLACES, STOPPED, Claim, claims_of, expected, live_of
from crm_ext.pricing.promotions.model import Refusal
from crm_ext.pricing.promotions.origins import Origin, Share, by_promotion, shares
from crm_ext.pricing.promotions.redemptions import REDEEMED, RELEASED, RESERVED
from crm_ext.pricing.promotions.usage import Key, Used
from crm_ext.pricing.store import number
from crm_ext.rules.rule_document import tell_owner
from crm_ext.settings import settings

INVOICES = ("Sales Invoice", "POS Invoice")
ASK = "Ask the Seller"
ASKED_FOR = 3600
"""So many seconds a refusal is remembered; who submits again after that is asked again."""


def reprice_asked(doc) -> None:
	"""Show the prices without what ran out, when somebody whose submission was refused saves the draft again."""
	if settings().ran_out == ASK and not doc.is_new() and (ran_out := cached_by_all(_asked(doc))):
		price_without(doc, ran_out)
		frappe.cache.delete_value(_asked(doc))


def before_submit_claim(doc) -> None:
	"""Lock what a document uses, and price it without what has run out. To be called when it is being submitted."""
	doc.flags.crm_ext_used, doc.flags.crm_ext_ran_out = {}, {}
	_claim(doc)


def claim_again(doc) -> bool:
	"""The same after ERPNext's own rules have changed what promotions act on; returns whether lines were priced anew."""
	return _claim(doc, {place for place, row in enumerate(doc.items) if row.get("pricing_rules")})


def _claim(doc, ruled: Collection[int] = ()) -> bool:
	if doc.docstatus != 1 or doc.doctype not in COOPERATION_DOCTYPES or not _uses(doc):
		return False
	used, refused = doc.flags.crm_ext_used, doc.flags.crm_ext_ran_out
	tried: set[str] = set()
	while True:
		found = expected(doc)
		claims = claims_of(doc, found)
		deleted = {share.promotion for share in found if not share.origin} - {one.promotion for one in claims}
		if (keys := {key for claim in claims for key in claim.keys}) and not used:
			keys |= _of_rivals(doc)
		used |= usage.lock(keys - used.keys())
		ran_out = {claim.promotion: limit for claim in claims if (limit := claim.ran_out(used))}
		ran_out |= dict.fromkeys(sorted(deleted), STOPPED)
		if ran_out.keys() <= tried:
			return bool(tried)
		tried |= ran_out.keys()
		if news := {name: limit for name, limit in ran_out.items() if name not in refused}:
			refused |= news
			_ask(doc, refused)
			frappe.msgprint(used_up_words.told(news, doc), indicator="orange")
		price_without(doc, refused, ruled=ruled)


def _of_rivals(doc) -> set[Key]:
	"""The counters of those that would take the place of a promotion that ran out: all are locked in one order."""
	live = compiled.current().promotions
	lost = stored.read(doc.get("crm_ext_promotions"))["lost"]
	rivals = {one["promotion"] for one in lost if one["reason"] in (Refusal.OUTBID, Refusal.GROUP)}
	return {
		key
		for name in rivals & live.keys()
		if not live[name].observing
		for key in usage.keys_of(name, doc.customer, live[name].limits)
	}


def on_submit(doc) -> None:
	"""Count and enter the uses of a submitted document, redeem those of the documents it was made from."""
	if ran_out := doc.flags.crm_ext_ran_out:
		doc.add_comment("Info", used_up_words.told(ran_out, doc))
	if not (found := list(shares(doc))):
		return
	if _uses(doc):
		_count(doc, found)
	if _is_invoice(doc):
		if doc.get("is_return"):
			_give_back(found, doc)
		else:
			_redeem(found)
		sales.record(doc, found)


def on_cancel(doc) -> None:
	"""Release the uses of a cancelled document; what it redeemed is reserved again."""
	if not (found := list(shares(doc))):
		return
	if _uses(doc):
		_release(doc)
	if _is_invoice(doc):
		if doc.get("is_return"):
			_give_back(found, doc, times=-1)
		else:
			_reserve_again(found, doc)
		sales.forget(doc)


def _uses(doc) -> bool:
	"""Whether a document may use promotions of its own. Returns and corrections do not."""
	return not (doc.get("is_return") or doc.get("is_debit_note"))


def _is_invoice(doc) -> bool:
	"""Whether a document is an invoice of its own: consolidated ones repeat those of the counter."""
	return doc.doctype in INVOICES and not doc.get("is_consolidated")


def _ask(doc, ran_out: dict[str, str]) -> None:
	"""Refuse the submission of a draft once, if the settings want it. Raises the translated RanOut."""
	if settings().ran_out != ASK or doc.is_new():
		return
	if ran_out.keys() <= (cached_by_all(_asked(doc)) or {}).keys():
		return
	frappe.cache.set_value(_asked(doc), ran_out, expires_in_sec=ASKED_FOR)
	errors.throw(RanOut(promotions=used_up_words.listed(ran_out, doc)))


def _asked(doc) -> str:
	return f"crm_ext_ran_out:{doc.doctype}:{doc.name}"


def _count(doc, found: Sequence[Share]) -> None:
	"""Add what a document uses to the counters that it has locked, and enter it."""
	used = doc.flags.crm_ext_used or {}
	refused = doc.flags.crm_ext_ran_out or {}
	claims = [claim for claim in claims_of(doc, found) if claim.promotion not in refused]
	if not claims:
		return
	used |= usage.lock({key for claim in claims for key in claim.keys} - used.keys())
	claims = [claim.within_budget(used) for claim in claims]
	usage.add(usage.together(claim.changes(used) for claim in claims))
	redemptions.insert(doc, claims, REDEEMED if doc.doctype in INVOICES else RESERVED)
	coupons.mirror({claim.coupon for claim in claims if claim.coupon}, 1)
	_tell_owners(claims, used)


def _tell_owners(claims: Sequence[Claim], used: dict[Key, Used]) -> None:
	"""Tell the owners of promotions that only warn, once, when these are used up."""
	told = []
	for claim in claims:
		counter = used.get(Key(claim.promotion))
		if claim.live.limits.warn and counter and not counter.told:
			uses, customers, amount = claim.changes(used)[Key(claim.promotion)]
			now = Used(counter.uses + uses, counter.customers + customers, counter.amount + amount)
			limits = replace(claim.live.limits, max_uses_per_customer=0)
			if limit := usage.limit_reached(claim.promotion, "", limits, {Key(claim.promotion): now}):
				owner = frappe.db.get_value("Sales Promotion", claim.promotion, "rule_owner")
				text = used_up_words.to_owner(claim.promotion, limit)
				tell_owner("Sales Promotion", claim.promotion, owner, text)
				told.append(claim.promotion)
	if told:
		usage.mark_told(told)


def _release(doc) -> None:
	"""Give the uses of a cancelled document back."""
	rows = redemptions.of_documents([Origin(doc.doctype, doc.name)])
	if not rows:
		return
	claims = _claims_from(rows)
	used = usage.lock({key for claim in claims for key in claim.keys})
	usage.add(usage.together(claim.changes(used, -1) for claim in claims))
	redemptions.set_status([row.name for row in rows], RELEASED, (RESERVED, REDEEMED))
	coupons.mirror({row.coupon for row in rows if row.coupon}, -1)


def _claims_from(rows: Sequence[dict]) -> list[Claim]:
	"""The claims that uses came from, with what is left of their discounts."""
	live = live_of({row.promotion for row in rows})
	codes = {row.coupon.upper() for row in rows if row.coupon}
	known = coupons.read(codes, rows[0].customer, live=live)
	return [
		Claim(
			live=live[row.promotion],
			customer=row.customer,
			coupon=row.coupon or "",
			of_coupon=known.get((row.coupon or "").upper()),
			discount=number(row.charged),
			exchange=Decimal(1),
		)
		for row in rows
		if row.promotion in live
	]


def _redeem(found: Sequence[Share]) -> None:
	_move({share.origin for share in found if share.origin}, RESERVED, REDEEMED)


def _reserve_again(found: Sequence[Share], doc) -> None:
	origins = {share.origin for share in found if share.origin}
	_move(origins - redemptions.still_invoiced(origins, Origin(doc.doctype, doc.name)), REDEEMED, RESERVED)


def _move(origins: Iterable[Origin], before: str, after: str) -> None:
	"""Have the uses of orders and deliveries go from one state to another."""
	rows = redemptions.of_documents(
		[origin for origin in origins if origin.doctype not in INVOICES], (before,)
	)
	if rows:
		redemptions.set_status([row.name for row in rows], after, (before,))
		coupons.mirror({row.coupon for row in rows if row.coupon})


def _give_back(found: Iterable[Share], doc, times: int = 1) -> None:
	"""Deduct what a return gives back from the uses that its lines come from, and from the budgets; or add it again."""
	rate = number(doc.get("conversion_rate")) or Decimal(1)
	back = {
		key: -times * discount * rate
		for key, (discount, _coupon) in by_promotion(share for share in found if share.origin).items()
	}
	rows = redemptions.of_documents({origin for origin, _promotion in back})
	live = live_of({row.promotion for row in rows})
	due: list[tuple[dict, Decimal, Decimal]] = []
	for row in rows:
		if discount := back.get((Origin(row.reference_doctype, row.reference_name), row.promotion)):
			charge = (discount * number(row.exchange)).quantize(PLACES)
			due.append((row, discount.quantize(PLACES), charge))
	limited = [one for one in due if one[0].promotion in live and live[one[0].promotion].limits.budget]
	usage.lock({Key(row.promotion) for row, *_rest in limited})
	usage.add(usage.together({Key(row.promotion): (0, 0, -charge)} for row, _discount, charge in limited))
	for row, discount, charge in due:
		redemptions.give_back(row.name, discount, charge)
