# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import pytest

from crm_ext.tests.pricing.conftest import shop  # noqa: F401


@pytest.fixture
def customer():
	from crm_ext.tests import builders

	return builders.customer()
