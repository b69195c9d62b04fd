# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The status board of promotions, for its page and over REST. Permission first."""

import frappe
from frappe import _

from crm_ext.errors import speaking
from crm_ext.pricing.promotions import board as boards
from crm_ext.pricing.promotions.figures import REDEMPTION, SALE, check_company

MOST_INVOICES = 10


@frappe.whitelist(methods=["GET", "POST"])
@speaking
def board(company: str | None = None, shown: str = boards.RUNNING) -> dict:
	"""The promotions of a kind (Running, Observing, Paused, Ended) with their figures: see `board.board`.

	Without a company those of all that the user may read, each in its own currency.
	"""
	_check(company)
	if shown not in boards.SHOWN:
		frappe.throw(_("Choose one of: {0}.").format(", ".join(map(_, boards.SHOWN))))
	return boards.board(company or "", shown)


@frappe.whitelist(methods=["GET", "POST"])
@speaking
def invoices(promotion: str, company: str) -> list[dict]:
	"""The last invoices of a company with a promotion, the latest first."""
	_check(company)
	frappe.has_permission("Sales Promotion", "read", doc=promotion, throw=True)
	return boards.invoices(promotion, company, MOST_INVOICES)


def _check(company: str | None) -> None:
	"""Raises PermissionError unless the user may read what promotions sold, and in this company."""
	frappe.has_permission(SALE, "read", throw=True)
	frappe.has_permission(REDEMPTION, "read", throw=True)
	if company:
		check_company(company)
