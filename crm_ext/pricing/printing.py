# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What print formats show of prices: the waterfall of a line, what promotions did to the document."""

from frappe import _

from crm_ext.exceptions import UnreadableEvidence
from crm_ext.pricing import waterfall, words, words_promotions
from crm_ext.pricing.promotions.stored import read
from crm_ext.pricing.promotions.told import got


def crm_ext_price_waterfall(row) -> list[dict]:
	"""The steps of a line's price for print formats: [{text, before, after, did, rule}], in the language of the paper.

	Nothing of our cost is told, for customers read it. Empty where the price list alone made the price.
	"""
	if promotion := row.get("crm_ext_promotion"):
		rule = [words_promotions.PROMOTION, promotion]
		text = _("Free with the promotion {0}.").format(promotion)
		return [{"did": "promotion", "text": text, "before": None, "after": 0.0, "rule": rule}]
	try:
		told = waterfall.load(row.get("crm_ext_price_steps"))
		return words.steps_of(told, costs=False) if told else []
	except (UnreadableEvidence, ValueError):
		return []


def crm_ext_promotions(doc) -> list[str]:
	"""What promotions did to a document, a sentence for each, in the language of the paper."""
	found = read(doc.get("crm_ext_promotions"))
	return [words_promotions.applied(one, doc.currency) for one in got(found)]
