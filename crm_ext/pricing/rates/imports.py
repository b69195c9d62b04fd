# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The work of a Price Matrix Import: its file is checked or brought in, at once or by a worker.

The result is written in the transaction of the rates. So a killed worker leaves neither; what it left is found by the
job of every five minutes, and may be started again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import frappe
from frappe import _
from frappe.core.doctype.file.utils import find_file_by_url
from frappe.translate import get_user_lang
from frappe.utils import cint, now_datetime
from frappe.utils.background_jobs import is_job_enqueued

from crm_ext.errors import spoken
from crm_ext.exceptions import CrmExtError, ImportUnderWay, NoSuchFile
from crm_ext.pricing.rates import files, importing, service
from crm_ext.pricing.rates.language import words
from crm_ext.profile.transactions import persistently, read_committed

IMPORT = "Price Matrix Import"
CHECKING, CHECKED, IMPORTING, IMPORTED, FAILED = "Checking", "Checked", "Importing", "Imported", "Failed"
UNDER_WAY = (CHECKING, IMPORTING)
REPLACE = "Replace All"
AT_ONCE = 100_000
"""Bytes: a file of more, about 1,000 rates, is left to a worker."""
TIMEOUT = 60 * 60
ABANDONED_AFTER = timedelta(minutes=5)


def start(document, *, dry_run: bool) -> None:
	"""Check the file of an import, or bring it in. Raises NoSuchFile, ImportUnderWay."""
	if document.status in UNDER_WAY and is_job_enqueued(_job(document.name)):
		raise ImportUnderWay
	size = file_of(document.file).file_size
	empty = dict.fromkeys(("lines", "added", "updated", "unchanged", "removed", "faulty"), 0)
	state = {"status": CHECKING if dry_run else IMPORTING, "started_at": now_datetime(), "finished_at": None}
	document.db_set({**empty, **state, "errors": None, "message": None}, notify=True)
	if (size or 0) <= AT_ONCE:
		work(document.name)
		document.reload()
		return
	frappe.enqueue(
		"crm_ext.pricing.rates.imports.work_in_background",
		queue="long",
		timeout=TIMEOUT,
		job_id=_job(document.name),
		enqueue_after_commit=True,
		name=document.name,
	)


def work_in_background(name: str) -> None:
	"""The work of a job, as the user who asked for it."""
	frappe.local.lang = get_user_lang(frappe.session.user)
	try:
		with read_committed(), _in_turn(name):
			persistently(lambda: work(name))
	except Exception:
		frappe.db.rollback()
		frappe.log_error(title=f"{IMPORT} {name}")
		message = _("An error occurred; nothing was imported. The Error Log has the details.")
		_settle(frappe.get_doc(IMPORT, name), FAILED, message=message)
		frappe.db.commit()


@contextmanager
def _in_turn(name: str) -> Iterator[None]:
	"""One import at a time. Two would deadlock again and again where rates with their keys were lately removed."""
	if frappe.db.get_value(IMPORT, name, "status") == CHECKING:
		yield
		return
	turn = f"crm_ext_rates:{frappe.conf.db_name}"
	frappe.db.sql("SELECT GET_LOCK(%s, %s)", (turn, TIMEOUT))
	try:
		yield
	finally:
		frappe.db.sql("SELECT RELEASE_LOCK(%s)", turn)


def work(name: str) -> None:
	"""Do what the status of an import asks for; nothing, if that is done. Does not commit."""
	document = frappe.get_doc(IMPORT, name, for_update=True)
	if document.status not in UNDER_WAY:
		return
	dry_run = document.status == CHECKING
	try:
		file, said = file_of(document.file), words()
		sheet = files.read(file.file_name or document.file, _content(file), said, _encodings())
		outcome = importing.bring_in(
			document.matrix,
			sheet,
			said,
			replace=document.mode == REPLACE,
			dry_run=dry_run,
			progress=lambda done, total: _tell(document, done, total),
		)
	except CrmExtError as error:
		_settle(document, FAILED, message=spoken(error))
		return
	failed = outcome.faulty and not dry_run
	_settle(
		document,
		CHECKED if dry_run else FAILED if failed else IMPORTED,
		errors=frappe.as_json(service.answers(outcome.faults), indent=None),
		message=_("Nothing was imported, because of faulty lines.") if failed else None,
		lines=outcome.lines,
		faulty=outcome.faulty,
		**{
			count: 0 if failed else getattr(outcome, count)
			for count in ("added", "updated", "unchanged", "removed")
		},
	)


def settle_abandoned() -> None:
	"""Say of imports whose worker was killed that they failed: nothing of them was written."""
	late = {"status": ("in", UNDER_WAY), "started_at": ("<", now_datetime() - ABANDONED_AFTER)}
	for name in frappe.get_all(IMPORT, late, pluck="name"):
		if not is_job_enqueued(_job(name)):
			message = _("The worker was stopped; nothing was imported. Start it again.")
			_settle(frappe.get_doc(IMPORT, name), FAILED, message=message)


def file_of(url: str | None):
	"""The File behind a URL of this site, if the user may read it. Raises NoSuchFile."""
	if file := find_file_by_url(url) if url else None:
		return file
	raise NoSuchFile(file=url or "")


def _content(file) -> bytes:
	try:
		with open(file.get_full_path(), "rb") as opened:  # File.get_content would guess at an encoding
			return opened.read()
	except OSError as error:  # gone from the disk, or on another server
		raise NoSuchFile(file=file.file_name or file.file_url) from error


def _encodings() -> tuple[str, ...]:
	"""Spreadsheets write CSV in UTF-8, or in what the system's language used before."""
	return "utf-8-sig", "gb18030" if frappe.local.lang.startswith("zh") else "cp1252"


def progress_of(name: str) -> int:
	"""How many percent of the lines of an import under way are done; 0 if that is not known."""
	return cint(frappe.cache.get_value(_progress(name)))


def _tell(document, done: int, total: int) -> None:
	percent = done * 100 / total
	frappe.cache.set_value(_progress(document.name), percent, expires_in_sec=TIMEOUT)  # for who has no socket
	frappe.publish_progress(
		percent,
		title=_("Import of Rates"),
		doctype=IMPORT,
		docname=document.name,
		description=_("{0} of {1} lines").format(done, total),
	)


def _settle(document, status: str, **values) -> None:
	document.db_set({"status": status, "finished_at": now_datetime(), **values}, notify=True)


def _progress(name: str) -> str:
	return f"crm_ext_rates_progress_{name}"


def _job(name: str) -> str:
	return f"crm_ext_rates_{name}"
