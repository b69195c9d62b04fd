# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import pytest

import frappe

from crm_ext.exceptions import ErpnextMissing, UnsupportedVersion
from crm_ext.setup import install


@pytest.mark.parametrize(
	("frappe_version", "erpnext_version"),
	[
		("15.0.0", "15.1.2"),
		("16.0.0-beta.1", "16.0.0-beta.2"),
		("16.3.0", "16.1.0"),
		("v15.105.0", "15.104.3"),
	],
)
def test_15_and_16_are_welcome(frappe_version, erpnext_version):
	assert install.check_versions(frappe_version, erpnext_version) is None


@pytest.mark.parametrize(
	("frappe_version", "erpnext_version", "named"),
	[
		("14.70.1", "15.104.3", "Frappe 14.70.1"),
		("15.105.0", "14.2.0", "ERPNext 14.2.0"),
		("17.0.0-dev", "17.0.0-dev", "Frappe 17.0.0-dev"),
		("develop", "15.104.3", "Frappe develop"),
	],
)
def test_other_versions_are_refused_by_name(frappe_version, erpnext_version, named):
	with pytest.raises(UnsupportedVersion, match=named):
		install.check_versions(frappe_version, erpnext_version)


def test_a_site_without_erpnext_is_refused():
	with pytest.raises(ErpnextMissing, match="needs ERPNext"):
		install.check_versions("15.105.0", None)


def test_install_and_migrate_refuse_with_one_sentence(monkeypatch):
	monkeypatch.setattr(frappe, "__version__", "14.0.0")
	for refuse in (install.before_install, install.before_migrate):
		with pytest.raises(frappe.ValidationError) as error:
			refuse()
		assert str(error.value) == (
			"crm_ext runs on version 15 or 16 of Frappe and ERPNext, and this is Frappe 14.0.0."
		)
