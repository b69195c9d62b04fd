# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_ext.pricing.floor import Floor, Standing, floor_price, limit, margin_of, standing
from crm_ext.pricing.model import Base

COST, PURCHASE = Base.VALUATION_RATE, Base.LAST_PURCHASE_RATE
GROUPS = ("Lathes", "Machines", "All Item Groups")
CAP = ("WB-CAP", "Nos")


def floor(name: str, margin: int | str, **values) -> Floor:
	return Floor(name=name, margin=Decimal(margin), **values)


def chosen(*floors: Floor, roles=("Seller",), company="Home", groups=GROUPS, costs=None) -> str | None:
	costs = {COST: Decimal(80)} if costs is None else costs
	found = limit(floors, roles=roles, company=company, groups=groups, costs=costs)
	return found and found.floor.name


@pytest.mark.parametrize(
	("cost", "margin", "price"),
	[("80", "20", "100"), ("80", "0", "80"), ("75", "-50", "50"), ("1", "99", "100"), ("12.3", "18", "15")],
)
def test_the_margin_is_taken_of_the_price(cost, margin, price):
	assert floor_price(Decimal(cost), Decimal(margin)) == Decimal(price)
	assert margin_of(Decimal(price), Decimal(cost)) == Decimal(margin)


def test_nothing_has_no_margin():
	assert margin_of(Decimal(0), Decimal(1)) is None


def test_without_a_floor_there_is_no_limit():
	assert chosen() is None


@pytest.mark.parametrize(
	"values",
	[{"role": "Director"}, {"company": "Abroad"}, {"item_group": "Services"}, {"cost": PURCHASE}],
	ids=["another role", "another company", "another group", "a cost that is not known"],
)
def test_a_floor_that_is_not_for_this_line_limits_nothing(values):
	assert chosen(floor("other", 20, **values)) is None
	assert chosen(floor("other", 20, **values), floor("all", 5)) == "all"


@pytest.mark.parametrize(
	("near", "far"),
	[
		({"item_group": "Lathes"}, {"item_group": "Machines"}),
		({"item_group": "Machines"}, {"item_group": "All Item Groups"}),
		({"item_group": "All Item Groups"}, {}),
		({"company": "Home"}, {}),
		({"item_group": "Lathes", "company": "Home"}, {"item_group": "Lathes"}),
		({"item_group": "Lathes"}, {"item_group": "Machines", "company": "Home"}),
	],
)
@pytest.mark.parametrize("margins", [(10, 30), (30, 10)])
@pytest.mark.parametrize("role", ["", "Seller"])
def test_the_nearest_floor_of_a_role_counts_whether_it_is_higher_or_lower(near, far, margins, role):
	floors = floor("near", margins[0], role=role, **near), floor("far", margins[1], role=role, **far)
	assert chosen(*floors) == chosen(*reversed(floors)) == "near"


def test_of_several_roles_the_lowest_floor_counts():
	floors = floor("everybody", 30), floor("seller", 20, role="Seller"), floor("boss", 5, role="Manager")
	assert chosen(*floors) == "seller"
	assert chosen(*floors, roles=("Seller", "Manager")) == "boss"
	assert chosen(*floors, roles=()) == "everybody"


def test_the_nearest_floor_of_each_role_is_found_before_roles_are_compared():
	floors = (
		floor("everybody's machines", 40, item_group="Machines"),
		floor("everybody", 10),
		floor("seller", 20, role="Seller"),
	)
	assert chosen(*floors) == "seller"


def test_two_costs_hold_both():
	floors = floor("value", 10), floor("purchase", 10, cost=PURCHASE)
	assert chosen(*floors, costs={COST: Decimal(80), PURCHASE: Decimal(90)}) == "purchase"
	assert chosen(*floors, costs={COST: Decimal(90), PURCHASE: Decimal(80)}) == "value"
	assert chosen(*floors, costs={PURCHASE: Decimal(1)}) == "purchase"


margins = st.decimals("-100", "99.99", places=2)
amounts = st.decimals("0.01", "1000000", places=4)
floors_ = st.lists(
	st.builds(
		Floor,
		name=st.text("abc", min_size=1, max_size=3),
		margin=margins,
		cost=st.sampled_from([COST, PURCHASE]),
		role=st.sampled_from(["", "Seller", "Manager", "Director"]),
		item_group=st.sampled_from(["", *GROUPS, "Services"]),
		company=st.sampled_from(["", "Home", "Abroad"]),
	),
	max_size=8,
)


def walked(floors, roles, costs):
	"""The rule read word by word."""
	prices = []
	for role in {"", *roles}:
		for group in (*GROUPS, ""):
			for company in ("Home", ""):
				same = [f for f in floors if (f.role, f.item_group, f.company) == (role, group, company)]
				if same:
					break
			else:
				continue
			known = [costs[f.cost] / (1 - f.margin / 100) for f in same if f.cost in costs]
			if known:
				prices.append(max(known))
			break
	return min(prices, default=None)


@given(
	floors_,
	st.sets(st.sampled_from(["Seller", "Manager"])),
	st.dictionaries(st.sampled_from([COST, PURCHASE]), amounts),
)
def test_the_limit_is_that_of_the_rule_read_word_by_word(floors, roles, costs):
	found = limit(floors, roles=roles, company="Home", groups=GROUPS, costs=costs)
	assert (found and found.price) == walked(floors, roles, costs)


@given(amounts, margins)
def test_at_the_floor_price_the_margin_is_left(cost, margin):
	left = margin_of(floor_price(cost, margin), cost)
	assert abs(left - margin) < Decimal("1e-20")


def stands(rate: str, *decisions) -> str:
	return standing({CAP: Decimal(rate)}, [(status, {CAP: Decimal(at)}) for status, at in decisions]).value


@pytest.mark.parametrize(
	("rate", "decisions", "status"),
	[
		("90", [], "Below Floor"),
		("90", [("Requested", "90")], "Requested"),
		("91", [("Requested", "90")], "Requested"),
		("89", [("Requested", "90")], "Below Floor"),
		("90", [("Approved", "90")], "Approved"),
		("95", [("Approved", "90")], "Approved"),
		("89.99", [("Approved", "90")], "Below Floor"),
		("85", [("Requested", "85"), ("Approved", "90")], "Requested"),
		("90", [("Requested", "85"), ("Approved", "90")], "Approved"),
		("90", [("Rejected", "90")], "Rejected"),
		("85", [("Rejected", "90")], "Rejected"),
		("92", [("Rejected", "90")], "Below Floor"),
		("90", [("Rejected", "85"), ("Approved", "90")], "Approved"),
		("90", [("Approved", "90"), ("Rejected", "90")], "Approved"),
		("90", [("Requested", "90"), ("Rejected", "90")], "Requested"),
	],
)
def test_how_a_document_stands_after_decisions(rate, decisions, status):
	assert stands(rate, *decisions) == status


def test_nothing_below_the_floor_needs_no_approval():
	assert standing({}, [("Rejected", {CAP: Decimal(1)})]) is Standing.ABOVE


def test_each_line_needs_an_approval_of_its_own_item_and_unit():
	approved = [("Approved", {CAP: Decimal(90)})]
	assert standing({CAP: Decimal(90), ("WB-CAP", "Box"): Decimal(900)}, approved) is Standing.BELOW
	assert standing({CAP: Decimal(90), ("WB-OIL", "Nos"): Decimal(90)}, approved) is Standing.BELOW


def test_several_approvals_together_cover_a_document():
	oil = ("WB-OIL", "Nos")
	approved = [("Approved", {CAP: Decimal(90)}), ("Approved", {oil: Decimal(7)})]
	assert standing({CAP: Decimal(90), oil: Decimal(8)}, approved) is Standing.APPROVED
