# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from datetime import date

import pytest

from crm_ext.exceptions import InvalidCase, InvalidValue, NoExchangeRate, UnknownFact, WrongOperator
from crm_ext.rules.cases import Case, run
from crm_ext.rules.conditions import Condition
from crm_ext.tests.rule_strategies import FACTS, Day

RULE = [
	Condition("revenue", ">=", "500000", keep_value="400000"),
	Condition("last_order", "in the last", "3", "months"),
]
BUYER = {"revenue": 500000, "last_order": "2026-05-01"}


def context_for(as_of):
	return Day(as_of or date(2026, 5, 31))


def judge(facts, *, as_of=None, holding=False, expected=True, rule=RULE):
	return run(Case("a case", facts, as_of, holding, expected), rule, FACTS, context_for)


@pytest.mark.parametrize("expected", [True, False])
def test_a_case_passes_when_the_outcome_is_the_expected_one(expected):
	result = judge(BUYER, expected=expected)
	assert (result.actual, result.passed, result.error) == (True, expected, None)
	assert (result.title, result.expected) == ("a case", expected)


def test_facts_that_a_case_does_not_name_are_missing():
	assert judge({"revenue": 500000}).actual is False


def test_a_case_is_judged_as_of_its_own_day():
	assert judge(BUYER, as_of=date(2026, 8, 1)).actual is True
	assert judge(BUYER, as_of=date(2026, 8, 2)).actual is False


def test_a_holder_is_judged_by_the_threshold_for_staying():
	facts = BUYER | {"revenue": "450000.00"}
	assert judge(facts).actual is False
	assert judge(facts, holding=True).actual is True


@pytest.mark.parametrize("expected", [True, False])
@pytest.mark.parametrize(
	("facts", "rule", "error"),
	[
		(BUYER | {"turnover": 1}, RULE, UnknownFact),
		(BUYER | {"revenue": "much"}, RULE, InvalidValue),
		(["revenue"], RULE, InvalidCase),
		(BUYER, [Condition("revenue", "contains", "5")], WrongOperator),
		(BUYER, [Condition("revenue", ">=", "5", currency="EUR")], NoExchangeRate),
	],
)
def test_a_case_that_cannot_be_judged_does_not_pass(facts, rule, error, expected):
	result = judge(facts, rule=rule, expected=expected)
	assert (result.actual, result.passed) == (None, False)
	assert isinstance(result.error, error)


def test_a_rule_without_conditions_matches_no_case():
	assert judge(BUYER, rule=[], expected=False).passed
