# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The price kind of a customer as a fact, so that rules can ask about it."""

from crm_ext.rules.facts import Fact, FactType

FIELD = "crm_ext_price_kind"
"""The field of Customer with the kind given by hand or by a linkage rule."""

PRICE_KIND = "price_kind"


def facts() -> list[Fact]:
	"""Registered through the hook `crm_ext_facts`."""
	return [
		Fact(
			name=PRICE_KIND,
			label="Price Kind (Given)",
			type=FactType.TEXT,
			source="customer",
			options="Price Kind",
			sql=f"c.{FIELD}",
		)
	]
