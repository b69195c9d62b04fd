# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Customer profiles: refreshing and reading them."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import date, timedelta

import frappe
from frappe.utils import getdate, now_datetime, nowdate

from crm_ext.constants import ALL_COMPANIES
from crm_ext.exceptions import NoExchangeRate
from crm_ext.profile import rfm, scopes, store
from crm_ext.profile.customer_facts import facts_of
from crm_ext.profile.slices import CustomerSlice, slices
from crm_ext.profile.transactions import persistently, read_committed
from crm_ext.rules.facts import FactValue, normalise
from crm_ext.rules.site import registry
from crm_ext.settings import keep_setting, settings

Progress = Callable[[int, int], None]

FULL_REFRESH_TIMEOUT = 4 * 60 * 60
"""Seconds; RQ's own limit is far too short for a large site."""

LONGEST_WINDOW = 730
CHANGES_AFTER = {
	"sale": (0, 7, 30, 90, 365, LONGEST_WINDOW),
	"issue": (0, 90, 365),
	"due": (1,),
	"other": (0,),
}
"""After how many days a document of a kind changes a figure by entering or leaving a window."""

MOST_NEWCOMERS = 10
"""Of so many customers without a profile the facts are computed when a price asks for them."""


@dataclass(frozen=True, slots=True)
class Refreshed:
	"""How many customers were refreshed, and how many tags changed by it."""

	customers: int = 0
	changed: int = 0

	def __add__(self, other: "Refreshed") -> "Refreshed":
		return Refreshed(self.customers + other.customers, self.changed + other.changed)


def enabled() -> bool:
	return bool(settings().profile_enabled)


def refresh(
	customers: Iterable[str] | None = None,
	*,
	as_of: date | None = None,
	commit: bool = False,
	progress: Progress | None = None,
) -> Refreshed:
	"""Compute the profiles of these customers (None: everybody) as of a day, then all that follows from them.

	With `commit` each slice is a transaction of its own, which locks no row of ERPNext and is tried again after a
	deadlock. Without, all happens in the caller's transaction, and the documents of these customers stay locked
	against change until it ends: only for a few customers. `progress(done, total)` counts customers.

	Raises NoExchangeRate, at the end, if figures over all companies could not be computed for want of a rate; those
	rows are left as they were, all others are refreshed.
	"""
	if not enabled():
		return Refreshed()
	with read_committed() if commit else nullcontext():
		run = Refresh(getdate(as_of), commit)
		if customers is not None:
			done = run.of(list(slices(customers)), progress)
		else:
			done = run.of_everybody(progress)
	run.raise_missing_rate()
	return done


class Refresh:
	"""One run of the refresh over slices of customers."""

	def __init__(self, as_of: date, commit: bool):
		self.as_of = as_of
		self.commit = commit
		self.scopes = scopes.load(as_of)
		self.missing_rate: NoExchangeRate | None = None

	def of(self, chunks: Sequence[CustomerSlice], progress: Progress | None = None) -> Refreshed:
		"""Figures, scores by the kept edges, and what follows, slice by slice."""
		return self._each(chunks, (self._figures, self._consequences), _counted(progress))

	def of_everybody(self, progress: Progress | None = None) -> Refreshed:
		"""The same for all customers. Quantiles are found after the figures and before what follows from them."""
		store.delete_orphans()
		chunks = list(store.everybody())
		if not rfm.quantiles():
			done = self.of(chunks, progress)
		else:
			self._each(chunks, (self._figures,), _counted(progress, 0, 2))
			rfm.keep(rfm.find())
			self.scopes = scopes.load(self.as_of)
			done = self._each(chunks, (self._scores, self._consequences), _counted(progress, 1, 2))
		keep_setting("last_full_refresh", now_datetime())
		return done

	def one(self, customers: CustomerSlice, then: Callable[[], None]) -> Refreshed:
		"""One slice, and `then` in the same transaction."""
		return self._each([customers], (self._figures, self._consequences, lambda _slice: then() or 0))

	def raise_missing_rate(self) -> None:
		if self.missing_rate:
			raise self.missing_rate

	def _each(self, chunks: Sequence[CustomerSlice], steps, progress: Progress | None = None) -> Refreshed:
		total = sum(chunk.size for chunk in chunks)
		done = Refreshed()
		for chunk in chunks:
			done += Refreshed(chunk.size, self._transaction(chunk, steps))
			if progress:
				progress(done.customers, total)
		return done

	def _transaction(self, chunk: CustomerSlice, steps) -> int:
		def work() -> int:
			store.lock(chunk)
			return sum(step(chunk) for step in steps)

		return persistently(work, commit=self.commit)

	def _figures(self, chunk: CustomerSlice) -> int:
		store.write_figures(chunk, self.scopes.rows, self.as_of)
		if self.scopes.missing and not self.missing_rate:
			if company := store.first_with_documents(list(self.scopes.missing), chunk):
				self.missing_rate = self.scopes.missing[company]
		return 0

	def _scores(self, chunk: CustomerSlice) -> int:
		store.write_scores(chunk, self.scopes.rows)
		return 0

	def _consequences(self, chunk: CustomerSlice) -> int:
		hooks = frappe.get_hooks("crm_ext_on_profile_refresh")
		return sum(frappe.get_attr(hook)(chunk, self.as_of) or 0 for hook in hooks)


def _counted(progress: Progress | None, before: int = 0, passes: int = 1) -> Progress | None:
	"""The progress of one of several passes over the same customers, as progress of the whole."""
	if progress is None:
		return None
	return lambda done, total: progress((before * total + done) // passes, total)


def refresh_in_background() -> None:
	"""The work of a job: refresh everybody; a missing exchange rate goes to the Error Log."""
	try:
		refresh(commit=True)
	except NoExchangeRate as error:
		log_missing_rate(error)


def refresh_later() -> None:
	"""Have a worker refresh everybody. Two at once do no harm: they wait for each other's slices."""
	frappe.enqueue(
		"crm_ext.profile.service.refresh_in_background",
		queue="long",
		timeout=FULL_REFRESH_TIMEOUT,
		enqueue_after_commit=True,
	)


def log_missing_rate(error: NoExchangeRate) -> None:
	"""Tell the administrator which rate is missing and what it keeps from being computed."""
	frappe.log_error(
		title="Customer Profile: no exchange rate",
		message=f"{error}\n\nFigures over all companies were not refreshed for customers of such a company.",
	)


def profile_of(customer: str, company: str = ALL_COMPANIES) -> dict | None:
	"""The stored figures of a customer (company "": all companies together); None without a profile.

	A missing figure is None: no median under two days with an invoice, no score without cooperation.
	"""
	return store.read_row(customer, company)


def metrics_of(customer: str, company: str, as_of: date, names: Sequence[str]) -> dict[str, FactValue]:
	"""The facts `names` of a customer as they will be, or were, on a day, from today's documents; nothing is stored.

	Empty if the customer has no figures in this scope. Raises UnknownFact, NoExchangeRate.
	"""
	facts = [registry()[name] for name in names]
	site = scopes.load(as_of)
	values = store.select(customer, company, [fact.sql for fact in facts] or ["1"], site.rows, as_of)
	if values is None:
		if company == ALL_COMPANIES and site.missing and frappe.db.exists("Customer", customer):
			raise next(iter(site.missing.values()))
		return {}
	return {fact.name: normalise(fact, value) for fact, value in zip(facts, values, strict=False)}


def facts_with_newcomers(
	customers: Sequence[str], company: str, names: Sequence[str]
) -> dict[str, dict[str, FactValue]]:
	"""The named facts of these customers in the scope, as they are stored; computed for who has no profile yet.

	Who waits for the first refresh is a customer or two: of a crowd, only those with a profile are told.
	"""
	found = facts_of(customers, company, names, registry())
	newcomers = [customer for customer in customers if customer not in found]
	if enabled() and len(newcomers) <= MOST_NEWCOMERS:
		for customer in newcomers:
			with suppress(NoExchangeRate):  # the refresh logs it
				found[customer] = metrics_of(customer, company, getdate(nowdate()), names)
	return found


def change_days(customer: str, company: str, after: date, until: date) -> list[date]:
	"""The days in between on which time alone changes a figure: a document enters or leaves a window, or falls due.

	Not among them: what counts the days themselves (days of cooperation, orders a year, lifetime value).
	"""
	days = {
		day + timedelta(days=n)
		for kind, day in store.days_of(customer, company, after - timedelta(days=LONGEST_WINDOW))
		for n in CHANGES_AFTER[kind]
	}
	days |= _days_of_recency(customer, company, after)
	return sorted(day for day in days if after < day <= until)


def _days_of_recency(customer: str, company: str, as_of: date) -> set[date]:
	"""The days on which the recency score falls."""
	row = store.read_row(customer, company)
	scope = next((scope for scope in scopes.load(as_of).rows if scope.company == company), None)
	if not (row and row["last_cooperation"] and scope and scope.edges):
		return set()
	edges = (edge for edge in scope.edges.recency if edge is not None)
	return {row["last_cooperation"] + timedelta(days=int(edge) + 1) for edge in edges}
