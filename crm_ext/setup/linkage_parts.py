# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The parts of which the shipped linkage rules are made."""


def condition(fact: str, operator: str, value: object, *, any_of: int = 0, unit: str = "") -> dict:
	"""A row of conditions."""
	return {"fact": fact, "operator": operator, "value": str(value), "any_of": any_of, "unit": unit}


def case(title: str, facts: dict, expected: bool = True) -> dict:
	"""A saved test case."""
	return {"title": title, "facts": facts, "expected": "Matches" if expected else "Does not match"}


def task(subject: str, description: str, days: int, priority: str = "Medium") -> dict:
	"""A task for the account manager, due in so many days. Texts may have the placeholders of the action."""
	parameters = {
		"subject": subject,
		"description": description,
		"due_in_days": days,
		"priority": priority,
		"assign_to": "Account Manager",
	}
	return {"action": "Create Task", "parameters": parameters}


def manager(by: str) -> dict:
	"""An account manager, unless the customer has one."""
	return {"action": "Assign Account Manager", "parameters": {"by": by}}


def mail(template: str) -> dict:
	"""An e-mail to the customer."""
	parameters = {"channel": "E-mail", "recipients": "Customer", "template": template}
	return {"action": "Notify", "parameters": parameters}


def tell(template: str, **recipients: str) -> dict:
	"""A message in the Desk."""
	return {"action": "Notify", "parameters": {"channel": "Desk", **recipients, "template": template}}


IN_USE = condition("disabled", "=", 0)
IN_USE_CASES = [
	case("A customer in use", {"disabled": 0}),
	case("A disabled one is left alone", {"disabled": 1}, False),
]
COMPANY = [IN_USE, condition("customer_type", "=", "Company")]
COMPANY_CASES = [
	case("A company", {"disabled": 0, "customer_type": "Company"}),
	case("A person is left to the retail rules", {"disabled": 0, "customer_type": "Individual"}, False),
	case("A disabled company", {"disabled": 1, "customer_type": "Company"}, False),
]


def tagged(tag: str) -> list[dict]:
	"""The conditions that the customer has a tag and is in use."""
	return [condition("tags", "includes any of", tag), IN_USE]


def tagged_cases(tag: str) -> list[dict]:
	"""Test cases that go with `tagged`."""
	return [
		case(tag, {"tags": ["Active", tag], "disabled": 0}),
		case("Another class", {"tags": ["Active"], "disabled": 0}, False),
		case("A disabled customer", {"tags": [tag], "disabled": 1}, False),
	]
