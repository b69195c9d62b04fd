# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import json
from decimal import Decimal

from crm_ext.profile.figures import FIGURES, Scope, read, scopes_table
from crm_ext.profile.model import UNREACHABLE, Band, Edges, edges_of_bands, from_json, to_json


def test_edges_survive_their_stored_form():
	edges = {"": Edges(recency=(Decimal(90), Decimal(30), None, None)), "Tea Ltd": Edges()}
	assert from_json(json.loads(json.dumps(to_json(edges)))) == edges


def test_bands_become_the_edges_of_the_scores_two_to_five():
	bands = [Band(1, 0, 0, Decimal(0)), Band(2, 365, 1, Decimal(70)), Band(5, 30, 12, Decimal(7000))]
	edges = edges_of_bands(bands)
	assert edges.recency == (365, None, None, 30)
	assert edges.frequency == (1, None, None, 12)
	assert edges.monetary == (70, None, None, 7000)


def test_bands_are_converted_into_the_currency_of_a_scope():
	bands = [Band(5, 30, 12, Decimal(7000))]
	assert edges_of_bands(bands, rate=Decimal(7)).monetary == (None, None, None, 1000)
	assert edges_of_bands([]).monetary == UNREACHABLE


def test_all_companies_together_are_scope_number_zero():
	scopes = [Scope("B", "EUR", Decimal(8)), Scope("", "CNY", Decimal(1)), Scope("A", "USD", None)]
	_table, params = scopes_table(scopes)
	assert [params[f"scope{n}_company"] for n in range(3)] == ["", "A", "B"]
	assert [params[f"scope{n}_number"] for n in range(3)] == [0, 1, 2]
	assert params["scope1_rate"] is None


def test_missing_figures_are_read_as_null():
	assert read("revenue_365d") == "p.revenue_365d"
	assert read("rfm_recency", "x") == "NULLIF(x.rfm_recency, 0)"
	assert "NULL" in read("average_order")


def test_every_figure_is_computed_once():
	assert len(set(FIGURES)) == len(FIGURES)
