# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Counters counted anew from the redemptions: when a limit is set, and every night.

The counters of a promotion are locked first, so that who is using it now is through, and whoever comes waits.
"""

from functools import partial

import frappe
from frappe.utils import flt

from crm_ext.jobs import enqueue_once
from crm_ext.pricing.promotions.coupons import COUPON, STATUS
from crm_ext.pricing.promotions.redemptions import REDEMPTION
from crm_ext.pricing.promotions.usage import USAGE, Key, name_of
from crm_ext.profile.transactions import persistently, read_committed

LIMITS = ("max_uses", "max_uses_per_customer", "max_customers", "budget")
TIMEOUT = 60 * 60
"""Seconds."""


def count_later() -> None:
	"""Have a worker count the uses of all promotions with limits or coupons."""
	if _limited():
		enqueue_once("crm_ext.pricing.promotions.counting.count_all", timeout=TIMEOUT)


def count_all(*, commit: bool = True) -> None:
	"""Count the uses of all promotions with limits or coupons. Safe to run twice and to be killed: it begins anew."""
	if not commit:
		for promotion in _limited():
			count(promotion)
		return
	with read_committed():
		for promotion in _limited():
			persistently(partial(count, promotion))


def count(promotion: str) -> None:
	"""Count the uses of a promotion and of its coupons, in one transaction."""
	_reset(promotion)
	_sum_up(promotion)
	_mirror(promotion)


def limits_changed(doc) -> None:
	"""A promotion, or a batch of coupons, was saved: a limit that was not kept before is counted from now on.

	Who is told that it is used up may be told again.
	"""
	before = doc.get_doc_before_save()
	if before and any(flt(doc.get(name)) != flt(before.get(name)) for name in LIMITS):
		promotion = doc.promotion if doc.meta.has_field("promotion") else doc.name
		count(promotion)
		frappe.db.set_value(USAGE, Key(promotion).name, "told", 0, update_modified=False)


def _limited() -> list[str]:
	return frappe.db.sql(
		f"""SELECT p.name FROM `tabSales Promotion` p
		WHERE {" OR ".join(f"p.{name} > 0" for name in LIMITS)}
			OR EXISTS (SELECT 1 FROM `tabCoupon Batch` b WHERE b.promotion = p.name)
		ORDER BY p.name""",
		pluck=True,
	)


def _reset(promotion: str) -> None:
	"""Lock all counters of a promotion; what is counted right after is added to nothing."""
	frappe.db.sql(f"SELECT name FROM `tab{USAGE}` WHERE promotion = %s ORDER BY name FOR UPDATE", promotion)
	frappe.db.sql(
		f"UPDATE `tab{USAGE}` SET uses = 0, customers = 0, amount = 0 WHERE promotion = %s", promotion
	)


_UPDATED = "uses = VALUES(uses), customers = VALUES(customers), amount = VALUES(amount)"
_NEW = "NOW(), NOW(), 'Administrator', 'Administrator'"


def _sum_up(promotion: str) -> None:
	counters = " UNION ALL ".join(
		(
			f"""SELECT {name_of("promotion", "%(promotion)s")} AS name, '' AS customer, '' AS coupon, COUNT(*) AS uses,
				IF(MAX(p.max_customers) > 0, COUNT(DISTINCT r.customer), 0) AS customers, SUM(r.charged) AS amount {_used}
				AND (p.max_uses > 0 OR p.max_customers > 0 OR p.budget > 0) HAVING COUNT(*) > 0""",
			f"""SELECT {name_of("promotion", "%(promotion)s", "r.customer")}, r.customer, '', COUNT(*), 0, 0 {_used}
				AND (p.max_uses_per_customer > 0 OR p.max_customers > 0) GROUP BY r.customer""",
			f"""SELECT {name_of("coupon", "r.coupon")}, '', r.coupon, COUNT(*), 0, 0 {_used}
				AND b.max_uses > 0 GROUP BY r.coupon""",
			f"""SELECT {name_of("coupon", "r.coupon", "r.customer")}, r.customer, r.coupon, COUNT(*), 0, 0 {_used}
				AND b.max_uses_per_customer > 0 GROUP BY r.coupon, r.customer""",
		)
	)
	frappe.db.sql(
		f"""INSERT INTO `tab{USAGE}`
			(name, customer, coupon, uses, customers, amount, promotion, creation, modified, owner, modified_by)
		SELECT n.*, %(promotion)s, {_NEW} FROM ({counters}) n
		ON DUPLICATE KEY UPDATE {_UPDATED}""",
		{"promotion": promotion},
	)


_used = f"""FROM `tab{REDEMPTION}` r
	JOIN `tabSales Promotion` p ON p.name = r.promotion
	LEFT JOIN `tab{COUPON}` c ON c.name = r.coupon
	LEFT JOIN `tabCoupon Batch` b ON b.name = c.batch
	WHERE r.promotion = %(promotion)s AND r.status <> 'Released'"""


def _mirror(promotion: str) -> None:
	"""Have the coupons of a promotion show how often they were used, where they do not."""
	uses = (
		f"""(SELECT COUNT(*) FROM `tab{REDEMPTION}` r WHERE r.coupon = c.name AND r.status <> 'Released')"""
	)
	for row in frappe.db.sql(
		f"""SELECT * FROM (
			SELECT c.name, {uses} AS uses, {STATUS.format(uses=uses)} AS status, c.uses AS told, c.status AS stood
			FROM `tab{COUPON}` c WHERE c.promotion = %s
				AND (c.uses > 0 OR c.status <> 'Available'
					OR EXISTS (SELECT 1 FROM `tab{REDEMPTION}` x WHERE x.coupon = c.name))
		) c WHERE uses <> told OR status <> stood""",
		promotion,
		as_dict=True,
	):
		frappe.db.sql(
			f"UPDATE `tab{COUPON}` SET uses = %s, status = %s WHERE name = %s",
			(row.uses, row.status, row.name),
		)


def move_customer(old: str, new: str) -> None:
	"""Before a customer gets another name, or becomes one with another: its uses count for the other."""
	names = {"old": old, "new": new}
	# of two who had a promotion, one is left
	frappe.db.sql(
		f"""UPDATE `tab{USAGE}` u
		JOIN `tab{USAGE}` a ON a.promotion = u.promotion AND a.customer = %(old)s AND a.coupon = '' AND a.uses > 0
		JOIN `tab{USAGE}` b ON b.promotion = u.promotion AND b.customer = %(new)s AND b.coupon = '' AND b.uses > 0
		SET u.customers = GREATEST(u.customers - 1, 0) WHERE u.customer = '' AND u.coupon = ''""",
		names,
	)
	key = f"""IF(u.coupon = '', {name_of("promotion", "u.promotion", "%(new)s")},
		{name_of("coupon", "u.coupon", "%(new)s")})"""
	frappe.db.sql(
		f"""INSERT INTO `tab{USAGE}`
			(name, customer, coupon, uses, customers, amount, promotion, creation, modified, owner, modified_by)
		SELECT {key}, %(new)s, u.coupon, u.uses, 0, 0, u.promotion, {_NEW}
		FROM `tab{USAGE}` u WHERE u.customer = %(old)s
		ON DUPLICATE KEY UPDATE uses = `tab{USAGE}`.uses + VALUES(uses)""",
		names,
	)
	frappe.db.delete(USAGE, {"customer": old})
