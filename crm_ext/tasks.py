# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The jobs, one function per cadence. Each is safe to run twice and to be killed."""

from crm_ext.profile import queue
from crm_ext.profile import service as profile
from crm_ext.tags import announce


def crm_ext_drain_refresh_queue() -> None:
	"""Every five minutes: refresh the customers whose documents changed, then announce what changed."""
	queue.drain()
	if announce.waiting():
		announce.announce_later()


def crm_ext_nightly_refresh() -> None:
	"""Every night: refresh everybody, for what time alone changes."""
	profile.refresh_later()
