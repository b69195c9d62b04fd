# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The totals of a selling document anew, after ERPNext has computed them and what follows from them."""


def recalculate(doc) -> None:
	"""Compute totals again, with the payment schedule and the amount in words that ERPNext made of them in `validate`."""
	doc.calculate_taxes_and_totals()
	if doc.get("payment_schedule"):
		doc.set_payment_schedule()
	doc.set_total_in_words()
