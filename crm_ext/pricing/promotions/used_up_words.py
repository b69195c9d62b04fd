# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What people are told when a promotion or coupon has run out."""

from collections.abc import Mapping

from frappe import _

from crm_ext.pricing.promotions import claiming, usage


def told(ran_out: Mapping[str, str], doc) -> str:
	"""For the seller: what ran out before a document was submitted, and what became of its lines."""
	return _("Ran out before this was submitted: {0} The lines have the prices without it.").format(
		listed(ran_out, doc)
	)


def listed(ran_out: Mapping[str, str], doc) -> str:
	"""A sentence for each promotion that ran out. `ran_out`: {promotion: limit}."""
	return " ".join(_sentence(promotion, limit, doc) for promotion, limit in ran_out.items())


def _sentence(promotion: str, limit: str, doc) -> str:
	match limit:
		case usage.USES:
			return _("{0} has been used as often as it may be.").format(promotion)
		case usage.CUSTOMERS:
			return _("{0} has all the customers it may have.").format(promotion)
		case usage.BUDGET:
			return _("What is left of the budget of {0} is not enough.").format(promotion)
		case usage.PER_CUSTOMER:
			return _("{0} has used {1} as often as one customer may.").format(
				doc.get("customer_name") or doc.get("customer"), promotion
			)
		case claiming.STOPPED:
			return _("{0} is not in force any more.").format(promotion)
	return _("The coupon for {0} does not count any more.").format(promotion)


def to_owner(promotion: str, limit: str) -> str:
	"""For the owner of a promotion that goes on when it is used up."""
	match limit:
		case usage.USES:
			return _("{0} has been used as often as planned. It goes on.").format(promotion)
		case usage.CUSTOMERS:
			return _("{0} has reached as many customers as planned. It goes on.").format(promotion)
	return _("{0} has spent its budget. It goes on.").format(promotion)
