# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Names that more than one module must agree on."""

ALL_COMPANIES = ""
"""The `company` of rows that hold for all companies together."""

OPEN = ""
"""The `closed_key` of a Customer Tag Assignment that has not ended."""

TAGS_FACT = "tags"
"""The fact that holds the tags of a customer."""

SELLING_DOCTYPES = ("Quotation", "Sales Order", "Delivery Note", "Sales Invoice", "POS Invoice")
"""The documents of ERPNext whose lines have a price for a customer."""

PRICE_OVERRIDE = "Price Override"
"""The role that approves prices below the floor, and keeps typed rates where automatic prices are enforced."""

PROMOTION_APPROVER = "Promotion Approver"
"""The role that approves promotions of others, where the settings ask for it."""

COOPERATION_DOCTYPES = ("Sales Order", "Delivery Note", "Sales Invoice", "POS Invoice")
"""Submitting one of these is what the founding documents call cooperation."""

TAG_GAINED = "crm_ext_tag_gained"
TAG_LOST = "crm_ext_tag_lost"
LINKAGE = "crm_ext_linkage"
"""The Doc Event of the Webhooks that a linkage rule may call."""
