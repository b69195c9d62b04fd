# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The jobs, one function per cadence. Each is safe to run twice and to be killed."""

from crm_ext.cross_sell import service as cross_sell
from crm_ext.linkage import runner, weekly
from crm_ext.linkage.sources import issues, nightly
from crm_ext.pricing import drift
from crm_ext.pricing.promotions import codes, counting
from crm_ext.pricing.rates import imports
from crm_ext.profile import queue
from crm_ext.profile import service as profile
from crm_ext.tags import announce


def crm_ext_drain_refresh_queue() -> None:
	"""Every five minutes: refresh the customers whose documents changed, announce what changed, judge what happened."""
	queue.drain()
	if announce.waiting():
		announce.announce_later()
	issues.sweep()
	if runner.due():
		runner.run_later()
	imports.settle_abandoned()
	codes.resume_abandoned()


def crm_ext_nightly_refresh() -> None:
	"""Every night: refresh everybody, for what time alone changes."""
	profile.refresh_later()


def crm_ext_nightly_linkage() -> None:
	"""Every night: tell the linkage rules of birthdays, anniversaries and what is due by the clock."""
	nightly.tell_later()


def crm_ext_nightly_price_replay() -> None:
	"""Every night: find the prices that no longer follow from what is written beside them."""
	drift.check_later()


def crm_ext_nightly_promotion_counters() -> None:
	"""Every night: count the uses of promotions anew from their redemptions."""
	counting.count_later()


def crm_ext_nightly_item_associations() -> None:
	"""Every night: find which items are bought together."""
	cross_sell.compute_later()


def crm_ext_weekly_linkage_report() -> None:
	"""Every Monday: tell the owners of observing rules what these would have done last week."""
	weekly.send()
