# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Promotions and coupons over REST, by real users: who reads, who writes, and that codes are not to be had."""

import json
from functools import cache

import pytest

import frappe
from frappe.utils.password import update_password

from crm_ext.demo import data
from crm_ext.tests.http.conftest import Client
from crm_ext.tests.parallel import commit_without_jobs, patiently
from crm_ext.tests.pricing.people import person
from crm_ext.tests.promotions.drafts import draft

TITLE, BATCH, CODE = "Over HTTP", "Over HTTP", "HTTP-SECRET"
PEOPLE = {"Ines Inspector": ("Sales User", "Promotion Approver"), "Wanda Website": ("Customer",)}
CODES = "crm_ext.pricing.promotions.codes_api"
APPROVE = "crm_ext.pricing.promotions.approval_api.approve"
COUNT = "frappe.client.get_count"
DOCTYPES = (
	*("Sales Promotion", "Coupon Batch", "Promotion Coupon", "Promotion Redemption", "Promotion Sale"),
	"Promotion Usage",
)


@pytest.fixture(scope="module")
def log_in(served, company):
	"""`log_in(user)`, once for each; a promotion with one code is on the site meanwhile."""
	_clean()
	for name, roles in PEOPLE.items():
		update_password(person(name, *roles), data.PASSWORD)
	draft("Volume Discount", title=TITLE, needs_coupon=1).insert()
	batch = {"title": BATCH, "promotion": TITLE, "kind": "Unique Codes"}
	frappe.get_doc({"doctype": "Coupon Batch", **batch}).insert()
	frappe.get_doc(doctype="Promotion Coupon", code=CODE, batch=BATCH).insert()
	commit_without_jobs()
	yield cache(lambda user: Client(served, user, data.PASSWORD))
	_clean()


def _clean() -> None:
	def clean() -> None:
		frappe.delete_doc("Coupon Batch", BATCH, force=True, ignore_missing=True)
		frappe.delete_doc("Sales Promotion", TITLE, force=True, ignore_missing=True)
		for name in PEOPLE:
			frappe.delete_doc("User", f"{frappe.scrub(name)}@floors.example", force=True, ignore_missing=True)

	patiently(clean)


@pytest.fixture
def manager(log_in, company):
	return log_in(company.manager)


@pytest.fixture
def seller(log_in, company):
	return log_in(company.seller)


@pytest.fixture
def approver(log_in):
	return log_in(person("Ines Inspector"))


@pytest.fixture
def website(log_in):
	return log_in(person("Wanda Website"))


def stored(field: str):
	frappe.db.rollback()
	return frappe.db.get_value("Sales Promotion", TITLE, field)


def test_a_seller_reads_promotions_and_their_terms(seller):
	status, message, text = seller.get("frappe.client.get", doctype="Sales Promotion", name=TITLE)
	assert status == 200, text
	assert message["tiers"][0]["value"] == 5
	listed = seller.get(
		"frappe.client.get_list", doctype="Sales Promotion", filters=json.dumps({"name": TITLE})
	)
	assert listed[1] == [{"name": TITLE}]


def test_a_seller_writes_no_promotion(seller):
	values = {"doctype": "Sales Promotion", "name": TITLE}
	assert seller.post("frappe.client.set_value", **values, fieldname="budget", value=1)[0] == 403
	assert seller.post("crm_ext.rules.api.set_status", **values, status="Active")[0] == 403
	assert seller.post("frappe.client.delete", **values)[0] == 403
	own = draft("Volume Discount", title="My Own").as_dict(no_default_fields=True)
	assert seller.post("frappe.client.insert", doc={**own, "doctype": "Sales Promotion"})[0] == 403
	assert (stored("status"), stored("budget")) == ("Draft", 0)


@pytest.mark.parametrize("user", ["seller", "agent", "approver", "website"])
def test_codes_are_not_to_be_had(log_in, company, user):
	known = {"seller": company.seller, "agent": company.agent}
	outsider = log_in(
		known.get(user) or person({"approver": "Ines Inspector", "website": "Wanda Website"}[user])
	)
	coupon = {"doctype": "Promotion Coupon"}
	fields = json.dumps(["`tabPromotion Coupon`.`name`"])
	for method, arguments in (
		("frappe.client.get_list", coupon),
		("frappe.client.get", {**coupon, "name": CODE}),
		("frappe.client.get_value", {**coupon, "fieldname": "name", "filters": json.dumps({"batch": BATCH})}),
		(COUNT, coupon),
		("frappe.desk.reportview.get", {**coupon, "fields": fields}),
		("frappe.desk.reportview.export_query", {**coupon, "fields": fields, "file_format_type": "CSV"}),
		("frappe.desk.search.search_link", {**coupon, "txt": "HTTP"}),
		("frappe.desk.form.load.getdoc", {**coupon, "name": CODE}),
	):
		status, _message, text = outsider.post(method, **arguments)
		if method == COUNT and outsider.post(COUNT, doctype="Error Log")[0] == 200:
			continue  # the betas of Frappe 16 count whatever there is, for everybody
		assert CODE not in text and status in (401, 403), f"{method} answers {status}"


def test_a_manager_lists_and_exports_codes(manager):
	listed = manager.get(
		"frappe.client.get_list", doctype="Promotion Coupon", filters=json.dumps({"batch": BATCH})
	)
	assert {"name": CODE} in listed[1]
	status, _message, text = manager.post(
		"frappe.desk.reportview.export_query",
		doctype="Promotion Coupon",
		title=BATCH,
		fields=json.dumps(["`tabPromotion Coupon`.`name`"]),
		filters=json.dumps([["Promotion Coupon", "batch", "=", BATCH]]),
		file_format_type="CSV",
		view="Report",
	)
	assert status == 200 and CODE in text


def test_only_managers_may_read_codes_whatever_roles_there_are(site):
	allowed = {"Sales Manager", "System Manager"}
	for doctype in ("DocPerm", "Custom DocPerm"):
		assert set(frappe.get_all(doctype, {"parent": "Promotion Coupon"}, pluck="role")) <= allowed


@pytest.mark.parametrize("doctype", DOCTYPES)
def test_a_website_user_gets_nothing(website, doctype):
	assert website.get("frappe.client.get_list", doctype=doctype)[0] == 403
	assert website.get("frappe.client.get", doctype=doctype, name=TITLE)[0] in (403, 404)


def test_codes_are_made_by_managers_only_and_by_post(manager, seller, approver, website):
	for outsider in (seller, approver, website):
		assert outsider.post(f"{CODES}.make_codes", batch=BATCH, count=5)[0] == 403
	assert manager.get(f"{CODES}.make_codes", batch=BATCH, count=5)[0] == 403
	assert website.post(f"{CODES}.state", batch=BATCH)[0] == 403
	status, message, text = manager.post(f"{CODES}.make_codes", batch=BATCH, count=5)
	assert status == 200, text
	assert (message["status"], message["made"]) == ("Made", 6)


def test_a_count_that_makes_no_sense_is_answered_with_a_sentence(manager):
	status, _message, text = manager.post(f"{CODES}.make_codes", batch=BATCH, count=-5)
	assert status == 417 and "at a time at most" in text


def test_an_approver_approves_and_nobody_else(manager, seller, approver, website):
	for outsider in (manager, seller, website):
		assert outsider.post(APPROVE, promotion=TITLE)[0] == 403
	assert approver.get(APPROVE, promotion=TITLE)[0] == 403
	assert stored("approved_by") is None
	status, message, text = approver.post(APPROVE, promotion=TITLE)
	assert status == 200, text
	assert message["approved_hash"] == stored("version_hash")


def test_an_approval_is_not_written_past_the_service(manager):
	status, _message, text = manager.post(
		"frappe.client.set_value",
		doctype="Sales Promotion",
		name=TITLE,
		fieldname={"approved_by": data.MANAGER.email, "description": "Changed."},
	)
	assert status == 200, text
	assert stored("description") == "Changed." and stored("approved_by") != data.MANAGER.email


def test_an_incomplete_promotion_is_answered_with_what_it_lacks(manager):
	incomplete = {
		"doctype": "Sales Promotion",
		"title": "Incomplete",
		"kind": "Mix and Match",
		"currency": "CNY",
	}
	status, _message, text = manager.post("frappe.client.insert", doc=incomplete)
	assert status == 417
	assert "Buy" in text and "Value" in text and "missing, and Mix and Match needs it" in text
