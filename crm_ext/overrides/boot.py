# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What the Desk knows of us from its start, so that forms ask for nothing that there is not."""

from crm_ext.pricing import compiled


def extend_bootinfo(bootinfo):
	"""`crm_ext`: what is live, see `compiled.known`."""
	bootinfo.crm_ext = compiled.known()
