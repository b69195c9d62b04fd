# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Matrices with rates, and files of rates."""

import frappe

from crm_ext.demo import data
from crm_ext.pricing.rates import files, service
from crm_ext.pricing.rates.columns import FIELDS, KEYS
from crm_ext.pricing.rates.language import words

RATE = "Price Matrix Rate"
GOODS = tuple(item.code for item in data.ITEMS[:3])


def make_matrix(title: str = "Sheet", **values) -> str:
	document = {"doctype": "Price Matrix", "title": title, "currency": data.HOME.currency, **values}
	return frappe.get_doc(document).insert().name


def put(matrix: str, *rows: dict) -> list[str]:
	"""Save rates that are right; their names, in the order given."""
	answer = service.save_rates(matrix, [{"idx": idx, **row} for idx, row in enumerate(rows, 1)])
	assert answer["errors"] == []
	return [row["name"] for row in answer["rows"]]


def rates(matrix: str) -> list[dict]:
	"""What is stored: the columns that are not empty, in the order of the sheet."""
	found = frappe.get_all(
		RATE, {"matrix": matrix}, [*FIELDS], order_by="item_key, customer_key, place_key, min_qty, valid_from"
	)
	return [{field: value for field, value in row.items() if value} for row in found]


def keys(matrix: str) -> set[tuple]:
	return {tuple(row.values()) for row in frappe.get_all(RATE, {"matrix": matrix}, [*KEYS])}


def counted(matrix: str) -> tuple[int, int]:
	"""Its version of the rates, and their number: as it says, and as there are."""
	said = frappe.db.get_value("Price Matrix", matrix, ["rates_version", "rate_count"])
	assert said[1] == frappe.db.count(RATE, {"matrix": matrix})
	return said


def csv(*lines: str) -> bytes:
	return "\n".join(lines).encode()


def sheet(content: bytes, name: str = "rates.csv") -> files.Sheet:
	return files.read(name, content, words())


def attach(content: bytes, name: str = "rates.csv", **values) -> str:
	"""A private file; its URL."""
	file = {"doctype": "File", "file_name": name, "content": content, "is_private": 1, **values}
	return frappe.get_doc(file).insert().file_url
