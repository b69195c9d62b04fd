# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The columns of a sheet of rates, in their order, and the keys that follow from them. Pure.

A rate is for one item, brand or item group, or for all (a *family* of columns); so also for customers and for points of
sale. Each family has a key, “Brand:Willow”, which the engine looks rates up by (`pricing.model`). The *rate key* stands
for all that could make two rates tie; the database refuses a second rate with the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha1

from crm_ext.pricing.model import ANY, Gives
from crm_ext.pricing.rates.values import PLACES


@dataclass(frozen=True, slots=True)
class Column:
	"""One column of the sheet; `options` of a Link is its DocType. `family` names the key it belongs to."""

	fieldname: str
	label: str
	fieldtype: str = "Link"
	options: str = ""
	family: str = ""


COLUMNS = (
	Column("item", "Item", options="Item", family="item_key"),
	Column("brand", "Brand", options="Brand", family="item_key"),
	Column("item_group", "Item Group", options="Item Group", family="item_key"),
	Column("customer", "Customer", options="Customer", family="customer_key"),
	Column("customer_tag", "Customer Tag", options="Customer Tag", family="customer_key"),
	Column("customer_group", "Customer Group", options="Customer Group", family="customer_key"),
	Column("pos_profile", "POS Profile", options="POS Profile", family="place_key"),
	Column("branch", "Branch", options="Branch", family="place_key"),
	Column("territory", "Territory", options="Territory", family="place_key"),
	Column("sales_channel", "Sales Channel", options="Sales Channel", family="place_key"),
	Column("min_qty", "From Quantity", "Float"),
	Column("uom", "UOM", options="UOM"),
	Column("currency", "Currency", options="Currency"),
	Column("valid_from", "Valid From", "Date"),
	Column("valid_to", "Valid To", "Date"),
	Column("rate_type", "Gives", "Select", "\n".join(gives.value for gives in Gives)),
	Column("value", "Value", "Float"),
	Column("price_kind", "Price Kind", options="Price Kind"),
)
BY_NAME = {column.fieldname: column for column in COLUMNS}
FIELDS = tuple(BY_NAME)
LINKS = tuple((column.fieldname, column.options) for column in COLUMNS if column.fieldtype == "Link")

FAMILIES: dict[str, tuple[tuple[str, str], ...]] = {
	family: tuple((column.fieldname, column.options) for column in COLUMNS if column.family == family)
	for family in ("item_key", "customer_key", "place_key")
}
"""Per key the columns of its family, each with the DocType that the key begins with."""

KEYS = (*FAMILIES, "rate_key")
RESULT = ("valid_to", "rate_type", "value", "price_kind")
"""What may differ between two rates of the same rate key."""


def keys_of(row: Mapping, matrix: str) -> dict[str, str]:
	"""The four keys of a rate of a matrix. `rekeying` builds the same in SQL when something is renamed."""
	keys = {family: _family_key(row, columns) for family, columns in FAMILIES.items()}
	start = row["valid_from"].isoformat() if row["valid_from"] else ""
	told = (matrix, *keys.values(), row["uom"], row["currency"], f"{row['min_qty']:.{PLACES}f}", start)
	keys["rate_key"] = sha1("\n".join(told).encode(), usedforsecurity=False).hexdigest()
	return keys


def _family_key(row: Mapping, columns: tuple[tuple[str, str], ...]) -> str:
	for field, doctype in columns:
		if row[field]:
			return f"{doctype}:{row[field]}"
	return ANY
