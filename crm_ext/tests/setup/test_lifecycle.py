# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Installed, migrated, used, uninstalled, and installed again, on a site of its own.

The site is named by CRM_EXT_LIFECYCLE_SITE: a new one, with ERPNext and nothing else. It is spoilt afterwards.
"""

import json
import os
import subprocess
import sys

import pytest

LEFT_BY_FRAPPE = {
	"tabDeleted Document": "Frappe's record of what it deleted itself in remove-app",
	"tabSingles": "times and counters of Frappe's own jobs and lists",
	"tabDefaultValue": "the list of installed apps, written anew",
	"tabActivity Log": "log",
	"tabAccess Log": "log",
	"tabError Log": "log",
	"tabScheduled Job Log": "log",
	"tabRoute History": "log",
	"tabSessions": "log",
	"tabSeries": "counters of names that were given away",
}

LEFT_BY_FRAPPE_16 = {
	"tabPermission Log": "log",
	"tabNavbar Item": "help menu entries that a migration takes away or adds",
	"tabVersion": "versions of the Navbar Settings they belong to",
}

LISTS = (
	"tabDocType",
	"tabCustom Field",
	"tabProperty Setter",
	"tabRole",
	"tabScheduled Job Type",
	"tabModule Def",
)


@pytest.fixture(scope="module")
def lifecycle_site():
	name = os.environ.get("CRM_EXT_LIFECYCLE_SITE")
	if not name:
		pytest.fail(
			"CRM_EXT_LIFECYCLE_SITE is not set: run ./dev test, which makes a new site with ERPNext only."
		)
	return name


@pytest.fixture(scope="module")
def life(lifecycle_site):
	"""The whole life once; the tests below look at its stations."""
	site = lifecycle_site
	_use(site, "before")
	stations = {"before": _snapshot(site)}
	_bench(site, "install-app", "crm_ext")
	stations["installed"] = _check(site)
	_bench(site, "migrate", "--skip-search-index")
	stations["migrated"] = _check(site)
	_use(site, "with")
	stations["in use"] = _check(site)
	_bench(site, "uninstall-app", "crm_ext", "--yes", "--no-backup")
	stations["after"] = _snapshot(site)
	stations["uninstalled"] = _check(site)
	_bench(site, "install-app", "crm_ext")
	stations["reinstalled"] = _check(site)
	return stations


def test_installing_sows_the_shipped_tags_and_starts_the_jobs(life):
	from crm_ext.hooks import scheduler_events
	from crm_ext.setup.defaults import TAGS

	assert set(life["installed"]["tags"]) == {tag["tag_name"] for tag in TAGS}
	jobs = [path for paths in scheduler_events["cron"].values() for path in paths]
	assert life["installed"]["jobs"] == sorted(jobs)


def test_migrating_changes_nothing(life):
	assert life["migrated"] == life["installed"]


def test_tags_are_mirrored_while_installed(life):
	assert "Gold" in life["in use"]["user_tags"].split(",")


def test_rules_run_while_installed(life):
	assert life["in use"]["runs"] == ["Done"]


def test_uninstalling_takes_our_tags_off_the_customers_and_leaves_theirs(life):
	assert life["uninstalled"]["user_tags"] == "Own tag"


@pytest.mark.parametrize("table", LISTS)
def test_uninstalling_leaves_the_lists_as_they_were(life, table):
	assert life["after"]["rows"][table] == life["before"]["rows"][table]


def test_uninstalling_leaves_tables_and_columns_as_they_were(life):
	assert life["after"]["columns"] == life["before"]["columns"]


def test_uninstalling_leaves_every_row_as_it_was_but_for_what_frappe_leaves(life):
	before, after = life["before"]["rows"], life["after"]["rows"]
	changed = {}
	for table in sorted(before.keys() | after.keys()):
		old, new = before.get(table, {}), after.get(table, {})
		different = sorted(row for row in old.keys() | new.keys() if old.get(row) != new.get(row))
		if different and table not in left_by_frappe():
			changed[table] = different
	assert changed == {}


def left_by_frappe() -> set[str]:
	from crm_ext.compat import MAJOR_VERSION

	return LEFT_BY_FRAPPE.keys() | (LEFT_BY_FRAPPE_16.keys() if MAJOR_VERSION >= 16 else set())


def test_no_trace_of_our_names_is_left_in_defaults_and_settings(life):
	left = [
		row
		for table in ("tabDefaultValue", "tabSingles", "__UserSettings", "__global_search")
		for row in life["after"]["rows"][table]
		if row not in life["before"]["rows"][table]
	]
	assert [
		row for row in left if "crm_ext" in row.lower() or "CRM Ext" in row or "Customer Tag" in row
	] == []


def test_it_can_be_installed_again(life):
	assert life["reinstalled"]["tags"] == life["installed"]["tags"]
	assert life["reinstalled"]["jobs"] == life["installed"]["jobs"]
	assert life["reinstalled"]["user_tags"] == "Own tag"


def _bench(site: str, *command: str) -> str:
	return _run("-m", "frappe.utils.bench_helper", "frappe", "--site", site, *command)


def _use(site: str, what: str) -> str:
	return _run("-m", "crm_ext.tests.setup.usage", site, what)


def _check(site: str) -> dict:
	return json.loads(_use(site, "check").strip().splitlines()[-1])


def _snapshot(site: str) -> dict:
	return json.loads(_run("-m", "crm_ext.tests.setup.snapshot", site).strip().splitlines()[-1])


def _run(*arguments: str) -> str:
	"""A process of its own, in the sites folder where pytest runs."""
	done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True)
	assert done.returncode == 0, f"{' '.join(arguments)}\n{done.stdout[-3000:]}\n{done.stderr[-5000:]}"
	return done.stdout
