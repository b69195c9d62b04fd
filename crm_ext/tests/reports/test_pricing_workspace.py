# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The cards of the prices on the workspace count what they say."""

import json

import frappe

from crm_ext.rows import insert_rows

CARDS = {
	"Price Matrices Active": 2,
	"Price Approvals Requested": 1,
	"Price Deviations Open": 3,
	"Price Matrices That Cannot Be Evaluated": 1,
}


def fill(doctype: str, *statuses: str, **values: str) -> None:
	frappe.db.delete(doctype)
	columns = ("status", *values)
	insert_rows(doctype, columns, [(status, *values.values()) for status in statuses])


def count(card: str) -> int:
	from frappe.desk.doctype.number_card.number_card import get_result

	doc = frappe.get_doc("Number Card", card)
	return get_result(doc.as_dict(), json.loads(doc.filters_json))


def test_the_cards_count_what_they_say():
	fill("Price Approval", "Requested", "Approved", "Withdrawn", reason="A large order.")
	fill("Price Deviation", "Open", "Open", "Open", "Accepted", "Gone")
	fill("Price Matrix", "Active", "Active", "Draft")
	frappe.db.set_value("Price Matrix", {"status": "Draft"}, "last_error", "There is no such fact.")
	assert {card: count(card) for card in CARDS} == CARDS
