# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from itertools import pairwise

import frappe
from frappe import _
from frappe.model.document import Document

from crm_ext.profile.service import refresh_later

SCORES = (5, 4, 3, 2, 1)

DEFAULT_BANDS = (
	{"score": 5, "recency_days": 30, "frequency": 12, "monetary": 500_000},
	{"score": 4, "recency_days": 90, "frequency": 6, "monetary": 200_000},
	{"score": 3, "recency_days": 180, "frequency": 3, "monetary": 100_000},
	{"score": 2, "recency_days": 365, "frequency": 2, "monetary": 20_000},
	{"score": 1, "recency_days": 0, "frequency": 0, "monetary": 0},
)
"""Offered when fixed bands are chosen. The lowest score takes whoever reaches no higher one."""

FIGURES = (
	*("profile_enabled", "tags_enabled", "class_transitions_enabled"),
	*("reporting_currency", "expected_life_years", "rfm_method"),
)


class CRMExtSettings(Document):
	def validate(self):
		self.validate_switches()
		self.validate_expected_life()
		if self.rfm_method == "Fixed Bands":
			self.fill_bands()
			self.validate_scores()
			self.validate_order_of_bands()

	def on_update(self):
		if frappe.flags.in_install or frappe.flags.in_migrate:
			return
		if self.figures_changed():
			refresh_later()
		if self.has_value_changed("mirror_tags"):
			frappe.enqueue(
				"crm_ext.tags.mirror.follow_the_switch", queue="long", timeout=3600, enqueue_after_commit=True
			)

	def validate_switches(self):
		"""Tags and linkage rules read the profile, class transitions read both."""
		if self.tags_enabled and not self.profile_enabled:
			frappe.throw(_("Customer Tags are decided from the Customer Profile. Switch it on as well."))
		if self.class_transitions_enabled and not self.profile_enabled:
			frappe.throw(_("Class Transitions are decided from the Customer Profile. Switch it on as well."))
		if self.linkage_enabled and not self.profile_enabled:
			frappe.throw(_("Linkage Rules read the Customer Profile. Switch it on as well."))

	def validate_expected_life(self):
		if not self.expected_life_years or self.expected_life_years <= 0:
			frappe.throw(_("Expected Customer Life must be more than 0 years."))

	def fill_bands(self):
		"""Offer the default bands in an empty table, and number five rows that have no score yet."""
		if not self.rfm_bands:
			self.extend("rfm_bands", DEFAULT_BANDS)
		if len(self.rfm_bands) == len(SCORES) and not any(band.score for band in self.rfm_bands):
			for band, score in zip(self.rfm_bands, SCORES, strict=True):
				band.score = score

	def validate_scores(self):
		if sorted((band.score for band in self.rfm_bands), reverse=True) != list(SCORES):
			frappe.throw(_("RFM Bands needs one row for each score from 5 to 1."))

	def validate_order_of_bands(self):
		"""A better score asks for more: fewer days, more invoices, more money. The lowest asks for nothing."""
		bands = sorted(self.rfm_bands, key=lambda band: -band.score)
		for band in bands[:-1]:
			if not (band.recency_days and band.frequency and band.monetary):
				frappe.throw(_("RFM Bands: fill in all three columns of score {0}.").format(band.score))
		for better, worse in pairwise(bands[:-1]):
			if better.recency_days >= worse.recency_days:
				self.throw_order(better, worse, _("fewer days"))
			if better.frequency <= worse.frequency:
				self.throw_order(better, worse, _("more invoices"))
			if better.monetary <= worse.monetary:
				self.throw_order(better, worse, _("more money"))

	def throw_order(self, better, worse, what: str):
		frappe.throw(
			_("RFM Bands: score {0} must ask for {1} than score {2}.").format(better.score, what, worse.score)
		)

	def figures_changed(self) -> bool:
		"""Whether what is saved changes figures that are stored already."""
		if any(self.has_value_changed(field) for field in FIGURES):
			return True
		before = self.get_doc_before_save()
		return [_limits(band) for band in self.rfm_bands] != [_limits(band) for band in before.rfm_bands]


def _limits(band) -> tuple:
	return band.score, band.recency_days, band.frequency, band.monetary
