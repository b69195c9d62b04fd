# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""docs/pricing.md says of the order of rates what the code says."""

import re

from crm_ext.pricing import precedence
from crm_ext.tests.pages import flat, part


def test_the_order_of_precedence_is_told_in_the_words_of_the_code():
	_, prose = precedence.__doc__.split("\n\n", 1)
	assert flat(part("pricing", "order")) == flat(prose)


def test_each_criterion_of_the_code_has_a_line_of_the_order():
	lines = re.findall(r"^(\d+)\. ", precedence.__doc__, re.MULTILINE)
	assert lines == [str(number) for number, _ in enumerate(precedence.CRITERIA, 1)]
