# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The tables of docs/demo.md, from data.py. A test holds the two equal.

	python -m crm_ext.demo.docs FILE

writes them between the marks in the file.
"""

import re
import sys
from pathlib import Path

from crm_ext.demo import (
	data,
	linkage_data,
	pricing_data,
	pricing_stories,
	promotions_data,
	promotions_stories,
)

BEGIN = "<!-- {}: written by crm_ext.demo.docs -->"
END = "<!-- end of {} -->"


def customers() -> str:
	"""Each customer, its story and its tags."""
	rows = [(c.name, c.story, ", ".join(c.tags)) for c in data.CUSTOMERS]
	return _table(("Customer", "What happened", "Tags"), rows)


def users() -> str:
	"""Who can log in, and with which roles."""
	rows = [
		(f"`{u.email}`", u.first_name, ", ".join(u.roles), ", ".join(u.customers) or "all")
		for u in data.USERS
	]
	return _table(("User", "Name", "Roles", "Customers"), rows)


def account_managers() -> str:
	"""Who looks after whom."""
	rows = [
		(
			f"`{m.user.email}`",
			m.user.first_name,
			str(m.capacity),
			", ".join(place for row in m.covers for place in row.values()),
		)
		for m in linkage_data.ACCOUNT_MANAGERS
	]
	return _table(("User", "Name", "Capacity", "Covers"), rows)


def rules() -> str:
	"""The linkage rules in force and what their runs came to."""
	rows = [
		(rule.title, rule.status, ", ".join(f"{n} {status}" for status, n in rule.runs.items()) or "none")
		for rule in linkage_data.RULES
	]
	return _table(("Linkage Rule", "Status", "Runs"), rows)


def price_customers() -> str:
	"""The customers that only the prices need."""
	rows = [(c.name, c.group, c.story) for c in pricing_data.CUSTOMERS]
	return _table(("Customer", "Customer Group", "Who"), rows)


def matrices() -> str:
	"""The price matrices."""
	rows = [
		(m.title, m.status, str(m.priority), m.breaks, str(len(m.rates)), m.description)
		for m in pricing_data.MATRICES
	]
	return _table(("Price Matrix", "Status", "Priority", "Breaks", "Rates", "What for"), rows)


def prices() -> str:
	"""What some customers pay on the day of installation, and why."""
	rows = [
		(
			p.customer,
			p.item,
			f"{p.qty:g} {p.uom}".strip(),
			", ".join(p.where.values()),
			f"{float(p.price):,.2f}",
			p.by,
		)
		for p in pricing_stories.PRICES
	]
	return _table(("Customer", "Item", "Quantity", "Where", "Price", "Why"), rows)


def approvals() -> str:
	"""The requests to sell below the floor."""
	rows = [
		(a.customer, f"{a.line.qty:g} {a.line.item} at {a.line.rate:,.0f}", a.status, a.reason)
		for a in pricing_stories.APPROVALS
	]
	return _table(("Customer", "Quotation", "Price Approval", "Reason"), rows)


def promotions() -> str:
	"""The promotions, and how often they were used."""
	rows = [
		(p.title, p.kind, p.status, ", ".join(f"{n} {status}" for status, n in p.uses.items()), p.says)
		for p in promotions_data.PROMOTIONS
	]
	return _table(("Sales Promotion", "Kind", "Status", "Uses", "What it gives"), rows)


def promotion_customers() -> str:
	"""The customers that only the promotions need."""
	rows = [(c.name, c.group, c.story) for c in promotions_data.CUSTOMERS]
	return _table(("Customer", "Customer Group", "Who"), rows)


def promotion_orders() -> str:
	"""The orders with promotions, and what came of them."""
	rows = [
		(o.customer, ", ".join(f"{line.qty:g} {line.item}" for line in o.lines), o.coupon, o.story)
		for o in promotions_stories.ORDERS
	]
	return _table(("Customer", "Ordered", "Coupon", "What came of it"), rows)


TABLES = {
	"customers": customers,
	"users": users,
	"account managers": account_managers,
	"rules": rules,
	"price customers": price_customers,
	"matrices": matrices,
	"prices": prices,
	"approvals": approvals,
	"promotions": promotions,
	"promotion customers": promotion_customers,
	"promotion orders": promotion_orders,
}


def written_into(text: str) -> str:
	"""`text` with the current tables between its marks. Raises ValueError where a mark is missing."""
	for name, table in TABLES.items():
		begin, end = BEGIN.format(name), END.format(name)
		if begin not in text or end not in text:
			raise ValueError(f"The marks of the table “{name}” are missing.")
		between = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
		replacement = f"{begin}\n\n{table()}\n\n{end}"
		text = between.sub(lambda _, new=replacement: new, text)
	return text


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
	lines = [head, ("---",) * len(head), *rows]
	return "\n".join("| " + " | ".join(line) + " |" for line in lines)


if __name__ == "__main__":
	file = Path(sys.argv[1])
	file.write_text(written_into(file.read_text(encoding="utf-8")), encoding="utf-8")
