# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Codes: as many as asked for, whatever happens to the worker; none twice, none guessed, none changed."""

import pytest

import frappe

from crm_ext.demo import data
from crm_ext.pricing.promotions import codes
from crm_ext.pricing.promotions.codes_api import make_codes, state
from crm_ext.tests.promotions.drafts import draft


@pytest.fixture
def promotion() -> str:
	return draft("Volume Discount", title="With Codes", needs_coupon=1).insert().name


@pytest.fixture
def batch(promotion):
	return new_batch(promotion)


def new_batch(promotion: str, title: str = "Spring", **values):
	return frappe.get_doc(
		{"doctype": "Coupon Batch", "title": title, "promotion": promotion, "kind": "Unique Codes", **values}
	).insert()


def public(promotion: str, code: str = "SPRING-26", title: str = "Public"):
	return new_batch(promotion, title, kind="Public Code", public_code=code)


def coupons(batch) -> list[str]:
	return frappe.get_all("Promotion Coupon", {"batch": batch.name}, pluck="name")


def redeem(code: str) -> None:
	"""As the service of redemptions leaves it."""
	frappe.db.set_value("Promotion Coupon", code, {"uses": 1, "status": "Redeemed"})


def asked(batch, count: int) -> None:
	"""Codes are asked for, and no worker has begun."""
	frappe.db.set_value("Coupon Batch", batch.name, {"codes_asked": count, "status": "Making"})


def test_as_many_codes_are_made_as_asked_for(batch, promotion):
	answer = make_codes(batch.name, 25)
	assert (answer["status"], answer["made"], answer["asked"]) == ("Made", 25, 25)
	made = frappe.get_all(
		"Promotion Coupon", {"batch": batch.name}, ["promotion", "status", "enabled", "uses"]
	)
	assert {tuple(row.values()) for row in made} == {(promotion, "Available", 1, 0)}
	assert frappe.db.get_value("Coupon Batch", batch.name, "code_count") == 25


def test_codes_are_made_besides_those_that_are_there(batch):
	make_codes(batch.name, "3")
	assert make_codes(batch.name, 4)["made"] == 7


def test_codes_have_no_characters_that_are_mistaken_for_others(promotion):
	batch = new_batch(promotion, prefix="vip-", code_length=12)
	make_codes(batch.name, 200)
	for code in coupons(batch):
		assert code.startswith("VIP-") and len(code) == 16
		assert not set(code[4:]) & set("0O1I")


def test_the_work_goes_on_where_it_was_killed(batch, monkeypatch):
	monkeypatch.setattr(codes, "CHUNK", 10)
	asked(batch, 25)
	assert codes.make_chunk(batch.name) == 15
	before = set(coupons(batch))
	monkeypatch.undo()
	make_codes(batch.name)
	assert state(batch.name)["made"] == 25 and before < set(coupons(batch))


def test_the_work_done_twice_makes_no_more(batch, monkeypatch):
	monkeypatch.setattr(codes, "CHUNK", 10)
	asked(batch, 25)
	while codes.make_chunk(batch.name):
		pass
	assert codes.make_chunk(batch.name) == 0
	assert len(coupons(batch)) == 25 == frappe.db.get_value("Coupon Batch", batch.name, "code_count")


def test_more_codes_may_be_asked_for_after_a_failure_and_none_is_forgotten(batch):
	asked(batch, 5)
	frappe.db.set_value("Coupon Batch", batch.name, "status", "Failed")
	assert make_codes(batch.name, 2)["made"] == 7


def test_deleted_codes_are_not_made_again(batch):
	make_codes(batch.name, 5)
	frappe.delete_doc("Promotion Coupon", coupons(batch)[0])
	assert make_codes(batch.name, 1)["made"] == 5


def test_a_code_that_there_is_already_is_made_anew(promotion, batch, monkeypatch):
	make_codes(batch.name, 1)
	taken = coupons(batch)[0]
	other = new_batch(promotion, "Summer")
	offered = iter([taken, "NEW-CODE"])
	monkeypatch.setattr(codes, "random_code", lambda prefix, length: next(offered))
	make_codes(other.name, 1)
	assert coupons(other) == ["NEW-CODE"] and coupons(batch) == [taken]


def test_many_codes_cost_few_statements(batch, queries):
	few = queries(lambda: make_codes(batch.name, 10))
	assert queries(lambda: make_codes(batch.name, 900)) == few


@pytest.mark.parametrize("count", [0, -1, codes.MOST + 1])
def test_a_count_that_makes_no_sense_is_refused(batch, count):
	with pytest.raises(frappe.ValidationError, match="1,000,000 at a time at most"):
		make_codes(batch.name, count)


def test_a_form_that_was_open_since_before_keeps_the_counts(batch):
	opened = frappe.get_doc("Coupon Batch", batch.name)
	make_codes(batch.name, 3)
	opened.description = "For the fair."
	opened.save()
	assert (opened.code_count, opened.status) == (3, "Made")


def test_a_public_code_is_one_coupon(promotion):
	batch = public(promotion, " spring-26 ")
	assert (batch.public_code, coupons(batch)) == ("SPRING-26", ["SPRING-26"])
	assert batch.reload().code_count == 1
	with pytest.raises(frappe.ValidationError, match="one public code"):
		make_codes(batch.name, 5)
	with pytest.raises(frappe.ValidationError, match="one public code"):
		frappe.get_doc(doctype="Promotion Coupon", code="ANOTHER", batch=batch.name).insert()


def test_a_public_code_that_is_taken_names_its_batch(promotion):
	public(promotion)
	with pytest.raises(frappe.ValidationError, match="SPRING-26 is there already, in the batch Public"):
		public(promotion, "Spring-26", "Other")


@pytest.mark.parametrize("code", ["AB", "TEN PERCENT", "-AB", "Ä-10", "X" * 41])
def test_a_code_that_nobody_can_type_is_refused(promotion, code):
	with pytest.raises(frappe.ValidationError, match="is no code"):
		public(promotion, code)


def test_codes_that_could_be_guessed_are_refused(promotion):
	with pytest.raises(frappe.ValidationError, match="from 8 to 32"):
		new_batch(promotion, code_length=7)


def test_the_currency_of_a_batch_is_that_of_its_promotion(batch):
	assert batch.currency == data.HOME.currency


def test_a_validity_that_ends_before_it_begins_is_refused(promotion):
	with pytest.raises(frappe.ValidationError, match="Valid To must not be before"):
		new_batch(promotion, valid_from="2026-02-01", valid_to="2026-01-31")


def test_codes_follow_their_batch_to_another_promotion_until_one_is_used(batch):
	make_codes(batch.name, 2)
	batch.reload().promotion = draft("Volume Discount", title="Other").insert().name
	batch.save()
	assert set(frappe.get_all("Promotion Coupon", {"batch": batch.name}, pluck="promotion")) == {"Other"}
	redeem(coupons(batch)[0])
	batch.promotion = "With Codes"
	with pytest.raises(frappe.ValidationError, match="have been used for Other"):
		batch.save()


def test_a_code_never_changes_and_its_holder_may(batch):
	make_codes(batch.name, 1)
	coupon = frappe.get_doc("Promotion Coupon", coupons(batch)[0])
	coupon.update({"customer": data_customer(), "uses": 7, "status": "Redeemed"})
	coupon.save()
	assert (coupon.customer, coupon.uses, coupon.status) == (data_customer(), 0, "Available")
	coupon.code = "CHEAPER"
	assert coupon.save().code == coupon.name == coupons(batch)[0]
	with pytest.raises(frappe.ValidationError, match="not allowed to be renamed"):
		frappe.rename_doc("Promotion Coupon", coupon.name, "CHEAPER")


def test_codes_from_elsewhere_are_entered_by_hand(batch, promotion):
	coupon = frappe.get_doc(doctype="Promotion Coupon", code="printed-0001", batch=batch.name).insert()
	assert (coupon.name, coupon.promotion) == ("PRINTED-0001", promotion)
	assert batch.reload().code_count == 1


def test_a_used_code_is_kept_with_its_batch(batch):
	make_codes(batch.name, 2)
	code, unused = coupons(batch)
	redeem(code)
	for doctype, name in (("Promotion Coupon", code), ("Coupon Batch", batch.name)):
		with pytest.raises(frappe.ValidationError, match=f"{code} has been used"):
			frappe.delete_doc(doctype, name)
	frappe.delete_doc("Promotion Coupon", unused)
	assert coupons(batch) == [code]


def test_a_batch_takes_its_unused_codes_with_it(batch):
	make_codes(batch.name, 3)
	frappe.delete_doc("Coupon Batch", batch.name)
	assert coupons(batch) == []


def data_customer() -> str:
	return frappe.get_all("Customer", pluck="name", limit=1, order_by="name")[0]
