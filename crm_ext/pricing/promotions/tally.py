# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The account of what promotions have taken and taken off so far, and what comes out of it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from crm_ext.pricing.model import Did, Step
from crm_ext.pricing.promotions.model import Applied, Gift, Lost, Offer, Outcome, PromoLine
from crm_ext.pricing.promotions.per_unit import Reduction
from crm_ext.pricing.promotions.sets import Claim
from crm_ext.pricing.promotions.split import Rounded, Share, rates
from crm_ext.pricing.promotions.units import ZERO, Lines
from crm_ext.pricing.waterfall import text

PLACES = 9
"""So many the database keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounding:
	"""How ERPNext rounds a rate, to so many `places`, and an amount."""

	rate: Rounded
	money: Rounded
	places: int


@dataclass(slots=True)
class Piece:
	"""Units of a line that have one price so far."""

	line: PromoLine
	qty: Decimal
	price: Decimal
	closed: bool = False
	"""Taken by an exclusive promotion."""


@dataclass(slots=True)
class Account:
	"""What a promotion has done so far."""

	offer: Offer
	times: int = 1
	lines: dict[str, Decimal] = field(default_factory=dict)
	units: dict[str, Decimal] = field(default_factory=dict)
	gifts: tuple[Gift, ...] = ()
	shipping_account: str = ""


class Tally:
	"""What is left of each line, what has which price by now, and what each promotion did."""

	def __init__(self, lines: Lines):
		self.lines = lines
		self.free: dict[str, Decimal] = {
			line.key: line.qty for line in lines if not line.fixed and line.qty > 0
		}
		self.pieces: list[Piece] = []
		self.accounts: dict[str, Account] = {}
		self.tied: list[set[str]] = []
		"""The lines whose sum is to come out to the cent."""

	def open(self, offer: Offer, gifts: tuple[Gift, ...] = (), times: int = 1) -> Account:
		"""The account of a promotion that counts."""
		account = self.accounts[offer.promotion.name] = Account(offer, times=times, gifts=gifts)
		return account

	def take(self, one: Claim, *, closed: bool = False) -> None:
		"""Give a set its units; where they are `closed`, nothing else is taken off them."""
		account = self.open(one.offer, one.gifts, one.times)
		for take in one.takes:
			self.free[take.line.key] -= take.qty
			piece = Piece(take.line, take.qty, take.line.price, closed)
			self.pieces.append(piece)
			self.lower(account, piece, take.after)
		self.tied.append(set(account.lines))

	def reduce(self, one: Reduction, lines: Sequence[PromoLine], *, closed: bool = False) -> None:
		"""Reduce what is left of these lines, and take it."""
		left = [(line, self.free.get(line.key, ZERO)) for line in lines]
		left = [(line, qty) for line, qty in left if qty > 0 and one.saving(line) > 0]
		if not (left or one.gifts):
			return
		account = self.open(one.offer, one.gifts)
		for line, qty in left:
			self.free[line.key] -= qty
			piece = Piece(line, qty, line.price, closed)
			self.pieces.append(piece)
			self.lower(account, piece, one.cuts[line.key](line.price))
		if one.spread is not None:
			self.tied.append(set(account.lines))

	def divide_rest(self) -> None:
		"""What nobody took, as pieces for what comes on top."""
		for line in self.lines:
			if self.free.get(line.key, ZERO) > 0:
				self.pieces.append(Piece(line, self.free[line.key], line.price))
				self.free[line.key] = ZERO

	def lower(self, account: Account, piece: Piece, after: Decimal) -> None:
		"""Have a promotion lower the price of a piece; it never raises one."""
		off = piece.qty * (piece.price - after)
		if off > 0:
			key = piece.line.key
			account.lines[key] = account.lines.get(key, ZERO) + off
			account.units[key] = account.units.get(key, ZERO) + piece.qty
			piece.price = after

	def outcome(self, lost: Sequence[Lost], rounding: Rounding) -> Outcome:
		"""What comes out: `lost` are those that did not count."""
		exact = {line.key: ZERO for line in self.lines}
		for piece in self.pieces:
			exact[piece.line.key] += piece.qty * piece.price
		cheaper = {key for account in self.accounts.values() for key in account.lines}
		found = self._rates(exact, cheaper, rounding)
		return Outcome(
			rates=found,
			steps={
				line.key: tuple(self._steps(line, exact[line.key], found[line.key], rounding))
				for line in self.lines
				if line.key in cheaper
			},
			applied=tuple(
				Applied(
					promotion=name,
					version=account.offer.promotion.version,
					coupon=account.offer.coupon,
					times=account.times,
					lines={key: _told(off) for key, off in account.lines.items()},
					gifts=account.gifts,
					shipping_account=account.shipping_account,
				)
				for name, account in self.accounts.items()
			),
			lost=tuple(sorted(lost, key=lambda one: (one.promotion, one.refusal.value))),
		)

	def _rates(
		self, exact: Mapping[str, Decimal], cheaper: set[str], rounding: Rounding
	) -> dict[str, Decimal]:
		"""The rate of each line that became cheaper; lines of one set are rounded together."""
		found = {}
		unit = Decimal(1).scaleb(-rounding.places)
		for keys in _tied_together(self.tied, cheaper):
			lines = [line for line in self.lines if line.key in keys]
			shares = [
				Share(line.key, line.qty, exact[line.key], line.price, line.item.code) for line in lines
			]
			found.update(rates(shares, rate=rounding.rate, money=rounding.money, unit=unit))
		return found

	def _steps(self, line: PromoLine, exact: Decimal, rate: Decimal, rounding: Rounding) -> Iterator[Step]:
		"""The way from the price of a line to its rate: what each promotion took off on average, and the rounding."""
		price = line.price
		for account in self.accounts.values():
			if off := _told(account.lines.get(line.key, ZERO)):
				promotion = account.offer.promotion
				before, price = price, price - off / line.qty
				detail = {
					"kind": promotion.kind.value,
					"discount": text(off),
					"units": text(account.units[line.key]),
					"qty": text(line.qty),
					**({"coupon": account.offer.coupon} if account.offer.coupon else {}),
				}
				by = ("Sales Promotion", promotion.name, promotion.version)
				yield Step(did=Did.PROMOTION, before=before, after=price, by=by, detail=detail)
		if price != rate:
			# not to the nearest, but so that the amounts come out right
			together = rate != rounding.rate(price)
			detail = {"places": rounding.places, **({"together": True} if together else {})}
			yield Step(did=Did.ROUNDING, before=price, after=rate, detail=detail)


def _told(amount: Decimal) -> Decimal:
	"""An amount without the dust of divisions."""
	return round(amount, PLACES)


def _tied_together(tied: Sequence[set[str]], cheaper: set[str]) -> list[set[str]]:
	"""The lines that are rounded together: those of sets that share a line; every other line by itself."""
	groups = [{key} for key in cheaper]
	for keys in tied:
		sharing = [group for group in groups if not group.isdisjoint(keys)]
		groups = [group for group in groups if group.isdisjoint(keys)]
		groups.append(set().union(*sharing))
	return [group for group in groups if group]
