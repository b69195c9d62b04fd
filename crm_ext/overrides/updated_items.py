# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The rows of quotations and orders where “Update Items” saves them one by one, in a submitted document."""

from crm_ext.pricing import floors
from crm_ext.pricing.updated_rows import refuse_other_price


def saved(doc, method=None):
	refuse_other_price(doc)
	floors.refuse_row(doc)
