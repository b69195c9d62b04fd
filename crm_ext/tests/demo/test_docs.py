# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from pathlib import Path

import pytest

import crm_ext
from crm_ext.demo import data, docs

PAGE = Path(crm_ext.__file__).parents[1] / "docs" / "demo.md"


def test_the_documented_tables_are_those_of_the_data():
	text = PAGE.read_text(encoding="utf-8")
	assert text == docs.written_into(text), "Run: python -m crm_ext.demo.docs docs/demo.md"


def test_the_documented_password_is_the_one_of_the_data():
	assert f"`{data.PASSWORD}`" in PAGE.read_text(encoding="utf-8")


def test_a_page_without_marks_is_refused():
	with pytest.raises(ValueError, match="customers"):
		docs.written_into("# A page")
