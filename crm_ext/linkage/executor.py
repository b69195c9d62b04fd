# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Carrying out the runs that wait: actions under savepoints, results per action, retries, dead letters.

What a run does in ERPNext and the note that it was done are one transaction, so a kill neither repeats nor loses it.
What leaves the site comes after that commit, each in a transaction of its own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import now_datetime, strip_html

from crm_ext.exceptions import CrmExtError
from crm_ext.linkage import registry, store
from crm_ext.linkage.model import back_off
from crm_ext.linkage.rules import RULE, STATE, ActionRow, action_rows, newest
from crm_ext.linkage.savepoint import Savepoint
from crm_ext.profile.transactions import persistently
from crm_ext.rules.actions import Action, Event, Outcome, Work
from crm_ext.rules.lifecycle import Status
from crm_ext.rules.rule_document import tell_owner
from crm_ext.settings import settings

BATCH = 20
"""Runs in one transaction: few, for what an action saves stays locked until its end."""

BATCH_OF_SETS = 500
"""The same for a rule all of whose actions are set-based."""

SAVEPOINT, WHOLE_RUN = "crm_ext_action", "crm_ext_run"
OPEN = ("Waiting", "Failed", "Undone")

LONGEST = 2_000
"""So many characters of a fault are kept."""

LEASE = timedelta(minutes=10)
"""So long a run whose actions leave the site is this job's alone; if the job is killed, another takes it up then."""


@dataclass(slots=True)
class Step:
	"""One action of one run: its row, and what came of it."""

	row: frappe._dict
	action: Action | None
	parameters: dict
	status: str
	result: str = ""
	error: str = ""
	reference: tuple[str, str] = ("", "")
	tried: bool = False

	@property
	def external(self) -> bool:
		return bool(self.action and self.action.external)

	def done(self, outcome: Outcome) -> None:
		self.status = "Done" if outcome.changed else "Unchanged"
		self.result, self.error = outcome.text, ""
		self.reference = outcome.reference or ("", "")
		self.tried = True

	def failed(self, error: str) -> None:
		self.status, self.error, self.result, self.tried = "Failed", error, error, True

	def values(self) -> tuple:
		attempts = self.row.attempts + int(self.tried)
		return (self.row.name, self.status, self.result, self.error, *self.reference, attempts)


@dataclass(slots=True)
class Run:
	"""One run in the making."""

	row: frappe._dict
	work: Callable[[dict], Work]
	steps: list[Step] = field(default_factory=list)
	fault_counted: bool = False
	left: tuple = ()
	"""Its status and next attempt as committed before anything leaves the site."""

	def open_steps(self, *, external: bool) -> Iterator[Step]:
		return (s for s in self.steps if s.status in OPEN and s.external == external)

	@property
	def failed(self) -> bool:
		return any(step.status == "Failed" for step in self.steps)


def execute(*, commit: bool = True) -> int:
	"""Carry out all runs that are due; returns how many. Safe to run twice, in parallel, and to be killed.

	A rule whose runs cannot even be noted holds up no other: the next job tries again.
	"""
	return sum(_execute(rule, commit) for rule in store.due_rules())


def _execute(rule: str, commit: bool) -> int:
	try:
		return _Execution(rule, commit).execute()
	except Exception:
		if not commit:
			raise
		frappe.db.rollback()
		frappe.log_error(title="Linkage runs failed", reference_doctype=RULE, reference_name=rule)
		frappe.db.commit()
		return 0


class _Execution:
	"""The due runs of one rule."""

	def __init__(self, rule: str, commit: bool):
		self.rule = newest(*frappe.db.get_value(RULE, rule, STATE))
		self.commit = commit
		self.rows: dict[object, ActionRow] = {}
		"""By the name of the row, and by place and action: who saves a rule over REST may give its rows new names."""
		for place, row in enumerate(action_rows(self.rule), 1):
			self.rows |= {row.row: row, (place, row.action): row}
		self.logged: set[tuple[type, str]] = set()
		known = registry.actions()
		sets = all(known[row.action].set_based for row in self.rows.values() if row.action in known)
		self.batch = BATCH_OF_SETS if sets and not self.rule.all_or_nothing else BATCH
		self.max_attempts = max(settings().linkage_max_attempts or 1, 1)

	def execute(self) -> int:
		if self.rule.status == Status.PAUSED:
			return 0
		if self.rule.status in (Status.STOPPED, Status.DRAFT):
			self._transaction(lambda: store.cancel_due(self.rule.name, _("The rule was stopped before.")))
			return 0
		carried_out = dead = 0
		while runs := self._next():
			carried_out += len(runs)
			for run in runs:
				if not run.row.shadow and any(run.open_steps(external=True)) and not self._waits(run):
					self._transaction(lambda run=run: self._external(run))
			dead += sum(run.row.status == "Dead Letter" for run in runs)
		if dead:
			self._transaction(lambda: self._tell_owner(dead))
		return carried_out

	def _next(self) -> list[Run]:
		"""The next batch; none where other transactions are in the way time and again, and it is left to the next job."""
		try:
			return self._transaction(self._internal)
		except frappe.QueryDeadlockError:
			if not self.commit:
				raise
			return []

	def _waits(self, run: Run) -> bool:
		"""All or nothing: what leaves the site waits for the rest."""
		return bool(self.rule.all_or_nothing and run.failed)

	def _transaction(self, work: Callable):
		return persistently(work, commit=self.commit)

	def _internal(self) -> list[Run]:
		"""What stays on the site, for the next batch of runs; none once the rule is another: the next job goes on."""
		if frappe.db.get_value(RULE, self.rule.name, STATE) != tuple(self.rule.get(field) for field in STATE):
			return []
		taken = store.take_due(self.rule.name, self.batch, observing=self.rule.status == Status.OBSERVING)
		runs = self._runs(taken)
		observed = [run for run in runs if run.row.shadow]
		acting = [run for run in runs if not run.row.shadow]
		for run in observed:
			self._preview(run)
		if self.rule.all_or_nothing:
			for run in acting:
				self._whole(run)
		else:
			for place in range(max((len(run.steps) for run in acting), default=0)):
				self._carry_out([(run, run.steps[place]) for run in acting if place < len(run.steps)])
		self._write(runs)
		for run in runs:
			run.left = (run.row.status, run.row.next_attempt)
		return runs

	def _external(self, run: Run) -> None:
		"""What leaves the site, once the rest is committed; in the order of the actions."""
		if not store.still_ours(run.row.name, *run.left):
			return
		for step in run.open_steps(external=True):
			self._carry_out_one(run, step)
		self._write([run])

	def _runs(self, taken: Sequence[frappe._dict]) -> list[Run]:
		actions = store.actions_of([row.name for row in taken])
		return [
			Run(row, self._work(row), [self._step(action) for action in actions[row.name]]) for row in taken
		]

	def _work(self, row: frappe._dict) -> Callable[[dict], Work]:
		event = Event(
			key=row.event_key,
			trigger=row.trigger,
			customer=row.customer,
			occurred_at=row.occurred_at,
			tag=row.tag or "",
			rule=row.rule,
			company=row.company or "",
			reference_doctype=row.reference_doctype or "",
			reference_name=row.reference_name or "",
			facts=frappe.parse_json(row.facts) if row.facts else {},
		)
		return lambda parameters: Work(
			customer=row.customer,
			parameters=parameters,
			event=event,
			rule=row.rule,
			rule_owner=self.rule.rule_owner or "",
			run=row.name,
		)

	def _step(self, row: frappe._dict) -> Step:
		"""An action with the parameters that the rule has now: a retry after a correction does the right thing."""
		present = self.rows.get(row.rule_action) or self.rows.get((row.idx, row.action))
		status = "Waiting" if row.status in OPEN else row.status
		step = Step(
			row, registry.actions().get(row.action), dict(present.parameters) if present else {}, status
		)
		if status == "Waiting":
			if present is None or present.action != row.action:
				step.status, step.result, step.tried = (
					"Skipped",
					_("The rule has this action no longer."),
					True,
				)
			elif step.action and not step.action.available():
				step.action = None
		return step

	def _carry_out(self, pairs: Sequence[tuple[Run, Step]]) -> None:
		"""One action for several runs: as a set where it can, else, or if that fails, one by one."""
		pairs = [(run, step) for run, step in pairs if step.status in OPEN and not step.external]
		action = pairs[0][1].action if pairs else None
		same = all(
			step.action is action and step.parameters == pairs[0][1].parameters for _run, step in pairs
		)
		if len(pairs) > 1 and action and action.run_many and same:
			before = Savepoint(SAVEPOINT)
			try:
				outcomes = action.run_many([run.work(step.parameters) for run, step in pairs])
				for (_run, step), outcome in zip(pairs, outcomes, strict=True):
					step.done(outcome)
				return
			except frappe.QueryDeadlockError:
				raise  # the database has undone the transaction: all of it is tried again
			except Exception:
				before.undo()
				frappe.clear_messages()
		for run, step in pairs:
			self._carry_out_one(run, step)

	def _carry_out_one(self, run: Run, step: Step) -> None:
		before = Savepoint(SAVEPOINT)
		try:
			if step.action is None:
				registry.action(step.row.action)  # raises what is wrong with it
			step.done(step.action.run(run.work(step.parameters)))
		except frappe.QueryDeadlockError:
			raise
		except Exception as error:
			before.undo()
			step.failed(self._words(error, run))
			frappe.clear_messages()

	def _whole(self, run: Run) -> None:
		"""All or nothing: the first fault undoes what the others did."""
		before = Savepoint(WHOLE_RUN)
		done: list[Step] = []
		for step in list(run.open_steps(external=False)):
			self._carry_out_one(run, step)
			if step.status == "Failed":
				before.undo()
				for undone in done:
					undone.status, undone.result = "Undone", _("Undone, for another action failed.")
					undone.reference = ("", "")
				return
			done.append(step)

	def _preview(self, run: Run) -> None:
		assumed: dict[str, object] = {}
		for step in run.steps:
			if step.status != "Waiting":
				continue
			try:
				work = replace(run.work(step.parameters), assumed=assumed)
				outcome = registry.action(step.row.action).preview(work)
				assumed = {**assumed, **outcome.sets}
				step.done(outcome)
				step.status = "Would Run" if outcome.changed else "Unchanged"
			except frappe.QueryDeadlockError:
				raise
			except Exception as error:
				step.failed(self._words(error, run))
				frappe.clear_messages()

	def _words(self, error: Exception, run: Run) -> str:
		"""A fault as people read it; one that nobody foresaw goes to the Error Log as well, once for all runs."""
		if isinstance(error, CrmExtError):
			return error.translated(_)
		text = strip_html(str(error))[:LONGEST] or type(error).__name__
		if not isinstance(error, frappe.ValidationError) and (type(error), text) not in self.logged:
			self.logged.add((type(error), text))
			frappe.log_error(
				title="Linkage action failed", reference_doctype=store.RUN, reference_name=run.row.name
			)
		return text

	def _write(self, runs: Sequence[Run]) -> None:
		for run in runs:
			self._conclude(run)
		store.write_actions([step.values() for run in runs for step in run.steps if step.tried])
		store.write_runs(
			[
				(
					r.row.name,
					r.row.status,
					r.row.reason,
					r.row.attempts,
					r.row.next_attempt,
					r.row.finished_at,
				)
				for r in runs
			]
		)
		for run in runs:
			for step in run.steps:
				step.row.attempts, step.tried = step.row.attempts + int(step.tried), False

	def _conclude(self, run: Run) -> None:
		"""The state of a run after its actions."""
		row, now = run.row, now_datetime()
		row.next_attempt = row.finished_at = row.reason = None
		if row.shadow:
			row.status, row.finished_at = "Observed", now
		elif run.failed:
			row.attempts += int(not run.fault_counted)
			run.fault_counted = True
			row.reason = next(step.error for step in run.steps if step.status == "Failed")
			if row.attempts >= self.max_attempts:
				row.status, row.finished_at = "Dead Letter", now
			else:
				row.status, row.next_attempt = "Failed", now + back_off(row.attempts)
		elif any(step.status in OPEN for step in run.steps):
			row.status, row.next_attempt = "Waiting", now + LEASE
		elif run.steps and all(step.status == "Skipped" for step in run.steps):
			row.status, row.finished_at = "Cancelled", now
			row.reason = _("The rule has none of its actions any longer.")
		else:
			row.status, row.finished_at = "Done", now

	def _tell_owner(self, dead: int) -> None:
		"""One message for all dead letters of a job."""
		subject = _("{0} runs of {1} failed for the last time and are dead letters now.")
		tell_owner(RULE, self.rule.name, self.rule.rule_owner, subject.format(dead, self.rule.name))
