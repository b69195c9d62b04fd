# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""hooks.py, patches.txt and commands.py name only what exists."""

from pathlib import Path

import pytest

import frappe

import crm_ext
from crm_ext import hooks

PACKAGE = Path(crm_ext.__file__).parent
LONGEST = 130


def _values(value: object) -> list[str]:
	if isinstance(value, dict):
		return [text for entry in value.values() for text in _values(entry)]
	if isinstance(value, list | tuple):
		return [text for entry in value for text in _values(entry)]
	return [value] if isinstance(value, str) else []


def _hooks() -> dict[str, object]:
	return {name: value for name, value in vars(hooks).items() if not name.startswith("_")}


PATHS = sorted({text for text in _values(_hooks()) if text.startswith("crm_ext.")})
FILES = sorted({text for text in _values(_hooks()) if text.startswith("public/")})
DOCTYPES = sorted(
	{
		name
		for hook in (hooks.doc_events, hooks.doctype_js, hooks.doctype_list_js, hooks.has_permission)
		for key in hook
		for name in (key if isinstance(key, tuple) else (key,))
	}
	| set(hooks.permission_query_conditions)
	| set(hooks.ignore_links_on_delete)
)


@pytest.mark.parametrize("path", PATHS)
def test_every_dotted_path_can_be_called(path):
	assert callable(frappe.get_attr(path))


@pytest.mark.parametrize("file", FILES)
def test_every_file_is_there(file):
	assert (PACKAGE / file).is_file()


@pytest.mark.parametrize("doctype", DOCTYPES)
def test_every_doctype_exists(doctype):
	assert frappe.db.exists("DocType", doctype)


def test_the_desk_loads_our_scripts():
	assert hooks.doctype_js and hooks.doctype_list_js and hooks.page_js


def test_no_hook_listens_to_every_doctype():
	assert "*" not in DOCTYPES


def test_hooks_stay_short():
	assert len((PACKAGE / "hooks.py").read_text().splitlines()) < LONGEST


def test_every_patch_can_be_executed():
	for patch in frappe.get_file_items(str(PACKAGE / "patches.txt")):
		path = patch.split(maxsplit=1)[0]
		if not path.startswith("["):
			assert callable(frappe.get_attr(f"{path}.execute"))


def test_the_commands_of_bench_are_offered():
	from crm_ext.commands import commands

	assert {command.name for command in commands} == {"crm-ext-demo", "crm-ext-seed"}


def test_required_apps_are_installed():
	assert {app.rpartition("/")[2] for app in hooks.required_apps} <= set(frappe.get_installed_apps())
