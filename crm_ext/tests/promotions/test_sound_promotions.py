# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""A promotion is sound before it is saved: what is missing or makes no sense is named with its cure."""

import pytest

import frappe

from crm_ext.demo import data
from crm_ext.pricing.promotions.kinds import FIELDS
from crm_ext.tests.promotions.drafts import DISC, LATHE, OIL, draft, lines, tier

KINDS = (
	*("Volume Discount", "Graduated Discount", "Bundle", "Add-On", "Buy X Get Y", "Mix and Match"),
	*("Cheapest Free", "Order Threshold", "Free Shipping"),
)


def refused(match: str, kind: str = "Volume Discount", **values) -> None:
	with pytest.raises(frappe.ValidationError, match=match):
		draft(kind, **values).insert()


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_can_be_saved_and_activated(kind):
	doc = draft(kind).insert()
	doc.status = "Active"
	assert doc.save().status == "Active"


@pytest.mark.parametrize("kind", KINDS)
def test_saving_again_changes_nothing(kind):
	doc = draft(kind, from_time="9:00", to_time="18:30:00", max_uses="7", budget="100").insert()
	again = frappe.get_doc(doc.doctype, doc.name).save()
	assert (again.version, again.version_hash) == (1, doc.version_hash)


@pytest.mark.parametrize(
	"change",
	[
		{"products": lines(item=OIL)},
		{"tiers": [tier(1, value=6)]},
		{"places": [{"territory": "Overseas"}]},
		{"terms": "While stocks last."},
		{"valid_to": "2099-12-31"},
		{"from_time": "09:00:00"},
		{"saturday": 1},
		{"budget": 500},
	],
)
def test_whatever_decides_makes_a_new_version(change):
	doc = draft("Volume Discount").insert()
	before = doc.version_hash
	for field, value in change.items():
		doc.set(field, value)
	doc.save()
	assert doc.version == 2 and doc.version_hash != before


def test_a_description_makes_no_new_version():
	doc = draft("Volume Discount").insert()
	doc.description = "For the spring."
	assert doc.save().version == 1


def test_a_kind_keeps_only_its_own_fields():
	doc = draft(
		"Volume Discount",
		buy_qty=3,
		get_qty=1,
		value=5,
		gift_item=OIL,
		minimum_amount=10,
		most_times=2,
		shipping_account=account(),
	).insert()
	fields = ("buy_qty", "get_qty", "value", "minimum_amount", "most_times")
	assert [doc.get(field) for field in fields] == [0] * 5
	assert (doc.gives, doc.gift_item, doc.shipping_account) == (None, None, None)
	doc.update(
		{"kind": "Bundle", "products": lines(item=LATHE) + lines(item=OIL), "gives": "Rate", "value": 9}
	)
	assert doc.save().tiers == []


def test_tiers_stand_in_their_order():
	doc = draft("Graduated Discount", tiers=[tier(50, value=9), tier(10, value=5)]).insert().reload()
	assert [row.at_least for row in doc.tiers] == [10, 50]


def test_products_of_a_bundle_without_a_number_are_components_of_their_own():
	doc = draft("Bundle", products=lines(item=LATHE) + lines(item=OIL)).insert()
	assert [row.component for row in doc.products] == [1, 2]


def test_a_component_and_a_quantity_belong_to_bundles_only():
	doc = draft("Volume Discount", products=lines(item=LATHE, component=2, qty=5)).insert()
	assert (doc.products[0].component, doc.products[0].qty) == (0, 1)


def test_a_gift_is_free():
	doc = draft("Buy X Get Y", gift_item=OIL, gives="Discount Percentage", value=10).insert()
	assert (doc.gives, doc.value) == ("Free", 0)


@pytest.mark.parametrize(
	"products",
	[lines(item=LATHE), [], lines(item=LATHE, component=1) + lines(item=OIL, component=1)],
)
def test_a_bundle_needs_two_components(products):
	refused("at least two components", "Bundle", products=products)


def test_a_bundle_needs_a_quantity_of_each_component():
	refused("row 2: “Quantity” is missing", "Bundle", products=lines(item=LATHE) + lines(item=OIL, qty=0))


def test_alternatives_of_a_component_have_the_same_quantity():
	alternatives = [lines(item=LATHE, component=1)[0], lines(item=OIL, component=2)[0]]
	alternatives += lines(item=DISC, component=2, qty=3)
	refused("rows 3 and 2 are alternatives", "Bundle", products=alternatives)


@pytest.mark.parametrize(
	"kind, values, match",
	[
		("Bundle", {"value": 0}, "“Value” is missing, and Bundle needs it"),
		(
			"Bundle",
			{"gives": "Free"},
			"“Free” under “Gives” does not go with Bundle. Choose one of: Discount Perc",
		),
		("Mix and Match", {"buy_qty": 0}, "“Buy” is missing"),
		("Mix and Match", {"value": 0}, "“Value” is missing"),
		("Buy X Get Y", {"get_qty": 0}, "“Get” is missing"),
		("Cheapest Free", {"buy_qty": 2, "get_qty": 2}, "“Get” must be less than “Buy”"),
		(
			"Cheapest Free",
			{"gives": "Discount Percentage", "value": 101},
			"“Value” must not be more than 100",
		),
		("Add-On", {"products": lines(item=LATHE)}, "add a product with the part “Get”, or choose a “Gift”"),
		("Add-On", {"products": lines(part="Get", item=LATHE)}, "Add a row with the part “Buy”"),
		("Free Shipping", {"shipping_account": None}, "“Shipping Account” is missing"),
		("Volume Discount", {"tiers": []}, "needs at least one tier"),
		("Volume Discount", {"hold_out_percent": 100}, "“Hold-Out” must not be more than 99"),
	],
)
def test_what_a_kind_needs_is_asked_for(kind, values, match):
	refused(match, kind, **values)


@pytest.mark.parametrize(
	"kind, row, match",
	[
		("Volume Discount", tier(5, value=101), "row 2: “Value” must not be more than 100"),
		("Volume Discount", tier(5, value=0), "row 2: “Value” is missing"),
		(
			"Volume Discount",
			tier(5, gives="Gift", gift_item=OIL),
			"row 2: “Gift” under “Gives” does not go with Volume",
		),
		("Volume Discount", tier(1, value=7), "row 2 says the same as row 1"),
		(
			"Order Threshold",
			tier(500, gives="Rate", value=5),
			"row 2: “Rate” under “Gives” does not go with Order",
		),
		("Order Threshold", tier(500, gives="Gift"), "row 2: “Gift” is missing"),
		(
			"Order Threshold",
			tier(500, gives="Gift", gift_item=OIL, gift_qty=0),
			"row 2: “Gift Quantity” is missing",
		),
	],
)
def test_tiers_that_make_no_sense_are_refused(kind, row, match):
	refused(match, kind, tiers=[tier(1), row])


def test_a_tier_of_nothing_ends_a_graduated_discount():
	doc = draft("Graduated Discount", tiers=[tier(10, value=5), tier(20, value=0)]).insert()
	assert [row.value for row in doc.tiers] == [5, 0]


@pytest.mark.parametrize(
	"row", [{}, {"item": LATHE, "brand": None, "item_group": "Machines"}], ids=["nothing", "two"]
)
def test_a_product_is_one_item_brand_or_group(row):
	refused("row 1: fill in exactly one of these: Item, Brand, Item Group", products=lines(**row))


def test_a_product_stands_there_once_and_is_not_left_out_again():
	refused("row 2 says the same as row 1", products=lines(item=LATHE) * 2)
	refused(
		"row 2 leaves out just what row 1 is for",
		products=lines(item=LATHE) + lines(part="Except", item=LATHE),
	)


def test_only_kinds_with_a_second_product_reduce_another_one():
	refused("“Get” under “Part” does not go with Volume", products=lines(part="Get", item=LATHE))


def test_a_place_is_one_place():
	refused("row 1: fill in exactly one of these: POS Profile", places=[{}])
	two = {"territory": "Overseas", "pos_profile": data.SHOP}
	refused("row 1: fill in exactly one of these: POS Profile", places=[two])
	refused("row 2 says the same as row 1", places=[{"territory": "Overseas"}] * 2)


@pytest.mark.parametrize("values", [{"disabled": 1}, {"is_sales_item": 0}])
def test_a_gift_must_be_for_sale(values):
	frappe.db.set_value("Item", OIL, values)
	refused(f"{OIL} cannot be given away", "Buy X Get Y", gift_item=OIL)
	refused(f"{OIL} cannot be given away", "Order Threshold", tiers=[tier(5, gives="Gift", gift_item=OIL)])


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in (*KINDS[:2], "Order Threshold")])
def test_what_needs_several_units_is_not_compound(kind):
	refused("so it cannot come on top of others", kind, combination="Compound")


def test_free_shipping_is_of_the_company_whose_account_it_is():
	refused(f"belongs to {data.HOME.name}", "Free Shipping", company="")
	refused(f"belongs to {data.HOME.name}", "Free Shipping", company=data.PACIFIC.name)
	group = frappe.db.get_value("Account", {"company": data.HOME.name, "is_group": 1, "root_type": "Income"})
	refused("disabled or a group", "Free Shipping", shipping_account=group)


def test_a_goal_has_a_beginning_and_is_not_for_who_never_bought():
	refused("Fill in “Valid From”", goal_amount=5000, goal_period="Promotion")
	refused("has not bought anything before", goal_amount=5000, first_order=1)


def test_hours_have_a_length():
	refused("“From Time” and “To Time” are the same", from_time="9:00", to_time="09:00:00")


def test_hours_that_are_left_empty_stay_empty():
	doc = draft("Volume Discount").insert()
	assert (doc.from_time, doc.to_time) == (None, None)


def test_all_that_is_wrong_is_told_at_once():
	with pytest.raises(frappe.ValidationError):
		draft("Cheapest Free", buy_qty=0, get_qty=0, combination="Compound").insert()
	(told,) = [message for message in frappe.get_message_log() if "Complete" in message.get("title", "")]
	assert [part in "".join(told["message"]) for part in ("“Buy”", "“Get”", "Compound")] == [True] * 3


def test_a_currency_that_is_switched_off_is_refused():
	frappe.db.set_value("Currency", "AWG", "enabled", 0)
	refused("AWG is disabled", currency="AWG")


def test_conditions_that_contradict_each_other_block_the_activation():
	spends = {"fact": "revenue_365d", "value": "2"}
	doc = draft(
		"Volume Discount",
		conditions=[{**spends, "operator": ">="}, {**spends, "operator": "<"}],
	).insert()
	doc.status = "Active"
	with pytest.raises(frappe.ValidationError, match="never match"):
		doc.save()


def test_equal_promotions_stand_side_by_side():
	for title in ("One", "Two"):
		doc = draft("Volume Discount", title=title, products=lines(item=DISC)).insert()
		doc.status = "Active"
		doc.save()
	assert frappe.db.count("Sales Promotion", {"name": ("in", ("One", "Two")), "status": "Active"}) == 2


def test_a_promotion_keeps_its_name_for_documents_tell_it():
	draft("Volume Discount", title="One").insert()
	with pytest.raises(frappe.ValidationError, match="not allowed to be renamed"):
		frappe.rename_doc("Sales Promotion", "One", "Two")


def test_who_stopped_a_promotion_and_when_is_kept_until_it_is_a_draft_again():
	doc = draft("Volume Discount", status="Draft", stopped_by="Guest").insert()
	assert (doc.stopped_by, doc.stopped_at) == (None, None)
	doc.update({"status": "Stopped", "status_reason": "Too dear."})
	doc.save()
	assert doc.stopped_by == "Administrator" and doc.stopped_at
	doc.update({"description": "It was too dear.", "stopped_by": "Guest"})
	assert doc.save().stopped_by == "Administrator"
	doc.status = "Draft"
	assert doc.save().stopped_by is None


@pytest.mark.parametrize("field", sorted({field for fields in FIELDS.values() for field in fields}))
def test_the_form_shows_a_field_for_just_the_kinds_that_have_it(field):
	meta = frappe.get_meta("Sales Promotion")
	shown = meta.get_field("tiers_section" if field == "tiers" else field).depends_on
	assert {kind for kind in KINDS if f"'{kind}'" in shown} == {
		kind.value for kind, fields in FIELDS.items() if field in fields
	}


def account() -> str:
	return draft("Free Shipping").shipping_account
