# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from datetime import date

import pytest

from crm_ext.exceptions import CircularRules
from crm_ext.rules.conditions import Condition, resolve
from crm_ext.rules.facts import Fact, FactRegistry, FactType
from crm_ext.rules.grid import Grid
from crm_ext.rules.static_check import SENTENCES, Kind, Rule, check, circular, dependency_order
from crm_ext.tests.rule_strategies import Day

FACTS = FactRegistry(
	[
		Fact(name="revenue", label="Revenue", type=FactType.MONEY, always=True),
		Fact(name="margin", label="Margin", type=FactType.NUMBER),
		Fact(name="issues", label="Issues", type=FactType.NUMBER, whole=True, always=True),
		Fact(name="days", label="Days", type=FactType.DURATION),
		Fact(name="last", label="Last Order", type=FactType.DATE),
		Fact(name="industry", label="Industry", type=FactType.TEXT),
		Fact(name="territory", label="Territory", type=FactType.TEXT, options="Territory", tree=True),
		Fact(name="tags", label="Tags", type=FactType.SET),
	]
)
TODAY = Day(date(2026, 5, 31))


def rule(name, rank, *conditions):
	return Rule(name, rank, resolve([Condition(*c) for c in conditions], FACTS, TODAY))


def findings(*rules, exclusive=True, **options):
	report = check(rules, FACTS, exclusive=exclusive, **options)
	return [(f.kind.value, f.rules, f.others, f.where.text(str) if f.where else "") for f in report.findings]


def value_tags(mid_from="100000"):
	return (
		rule("High", 30, ("revenue", ">=", "500000")),
		rule("Mid", 20, ("revenue", ">=", mid_from), ("revenue", "<", "500000")),
		rule("Potential", 10, ("revenue", "<", "100000")),
	)


def test_tiers_that_cover_everything_once_have_no_findings():
	assert findings(*value_tags()) == []


def test_a_gap_between_tiers_is_shown_as_an_interval():
	assert findings(*value_tags("120000")) == [
		("gap", (), (), "100,000 ≤ Revenue < 120,000"),
	]


def test_open_ended_gaps_are_shown_with_one_bound():
	tags = (rule("A", 1, ("revenue", ">", "5"), ("revenue", "<=", "9")),)
	assert [where for *_, where in findings(*tags)] == ["Revenue ≤ 5", "Revenue > 9"]


def test_a_single_missing_point_is_a_gap():
	tags = (rule("A", 1, ("revenue", ">", "5")), rule("B", 2, ("revenue", "<", "5")))
	assert findings(*tags) == [("gap", (), (), "Revenue = 5")]


def test_whole_numbers_have_no_gap_between_neighbours():
	few, many = rule("Few", 1, ("issues", "<=", "2")), rule("Many", 2, ("issues", ">=", "3"))
	assert findings(few, many) == []
	assert findings(few, rule("Many", 2, ("issues", ">=", "5"))) == [("gap", (), (), "3 ≤ Issues ≤ 4")]
	assert findings(rule("None", 1, ("issues", "=", "0")), rule("Some", 2, ("issues", ">=", "1"))) == []


def test_decimals_do_have_a_gap_between_whole_thresholds():
	tags = (rule("Few", 1, ("margin", "<=", "2")), rule("Many", 2, ("margin", ">=", "3")))
	assert ("gap", (), (), "2 < Margin < 3") in findings(*tags)


def test_status_tags_leave_only_those_who_never_bought():
	tags = (
		rule("Active", 30, ("last", "in the last", "3", "months")),
		rule(
			"Dormant", 20, ("last", "in the last", "6", "months"), ("last", "more than … ago", "3", "months")
		),
		rule("Lost", 10, ("last", "more than … ago", "6", "months")),
	)
	assert findings(*tags) == [("gap_when_missing", (), (), "Last Order is missing")]


def test_a_gap_between_days_is_shown_with_both_days():
	tags = (
		rule("Active", 2, ("last", "in the last", "3", "months")),
		rule("Lost", 1, ("last", "more than … ago", "6", "months")),
	)
	assert ("gap", (), (), "2025-11-30 ≤ Last Order ≤ 2026-02-27") in findings(*tags)


def test_equal_ranks_that_overlap_are_an_error_and_block():
	tags = (rule("A", 1, ("revenue", ">=", "100")), rule("B", 1, ("revenue", "<=", "200")))
	assert findings(*tags) == [("overlap", ("A",), ("B",), "100 ≤ Revenue ≤ 200")]
	assert check(tags, FACTS, exclusive=True).findings[0].blocks


def test_different_ranks_that_overlap_are_told_and_do_not_block():
	tags = (rule("A", 1, ("revenue", ">=", "100")), rule("B", 2, ("revenue", "<=", "200")))
	assert findings(*tags) == [("resolved_overlap", ("B",), ("A",), "100 ≤ Revenue ≤ 200")]
	assert not check(tags, FACTS, exclusive=True).findings[0].blocks


def test_an_overlap_over_two_facts_is_shown_by_what_explains_it():
	tags = (
		rule("A", 1, ("revenue", ">=", "100")),
		rule("B", 1, ("revenue", ">=", "200"), ("issues", ">=", "3")),
	)
	assert findings(*tags)[0] == ("overlap", ("A",), ("B",), "Issues ≥ 3; Revenue ≥ 200")


def test_an_overlap_that_leaves_nobody_out_is_shown_as_such():
	tags = (rule("A", 1, ("industry", "!=", "X", "", "", "", 1), ("industry", "=", "X", "", "", "", 1)),)
	assert findings(*tags, rule("B", 1, ("margin", "is set"))) == [
		("overlap", ("A",), ("B",), "Margin is known"),
	]
	assert findings(*tags, Rule("B", 1, tags[0].clauses))[0][3] == "Industry is anything"


def test_a_contradiction_is_dead_and_blocks():
	dead = rule("Never", 5, ("revenue", ">", "10"), ("revenue", "<", "10"))
	assert findings(*value_tags(), dead) == [("dead", ("Never",), (), "")]
	assert check([dead], FACTS, exclusive=False).findings[0].blocks


@pytest.mark.parametrize(
	"conditions",
	[
		[("issues", ">", "2"), ("issues", "<", "3")],
		[("last", ">", "2026-01-01"), ("last", "<", "2026-01-02")],
		[("last", "in the last", "1", "months"), ("last", ">", "2026-05-31")],
		[("industry", "=", "A"), ("industry", "=", "B")],
		[("industry", "is one of", "A, B"), ("industry", "is none of", "B, A")],
		[("territory", "is or is under", "50%"), ("territory", "=", "上海")],
		[("tags", "includes all of", "A, B"), ("tags", "includes none of", "B")],
		[("margin", "is not set"), ("margin", "!=", "5"), ("margin", ">", "1")],
		[("revenue", "is not set")],
	],
)
def test_contradictions_of_every_type_are_found(conditions):
	assert findings(rule("Never", 1, *conditions), exclusive=False) == [("dead", ("Never",), (), "")]


@pytest.mark.parametrize(
	"conditions",
	[
		[("margin", ">", "2"), ("margin", "<", "3")],
		[("last", ">", "2026-01-01"), ("last", "<", "2026-01-03")],
		[("industry", "!=", "A"), ("industry", "!=", "B")],
		[("territory", "is or is under", "华东"), ("territory", "is not under", "50%")],
		[("tags", "includes any of", "A, B"), ("tags", "includes none of", "A")],
		[("margin", "is not set"), ("margin", "!=", "5")],
	],
)
def test_what_somebody_can_satisfy_is_not_dead(conditions):
	assert findings(rule("Some", 1, *conditions), exclusive=False) == []


def test_a_rule_that_only_holders_satisfy_is_not_dead():
	kept = rule("Kept", 1, ("revenue", ">=", "10", "", "", "4"), ("revenue", "<", "8"))
	assert findings(kept, exclusive=False) == []


def test_a_rule_that_never_wins_is_shadowed():
	tags = (rule("High", 2, ("revenue", ">=", "100")), rule("Top", 1, ("revenue", ">=", "500")))
	assert ("shadowed", ("Top",), ("High",), "") in findings(*tags)


def test_a_rule_that_several_together_cover_is_shadowed():
	tags = (
		rule("A", 3, ("revenue", ">=", "100")),
		rule("B", 2, ("revenue", "<", "100")),
		rule("C", 1, ("revenue", ">=", "50"), ("revenue", "<", "150")),
	)
	assert ("shadowed", ("C",), ("A", "B"), "") in findings(*tags)


def test_a_stricter_threshold_for_staying_is_an_error():
	tag = rule("Gold", 1, ("revenue", ">=", "200", "", "", "300"))
	assert findings(tag, exclusive=False) == [("flapping", ("Gold",), (), "200 ≤ Revenue < 300")]
	assert check([tag], FACTS, exclusive=False).findings[0].blocks


def test_a_milder_threshold_for_staying_is_right():
	assert findings(rule("Gold", 1, ("revenue", ">=", "200", "", "", "160")), exclusive=False) == []


def test_rules_that_exclude_nobody_may_overlap_and_leave_gaps():
	tags = (rule("A", 1, ("issues", ">=", "3")), rule("B", 1, ("issues", ">=", "5")))
	assert findings(*tags, exclusive=False) == []


def test_a_gap_over_two_facts_is_shown_fact_by_fact():
	grade = rule("Gold", 1, ("revenue", ">=", "200"), ("days", ">=", "365"))
	assert findings(grade) == [
		("gap", (), (), "Revenue < 200"),
		("gap", (), (), "Days < 365"),
		("gap_when_missing", (), (), "Days is missing; Revenue ≥ 200"),
	]


def test_a_gap_of_several_facts_is_shown_as_boxes():
	tags = (
		rule("A", 1, ("revenue", ">=", "200"), ("issues", "<", "3")),
		rule("B", 2, ("revenue", "<", "200"), ("issues", ">=", "3")),
	)
	assert findings(*tags) == [
		("gap", (), (), "Issues ≤ 2; Revenue < 200"),
		("gap", (), (), "Issues ≥ 3; Revenue ≥ 200"),
	]


def test_texts_that_nobody_names_are_a_gap():
	tags = (rule("A", 1, ("industry", "=", "Retail")), rule("B", 2, ("industry", "is one of", "Trade, Food")))
	assert ("gap", (), (), "Industry is none of those named") in findings(*tags)


def test_names_that_no_clause_tells_apart_share_a_cell():
	names = ", ".join(f"Name {n}" for n in range(1000))
	(axis,) = Grid(rule("A", 1, ("industry", "is one of", names)).clauses, FACTS, 100).axes
	assert len(axis.pieces) == 3


def test_rules_without_conditions_are_left_out():
	assert findings(Rule("By hand", 99, ()), *value_tags()) == []


def test_too_many_combinations_are_sampled_and_said_so():
	conditions = [
		(fact, ">=", str(n)) for fact in ("margin", "revenue", "issues", "days") for n in (1, 9, 20)
	]
	tags = [rule(f"T{n}", n, *conditions[n:]) for n in range(9)]
	report = check(tags, FACTS, exclusive=True, limit=200)
	assert not report.complete
	assert report.findings[-1].kind is Kind.INCOMPLETE
	assert not any(f.kind in (Kind.DEAD, Kind.SHADOWED) for f in report.findings)
	assert report == check(tags, FACTS, exclusive=True, limit=200)


def test_sets_of_many_names_are_not_claimed_to_be_complete():
	tag = rule("A", 1, *(("tags", "includes all of", name) for name in "ABCDEFGH"))
	assert not check([tag], FACTS, exclusive=False).complete


def test_findings_name_the_rules_they_concern():
	tags = (rule("A", 1, ("revenue", ">=", "100")), rule("B", 1, ("revenue", "<=", "200")))
	(overlap,) = check(tags, FACTS, exclusive=True).findings
	assert overlap.concerns("A") and overlap.concerns("B") and not overlap.concerns("C")
	(gap,) = check(tags[:1], FACTS, exclusive=True).findings
	assert gap.concerns("anything")


def test_every_kind_has_a_sentence_that_names_what_it_is_about():
	assert set(SENTENCES) == set(Kind)
	tags = (rule("A", 1, ("revenue", ">=", "100")), rule("B", 1, ("revenue", "<=", "200")))
	(overlap,) = check(tags, FACTS, exclusive=True).findings
	assert overlap.text() == (
		"“A” and “B” have the same rank and both match where 100 ≤ Revenue ≤ 200. Change a rank or a condition."
	)


def test_groups_come_after_those_they_depend_on():
	needs = {"d": {"b", "c"}, "b": {"a"}, "c": {"a", "elsewhere"}, "a": set(), "e": set()}
	assert dependency_order(needs) == [["a", "e"], ["b", "c"], ["d"]]
	assert dependency_order({}) == []
	assert circular(needs) == []


@pytest.mark.parametrize(
	("needs", "circle"),
	[
		({"a": {"a"}}, ("a",)),
		({"a": {"b"}, "b": {"a"}, "follower": {"a"}, "free": set()}, ("a", "b")),
		({"a": {"b"}, "b": {"c", "free"}, "c": {"a"}, "free": set()}, ("a", "b", "c")),
	],
)
def test_a_circle_is_an_error_that_names_its_members(needs, circle):
	with pytest.raises(CircularRules) as raised:
		dependency_order(needs)
	assert raised.value.values["groups"] == circle
	(finding,) = circular(needs)
	assert finding.blocks and ", ".join(circle) in finding.text()
