# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The tags of a customer as a fact, so that rules can build on tags of other groups."""

from crm_ext.constants import TAGS_FACT
from crm_ext.rules.facts import Fact, FactType


def facts() -> list[Fact]:
	"""Registered through the hook `crm_ext_facts`."""
	return [
		Fact(
			name=TAGS_FACT,
			label="Customer Tags",
			type=FactType.SET,
			source="tags",
			options="Customer Tag",
			sql="""SELECT CONCAT('|', GROUP_CONCAT(held.tag ORDER BY held.tag SEPARATOR '|'), '|')
				FROM `tabCustomer Tag Assignment` held
				WHERE held.customer = c.name AND held.closed_key = '' AND held.shadow = 0
				AND held.company IN ('', p.company)""",
		)
	]
