# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The keys of rates, built by the database: after something that rates name was renamed."""

import frappe

from crm_ext.pricing.rates.columns import FAMILIES
from crm_ext.pricing.rates.store import RATE
from crm_ext.pricing.rates.values import PLACES


def rekey(field: str, value: str) -> dict[str, int]:
	"""Give the rates with this value in a column the keys that follow from their columns.

	After a merge two rates may be the same: the one that had its keys before is the target's own and stays, the other
	goes. Returns how many went from each matrix.
	"""
	tied = frappe.db.sql(
		f"""SELECT r.name, r.matrix FROM `tab{RATE}` r JOIN `tab{RATE}` own
			ON own.rate_key = {RATE_KEY} AND own.name != r.name
		WHERE r.`{field}` = %s""",
		value,
	)
	removed: dict[str, int] = {}
	for _name, matrix in tied:
		removed[matrix] = removed.get(matrix, 0) + 1
	if tied:
		frappe.db.sql(f"DELETE FROM `tab{RATE}` WHERE name IN %s", (tuple(name for name, _ in tied),))
	keys = ", ".join(f"r.{family} = {key}" for family, key in FAMILY_KEYS.items())
	frappe.db.sql(
		f"""UPDATE `tab{RATE}` r SET {keys}, r.rate_key = {RATE_KEY}
		WHERE r.`{field}` = %s AND r.rate_key != {RATE_KEY}""",
		value,
	)
	return removed


def _family_key(columns: tuple[tuple[str, str], ...]) -> str:
	cases = " ".join(
		f"WHEN r.`{field}` > '' THEN CONCAT('{doctype}:', r.`{field}`)" for field, doctype in columns
	)
	return f"CASE {cases} ELSE '' END"


FAMILY_KEYS = {family: _family_key(columns) for family, columns in FAMILIES.items()}
_PARTS = (
	"r.matrix",
	*FAMILY_KEYS.values(),
	"COALESCE(r.uom, '')",
	"COALESCE(r.currency, '')",
	f"CAST(CAST(r.min_qty AS DECIMAL(21, {PLACES})) AS CHAR)",
	"COALESCE(CAST(r.valid_from AS CHAR), '')",
)
RATE_KEY = f"SHA1(CONCAT_WS(CHAR(10), {', '.join(_PARTS)}))"
"""What `columns.keys_of` computes, of a rate `r`."""
