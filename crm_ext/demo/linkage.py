# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Puts linkage rules of Willow Bay Trading into force and has them do what they would have done by now."""

from collections.abc import Iterator
from datetime import date, datetime, time

import frappe
from frappe.utils import now_datetime

from crm_ext.demo import data, masters
from crm_ext.demo.install import DemoCompany
from crm_ext.demo.linkage_data import ACCOUNT_MANAGERS, OCCASIONS, PRICE_LIST, RULES
from crm_ext.linkage import inbox, registry, runner
from crm_ext.linkage.calendar import period
from crm_ext.linkage.sources import existing, nightly
from crm_ext.rules.actions import SCHEDULE, Event

RULE, RUN = "Linkage Rule", "Linkage Run"

CREATED = datetime(2026, 1, 1)
"""Of the rules in force: hold-outs are drawn by it, so that the same customers are held out on every demo site."""


def install(demo: DemoCompany) -> bool:
	"""Account managers, occasions and rules in force, with what these did; False if they were there already.

	The tags of the demo company must have been computed. The caller commits.
	"""
	if frappe.db.exists("Account Manager", ACCOUNT_MANAGERS[0].user.email):
		return False
	_make_managers()
	_make_occasions(demo)
	_put_into_force(demo)
	runner.run(commit=False)  # from here on the customers have their account managers
	_tell_the_past(demo)
	nightly.tell(today=demo.as_of, commit=False)
	runner.run(commit=False)
	_let_fail()
	return True


def _make_managers():
	for manager in ACCOUNT_MANAGERS:
		masters.make_user(manager.user, {})
		masters.ensure(
			"Account Manager",
			manager.user.email,
			user=manager.user.email,
			capacity=manager.capacity,
			coverage=list(manager.covers),
		)
	# a demo site has no e-mail account, and Frappe would log an error for every task
	users = [user.email for user in (*data.USERS, *(manager.user for manager in ACCOUNT_MANAGERS))]
	frappe.db.set_value("Notification Settings", {"name": ("in", users)}, "enable_email_notifications", 0)


def _make_occasions(demo: DemoCompany):
	for customer, occasion, ago, year, note in OCCASIONS:
		frappe.get_doc(
			{
				"doctype": "Customer Occasion",
				"customer": demo.customers[customer],
				"occasion": occasion,
				"date": ago.on(demo.as_of).replace(year=year),
				"note": note,
			}
		).insert(ignore_permissions=True)


def _put_into_force(demo: DemoCompany):
	masters.ensure(
		"Price List", PRICE_LIST, price_list_name=PRICE_LIST, currency=demo.currency, selling=1, enabled=1
	)
	for rule in RULES:
		new = {"doctype": RULE, "title": rule.title, "bundle": "Willow Bay"}
		doc = frappe.get_doc(RULE, rule.title) if frappe.db.exists(RULE, rule.title) else frappe.get_doc(new)
		doc.update({**rule.changed, "status": rule.status, "rule_owner": demo.manager})
		doc.save(ignore_permissions=True)
		frappe.db.set_value(RULE, doc.name, "creation", CREATED, update_modified=False)
		existing.begin(doc.name, commit=False)
	frappe.db.set_value("Price List", PRICE_LIST, "enabled", 0)


def _tell_the_past(demo: DemoCompany):
	for rule in RULES:
		if rule.past:
			doc = frappe.get_doc(RULE, rule.title)
			inbox.tell(_past(doc, rule.past.on(demo.as_of), demo.as_of))


def _past(doc, since: date, today: date) -> Iterator[Event]:
	"""What happened since; by the clock in whole periods, so that the numbers are the same on every day."""
	by_clock = doc.trigger == SCHEDULE
	if by_clock:
		since = period(doc.frequency, since).first
	for event in registry.trigger(doc.trigger).past(doc, datetime.combine(since, time.min)):
		if not by_clock or event.occurred_at.date() < period(doc.frequency, today).first:
			yield event


def _let_fail():
	"""Try again at once what failed, until it is a dead letter."""
	ours = {"status": "Failed", "rule": ("in", [rule.title for rule in RULES])}
	while failed := frappe.get_all(RUN, ours, pluck="name"):
		for name in failed:
			frappe.db.set_value(RUN, name, "next_attempt", now_datetime(), update_modified=False)
		runner.run(commit=False)
