# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The waterfall of a line on paper."""

from crm_ext.exceptions import UnreadableEvidence
from crm_ext.pricing import waterfall, words


def crm_ext_price_waterfall(row) -> list[dict]:
	"""The steps of a line's price for print formats: [{text, before, after, did, rule}], in the language of the paper.

	Nothing of our cost is told, for customers read it. Empty where the price list alone made the price.
	"""
	try:
		told = waterfall.load(row.get("crm_ext_price_steps"))
		return words.steps_of(told, costs=False) if told else []
	except (UnreadableEvidence, ValueError):
		return []
