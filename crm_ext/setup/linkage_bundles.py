# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The linkage rules that come with crm_ext, in bundles: drafts, until somebody puts them into force.

Each brings a class of customer the treatment that the field gives it, with the actions that exist. They name no
record of a site but shipped tags, shipped templates (setup/email_templates.py) and ERPNext's roles, so that each can
become active as it is. Amounts are in the currency of the default company.
"""

from crm_ext.setup.linkage_parts import (
	COMPANY,
	COMPANY_CASES,
	IN_USE,
	IN_USE_CASES,
	case,
	condition,
	mail,
	manager,
	tagged,
	tagged_cases,
	task,
	tell,
)
from crm_ext.setup.price_kinds import MEMBER_PRICE_RULES

RETAIL, B2B, WIN_BACK = "Retail", "B2B", "Win-back"
FIRST_ORDER, KEY_CUSTOMER_LOST = "First Order", "Key Customer Lost"
MEMBER_PRICES = "Member Prices"

RULE_GROUPS = {
	"First Order": "A customer is welcomed once: with a large first order in person, else by e-mail.",
	"Win-back": "A dormant customer is approached once: a key customer in person, else by e-mail.",
}
"""Exclusion groups with their descriptions."""

_RETAIL_RULES = (
	{
		"title": "High Value: Welcome and Account Manager",
		"description": (
			"Who buys the most gets a person of its own. The account manager with the smallest load is chosen; who "
			"has one already keeps it. At most once a year, so that nobody is welcomed at every swing."
		),
		"trigger": "Tag Gained",
		"tag": "High Value",
		"include_existing": 1,
		"conditions": [IN_USE],
		"actions": [
			manager("Load"),
			task(
				"Welcome {customer_name}",
				"The customer is {tag} now. Introduce yourself, and say how you can be reached directly.",
				3,
			),
		],
		"once_per": "Year",
		"cooldown_days": 90,
		"test_cases": IN_USE_CASES,
	},
	{
		"title": "High Value: Quarterly Visit",
		"description": (
			"A visit every quarter, on a day of its own for each customer, so that visits do not pile up."
		),
		"trigger": "Schedule",
		"frequency": "Quarter",
		"spread": 1,
		"conditions": tagged("High Value"),
		"actions": [
			task(
				"Visit {customer_name}",
				"The visit of the quarter. What has changed at the customer, what is coming, what can we do better?",
				14,
			)
		],
		"test_cases": tagged_cases("High Value"),
	},
	{
		"title": "High Value: Priority Service",
		"description": (
			"The account manager learns of every issue at once and follows it, so that the customer has one person "
			"to turn to. Service promises of their own come with the service policies."
		),
		"trigger": "Issue Opened",
		"conditions": tagged("High Value"),
		"actions": [
			tell("High Value Customer Needs Help", recipients="Account Manager"),
			task(
				"Issue of {customer_name}: see that it goes first",
				"{document}. Call the customer today, and follow the issue until it is closed.",
				0,
				"High",
			),
		],
		"test_cases": tagged_cases("High Value"),
	},
	{
		"title": "Mid Value: Care Call",
		"description": "A call every quarter keeps in touch with those who may become High Value.",
		"trigger": "Schedule",
		"frequency": "Quarter",
		"spread": 1,
		"conditions": tagged("Mid Value"),
		"actions": [
			task("Call {customer_name}", "The call of the quarter: is everything as it should be?", 14)
		],
		"test_cases": tagged_cases("Mid Value"),
	},
	{
		"title": "Mid Value: Satisfaction after an Invoice",
		"description": "Ask a week after the purchase, but not more often than once a quarter.",
		"trigger": "Invoice Submitted",
		"conditions": tagged("Mid Value"),
		"actions": [
			task(
				"Ask {customer_name} about {document}", "Is the customer satisfied? What would be better?", 7
			)
		],
		"once_per": "Quarter",
		"cooldown_days": 60,
		"test_cases": tagged_cases("Mid Value"),
	},
	{
		"title": "Mid Value: Satisfaction after an Issue",
		"description": "Ask within a day of the solution, while it is remembered; once a month at most.",
		"trigger": "Issue Closed",
		"conditions": tagged("Mid Value"),
		"actions": [
			task("Ask {customer_name} about {document}", "Was the issue solved, and soon enough?", 1),
		],
		"once_per": "Month",
		"cooldown_days": 14,
		"test_cases": tagged_cases("Mid Value"),
	},
	{
		"title": "Potential: Offer of the Quarter",
		"description": (
			"A letter with news and offers is what small customers can be given at little cost. One in ten is left "
			"out, so that the report can tell whether it sells anything. Dormant and lost customers are left to "
			"the win-back rules."
		),
		"trigger": "Schedule",
		"frequency": "Quarter",
		"spread": 1,
		"conditions": [*tagged("Potential"), condition("tags", "includes none of", "Dormant, Lost")],
		"actions": [mail("News and Offers")],
		"hold_out_percent": 10,
		"test_cases": [
			*tagged_cases("Potential"),
			case("Dormant", {"disabled": 0, "tags": ["Potential", "Dormant"]}, False),
		],
	},
)

_B2B_RULES = (
	{
		"title": "Key Account: Tailored Solution",
		"description": (
			"A key account gets a manager who knows its territory and its industry, and a solution made for it."
		),
		"trigger": "Tag Gained",
		"tag": "Platinum",
		"include_existing": 1,
		"conditions": COMPANY,
		"actions": [
			manager("Territory and Industry"),
			task(
				"Prepare a tailored solution for {customer_name}",
				"Find out with the customer what it needs, and propose a solution of its own.",
				14,
				"High",
			),
		],
		"once_per": "Year",
		"cooldown_days": 90,
		"test_cases": COMPANY_CASES,
	},
	{
		"title": "Small and Medium: Introduction",
		"description": "The manager of the territory presents the standard solutions to a company that has grown.",
		"trigger": "Tag Gained",
		"tag": "Mid Value",
		"conditions": COMPANY,
		"actions": [
			manager("Territory"),
			task(
				"Present our standard solutions to {customer_name}",
				"Which of our packages fit? Who decides at the customer, and when is the next purchase due?",
				14,
			),
		],
		"once_per": "Year",
		"cooldown_days": 90,
		"test_cases": COMPANY_CASES,
	},
	{
		"title": "Potential Company: Discover Needs",
		"description": (
			"A company that buys little may need more than we know. Lost customers are left to the other rules."
		),
		"trigger": "Tag Gained",
		"tag": "Potential",
		"conditions": [*COMPANY, condition("tags", "includes none of", "Lost")],
		"actions": [
			task(
				"Find out what {customer_name} needs",
				"What does the customer buy elsewhere, and why? What would it need to buy here?",
				30,
				"Low",
			)
		],
		"once_per": "Year",
		"cooldown_days": 180,
		"test_cases": [
			*COMPANY_CASES,
			case("Lost", {"disabled": 0, "customer_type": "Company", "tags": ["Lost"]}, False),
		],
	},
)

_WIN_BACK_RULES = (
	{
		"title": "Win Back a Key Customer",
		"description": "Who bought 100,000 or more in this year or the one before is worth a visit, not a letter.",
		"trigger": "Tag Gained",
		"tag": "Dormant",
		"conditions": [
			IN_USE,
			condition("revenue_365d", ">=", 100_000, any_of=1),
			condition("revenue_previous_year", ">=", 100_000, any_of=1),
		],
		"actions": [
			manager("Territory and Industry"),
			task(
				"Win back {customer_name}",
				"No order for three months. Visit the customer, ask why, and bring an offer for an old customer.",
				3,
				"High",
			),
		],
		"cooldown_days": 90,
		"rule_group": "Win-back",
		"priority": 20,
		"test_cases": [
			case("Large this year", {"disabled": 0, "revenue_365d": 100_000}),
			case("Large last year", {"disabled": 0, "revenue_365d": 0, "revenue_previous_year": 250_000}),
			case("Small", {"disabled": 0, "revenue_365d": 50_000, "revenue_previous_year": 20_000}, False),
		],
	},
	{
		"title": "Win Back by E-mail and Call",
		"description": (
			"A friendly letter, and a call two weeks later. One in ten is left out, so that the report can tell "
			"how many would have come back by themselves."
		),
		"trigger": "Tag Gained",
		"tag": "Dormant",
		"conditions": [IN_USE],
		"actions": [
			mail("We Have Missed You"),
			task(
				"Call {customer_name}, if it has not ordered since",
				"The customer became dormant and was sent a letter. Offer it the discount for old customers.",
				14,
			),
		],
		"cooldown_days": 90,
		"hold_out_percent": 10,
		"rule_group": "Win-back",
		"priority": 10,
		"test_cases": IN_USE_CASES,
	},
	{
		"title": "Welcome Back",
		"description": (
			"A customer of more than three months who becomes active again had been dormant or lost. Thank it, and "
			"ask what brought it back: that is what to offer the next one."
		),
		"trigger": "Tag Gained",
		"tag": "Active",
		"conditions": [IN_USE, condition("first_cooperation", "more than … ago", 3, unit="months")],
		"actions": [task("Thank {customer_name} for coming back", "What brought the customer back?", 3)],
		"once_per": "Quarter",
		"test_cases": [
			case("A customer for years", {"disabled": 0, "first_cooperation": "2020-01-31"}),
			case("A new customer", {"disabled": 0, "first_cooperation": "2999-01-31"}, False),
		],
	},
)

_FIRST_ORDER_RULES = (
	{
		"title": "First Order: Large",
		"description": (
			"Whoever begins with 100,000 or more is called the next day by a manager of its own, instead of "
			"getting the usual letter."
		),
		"trigger": "Order Submitted",
		"conditions": [
			condition("document_ordinal", "=", 1),
			condition("document_amount", ">=", 100_000),
		],
		"actions": [
			manager("Territory and Industry"),
			task(
				"Thank {customer_name} for its first order in person",
				"{document} is the first one, and a large one. Call, thank, and say who looks after the customer.",
				1,
				"High",
			),
		],
		"once_per": "Ever",
		"rule_group": "First Order",
		"priority": 20,
		"test_cases": [
			case("First and large", {"document_ordinal": 1, "document_amount": 250_000}),
			case("First and small", {"document_ordinal": 1, "document_amount": 1_000}, False),
			case("Second", {"document_ordinal": 2, "document_amount": 250_000}, False),
		],
	},
	{
		"title": "First Order: Thank You and Call",
		"description": "A letter at once, and a call within a week: is everything as the customer expected?",
		"trigger": "Order Submitted",
		"conditions": [condition("document_ordinal", "=", 1)],
		"actions": [
			mail("Thank You for Your First Order"),
			task(
				"Call {customer_name} about its first order",
				"{document}: did all arrive, and is it as expected? What else would the customer like to know?",
				7,
			),
		],
		"once_per": "Ever",
		"rule_group": "First Order",
		"priority": 10,
		"test_cases": [
			case("The first order", {"document_ordinal": 1}),
			case("The second order", {"document_ordinal": 2}, False),
		],
	},
)

_KEY_CUSTOMER_LOST_RULES = (
	{
		"title": "Key Customer Lost",
		"description": (
			"Who was worth 500,000 in one of the last two years, or a million in all, is not let go without a "
			"question. The sales managers learn of it."
		),
		"trigger": "Tag Gained",
		"tag": "Lost",
		"conditions": [
			IN_USE,
			condition("revenue_365d", ">=", 500_000, any_of=1),
			condition("revenue_previous_year", ">=", 500_000, any_of=1),
			condition("revenue_lifetime", ">=", 1_000_000, any_of=1),
		],
		"actions": [
			tell("Key Customer Lost", recipients="Role", role="Sales Manager"),
			task(
				"Ask {customer_name} why it left",
				"No order for six months. What was the reason: price, service, need? Write it down.",
				7,
				"High",
			),
		],
		"once_per": "Year",
		"test_cases": [
			case("Large last year", {"disabled": 0, "revenue_previous_year": 600_000}),
			case("Large in all", {"disabled": 0, "revenue_lifetime": 2_000_000}),
			case("Small", {"disabled": 0, "revenue_lifetime": 30_000, "revenue_previous_year": 0}, False),
		],
	},
)

BUNDLES = {
	RETAIL: _RETAIL_RULES,
	B2B: _B2B_RULES,
	WIN_BACK: _WIN_BACK_RULES,
	FIRST_ORDER: _FIRST_ORDER_RULES,
	KEY_CUSTOMER_LOST: _KEY_CUSTOMER_LOST_RULES,
	MEMBER_PRICES: MEMBER_PRICE_RULES,
}

RULES = tuple({"bundle": bundle, **rule} for bundle, rules in BUNDLES.items() for rule in rules)
