# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Making the codes of a Coupon Batch: how many there shall be is fixed when they are asked for, and what is missing is made.

So the work may be done twice, or killed halfway: each chunk is a transaction that counts what is there, under the lock of
the batch, and makes no more than what is missing.
"""

import re
import secrets

import frappe
from frappe import _
from frappe.utils import cint
from frappe.utils.background_jobs import is_job_enqueued

from crm_ext.exceptions import CodesBeingMade, NoCode, NoUniqueCodes, WrongCount
from crm_ext.profile.transactions import persistently, read_committed
from crm_ext.rows import insert_rows

BATCH, COUPON = "Coupon Batch", "Promotion Coupon"
UNIQUE, PUBLIC = "Unique Codes", "Public Code"
MAKING, MADE, FAILED = "Making", "Made", "Failed"
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0 and O, 1 and I: codes are read aloud and typed."""
SHORTEST, LONGEST = 8, 32
"""Random characters of a code; 8 of them are 10¹² possibilities."""
LEAST_CODE, MOST_CODE = 3, 40
"""Characters of a code that somebody chooses, or that comes from elsewhere."""
CHUNK = 1_000
"""So many are made in one transaction; so few within the request."""
MOST = 1_000_000
TIMEOUT = 60 * 60
"""Seconds."""

_COLUMNS = ("code", "batch", "promotion", "enabled", "status")
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]*")


def normal(code: str | None) -> str:
	"""A code as it is stored: capitals do not matter, nor do blanks around it."""
	return (code or "").strip().upper()


def check_code(code: str) -> None:
	"""Raises NoCode unless somebody may choose this as a code."""
	if not (LEAST_CODE <= len(code) <= MOST_CODE and _CODE.fullmatch(code)):
		raise NoCode(code=code, least=LEAST_CODE, most=MOST_CODE)


def random_code(prefix: str, length: int) -> str:
	return prefix + "".join(secrets.choice(ALPHABET) for _ in range(length))


def count(batch: str) -> int:
	"""The codes that a batch has."""
	return frappe.db.count(COUPON, {"batch": batch})


def ask(batch: str, more: int) -> None:
	"""Have `more` codes made for a batch, besides those that are still missing; with 0, just these.

	Few are made at once, many by a worker. Raises NoUniqueCodes, WrongCount, CodesBeingMade.
	"""
	doc = frappe.get_doc(BATCH, batch, for_update=True)
	if doc.kind != UNIQUE:
		raise NoUniqueCodes
	if doc.status == MAKING and is_job_enqueued(_job(batch)):
		raise CodesBeingMade
	there = count(batch)
	missing = max(doc.codes_asked - there, 0) if doc.status in (MAKING, FAILED) else 0
	if not (0 <= more <= MOST and missing + more):
		raise WrongCount(most=f"{MOST:,}")
	asked = there + missing + more
	values = {"codes_asked": asked, "code_count": there, "status": MAKING, "message": None}
	doc.db_set(values, update_modified=False)  # an open form can still be saved
	if missing + more <= CHUNK:
		while make_chunk(batch):
			pass
	else:
		_enqueue(batch)


def work(batch: str) -> None:
	"""The job: make what is missing. A fault is kept in the batch and in the Error Log; what was made stays."""
	try:
		with read_committed():
			while persistently(lambda: make_chunk(batch)):
				_tell(batch)
		_tell(batch)
	except Exception:
		frappe.db.rollback()
		log = frappe.log_error(title=f"{BATCH} {batch}")
		frappe.db.set_value(BATCH, batch, {"status": FAILED, "message": log.name}, update_modified=False)
		frappe.db.commit()


def make_chunk(batch: str) -> int:
	"""Make some of the codes that a batch misses; returns how many are missing then. Does not commit."""
	doc = frappe.db.get_value(
		BATCH,
		batch,
		["promotion", "prefix", "code_length", "codes_asked", "status"],
		for_update=True,
		as_dict=True,
	)
	if not doc or doc.status != MAKING:
		return 0
	missing = max(doc.codes_asked - count(batch), 0)
	codes = {random_code(doc.prefix or "", doc.code_length) for _ in range(min(missing, CHUNK))}
	rows = [(code, batch, doc.promotion, 1, "Available") for code in codes]
	# a code that another batch has already is made anew in the next chunk
	insert_rows(COUPON, _COLUMNS, rows, names=[row[0] for row in rows], ignore_known=True)
	made = count(batch)
	missing = max(doc.codes_asked - made, 0)
	values = {"code_count": made, **({} if missing else {"status": MADE})}
	frappe.db.set_value(BATCH, batch, values, update_modified=False)
	return missing


def resume_abandoned() -> None:
	"""Go on with the codes whose worker was killed."""
	for batch in frappe.get_all(BATCH, {"status": MAKING}, pluck="name"):
		if not is_job_enqueued(_job(batch)):
			_enqueue(batch)


def state(batch: str) -> dict:
	"""How the making goes: {status, made, asked, running}."""
	row = frappe.db.get_value(BATCH, batch, ["status", "codes_asked", "message"], as_dict=True)
	return {
		"status": row.status,
		"made": count(batch),
		"asked": cint(row.codes_asked),
		"message": row.message,
		"running": row.status == MAKING and is_job_enqueued(_job(batch)),
	}


def used(filters: dict) -> str | None:
	"""One of the coupons, chosen by `filters`, that has been used, or None."""
	if code := frappe.db.exists(COUPON, {**filters, "uses": (">", 0)}):
		return code
	redemption, coupon = frappe.qb.DocType("Promotion Redemption"), frappe.qb.DocType(COUPON)
	query = (
		frappe.qb.from_(redemption)
		.join(coupon)
		.on(coupon.name == redemption.coupon)
		.select(coupon.name)
		.limit(1)
	)
	for field, value in filters.items():
		query = query.where(coupon[field] == value)
	found = query.run()
	return found[0][0] if found else None


def _enqueue(batch: str) -> None:
	frappe.enqueue(
		"crm_ext.pricing.promotions.codes.work",
		queue="long",
		timeout=TIMEOUT,
		job_id=_job(batch),
		enqueue_after_commit=True,
		batch=batch,
	)


def _tell(batch: str) -> None:
	made, asked = frappe.db.get_value(BATCH, batch, ["code_count", "codes_asked"]) or (0, 0)
	if asked:
		frappe.publish_progress(
			made * 100 / asked,
			title=_("Codes"),
			doctype=BATCH,
			docname=batch,
			description=_("{0} of {1} codes").format(made, asked),
		)


def _job(batch: str) -> str:
	return f"crm_ext_codes_{batch}"
