# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What the benchmarks share: the site, clocks, a query counter, the report.

Run by `./dev bench run NAME`: the bench's Python, in its `sites` folder, with CRM_EXT_SITE naming the site.
"""

import os
import platform
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from statistics import median
from time import perf_counter
from types import ModuleType

import frappe

from crm_ext.profile import queue


@contextmanager
def site() -> Iterator[str]:
	"""The site of CRM_EXT_SITE, as Administrator."""
	name = os.environ.get("CRM_EXT_SITE") or sys.exit("CRM_EXT_SITE is not set: use ./dev bench run NAME.")
	frappe.init(name, sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	try:
		yield name
	finally:
		frappe.db.rollback()
		frappe.destroy()


def seconds(work: Callable[[], object]) -> float:
	"""How long the work takes, on the clock on the wall."""
	start = perf_counter()
	work()
	return perf_counter() - start


def best(work: Callable[[], object], times: int) -> float:
	"""The shortest of several runs: what the work takes when nothing else disturbs it."""
	return min(seconds(work) for _ in range(times))


def peak_memory() -> float:
	"""The most this process has ever held, in MB."""
	return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Queries:
	"""Counts what goes through frappe.db.sql while it is open."""

	def __enter__(self) -> "Queries":
		self.count = 0
		self._sql = frappe.db.sql
		frappe.db.sql = self._counted
		return self

	def __exit__(self, *_):
		frappe.db.sql = self._sql

	def _counted(self, *args, **kwargs):
		self.count += 1
		return self._sql(*args, **kwargs)


def statements(work: Callable[[], object]) -> int:
	with Queries() as counted:
		work()
	return counted.count


@contextmanager
def without_our_hooks():
	"""The hooks of all other apps only."""
	ours = frappe.get_doc_hooks()
	frappe.local.doc_events_hooks = {
		doctype: {
			event: [handler for handler in handlers if not handler.startswith("crm_ext.")]
			for event, handlers in events.items()
		}
		for doctype, events in ours.items()
	}
	try:
		yield
	finally:
		frappe.local.doc_events_hooks = ours


def in_turns(measured: Callable[[], float], times: int) -> list[tuple[float, float]]:
	"""(with our hooks, without) of each pair; which of the two comes first changes from pair to pair."""
	pairs = []
	for number in range(times):
		if number % 2:
			first = measured()
		with without_our_hooks():
			second = measured()
		if not number % 2:
			first = measured()
		pairs.append((first, second))
	return pairs


class OurTime:
	"""Adds up the seconds spent in our handlers of documents' events, and in the flush of the refresh queue."""

	def __enter__(self) -> "OurTime":
		self.seconds = 0.0
		self._plain = [(module, name, getattr(module, name)) for module, name in _our_functions()]
		for module, name, function in self._plain:
			setattr(module, name, self._clocked(function))
		return self

	def __exit__(self, *_):
		for module, name, function in self._plain:
			setattr(module, name, function)

	def _clocked(self, function: Callable) -> Callable:
		def clocked(*args, **kwargs):
			start = perf_counter()
			function(*args, **kwargs)
			self.seconds += perf_counter() - start

		return clocked


def _our_functions() -> set[tuple[ModuleType, str]]:
	paths = {
		handler
		for events in frappe.get_doc_hooks().values()
		for handlers in events.values()
		for handler in handlers
		if handler.startswith("crm_ext.")
	}
	named = {(import_module(path.rsplit(".", 1)[0]), path.rsplit(".", 1)[1]) for path in paths}
	return {*named, (queue, "flush")}


def our_seconds(work: Callable[[], object]) -> float:
	with OurTime() as ours:
		work()
	return ours.seconds


class Report:
	"""Prints figures as they come, and at the end whether the budgets were met."""

	def __init__(self, title: str):
		self.misses = 0
		print(f"{title}\n{machine()}\n")

	def figure(self, what: str, value: float, unit: str):
		print(f"{what:58} {value:10,.2f} {unit}", flush=True)

	def budget(self, what: str, value: float, limit: float, unit: str = "×"):
		met = value <= limit
		self.misses += not met
		print(
			f"{what:58} {value:10,.3f} {unit}  (at most {limit:g}: {'met' if met else 'MISSED'})", flush=True
		)

	def close(self):
		"""Exit status 1 if a budget was missed."""
		sys.exit(1 if self.misses else 0)


def machine() -> str:
	version = frappe.db.sql("SELECT VERSION()")[0][0]
	return (
		f"{os.cpu_count()} cores {platform.machine()}, Python {platform.python_version()}, "
		f"Frappe {frappe.__version__}, MariaDB {version}"
	)


def sizes() -> str:
	counts = {table: frappe.db.count(table) for table in ("Customer", "Sales Invoice", "Sales Invoice Item")}
	return ", ".join(f"{count:,} × {table}" for table, count in counts.items())


__all__ = [
	"Queries",
	"Report",
	"best",
	"in_turns",
	"machine",
	"median",
	"our_seconds",
	"peak_memory",
	"seconds",
	"site",
	"sizes",
	"statements",
	"without_our_hooks",
]
