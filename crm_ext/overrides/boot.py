# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What the Desk knows of us from its start, so that forms ask for nothing that there is not."""

from crm_ext.pricing import compiled


def extend_bootinfo(bootinfo):
	"""`crm_ext`: {promotions, coupons, prices}, whether any are live. From the cache of compiled rules."""
	live = None if compiled.idle() else compiled.current()
	promotions = live.promotions.values() if live and compiled.promoting(live) else ()
	bootinfo.crm_ext = {
		"promotions": bool(promotions),
		"coupons": any(one.needs_coupon for one in promotions),
		"prices": bool(live and live.matrices),
	}
