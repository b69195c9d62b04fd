# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""“What would this promotion have cost?”: the invoices of the last months, with a promotion on the prices of that time.

No demand is invented: the same customers buy the same goods. The real engine decides who had qualified, with the
promotion as if it were active, whatever its first and last day, its limits and its coupons, and with no other one. A
document is an order with what was invoiced of it in a week, or an invoice without an order. Lines start from the rate at
which they were sold; what no promotion makes cheaper stays fixed, and counts towards amounts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import frappe

from crm_ext.exceptions import NoExchangeRate
from crm_ext.pricing import compiled, service, store
from crm_ext.pricing.basket import Basket, Result
from crm_ext.pricing.impact_tally import percent, rounded
from crm_ext.pricing.model import Item
from crm_ext.pricing.past import Past, basket_of
from crm_ext.pricing.promotions.backtest_model import Qualified, Tally
from crm_ext.pricing.promotions.figures import SALE
from crm_ext.pricing.promotions.live import LivePromotion, as_if_active
from crm_ext.pricing.promotions.model import Applied, Part
from crm_ext.pricing.promotions.result_model import Promoted
from crm_ext.pricing.service import Trial
from crm_ext.pricing.sold import KEPT, SoldLine
from crm_ext.rules.site import exchange_rate

Progress = Callable[[int, int], None]
Document = tuple[str, str]

WHOLE = ("switched off", "correction", "internal")
"""What keeps promotions away from a whole document; the other reasons keep them from a line."""
LEFT_OUT = {
	**KEPT,
	"returned": "Returned in full",
	"ruled": "Pricing Rule of ERPNext",
	"promoted": "Got a promotion already",
}


@dataclass(slots=True)
class BackTest:
	"""One question about the sales of the past."""

	promotion: str
	past: Past
	tally: Tally = field(default_factory=Tally)
	live: LivePromotion = field(init=False)
	_seen: set[Document] = field(default_factory=set)
	_promoted: set[tuple[str, str]] = field(default_factory=set)

	def __post_init__(self) -> None:
		self.live = as_if_active([self.promotion], any_day=True)[self.promotion]

	def run(self, progress: Progress | None = None) -> dict:
		"""The answer, see `_answer`; `progress(done, total)` is called after each week of sales."""
		for done, week in enumerate(self.qualified(), 1):
			for one in week:
				self.tally.add(one)
			if progress:
				progress(done, self.past.weeks)
		return self._answer()

	def qualified(self) -> Iterator[list[Qualified]]:
		"""The documents that would have got the promotion, a week at a time; the others are told to the tally."""
		self._promoted = self._lines_with_a_promotion()
		for lines in self.past.lines():
			documents: dict[Document, list[SoldLine]] = {}
			for line in lines:
				documents.setdefault((line.deal.doctype, line.deal.name), []).append(line)
			found = {key: sold for key, sold in documents.items() if self._counts(sold)}
			yield list(self._price(found)) if found else []

	def _counts(self, sold: list[SoldLine]) -> bool:
		"""Whether promotions look at a document at all; tells the tally which of its lines they leave alone."""
		whole = next((line.kept for line in sold if line.kept in WHOLE), "")
		if not (whole or any(map(self.past.kept_qty, sold))):
			whole = "returned"
		for line in sold:
			if reason := whole or self._fixed(line):
				self.tally.left_out.add(reason, line.sold)
		return not whole

	def _fixed(self, line: SoldLine) -> str:
		"""Why no promotion would have made a line cheaper; "" if one could."""
		if line.kept or line.ruled:
			return line.kept or "ruled"
		return "promoted" if (line.doctype, line.row) in self._promoted else ""

	def _lines_with_a_promotion(self) -> set[tuple[str, str]]:
		days = {"company": self.past.company, "posting_date": ("between", (self.past.since, self.past.until))}
		return {*frappe.get_all(SALE, days, ["reference_doctype", "row"], as_list=True)}

	def _price(self, documents: dict[Document, list[SoldLine]]) -> Iterator[Qualified]:
		lines = [line for sold in documents.values() for line in sold]
		self.past.read_costs(lines, self.live.gifts)
		items = store.items({line.item_code for line in lines}, compiled.current().ancestors["Item Group"])
		others = frozenset(compiled.current().promotions) - {self.promotion}
		trial = Trial(promotions=frozenset({self.promotion}), without_promotions=others, any_day=True)
		baskets = [self._basket(sold) for sold in documents.values()]
		shipping = self._shipping(lines)
		for (key, sold), result in zip(documents.items(), service.price_many(baskets, trial), strict=True):
			first = key not in self._seen
			self._seen.add(key)
			revenue = sum((self._net(line) for line in sold), Decimal(0))
			self.tally.look_at(sold[0].deal.customer, revenue, first=first)
			if applied := next(iter(result.outcome.applied), None):
				yield self._qualified(key, sold, applied, items, shipping, first=first)
			elif first:
				self.tally.refused[_refusal(result)] += 1

	def _basket(self, sold: list[SoldLine]) -> Basket:
		lines = {line.key: line for line in reversed(sold)}
		fixed = {key for key, line in lines.items() if self._fixed(line)}
		return basket_of(self.past.company, lines, fixed=fixed)

	def _qualified(
		self,
		key: Document,
		sold: list[SoldLine],
		applied: Applied,
		items: dict[str, Item],
		shipping: dict[Document, Decimal],
		*,
		first: bool,
	) -> Qualified:
		found = [
			(line.item_code, self._line(line, applied))
			for line in sold
			if line.key in applied.lines or (not self._fixed(line) and self._is_for(items[line.item_code]))
		]
		figures = sum((of for _item, of in found), Promoted())
		figures += Promoted(invoices=int(first))
		if applied.shipping_account:
			figures += Promoted(freight=_charges(sold, shipping))
		if first:
			figures += self._gifts(applied, sold[0].exchange_rate)
		return Qualified(
			document=key,
			customer=sold[0].deal.customer,
			day=sold[0].day,
			figures=figures,
			items=tuple((item, of) for item, of in found if of.discount),
			first=first,
		)

	def _is_for(self, item: Item) -> bool:
		"""Whether an item is one of those that the promotion is for."""
		parts = {part: {product.key for product in self.live.promotion.products_of(part)} for part in Part}
		keys = set(item.keys)
		bought = parts[Part.BUY]
		return not keys & parts[Part.EXCEPT] and (not bought or bool(keys & (bought | parts[Part.GET])))

	def _line(self, line: SoldLine, applied: Applied) -> Promoted:
		"""A line with the promotion: what did not come back, its share of the discount of what was agreed."""
		kept = self.past.kept_qty(line)
		net = self._net(line)
		share = line.net_rate / line.rate if line.rate else Decimal(1)
		off = applied.lines.get(line.key, Decimal(0)) * share * line.exchange_rate
		discount = off * kept / line.agreed_qty if line.agreed_qty else Decimal(0)
		cost = self.past.cost(line)
		return Promoted(
			lines=1,
			revenue=net - discount,
			discount=discount,
			cost=Decimal(0) if cost is None else cost * kept * line.factor,
			valued=Decimal(0) if cost is None else net - discount,
			valued_discount=Decimal(0) if cost is None else discount,
		)

	def _net(self, line: SoldLine) -> Decimal:
		return self.past.kept_qty(line) * line.net_rate * line.exchange_rate

	def _gifts(self, applied: Applied, rate: Decimal) -> Promoted:
		"""The free goods; where nobody knows what one costs, it counts at its price."""
		cost = price = Decimal(0)
		for gift in applied.gifts:
			price += gift.qty * gift.price * rate
			known = self.past.cost_today(gift.item_code)
			cost += gift.qty * (gift.price * rate if known is None else known)
		return Promoted(gifts=cost, gifts_price=price, cost=cost)

	def _shipping(self, lines: list[SoldLine]) -> dict[Document, Decimal]:
		"""The charges on the account that the promotion takes off again, by invoice, in company currency."""
		if not (account := self.live.promotion.shipping_account):
			return {}
		rows = frappe.db.sql(
			"""SELECT parenttype, parent, SUM(base_tax_amount_after_discount_amount)
			FROM `tabSales Taxes and Charges` WHERE account_head = %(account)s AND parent IN %(names)s
				AND parenttype IN ('Sales Invoice', 'POS Invoice') GROUP BY parenttype, parent""",
			{"account": account, "names": tuple({line.document for line in lines})},
		)
		return {(doctype, name): max(store.number(amount), Decimal(0)) for doctype, name, amount in rows}

	def _answer(self) -> dict:
		"""{promotion, company, currency, from, to, looked_at, qualified, cost, margin, break_even, customers, items, …}.

		`looked_at` and `qualified`: {documents, customers, revenue}; `cost`: {discount, freight, gifts, gifts_price, spent};
		`margin`: {before, after, before_percent, after_percent, coverage} of the promoted products in those documents.
		"""
		tally, total = self.tally, self.tally.total
		before = total.valued + total.valued_discount
		return {
			"promotion": self.promotion,
			"company": self.past.company,
			"currency": frappe.get_cached_value("Company", self.past.company, "default_currency"),
			"from": str(self.past.since),
			"to": str(self.past.until),
			"looked_at": {
				"documents": tally.looked_at,
				"customers": len(tally.buyers),
				"revenue": rounded(tally.revenue),
			},
			"qualified": {
				"documents": total.invoices,
				"customers": len(tally.customers),
				"revenue": rounded(total.revenue + total.discount),
			},
			"cost": {
				"discount": rounded(total.discount),
				"freight": rounded(total.freight),
				"gifts": rounded(total.gifts),
				"gifts_price": rounded(total.gifts_price),
				"spent": rounded(total.spent),
			},
			"margin": {
				"before": rounded(total.margin_before),
				"after": rounded(total.margin),
				"before_percent": percent(total.margin_before, before),
				"after_percent": percent(total.margin, total.valued),
				"coverage": total.coverage,
			},
			"break_even": total.break_even,
			"customers": tally.of_customers(),
			"items": tally.of_items(),
			"months": tally.of_months(self.past.since, self.past.until),
			**self._burn(),
			"refused": [{"reason": reason, "documents": n} for reason, n in tally.refused.most_common()],
			"left_out": tally.left_out.rows(),
		}

	def _burn(self) -> dict:
		"""{limits, burning}: when they would have been used up; the budget in company currency, None if nobody can tell."""
		limits = self.live.limits
		currency = frappe.get_cached_value("Company", self.past.company, "default_currency")
		try:
			rate = exchange_rate(self.live.promotion.currency, currency, self.past.until)
		except NoExchangeRate:
			rate = Decimal(0)
		return {
			"limits": self.tally.burnt(limits.budget * rate, limits.max_uses, limits.max_customers),
			"burning": self.tally.burning(self.past.since, self.past.until),
			"no_exchange_rate": bool(limits.budget and not rate),
		}


def _refusal(result: Result) -> str:
	"""Why the promotion did not count; "" where no line was one that it is for."""
	return next((lost.refusal.value for lost in result.outcome.lost), "")


def _charges(sold: list[SoldLine], shipping: dict[Document, Decimal]) -> Decimal:
	invoices = {(line.doctype, line.document) for line in sold}
	return sum((shipping.get(invoice, Decimal(0)) for invoice in invoices), Decimal(0))
