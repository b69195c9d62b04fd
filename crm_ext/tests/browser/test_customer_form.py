# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from urllib.parse import quote

from playwright.sync_api import expect

import frappe

HEAD = ".crm-ext-head"
DIALOG = ".modal.show"


def open_customer(desk, customer: str):
	return desk.open(f"customer/{quote(customer)}", ".form-tabs")


def chip(page, tag: str):
	return page.locator(f"{HEAD} button.crm-ext-chip", has_text=tag)


def choose_action(page, label: str):
	page.locator(".inner-group-button", has_text="Tags").get_by_role("button").click()
	page.locator(".dropdown-menu.show a.dropdown-item", has_text=label).click()


def held(customer: str) -> set[str]:
	frappe.db.rollback()  # see what the server committed
	return set(
		frappe.get_all(
			"Customer Tag Assignment",
			filters={"customer": customer, "closed_key": "", "shadow": 0},
			pluck="tag",
		)
	)


def test_a_manager_sees_the_tags_and_the_figures_of_a_customer(manager, tagged):
	page = open_customer(manager, tagged.customers["Azure Kiln Works"]).page
	for tag in ("High Value", "Active", "Platinum"):
		expect(chip(page, tag)).to_be_visible()
	expect(page.locator(f"{HEAD} .crm-ext-figure").first).to_contain_text("500,000")
	manager.see("customer-form")


def test_a_click_on_a_tag_shows_why_the_customer_has_it(manager, tagged):
	page = open_customer(manager, tagged.customers["Azure Kiln Works"]).page
	chip(page, "Platinum").click()
	dialog = page.locator(DIALOG)
	expect(dialog.locator(".crm-ext-lead")).to_contain_text("Platinum")
	expect(dialog.locator(".crm-ext-mark.is-met")).to_have_count(2)
	expect(dialog).to_contain_text("500,000")
	expect(dialog).to_contain_text("730")
	manager.see("why-dialog", part=dialog.locator(".modal-content"))


def test_a_tag_given_by_hand_says_who_and_why_and_goes_when_it_is_removed(manager, tagged):
	customer = tagged.customers["Hollow Oak Crafts"]
	page = open_customer(manager, customer).page
	expect(chip(page, "Silver")).to_be_visible()
	choose_action(page, "Give Tag")
	dialog = page.locator(DIALOG)
	tag = dialog.locator("[data-fieldname=tag] input")
	page.wait_for_function("cur_dialog && cur_dialog.display")  # it takes the focus once it is all there
	tag.fill("Service-oriented")
	page.locator(".awesomplete [role=option]", has_text="Service-oriented").first.click()
	dialog.locator("[data-fieldname=reason] textarea").fill(
		"Asked for a <b>service</b> contract at the fair."
	)
	manager.see("give-tag", part=dialog.locator(".modal-content"))
	dialog.get_by_role("button", name="Give Tag").click()
	expect(chip(page, "Service-oriented")).to_be_visible()
	assert "Service-oriented" in held(customer)

	chip(page, "Service-oriented").click()
	expect(dialog).to_contain_text("Asked for a <b>service</b> contract at the fair.")
	expect(dialog).to_contain_text("Mei")
	dialog.get_by_role("button", name="Remove Tag").click()
	expect(dialog.locator("[data-fieldname=assignment] select")).to_have_value(
		frappe.db.get_value("Customer Tag Assignment", {"customer": customer, "tag": "Service-oriented"})
	)
	dialog.locator("[data-fieldname=reason] textarea").fill("The contract was declined.")
	dialog.get_by_role("button", name="Remove Tag").click()
	expect(chip(page, "Service-oriented")).to_have_count(0)
	assert "Service-oriented" not in held(customer)

	choose_action(page, "History")
	expect(dialog.locator(".crm-ext-timeline li", has_text="Service-oriented")).to_contain_text(
		"The contract was declined."
	)
	manager.see("tag-history", part=dialog.locator(".modal-content"))


def test_refresh_now_says_what_changed(manager, tagged):
	customer = tagged.customers["Iron Quay"]
	name = frappe.db.get_value("Customer Tag Assignment", {"customer": customer, "tag": "Active"})
	frappe.db.delete("Customer Tag Assignment", {"name": name})
	frappe.db.commit()
	page = open_customer(manager, customer).page
	expect(chip(page, "Potential")).to_be_visible()
	choose_action(page, "Refresh Now")
	expect(page.locator(".desk-alert", has_text="Gained")).to_contain_text("Active")
	expect(chip(page, "Active")).to_be_visible()


def test_a_new_customer_has_no_head_and_no_complaint(manager):
	page = manager.open("customer/new", ".form-tabs, .modal.show").page
	expect(page.locator(HEAD)).to_have_count(0)


def test_a_seller_reads_why_but_cannot_give_tags(seller, tagged):
	page = open_customer(seller, tagged.customers["Azure Kiln Works"]).page
	expect(chip(page, "High Value")).to_be_visible()
	page.locator(".inner-group-button", has_text="Tags").get_by_role("button").click()
	expect(page.locator(".dropdown-menu.show a.dropdown-item")).to_have_text(
		["History", "What If It Gains a Tag …"]
	)


def test_a_seller_sees_nothing_of_a_customer_that_is_not_hers(seller, tagged):
	foreign = tagged.customers["Birchwood Presses"]
	seller.expects("crm_ext.tags.api.tags_of", "crm_ext.tags.api.history_of")
	page = seller.open("customer", ".list-row-container").page
	expect(page.locator(".list-row-container", has_text="Birchwood")).to_have_count(0)
	answer = page.evaluate(
		"""async (customer) => {
			const answers = [];
			for (const [method, args] of [
				["crm_ext.tags.desk.customer_head", { customer }],
				["crm_ext.tags.api.tags_of", { customer }],
				["crm_ext.tags.api.history_of", { customer }],
			]) {
				const url = `/api/method/${method}?${new URLSearchParams(args)}`;
				answers.push(await (await fetch(url)).text());
			}
			return answers;
		}""",
		foreign,
	)
	assert "Mid Value" not in "".join(answer)
	assert answer[0] == '{"message":{"tags":[],"profile":{},"may_change":false}}'
