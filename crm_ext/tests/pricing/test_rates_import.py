# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Files of rates: checked line by line, brought in all or not at all, and the same when exported again."""

import os

import pytest

import frappe
from frappe.model.base_document import get_controller

from crm_ext.exceptions import NoRates
from crm_ext.pricing import rates_api
from crm_ext.pricing.rates import exporting, files, importing, imports, listing
from crm_ext.pricing.rates.language import words
from crm_ext.tests.pricing.sheets import GOODS, attach, counted, csv, make_matrix, put, rates, sheet

FIRST, SECOND, THIRD = GOODS
IMPORT = "Price Matrix Import"


@pytest.fixture
def matrix():
	return make_matrix()


def bring_in(matrix, *lines, **options):
	return importing.bring_in(matrix, sheet(csv("Item,From Quantity,Value", *lines)), words(), **options)


def counts(outcome) -> tuple:
	return outcome.added, outcome.updated, outcome.unchanged, outcome.removed, outcome.faulty


def import_of(matrix, content, name="rates.csv", mode="Add and Update", dry_run=False):
	answer = rates_api.import_file(matrix, attach(content, name), mode, dry_run)
	return frappe.get_doc(IMPORT, answer["import"])


def test_a_file_adds_updates_and_leaves_the_rest_alone(matrix):
	put(matrix, {"item": FIRST, "value": 1}, {"item": SECOND, "value": 2}, {"item": THIRD, "value": 3})
	outcome = bring_in(matrix, f"{FIRST},,1", f"{SECOND},0,5", f"{SECOND},10,4")
	assert counts(outcome) == (1, 1, 1, 0, 0)
	assert [rate["value"] for rate in rates(matrix)] == [1, 5, 4, 3]
	assert counted(matrix) == (2, 4)


def test_a_file_may_replace_all_rates(matrix):
	put(matrix, {"item": FIRST, "value": 1}, {"item": SECOND, "value": 2})
	outcome = bring_in(matrix, f"{SECOND},,2", f"{THIRD},,3", replace=True)
	assert counts(outcome) == (1, 0, 1, 1, 0)
	assert [rate["item"] for rate in rates(matrix)] == [SECOND, THIRD]
	assert counted(matrix) == (2, 2)


def test_a_file_without_rates_does_not_replace_all(matrix):
	put(matrix, {"item": FIRST, "value": 1})
	with pytest.raises(NoRates):
		bring_in(matrix, replace=True)
	assert len(rates(matrix)) == 1


def test_a_dry_run_says_what_would_happen_and_writes_nothing(matrix):
	put(matrix, {"item": FIRST, "value": 1}, {"item": SECOND, "value": 2})
	outcome = bring_in(matrix, f"{FIRST},,5", f"{THIRD},,3", replace=True, dry_run=True)
	assert counts(outcome) == (1, 1, 0, 1, 0)
	assert [rate["value"] for rate in rates(matrix)] == [1, 2]
	assert counted(matrix) == (1, 2)


def test_the_same_file_again_does_nothing(matrix):
	bring_in(matrix, f"{FIRST},,1", f"{SECOND},,2")
	assert counts(bring_in(matrix, f"{FIRST},,1", f"{SECOND},,2")) == (0, 0, 2, 0, 0)
	assert counted(matrix) == (1, 2)


def test_a_faulty_line_late_in_the_file_takes_back_all_before_it(matrix, monkeypatch):
	monkeypatch.setattr(importing, "BATCH", 2)
	put(matrix, {"item": FIRST, "value": 1})
	outcome = bring_in(matrix, f"{FIRST},,7", f"{SECOND},,2", f"{THIRD},,3", "Nowhere,,4", f"{SECOND},1,x")
	assert (outcome.lines, outcome.faulty) == (5, 2)
	assert [(fault.idx, fault.fieldname) for fault in outcome.faults] == [(5, "item"), (6, "value")]
	assert [rate["value"] for rate in rates(matrix)] == [1]
	assert counted(matrix) == (1, 1)


def test_a_rate_that_stands_twice_in_a_file_is_told_with_both_lines(matrix, monkeypatch):
	monkeypatch.setattr(importing, "BATCH", 1)
	outcome = bring_in(matrix, f"{FIRST},,1", f"{FIRST},0.00,2")
	assert outcome.faults[0].idx == 3
	assert "line 2" in str(outcome.faults[0].error)


def test_faults_are_all_counted_and_the_first_thousand_told(matrix):
	outcome = bring_in(matrix, *("Nowhere,x,y" for _ in range(600)))
	assert (outcome.faulty, len(outcome.faults)) == (600, 1_000)


def test_progress_is_told_as_it_goes(matrix, monkeypatch):
	monkeypatch.setattr(importing, "BATCH", 1)
	told = []
	bring_in(matrix, f"{FIRST},,1", f"{SECOND},,1", progress=lambda *done: told.append(done))
	assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_exported_comes_back_unchanged(matrix, extension, language, monkeypatch):
	monkeypatch.setattr(frappe.local, "lang", language)
	put(
		matrix,
		{
			"item": FIRST,
			"customer_tag": "High Value",
			"min_qty": 2.5,
			"uom": "Nos",
			"currency": "USD",
			"value": "0.1",
		},
		{
			"item_group": frappe.db.get_value("Item", FIRST, "item_group"),
			"valid_from": "2026-01-31",
			"value": 1234.5,
		},
		{"rate_type": "Discount Percentage", "value": 0, "valid_to": "2027-12-31"},
		{"item": SECOND, "rate_type": "Markup on Cost", "value": -1.125},
	)
	before = rates(matrix)
	_, content = exporting.file(extension, listing.all_rates(matrix))
	outcome = importing.bring_in(matrix, sheet(content, f"r.{extension}"), words(), replace=True)
	assert counts(outcome) == (0, 0, 4, 0, 0)
	bring_in(matrix, f"{THIRD},,1", replace=True)
	importing.bring_in(matrix, sheet(content, f"r.{extension}"), words(), replace=True)
	assert rates(matrix) == before


def test_statements_grow_with_batches_and_not_with_lines(matrix, queries):
	lines = [f"{FIRST},{number},1" for number in range(3_000)]
	few = queries(lambda: bring_in(matrix, *lines[:10]))
	many = queries(lambda: bring_in(matrix, *lines[10:]))
	assert many <= few + 5


def test_an_import_goes_from_new_to_checked_to_imported(matrix):
	document = import_of(matrix, csv("Item,Value", f"{FIRST},1"), dry_run=True)
	assert (document.status, document.lines, document.added, rates(matrix)) == ("Checked", 1, 1, [])
	rates_api.run_import(document.name)
	document.reload()
	assert (document.status, document.added, document.faulty) == ("Imported", 1, 0)
	assert document.started_at and document.finished_at
	assert [rate["item"] for rate in rates(matrix)] == [FIRST]


def test_an_import_with_faulty_lines_fails_and_names_them(matrix):
	document = import_of(matrix, csv("Item,Value", f"{FIRST},1", "Nowhere,2"))
	assert (document.status, document.lines, document.faulty, document.added) == ("Failed", 2, 1, 0)
	assert frappe.parse_json(document.errors) == [
		{"idx": 3, "fieldname": "item", "message": "“Nowhere” is no Item. Choose an existing one for “Item”."}
	]
	assert "Nothing was imported" in document.message
	assert rates(matrix) == []


@pytest.mark.parametrize(
	("content", "name", "says"),
	[
		(b"Item,Prise\nA,1", "rates.csv", "There is no column “Prise”"),
		(b"not a workbook", "rates.xlsx", "Save it as CSV in UTF-8, or as XLSX"),
		(b"\n\n", "rates.csv", "There are no rates in the file"),
	],
)
def test_a_file_that_cannot_be_read_fails_with_a_sentence(matrix, content, name, says):
	document = import_of(matrix, content, name)
	assert document.status == "Failed"
	assert says in document.message


def test_a_large_file_is_left_to_a_worker(matrix, monkeypatch):
	monkeypatch.setattr(imports, "AT_ONCE", 10)
	document = import_of(matrix, csv("Item,Value", f"{FIRST},1"))
	assert (document.status, rates(matrix)) == ("Importing", [])
	imports.work(document.name)
	imports.work(document.name)
	document.reload()
	assert (document.status, document.added) == ("Imported", 1)


def test_an_import_whose_worker_was_killed_is_settled_and_can_be_started_again(matrix, monkeypatch):
	monkeypatch.setattr(imports, "AT_ONCE", 10)
	document = import_of(matrix, csv("Item,Value", f"{FIRST},1"))
	imports.settle_abandoned()
	assert document.reload().status == "Importing"
	document.db_set("started_at", frappe.utils.add_to_date(None, minutes=-6))
	imports.settle_abandoned()
	assert document.reload().status == "Failed"
	assert "Start it again" in document.message
	monkeypatch.undo()
	rates_api.run_import(document.name)
	assert document.reload().status == "Imported"


def test_nobody_imports_a_file_that_he_may_not_read(matrix, company):
	url = attach(csv("Item,Value", f"{FIRST},1"))
	frappe.set_user(company.manager)
	with pytest.raises(frappe.ValidationError, match="There is no file"):
		rates_api.import_file(matrix, url, dry_run=True)
	with pytest.raises(frappe.ValidationError, match="There is no file"):
		rates_api.import_file(matrix, "http://127.0.0.1/rates.csv", dry_run=True)


def test_a_file_that_is_gone_from_the_disk_is_told(matrix):
	url = attach(csv("Item,Value", f"{FIRST},1"))
	os.remove(frappe.get_doc("File", {"file_url": url}).get_full_path())
	name = rates_api.import_file(matrix, url, dry_run=True)["import"]
	assert frappe.db.get_value(IMPORT, name, ["status", "message"]) == (
		"Failed",
		"There is no file rates.csv, or you may not read it. Attach it again.",
	)


def test_the_status_of_an_import_cannot_be_written_by_hand(matrix):
	document = import_of(matrix, csv("Item,Value", f"{FIRST},1"), dry_run=True)
	document.status = "Imported"
	document.save()
	assert document.status == "Checked"
	document.mode = "Replace All"
	document.save()
	assert document.status == "New"


def test_imports_go_with_their_matrix_and_so_do_their_files(matrix):
	document = import_of(matrix, csv("Item,Value", f"{FIRST},1"))
	assert frappe.db.get_value("File", {"file_url": document.file}, "attached_to_name") == document.name
	frappe.delete_doc("Price Matrix", matrix)
	assert not frappe.db.exists(IMPORT, document.name)
	assert not frappe.db.exists("File", {"file_url": document.file})


@pytest.mark.parametrize("file_type", ["CSV", "XLSX"])
def test_a_template_has_the_headings_and_nothing_else(matrix, file_type):
	rates_api.template(matrix, file_type)
	content, name = frappe.response.filecontent, frappe.response.filename
	assert name == f"{matrix} Rates.{file_type.lower()}"
	assert list(files.read(name, content, words()).lines) == []


def test_a_form_starts_an_import_by_post_alone():
	"""A link that somebody is led to must not bring rates in."""
	start = get_controller(IMPORT).start
	assert frappe.allowed_http_methods_for_whitelisted_func[start] == ["POST"]
