# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The linkage rules of Willow Bay Trading: who looks after whom, which rules are in force, what they have done.

Plain data, like data.py, but not part of the company that the tests share: there no rule is in force.
"""

from dataclasses import dataclass, field

from crm_ext.demo.data import Ago, User, days, months
from crm_ext.rules.actions import OCCASION, TAG_GAINED


@dataclass(frozen=True, slots=True)
class AccountManager:
	user: User
	capacity: int
	covers: tuple[dict, ...]


HANNA = User("hanna@willowbay.example", "Hanna (Account Manager)", ("Sales User",))
RAVI = User("ravi@willowbay.example", "Ravi (Account Manager)", ("Sales User",))
ACCOUNT_MANAGERS = (
	AccountManager(HANNA, 20, ({"territory": "Home Market"},)),
	AccountManager(
		RAVI, 10, ({"territory": "River Towns"}, {"territory": "Overseas"}, {"industry": "Technology"})
	),
)

OCCASIONS = (
	("Azure Kiln Works", "Birthday", days(-3), 1984, "The owner"),
	("Copper Lantern", "Birthday", days(-3), 1972, "Head of purchasing"),
	("Saltmarsh Boats", "Birthday", days(-10), 1988, "The owner"),
	("Fernleigh Foundry", "Founding Day", days(-20), 1956, ""),
	("Valehead Brewers", "Contract Anniversary", days(-30), 2020, ""),
)
"""Customer, occasion, how far from today, first year (each has a 29 February), note."""

PRICE_LIST = "Willow Bay Platinum"
"""Disabled after a rule was activated that sets it: this makes a dead letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
	"""A rule in force. `runs`: what its runs have come to on the day of installation, and how many of each.

	`changed` are the fields that differ from what is shipped; all fields of a rule that is not. `past`: since when it
	is told of what happened before, as if it had been in force.
	"""

	title: str
	runs: dict[str, int]
	status: str = "Active"
	changed: dict = field(default_factory=dict)
	past: Ago | None = None


WITH_EXISTING = {"include_existing": 1}

RULES = (
	Rule(title="High Value: Welcome and Account Manager", runs={"Done": 5}),
	Rule(title="Key Account: Tailored Solution", runs={"Done": 1}),
	Rule(title="Key Customer Lost", runs={"Done": 2}, changed=WITH_EXISTING),
	Rule(title="Win Back a Key Customer", runs={}, changed=WITH_EXISTING),
	Rule(
		title="Win Back by E-mail and Call",
		runs={"Done": 2},
		changed={**WITH_EXISTING, "hold_out_percent": 0},
	),
	Rule(
		title="Mid Value: Satisfaction after an Invoice",
		status="Observing",
		runs={"Observed": 9},
		past=days(55),
	),
	Rule(
		title="Potential: Offer of the Quarter",
		runs={"Done": 44, "Held Out": 12},
		past=months(12),
		changed={"hold_out_percent": 25},
	),
	Rule(
		title="Birthday Greeting",
		runs={"Done": 2},
		changed={
			"description": "A card, written by hand, three days ahead.",
			"trigger": OCCASION,
			"occasion": "Birthday",
			"days_before": 3,
			"once_per": "Year",
			"actions": [
				{
					"action": "Create Task",
					"parameters": {
						"subject": "Write a birthday card to {customer_name}",
						"due_in_days": 1,
						"priority": "Medium",
						"assign_to": "Account Manager",
					},
				}
			],
		},
	),
	Rule(
		title="Platinum Prices",
		runs={"Dead Letter": 1},
		changed={
			**WITH_EXISTING,
			"description": "Its price list was disabled since: the run for the one Platinum customer is a dead letter.",
			"trigger": TAG_GAINED,
			"tag": "Platinum",
			"actions": [{"action": "Set Price List", "parameters": {"price_list": PRICE_LIST}}],
		},
	),
)
