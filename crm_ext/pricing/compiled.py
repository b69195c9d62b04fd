# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What pricing needs to know before it sees a basket: live matrices, kinds and promotions, floors, trees, tags.

It is read once per version. The version lies in Redis with what was read; each worker keeps its own copy, and asks
Redis for nothing but the version. Who changes something calls `forget`: until the commit only that transaction reads
anew, after it everybody does.
"""

import pickle
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha1

import frappe
from frappe.utils import getdate, nowdate

from crm_ext.compat import cached_by_all
from crm_ext.exceptions import CrmExtError
from crm_ext.pricing.floor import Floor
from crm_ext.pricing.live import LIVE, LiveRule, rule_fields
from crm_ext.pricing.model import ANY, Base, Gives, Item, Kind, Rate
from crm_ext.pricing.promotions.live import LivePromotion, by_key, live_promotions
from crm_ext.pricing.promotions.model import Product, Promotion, Tier
from crm_ext.pricing.promotions.usage import Limits
from crm_ext.pricing.store import number
from crm_ext.rules.conditions import Clause, Condition, resolve
from crm_ext.rules.lifecycle import Status
from crm_ext.rules.rule_document import record_error
from crm_ext.rules.site import SiteContext, registry, reporting_currency
from crm_ext.settings import settings

MATRIX = "Price Matrix"
KIND = "Price Kind"
FLOOR = "Price Floor"
TREES = {
	"Item Group": "parent_item_group",
	"Customer Group": "parent_customer_group",
	"Territory": "parent_territory",
}

_LOCK = "crm_ext_pricing"
_SECONDS = 600
"""So long the state stays in Redis: who is killed between a commit and its publication leaves nobody behind longer."""
_kept: dict[str, tuple[str, "Compiled"]] = {}
"""The state of each site that this worker serves, with its version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveMatrix(LiveRule):
	company: str
	currency: str
	graduated: bool
	sum_equal_items: bool
	observing: bool
	rates_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveKind(LiveRule):
	kind: Kind
	observing: bool


@dataclass(slots=True, kw_only=True)
class Compiled:
	"""The live rules, by name; the enabled floors; each node of each tree with those above it, the nearest first; where
	each tag stands.
	"""

	matrices: dict[str, LiveMatrix]
	kinds: dict[str, LiveKind]
	floors: tuple[Floor, ...]
	promotions: dict[str, LivePromotion]
	ancestors: Mapping[str, Mapping[str, tuple[str, ...]]]
	tag_order: Mapping[str, tuple]
	rated_tags: bool
	"""Whether any rate is for a tag."""
	rated_costs: bool
	"""Whether any rate starts from cost."""
	rates: dict[tuple[str, str], tuple[Rate, ...]] = field(default_factory=dict)
	"""The rates read so far, by item key and customer key: see `candidates`."""
	_promotions_by_key: dict[str, tuple[str, ...]] | None = None
	_clauses: dict[tuple[str, str, date], tuple[Clause, ...] | CrmExtError] = field(default_factory=dict)

	def clauses(self, rule: LiveRule) -> tuple[Clause, ...]:
		"""The conditions of a rule as of today, over the figures of all companies together.

		Raises a RuleError, shown to the owner of the rule.
		"""
		today = getdate(nowdate())
		key = (rule.doctype, rule.name, today)
		if key not in self._clauses:
			try:
				context = SiteContext(today, reporting_currency())
				self._clauses[key] = resolve(rule.conditions, registry(), context)
			except CrmExtError as error:
				record_error(rule.doctype, rule.name, error)
				self._clauses[key] = error
		found = self._clauses[key]
		if isinstance(found, CrmExtError):
			raise found
		return found

	def promotions_for(self, items: Iterable[Item]) -> dict[str, LivePromotion]:
		"""The promotions that any of these items may be in, by name."""
		if not self.promotions:
			return {}
		if self._promotions_by_key is None:
			self._promotions_by_key = by_key(self.promotions)
		keys = {ANY}.union(*(item.keys for item in items))
		names = {name for key in keys for name in self._promotions_by_key.get(key, ())}
		return {name: self.promotions[name] for name in sorted(names)}

	def above(self, tree: str, node: str | None) -> tuple[str, ...]:
		"""A node with those above it; a node that the tree does not have, alone."""
		return self.ancestors[tree].get(node, (node,)) if node else ()


def _shape(*classes: type) -> str:
	"""What changes with the form of the state: after an upgrade, nobody reads what the version before has left."""
	return sha1(repr([cls.__annotations__ for cls in classes]).encode(), usedforsecurity=False).hexdigest()[
		:8
	]


_SHAPE = _shape(
	*(LiveRule, LiveMatrix, LiveKind, Compiled, Condition, Kind, Floor),
	*(LivePromotion, Promotion, Product, Tier, Limits),
)
_STAMP = f"crm_ext_pricing_stamp:{_SHAPE}"
_STATE = f"crm_ext_pricing_state:{_SHAPE}"


def idle() -> bool:
	"""Whether no automatic price can come about: no statement, once the state is known."""
	if not settings().pricing_enabled:
		return True
	state = current()
	return not (state.matrices or state.kinds or promoting(state))


def promoting(state: Compiled) -> bool:
	"""Whether any promotion can act on a price."""
	return bool(state.promotions and settings().promotions_enabled)


def known() -> dict[str, bool]:
	"""{promotions, coupons, prices}: whether any are live, for the Desk. No statement, once the state is known."""
	live = None if idle() else current()
	promotions = live.promotions.values() if live and promoting(live) else ()
	return {
		"promotions": bool(promotions),
		"coupons": any(one.needs_coupon for one in promotions),
		"prices": bool(live and live.matrices),
	}


def current() -> Compiled:
	"""The state of now: as everybody sees it, or as this transaction has made it."""
	if changed := getattr(frappe.local, "crm_ext_pricing", None):
		return changed()
	stamp = cached_by_all(_STAMP)
	kept = _kept.get(frappe.local.site)
	if stamp and kept and kept[0] == stamp:
		return kept[1]
	state = cached_by_all(_STATE) if stamp else None
	if state is None or state[0] != stamp:
		state = _publish()
	_kept[frappe.local.site] = (state[0], pickle.loads(state[1]))
	return _kept[frappe.local.site][1]


def forget() -> None:
	"""Something that is compiled has changed: this transaction reads anew, and after its commit everybody does."""
	if not getattr(frappe.local, "crm_ext_pricing", None):
		frappe.db.after_commit.add(_commit)
		frappe.db.after_rollback.add(_rollback)
	frappe.local.crm_ext_pricing = _Once()


class _Once:
	"""Reads when first asked."""

	def __init__(self) -> None:
		self.state: Compiled | None = None

	def __call__(self) -> Compiled:
		if self.state is None:
			self.state = compile_()
		return self.state


def _commit() -> None:
	frappe.local.crm_ext_pricing = None
	_publish()


def _rollback() -> None:
	frappe.local.crm_ext_pricing = None


def _publish() -> tuple[str, bytes]:
	"""Read and put into Redis, one worker at a time: who reads last has seen the commits of all who came before.

	By a connection of its own: what a long job still sees is not for others.
	"""
	mine = frappe.local.db
	frappe.connect(set_admin_as_user=False)
	try:
		frappe.db.sql("SELECT GET_LOCK(%s, 10)", f"{_LOCK}:{frappe.conf.db_name}")  # ends with the connection
		state = (frappe.generate_hash(length=12), pickle.dumps(compile_()))
		frappe.cache.set_value(_STATE, state, expires_in_sec=_SECONDS)
		frappe.cache.set_value(_STAMP, state[0], expires_in_sec=_SECONDS)
	finally:
		frappe.local.db.close()
		frappe.local.db = mine
	return state


def compile_() -> Compiled:
	"""Read the live rules, the floors, the trees and the order of tags."""
	return Compiled(
		matrices={matrix.name: matrix for matrix in _matrices()},
		kinds={kind.name: kind for kind in _kinds()},
		floors=tuple(_floors()),
		promotions=live_promotions(),
		ancestors={tree: _ancestors(tree, parent) for tree, parent in TREES.items()},
		tag_order={
			tag: (group or 0, -(rank or 0), tag)
			for tag, group, rank in frappe.db.sql(
				"""SELECT t.name, g.sort_order, t.rank FROM `tabCustomer Tag` t
				LEFT JOIN `tabCustomer Tag Group` g ON g.name = t.tag_group"""
			)
		},
		rated_tags=bool(frappe.db.exists("Price Matrix Rate", {"customer_tag": ("is", "set")})),
		rated_costs=bool(frappe.db.exists("Price Matrix Rate", {"rate_type": Gives.MARKUP.value})),
	)


def _matrices() -> Iterator[LiveMatrix]:
	for doc in _live(MATRIX):
		yield live_matrix(doc)


def live_matrix(doc, *, active: bool = False) -> LiveMatrix:
	"""A Price Matrix document as it is compiled; `active`: as if it were."""
	return LiveMatrix(
		**rule_fields(MATRIX, doc, f"{doc.version}.{doc.rates_version or 0}", doc.conditions),
		company=doc.company or "",
		currency=doc.currency,
		graduated=doc.quantity_breaks == "Graduated",
		sum_equal_items=bool(doc.sum_equal_items),
		observing=doc.status == Status.OBSERVING and not active,
		rates_version=doc.rates_version or 0,
	)


def _kinds() -> Iterator[LiveKind]:
	for doc in _live(KIND):
		kind = Kind(
			name=doc.name,
			version=str(doc.version),
			base=Base(doc.base),
			price_list=doc.price_list or "",
			based_on=doc.based_on or "",
			percent=number(doc.percent),
		)
		yield LiveKind(
			**rule_fields(KIND, doc, str(doc.version), doc.conditions),
			kind=kind,
			observing=doc.status == Status.OBSERVING,
		)


def _floors() -> Iterator[Floor]:
	columns = ("name", "role", "item_group", "company", "cost", "minimum_margin")
	for row in frappe.get_all(FLOOR, {"enabled": 1}, columns):
		yield Floor(
			name=row.name,
			role=row.role or "",
			item_group=row.item_group or "",
			company=row.company or "",
			cost=Base(row.cost),
			margin=number(row.minimum_margin),
		)


def _live(doctype: str) -> Iterator:
	for name in frappe.get_all(doctype, {"status": ("in", LIVE)}, pluck="name", order_by="name"):
		yield frappe.get_doc(doctype, name)


def _ancestors(tree: str, parent_field: str) -> dict[str, tuple[str, ...]]:
	parents = dict(frappe.get_all(tree, fields=["name", parent_field], as_list=True, order_by="lft"))
	found: dict[str, tuple[str, ...]] = {}
	# by the left edge, a node comes after those above it
	for node, parent in parents.items():
		found[node] = (node, *found.get(parent, ()))
	return found
