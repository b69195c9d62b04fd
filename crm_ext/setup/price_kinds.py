# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The price kinds that come with crm_ext, and the rule that gives one: drafts, until somebody puts them into force.

The four of the trade: what everybody pays, what members pay, what we pay, and what those pay who sell on our service.
"""

from crm_ext.setup.linkage_parts import IN_USE, case, condition

GRADES = ("Silver", "Gold", "Platinum")

PRICE_KINDS = (
	{
		"kind_name": "Standard",
		"description": "The price of the price list of the document, for everybody else to build on.",
		"base": "Price List",
	},
	{
		"kind_name": "Member",
		"description": "Standard less 5 %, for all customers who have a grade. Put Standard into force first.",
		"base": "Price Kind",
		"based_on": "Standard",
		"percent": -5,
		"priority": 10,
		"conditions": [condition("tags", "includes any of", ", ".join(GRADES))],
		"test_cases": [
			case("Gold", {"tags": ["Active", "Gold"]}),
			case("No grade", {"tags": ["Active", "Potential"]}, False),
		],
	},
	{
		"kind_name": "Cost",
		"description": "What it costs us plus 10 %, for our own people and companies. Give it by hand.",
		"base": "Valuation Rate",
		"percent": 10,
	},
	{
		"kind_name": "Service",
		"description": (
			"What we last paid plus 25 %, for service partners who fit our parts in our name. Give it by hand."
		),
		"base": "Last Purchase Rate",
		"percent": 25,
	},
)

MEMBER_PRICE_RULES = (
	{
		"title": "Gold: Member Prices",
		"description": (
			"Who reaches Gold is given the price kind Member for good; who was given one by hand keeps it. One in ten "
			"is left out, so that the report can tell whether member prices sell more. Put the price kind into "
			"force without its conditions first: they would give it to those left out, too."
		),
		"trigger": "Tag Gained",
		"tag": "Gold",
		"conditions": [IN_USE, condition("price_kind", "is not set", "")],
		"actions": [{"action": "Set Price Kind", "parameters": {"price_kind": "Member"}}],
		"hold_out_percent": 10,
		"once_per": "Ever",
		"test_cases": [
			case("Without a price kind", {"disabled": 0}),
			case("With one given by hand", {"disabled": 0, "price_kind": "Cost"}, False),
		],
	},
)
