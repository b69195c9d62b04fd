# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Prices for baskets: what is needed is read in sets for all of them together, then the engine prices each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import frappe
from frappe import _

from crm_ext.constants import ALL_COMPANIES, TAGS_FACT
from crm_ext.exceptions import CrmExtError, UnknownItem, UnknownUnit
from crm_ext.pricing import compiled, engine, store
from crm_ext.pricing.basket import Basket, BasketLine, Result
from crm_ext.pricing.book import SiteBook
from crm_ext.pricing.candidates import Candidates, candidates
from crm_ext.pricing.compiled import MATRIX, Compiled, LiveMatrix
from crm_ext.pricing.costs import costs_of
from crm_ext.pricing.list_prices import price_of
from crm_ext.pricing.live import LiveRule
from crm_ext.pricing.model import COSTS, Base, Buyer, Item, Kind, Line, Matrix, Priced, Reason
from crm_ext.pricing.promotions.lines import promo_lines, promoted
from crm_ext.pricing.promotions.live import as_if_active
from crm_ext.pricing.promotions.offering import Offering
from crm_ext.pricing.settle import Settled, fallback_price_list, precision_of, settle_all
from crm_ext.profile.service import facts_with_newcomers
from crm_ext.rules.conditions import matches
from crm_ext.rules.facts import FactValue
from crm_ext.rules.site import registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
	"""What is to be other than it is. `matrices` and `promotions` count as if they were active, whatever their status;
	such promotions have no limits and need no coupon, and with `any_day` no first and last day: for looking back. Those
	under `without` and `without_promotions` do not count.
	"""

	matrices: frozenset[str] = frozenset()
	without: frozenset[str] = frozenset()
	promotions: frozenset[str] = frozenset()
	without_promotions: frozenset[str] = frozenset()
	any_day: bool = False


AS_THEY_ARE = Trial()


def price(basket: Basket, trial: Trial = AS_THEY_ARE) -> Result:
	"""The prices of a basket: see `price_many`."""
	return price_many([basket], trial)[0]


def price_many(baskets: Sequence[Basket], trial: Trial = AS_THEY_ARE) -> list[Result]:
	"""The prices of baskets, in their order, with a number of statements that does not depend on how many there are.

	Conditions and tags are those of today, whatever the date of a basket. Raises UnknownItem or UnknownUnit, naming
	the line.
	"""
	if not baskets:
		return []
	state = _as_asked(compiled.current(), trial)
	reading = _Reading(state, settle_all(baskets, state), trial)
	return [reading.price(*both) for both in zip(reading.sales, reading.buyers, strict=True)]


def _as_asked(state: Compiled, trial: Trial) -> Compiled:
	if trial == AS_THEY_ARE:
		return state
	matrices = {name: matrix for name, matrix in state.matrices.items() if name not in trial.without}
	for name in trial.matrices:
		matrices[name] = compiled.live_matrix(frappe.get_cached_doc(MATRIX, name), active=True)
	promotions = {
		name: live for name, live in state.promotions.items() if name not in trial.without_promotions
	}
	return Compiled(
		matrices=matrices,
		kinds=state.kinds,
		floors=state.floors,
		promotions=promotions | as_if_active(trial.promotions, any_day=trial.any_day),
		ancestors=state.ancestors,
		tag_order=state.tag_order,
		rated_tags=True,
		rated_costs=True,
	)


@dataclass(slots=True)
class _Customer:
	"""What is known of a customer: facts by name for conditions, and tags by company."""

	facts: Mapping[str, FactValue] = field(default_factory=dict)
	tags: dict[str, list[str]] = field(default_factory=dict)


class _Reading:
	"""What several sales need, read together."""

	def __init__(self, state: Compiled, sales: Sequence[Settled], trial: Trial):
		self.state = state
		self.sales = sales
		codes = {line.item_code for sale in sales for line in sale.basket.lines}
		if any(sale.basket.promotions for sale in sales):
			codes |= {item for live in state.promotions.values() for item in live.gifts}
		self.items = store.items(codes, state.ancestors["Item Group"])
		self.offering = Offering(state, sales, self.items, trial.promotions)
		self.rules: list[LiveRule] = [
			*state.matrices.values(),
			*state.kinds.values(),
			*self.offering.rules,
		]
		self.customers = self._customers()
		self.offering.settle(self._meets)
		self.buyers = [self._buyer(sale) for sale in sales]
		self.rates = self._rates()
		self.prices = store.list_prices(
			{*codes, *(item.template for item in self.items.values() if item.template)},
			self._price_lists(),
			{sale.basket.customer for sale in sales if sale.basket.customer},
		)
		self.costs = self._costs()

	def price(self, sale: Settled, buyer: Buyer) -> Result:
		lines = [self._line(no, line, sale) for no, line in enumerate(sale.basket.lines, 1)]
		book = SiteBook(
			sale=sale,
			prices=self.prices,
			costs=self.costs.get(sale.basket.company, {}),
			places=precision_of(sale.basket.doctype),
			fallback=fallback_price_list(),
		)
		common = engine.Sale(
			as_of=sale.basket.date,
			currency=sale.currency,
			buyer=buyer,
			place=sale.place,
			matrices={name: self._matrix(matrix, sale) for name, matrix in self.state.matrices.items()},
			kinds=self._kinds(sale),
			observed_kinds=self._kinds(sale, observing=True),
			book=book,
		)
		priced = self._prices_of(common, sale, lines)
		outcome, coupons = self.offering.outcome(
			sale, list(promo_lines(sale.basket.lines, lines, priced)), book, self._worth(common)
		)
		priced = list(promoted(priced, outcome))
		return Result(
			currency=sale.currency,
			price_list=sale.price_list,
			as_of=sale.basket.date,
			priced={one.key: one for one in priced},
			messages=tuple(self._messages(sale, lines, priced)),
			outcome=outcome,
			coupons=coupons,
		)

	def _prices_of(self, common: engine.Sale, sale: Settled, lines: Sequence[Line]) -> list[Priced]:
		"""The prices before promotions; those that the basket itself knows are not asked for."""
		known = {line.key: line.price for line in sale.basket.lines if line.price is not None}
		asked = [line for line in lines if line.key not in known]
		found = {one.key: one for one in engine.price(common, self.rates, asked)}
		for line in lines:
			if line.key in known:
				price = known[line.key]
				found[line.key] = Priced(key=line.key, uom=line.uom, base=price, price=price)
		return [found[line.key] for line in lines]

	def _worth(self, common: engine.Sale) -> dict[str, Decimal]:
		"""What one of each item that may be given for free would cost here."""
		gifts = [self.items[code] for code in sorted(self.offering.gifts()) if code in self.items]
		lines = [Line(key=item.code, item=item, qty=Decimal(1), uom=item.stock_uom) for item in gifts]
		return {
			one.key: one.price for one in engine.price(common, self.rates, lines) if one.price is not None
		}

	def _messages(self, sale: Settled, lines: Sequence[Line], priced: Sequence[Priced]) -> Iterator[str]:
		if sale.kind and sale.kind not in self._kinds(sale):
			yield _("The price kind {0}, which the customer was given, is not in force.").format(sale.kind)
		for number, (line, one) in enumerate(zip(lines, priced, strict=True), 1):
			if one.price is None:
				yield _("Line {0}: there is no price for {1}.").format(number, line.item.code)

	def _customers(self) -> dict[str, _Customer]:
		"""Tags where rates or conditions ask for them; the other facts that conditions read."""
		names = {sale.basket.customer for sale in self.sales if sale.basket.customer}
		asked = {condition.fact for rule in self.rules for condition in rule.conditions}
		customers = {name: _Customer() for name in names}
		if self.state.rated_tags or TAGS_FACT in asked:
			for name, company, tag in store.tags_of(names):
				customers[name].tags.setdefault(company, []).append(tag)
		known = registry()
		# a rule that asks for another fact is told so when its conditions are resolved
		if facts := [name for name in asked - {TAGS_FACT} if name in known and known[name].sql]:
			for name, values in facts_with_newcomers(sorted(names), ALL_COMPANIES, facts).items():
				customers[name].facts = values
		return customers

	def _buyer(self, sale: Settled) -> Buyer:
		customer = sale.basket.customer
		kind = sale.kind or self._kind_by_conditions(sale)
		observed = sale.kind or self._kind_by_conditions(sale, observing=True)
		return Buyer(
			customer=customer,
			tags=tuple(sorted(self._tags(sale), key=self._tag_place)),
			groups=sale.groups,
			kind=kind,
			observed_kind=observed if observed != kind else "",
		)

	def _tags(self, sale: Settled) -> set[str]:
		held = self.customers.get(sale.basket.customer, _Customer()).tags
		return {*held.get(ALL_COMPANIES, ()), *held.get(sale.basket.company, ())}

	def _tag_place(self, tag: str) -> tuple:
		return self.state.tag_order.get(tag, (float("inf"), 0, tag))

	def _kind_by_conditions(self, sale: Settled, *, observing: bool = False) -> str:
		"""The kind of the highest priority whose conditions the customer meets; with those that observe, or without."""
		meant = [
			kind
			for kind in self.state.kinds.values()
			if kind.conditions
			and (observing or not kind.observing)
			and kind.in_force(sale.basket.date)
			and self._meets(kind, sale)
		]
		return min(meant, key=lambda kind: (-kind.priority, kind.name)).name if meant else ""

	def _meets(self, rule: LiveRule, sale: Settled) -> bool:
		"""Whether the customer meets the conditions of a rule; a rule that cannot be evaluated is for nobody."""
		if not rule.conditions:
			return True
		try:
			clauses = self.state.clauses(rule)
		except CrmExtError:
			return False
		customer = self.customers.get(sale.basket.customer, _Customer())
		return matches(clauses, {**customer.facts, TAGS_FACT: frozenset(self._tags(sale)) or None})

	def _matrix(self, matrix: LiveMatrix, sale: Settled) -> Matrix:
		return Matrix(
			name=matrix.name,
			version=matrix.version,
			priority=matrix.priority,
			currency=matrix.currency,
			graduated=matrix.graduated,
			sum_equal_items=matrix.sum_equal_items,
			refusal=self._refusal(matrix, sale),
		)

	def _refusal(self, matrix: LiveMatrix, sale: Settled) -> str:
		if matrix.company and matrix.company != sale.basket.company:
			return Reason.OTHER_COMPANY.value
		if matrix.valid_from and sale.basket.date < matrix.valid_from:
			return Reason.NOT_YET.value
		if matrix.valid_to and matrix.valid_to < sale.basket.date:
			return Reason.EXPIRED.value
		if not self._meets(matrix, sale):
			return Reason.CONDITIONS.value
		return Reason.OBSERVING.value if matrix.observing else ""

	def _kinds(self, sale: Settled, *, observing: bool = False) -> dict[str, Kind]:
		return {
			name: kind.kind
			for name, kind in self.state.kinds.items()
			if kind.observing == observing and kind.in_force(sale.basket.date)
		}

	def _rates(self) -> Candidates:
		return candidates(
			self.state,
			{key for item in self.items.values() for key in item.keys},
			{key for buyer in self.buyers for key in buyer.keys},
		)

	def _price_lists(self) -> set[str]:
		lists = {sale.price_list for sale in self.sales}
		lists |= {kind.kind.price_list for kind in self.state.kinds.values()}
		return {name for name in (*lists, fallback_price_list()) if name}

	def _costs(self) -> dict[str, dict[str, dict[Base, Decimal]]]:
		"""Costs by company, where any kind or rate starts from cost."""
		wanted = self.state.rated_costs or any(kind.kind.base in COSTS for kind in self.state.kinds.values())
		companies = {sale.basket.company for sale in self.sales}
		return {company: costs_of(self.items, company) for company in companies} if wanted else {}

	def _line(self, number: int, line: BasketLine, sale: Settled) -> Line:
		item = self.items.get(line.item_code)
		if item is None:
			raise UnknownItem(line=number, item=line.item_code)
		uom = line.uom or item.stock_uom
		priced = Line(
			key=line.key,
			item=item,
			qty=abs(line.qty),
			uom=uom,
			factor=factor_of(item, line, number, lenient=sale.basket.lenient),
			batch_no=line.batch_no,
		)
		return replace(priced, kept=bool(line.batch_no) and self._has_batch_price(priced, sale))

	def _has_batch_price(self, line: Line, sale: Settled) -> bool:
		found = price_of(self.prices, line, sale.price_list, sale.basket.customer, sale.basket.date)
		return bool(found and found.batch_no)


def factor_of(item: Item, line: BasketLine, number: int = 1, *, lenient: bool) -> Decimal:
	"""Stock units in one unit of a line: one, as the line says, of the item, its template, or in general.

	Raises UnknownUnit for the line with this number, unless it is to be `lenient` and take 1.
	"""
	uom = line.uom or item.stock_uom
	if uom == item.stock_uom:
		return Decimal(1)
	if line.conversion_factor:
		return line.conversion_factor
	if factor := item.factors.get(uom):
		return factor
	from erpnext.stock.doctype.item.item import get_uom_conv_factor

	if factor := get_uom_conv_factor(uom, item.stock_uom):
		return store.number(factor)
	if lenient:
		return Decimal(1)
	raise UnknownUnit(line=number, uom=uom, item=item.code)
