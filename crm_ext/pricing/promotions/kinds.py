# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What goes with which kind of promotion: its fields, what it may give, the parts of its products. Pure.

The DocType shows the same fields for a kind; a test holds them equal.
"""

from crm_ext.pricing.promotions.model import Gives, Kind, Part

SETS = (Kind.ADD_ON, Kind.BUY_X_GET_Y)
_SET_FIELDS = ("buy_qty", "get_qty", "gives", "value", "gift_item", "most_times")

FIELDS: dict[Kind, tuple[str, ...]] = {
	Kind.VOLUME: ("tiers", "tiers_by"),
	Kind.GRADUATED: ("tiers",),
	Kind.BUNDLE: ("gives", "value", "most_times"),
	Kind.ADD_ON: _SET_FIELDS,
	Kind.BUY_X_GET_Y: _SET_FIELDS,
	Kind.MIX_AND_MATCH: ("buy_qty", "gives", "value", "most_times"),
	Kind.CHEAPEST_FREE: ("buy_qty", "get_qty", "gives", "value", "most_times"),
	Kind.THRESHOLD: ("tiers",),
	Kind.SHIPPING: ("minimum_amount", "shipping_account"),
}
"""The fields that a kind has and others have not; they are empty elsewhere."""

NEEDED = frozenset({"buy_qty", "get_qty", "gives", "shipping_account"})
"""Of these fields, those that must be filled in where a kind has them. `value` depends on what is given."""

_REDUCED = (Gives.PERCENT, Gives.AMOUNT, Gives.RATE)
GIVES: dict[Kind, tuple[Gives, ...]] = {
	Kind.VOLUME: _REDUCED,
	Kind.GRADUATED: _REDUCED,
	Kind.BUNDLE: _REDUCED,
	Kind.ADD_ON: (*_REDUCED, Gives.FREE),
	Kind.BUY_X_GET_Y: (*_REDUCED, Gives.FREE),
	Kind.MIX_AND_MATCH: _REDUCED,
	Kind.CHEAPEST_FREE: (*_REDUCED, Gives.FREE),
	Kind.THRESHOLD: (Gives.PERCENT, Gives.AMOUNT, Gives.GIFT),
	Kind.SHIPPING: (),
}
"""What a kind, or each of its tiers, may give."""


def parts(kind: Kind) -> tuple[Part, ...]:
	"""What a product may be there for."""
	return tuple(Part) if kind in SETS else (Part.BUY, Part.EXCEPT)


def foreign(kind: Kind) -> frozenset[str]:
	"""The fields of other kinds."""
	return frozenset(field for fields in FIELDS.values() for field in fields) - frozenset(FIELDS[kind])
