# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from crm_ext.tests.pricing.conftest import customer, prices_of_then, shop  # noqa: F401
