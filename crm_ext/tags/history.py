# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""All the periods in which a customer held a tag."""

from datetime import datetime

import frappe
from frappe import _
from frappe.utils import get_fullname

from crm_ext.tags.service import BY_LINKAGE


def history_of(customer: str) -> list[dict]:
	"""The held tags first, then the newest: [{assignment, tag, group, colour, company, source, since, until,
	expires_on, locked, reason, end_reason, by}]."""
	rows = frappe.get_all(
		"Customer Tag Assignment",
		filters={"customer": customer, "shadow": 0},
		fields=[
			*("name", "tag", "tag_group", "company", "source", "since", "until", "reason", "end_reason"),
			*("expires_on", "locked", "owner"),
		],
		order_by="since desc",
	)
	colours = dict(frappe.get_all("Customer Tag", fields=["name", "colour"], as_list=True))
	rows.sort(key=lambda row: (row.until or datetime.max, row.since), reverse=True)
	return [
		{
			"assignment": row.name,
			"tag": row.tag,
			"group": row.tag_group,
			"colour": colours.get(row.tag),
			"company": row.company,
			"source": row.source,
			"since": row.since,
			"until": row.until,
			"expires_on": row.expires_on,
			"locked": row.locked,
			"reason": row.reason,
			"end_reason": _(row.end_reason) if row.end_reason else None,
			"by": "" if row.source == BY_LINKAGE else get_fullname(row.owner),
		}
		for row in rows
	]
