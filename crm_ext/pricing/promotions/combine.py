# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""How promotions go together in one basket. Pure.

1. Of the promotions of one group, one counts: by priority, by what it would save alone, by name.
2. Exclusive promotions take their units first, in the same order. Nothing else is taken off these units.
3. Best for the customer: of the sets (bundle, add-on, buy X get Y, mix and match, cheapest free) those are taken that
   save most, and each unit that is left gets the one reduction that saves most on it. At the same saving the higher
   priority counts, then the name.
4. Compound promotions come on top, of all units but those of exclusive ones: by priority, order thresholds last, by name.
5. Free shipping does not touch the lines.

What a promotion needs (a quantity, an amount) is measured on the whole basket at its prices before promotions; what it
makes cheaper are units that nobody else has taken. The order of the lines decides nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from crm_ext.pricing.promotions import plan
from crm_ext.pricing.promotions.model import (
	PER_UNIT,
	Combination,
	Gives,
	Kind,
	Lost,
	Offer,
	Outcome,
	Part,
	PromoLine,
	Refusal,
)
from crm_ext.pricing.promotions.per_unit import Reduction, reduction
from crm_ext.pricing.promotions.sets import Claim, claim, wanting
from crm_ext.pricing.promotions.tally import Piece, Rounding, Tally
from crm_ext.pricing.promotions.units import ZERO, Lines, amount_of, cut
from crm_ext.pricing.waterfall import text


def combine(
	offers: Sequence[Offer],
	lines: Sequence[PromoLine],
	*,
	rounding: Rounding,
	worth: Mapping[str, Decimal] | None = None,
) -> Outcome:
	"""What these promotions make of these lines. `worth`: what gifts would cost here, by item."""
	if not offers:
		return Outcome()
	return _Combining(offers, lines, worth or {}).outcome(rounding)


class _Combining:
	def __init__(self, offers: Sequence[Offer], lines: Sequence[PromoLine], worth: Mapping[str, Decimal]):
		self.offers = sorted(offers, key=lambda offer: (-offer.promotion.priority, offer.promotion.name))
		self.lines = Lines(lines)
		self.worth = worth
		self.tally = Tally(self.lines)
		self.lost: list[Lost] = []
		self.reductions: dict[str, Reduction] = {}

	def outcome(self, rounding: Rounding) -> Outcome:
		self._observe()
		self._groups()
		self._exclusive([offer for offer in self.offers if _how(offer) is Combination.EXCLUSIVE])
		self._best([offer for offer in self.offers if _how(offer) is Combination.BEST])
		self._compound([offer for offer in self.offers if _how(offer) is Combination.COMPOUND])
		self._shipping()
		return self.tally.outcome(self.lost, rounding)

	# what a promotion would do alone

	def _alone(self, offer: Offer) -> Claim | Reduction | Lost:
		if offer.promotion.kind in PER_UNIT:
			return reduction(offer, self.lines, self.worth)
		return claim(wanting(offer, self.lines, self.worth), self.tally.free)

	def _saving(self, found: Claim | Reduction | Lost) -> Decimal:
		if isinstance(found, Lost):
			return ZERO
		if isinstance(found, Claim):
			return plan.weighted({}, found)
		units = ((line, self.tally.free.get(line.key, ZERO)) for line in self.lines)
		return sum((qty * found.saving(line) for line, qty in units if qty), plan.worth_of(found.gifts))

	# 0. observing

	def _observe(self) -> None:
		for offer in [offer for offer in self.offers if offer.observing]:
			self.offers.remove(offer)
			if offer.promotion.kind is Kind.SHIPPING:
				self.lost.append(Lost(promotion=offer.promotion.name, refusal=Refusal.OBSERVING))
				continue
			found = self._alone(offer)
			if isinstance(found, Lost):
				self.lost.append(found)
				continue
			self.lost.append(
				Lost(
					promotion=offer.promotion.name,
					refusal=Refusal.OBSERVING,
					detail={"discount": text(self._saving(found))},
					lines=tuple(sorted(_lines_of(found))),
				)
			)

	# 1. groups

	def _groups(self) -> None:
		groups: dict[str, list[Offer]] = {}
		for offer in self.offers:
			if offer.promotion.group:
				groups.setdefault(offer.promotion.group, []).append(offer)
		for members in groups.values():
			if len(members) == 1:
				continue
			alone = [(self._standalone(offer), offer) for offer in members]
			counting = [one for one in alone if one[0] > 0] or alone[:1]
			winner = min(
				counting, key=lambda one: (-one[1].promotion.priority, -one[0], one[1].promotion.name)
			)[1]
			for offer in members:
				if offer is not winner:
					self.offers.remove(offer)
					self._lose(offer, Refusal.GROUP, [winner.promotion.name])

	def _standalone(self, offer: Offer) -> Decimal:
		if offer.promotion.kind is Kind.SHIPPING:
			return Decimal(1)
		return self._saving(self._alone(offer))

	# 2. exclusive

	def _exclusive(self, offers: Sequence[Offer]) -> None:
		waiting = [offer for offer in offers if offer.promotion.kind is not Kind.SHIPPING]
		while waiting:
			found = [(self._alone(offer), offer) for offer in waiting]
			one, offer = min(
				found,
				key=lambda both: (
					self._saving(both[0]) <= 0,
					-both[1].promotion.priority,
					-self._saving(both[0]),
					both[1].promotion.name,
				),
			)
			if self._saving(one) <= 0:
				for loser, its in found:
					self.lost.append(loser if isinstance(loser, Lost) else self._outbid(its, loser))
				return
			waiting.remove(offer)
			if isinstance(one, Claim):
				self.tally.take(one, closed=True)
			else:
				self.tally.reduce(one, [line for line in self.lines if line.key in one.cuts], closed=True)

	# 3. best for the customer

	def _best(self, offers: Sequence[Offer]) -> None:
		found = {
			offer.promotion.name: self._alone(offer) for offer in offers if offer.promotion.kind in PER_UNIT
		}
		reductions = [one for one in found.values() if isinstance(one, Reduction)]
		self.lost += [one for one in found.values() if isinstance(one, Lost)]
		winners = {line.key: _winner(reductions, line) for line in self.lines if line.key in self.tally.free}
		weight = self._weights()

		def gain(one: Claim) -> Decimal:
			instead = (
				take.qty * weight[take.line.key] * winners[take.line.key].saving(take.line)
				for take in one.takes
				if winners[take.line.key]
			)
			return plan.weighted(weight, one) - sum(instead, ZERO)

		sets = [offer for offer in offers if offer.promotion.kind not in (*PER_UNIT, Kind.SHIPPING)]
		chosen, alone = plan.best_sets(
			[wanting(offer, self.lines, self.worth) for offer in sets],
			self.tally.free,
			gain,
			lambda one: plan.weighted(weight, one),
		)
		for one in chosen:
			self.tally.take(one)
		for one in reductions:
			mine = [
				line for line in self.lines if winners.get(line.key) is one and self.tally.free.get(line.key)
			]
			self.tally.reduce(one, mine)
		done = {one.offer.promotion.name for one in chosen}
		for offer in sets:
			if offer.promotion.name not in done:
				one = alone[offer.promotion.name]
				self.lost.append(one if isinstance(one, Lost) else self._outbid(offer, one))
		self.lost += [
			self._outbid(one.offer, one)
			for one in reductions
			if one.offer.promotion.name not in self.tally.accounts
		]

	def _weights(self) -> dict[str, Decimal]:
		"""What compound promotions leave of each line's price: a saving before them counts only so much."""
		weight = {line.key: Decimal(1) for line in self.lines}
		for offer in self.offers:
			if _how(offer) is Combination.COMPOUND and offer.promotion.kind is not Kind.SHIPPING:
				found = self._reduction(offer)
				if isinstance(found, Reduction) and found.spread is None:
					for line in self.lines:
						if line.price and line.key in found.cuts:
							weight[line.key] *= found.cuts[line.key](line.price) / line.price
		return weight

	def _reduction(self, offer: Offer) -> Reduction | Lost:
		name = offer.promotion.name
		if name not in self.reductions:
			self.reductions[name] = reduction(offer, self.lines, self.worth)
		return self.reductions[name]

	# 4. compound

	def _compound(self, offers: Sequence[Offer]) -> None:
		self.tally.divide_rest()
		for offer in sorted(offers, key=lambda one: one.promotion.kind is Kind.THRESHOLD):
			if offer.promotion.kind is Kind.SHIPPING:
				continue
			found = self._reduction(offer)
			if isinstance(found, Lost):
				self.lost.append(found)
				continue
			open_ = [
				piece for piece in self.tally.pieces if not piece.closed and piece.line.key in found.cuts
			]
			share = self._share(found, open_)
			account = self.tally.open(offer, found.gifts)
			for piece in open_:
				change = share or found.cuts[piece.line.key]
				self.tally.lower(account, piece, change(piece.price))
			if found.spread is not None:
				self.tally.tied.append(set(account.lines))
			if not (account.lines or account.gifts):
				del self.tally.accounts[offer.promotion.name]
				self.lost.append(self._outbid(offer, found))

	@staticmethod
	def _share(found: Reduction, open_: Sequence[Piece]) -> Callable[[Decimal], Decimal] | None:
		"""An amount for the whole is spread over what the pieces cost by now."""
		if found.spread is None:
			return None
		whole = sum((piece.qty * piece.price for piece in open_), ZERO)
		return cut(Gives.PERCENT, min(found.spread * 100 / whole, Decimal(100)) if whole else ZERO)

	# 5. free shipping

	def _shipping(self) -> None:
		for offer in [offer for offer in self.offers if offer.promotion.kind is Kind.SHIPPING]:
			promotion = offer.promotion
			meant = self.lines.meant(promotion, promotion.products_of(Part.BUY))
			needs, has = promotion.minimum_amount * offer.exchange, amount_of(meant)
			if not meant or has < needs:
				detail = {"needs": text(needs), "has": text(has)}
				self.lost.append(Lost(promotion=promotion.name, refusal=Refusal.AMOUNT, detail=detail))
			else:
				self.tally.open(offer).shipping_account = promotion.shipping_account

	def _outbid(self, offer: Offer, found: Claim | Reduction) -> Lost:
		"""Who has the units that a promotion would have taken."""
		keys = set(_lines_of(found))
		by = [name for name, account in self.tally.accounts.items() if not keys.isdisjoint(account.lines)]
		detail = {"by": ", ".join(sorted(by))} if by else {}
		return Lost(
			promotion=offer.promotion.name,
			refusal=Refusal.OUTBID if by else Refusal.NO_SAVING,
			detail=detail,
			lines=tuple(sorted(keys)),
		)

	def _lose(self, offer: Offer, refusal: Refusal, by: Sequence[str]) -> None:
		meant = self.lines.meant(offer.promotion, offer.promotion.products_of(Part.BUY))
		self.lost.append(
			Lost(
				promotion=offer.promotion.name,
				refusal=refusal,
				detail={"by": ", ".join(by)},
				lines=tuple(sorted(line.key for line in meant)),
			)
		)


def _how(offer: Offer) -> Combination:
	return offer.promotion.combination


def _winner(reductions: Sequence[Reduction], line: PromoLine) -> Reduction | None:
	"""The reduction that saves most on a unit of a line."""
	saving = [(one.saving(line), one) for one in reductions if line.key in one.cuts]
	saving = [both for both in saving if both[0] > 0]
	if not saving:
		return None
	return min(
		saving,
		key=lambda both: (-both[0], -both[1].offer.promotion.priority, both[1].offer.promotion.name),
	)[1]


def _lines_of(found: Claim | Reduction) -> set[str]:
	if isinstance(found, Claim):
		return {take.line.key for take in found.takes}
	return set(found.cuts)
