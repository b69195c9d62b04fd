# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""docs/promotions.md says of promotions what the code says."""

import json
import re
from pathlib import Path

import pytest

import crm_ext
from crm_ext.pricing.promotions import combine
from crm_ext.pricing.promotions.model import Kind
from crm_ext.tests.pages import DOCS, flat, page, part

PAGE = page("promotions")
MODULE = Path(crm_ext.__file__).parent / "crm_ext" / "doctype"
DOCTYPES = [
	json.loads(path.read_text(encoding="utf-8"))["name"]
	for pattern in ("promotion_*", "sales_promotion", "coupon_batch", "item_association")
	for folder in MODULE.glob(pattern)
	for path in folder.glob(f"{folder.name}.json")
]


def test_how_promotions_go_together_is_told_in_the_words_of_the_code():
	_, prose = combine.__doc__.split("\n\n", 1)
	assert flat(part("promotions", "rules")) == flat(prose)


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_has_its_line(kind):
	assert f"\n| {kind.value} |" in PAGE


@pytest.mark.parametrize("doctype", sorted(DOCTYPES))
def test_each_doctype_is_named(doctype):
	assert doctype in PAGE


def test_each_picture_is_there():
	for name in re.findall(r"\(images/([^)]+)\)", PAGE):
		assert (DOCS / "images" / name).exists(), name
