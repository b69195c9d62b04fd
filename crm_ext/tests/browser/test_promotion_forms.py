# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The forms of promotions and coupon batches, as a sales manager uses them."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

import frappe
from frappe.utils.password import update_password

from crm_ext.demo import data
from crm_ext.tests.browser.desk import settle
from crm_ext.tests.pricing.people import person
from crm_ext.tests.promotions.drafts import draft

TITLES = ("Spring of Machines", "Oil with Each Lathe", "Written by Hand")
BATCH = "Spring Codes"
DIALOG = ".modal.show"


@pytest.fixture
def clean(tagged):
	"""What these tests make is committed, and gone afterwards."""
	_clean()
	yield
	_clean()


def _clean() -> None:
	frappe.db.rollback()
	for name in frappe.get_all("Coupon Batch", {"promotion": ("in", TITLES)}, pluck="name"):
		frappe.delete_doc("Coupon Batch", name, force=True)
	for name in TITLES:
		frappe.delete_doc("Sales Promotion", name, force=True, ignore_missing=True)
	frappe.db.set_single_value("CRM Ext Settings", "promotions_need_approval", 0)
	frappe.clear_document_cache("CRM Ext Settings", "CRM Ext Settings")
	frappe.db.commit()


@pytest.fixture
def promotion(clean) -> str:
	doc = draft(
		"Buy X Get Y",
		title=TITLES[0],
		products=[{"part": "Buy", "item_group": "Machines"}, {"part": "Except", "item": "WB-PRESS"}],
		conditions=[{"fact": "revenue_365d", "operator": ">=", "value": "500000"}],
		needs_coupon=1,
		max_uses=500,
		valid_from="2026-03-01",
		valid_to="2026-05-31",
	).insert()
	frappe.db.commit()
	return doc.name


@pytest.fixture
def batch(promotion) -> str:
	doc = frappe.get_doc(
		doctype="Coupon Batch", title=BATCH, promotion=promotion, kind="Unique Codes", prefix="SPRING-"
	).insert()
	frappe.db.commit()
	return doc.name


def sentence(page):
	return page.locator(".crm-ext-sentence:visible")


def open_promotion(desk, name: str, *, height: int = 1000):
	page = desk.open(f"sales-promotion/{quote(name)}", ".crm-ext-sentence", height=height).page
	page.locator(".form-tabs").first.wait_for()
	return page


def stored(name: str, *fields: str):
	frappe.db.rollback()
	return frappe.db.get_value("Sales Promotion", name, fields if len(fields) > 1 else fields[0])


def test_a_promotion_reads_as_a_sentence(manager, promotion):
	page = open_promotion(manager, promotion)
	expect(sentence(page)).to_contain_text("Buy 3 of Machines except WB-PRESS, get 1 more free.")
	expect(sentence(page)).to_contain_text("Revenue, 365 Days is at least 500,000")
	expect(sentence(page)).to_contain_text("Only with a coupon, and there are no codes yet.")
	expect(sentence(page)).to_contain_text("At most 500 uses.")
	page.wait_for_timeout(500)  # for the picture only
	manager.see("promotion-form")


def test_the_sentence_follows_what_is_typed(manager, promotion):
	page = open_promotion(manager, promotion)
	page.locator("[data-fieldname=buy_qty] input").fill("5")
	page.locator("[data-fieldname=buy_qty] input").press("Tab")
	expect(sentence(page)).to_contain_text("Buy 5 of Machines")
	page.locator("select[data-fieldname=gives]").select_option("Discount Percentage")
	page.locator("[data-fieldname=value] input").fill("50")
	page.locator("[data-fieldname=value] input").press("Tab")
	expect(sentence(page)).to_contain_text("get 1 more at 50 % off.")


def test_the_form_has_only_what_goes_with_the_kind(manager, promotion):
	page = open_promotion(manager, promotion)
	kind = page.locator("select[data-fieldname=kind]")
	tiers, buy = (
		page.locator("[data-fieldname=tiers] .grid-body"),
		page.locator("[data-fieldname=buy_qty] input"),
	)
	expect(buy).to_be_visible()
	expect(tiers).to_be_hidden()
	kind.select_option("Volume Discount")
	expect(buy).to_be_hidden()
	expect(tiers).to_be_visible()
	expect(page.locator("[data-fieldname=tiers] .grid-row .row-index:visible")).to_have_count(2)
	expect(page.locator("[data-fieldname=tiers] .grid-heading-row")).not_to_contain_text("Gift")
	kind.select_option("Order Threshold")
	expect(page.locator("[data-fieldname=tiers] .grid-heading-row")).to_contain_text("Gift")
	kind.select_option("Bundle")
	expect(page.locator("[data-fieldname=products] .grid-heading-row")).to_contain_text("Component")
	expect(page.locator("select[data-fieldname=gives]:visible option")).to_have_text(
		["Rate", "Discount Percentage", "Discount Amount"]
	)
	kind.select_option("Free Shipping")
	expect(page.locator("[data-fieldname=shipping_account] input")).to_be_visible()
	expect(page.locator("[data-fieldname=products] .grid-heading-row")).not_to_contain_text("Component")


def test_what_is_missing_is_told_when_saving(manager, promotion):
	page = open_promotion(manager.expects("417", "The Promotion Is Not Complete", "Traceback"), promotion)
	page.locator("select[data-fieldname=kind]").select_option("Bundle")
	page.get_by_role("button", name="Save").click()
	expect(page.locator(DIALOG)).to_contain_text("A bundle needs at least two components")
	expect(page.locator(DIALOG)).to_contain_text("“Value” is missing, and Bundle needs it")


def test_a_promotion_is_written_and_activated(manager, clean):
	page = manager.open("sales-promotion/new", ".crm-ext-sentence", height=1000).page
	page.locator("[data-fieldname=title] input").first.fill(TITLES[2])
	page.locator("select[data-fieldname=kind]").select_option("Order Threshold")
	settle(page)
	row = page.locator("[data-fieldname=tiers] .grid-body .grid-row").first
	row.locator("[data-fieldname=at_least]").first.click()
	row.locator("input[data-fieldname=at_least]").fill("1000")
	row.locator("input[data-fieldname=value]").fill("5")
	row.locator("input[data-fieldname=value]").blur()
	expect(sentence(page)).to_contain_text(re.compile("Orders of all items: 5 % off from .*1,000 on."))
	page.get_by_role("button", name="Save").click()
	expect(page.locator(".indicator-pill:visible", has_text="Draft").first).to_be_visible()
	expect(row.locator("[data-fieldname=at_least] .static-area")).to_have_text("1,000")
	page.get_by_role("button", name="Status").click()
	page.get_by_role("link", name="Activate").click()
	page.locator(DIALOG).get_by_role("button", name="Activate").click()
	expect(page.locator(".indicator-pill:visible", has_text="Active").first).to_be_visible()
	assert stored(TITLES[2], "status", "currency") == ("Active", data.HOME.currency)


def test_a_promotion_is_approved_by_somebody_else(manager, desk_of, promotion):
	frappe.db.set_single_value("CRM Ext Settings", "promotions_need_approval", 1)
	approver = person("Una Approver", "Sales User", "Promotion Approver")
	update_password(approver, data.PASSWORD)
	frappe.db.commit()
	frappe.clear_document_cache("CRM Ext Settings", "CRM Ext Settings")
	page = open_promotion(manager, promotion)
	expect(sentence(page)).to_contain_text("Not Approved Yet")
	page.get_by_role("button", name="Status").click()
	page.get_by_role("link", name="Activate").click()
	expect(page.locator(DIALOG)).to_contain_text("Version 1 is not approved")
	other = open_promotion(desk_of(approver), promotion)
	other.get_by_role("button", name="Approve").click()
	other.locator(DIALOG).get_by_role("button", name="Yes").click()
	expect(sentence(other)).to_contain_text("Approved by")
	assert stored(promotion, "approved_by") == approver


def test_coupons_are_made_from_the_promotion(manager, promotion):
	page = open_promotion(manager, promotion)
	page.get_by_role("button", name="Make Coupons").click()
	page.locator("[data-fieldname=title] input:visible").fill(BATCH)
	page.keyboard.press("Tab")
	expect(page.locator("[data-fieldname=promotion] input:visible")).to_have_value(promotion)
	page.get_by_role("button", name="Save").click()
	page.get_by_role("button", name="Make Codes").click()
	dialog = page.locator(DIALOG)
	dialog.locator("[data-fieldname=count] input").fill("40")
	dialog.get_by_role("button", name="Make", exact=True).click()
	expect(sentence(page)).to_contain_text("40 codes")
	frappe.db.rollback()
	assert frappe.db.count("Promotion Coupon", {"batch": BATCH}) == 40


def test_codes_of_a_batch_are_listed_and_downloaded(manager, batch):
	from crm_ext.pricing.promotions.codes_api import make_codes

	make_codes(batch, 12)
	frappe.db.commit()
	page = manager.open(f"coupon-batch/{quote(batch)}", ".crm-ext-sentence", height=900).page
	expect(sentence(page)).to_contain_text("12 codes such as SPRING-7KQ4MXW2PZ give")
	manager.see("coupon-batch")
	with page.expect_download() as download:
		page.get_by_role("button", name="Download as CSV").click()
	assert download.value.path().read_text().count("SPRING-") == 12
	page.get_by_role("button", name="Codes", exact=True).click()
	expect(page.locator(".list-row .level-item:visible", has_text="SPRING-").first).to_be_visible()


def test_a_public_code_reads_as_it_is_printed(manager, promotion):
	page = manager.open(f"coupon-batch/new?promotion={quote(promotion)}", ".crm-ext-sentence").page
	page.locator("[data-fieldname=title] input:visible").fill(BATCH)
	page.locator("select[data-fieldname=kind]:visible").select_option("Public Code")
	page.locator("[data-fieldname=public_code] input").fill("spring-26")
	page.locator("[data-fieldname=public_code] input").press("Tab")
	expect(sentence(page)).to_contain_text(f"The code SPRING-26 gives {promotion}.")
	expect(sentence(page)).to_contain_text("once by each customer")


def test_a_seller_reads_a_promotion_without_buttons(seller, promotion):
	page = open_promotion(seller, promotion)
	expect(sentence(page)).to_contain_text("Buy 3 of Machines")
	for name in ("Status", "Make Coupons", "Approve", "Save"):
		expect(page.get_by_role("button", name=name, exact=True).locator("visible=true")).to_have_count(0)


def test_promotions_are_listed_with_their_status(manager, promotion):
	page = manager.open("sales-promotion", ".list-row").page
	row = page.locator(".list-row", has_text=promotion)
	expect(row.locator(".indicator-pill", has_text="Draft").first).to_be_visible()
	expect(row).to_contain_text("Buy X Get Y")
