# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from datetime import date, datetime
from decimal import Decimal

import pytest

from crm_ext.exceptions import (
	FactNotSetBased,
	InvalidValue,
	MissingUnit,
	NoExchangeRate,
	RuleError,
	UnknownFact,
	WrongOperator,
)
from crm_ext.rules.conditions import Condition, matches, operators_of, resolve, split_names
from crm_ext.rules.facts import Fact, FactRegistry, FactType, jsonable, normalise
from crm_ext.rules.sql import select
from crm_ext.tests.rule_strategies import FACTS, Day

TODAY = Day(date(2026, 5, 31))


def judge(*conditions, holding=False, context=TODAY, **facts):
	known = {name: normalise(FACTS[name], value) for name, value in facts.items()}
	return matches(resolve(conditions, FACTS, context), known, holding)


def test_a_rule_without_conditions_matches_nobody():
	assert judge(revenue=1) is False
	assert select((), {}) == ("0", ())


def test_all_conditions_must_hold():
	rule = (Condition("revenue", ">=", "100"), Condition("invoices", ">=", "3"))
	assert judge(*rule, revenue=100, invoices=3)
	assert not judge(*rule, revenue=100, invoices=2)


def test_one_of_the_alternatives_with_a_number_is_enough():
	rule = (
		Condition("revenue", ">=", "100"),
		Condition("invoices", ">=", "3", any_of=1),
		Condition("days", ">=", "365", any_of=1),
		Condition("industry", "=", "Retail", any_of=2),
		Condition("industry", "=", "Trade", any_of=2),
	)
	assert judge(*rule, revenue=100, invoices=3, days=0, industry="Trade")
	assert not judge(*rule, revenue=100, invoices=2, days=364, industry="Trade")
	assert not judge(*rule, revenue=100, invoices=3, days=0, industry="Other")
	assert not judge(*rule, revenue=99, invoices=3, days=365, industry="Retail")


@pytest.mark.parametrize("operator", ["=", ">=", ">", "<=", "<"])
def test_a_missing_figure_satisfies_no_comparison(operator):
	assert not judge(Condition("revenue", operator, "0"), revenue=None)


@pytest.mark.parametrize(
	("positive", "negative", "value"),
	[("=", "!=", "A"), ("is one of", "is none of", "A, B"), ("is or is under", "is not under", "华东")],
)
@pytest.mark.parametrize("actual", [None, "", "A", "上海", "Z"])
def test_a_negative_operator_is_the_exact_opposite(positive, negative, value, actual):
	holds = judge(Condition("territory", positive, value), territory=actual)
	assert judge(Condition("territory", negative, value), territory=actual) is not holds


@pytest.mark.parametrize(
	("today", "unit", "count", "first"),
	[
		("2026-05-31", "months", "3", "2026-02-28"),
		("2024-05-31", "months", "3", "2024-02-29"),
		("2024-02-29", "years", "1", "2023-02-28"),
		("2024-03-01", "days", "1", "2024-02-29"),
		("2026-01-01", "weeks", "1", "2025-12-25"),
		("2026-05-31", "days", "0", "2026-05-31"),
	],
)
def test_in_the_last_reaches_back_to_the_same_day(today, unit, count, first):
	context = Day(date.fromisoformat(today))
	recent = Condition("last_order", "in the last", count, unit)
	older = Condition("last_order", "more than … ago", count, unit)
	day_before = date.fromordinal(date.fromisoformat(first).toordinal() - 1)
	assert judge(recent, context=context, last_order=first)
	assert not judge(older, context=context, last_order=first)
	assert not judge(recent, context=context, last_order=day_before)
	assert judge(older, context=context, last_order=day_before)


def test_a_day_to_come_is_not_in_the_last_days():
	assert judge(Condition("last_order", "in the last", "3", "days"), last_order="2026-05-31")
	assert not judge(Condition("last_order", "in the last", "3", "days"), last_order="2026-06-01")


def test_the_threshold_for_staying_counts_for_holders_only():
	rule = Condition("revenue", ">=", "500,000", keep_value="400,000")
	assert not judge(rule, revenue=450_000)
	assert judge(rule, revenue=450_000, holding=True)
	assert not judge(rule, revenue=399_999, holding=True)


def test_without_a_threshold_for_staying_the_one_for_entering_counts():
	assert not judge(Condition("revenue", ">=", "500000"), revenue=499_999, holding=True)


def test_a_money_threshold_is_converted_into_the_currency_of_the_figures():
	(clause,) = resolve([Condition("revenue", ">=", "1000", currency="USD", keep_value="500")], FACTS, TODAY)
	assert (clause.operand, clause.keep) == (Decimal("7123.4"), Decimal("3561.7"))


def test_a_converted_threshold_is_no_finer_than_the_column():
	(clause,) = resolve([Condition("revenue", ">=", "1", currency="BHD")], FACTS, TODAY)
	assert clause.operand == Decimal("18.975332068")


def test_a_currency_without_a_rate_is_an_error():
	with pytest.raises(NoExchangeRate):
		resolve([Condition("revenue", ">=", "1", currency="EUR")], FACTS, TODAY)


def test_the_currency_of_a_plain_number_is_ignored():
	assert judge(Condition("invoices", ">=", "1", currency="EUR"), invoices=1)


def test_a_tree_operator_covers_what_lies_under_the_node():
	under = Condition("territory", "is or is under", "华东")
	assert judge(under, territory="华东") and judge(under, territory="上海")
	assert not judge(Condition("territory", "=", "华东"), territory="上海")


def test_the_members_of_a_set_count_for_the_nodes_above_them():
	condition = Condition("item_groups", "includes all of", "华东, Rétail")
	assert judge(condition, item_groups="|上海|retail|")
	assert not judge(condition, item_groups="|上海|")


def test_a_node_that_is_not_in_the_tree_is_an_error():
	with pytest.raises(InvalidValue, match="existing name"):
		resolve([Condition("territory", "is or is under", "Nowhere")], FACTS, TODAY)


def test_set_operators_ask_for_any_all_or_none():
	assert judge(Condition("tags", "includes any of", "A, B"), tags="|B|C|")
	assert not judge(Condition("tags", "includes all of", "A, B"), tags="|B|C|")
	assert judge(Condition("tags", "includes none of", "A, D"), tags="|B|C|")
	assert judge(Condition("tags", "includes none of", "A"), tags=None)


def test_texts_are_compared_exactly():
	for other in ("retail", "Rétail", "Retail\u00a0", " Retail"):
		assert not judge(Condition("industry", "=", "Retail"), industry=other)


@pytest.mark.parametrize(
	("written", "names"),
	[
		("A, B,C", ("A", "B", "C")),
		("甲，乙", ("甲", "乙")),
		(' "A, B" ,C', ("A, B", "C")),
		('"甲，乙"', ("甲，乙",)),
		('"say ""so"""', ('say "so"',)),
		('5" pipe, "open', ('5" pipe', '"open')),
		('"A" B, C', ('"A" B', "C")),
		('" A "', (" A ",)),
		("A,,A, ", ("A",)),
		(" , ", ()),
		("", ()),
	],
)
def test_names_are_separated_by_commas_outside_quotes(written, names):
	assert split_names(written) == names


def test_a_single_name_may_hold_commas():
	assert judge(Condition("industry", "=", "Parts, Small"), industry="Parts, Small")


@pytest.mark.parametrize(
	"condition",
	[
		Condition("revenue", ">=", ""),
		Condition("revenue", ">=", "much"),
		Condition("revenue", ">=", "NaN"),
		Condition("revenue", ">=", "-Infinity"),
		Condition("revenue", ">=", "1,5"),
		Condition("revenue", ">=", "1,0000"),
		Condition("revenue", ">=", "1000000000000"),
		Condition("revenue", ">=", "0.0000000001"),
		Condition("revenue", ">=", "5", keep_value="4 or so"),
		Condition("last_order", ">=", "2026-02-30"),
		Condition("last_order", "in the last", "1.5", "months"),
		Condition("last_order", "in the last", "-1", "months"),
		Condition("last_order", "in the last", "9000", "years"),
		Condition("last_order", "more than … ago", "99999999999", "days"),
		Condition("industry", "=", " "),
		Condition("industry", "is one of", ", ,"),
		Condition("tags", "includes any of", "a|b"),
	],
)
def test_a_value_that_cannot_be_read_is_an_error(condition):
	with pytest.raises(InvalidValue):
		resolve([condition], FACTS, TODAY)


def test_other_faults_of_a_condition_are_named_errors():
	for condition, error in [
		(Condition("nonsense", "=", "1"), UnknownFact),
		(Condition("industry", ">=", "1"), WrongOperator),
		(Condition("industry", "is or is under", "1"), WrongOperator),
		(Condition("last_order", "in the last", "3"), MissingUnit),
	]:
		with pytest.raises(error) as raised:
			resolve([condition], FACTS, TODAY)
		assert isinstance(raised.value, RuleError)


def test_an_error_is_translated_with_the_words_of_ours_in_it():
	with pytest.raises(WrongOperator) as raised:
		resolve([Condition("industry", ">=", "1")], FACTS, TODAY)
	chinese = {"Industry": "行业", "is one of": "属于", raised.value.template: "{fact}：{allowed}"}
	said = raised.value.translated(lambda text: chinese.get(text, text))
	assert said == "行业：=, !=, 属于, is none of, is set, is not set"


def test_a_fact_without_sql_cannot_select():
	clauses = resolve([Condition("revenue", ">=", "1")], FACTS, TODAY)
	with pytest.raises(FactNotSetBased):
		select(clauses, {"revenue": ""})


def test_every_fact_offers_presence():
	for fact in FACTS.values():
		assert operators_of(fact)[-2:] == ("is set", "is not set")


def test_a_registry_answers_for_unknown_names():
	assert FACTS.get("nonsense") is None and "nonsense" not in FACTS
	with pytest.raises(UnknownFact):
		FACTS["nonsense"]
	first, second = (Fact(name="a", label=label, type=FactType.TEXT) for label in "12")
	assert FactRegistry([first, second])["a"].label == "2"


@pytest.mark.parametrize(
	("fact", "raw", "value"),
	[
		("revenue", 0.1, Decimal("0.1")),
		("revenue", "", None),
		("invoices", True, Decimal(1)),
		("invoices", 0, Decimal(0)),
		("last_order", "2024-02-29", date(2024, 2, 29)),
		("last_order", "2024-02-29 10:00:00", date(2024, 2, 29)),
		("last_order", datetime(2024, 2, 29, 23, 59), date(2024, 2, 29)),
		("industry", " ", " "),
		("tags", "|B|A|", frozenset({"A", "B"})),
		("tags", ["A", "", None], frozenset({"A"})),
		("tags", "||", None),
		("tags", [], None),
	],
)
def test_raw_values_have_one_normal_form(fact, raw, value):
	assert normalise(FACTS[fact], raw) == value


@pytest.mark.parametrize(
	("fact", "raw"),
	[
		("revenue", "much"),
		("revenue", float("nan")),
		("revenue", [1]),
		("last_order", "2026-02-30"),
		("last_order", 5),
		("tags", 5),
		("tags", {"A": 1}),
		("industry", ["A"]),
	],
)
def test_a_raw_value_of_another_type_is_an_error(fact, raw):
	with pytest.raises(InvalidValue):
		normalise(FACTS[fact], raw)


@pytest.mark.parametrize(
	("value", "written"),
	[
		(Decimal("1E+5"), "100000"),
		(Decimal("-0.00"), "0"),
		(Decimal("1.500"), "1.5"),
		(Decimal("100"), "100"),
		(Decimal("1234567890123456789012345678901.5"), "1234567890123456789012345678901.5"),
		(frozenset("BA"), ["A", "B"]),
		(date(2026, 1, 31), "2026-01-31"),
		(None, None),
	],
)
def test_the_json_form_is_plain_and_exact(value, written):
	assert jsonable(value) == written
