# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What promotions cost a document in statements, however many there are."""

import pytest

from crm_ext.pricing import compiled
from crm_ext.tests.pricing.shop import unsaved
from crm_ext.tests.promotions.many import promote
from crm_ext.tests.settings import change_settings

OWN = ("LAMP-A", "LAMP-B", "LAMP-C", "LAMP-E")
OTHERS = tuple(f"OTHER-{number}" for number in range(50))
LINES = [(code, 3 + place, "Nos") for place, code in enumerate(OWN * 5)]
MORE = 4


@pytest.fixture
def statements(shop, customer, queries):
	"""`statements()`: of the insert of an order of many lines, when everything is known that is kept."""

	def count() -> int:
		compiled.current()
		unsaved("Sales Order", customer, LINES).insert()
		doc = unsaved("Sales Order", customer, LINES)
		return queries(doc.insert)

	return count


@pytest.mark.parametrize("few", [0, 10, 60])
@pytest.mark.parametrize("number", [200, 1_000])
def test_promotions_add_four_statements_at_most(number, few, statements):
	change_settings(promotions_enabled=0)
	without = statements()
	change_settings(promotions_enabled=1)
	promote("Counted", number, own=OWN, few=few, others=OTHERS)
	assert statements() - without <= MORE
