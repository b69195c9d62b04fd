# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Installs Willow Bay Trading, once, beside whatever the site already holds."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import frappe
from frappe.utils import getdate, nowdate

from crm_ext.compat import counter_sales_by_pos_invoice
from crm_ext.demo import data, masters
from crm_ext.demo.documents import OPENED, Books

MARKER = "crm_ext_demo"
"""Global default with the JSON of the installed demo."""

HISTORY_MONTHS = 12

Progress = Callable[[str, int, int], None]
"""Told (what, done, of)."""


@dataclass(frozen=True, slots=True)
class DemoCompany:
	"""What was installed. `customers` maps the names of data.py to records."""

	as_of: date
	"""The day from which all dates were counted back."""
	customers: dict[str, str]
	company: str = data.HOME.name
	currency: str = data.HOME.currency
	other_company: str = data.PACIFIC.name
	other_currency: str = data.PACIFIC.currency
	manager: str = data.MANAGER.email
	seller: str = data.SELLER.email
	agent: str = data.AGENT.email

	def warehouse(self, company: data.Company = data.HOME) -> str:
		return f"{data.WAREHOUSE} - {company.abbr}"


def install(*, history: bool = False, progress: Progress | None = None) -> DemoCompany:
	"""The demo company, built at the first call and found again at each later one.

	The caller commits. ERPNext itself commits in the setup wizard, which runs first on a site without a company,
	and when it consolidates the counter sales, near the end.
	With `history`, profiles and tags are computed for the past month ends and for today, so that charts have a
	past; without, nothing is computed.
	"""
	if installed := _installed():
		return installed
	if not frappe.db.a_row_exists("Company"):
		masters.run_setup_wizard(getdate(nowdate()))
	today = getdate(nowdate())
	tell = progress or (lambda what, done, of: None)
	tell("Companies and items", 0, 1)
	masters.make_masters(today)
	_report_in(data.HOME.currency)
	demo = DemoCompany(as_of=today, customers=_build_documents(today, tell))
	masters.make_users(demo.customers)
	if history:
		_refresh_the_past(demo, tell)
	_give_tags_by_hand(demo)
	if history:
		_refresh(demo.as_of)
		do_the_jobs()
	frappe.db.set_global(MARKER, json.dumps({"as_of": today.isoformat(), "customers": demo.customers}))
	return demo


def past_days(today: date) -> list[date]:
	"""The month ends of the last year, oldest first."""
	first = today.replace(day=1)
	return [data.days(1).on(data.months(count).on(first)) for count in range(HISTORY_MONTHS - 1, -1, -1)]


def _refresh_the_past(demo: DemoCompany, tell: Progress):
	days = past_days(demo.as_of)
	for done, day in enumerate(days):
		tell("Profiles and tags of the past", done, len(days))
		_refresh(day)


def _refresh(day: date):
	from crm_ext.profile.service import refresh

	refresh(as_of=day)


def do_the_jobs():
	"""What the job of every five minutes would do next: empty the queue, and show the tags in lists."""
	from crm_ext.profile import queue
	from crm_ext.tags.announce import announce

	queue.drain(commit=False)
	announce(commit=False)


def _installed() -> DemoCompany | None:
	# Not by get_global: its cache outlives a rollback.
	marker = frappe.db.get_value("DefaultValue", {"parent": "__global", "defkey": MARKER}, "defvalue")
	if not marker:
		return None
	marker = json.loads(marker)
	return DemoCompany(as_of=date.fromisoformat(marker["as_of"]), customers=marker["customers"])


def _report_in(currency: str):
	"""The figures over all companies are in the demo's currency unless the site has chosen one."""
	if not frappe.db.get_single_value("CRM Ext Settings", "reporting_currency"):
		frappe.db.set_single_value("CRM Ext Settings", "reporting_currency", currency)


def _build_documents(today: date, tell: Progress) -> dict[str, str]:
	"""All customers, then all documents in the order of their days: stock and counter shifts need it."""
	books = Books(today)
	books.receive_stock(data.days(760))
	customers = {}
	duplicates = {}
	events = []
	for customer in data.CUSTOMERS:
		name = customers[customer.name] = masters.make_customer(customer)
		events += [(name, event) for event in customer.events]
		if customer.duplicate:
			other_name, documents = customer.duplicate
			other = masters.make_customer(customer, other_name)
			duplicates[other] = name
			events += [(other, event) for event in documents]
	events.sort(key=lambda entry: entry[1].ago.on(today))
	at_the_counter = [entry for entry in events if isinstance(entry[1], data.CounterSale)]
	others = [entry for entry in events if not isinstance(entry[1], data.CounterSale)]
	for done, (name, event) in enumerate(others):
		tell("Documents", done, len(others))
		books.enter(name, event)
	for customer in data.CUSTOMERS:
		if not customer.owes:
			books.settle(customers[customer.name])
	for other, name in duplicates.items():
		frappe.rename_doc("Customer", other, name, merge=True, show_alert=False)
	_run_the_shop(books, at_the_counter)
	return customers


def _run_the_shop(books: Books, sales: list[tuple[str, data.CounterSale]]):
	"""Two shifts, one of them closed. Last of all, for ERPNext commits when it consolidates."""
	before = counter_sales_by_pos_invoice()
	for closed, opened_on in ((True, OPENED), (False, data.days(2))):
		opening = books.open_shift()
		for customer, sale in sales:
			if sale.shift_closed == closed:
				books.enter(customer, sale)
		books.backdate_shift(opening, opened_on.on(books.today))
		if closed:
			books.close_shift(opening)
	counter_sales_by_pos_invoice(before)


def _give_tags_by_hand(demo: DemoCompany):
	from crm_ext.tags.service import assign

	for customer in data.CUSTOMERS:
		if not (given := customer.by_hand):
			continue
		name = assign(demo.customers[customer.name], given.tag, reason=given.reason, lock=given.locked)
		if given.expired:
			# A validity in the past cannot be given, so it is moved there afterwards.
			ended = given.expired.on(demo.as_of)
			backdated = {"since": data.days(60).on(ended), "expires_on": ended}
			frappe.db.set_value("Customer Tag Assignment", name, backdated)
