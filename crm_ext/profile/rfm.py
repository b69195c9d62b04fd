# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The RFM edges of the site: found in the profiles, kept in the settings, or written there as bands."""

import json
from collections.abc import Mapping
from decimal import Decimal

import frappe

from crm_ext.profile.model import SCORES, Band, Edges, edges_of_bands, from_json, to_json
from crm_ext.settings import keep_setting, read_kept, settings

FIXED_BANDS = "Fixed Bands"

_MEASURES = {
	"recency": ("-DATEDIFF(as_of, last_cooperation)", -1),
	"frequency": ("invoice_count_365d", 1),
	"monetary": ("revenue_365d", 1),
}
"""Each measure as an expression of which more is better, and the sign that leads back to the measure."""


def quantiles() -> bool:
	"""Whether the scores are bands of equal population, which only a full refresh can find."""
	return settings().rfm_method != FIXED_BANDS


def edges(rates: Mapping[str, Decimal]) -> dict[str, Edges]:
	"""The edges to score by, for each scope of `rates` (its rate to the reporting currency) that has any."""
	if quantiles():
		stored = read_kept("rfm_edges")
		return from_json(json.loads(stored)) if stored else {}
	bands = [
		Band(row.score, row.recency_days, row.frequency, Decimal(str(row.monetary)))
		for row in settings().rfm_bands
	]
	return {company: edges_of_bands(bands, rate) for company, rate in rates.items()}


def find() -> dict[str, Edges]:
	"""The edges of five bands of equal population, per scope, over the customers who ever cooperated.

	A value's place in the population is that of the middle of those who share it (Hazen's plotting position): the
	share who have less, plus half of those who have as much. From 20, 40, 60 and 80 per cent on it scores 2 to 5.
	So equal values have equal scores, a single customer scores 3, and two score 2 and 4.
	"""
	found: dict[str, dict[str, tuple]] = {}
	for measure, (value, sign) in _MEASURES.items():
		for company, *row in _edge_rows(value):
			found.setdefault(company, {})[measure] = tuple(
				None if edge is None else sign * Decimal(edge) for edge in row
			)
	return {company: Edges(**measures) for company, measures in found.items()}


def _edge_rows(value: str) -> tuple[tuple, ...]:
	bands = ", ".join(f"MIN(IF(place >= {score - 1} / 5, value, NULL))" for score in SCORES)
	return frappe.db.sql(
		f"""SELECT company, {bands}
		FROM (
			SELECT company, value,
				(SUM(n) OVER (PARTITION BY company ORDER BY value) - n / 2) / SUM(n) OVER (PARTITION BY company) AS place
			FROM (
				SELECT company, {value} AS value, COUNT(*) AS n
				FROM `tabCustomer Profile` WHERE last_cooperation IS NOT NULL
				GROUP BY company, {value}
			) counted
		) placed
		GROUP BY company"""
	)


def keep(found: Mapping[str, Edges]) -> None:
	"""Store the edges, for the refreshes until the next full one."""
	keep_setting("rfm_edges", json.dumps(to_json(found)))
