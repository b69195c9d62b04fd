# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The linkage section of the workspace: its cards, its chart, and that its links lead somewhere."""

import json
from pathlib import Path

import pytest

import frappe

import crm_ext
from crm_ext.crm_ext.dashboard_chart_source.linkage_runs_by_day.linkage_runs_by_day import get as by_day
from crm_ext.tests.linkage.past import ago, customers, linkage_rule, runs

RULE = "Visit the Large"
CARDS = {
	"Linkage Rules Active": 1,
	"Linkage Runs in 30 Days": 2,
	"Linkage Dead Letters": 1,
	"Linkage Rules That Cannot Be Evaluated": 1,
}


@pytest.fixture(autouse=True)
def the_rule(company):
	frappe.db.delete("Linkage Run")
	return linkage_rule(RULE, "Observing")


def test_the_runs_of_each_day_are_counted_by_state(company):
	runs(RULE, customers(2), "Done", 1)
	runs(RULE, customers(1, "Dead"), "Dead Letter", 0)
	runs(RULE, customers(1, "Outranked"), "Outranked", 0)
	runs(RULE, customers(1, "Old"), "Done", 30)
	runs(RULE, customers(1, "Observed"), "Observed", 0, shadow=1)
	chart = by_day(filters=json.dumps({"days": 30}))
	assert len(chart["labels"]) == 30
	assert {line["name"]: line["values"][-3:] for line in chart["datasets"] if any(line["values"])} == {
		"Done": [0, 2, 0],
		"Dead Letter": [0, 0, 1],
	}
	frappe.set_user(company.agent)
	hidden = by_day(filters=json.dumps({"days": 30}))
	assert len(hidden["labels"]) == 30, "a chart without days makes Frappe complain"
	assert not any(any(line["values"]) for line in hidden["datasets"])
	frappe.set_user("Guest")
	with pytest.raises(frappe.PermissionError):
		by_day()


def test_the_cards_count_what_they_say():
	frappe.db.delete("Linkage Rule", {"name": ("!=", RULE)})
	linkage_rule("In Force", last_error="There is no such fact.")
	runs("In Force", customers(2), "Done", 3)
	runs("In Force", customers(1, "Old"), "Done", 40)
	runs("In Force", customers(1, "Dead"), "Dead Letter", 40)
	runs(RULE, customers(1, "Observed"), "Observed", 3, shadow=1)
	assert {name: _count(name) for name in CARDS} == CARDS


def _count(card: str) -> int:
	"""As the Desk does it: the filters of the card, with the day of the dynamic one put in."""
	from frappe.desk.doctype.number_card.number_card import get_result

	doc = frappe.get_doc("Number Card", card)
	filters = json.loads(doc.filters_json)
	filters += [[*condition[:3], str(ago(30))] for condition in json.loads(doc.dynamic_filters_json)]
	return get_result(doc.as_dict(), filters)


def test_everything_on_the_workspace_exists():
	path = Path(crm_ext.__file__).parent / "crm_ext" / "workspace" / "crm_ext" / "crm_ext.json"
	workspace = json.loads(path.read_text())
	for link in workspace["links"]:
		if link["type"] == "Link":
			assert frappe.db.exists(link["link_type"], link["link_to"])
	cards = {card["label"]: card["number_card_name"] for card in workspace["number_cards"]}
	charts = {chart["label"]: chart["chart_name"] for chart in workspace["charts"]}
	for block in json.loads(workspace["content"]):
		if block["type"] == "number_card":
			assert frappe.db.exists("Number Card", cards[block["data"]["number_card_name"]])
		if block["type"] == "chart":
			assert frappe.db.exists("Dashboard Chart", charts[block["data"]["chart_name"]])
