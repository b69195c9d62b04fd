# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""“What changes if I activate this matrix?”: the invoices of the last months, priced without the matrix and with it.

No demand is invented: the same customers buy the same quantities. Each line is priced as of the day on which its price was
agreed, by the prices in force now without the matrix, and as if the matrix were active. Discounts given on top of a list
price keep their percentage. Groups, tags and other facts of customers are those of today. The cost of a line is that of
its invoice, else that of today, so that revenue and margin change by the same amount.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import frappe
from frappe import _

from crm_ext.pricing import service
from crm_ext.pricing.impact_tally import Repriced, Tally, rounded
from crm_ext.pricing.model import Priced
from crm_ext.pricing.past import Past, basket_of
from crm_ext.pricing.service import Trial
from crm_ext.pricing.sold import KEPT, SoldLine

Progress = Callable[[int, int], None]

LEFT_OUT = {
	**KEPT,
	"returned": "Returned in full",
	"no price": "No price is known",
}


@dataclass(slots=True)
class Impact:
	"""One question about the sales of the past."""

	matrix: str
	past: Past
	tally: Tally = field(default_factory=Tally)

	def run(self, progress: Progress | None = None) -> dict:
		"""The answer, see `_answer`; `progress(done, total)` is called after each week of sales."""
		for done, lines in enumerate(self.lines(), 1):
			for line, repriced in lines:
				self.tally.invoices.add((line.doctype, line.document))
				self.tally.add(repriced)
			if progress:
				progress(done, self.past.weeks)
		return self._answer()

	def lines(self) -> Iterator[list[tuple[SoldLine, Repriced]]]:
		"""The lines with their two prices, a week at a time; what is left out is told to the tally."""
		for lines in self.past.lines():
			counting = [line for line in lines if self._counts(line)]
			yield self._reprice(counting) if counting else []

	def _counts(self, line: SoldLine) -> bool:
		reason = line.kept if self.past.kept_qty(line) else "returned"
		if reason:
			self.tally.left_out.add(reason, line.sold)
		return not reason

	def _reprice(self, lines: list[SoldLine]) -> list[tuple[SoldLine, Repriced]]:
		self.past.read_costs(lines)
		found = []
		for line, before, after in two_prices(lines, self.matrix, self.past.company):
			if before is None and after is None:
				self.tally.left_out.add("no price", line.sold)
				continue
			found.append((line, self._repriced(line, self.past.kept_qty(line), before, after)))
		return found

	def _repriced(
		self, line: SoldLine, qty: Decimal, before: Decimal | None, after: Decimal | None
	) -> Repriced:
		rate_before, rate_after = rates(line, before, after)
		amount = qty * line.exchange_rate
		cost = self.past.cost(line)
		return Repriced(
			customer=line.deal.customer,
			item=line.item_code,
			day=line.day,
			sold=amount * line.net_rate,
			before=amount * rate_before,
			after=amount * rate_after,
			cost=None if cost is None else cost * qty * line.factor,
		)

	def _answer(self) -> dict:
		"""{company, currency, from, to, invoices, sold, revenue, margin, pay_less, pay_more, items, months, left_out}.

		`revenue`: {before, after, difference, percent, lines, changed}; `margin`: see `Sums.margins`; `pay_less` and
		`pay_more`: {customers, amount, rows}; money is in company currency, without tax.
		"""
		tally = self.tally
		return {
			"matrix": self.matrix,
			"company": self.past.company,
			"currency": frappe.get_cached_value("Company", self.past.company, "default_currency"),
			"from": str(self.past.since),
			"to": str(self.past.until),
			"invoices": len(tally.invoices),
			"sold": rounded(tally.total.sold),
			"revenue": tally.total.figures(),
			"margin": tally.total.margins(),
			"pay_less": tally.of_customers(less=True),
			"pay_more": tally.of_customers(less=False),
			"customers": len(tally.customers),
			"items": tally.of_items(),
			"months": tally.of_months(self.past.since, self.past.until),
			"left_out": tally.left_out.rows(),
		}


def rates(line: SoldLine, before: Decimal | None, after: Decimal | None) -> tuple[Decimal, Decimal]:
	"""What one unit would have been sold at, before and after, for the two automatic prices.

	A discount (or margin) on the list price keeps its share. Without a list price, or a price before, the line counts as
	it was sold; where the matrix changes nothing, both are equal.
	"""
	share = line.net_rate / line.list_rate if line.list_rate else Decimal(1)
	sold = before * share if before and line.list_rate else line.net_rate
	return sold, sold if after is None or after == before else after * share


def two_prices(
	lines: list[SoldLine], matrix: str, company: str
) -> Iterator[tuple[SoldLine, Decimal | None, Decimal | None]]:
	"""The lines with their automatic price without the matrix, and as if it were active; None where there is none."""
	deals: dict[tuple[str, str], dict[str, SoldLine]] = {}
	for line in lines:
		deals.setdefault((line.deal.doctype, line.deal.name), {})[line.key] = line
	baskets = [basket_of(company, agreed) for agreed in deals.values()]
	mine = frozenset({matrix})
	before = dict(zip(deals, service.price_many(baskets, Trial(without=mine)), strict=True))
	after = dict(zip(deals, service.price_many(baskets, Trial(matrices=mine)), strict=True))
	for line in lines:
		deal = (line.deal.doctype, line.deal.name)
		yield line, _price(before[deal].priced[line.key]), _price(after[deal].priced[line.key])


def _price(priced: Priced) -> Decimal | None:
	return priced.price or None


def method() -> list[str]:
	"""How the answer is computed, in the reader's language, for the foot of the figures."""
	return [
		_("No demand is invented: the same customers buy the same quantities."),
		_(
			"Each line is priced as of the day its price was agreed: that of the order, else that of the invoice."
		),
		_(
			"The prices in force are those of today's price lists, price kinds and matrices, each valid on that day."
		),
		_("Discounts on top of a list price keep their percentage."),
		_("What came back is taken off its sale; returns of what was sold before the period do not count."),
		_("Groups, tags and other facts of customers are those of today."),
		_("The margin rests on the cost in the invoice, else on the valuation of today."),
	]
