# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Nothing that crm_ext says to its users is left untranslated to Chinese.

A text counts as said in Chinese if translations/zh.csv has it, for its context or for any, or if Frappe or
ERPNext says it already.
"""

import csv
import re

import pytest

from crm_ext.tests.texts import APP, says_something, texts

FILE = APP / "translations" / "zh.csv"
PLACE = re.compile(r"\{\w*\}|%\(\w+\)s|%s|</?\w+[^>]*>")


@pytest.fixture(autouse=True)
def rolled_back():
	"""These tests read files."""


@pytest.fixture(scope="module")
def framework(site):
	"""What Frappe and ERPNext say in Chinese, by English text."""
	from frappe.translate import get_translations_from_apps

	return get_translations_from_apps("zh", ["frappe", "erpnext"])


@pytest.fixture(scope="module")
def registered(site):
	"""What registered facts, triggers and actions, the states of rules and our fields say: (English, context)."""
	from crm_ext.linkage.registry import actions, triggers
	from crm_ext.rules.lifecycle import Status
	from crm_ext.rules.site import registry
	from crm_ext.setup.custom_fields import FIELDS

	parameters = [parameter for action in actions().values() for parameter in action.parameters]
	choices = [p.options.split("\n") for p in parameters if p.fieldtype == "Select"]
	plain = [text for fact in registry().values() for text in (fact.label, fact.unit)]
	plain += [parameter.description for parameter in parameters]
	named = [*triggers(), *actions(), *(status.value for status in Status)]
	named += [*(p.label for p in parameters), *(choice for some in choices for choice in some)]
	said = [(text, "") for text in plain] + [(text, "CRM Ext") for text in named]
	said += [
		(text, doctype)
		for doctypes, fields in FIELDS.items()
		for doctype in doctypes
		for field in fields
		for text in _texts_of_field(field)
	]
	return {(text, context) for text, context in said if says_something(text)}


def _texts_of_field(field):
	choices = field["options"].split("\n") if field["fieldtype"] == "Select" else ()
	return (field.get("label", ""), field.get("description", ""), *choices)


def rows():
	with FILE.open(encoding="utf-8", newline="") as file:
		return [(*row, "")[:3] for row in csv.reader(file)]


def known():
	return {(source, context) for source, _, context in rows()}


def test_every_text_is_said_in_chinese(framework):
	untold = [
		f"{text!r} (context {context!r}) in {file}"
		for (text, context), file in texts().items()
		if not {(text, context), (text, "")} & known() and text not in framework
	]
	assert untold == []


def test_everything_registered_is_said_in_chinese(framework, registered):
	assert [
		(text, context)
		for text, context in sorted(registered)
		if not {(text, context), (text, "")} & known() and text not in framework
	] == []


def test_every_row_is_of_use(registered):
	used = set(texts()) | registered
	anywhere = {text for text, _ in used}
	assert [
		row for row in rows() if not ((row[0], row[2]) in used or (not row[2] and row[0] in anywhere))
	] == []


def test_no_text_is_translated_twice():
	sources = [(source, context) for source, _, context in rows()]
	assert sorted({source for source in sources if sources.count(source) > 1}) == []


def test_a_translation_has_the_places_of_its_text():
	assert [row for row in rows() if sorted(PLACE.findall(row[0])) != sorted(PLACE.findall(row[1]))] == []


def test_every_translation_is_complete():
	unfinished = [row for row in rows() if not row[1].strip() or row[1] != row[1].strip()]
	assert unfinished == []


def test_a_word_of_the_framework_is_changed_for_our_context_only(framework):
	"""Without a context, a row would change what ERPNext says on its own forms."""
	assert [
		(source, framework[source], chinese)
		for source, chinese, context in rows()
		if not context and framework.get(source, chinese) != chinese
	] == []


def test_the_collector_finds_texts_of_every_kind():
	found = set(texts())
	assert {
		("Give a reason.", ""),  # an exception
		("in the last", ""),  # an operator
		("Minimum Stay (Days)", "Customer Tag"),  # a field
		("Exclusive", "Customer Tag Group"),  # an option
		("Customer Tag Flow", ""),  # a report
		("Your Customers", ""),  # a heading of the workspace
		("Give Tag", ""),  # a script
		("High Value", "Tag"),  # a shipped tag
		("Win-back", ""),  # a bundle of shipped rules
		("Outranked", ""),  # a choice of an enumeration
	} <= found
