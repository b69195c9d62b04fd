# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Which rule may bring about which other."""

from crm_ext.linkage.loops import Node, circle, following
from crm_ext.rules.actions import (
	PROFILE_CHANGED,
	TAG_GAINED,
	TAG_LOST,
	event_caused,
	fact_changed,
	tag_gained,
	tag_lost,
)


def gained(tag: str, *effects: str) -> Node:
	return Node(trigger=TAG_GAINED, tag=tag, effects=frozenset(effects))


def follows(nodes: dict[str, Node], reads: dict[str, set[str]] | None = None) -> dict[str, set[str]]:
	return following(nodes, reads or {}, "tags")


def test_a_rule_that_gives_a_tag_leads_to_the_rules_that_wait_for_it():
	nodes = {"A": gained("Gold", tag_gained("VIP")), "B": gained("VIP"), "C": gained("Silver")}
	assert follows(nodes) == {"A": {"B"}, "B": set(), "C": set()}


def test_taking_a_tag_leads_to_the_rules_that_wait_for_its_loss():
	nodes = {"A": gained("Gold", tag_lost("VIP")), "B": Node(trigger=TAG_LOST, tag="VIP"), "C": gained("VIP")}
	assert follows(nodes)["A"] == {"B"}


def test_a_fact_that_changes_may_bring_the_tags_that_read_it():
	nodes = {"A": gained("Gold", fact_changed("default_price_list")), "B": gained("Wholesale")}
	assert follows(nodes, {"Wholesale": {"default_price_list"}})["A"] == {"B"}
	assert follows(nodes, {"Wholesale": {"revenue_365d"}})["A"] == set()


def test_tags_may_bring_tags_that_ask_for_tags():
	nodes = {"A": gained("Gold", tag_gained("VIP")), "B": gained("Both")}
	assert follows(nodes, {"Both": {"tags"}})["A"] == {"B"}


def test_a_changed_profile_calls_the_rules_that_read_the_fact():
	watching = Node(trigger=PROFILE_CHANGED, facts=frozenset({"account_manager"}))
	nodes = {"A": gained("Gold", fact_changed("account_manager")), "B": watching}
	assert follows(nodes)["A"] == {"B"}


def test_an_action_may_name_the_event_it_causes():
	nodes = {"A": gained("Gold", event_caused("Order Submitted")), "B": Node(trigger="Order Submitted")}
	assert follows(nodes)["A"] == {"B"}


def test_the_shortest_circle_is_found():
	way = {"A": {"B", "C"}, "B": {"D"}, "C": {"A"}, "D": {"A"}}
	assert circle("A", way) == ["A", "C", "A"]
	assert circle("B", way) == ["B", "D", "A", "B"]


def test_a_rule_that_calls_itself_is_a_circle_and_a_follower_of_one_is_not():
	way = {"A": {"A", "B"}, "B": set()}
	assert circle("A", way) == ["A", "A"]
	assert circle("B", way) == []
