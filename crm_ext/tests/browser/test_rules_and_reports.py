# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import pytest
from playwright.sync_api import expect

import frappe

from crm_ext.tests.browser.desk import settle

DIALOG = ".modal.show"


@pytest.fixture
def draft(tagged) -> str:
	"""A tag, committed for the server to see, with a test case that its rule does not pass."""
	name = (
		frappe.get_doc(
			doctype="Customer Tag",
			tag_name="Rising Star",
			tag_group="Need",
			conditions=[{"fact": "revenue_365d", "operator": ">=", "value": "600000"}],
			test_cases=[{"title": "A large one", "facts": '{"revenue_365d": 500000}', "expected": "Matches"}],
		)
		.insert()
		.name
	)
	frappe.db.commit()
	yield name
	frappe.db.rollback()
	frappe.delete_doc("Customer Tag", name, force=True)
	frappe.db.commit()


def test_the_customer_list_filters_by_tag(manager, tagged):
	page = manager.open("customer", ".list-row-container").page
	field = page.locator("[data-fieldname=_user_tags] input")
	field.click()
	field.fill("Platinum")
	page.locator(".awesomplete li", has_text="Platinum").first.click()
	expect(page.locator(".list-row-container", has_text="Birchwood")).to_have_count(0)
	expect(page.locator(".list-row-container .list-subject", has_text="Azure Kiln Works")).to_be_visible()
	page.wait_for_url("**/customer?_user_tags=*")
	manager.see("customer-list")
	page.reload()
	page.locator(".list-row-container").first.wait_for()
	expect(page.locator("[data-fieldname=_user_tags] input")).to_have_value("Platinum")
	expect(page.locator(".list-row-container", has_text="Birchwood")).to_have_count(0)


def test_a_rule_reads_as_a_sentence_and_shows_its_status(manager):
	page = manager.open("customer-tag/Platinum", ".form-tabs").page
	expect(page.locator(".page-head .indicator-pill").first).to_have_text("Active")
	page.get_by_role("tab", name="Conditions").click()
	expect(page.locator(".crm-ext-summary")).to_contain_text("Revenue, 365 Days is at least 500,000")
	expect(page.locator(".crm-ext-summary")).to_contain_text("to keep it: 400,000")
	manager.see("tag-conditions")


def test_a_changed_threshold_is_simulated_before_it_is_saved(manager, tagged):
	page = manager.open("customer-tag/High Value", ".form-tabs", height=1000).page
	page.get_by_role("tab", name="Conditions").click()
	cell = page.locator(".grid-body .grid-row [data-fieldname=value]").first
	cell.click()
	cell.locator("input").fill("400000")
	cell.locator("input").press("Tab")
	expect(page.locator(".crm-ext-summary")).to_contain_text("400,000")
	page.get_by_role("button", name="Simulate").click()
	dialog = page.locator(DIALOG, has=page.locator(".crm-ext-cards"))
	expect(dialog.locator(".crm-ext-card").first).to_contain_text("Gain the Tag")
	expect(dialog.locator(".crm-ext-heat")).to_contain_text("Mid Value")
	expect(dialog.get_by_role("link", name="Birchwood Presses")).to_be_visible()
	expect(dialog.locator(".frappe-chart")).to_be_visible()
	manager.see("simulation", part=dialog.locator(".modal-content"))
	frappe.db.rollback()
	rows = frappe.get_all("Rule Condition", filters={"parent": "High Value"}, pluck="value")
	assert rows == ["500000"]


def test_a_new_condition_offers_only_the_operators_of_its_fact(manager):
	page = manager.open("customer-tag/Dormant", ".form-tabs").page
	page.get_by_role("tab", name="Conditions").click()
	page.locator("[data-fieldname=conditions] .grid-add-row").click()
	settle(page)
	row = page.locator("[data-fieldname=conditions] .grid-body .grid-row").last
	row.locator("[data-fieldname=fact] input").fill("Customer Group")
	page.locator(".awesomplete li", has_text="Customer Group").first.click()
	select = row.locator("[data-fieldname=operator] select")
	expect(select.locator("option", has_text="is or is under")).to_have_count(1)
	expect(select.locator("option", has_text="is at least")).to_have_count(0)


def test_pausing_a_tag_asks_for_a_reason(manager):
	page = manager.open("customer-tag/Dormant", ".form-tabs").page
	page.locator(".inner-group-button", has_text="Status").get_by_role("button").click()
	page.locator(".dropdown-menu.show a.dropdown-item", has_text="Pause").click()
	dialog = page.locator(DIALOG)
	expect(dialog.locator("[data-fieldname=reason] textarea")).to_be_visible()
	dialog.get_by_role("button", name="Pause").click()
	frappe.db.rollback()
	assert frappe.db.get_value("Customer Tag", "Dormant", "status") == "Active"


def test_a_failing_test_case_blocks_the_activation(manager, draft):
	page = manager.open(f"customer-tag/{draft}", ".form-tabs").page
	page.locator(".inner-group-button", has_text="Status").get_by_role("button").click()
	page.locator(".dropdown-menu.show a.dropdown-item", has_text="Activate").click()
	dialog = page.locator(DIALOG)
	expect(dialog.locator("tr", has=page.locator(".is-unmet"))).to_contain_text("A large one")
	expect(dialog.get_by_role("button", name="Activate")).to_have_count(0)
	manager.see("activation-blocked", part=dialog.locator(".modal-content"))


def test_the_population_report_draws_a_line_for_each_tag(manager):
	page = manager.open("query-report/Customer Tag Population?tag_group=Status", ".chart-container svg").page
	expect(page.locator(".dt-header")).to_contain_text("Dormant")
	manager.see("report-population")


def test_a_figure_of_the_flow_report_opens_its_customers(manager, tagged):
	page = manager.open("query-report/Customer Tag Flow?tag_group=Value", ".crm-ext-cell").page
	manager.see("report-flow")
	cell = page.locator(".crm-ext-cell").first
	number = int(cell.inner_text())
	cell.click()
	expect(page.locator(".dt-header")).to_contain_text("Customer Name")
	expect(page.locator(".dt-scrollable .dt-row")).to_have_count(number)
	page.get_by_role("button", name="Back to the Matrix").click()
	expect(page.locator(".crm-ext-cell").first).to_be_visible()


def test_the_threshold_report_names_who_is_near(manager):
	path = "query-report/Customers Near a Threshold?tag_group=Value&percent=10"
	page = manager.open(path, ".dt-scrollable .dt-row").page
	expect(page.locator(".dt-scrollable")).to_contain_text("Birchwood Presses")
	manager.see("report-near-threshold")


def test_the_workspace_shows_figures_and_charts(manager):
	page = manager.open("crm-ext", ".number-widget-box .number", height=1480).page
	expect(page.locator(".number-widget-box", has_text="High Value Customers")).to_contain_text("5")
	expect(page.locator(".dashboard-widget-box svg.frappe-chart")).to_have_count(4)
	manager.see("workspace")


def test_a_group_shows_its_tags_by_rank_with_their_customers(manager):
	page = manager.open("customer-tag-group/Grade", ".crm-ext-tags-of-group tr").page
	expect(page.locator(".crm-ext-tags-of-group tbody tr .crm-ext-chip")).to_have_text(
		["Platinum", "Gold", "Silver"]
	)
	manager.see("tag-group")
