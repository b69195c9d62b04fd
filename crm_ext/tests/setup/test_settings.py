# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import pytest

import frappe

from crm_ext.crm_ext.doctype.crm_ext_settings.crm_ext_settings import DEFAULT_BANDS
from crm_ext.settings import SETTINGS, settings, store_defaults


@pytest.fixture
def doc():
	return frappe.get_doc("CRM Ext Settings")


def test_tags_need_the_profile(doc):
	doc.update({"profile_enabled": 0, "tags_enabled": 1, "class_transitions_enabled": 0})
	with pytest.raises(frappe.ValidationError, match="Customer Profile"):
		doc.save()


def test_class_transitions_need_the_profile(doc):
	doc.update({"profile_enabled": 0, "tags_enabled": 0, "class_transitions_enabled": 1})
	with pytest.raises(frappe.ValidationError, match="Customer Profile"):
		doc.save()


def test_everything_can_be_switched_off(doc):
	doc.update(
		{"profile_enabled": 0, "tags_enabled": 0, "class_transitions_enabled": 0, "linkage_enabled": 0}
	).save()
	assert not settings().profile_enabled


@pytest.mark.parametrize("years", [0, -1])
def test_the_expected_life_is_positive(doc, years):
	doc.expected_life_years = years
	with pytest.raises(frappe.ValidationError):
		doc.save()


def test_fixed_bands_come_with_bands_to_start_from(doc):
	doc.rfm_bands = []
	doc.rfm_method = "Fixed Bands"
	doc.save()
	assert [band.score for band in doc.rfm_bands] == [5, 4, 3, 2, 1]


@pytest.mark.parametrize("rows", [DEFAULT_BANDS[:4], DEFAULT_BANDS[:4] + DEFAULT_BANDS[:1]])
def test_fixed_bands_need_each_score_once(doc, rows):
	doc.update({"rfm_method": "Fixed Bands", "rfm_bands": rows})
	with pytest.raises(frappe.ValidationError, match="one row for each score"):
		doc.save()


@pytest.mark.parametrize("field", ["recency_days", "frequency", "monetary"])
def test_fixed_bands_are_complete(doc, field):
	doc.update({"rfm_method": "Fixed Bands", "rfm_bands": DEFAULT_BANDS})
	doc.rfm_bands[2].set(field, 0)
	with pytest.raises(frappe.ValidationError, match="score 3"):
		doc.save()


@pytest.mark.parametrize("field", ["recency_days", "frequency", "monetary"])
def test_a_better_score_asks_for_more(doc, field):
	doc.update({"rfm_method": "Fixed Bands", "rfm_bands": DEFAULT_BANDS})
	doc.rfm_bands[0].set(field, doc.rfm_bands[1].get(field))
	with pytest.raises(frappe.ValidationError, match="score 5 must ask for"):
		doc.save()


def test_bands_are_free_while_quantiles_are_used(doc):
	doc.update({"rfm_method": "Quantiles", "rfm_bands": DEFAULT_BANDS[:2]}).save()
	assert len(doc.rfm_bands) == 2


def test_settings_cost_no_query_once_warm(doc):
	doc.save()
	settings()
	with _no_queries():
		assert settings().profile_enabled


class _no_queries:
	def __enter__(self):
		self.sql, frappe.db.sql = frappe.db.sql, self.refuse

	def __exit__(self, *_):
		frappe.db.sql = self.sql

	def refuse(self, query, *_, **__):
		raise AssertionError(f"Unexpected query: {query}")


def test_a_field_that_a_new_version_brings_begins_with_its_default_and_others_are_kept(doc):
	frappe.db.delete("Singles", {"doctype": SETTINGS, "field": "linkage_enabled"})
	frappe.db.set_single_value(SETTINGS, "tags_enabled", 0)
	store_defaults()
	frappe.clear_document_cache(SETTINGS, SETTINGS)
	assert (settings().linkage_enabled, settings().tags_enabled) == (1, 0)
