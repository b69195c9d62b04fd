# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Conditions have one meaning: `matches` in Python and `select` in MariaDB judge every customer alike."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import frappe

from crm_ext.rules.conditions import Condition, matches, resolve
from crm_ext.rules.facts import normalise
from crm_ext.rules.sql import select
from crm_ext.tests.rule_strategies import (
	COLUMNS,
	FACTS,
	RATES,
	Day,
	customers,
	days,
	pool,
	rules,
	single_conditions,
)

SQL = {name: fact.sql for name, fact in FACTS.items()}

many = settings(
	max_examples=80,
	derandomize=True,
	deadline=None,
	database=None,
	suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def rolled_back(site):
	"""These tests need the database alone, not the invented company."""
	frappe.db.rollback()
	columns = ", ".join(f"{name} {type_}" for name, type_ in COLUMNS.items())
	frappe.db.sql("DROP TEMPORARY TABLE IF EXISTS crm_ext_rule_rows")
	frappe.db.sql(
		f"""CREATE TEMPORARY TABLE crm_ext_rule_rows (id int PRIMARY KEY, {columns})
		DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_ci"""
	)
	yield
	frappe.db.rollback()
	frappe.db.sql("DROP TEMPORARY TABLE IF EXISTS crm_ext_rule_rows")


def store(rows):
	frappe.db.sql("DELETE FROM crm_ext_rule_rows")
	place = "(" + ", ".join(["%s"] * (len(COLUMNS) + 1)) + ")"
	frappe.db.sql(
		f"INSERT INTO crm_ext_rule_rows VALUES {', '.join([place] * len(rows))}",
		[value for number, row in enumerate(rows) for value in (number, *(row[name] for name in COLUMNS))],
	)


def judged_by_sql(selections):
	expressions = ", ".join(sql for sql, _ in selections)
	values = [value for _, places in selections for value in places]
	rows = frappe.db.sql(f"SELECT {expressions} FROM crm_ext_rule_rows r ORDER BY id", values)
	assert all(value in (0, 1) for row in rows for value in row)
	return [[bool(value) for value in row] for row in rows]


@pytest.mark.parametrize("as_of", ["2024-02-29", "2026-05-31"])
@pytest.mark.parametrize("fact", FACTS.values(), ids=list(FACTS))
def test_every_operator_agrees_on_values_close_to_its_threshold(fact, as_of):
	as_of = date.fromisoformat(as_of)
	values = pool(fact, as_of)
	store([dict.fromkeys(COLUMNS) | {fact.name: value} for value in values])
	known = [normalise(fact, value) for value in values]
	resolved = [resolve([condition], FACTS, Day(as_of)) for condition in single_conditions(fact, as_of)]
	for first in range(0, len(resolved), 300):
		batch = resolved[first : first + 300]
		by_sql = judged_by_sql([select(clauses, SQL) for clauses in batch])
		for value, answers in zip(known, by_sql, strict=True):
			assert [matches(clauses, {fact.name: value}) for clauses in batch] == answers, value


@st.composite
def situations(draw):
	as_of = draw(days)
	rows = draw(st.lists(customers(as_of), min_size=1, max_size=16))
	return as_of, rows, draw(st.lists(rules(as_of), min_size=4, max_size=20))


@many
@given(situations())
def test_python_and_mariadb_judge_alike(situation):
	as_of, rows, written = situation
	resolved = [resolve(conditions, FACTS, Day(as_of)) for conditions in written]
	judged = [(clauses, holding) for clauses in resolved for holding in (False, True)]
	store(rows)
	by_sql = judged_by_sql([select(clauses, SQL, holding) for clauses, holding in judged])
	for row, answers in zip(rows, by_sql, strict=True):
		facts = {name: normalise(FACTS[name], value) for name, value in row.items()}
		for (clauses, holding), answer in zip(judged, answers, strict=True):
			assert matches(clauses, facts, holding) is answer, (facts, clauses, holding)


def test_facts_read_back_from_mariadb_are_the_facts_written(site):
	row = {
		"revenue": Decimal("499999.999999999"),
		"invoices": 3,
		"margin": Decimal("-12345678901.1234"),
		"days": 0,
		"last_order": "2024-02-29",
		"last_contact": "2024-02-29 23:59:59.999999",
		"industry": "零售 ",
		"remark": "50% \\ 'so' 😀",
		"territory": "",
		"tags": "|A|O'Fallon|",
		"item_groups": None,
	}
	store([row])
	columns = ", ".join(SQL[name] for name in row)
	read = frappe.db.sql(f"SELECT {columns} FROM crm_ext_rule_rows r")[0]
	for (name, value), back in zip(row.items(), read, strict=True):
		assert normalise(FACTS[name], back) == normalise(FACTS[name], value), name


@pytest.mark.parametrize("written", ["100000", "1e5", "100,000.00"])
@pytest.mark.parametrize("currency", ["", *RATES])
def test_a_threshold_is_exact_to_the_last_decimal(written, currency):
	condition = Condition("revenue", ">=", written, currency=currency)
	clauses = resolve([condition], FACTS, Day(date(2026, 1, 31)))
	at = clauses[0].operand
	empty = dict.fromkeys(COLUMNS)
	store([empty | {"revenue": at}, empty | {"revenue": at - Decimal("1e-9")}])
	assert judged_by_sql([select(clauses, SQL)]) == [[True], [False]]
