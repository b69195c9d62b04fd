# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Days as the demo company counts them: its clock is not that of the machine."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from crm_ext.demo.data import TIME_ZONE


def today() -> date:
	"""The day it is at the demo company. Known without a site."""
	return datetime.now(ZoneInfo(TIME_ZONE)).date()
