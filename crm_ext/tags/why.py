# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Why a customer has, or had, a tag: the assignment in words."""

import frappe
from frappe import _
from frappe.utils import format_datetime, formatdate, get_fullname

from crm_ext.rules import evidence as evidence_
from crm_ext.rules.words import step_words
from crm_ext.tags.service import BY_LINKAGE


def why(assignment: str) -> dict:
	"""{tag, group, colour, customer, source, since, until, by, reason, sentence, steps, losers, rule, as_of, replay}.

	`steps` is [{label, actual, threshold, met, text}]; `replay` tells whether today's code, given the recorded
	inputs, decides the same. Times are site time.
	"""
	doc = frappe.get_doc("Customer Tag Assignment", assignment)
	evidence = frappe.parse_json(doc.evidence) if doc.evidence else None
	return {
		"assignment": doc.name,
		"tag": doc.tag,
		"group": doc.tag_group,
		"colour": frappe.get_cached_value("Customer Tag", doc.tag, "colour"),
		"customer": doc.customer,
		"company": doc.company,
		"source": doc.source,
		"since": doc.since,
		"until": doc.until,
		"expires_on": doc.expires_on,
		"grace_until": doc.grace_until,
		"locked": doc.locked,
		"by": "" if doc.source == BY_LINKAGE else get_fullname(doc.owner),
		"reason": doc.reason,
		"end_reason": _(doc.end_reason) if doc.end_reason else None,
		"sentence": _sentence(doc, evidence),
		"steps": _steps(evidence),
		"end_steps": _steps(frappe.parse_json(doc.end_evidence) if doc.end_evidence else None),
		"losers": [
			{"tag": loser["rule"], "reason": _(loser["reason"])}
			for loser in (evidence or {}).get("losers", ())
		],
		"rule": evidence and {"name": evidence["rule"]["name"], "version": evidence["rule"]["version"]},
		"as_of": evidence and evidence["as_of"],
		"replay": evidence and evidence_.replay(evidence).match,
	}


def _sentence(doc, evidence: dict | None) -> str:
	since = format_datetime(doc.since)
	if evidence:
		return _("{0} has the tag {1} since {2}, because on {3} all that the tag asks for was true.").format(
			doc.customer, _(doc.tag, context="Tag"), since, formatdate(evidence["as_of"])
		)
	if doc.source == BY_LINKAGE:
		return _("{0} has the tag {1} since {2}: {3}").format(
			doc.customer, _(doc.tag, context="Tag"), since, doc.reason
		)
	return _("{0} has the tag {1} since {2}, given by {3}: {4}").format(
		doc.customer, _(doc.tag, context="Tag"), since, get_fullname(doc.owner), doc.reason or ""
	)


def _steps(evidence: dict | None) -> list[dict]:
	return [step_words(step, evidence["currency"]) for step in evidence["steps"]] if evidence else []
