# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Rates as people write them: numbers, dates, choices, headings, and what is refused with which cure."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_ext import exceptions
from crm_ext.pricing.rates import files
from crm_ext.pricing.rates.checking import Words, link_faults, read_line
from crm_ext.pricing.rates.columns import COLUMNS, FIELDS, LINKS, keys_of
from crm_ext.pricing.rates.values import Formats

ENGLISH = Words.plain(Formats())
GERMAN = Formats(",", ".", "dd.mm.yyyy")
CHINESE = Words(
	{column.fieldname: f"译{column.label}" for column in COLUMNS},
	{**ENGLISH.choices, "单价": "Rate", "折扣率": "Discount Percentage"},
	Formats(),
)


def faults(words: Words = ENGLISH, **cells) -> dict[str, str]:
	"""What is wrong with a line: the message of each field."""
	_row, wrong = read_line({"value": 10, **cells}, words)
	return {field: str(error) for field, error in wrong}


def row(**cells) -> dict:
	read, wrong = read_line({"value": 10, **cells}, ENGLISH)
	assert not wrong
	return read


@pytest.mark.parametrize(
	("text", "number"),
	[
		("77", "77"),
		(" 77.50 ", "77.50"),
		("1,234.5", "1234.5"),
		("12,34,567.8", "1234567.8"),
		("1 234.5", "1234.5"),
		("1'234.5", "1234.5"),
		(".5", "0.5"),
		("-3", "-3"),
		("−3", "-3"),
		("¥77", "77"),
		("77 €", "77"),
		("１，２３４．５", "1234.5"),
		(1001, "1001"),
		(0.1, "0.1"),
		(77.1000000001, "77.1"),
		(Decimal("1.23"), "1.23"),
	],
)
def test_a_number_is_read_as_people_write_it(text, number):
	assert Formats().number(text) == Decimal(number)


@pytest.mark.parametrize(
	"text",
	[
		"",
		"ten",
		"1,23",
		"1.234,5",
		"12,3456",
		"1.2.3",
		"1e5",
		"nan",
		"inf",
		"--1",
		"1.",
		"10%",
		True,
		float("nan"),
		10**12,
		date(2026, 1, 1),
		[1],
	],
)
def test_what_is_no_number_is_not_guessed_at(text):
	assert Formats().number(text) is None


@pytest.mark.parametrize(("text", "number"), [("1.234,5", "1234.5"), ("1.234", "1234"), ("0,5", "0.5")])
def test_the_number_format_of_the_site_counts(text, number):
	assert GERMAN.number(text) == Decimal(number)


def test_a_format_without_decimals_still_takes_them():
	assert Formats("", ".").number("1.234,5") == Decimal("1234.5")
	assert Formats("", ",").number("1,234.5") == Decimal("1234.5")


@given(st.decimals(-(10**8), 10**8, places=6), st.sampled_from([Formats(), GERMAN, Formats(",", " ")]))
def test_a_written_number_is_read_again(number, formats):
	assert formats.number(formats.text(number)) == number


@pytest.mark.parametrize(
	("text", "formats"),
	[
		("2026-01-31", Formats()),
		("2026/1/31", Formats()),
		("2026年1月31日", Formats()),
		("2026-01-31 00:00:00", Formats()),
		(datetime(2026, 1, 31), Formats()),
		(date(2026, 1, 31), Formats()),
		("31.01.2026", GERMAN),
		("31/1/2026", GERMAN),
		("01/31/2026", Formats(date_format="mm/dd/yyyy")),
	],
)
def test_a_date_is_read_as_people_write_it(text, formats):
	assert formats.day(text) == date(2026, 1, 31)


@pytest.mark.parametrize(
	"text", ["soon", "2026-02-30", "01/31/2026", "31.1.26", "2026", datetime(2026, 1, 31, 9)]
)
def test_what_is_no_date_is_not_guessed_at(text):
	assert GERMAN.day(text) is None


def test_an_empty_line_but_for_its_value_is_a_rate_for_everything():
	found = row(value="1,000")
	assert (found["rate_type"], found["value"], found["min_qty"]) == ("Rate", 1000, 0)
	assert keys_of(found, "M") | {"rate_key": ""} == {
		"item_key": "",
		"customer_key": "",
		"place_key": "",
		"rate_key": "",
	}


def test_keys_name_what_a_rate_is_for():
	keys = keys_of(row(brand="Willow", customer_tag="Gold", territory="North"), "M")
	assert (keys["item_key"], keys["customer_key"], keys["place_key"]) == (
		"Brand:Willow",
		"Customer Tag:Gold",
		"Territory:North",
	)


@pytest.mark.parametrize(
	"differing",
	[
		*({"item": "B"}, {"customer": "C"}, {"branch": "B"}, {"uom": "Box"}, {"currency": "EUR"}),
		*({"min_qty": 2}, {"valid_from": "2026-01-01"}),
	],
)
def test_rates_that_cannot_tie_have_rate_keys_of_their_own(differing):
	same = keys_of(row(item="A"), "M")["rate_key"]
	assert keys_of(row(**{"item": "A", **differing}), "M")["rate_key"] != same
	assert keys_of(row(item="A"), "Other")["rate_key"] != same


@pytest.mark.parametrize("alike", [{"value": 9}, {"valid_to": "2026-01-01"}, {"min_qty": "0.00"}])
def test_what_would_tie_has_the_same_rate_key(alike):
	assert keys_of(row(**alike), "M") == keys_of(row(), "M")


def test_an_item_code_that_a_spreadsheet_took_for_a_number_is_a_code():
	assert row(item=1001.0)["item"] == "1001"
	assert row(item=1001)["item"] == "1001"


@pytest.mark.parametrize("text", ["discount percentage", "Discount Percentage", "折扣率"])
def test_what_a_rate_gives_is_said_in_english_or_in_the_users_language(text):
	read, wrong = read_line({"rate_type": text, "value": "12.5 %"}, CHINESE)
	assert not wrong
	assert (read["rate_type"], read["value"]) == ("Discount Percentage", Decimal("12.5"))


@pytest.mark.parametrize(
	("cells", "field", "says"),
	[
		({"value": "ten"}, "value", "“ten” under “Value” is no number. Write it like 1,234.5."),
		({"value": ""}, "value", "“Value” is missing"),
		({"value": -1}, "value", "must not be less than 0"),
		({"value": "10%"}, "value", "no number"),
		({"min_qty": -1}, "min_qty", "“From Quantity” must not be less than 0"),
		({"min_qty": "many"}, "min_qty", "no number"),
		({"valid_from": "soon"}, "valid_from", "Write it like 2026-01-31"),
		(
			{"valid_from": "2026-02-01", "valid_to": "2026-01-01"},
			"valid_to",
			"must not be before “Valid From”",
		),
		(
			{"rate_type": "Gift"},
			"rate_type",
			"Choose one of: Rate, Discount Percentage, Discount Amount, Markup",
		),
		({"rate_type": "Discount Percentage", "value": 101}, "value", "must lie between 0 and 100"),
		({"rate_type": "Markup on Cost", "value": -101}, "value", "must not be less than -100"),
		({"rate_type": "Price Kind", "value": ""}, "price_kind", "“Price Kind” is missing"),
		({"rate_type": "Price Kind", "price_kind": "Member"}, "value", "does not go with “Price Kind”"),
		({"price_kind": "Member"}, "price_kind", "does not go with “Rate”"),
		({"item": "A", "item_group": "G"}, "item_group", "only one of these: Item, Item Group"),
		({"customer": "A", "customer_tag": "T"}, "customer_tag", "only one of these"),
		({"branch": "A", "sales_channel": "T"}, "sales_channel", "only one of these"),
	],
)
def test_what_is_wrong_is_said_with_its_column_and_its_cure(cells, field, says):
	found = faults(**cells)
	assert list(found) == [field]
	assert says in found[field]


@pytest.mark.parametrize(
	"cells", [{"value": 0}, {"rate_type": "Markup on Cost", "value": -100}, {"value": "10.5"}]
)
def test_what_is_unusual_is_still_a_rate(cells):
	assert faults(**cells) == {}


def test_all_faults_of_a_line_are_told_at_once():
	assert set(faults(value="x", min_qty="y", valid_to="z", rate_type="?")) == {
		"value",
		"min_qty",
		"valid_to",
		"rate_type",
	}


def test_faults_speak_of_columns_as_the_sheet_does():
	assert "译Value" in faults(CHINESE, value="x")["value"]
	assert "折扣率" in faults(CHINESE, rate_type="?")["rate_type"]


def test_links_are_spelt_like_their_records_and_unknown_ones_are_named():
	found = row(item="a-1", uom="Crate")
	known = {doctype: {} for _, doctype in LINKS} | {"Item": {"a-1": "A-1"}, "UOM": {"Crate": None}}
	wrong = link_faults(found, known, ENGLISH)
	assert found["item"] == "A-1"
	assert [(field, str(error)) for field, error in wrong] == [
		("uom", "“Crate” is no UOM. Choose an existing one for “UOM”.")
	]


def lines_of(content: str | bytes, name="rates.csv", words=ENGLISH, encodings=("utf-8-sig",)):
	given = content.encode() if isinstance(content, str) else content
	return list(files.read(name, given, words, encodings).lines)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_usual_delimiter_separates_the_columns(delimiter):
	text = f"Item{delimiter}Value\n\nA-1{delimiter}10\r\n{delimiter}\n"
	assert lines_of(text) == [(3, {"item": "A-1", "value": "10"})]


@pytest.mark.parametrize("heading", ["Gives", "gives", "rate_type", "译Gives"])
def test_headings_may_be_labels_in_either_language_or_fieldnames(heading):
	assert lines_of(f"\n,{heading},\nx,Rate,y\n", words=CHINESE) == [(3, {"rate_type": "Rate"})]


@pytest.mark.parametrize(
	("content", "name", "error"),
	[
		("Item,Prise\nA,1\n", "rates.csv", exceptions.UnknownHeading),
		("Item,item\nA,1\n", "rates.csv", exceptions.HeadingTwice),
		("\n\n", "rates.csv", exceptions.NoRates),
		("Item", "rates.pdf", exceptions.UnreadableFile),
		("Item", "rates.xlsx", exceptions.UnreadableFile),
		(b"Item,Value\n\xff\xfe,1", "rates.csv", exceptions.UnreadableFile),
		("Item,Value\n" + "x" * 200_000 + ",1", "rates.csv", exceptions.UnreadableFile),
	],
)
def test_a_file_that_cannot_be_understood_is_refused_with_a_sentence(content, name, error):
	with pytest.raises(error):
		lines_of(content, name)


def test_a_damaged_workbook_is_refused_with_a_sentence():
	import io
	from zipfile import ZipFile

	whole, damaged = io.BytesIO(files.write("xlsx", ENGLISH, [RATE])), io.BytesIO()
	with ZipFile(whole) as source, ZipFile(damaged, "w") as target:
		for name in source.namelist():
			cut = 300 if name.endswith("sheet1.xml") else None
			target.writestr(name, source.read(name)[:cut])
	with pytest.raises(exceptions.UnreadableFile):
		lines_of(damaged.getvalue(), "rates.xlsx")


def test_a_file_of_an_old_spreadsheet_is_read_in_the_old_encoding():
	content = "Item,Value\n柳木桌,1\n".encode("gb18030")
	assert lines_of(content, encodings=("utf-8-sig", "gb18030")) == [(2, {"item": "柳木桌", "value": "1"})]


RATE = {
	**dict.fromkeys(FIELDS, ""),
	"item": "=A-1",
	"min_qty": 2.5,
	"valid_from": date(2026, 1, 31),
	"valid_to": None,
	"rate_type": "Discount Percentage",
	"value": 0.0,
}


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
@pytest.mark.parametrize("words", [ENGLISH, CHINESE, Words(ENGLISH.labels, ENGLISH.choices, GERMAN)])
def test_what_is_written_is_read_again(extension, words):
	kind = {**RATE, "item": "B,1", "rate_type": "Price Kind", "price_kind": "Member"}
	content = files.write(extension, words, [RATE, kind])
	read = [read_line(line, words) for _, line in lines_of(content, f"rates.{extension}", words)]
	assert [wrong for _, wrong in read] == [[], []]
	assert [found for found, _ in read] == [RATE, kind]


def test_a_percent_cell_of_a_spreadsheet_is_percent():
	import io

	from openpyxl import Workbook

	book = Workbook()
	book.active.append(["Gives", "Value"])
	book.active.append(["Discount Percentage", 0.07])
	book.active["B2"].number_format = "0.0%"
	file = io.BytesIO()
	book.save(file)
	assert lines_of(file.getvalue(), "rates.xlsx") == [
		(2, {"rate_type": "Discount Percentage", "value": "7%"})
	]
