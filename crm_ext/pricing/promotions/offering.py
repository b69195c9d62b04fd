# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Which promotions are offered to which sale, and what they make of it: what that needs is read for all sales together."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from frappe.utils import flt, get_time, getdate, nowdate, nowtime

from crm_ext.exceptions import NoExchangeRate
from crm_ext.pricing.book import SiteBook
from crm_ext.pricing.compiled import Compiled, promoting
from crm_ext.pricing.kinds import COMPANY
from crm_ext.pricing.model import Item
from crm_ext.pricing.promotions import coupons, history, usage
from crm_ext.pricing.promotions.combine import combine
from crm_ext.pricing.promotions.live import LivePromotion
from crm_ext.pricing.promotions.meeting import Occasion, refusal
from crm_ext.pricing.promotions.model import CouponAnswer, Lost, Offer, Outcome, PromoLine, Refusal
from crm_ext.pricing.promotions.periods import Purchases, first_day
from crm_ext.pricing.promotions.tally import Rounding
from crm_ext.pricing.settle import Settled, precision_of
from crm_ext.pricing.waterfall import text

Meets = Callable[[LivePromotion, Settled], bool]


@dataclass(slots=True)
class _Sale:
	"""A sale, the promotions that may be for it, and those that are not."""

	sale: Settled
	open: list[LivePromotion] = field(default_factory=list)
	lost: list[Lost] = field(default_factory=list)

	@property
	def customer(self) -> str:
		return self.sale.basket.customer

	def lose(self, live: LivePromotion, why: Refusal, **detail: str) -> None:
		self.open.remove(live)
		self.lost.append(Lost(promotion=live.name, refusal=why, detail=detail))


class Offering:
	"""The promotions of several sales. `trial`: those that count whatever their limits, and need no coupon."""

	def __init__(
		self,
		state: Compiled,
		sales: Sequence[Settled],
		items: Mapping[str, Item],
		trial: Collection[str] = (),
	):
		self.trial = trial
		self.sales = {id(sale): _Sale(sale) for sale in sales if sale.basket.promotions}
		if not promoting(state):
			self.sales = {}
		for one in self.sales.values():
			codes = {line.item_code for line in one.sale.basket.lines}
			occasion = _occasion(one.sale)
			for live in state.promotions_for(items[code] for code in codes if code in items).values():
				one.open.append(live)
				if why := refusal(live, occasion):
					one.lose(live, why)

	@property
	def rules(self) -> list[LivePromotion]:
		"""The promotions whose conditions will be asked."""
		return list({live.name: live for one in self.sales.values() for live in one.open}.values())

	def settle(self, meets: Meets) -> None:
		"""Find out for whom the promotions are: by conditions, what was bought before, and what is used up."""
		for one in self.sales.values():
			for live in list(one.open):
				if not meets(live, one.sale):
					one.lose(live, Refusal.CONDITIONS)
		self._first_orders()
		self._limits()
		self.bought = self._purchases()

	def outcome(
		self, sale: Settled, lines: Sequence[PromoLine], book: SiteBook, worth: Mapping[str, Decimal]
	) -> tuple[Outcome, tuple[CouponAnswer, ...]]:
		"""What the promotions of a sale make of its lines, and what became of its coupons."""
		one = self.sales.get(id(sale))
		if one is None:
			return Outcome(), ()
		handed_in = self._coupons(one, lines, book)
		codes = {answer.promotion: answer.code for answer in handed_in if answer.accepted}
		offers = [offer for live in list(one.open) if (offer := self._offer(one, live, codes, book))]
		made = combine(offers, lines, rounding=_rounding(sale, book), worth=worth)
		lost = tuple(sorted((*made.lost, *one.lost), key=lambda each: each.promotion))
		return Outcome(rates=made.rates, steps=made.steps, applied=made.applied, lost=lost), handed_in

	def gifts(self) -> set[str]:
		"""The items that may be given for free."""
		return {item for live in self.rules for item in live.gifts}

	def _first_orders(self) -> None:
		"""Of a sale in the past, what came before it; of one today, whatever there is."""
		asking = [one for one in self.sales.values() if any(live.first_order for live in one.open)]
		for company in {one.sale.basket.company for one in asking}:
			here = [one for one in asking if one.sale.basket.company == company]
			today = getdate(nowdate())
			now = {one.customer for one in here if one.sale.basket.date >= today}
			past = {one.customer for one in here if one.sale.basket.date < today}
			firsts, days = history.is_first(now, company), history.first_days(past, company)
			for one in here:
				if one.sale.basket.date >= today:
					first = one.customer in firsts
				else:
					first = days.get(one.customer, today) >= one.sale.basket.date
				for live in [live for live in one.open if live.first_order and not first]:
					one.lose(live, Refusal.NOT_THE_FIRST)

	def _limits(self) -> None:
		asked = {
			(live.name, one.customer): live.limits
			for one in self.sales.values()
			for live in one.open
			if live.name not in self.trial and not live.observing
		}
		reached = usage.used_up(asked)
		for one in self.sales.values():
			for live in [live for live in one.open if (live.name, one.customer) in reached]:
				one.lose(live, Refusal.USED_UP, limit=reached[live.name, one.customer])

	def _purchases(self) -> Mapping[str, Mapping[str, Purchases]]:
		"""What customers with a goal bought, by company: one statement for each."""
		spans: dict[str, list] = {}
		for one in self.sales.values():
			day = one.sale.basket.date
			starts = [first_day(live.goal_period, day, live.valid_from) for live in one.open if live.goal]
			if starts:
				spans.setdefault(one.sale.basket.company, []).append((one.customer, min(starts), day))
		return {
			company: history.purchases(
				{customer for customer, _start, _day in asked},
				company,
				min(start for _customer, start, _day in asked),
				max(day for _customer, _start, day in asked),
			)
			for company, asked in spans.items()
		}

	def _coupons(self, one: _Sale, lines: Sequence[PromoLine], book: SiteBook) -> tuple[CouponAnswer, ...]:
		basket = one.sale.basket

		def total_in(currency: str) -> Decimal:
			total = sum((line.qty * line.price for line in lines), Decimal(0))
			try:
				return total / book.exchange(currency)
			except NoExchangeRate:
				return Decimal(0)

		return tuple(coupons.answers(basket.coupons, basket.customer, basket.date, total_in, live=self.trial))

	def _offer(
		self, one: _Sale, live: LivePromotion, codes: Mapping[str, str], book: SiteBook
	) -> Offer | None:
		if live.needs_coupon and live.name not in codes and live.name not in self.trial:
			one.lose(live, Refusal.COUPON)
			return None
		try:
			exchange = book.exchange(live.promotion.currency)
			if live.goal:
				bought = self._bought(one, live) * book.exchange(COMPANY) / exchange
				if bought < live.goal:
					one.lose(live, Refusal.GOAL, goal=text(live.goal), bought=text(round(bought, 9)))
					return None
		except NoExchangeRate:
			one.lose(live, Refusal.NO_EXCHANGE_RATE)
			return None
		return Offer(
			promotion=live.promotion,
			exchange=exchange,
			coupon=codes.get(live.name, ""),
			observing=live.observing,
		)

	def _bought(self, one: _Sale, live: LivePromotion) -> Decimal:
		"""In company currency, in the period of the goal and before the day of the sale."""
		basket = one.sale.basket
		purchases = self.bought.get(basket.company, {}).get(basket.customer, Purchases())
		return purchases.between(first_day(live.goal_period, basket.date, live.valid_from), basket.date)


def _occasion(sale: Settled) -> Occasion:
	basket = sale.basket
	return Occasion(
		company=basket.company,
		day=basket.date,
		at=basket.time or get_time(nowtime()),
		places=sale.place.keys,
		customer=basket.customer,
		payment_terms=basket.payment_terms,
		sales_partner=basket.sales_partner,
	)


def _rounding(sale: Settled, book: SiteBook) -> Rounding:
	places = precision_of(sale.basket.doctype, "amount")
	return Rounding(
		rate=book.rounded, money=lambda amount: Decimal(str(flt(amount, places))), places=book.places
	)
