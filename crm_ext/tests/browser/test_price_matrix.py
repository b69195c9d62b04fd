# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

import frappe

from crm_ext.demo import data
from crm_ext.pricing.rates import service

MATRIX = "Workshop Prices"
KIND = "Workshop Friends"
RATES = len(data.ITEMS) * 9
TAGS = ("Silver", "Gold", "Platinum")
DIALOG = ".modal.show"

PASTE = """text => {
	const data = new DataTransfer();
	data.setData("text/plain", text);
	const init = { clipboardData: data, bubbles: true, cancelable: true };
	document.activeElement.dispatchEvent(new ClipboardEvent("paste", init));
}"""
COPY = """() => {
	const data = new DataTransfer();
	const init = { clipboardData: data, bubbles: true, cancelable: true };
	document.activeElement.dispatchEvent(new ClipboardEvent("copy", init));
	return data.getData("text/plain");
}"""


def rates_of(item: data.Item) -> list[dict]:
	"""Nine rates: for each tag one, and a discount from 10 and from 50 on."""
	return [
		{
			"item": item.code,
			"customer_tag": tag,
			"min_qty": quantity,
			"rate_type": "Discount Percentage" if quantity else "Rate",
			"value": more + percent if quantity else item.price * (100 - more) / 100,
		}
		for more, tag in enumerate(TAGS, 1)
		for quantity, percent in ((0, 0), (10, 3), (50, 6))
	]


@pytest.fixture
def matrix(tagged) -> str:
	"""A matrix with rates of three quantities for three tags, committed; gone afterwards."""
	doc = frappe.get_doc(doctype="Price Matrix", title=MATRIX, currency="CNY", company="").insert()
	rows = [row for item in data.ITEMS for row in rates_of(item)]
	service.save_rates(doc.name, [{**row, "idx": idx} for idx, row in enumerate(rows, 1)])
	frappe.db.commit()
	yield doc.name
	frappe.db.rollback()
	frappe.delete_doc("Price Matrix", doc.name, force=True)
	frappe.db.commit()


@pytest.fixture
def kind(tagged) -> str:
	"""A price kind that is based on another, committed; gone afterwards."""
	base = frappe.get_doc(
		doctype="Price Kind", kind_name="Workshop List", base="Price List", price_list=data.PRICE_LISTS[0][0]
	).insert()
	friends = frappe.get_doc(
		doctype="Price Kind",
		kind_name=KIND,
		base="Price Kind",
		based_on=base.name,
		percent=-5,
		conditions=[{"fact": "revenue_365d", "operator": ">=", "value": "500000"}],
	).insert()
	frappe.db.commit()
	yield friends.name
	frappe.db.rollback()
	for doc in (friends, base):
		frappe.delete_doc("Price Kind", doc.name, force=True)
	frappe.db.commit()


def open_rates(desk, name: str, *, height: int = 900):
	page = desk.open(f"price-matrix/{quote(name)}", ".form-tabs", height=height).page
	page.get_by_role("tab", name="Rates").click()
	page.locator(".crm-ext-sheet [data-row='0'] [data-col='0']", has_text="WB-").wait_for()
	return page


def cell(page, row: int, column: str):
	"""The cell below a heading; rows are counted from 0."""
	headings = page.locator("[data-sort]").all_inner_texts()
	col = next(place for place, text in enumerate(headings) if text.split("\n")[0].strip() == column)
	return page.locator(f"[data-row='{row}'] [data-col='{col}']")


def write(page, *texts: str):
	"""Type into one cell after the other."""
	for text in texts:
		page.keyboard.type(text)
		page.keyboard.press("Tab")


def new_row(page) -> None:
	page.get_by_role("button", name="Add Rate").click()


def status(page):
	return page.locator("[data-part=status]")


def stored(**filters) -> list:
	frappe.db.rollback()  # see what the server committed
	fields = ["item", "customer_tag", "min_qty", "rate_type", "value"]
	filters = {"matrix": MATRIX, **filters}
	return frappe.get_all("Price Matrix Rate", filters, fields, order_by="min_qty", as_list=True)


def test_a_rate_is_typed_at_the_end_and_saved(manager, matrix):
	page = open_rates(manager, matrix)
	new_row(page)
	page.keyboard.type("WB-LA")
	expect(page.locator(".crm-ext-sheet-list li").first).to_contain_text("WB-LATHE")
	page.keyboard.press("Tab")
	write(page, "", "Gold", "200", "disc", "7.5")
	expect(status(page)).to_have_text("1 unsaved rate")
	page.get_by_role("button", name="Save Rates").click()
	expect(status(page)).to_have_text("")
	assert stored(min_qty=200) == (("WB-LATHE", "Gold", 200, "Discount Percentage", 7.5),)
	assert frappe.db.get_value("Price Matrix", matrix, "rate_count") == RATES + 1


def test_a_cell_is_overwritten_and_put_back(manager, matrix):
	page = open_rates(manager, matrix)
	value = cell(page, 0, "Value")
	value.click()
	page.keyboard.type("444")
	page.keyboard.press("Enter")
	expect(value).to_have_text("444.00CNY")
	expect(status(page)).to_have_text("1 unsaved rate")
	page.keyboard.press("Control+z")
	expect(value).to_have_text("490.00CNY")
	expect(status(page)).to_have_text("")
	page.keyboard.press("Control+y")
	expect(value).to_have_text("444.00CNY")
	page.keyboard.press("Control+s")
	expect(status(page)).to_have_text("")
	assert len(stored(value=444)) == 1


def test_a_block_is_pasted_past_the_end(manager, matrix):
	page = open_rates(manager, matrix)
	new_row(page)
	lines = [
		f"{item.code}\t\tGold\t{quantity}\tRate\t{quantity}.5"
		for item in data.ITEMS
		for quantity in (300, 400)
	]
	page.evaluate(PASTE, "\r\n".join(lines) + "\r\n")
	expect(status(page)).to_have_text(f"{len(lines)} unsaved rates")
	page.get_by_role("button", name="Save Rates").click()
	expect(status(page)).to_have_text("")
	assert len(stored(min_qty=300)) == len(stored(value=400.5)) == len(data.ITEMS)


def test_a_block_with_headings_finds_its_columns(manager, matrix):
	page = open_rates(manager, matrix)
	new_row(page)
	page.evaluate(PASTE, "Value\tTerritory\tItem\n12\tOverseas\tWB-LATHE\n13\tNorth\tWB-LATHE")
	expect(status(page)).to_contain_text("2 unsaved rates")
	expect(cell(page, RATES + 1, "Territory")).to_have_text("North")
	expect(cell(page, RATES + 1, "Value")).to_have_text("13.00CNY")


def test_a_selection_is_copied_as_spreadsheets_read_it(manager, matrix):
	page = open_rates(manager, matrix)
	cell(page, 0, "From Quantity").click()
	cell(page, 1, "Value").click(modifiers=["Shift"])
	assert page.evaluate(COPY) == "0\tRate\t490\n10\tDiscount Percentage\t5"


def test_what_is_wrong_stands_in_its_cell_and_keeps_all_from_being_saved(manager, matrix):
	page = open_rates(manager, matrix)
	cell(page, 4, "Value").click()
	write(page, "7.5")
	cell(page, 2, "Value").click()
	page.keyboard.type("much")
	page.keyboard.press("Enter")
	wrong = cell(page, 2, "Value")
	expect(wrong).to_have_class(re.compile("is-wrong is-changed"))
	expect(wrong).to_have_attribute("title", "“much” under “Value” is no number. Write it like 1,234.5.")
	expect(status(page)).to_have_text("2 unsaved rates1 with an error")
	new_row(page)
	page.evaluate(PASTE, "WB-LATHE\t\tNobody\t7\tRate\t5\nWB-LATHE\t\tGold\t10\tRate\t5")
	expect(status(page)).to_have_text("4 unsaved rates3 with errors")
	page.get_by_role("button", name="Save Rates").click()
	expect(page.locator("[data-part=complaint]")).to_contain_text("“much” under “Value” is no number")
	assert stored(value=7.5) == ()


def test_the_sheet_shows_what_is_changed_deleted_new_and_wrong(manager, matrix):
	page = open_rates(manager, matrix)
	new_row(page)
	lines = ["WB-PRESS\t\t\t\tRate\t52,000", "WB-PRESS\t\tGolden\t100\tDiscount Percentage\t12 %"]
	page.evaluate(PASTE, "\n".join(lines))
	cell(page, RATES - 9, "Value").click()
	write(page, "985")
	page.locator(f"[data-row='{RATES - 5}'] .is-number").click()
	page.locator(f"[data-row='{RATES - 4}'] .is-number").click(modifiers=["Shift"])
	page.keyboard.press("Delete")
	expect(page.locator(".crm-ext-sheet .is-deleted")).to_have_count(2)
	expect(page.locator(".crm-ext-sheet .is-new")).to_have_count(2)
	expect(page.locator(".crm-ext-sheet .is-changed")).to_have_count(1)
	wrong = cell(page, RATES + 1, "Customer Tag")
	wrong.click()
	expect(page.locator("[data-part=complaint]")).to_contain_text("“Golden” is no Customer Tag")
	expect(status(page)).to_have_text("5 unsaved rates1 with an error")
	manager.see("price-matrix")


def test_rows_are_deleted_with_the_next_save(manager, matrix):
	page = open_rates(manager, matrix)
	page.locator("[data-row='0'] .is-number").click()
	page.locator("[data-row='2'] .is-number").click(modifiers=["Shift"])
	page.keyboard.press("Delete")
	expect(page.locator(".crm-ext-sheet .is-deleted")).to_have_count(3)
	expect(status(page)).to_have_text("3 unsaved rates")
	page.get_by_role("button", name="Save Rates").click()
	expect(status(page)).to_have_text("")
	assert len(stored()) == RATES - 3


def test_unsaved_rates_wait_until_one_comes_back(manager, matrix):
	page = open_rates(manager, matrix)
	cell(page, 0, "Value").click()
	write(page, "321")
	page.evaluate("frappe.set_route('List', 'Price Kind')")
	expect(page.locator(".desk-alert")).to_contain_text("not saved")
	page.evaluate(f"frappe.set_route('Form', 'Price Matrix', '{matrix}')")
	expect(cell(page, 0, "Value")).to_have_text("321.00CNY")
	page.get_by_role("button", name="Discard").click()
	page.locator(DIALOG).get_by_role("button", name="Yes").click()
	expect(cell(page, 0, "Value")).to_have_text("490.00CNY")


def test_searching_filtering_and_sorting_are_done_by_the_server(manager, matrix):
	page = open_rates(manager, matrix)
	count = page.locator("[data-part=count]")
	page.locator("[data-part=search]").fill("lathe")
	expect(count).to_have_text("9 rates")
	page.locator("[data-filter=customer_tag]").fill("gol")
	page.locator("[data-filter=customer_tag]").press("Enter")
	expect(count).to_have_text("3 rates")
	page.locator("[data-sort=value]").click()
	expect(cell(page, 0, "Value")).to_have_text("5%")
	expect(page.locator("[data-sort]")).to_have_count(6)
	page.get_by_role("button", name="All Columns").click()
	expect(page.locator("[data-sort]")).to_have_count(18)


def test_a_file_is_checked_before_it_is_imported(manager, matrix, tmp_path):
	page = open_rates(manager, matrix, height=1000)
	page.locator("[data-do=import]").click()
	dialog = page.locator(".modal.show", has=page.locator("[data-fieldname=mode]"))
	dialog.get_by_role("button", name="Choose File").click()
	upload(page, dialog, sheet_file(tmp_path / "faulty.csv", "WB-NONE,Gold,70,12", "WB-LATHE,Gold,80,much"))
	expect(dialog.locator(".crm-ext-table tbody tr")).to_have_count(2)
	expect(dialog).to_contain_text("“WB-NONE” is no Item")
	expect(dialog.get_by_role("button", name="Import", exact=True)).to_have_count(0)
	manager.see("price-import", part=dialog.locator(".modal-content"))
	dialog.get_by_role("button", name="Choose Another File").click()
	upload(page, dialog, sheet_file(tmp_path / "sound.csv", "WB-LATHE,Gold,70,12", "WB-LATHE,Gold,10,900"))
	expect(dialog).to_contain_text("The file is sound. Nothing was written yet.")
	assert stored(min_qty=70) == ()
	dialog.get_by_role("button", name="Import", exact=True).click()
	expect(dialog).to_contain_text("The rates are imported.")
	dialog.get_by_role("button", name="Close").last.click()
	expect(page.locator("[data-part=count]")).to_have_text(f"{RATES + 1} rates")
	assert len(stored(min_qty=70)) == 1


def sheet_file(path: Path, *lines: str) -> Path:
	path.write_text("\n".join(["Item,Customer Tag,From Quantity,Value", *lines]))
	return path


def upload(page, dialog, path: Path) -> None:
	uploader = page.locator(".modal.show", has=page.locator(".file-uploader"))
	uploader.locator("input[type=file]").first.set_input_files(path)
	uploader.get_by_role("button", name="Upload").click()
	expect(dialog.locator(".attached-file-link")).to_contain_text(path.stem)


def test_a_seller_looks_at_rates_without_tools_to_change_them(seller, matrix):
	page = open_rates(seller, matrix)
	cell(page, 0, "Value").click()
	page.keyboard.type("1")
	page.keyboard.press("Enter")
	expect(cell(page, 0, "Value")).to_have_text("490.00CNY")
	for name in ("Add Rate", "Import", "Save Rates"):
		expect(page.get_by_role("button", name=name)).to_have_count(0)


def test_a_kind_reads_as_a_sentence_with_those_that_it_is_based_on(manager, kind):
	page = manager.open(f"price-kind/{quote(kind)}", ".crm-ext-sentence").page
	sentence = page.locator(".crm-ext-sentence")
	expect(sentence).to_contain_text("Workshop List minus 5 %")
	expect(sentence.locator("li")).to_have_text([f"Workshop List: Price list {data.PRICE_LISTS[0][0]}"])
	expect(sentence).to_contain_text("Revenue, 365 Days is at least 500,000")
	manager.see("price-kind")
	page.locator("[data-fieldname=percent] input").fill("3")
	page.locator("[data-fieldname=percent] input").press("Tab")
	expect(sentence).to_contain_text("Workshop List plus 3 %")
