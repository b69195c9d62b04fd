# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Payment Ledger Entry: every payment, journal and reconciliation that changes what a customer owes."""

from crm_ext.profile import queue


def on_submit(doc, method=None):
	if doc.party_type == "Customer":
		queue.mark([doc.party], doc.voucher_type)
