# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What pricing reads from the database, in sets: the number of statements does not grow with the lines."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

import frappe

from crm_ext.pricing.list_prices import ItemPrice, Prices, in_order
from crm_ext.pricing.model import Gives, Item, Rate

RATE_COLUMNS = (
	*("name", "matrix", "item_key", "customer_key", "place_key", "uom", "currency", "min_qty"),
	*("valid_from", "valid_to", "rate_type", "value", "price_kind"),
)
MOST_KEYS = 200


def number(value: object) -> Decimal:
	"""A number of the database, where amounts are decimal(21,9), as it was meant."""
	return Decimal(str(value)) if value else Decimal(0)


def items(codes: Collection[str], ancestors: Mapping[str, tuple[str, ...]]) -> dict[str, Item]:
	"""The items that exist of these codes. `ancestors`: each item group with those above it, the nearest first."""
	if not codes:
		return {}
	columns = (
		"i.name, i.item_name, i.variant_of, i.brand, i.item_group, i.stock_uom, u.uom, u.conversion_factor"
	)
	# the template's units first, so that the item's own overwrite them
	rows = frappe.db.sql(
		f"""SELECT {columns} FROM `tabItem` i JOIN `tabUOM Conversion Detail` u
			ON u.parent = i.variant_of AND u.parenttype = 'Item'
			WHERE i.name IN %(codes)s
		UNION ALL
		SELECT {columns} FROM `tabItem` i LEFT JOIN `tabUOM Conversion Detail` u
			ON u.parent = i.name AND u.parenttype = 'Item'
			WHERE i.name IN %(codes)s""",
		{"codes": tuple(codes)},
	)
	factors: dict[str, dict[str, Decimal]] = defaultdict(dict)
	facts = {}
	for code, *row, uom, factor in rows:
		facts[code] = row
		if uom:
			factors[code][uom] = number(factor)
	return {
		code: Item(
			code=code,
			name=name or code,
			template=template or "",
			brand=brand or "",
			groups=ancestors.get(group, (group,) if group else ()),
			stock_uom=stock_uom,
			factors=factors[code],
		)
		for code, (name, template, brand, group, stock_uom) in facts.items()
	}


def rates(
	matrices: Collection[str], item_keys: Collection[str], customer_keys: Collection[str]
) -> list[Rate]:
	"""The rates of matrices for any of these items and any of these customers, on the index of the keys."""
	# with many customers the index is left to the items, and the customers are sorted out by the caller
	narrow = "AND customer_key IN %(customers)s" if len(customer_keys) <= MOST_KEYS else ""
	rows = frappe.db.sql(
		f"""SELECT {", ".join(f"`{column}`" for column in RATE_COLUMNS)} FROM `tabPrice Matrix Rate`
		WHERE item_key IN %(items)s {narrow} AND matrix IN %(matrices)s""",
		{"items": tuple(item_keys), "customers": tuple(customer_keys), "matrices": tuple(matrices)},
	)
	return [_rate(row) for row in rows]


def rates_versions(matrices: Collection[str]) -> dict[str, int]:
	"""How often the rates of each matrix have changed, as this transaction sees it."""
	return dict(
		frappe.db.sql(
			"SELECT name, rates_version FROM `tabPrice Matrix` WHERE name IN %s", (tuple(matrices),)
		)
	)


def _rate(row: Sequence) -> Rate:
	name, matrix, item, customer, place, uom, currency, min_qty, starts, ends, gives, value, kind = row
	return Rate(
		name=name,
		matrix=matrix,
		item_key=item or "",
		customer_key=customer or "",
		place_key=place or "",
		uom=uom or "",
		currency=currency or "",
		min_qty=number(min_qty),
		valid_from=starts,
		valid_to=ends,
		gives=Gives(gives),
		value=number(value),
		kind=kind or "",
	)


def list_prices(codes: Collection[str], price_lists: Collection[str], customers: Collection[str]) -> Prices:
	"""The Item Prices of these price lists, general ones and those of these customers."""
	if not (codes and price_lists):
		return {}
	rows = frappe.db.sql(
		"""SELECT item_code, price_list, price_list_rate, currency, IFNULL(customer, ''), IFNULL(uom, ''),
			IFNULL(batch_no, ''), packing_unit, valid_from, valid_upto
		FROM `tabItem Price`
		WHERE item_code IN %s AND price_list IN %s AND IFNULL(customer, '') IN %s
		AND (IFNULL(customer, '') != '' OR IFNULL(supplier, '') = '')
		ORDER BY name""",
		(tuple(codes), tuple(price_lists), ("", *customers)),
	)
	found: dict[tuple[str, str], list[ItemPrice]] = defaultdict(list)
	for code, price_list, rate, currency, customer, uom, batch, packing, starts, ends in rows:
		found[code, price_list].append(
			ItemPrice(
				item_code=code,
				price_list=price_list,
				rate=number(rate),
				currency=currency,
				customer=customer,
				uom=uom,
				batch_no=batch,
				packing_unit=packing or 0,
				valid_from=starts,
				valid_upto=ends,
			)
		)
	return {key: in_order(prices) for key, prices in found.items()}


def tags_of(customers: Collection[str]) -> Sequence[tuple[str, str, str]]:
	"""(customer, company, tag) of each tag held now; the company is empty for a tag that holds everywhere."""
	if not customers:
		return ()
	return frappe.db.sql(
		"""SELECT customer, company, tag FROM `tabCustomer Tag Assignment`
		WHERE customer IN %s AND closed_key = '' AND shadow = 0""",
		(tuple(customers),),
	)
