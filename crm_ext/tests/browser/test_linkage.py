# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

import frappe

from crm_ext.linkage import inbox, runner
from crm_ext.rules.actions import TAG_GAINED, Event
from crm_ext.tests import builders

DIALOG = ".modal.show"
SENTENCE = ".crm-ext-sentence"
OURS = ("Linkage Run Action", "Linkage Run", "Linkage Event", "Linkage Match")

CARE = "Platinum: Ready for Service"
VISIT = "Service-oriented: First Visit"
PRICES = "Circle: Prices of Its Own"
NEW = "Needs Service: Call"


def linkage_rule(title: str, tag: str, *actions: tuple[str, dict], **values) -> str:
	"""An active rule that waits for a tag."""
	return (
		frappe.get_doc(
			{
				"doctype": "Linkage Rule",
				"title": title,
				"trigger": TAG_GAINED,
				"tag": tag,
				"status": "Active",
				"actions": [
					{"action": action, "parameters": frappe.as_json(parameters)}
					for action, parameters in actions
				],
				**values,
			}
		)
		.insert()
		.name
	)


def task(subject: str, days: int = 7) -> tuple[str, dict]:
	return "Create Task", {
		"subject": subject,
		"due_in_days": days,
		"priority": "Medium",
		"assign_to": "Rule Owner",
	}


@pytest.fixture(scope="module")
def rules(tagged):
	"""The shipped rules and three more, in force and committed; as before afterwards."""
	shipped = frappe.get_all("Linkage Rule", {"status": "Draft"}, pluck="name")
	before = {doctype: set(frappe.get_all(doctype, pluck="name")) for doctype in OURS}
	for name in shipped:
		doc = frappe.get_doc("Linkage Rule", name)
		doc.status = "Observing" if doc.hold_out_percent else "Active"
		doc.save()
	frappe.get_doc(doctype="Price List", price_list_name="Circle", selling=1, currency="CNY").insert()
	made = [
		linkage_rule(
			CARE, "Platinum", ("Add Tag", {"tag": "Service-oriented"}), task("Agree on the service")
		),
		linkage_rule(VISIT, "Service-oriented", task("Visit {customer_name}")),
		linkage_rule(
			PRICES,
			"Product-oriented",
			("Set Price List", {"price_list": "Circle"}),
			task("Tell {customer_name} about the new prices"),
			conditions=[{"fact": "territory", "operator": "is set"}],
		),
	]
	frappe.db.commit()
	yield made
	frappe.db.rollback()
	for doctype in OURS:
		for name in set(frappe.get_all(doctype, pluck="name")) - before[doctype]:
			frappe.db.delete(doctype, {"name": name})
	for name in {*made, NEW} & set(frappe.get_all("Linkage Rule", pluck="name")):
		frappe.delete_doc("Linkage Rule", name, force=True)
	frappe.db.set_value("Linkage Rule", {"name": ("in", shipped)}, "status", "Draft")
	frappe.delete_doc("Price List", "Circle", force=True)
	inbox.forget_awaited()
	frappe.db.commit()


@pytest.fixture
def failed_run(rules) -> str:
	"""A run whose price list was switched off in the meantime; its customer is gone afterwards."""
	customer = builders.customer("Drifting Customer")
	frappe.db.set_value("Price List", "Circle", "enabled", 0)
	inbox.tell(
		[
			Event(
				key=f"{customer} gained it",
				trigger=TAG_GAINED,
				customer=customer,
				tag="Product-oriented",
				occurred_at=frappe.utils.now_datetime(),
			)
		]
	)
	frappe.db.commit()
	runner.run()
	yield frappe.db.get_value("Linkage Run", {"customer": customer, "rule": PRICES})
	frappe.db.rollback()
	frappe.db.set_value("Price List", "Circle", "enabled", 1)
	for todo in frappe.get_all("ToDo", {"reference_name": customer}, pluck="name"):
		frappe.delete_doc("ToDo", todo, force=True)
	frappe.delete_doc("Customer", customer, force=True)
	frappe.db.commit()


def open_rule(desk, name: str, *, height: int = 900):
	return desk.open(f"linkage-rule/{quote(name)}", SENTENCE, height=height).page


def runs() -> int:
	frappe.db.rollback()  # see what the server committed
	return frappe.db.count("Linkage Run")


def choose(page, fieldname: str, text: str):
	"""Type into a Link or Autocomplete field of the dialog or form, and take the offer."""
	field = page.locator(f"[data-fieldname={fieldname}] input:visible").last
	field.click()
	field.fill(text)
	page.locator(".awesomplete [role=option]:visible, .awesomplete li:visible", has_text=text).first.click()


def node(page, key: str):
	return page.locator(f'.crm-ext-node[data-key="{key}"]')


def ask_what_if(desk, customer: str):
	page = desk.open(f"customer/{quote(customer)}", ".crm-ext-head", height=1000).page
	page.locator(".inner-group-button", has_text="Tags").get_by_role("button").click()
	page.locator(".dropdown-menu.show a.dropdown-item", has_text="What If").click()
	page.locator(".crm-ext-what-if [data-fieldname=tag] input").wait_for()
	return page


def add_action(page, action: str, **texts):
	page.get_by_role("button", name="Add Action").click()
	dialog = page.locator(DIALOG)
	page.wait_for_function("cur_dialog && cur_dialog.display")
	dialog.locator("[data-fieldname=action] select").select_option(action)
	for fieldname, text in texts.items():
		if fieldname in ("tag", "price_list"):
			choose(dialog, fieldname, text)
		else:
			dialog.locator(f"[data-fieldname={fieldname}] input").fill(text)
	return dialog


def test_a_rule_is_made_by_hand_and_reads_as_a_sentence(manager, rules):
	page = manager.open("linkage-rule/new", SENTENCE).page
	page.locator("[data-fieldname=title] input").fill(NEW)
	choose(page, "trigger", "Occasion")
	expect(page.locator("[data-fieldname=days_before] input:visible")).to_have_count(1)
	choose(page, "trigger", "Tag Gained")
	expect(page.locator("[data-fieldname=days_before] input:visible")).to_have_count(0)
	choose(page, "tag", "Service-oriented")
	page.get_by_role("tab", name="Actions").click()
	add_action(page, "Set Price List", price_list="Standard Selling").get_by_role(
		"button", name="Add"
	).click()
	expect(page.locator(".crm-ext-action")).to_have_count(1)
	add_action(page, "Create Task", subject="Call {customer_name}").get_by_role("button", name="Add").click()
	expect(page.locator(".crm-ext-action")).to_have_count(2)
	page.locator(".crm-ext-action [data-do=edit]").last.press("Alt+ArrowUp")
	expect(page.locator(".crm-ext-action").first).to_contain_text("Call {customer_name}")
	expect(page.locator(SENTENCE)).to_contain_text("When a customer gains")
	expect(page.locator(f"{SENTENCE} li")).to_have_text(
		[
			"Create Task · Call {customer_name} → Account Manager",
			"Set Price List · Price List: Standard Selling",
		]
	)
	page.get_by_role("button", name="Save").click()
	expect(page.locator(".page-head .indicator-pill", has_text="Draft").first).to_be_visible()
	expect(page.locator(".crm-ext-action")).to_have_count(2)
	frappe.db.rollback()
	saved = frappe.get_doc("Linkage Rule", NEW)
	assert [row.action for row in saved.actions] == ["Create Task", "Set Price List"]
	assert frappe.parse_json(saved.actions[1].parameters) == {"price_list": "Standard Selling"}


def test_an_action_is_edited_in_the_fields_that_it_asks_for(manager, rules):
	page = open_rule(manager, CARE)
	page.get_by_role("tab", name="Actions").click()
	page.locator(".crm-ext-action [data-do=edit]").last.click()
	page.wait_for_function("cur_dialog && cur_dialog.display")
	dialog = page.locator(DIALOG)
	expect(dialog.locator("[data-fieldname=subject] input")).to_have_value("Agree on the service")
	expect(dialog.locator("[data-fieldname=user] input:visible")).to_have_count(0)
	dialog.locator("[data-fieldname=assign_to] select").select_option("User")
	expect(dialog.locator("[data-fieldname=user] input:visible")).to_have_count(1)
	dialog.locator("[data-fieldname=assign_to] select").select_option("Rule Owner")
	dialog.locator("[data-fieldname=subject] input").fill("Offer a service contract")
	dialog.get_by_role("button", name="Apply").click()
	expect(page.locator(".crm-ext-action").last).to_contain_text("Offer a service contract")
	expect(page.locator(f"{SENTENCE} li").last).to_contain_text("Offer a service contract")


def test_a_rule_says_what_pausing_means_for_it(manager, rules):
	page = open_rule(manager, "Win Back a Key Customer")
	expect(page.locator(f"{SENTENCE} .crm-ext-chip")).to_have_text("Dormant")
	page.get_by_role("tab", name="Actions").click()
	manager.see("linkage-rule")
	page.locator(".inner-group-button", has_text="Status").get_by_role("button").click()
	page.locator(".dropdown-menu.show a.dropdown-item", has_text="Pause").click()
	expect(page.locator(DIALOG)).to_contain_text("what it did stays")


def test_a_dry_run_says_what_the_rule_would_have_done(manager, rules):
	before = runs()
	page = open_rule(manager, "High Value: Welcome and Account Manager", height=1150)
	page.get_by_role("button", name="Dry Run").click()
	dialog = page.locator(DIALOG)
	dialog.locator("[data-fieldname=days] select").select_option("365")
	expect(dialog.locator(".crm-ext-bar-label", has_text="Would Run")).to_be_visible()
	expect(dialog.locator(".crm-ext-table", has_text="Create Task").first).to_be_visible()
	expect(dialog).to_contain_text("Azure Kiln Works")
	manager.see("linkage-dry-run", part=dialog.locator(".modal-content"))
	assert runs() == before


def test_the_map_shows_the_paths_of_what_one_looks_at(manager, rules):
	page = manager.open("linkage-map", ".crm-ext-node", height=1000).page
	expect(page.locator(".crm-ext-node.is-rule")).to_have_count(
		frappe.db.count("Linkage Rule", {"status": ("!=", "Stopped")})
	)
	manager.see("linkage-map")
	node(page, f"rule:{CARE}").hover()
	expect(page.locator(".crm-ext-node.is-lit")).to_have_count(4)
	expect(node(page, "action:Add Tag")).to_have_attribute("data-order", "1")
	page.locator("[data-fieldname=text] input").fill("service-oriented")
	expect(page.locator(".crm-ext-node.is-rule", has_text="Key Customer Lost")).to_have_count(0)
	expect(node(page, f"rule:{VISIT}")).to_be_visible()


def test_the_map_is_walked_through_by_keyboard(manager, rules):
	page = open_rule(manager, CARE)
	page.get_by_role("button", name="Map").click()
	expect(page.locator(".crm-ext-details")).to_contain_text("Agree on the service")
	rule = node(page, f"rule:{CARE}")
	rule.focus()
	rule.press("ArrowLeft")
	expect(node(page, "source:Tag Gained|Platinum")).to_be_focused()
	page.keyboard.press("Escape")
	expect(page.locator(".crm-ext-details")).to_have_count(0)


def test_the_map_lights_up_what_would_happen_to_a_customer(manager, tagged, rules):
	before = runs()
	customer = tagged.customers["Hollow Oak Crafts"]
	page = ask_what_if(manager, customer)
	panel = page.locator(".crm-ext-what-if")
	expect(panel.locator("[data-fieldname=customer] input")).to_have_value(customer)
	choose(panel, "tag", "Platinum")
	expect(node(page, f"rule:{CARE}").locator(".crm-ext-badge")).to_have_text("Would Run")
	expect(node(page, f"rule:{VISIT}")).to_have_class("crm-ext-node is-rule is-active is-lit")
	expect(panel.locator(".crm-ext-part", has_text=VISIT)).to_contain_text("Visit Hollow Oak Crafts")
	expect(panel.locator(".crm-ext-event[data-depth='1']").first).to_contain_text(f"Brought about by {CARE}")
	manager.see("linkage-what-if")
	assert runs() == before


def test_a_seller_asks_what_if_but_changes_no_rule(seller, tagged, rules):
	page = ask_what_if(seller, tagged.customers["Azure Kiln Works"])
	choose(page.locator(".crm-ext-what-if"), "tag", "Dormant")
	expect(page.locator(".crm-ext-part", has_text="Win Back a Key Customer").first).to_be_visible()
	expect(page.get_by_role("button", name="New Linkage Rule")).to_have_count(0)
	page = open_rule(seller, CARE)
	page.get_by_role("tab", name="Actions").click()
	expect(page.locator(".crm-ext-action")).to_have_count(2)
	expect(page.locator("[data-do]")).to_have_count(0)


def test_a_failed_run_says_why_and_is_tried_again(manager, failed_run):
	page = manager.open(f"linkage-run/{failed_run}", SENTENCE).page
	expect(page.locator("[data-view=actions] tr", has_text="Set Price List")).to_contain_text("Failed")
	expect(page.locator("[data-view=actions] tr", has_text="Create Task")).to_contain_text("Done")
	expect(page.locator("[data-view=evidence]")).to_contain_text("the same result")
	expect(page.locator(".frappe-control[data-fieldname=evidence]:visible")).to_have_count(0)
	manager.see("linkage-run")
	frappe.db.set_value("Price List", "Circle", "enabled", 1)
	frappe.db.commit()
	page.get_by_role("button", name="Retry").click()
	expect(page.get_by_role("button", name="Retry")).to_have_count(0)
	frappe.db.rollback()
	runner.run()
	page.reload()
	expect(page.locator(".page-head .indicator-pill").first).to_have_text("Done")
	customer = frappe.db.get_value("Linkage Run", failed_run, "customer")
	assert frappe.db.get_value("Customer", customer, "default_price_list") == "Circle"
	assert frappe.db.count("ToDo", {"reference_name": customer}) == 1


def test_failed_runs_are_dismissed_from_the_list(manager, failed_run):
	page = manager.open("linkage-run", ".list-row-container .indicator-pill").page
	page.locator(".list-row-container", has_text="Drifting Customer").locator(".list-row-checkbox").check()
	page.locator(".actions-btn-group").get_by_role("button", name="Actions").click()
	page.locator(".actions-btn-group .dropdown-menu.show a.dropdown-item", has_text="Dismiss").click()
	dialog = page.locator(DIALOG)
	dialog.locator("[data-fieldname=reason] textarea").fill("The price list is gone for good.")
	dialog.get_by_role("button", name="Dismiss").click()
	expect(page.locator(".desk-alert")).to_contain_text("dismissed")
	frappe.db.rollback()
	assert frappe.db.get_value("Linkage Run", failed_run, ["status", "reason"]) == (
		"Cancelled",
		"The price list is gone for good.",
	)
