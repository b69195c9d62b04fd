# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Sheets of rates as files: reading CSV and XLSX line by line, and writing them. Pure."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import InvalidFileException

from crm_ext.exceptions import HeadingTwice, NoRates, UnknownHeading, UnreadableFile
from crm_ext.pricing.rates.checking import Words
from crm_ext.pricing.rates.columns import COLUMNS, FIELDS
from crm_ext.pricing.rates.values import PLACES, Formats

DELIMITERS = "\t;,"
CSV, XLSX = "csv", "xlsx"
BROKEN = (BadZipFile, InvalidFileException, SyntaxError, KeyError, ValueError, OSError, EOFError)
"""What openpyxl and the parsers under it raise at a file that is no workbook, or half of one."""

Cells = Sequence[object]


@dataclass(frozen=True)
class Sheet:
	"""The lines of a file, each with its number there; `total` is about how many, 0 if that is not known."""

	lines: Iterator[tuple[int, Mapping[str, object]]]
	total: int


def read(name: str, content: bytes, words: Words, encodings: Sequence[str] = ("utf-8-sig",)) -> Sheet:
	"""The rates in a file. Raises UnreadableFile, NoRates, UnknownHeading, HeadingTwice.

	The first line that is not blank has the headings, in English or as the site says them. Blank lines are left out.
	"""
	if name.lower().endswith(f".{XLSX}"):
		cells, total = _read_xlsx(name, content, words.formats)
	elif name.lower().endswith((f".{CSV}", ".txt", ".tsv")):
		cells, total = _read_csv(name, content, encodings)
	else:
		raise UnreadableFile(file=name)
	numbered = enumerate(cells, 1)
	head = next((row for _, row in numbered if any(row)), None)
	if head is None:
		raise NoRates
	fields = headings(head, words)
	lines = ((idx, _filled(fields, row)) for idx, row in numbered)
	return Sheet(((idx, line) for idx, line in lines if line), max(total - 1, 0))


def _filled(fields: Sequence[str], cells: Cells) -> dict[str, object]:
	"""The cells in which something is written."""
	return {
		field: cell
		for field, cell in zip(fields, cells, strict=False)
		if field and (cell.strip() if isinstance(cell, str) else cell is not None)
	}


def headings(cells: Cells, words: Words) -> list[str]:
	"""The field of each column; an empty one where there is no heading. Raises UnknownHeading, HeadingTwice."""
	known = {text.casefold(): c.fieldname for c in COLUMNS for text in (c.fieldname, c.label)}
	known |= {label.casefold(): field for field, label in words.labels.items()}
	fields: list[str] = []
	for cell in cells:
		heading = str(cell or "").strip()
		field = known.get(heading.casefold(), "")
		if heading and not field:
			raise UnknownHeading(heading=heading, allowed=", ".join(words.labels.values()))
		if field and field in fields:
			raise HeadingTwice(heading=heading)
		fields.append(field)
	return fields


def _read_csv(name: str, content: bytes, encodings: Sequence[str]) -> tuple[Iterator[Cells], int]:
	for encoding in encodings:
		try:
			text = content.decode(encoding)
			break
		except UnicodeDecodeError:
			continue
	else:
		raise UnreadableFile(file=name)
	first = text.lstrip().partition("\n")[0]
	delimiter = max(DELIMITERS, key=lambda sign: (first.count(sign), sign == ","))
	return _csv_rows(name, text, delimiter), text.count("\n") + (not text.endswith("\n"))


def _csv_rows(name: str, text: str, delimiter: str) -> Iterator[Cells]:
	try:
		yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
	except csv.Error as error:
		raise UnreadableFile(file=name) from error


def _read_xlsx(name: str, content: bytes, formats: Formats) -> tuple[Iterator[Cells], int]:
	try:
		book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
	except BROKEN as error:
		raise UnreadableFile(file=name) from error
	sheet = book.worksheets[0]
	total = sheet.max_row or 0
	sheet.reset_dimensions()  # some programs write a wrong one
	return _xlsx_rows(name, sheet, formats), total


def _xlsx_rows(name: str, sheet, formats: Formats) -> Iterator[Cells]:
	try:
		for row in sheet.iter_rows():
			yield [_xlsx_value(cell, formats) for cell in row]
	except BROKEN as error:
		raise UnreadableFile(file=name) from error


def _xlsx_value(cell, formats: Formats) -> object:
	"""What a cell shows: one that shows 10 % holds 0.1."""
	value = cell.value
	if isinstance(value, int | float) and "%" in (cell.number_format or ""):
		return f"{formats.text(round(value * 100, PLACES))}%"
	return value


def write(file_type: str, words: Words, rates: Iterable[Mapping]) -> bytes:
	"""A sheet of rates as `read` reads it again."""
	head = [words.labels[field] for field in FIELDS]
	return (_write_xlsx if file_type == XLSX else _write_csv)(head, words, rates)


def _write_csv(head: list[str], words: Words, rates: Iterable[Mapping]) -> bytes:
	file = io.StringIO(newline="")
	writer = csv.writer(file)
	writer.writerow(head)
	writer.writerows([_csv_text(cell, words.formats) for cell in _cells(rate, words)] for rate in rates)
	return file.getvalue().encode("utf-8-sig")  # without the mark, spreadsheets do not see that it is UTF-8


def _csv_text(cell: object, formats: Formats) -> str:
	if isinstance(cell, float):
		return formats.text(cell)
	return cell.isoformat() if isinstance(cell, date) else cell or ""


def _write_xlsx(head: list[str], words: Words, rates: Iterable[Mapping]) -> bytes:
	book = Workbook(write_only=True)
	sheet = book.create_sheet(words.labels["value"])
	sheet.freeze_panes = "A2"
	sheet.append(head)
	for rate in rates:
		sheet.append([_xlsx_cell(sheet, cell) for cell in _cells(rate, words)])
	file = io.BytesIO()
	book.save(file)
	return file.getvalue()


def _xlsx_cell(sheet, cell: object):
	if not (isinstance(cell, str) and cell.startswith("=")):
		return cell or None if cell != 0 else cell
	text = WriteOnlyCell(sheet, cell)
	text.data_type = "s"  # a name that looks like a formula is a name
	return text


def _cells(rate: Mapping, words: Words) -> list[object]:
	cells = [rate[field] for field in FIELDS]
	gives = FIELDS.index("rate_type")
	cells[gives] = words.choice_text(cells[gives])
	if rate["price_kind"]:
		cells[FIELDS.index("value")] = None
	return cells
