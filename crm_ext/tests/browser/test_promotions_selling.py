# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What the seller sees of promotions in the Desk and at the counter before saving is what the saved document has."""

import json
from dataclasses import replace

import pytest
from playwright.sync_api import TimeoutError, expect

import frappe

from crm_ext.demo import data
from crm_ext.pricing import compiled, service
from crm_ext.pricing.store import number
from crm_ext.tests.browser.desk import FREE_ROW, settle
from crm_ext.tests.browser.test_point_of_sale import choose, tile, till  # noqa: F401 (a fixture)
from crm_ext.tests.browser.test_prices import ADA, DIALOG, FALL, WHY, Form, shop  # noqa: F401 (a fixture)
from crm_ext.tests.promotions.running import offer
from crm_ext.tests.promotions.test_coupon_batches import new_batch

WEEK, BULB, MEMBERS, THREE = "Lamp Week", "A Bulb for Two", "Members Save", "Three for Two"
SHIPPING = "Free Delivery"
CODE = "SAVE-5"
_MADE = (
	*("Promotion Redemption", "Promotion Sale", "Promotion Usage", "Promotion Coupon", "Coupon Batch"),
	*("Quotation", "Sales Order", "Delivery Note", "Sales Invoice", "POS Invoice", "Sales Promotion"),
)
SHOWN = """JSON.stringify(cur_frm.doc.items.filter((row) => row.item_code)
	.map((row) => [row.item_code, row.qty, row.price_list_rate, row.rate]))"""


@pytest.fixture(scope="module")
def offers(shop):  # noqa: F811
	"""Five promotions, committed; gone again afterwards."""
	before = {doctype: set(frappe.get_all(doctype, pluck="name")) for doctype in _MADE}
	offer(
		"Volume Discount",
		title=WEEK,
		products=[{"item": "LAMP-B"}],
		tiers=[{"at_least": 3, "gives": "Discount Percentage", "value": 10}],
		terms="<p>Not together with other offers on the same lamp.</p>",
	)
	offer(
		"Buy X Get Y",
		title=BULB,
		products=[{"item": "LAMP-E"}],
		**{"buy_qty": 2, "get_qty": 1, "gives": "Free", "gift_item": "LAMP-D"},
	)
	offer(
		"Cheapest Free",
		title=THREE,
		products=[{"item": "LAMP-C"}],
		**{"buy_qty": 3, "get_qty": 1, "gives": "Free"},
	)
	offer("Free Shipping", title=SHIPPING, minimum_amount=1000, shipping_account=_freight())
	members = offer(
		"Order Threshold",
		title=MEMBERS,
		combination="Compound",
		needs_coupon=1,
		tiers=[{"at_least": 100, "gives": "Discount Percentage", "value": 5}],
	)
	new_batch(members, "Members", kind="Public Code", public_code=CODE, max_uses=0, max_uses_per_customer=0)
	frappe.db.commit()
	yield
	frappe.db.rollback()
	for doctype in _MADE:
		for name in set(frappe.get_all(doctype, pluck="name")) - before[doctype]:
			_remove(doctype, name)
	compiled.forget()
	frappe.db.commit()


def _freight() -> str:
	account = {"company": data.HOME.name, "is_group": 0, "root_type": "Expense"}
	return frappe.db.get_value("Account", {**account, "account_type": ("in", ("", "Chargeable"))})


def _remove(doctype: str, name: str) -> None:
	"""Without what a submitted document, or a promotion that was used, has to say against it."""
	for table in frappe.get_meta(doctype).get_table_fields():
		frappe.db.delete(table.options, {"parent": name, "parenttype": doctype})
	for ledger in ("GL Entry", "Payment Ledger Entry", "Stock Ledger Entry"):
		frappe.db.delete(ledger, {"voucher_type": doctype, "voucher_no": name})
	frappe.db.delete(doctype, {"name": name})


class Promoted(Form):
	"""A document of which rates and free goods are looked at."""

	coupons: tuple[str, ...] = ()

	def expected(self) -> list:
		frappe.db.rollback()  # see what is committed by now
		result = service.price(self.basket)
		rows = [
			[
				line.item_code,
				float(line.qty),
				float(result.priced[line.key].price),
				float(result.priced[line.key].rate),
			]
			for line in self.basket.lines
		]
		return rows + [[gift.item_code, float(gift.qty), 0.0, 0.0] for gift in result.outcome.gifts]

	def shows_what_the_engine_says(self) -> list:
		expected = self.expected()
		try:
			self.page.wait_for_function(
				f"expected => {SHOWN} === JSON.stringify(expected)", arg=expected, timeout=10_000
			)
		except TimeoutError:
			assert json.loads(self.page.evaluate(SHOWN)) == expected
		return expected

	def panel(self):
		return self.page.locator(".form-page:visible .crm-ext-promotions")


@pytest.mark.parametrize("doctype", ["Quotation", "Sales Order", "Sales Invoice"])
def test_promotions_follow_every_change_in_the_form(doctype, manager, offers):
	form = Promoted(manager, doctype, ADA)
	for item in ("LAMP-B", "LAMP-C", "LAMP-E"):
		form.pick(item)
	form.shows_what_the_engine_says()
	form.type(0, "qty", 3)  # the volume discount
	form.shows_what_the_engine_says()
	form.type(1, "qty", 4)  # one of four is free
	form.shows_what_the_engine_says()
	form.type(2, "qty", 5)  # two free bulbs
	form.shows_what_the_engine_says()
	form.type(0, "qty", 2)  # and back
	form.type(2, "qty", 1)
	form.shows_what_the_engine_says()
	form.type(0, "qty", 6)
	form.type(2, "qty", 2)
	expected = form.shows_what_the_engine_says()
	assert [row[0] for row in expected] == ["LAMP-B", "LAMP-C", "LAMP-E", "LAMP-D"]
	expect(form.panel()).to_contain_text(f"{WEEK} saves")
	expect(form.panel()).to_contain_text(f"{BULB} gives 1 LAMP-D free.")
	total = form.page.evaluate("cur_frm.doc.net_total")

	if doctype == "Sales Order":
		form.set(delivery_date=str(form.basket.date))
	form.save()
	form.shows_what_the_engine_says()
	assert form.page.evaluate("cur_frm.doc.net_total") == total
	expect(form.panel()).to_contain_text(f"{WEEK} saves")


def test_the_form_says_what_applies_what_is_close_and_which_coupons_count(manager, offers):
	form = Promoted(manager, "Sales Order", ADA)
	for item in ("LAMP-B", "LAMP-C", "LAMP-E"):
		form.pick(item)
	form.type(0, "qty", 4)
	form.type(1, "qty", 2)
	form.type(2, "qty", 2)
	expect(form.panel()).to_contain_text("1 more of LAMP-C: the cheapest free.")
	form.panel().get_by_role("button", name="Add Coupon").click()
	dialog = form.page.locator(DIALOG)
	dialog.locator("input").fill(f"{CODE.lower()} nonsense")
	dialog.get_by_role("button", name="Add").click()
	form.context(coupons=(CODE, "NONSENSE"))
	form.shows_what_the_engine_says()
	expect(form.panel().locator(".crm-ext-coupon.is-applied")).to_contain_text(CODE)
	expect(form.panel()).to_contain_text("There is no coupon NONSENSE.")
	manager.see("promotions-form")
	form.panel().get_by_role("button", name="Remove Coupon NONSENSE").click()
	expect(form.panel()).not_to_contain_text("NONSENSE")
	form.set(delivery_date=str(form.basket.date))
	form.save()
	form.page.locator(WHY).first.click()
	expect(form.page.locator(FALL)).to_contain_text(
		f"The order discount {MEMBERS}, with the coupon {CODE}, takes"
	)
	expect(form.page.locator(DIALOG)).to_contain_text("gives the same price")
	manager.see("promotions-why", part=form.page.locator(f"{DIALOG} .modal-content"))


def test_a_rate_that_was_typed_stays_and_is_told(manager, offers):
	form = Promoted(manager, "Quotation", ADA)
	form.pick("LAMP-B")
	form.type(0, "qty", 3)
	form.shows_what_the_engine_says()
	form.type(0, "rate", 200)
	expect(form.page.locator(".desk-alert", has_text="Row 1 keeps your price")).to_be_visible()
	form.type(0, "qty", 5)
	expect(form.panel()).not_to_contain_text(f"{WEEK} saves")
	assert form.row(0, "rate", "crm_ext_price_locked") == [200, 1]
	form.page.evaluate("frappe.ui.form.editable_row?.toggle_editable_row(false)")
	form.page.locator(f"{WHY}.is-locked").click()
	form.page.locator(DIALOG).get_by_role("button", name="Use Automatic Price").click()
	form.shows_what_the_engine_says()
	form.save()
	form.shows_what_the_engine_says()


def test_a_desk_started_before_the_first_promotion_learns_of_it(manager, offers):
	form = Promoted(manager, "Quotation", ADA)
	form.page.evaluate("frappe.boot.crm_ext = {}, crm_ext.promotions.known_since = Date.now()")
	form.pick("LAMP-B")
	form.type(0, "qty", 3)
	assert form.row(0, "rate") == form.row(0, "price_list_rate")
	form.page.evaluate("crm_ext.promotions.known_since -= 5 * 60 * 1000")
	form.type(0, "qty", 4)
	form.shows_what_the_engine_says()
	expect(form.panel()).to_contain_text(f"{WEEK} saves")


def test_lines_of_the_same_item_follow_each_other(manager, offers):
	"""The matrix and the promotion count both lines; only one of them is changed."""
	form = Promoted(manager, "Quotation", ADA)
	for item in ("LAMP-A", "LAMP-A", "LAMP-B", "LAMP-B"):
		form.pick(item)
	form.type(0, "qty", 9)
	form.shows_what_the_engine_says()
	form.type(2, "qty", 2)
	form.shows_what_the_engine_says()


def test_an_answer_that_comes_while_somebody_types_takes_nothing_away(manager, offers):
	form = Promoted(manager, "Quotation", ADA)
	form.pick("LAMP-B")
	form.pick("LAMP-E")
	form.shows_what_the_engine_says()
	asked, held = "**/*promotions.api.preview", []
	form.page.route(asked, lambda route: held.append(route))
	with form.page.expect_request(asked):
		form.page.evaluate(
			"() => { const { doctype, name } = cur_frm.doc.items[1];"
			" frappe.model.set_value(doctype, name, 'qty', 2); }"
		)
	row = form.page.locator(".grid-body .grid-row[data-idx='1']")
	row.locator(".grid-static-col[data-fieldname=qty]").click()
	box = row.locator("[data-fieldname=qty] input")
	box.fill("3")
	with form.page.expect_response(asked):
		held[0].continue_()
	form.page.unroute(asked)
	form.settle()
	form.page.keyboard.press("Tab")
	quantities = zip(form.basket.lines, (3, 2), strict=True)
	form.context(lines=tuple(replace(line, qty=number(qty)) for line, qty in quantities))
	form.shows_what_the_engine_says()


def test_a_cell_that_somebody_is_in_stays_open_when_an_answer_comes(manager, offers):
	form = Promoted(manager, "Quotation", ADA)
	form.pick("LAMP-E")
	form.pick("LAMP-B")
	asked, held = "**/*promotions.api.preview", []
	form.page.route(asked, lambda route: held.append(route))
	with form.page.expect_request(asked):
		form.page.evaluate("() => { cur_frm.doc.items[0].qty = 2; crm_ext.promotions.soon(cur_frm); }")
	form.page.locator(".grid-body .grid-row[data-idx='2'] .grid-static-col[data-fieldname=qty]").click()
	with form.page.expect_response(asked):
		held[0].continue_()
	form.page.unroute(asked)
	form.settle()
	expect(form.page.locator(".grid-body .grid-row")).to_have_count(3)
	form.page.keyboard.type("4")
	form.page.keyboard.press("Tab")
	form.settle()
	quantities = zip(form.basket.lines, (2, 4), strict=True)
	form.context(lines=tuple(replace(line, qty=number(qty)) for line, qty in quantities))
	form.shows_what_the_engine_says()


def test_an_answer_is_not_laid_while_erpnext_prices_the_row(manager, offers):
	form = Promoted(manager, "Quotation", ADA)
	form.pick("LAMP-B")
	form.pick("LAMP-E")
	form.shows_what_the_engine_says()
	preview, rule, held = "**/*promotions.api.preview", "**/*pricing_rule.apply_pricing_rule", []
	for pattern in (preview, rule):
		form.page.route(pattern, lambda route: held.append(route))
	with form.page.expect_request(preview):
		form.page.evaluate("() => { cur_frm.doc.items[0].qty = 3; crm_ext.promotions.soon(cur_frm); }")
	with form.page.expect_request(rule):
		form.page.evaluate("void cur_frm.cscript.apply_pricing_rule(cur_frm.doc.items[0], true)")
	while len(held) < 2:
		form.page.wait_for_timeout(20)
	for pattern, route in zip((preview, rule), tuple(held), strict=True):
		with form.page.expect_response(pattern):
			route.continue_()
		form.page.unroute(pattern)
	form.settle()
	form.context(lines=(replace(form.basket.lines[0], qty=number(3)), form.basket.lines[1]))
	form.type(1, "qty", 2)
	expect(form.panel()).to_contain_text(f"{BULB} gives 1 LAMP-D free.")
	expect(form.panel()).to_contain_text(f"{WEEK} saves")
	form.shows_what_the_engine_says()


def test_free_goods_that_a_person_takes_out_stay_out(manager, offers):
	form = Promoted(manager, "Quotation", ADA)
	form.pick("LAMP-E")
	form.type(0, "qty", 2)
	form.shows_what_the_engine_says()
	form.page.evaluate(
		"cur_frm.fields_dict.items.grid.grid_rows.find((row) => row.doc.is_free_item).remove()"
	)
	form.type(0, "qty", 4)
	expect(form.panel()).to_contain_text(f"LAMP-D, free with {BULB}, was taken out.")
	form.settle()
	assert [row[0] for row in json.loads(form.page.evaluate(SHOWN))] == ["LAMP-E"]
	form.save()
	assert [row[0] for row in json.loads(form.page.evaluate(SHOWN))] == ["LAMP-E"]
	form.panel().get_by_role("button", name="Put Back").click()
	form.shows_what_the_engine_says()


def _add_freight(form) -> None:
	form.page.evaluate(
		"""(account) => {
			const row = cur_frm.add_child("taxes", { charge_type: "Actual", account_head: account, description: "Freight" });
			return frappe.model.set_value(row.doctype, row.name, "tax_amount", 100);
		}""",
		_freight(),
	)


def test_free_shipping_takes_the_charge_back_before_saving(manager, offers):
	form = Promoted(manager, "Sales Order", ADA)
	form.pick("LAMP-A")
	_add_freight(form)
	form.type(0, "qty", 2)
	expect(form.panel()).not_to_contain_text("makes shipping free")
	form.type(0, "qty", 20)
	expect(form.panel()).to_contain_text(f"{SHIPPING} makes shipping free.")
	charges = "cur_frm.doc.taxes.map((row) => row.tax_amount)"
	assert form.page.evaluate(charges) == [-100, 100]
	total = form.page.evaluate("cur_frm.doc.grand_total")
	assert total == form.page.evaluate("cur_frm.doc.net_total")
	form.set(delivery_date=str(form.basket.date))
	form.save()
	assert (form.page.evaluate(charges), form.page.evaluate("cur_frm.doc.grand_total")) == (
		[-100, 100],
		total,
	)
	form.type(0, "qty", 1)
	form.page.wait_for_function(f"JSON.stringify({charges}) === '[100]'")


def test_a_charge_that_comes_last_is_taken_back_before_saving(manager, offers):
	form = Promoted(manager, "Quotation", ADA)
	form.pick("LAMP-A")
	form.type(0, "qty", 20)
	_add_freight(form)
	form.page.wait_for_function("cur_frm.doc.taxes.length === 2")
	form.settle()
	total = form.page.evaluate("cur_frm.doc.grand_total")
	assert total == form.page.evaluate("cur_frm.doc.net_total")
	form.save()
	assert form.page.evaluate("cur_frm.doc.grand_total") == total


def test_a_line_that_was_copied_is_priced_and_added_up(manager, offers):
	form = Promoted(manager, "Quotation", ADA)
	form.pick("LAMP-B")
	form.type(0, "qty", 3)
	form.shows_what_the_engine_says()
	form.page.evaluate("cur_frm.fields_dict.items.grid.grid_rows[0].insert(false, true, true)")
	form.settle()
	form.context(lines=(form.basket.lines[0], replace(form.basket.lines[0], key="1")))
	form.shows_what_the_engine_says()
	total = form.page.evaluate("cur_frm.doc.net_total")
	form.save()
	assert form.page.evaluate("cur_frm.doc.net_total") == total


def test_a_discount_that_was_typed_takes_the_place_of_the_promotion(manager, offers):
	form = Promoted(manager, "Quotation", ADA)
	form.pick("LAMP-B")
	form.type(0, "qty", 3)
	form.shows_what_the_engine_says()
	form.page.evaluate(
		"""() => {
			const { doctype, name } = cur_frm.doc.items[0];
			return frappe.model.set_value(doctype, name, "discount_percentage", 20);
		}"""
	)
	form.settle()
	expect(form.panel()).not_to_contain_text(f"{WEEK} saves")
	assert form.row(0, "rate") == [175.35]
	form.save()
	assert form.row(0, "rate") == [175.35]


def test_what_ignoring_all_rules_takes_off_comes_back(manager, offers):
	manager.expects(*FREE_ROW)
	form = Promoted(manager, "Quotation", ADA)
	form.pick("LAMP-B")
	form.pick("LAMP-E")
	form.type(0, "qty", 3)
	form.type(1, "qty", 2)
	form.shows_what_the_engine_says()
	form.set(ignore_pricing_rule=1)
	assert [row[0] for row in json.loads(form.page.evaluate(SHOWN))] == ["LAMP-B", "LAMP-E"]
	expect(form.panel()).not_to_contain_text(f"{WEEK} saves")
	form.save()
	assert not form.page.evaluate("cur_frm.doc.crm_ext_promotions")
	form.set(ignore_pricing_rule=0)
	form.shows_what_the_engine_says()
	form.save()
	form.shows_what_the_engine_says()


def test_the_counter_shows_promotions_and_takes_coupons_before_anybody_pays(offers, till):  # noqa: F811
	page = till.page
	choose(page, ADA)
	for item, times in (("LAMP-B", 3), ("LAMP-E", 2)):
		for qty in range(1, times + 1):
			tile(page, item).click()
			page.wait_for_function(
				"([item, qty]) => cur_pos.frm.doc.items.some((row) => row.item_code === item && row.qty === qty)",
				arg=[item, qty],
			)
			settle(page)
	cart = page.locator(".cart-container")
	expect(cart).to_contain_text(f"{WEEK} saves")
	expect(cart.locator(".cart-item-wrapper", has_text="LAMP-D")).to_contain_text("Free")
	cart.get_by_role("button", name="Add Coupon").click()
	page.locator(f"{DIALOG} input").fill(CODE)
	page.locator(DIALOG).get_by_role("button", name="Add").click()
	expect(cart.locator(".crm-ext-coupon.is-applied")).to_contain_text(CODE)
	till.see("promotions-point-of-sale")
	shown = page.evaluate("cur_pos.frm.doc.items.map((row) => [row.item_code, row.qty, row.rate])")
	total = page.evaluate("cur_pos.frm.doc.grand_total")

	cart.locator(".checkout-btn:visible").first.click()
	expect(page.locator(".payment-container .pay-amount").first).to_contain_text(f"{total:,.2f}")
	page.locator(".submit-order-btn").click()
	page.locator(f"{DIALOG} .btn-primary:visible").click()
	receipt = page.locator(".past-order-summary")
	expect(receipt).to_contain_text("LAMP-D")
	till.see("promotions-receipt")
	made = page.evaluate("[cur_pos.frm.doctype, cur_pos.frm.doc.name]")  # v16: a Sales Invoice
	frappe.db.rollback()
	sold = frappe.get_doc(*made)
	assert [[row.item_code, row.qty, row.rate] for row in sold.items] == shown
	assert (sold.docstatus, sold.grand_total) == (1, total)
	assert data.SHOP == sold.pos_profile
	sold.cancel()
	frappe.db.commit()


def test_the_price_check_takes_coupons(manager, offers):
	lines = json.dumps([["LAMP-B", 3], ["LAMP-E", 2]])
	page = manager.open(
		f"price-check?customer={ADA}&coupons={CODE}&lines={lines}", ".crm-ext-check-promotions li"
	).page
	told = page.locator(".crm-ext-check-promotions")
	expect(told).to_contain_text(f"{WEEK} saves")
	expect(told.locator(".crm-ext-coupon.is-applied")).to_contain_text(CODE)
	page.locator(".crm-ext-line-open button").first.click()
	expect(page.locator(".crm-ext-reasons")).to_contain_text(WEEK)
	manager.see("promotions-price-check")
