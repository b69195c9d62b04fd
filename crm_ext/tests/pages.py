# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The pages of the docs, for the tests that hold the code and the pages to each other. Pure."""

import json
import re
from pathlib import Path

import crm_ext

DOCS = Path(crm_ext.__file__).parents[1] / "docs"


def page(name: str) -> str:
	return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def part(name: str, of: str) -> str:
	"""What a page has between the marks of one of its parts."""
	return re.search(rf"<!-- {of}:[^>]*-->(.*?)<!-- end of {of} -->", page(name), re.DOTALL)[1]


def example(name: str) -> tuple[dict, dict]:
	"""The request and the answer that a page prints."""
	blocks = re.findall(r"```json\n(.*?)```", part(name, "example"), re.DOTALL)
	return tuple(json.loads(block) for block in blocks)


def flat(text: str) -> str:
	"""Without line breaks."""
	return " ".join(text.split())
