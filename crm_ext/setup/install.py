# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What happens around installing and migrating."""

import frappe
from frappe import _

from crm_ext.exceptions import CrmExtError, ErpnextMissing, UnsupportedVersion
from crm_ext.profile.queue import mark_everybody
from crm_ext.settings import store_defaults
from crm_ext.setup import custom_fields, webhook_events

SUPPORTED = (15, 16)
"""Major versions of Frappe and ERPNext."""


def before_install():
	"""Stop before anything is created on a site that cannot run crm_ext."""
	validate_versions()


def after_install():
	custom_fields.create()
	store_defaults()
	_sow_defaults()
	webhook_events.offer()
	mark_everybody("Installation")


def before_migrate():
	"""Stop before the schema changes when Frappe or ERPNext was moved to an unsupported version."""
	validate_versions()


def after_migrate():
	"""Defaults that a new version of crm_ext ships; what was sown before is left alone."""
	custom_fields.create()
	store_defaults()
	_sow_defaults()
	webhook_events.offer()


def validate_versions():
	"""Stops with one sentence unless Frappe and ERPNext are here in a supported version."""
	try:
		check_versions(frappe.__version__, _erpnext_version())
	except CrmExtError as error:
		frappe.throw(error.translated(_), title=_("crm_ext cannot run here"))


def check_versions(frappe_version: str, erpnext_version: str | None):
	"""Raises ErpnextMissing or UnsupportedVersion."""
	if erpnext_version is None:
		raise ErpnextMissing
	for app, version in (("Frappe", frappe_version), ("ERPNext", erpnext_version)):
		if _major(version) not in SUPPORTED:
			supported = " or ".join(str(major) for major in SUPPORTED)
			raise UnsupportedVersion(supported=supported, app=app, version=version)


def _major(version: str) -> int:
	digits = version.lstrip("v").split(".")[0]
	return int(digits) if digits.isdigit() else 0


def _erpnext_version() -> str | None:
	if "erpnext" not in frappe.get_installed_apps():
		return None
	return frappe.get_module("erpnext").__version__


def _sow_defaults():
	from crm_ext.setup.defaults import sow

	sow()
