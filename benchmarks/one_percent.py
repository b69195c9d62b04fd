# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The refresh of the 1 % of customers whose documents changed, against the refresh of all.

Budget: at most a tenth of the full refresh.
"""

from common import Report, best, seconds, site, sizes

import frappe

from crm_ext.profile.service import refresh

LIMIT = 0.1
EVERY = 100


def main():
	with site():
		report = Report(f"Refresh of 1 %: {sizes()}")
		names = frappe.get_all("Customer", pluck="name", order_by="name", limit=0)
		changed = names[::EVERY]
		full = seconds(lambda: refresh(commit=True))
		report.figure(f"refresh of all {len(names):,} customers", full, "s")
		part = best(lambda: refresh(changed, commit=True), 3)
		report.figure(f"refresh of {len(changed):,} customers", part, "s")
		report.budget("1 % ÷ all", part / full, LIMIT)
		report.close()


if __name__ == "__main__":
	main()
