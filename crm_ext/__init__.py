# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

__version__ = "1.0.0"
