# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The one price engine: for a line, its rates and a book to look things up, the price with its reasons. Pure.

The price list gives the first price; the customer's price kind replaces it; the rate that comes first (`precedence`)
acts on that; the result is rounded as ERPNext rounds. Nothing here ever refuses to price: what cannot be computed is
passed over, with its reason among the losers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import product

from crm_ext.exceptions import NoExchangeRate
from crm_ext.pricing.giving import Giver
from crm_ext.pricing.kinds import Missing, kind_price
from crm_ext.pricing.model import (
	Book,
	Buyer,
	Did,
	Kind,
	Line,
	Loser,
	Matrix,
	Place,
	Priced,
	Rate,
	Reason,
	Step,
)
from crm_ext.pricing.precedence import Fit, decided_by, index_of, standing
from crm_ext.pricing.waterfall import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
	"""What is common to the lines of one basket."""

	as_of: date
	currency: str
	buyer: Buyer
	place: Place
	matrices: Mapping[str, Matrix]
	kinds: Mapping[str, Kind]
	book: Book
	observed_kinds: Mapping[str, Kind] = field(default_factory=dict)
	"""The price kinds that only observe."""


@dataclass(frozen=True, slots=True)
class _Candidate:
	"""A rate that fits, with its matrix and where it stands."""

	standing: tuple
	rate: Rate
	matrix: Matrix

	@property
	def observing(self) -> bool:
		return self.matrix.refusal == Reason.OBSERVING


@dataclass(slots=True)
class _Account:
	"""What is written down while a line is priced."""

	price: Decimal | None = None
	steps: list[Step] = field(default_factory=list)
	losers: list[Loser] = field(default_factory=list)

	def step(self, did: Did, after: Decimal, **more) -> None:
		self.steps.append(Step(did=did, before=self.price, after=after, **more))
		self.price = after

	def lost_kind(self, name: str, reason: Reason, detail: Mapping[str, str]) -> None:
		self.losers.append(Loser(doctype="Price Kind", name=name, reason=reason, detail=detail))

	def lost(self, rate: Rate, reason: Reason, detail: Mapping[str, str]) -> None:
		self.losers.append(
			Loser(doctype="Price Matrix", name=rate.matrix, rate=rate.name, reason=reason, detail=detail)
		)


def price(sale: Sale, rates: Mapping[tuple[str, str], Sequence[Rate]], lines: Sequence[Line]) -> list[Priced]:
	"""One Priced for each line, in their order. `rates`: candidates by item key and customer key."""
	customers, places = index_of(sale.buyer.keys), index_of(sale.place.keys)
	stock_qty: dict[str, Decimal] = {}
	for line in lines:
		stock_qty[line.item.code] = stock_qty.get(line.item.code, Decimal(0)) + line.qty * line.factor
	priced = []
	for line in lines:
		fit = Fit(line, sale.currency, index_of(line.item.keys), customers, places)
		priced.append(_Pricing(sale, fit, stock_qty[line.item.code]).price(rates))
	return priced


_TELLING = (
	*(Reason.OBSERVING, Reason.NO_KIND, Reason.CIRCLE, Reason.NO_LIST_PRICE, Reason.NO_COST),
	*(Reason.NO_EXCHANGE_RATE, Reason.NOTHING_TO_DISCOUNT, Reason.OUTRANKED, Reason.QUANTITY),
	*(Reason.CONDITIONS, Reason.NOT_YET, Reason.EXPIRED, Reason.OTHER_COMPANY),
)
"""The reasons in the order in which they interest people: of many losers not all are stored."""


class _Pricing:
	"""Prices one line. `stock_qty`: the quantity of its item in the whole basket, in stock units."""

	def __init__(self, sale: Sale, fit: Fit, stock_qty: Decimal):
		self.sale = sale
		self.fit = fit
		self.line = fit.line
		self.stock_qty = stock_qty
		self.account = _Account()

	def price(self, rates: Mapping[tuple[str, str], Sequence[Rate]]) -> Priced:
		account = self.account
		self._list()
		base = account.price
		if not self.line.kept:
			self._kind()
			self._matrix(rates)
		ours = any(step.did is not Did.LIST for step in account.steps)
		if account.price is not None:
			rounded = self.sale.book.rounded(account.price)
			if rounded != account.price:
				account.step(Did.ROUNDING, rounded, detail={"places": self.sale.book.places})
		return Priced(
			key=self.line.key,
			uom=self.line.uom,
			base=base,
			price=account.price,
			ours=ours,
			steps=tuple(account.steps),
			losers=tuple(sorted(account.losers, key=lambda loser: _TELLING.index(loser.reason))),
		)

	def _list(self) -> None:
		found = self.sale.book.list_rate(self.line, "")
		if found is None:
			return
		amount, currency, price_list = found
		try:
			listed = amount * self.sale.book.exchange(currency)
		except NoExchangeRate:
			return
		self.account.step(Did.LIST, listed, detail={"price_list": price_list})

	def _kind(self) -> None:
		sale, account = self.sale, self.account
		if observed := sale.buyer.observed_kind:
			price, _detail = self._price_of(observed, {**sale.kinds, **sale.observed_kinds})
			if price is not None:
				account.lost_kind(observed, Reason.OBSERVING, {"price": text(sale.book.rounded(price))})
		if not sale.buyer.kind:
			return
		after, detail = self._price_of(sale.buyer.kind, sale.kinds)
		if after is not None and after != account.price:
			by = ("Price Kind", sale.buyer.kind, sale.kinds[sale.buyer.kind].version)
			account.step(Did.KIND, after, by=by, detail=detail)

	def _price_of(self, name: str, kinds: Mapping[str, Kind]) -> tuple[Decimal | None, Mapping[str, object]]:
		"""The price of a kind; None, and written down among the losers, where it cannot be computed."""
		try:
			return kind_price(name, self.line, kinds, self.sale.book)
		except Missing as missing:
			self.account.lost_kind(name, missing.reason, missing.detail)
			return None, {}

	def _matrix(self, rates: Mapping[tuple[str, str], Sequence[Rate]]) -> None:
		"""Apply the first candidate that can be computed. An observing one only says what it would have given."""
		account, before = self.account, self.account.price
		winner = shadow = None
		for candidate in (candidates := self._candidates(rates)):
			ahead = winner or (shadow if candidate.observing else None)
			if ahead:
				by = decided_by(ahead.standing, candidate.standing)
				account.lost(candidate.rate, Reason.OUTRANKED, {"by": by, "winner": ahead.rate.name})
				continue
			try:
				after, detail = self._give(candidate, candidates, before)
			except Missing as missing:
				account.lost(candidate.rate, missing.reason, missing.detail)
				continue
			if candidate.observing:
				shadow = candidate
				account.lost(candidate.rate, Reason.OBSERVING, {"price": text(self.sale.book.rounded(after))})
			else:
				winner = candidate
				self._apply(candidate, after, detail)

	def _apply(self, candidate: _Candidate, after: Decimal, detail: dict) -> None:
		rate, matrix = candidate.rate, candidate.matrix
		told = {
			"for": [rate.item_key, rate.customer_key, rate.place_key],
			**(
				{"min_qty": text(rate.min_qty), "unit": rate.uom or self.line.item.stock_uom}
				if rate.min_qty
				else {}
			),
			**detail,
		}
		by = ("Price Matrix", matrix.name, matrix.version)
		self.account.step(Did.MATRIX, after, by=by, rate=rate.name, detail=told)

	def _candidates(self, rates: Mapping[tuple[str, str], Sequence[Rate]]) -> list[_Candidate]:
		"""The rates that fit and are in force, those that come first first; the others are written down as losers."""
		found = []
		for rate in self._fitting(rates):
			matrix = self.sale.matrices[rate.matrix]
			if matrix.refusal and matrix.refusal != Reason.OBSERVING:
				self.account.lost(rate, Reason(matrix.refusal), {})
			elif rate.valid_from and self.sale.as_of < rate.valid_from:
				self.account.lost(rate, Reason.NOT_YET, {"date": rate.valid_from.isoformat()})
			elif rate.valid_to and rate.valid_to < self.sale.as_of:
				self.account.lost(rate, Reason.EXPIRED, {"date": rate.valid_to.isoformat()})
			elif self._quantity(rate, matrix) < rate.min_qty:
				unit = rate.uom or self.line.item.stock_uom
				self.account.lost(rate, Reason.QUANTITY, {"min_qty": text(rate.min_qty), "unit": unit})
			else:
				found.append(_Candidate(standing(rate, matrix, self.fit), rate, matrix))
		return sorted(found, key=lambda candidate: candidate.standing)

	def _fitting(self, rates: Mapping[tuple[str, str], Sequence[Rate]]) -> Iterator[Rate]:
		for keys in product(self.fit.items, self.fit.customers):
			for rate in rates.get(keys, ()):
				if rate.matrix in self.sale.matrices and self.fit.fits(rate):
					yield rate

	def _quantity(self, rate: Rate, matrix: Matrix) -> Decimal:
		"""The quantity that counts for a rate, in the unit of the rate."""
		in_stock_units = self.stock_qty if matrix.sum_equal_items else self.line.qty * self.line.factor
		return in_stock_units / self.line.factor if rate.uom == self.line.uom else in_stock_units

	def _give(
		self, candidate: _Candidate, candidates: Sequence[_Candidate], before: Decimal | None
	) -> tuple[Decimal, dict]:
		rate, matrix = candidate.rate, candidate.matrix
		giver = Giver(
			line=self.line, before=before, matrix=matrix, kinds=self.sale.kinds, book=self.sale.book
		)
		qty = self._quantity(rate, matrix)
		breaks = _breaks(rate, candidates) if matrix.graduated else [rate]
		# without a second break, or with no quantity yet, there is nothing to average
		if matrix.graduated and qty > 0 and (len(breaks) > 1 or rate.min_qty > 0):
			return giver.graduated(breaks, qty)
		return giver.volume(rate)


def _breaks(rate: Rate, candidates: Sequence[_Candidate]) -> list[Rate]:
	"""The rates that differ from this one in nothing but the quantity and the start, one for each quantity, rising."""
	breaks: dict[Decimal, Rate] = {}
	for candidate in candidates:
		if _family(candidate.rate) == _family(rate):
			breaks.setdefault(candidate.rate.min_qty, candidate.rate)
	return [breaks[quantity] for quantity in sorted(breaks)]


def _family(rate: Rate) -> tuple:
	return rate.matrix, rate.item_key, rate.customer_key, rate.place_key, rate.uom, rate.currency
