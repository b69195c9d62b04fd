# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What a promotion brought: the arithmetic of its result. Pure.

Amounts are Decimals in company currency, net of returns and without tax. A figure that cannot be told, for something
is divided by zero or not known, is None, and never zero.

The terms are those of P. W. Farris, N. T. Bendle, P. E. Pfeifer and D. J. Reibstein, Marketing Metrics (3rd ed., 2016):
baseline and incremental sales, lift and the profitability of a promotion in chapter 8, return on marketing investment
in chapter 10; the break-even change of sales is that of T. T. Nagle and G. Müller, The Strategy and Tactics of Pricing
(6th ed., 2018), chapter 9.
"""

from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from enum import Enum

from crm_ext.rules.statistics import TOO_FEW, Sample, Verdict, difference_of_means


class Method(str, Enum):
	"""What the sales of the promotion's time are compared with."""

	HOLD_OUT = "Hold-Out Group"
	BEFORE = "Same Time Before"
	NONE = "None"
	"""There is nothing to compare with."""


def ratio(part: Decimal, whole: Decimal) -> float | None:
	"""`part` in percent of `whole`; None if that is not above zero."""
	return float(part / whole * 100) if whole > 0 else None


def break_even_uplift(spent: Decimal, margin_before: Decimal) -> float | None:
	"""By how many percent sales must grow so that the margin is what it was without the promotion.

	u = D / (M0 - D): with the margin M0 before and D given away, M0 - D remains of the same quantity, and
	(1 + u)(M0 - D) = M0. None where nothing remains: then no growth makes up for it.
	"""
	return ratio(spent, margin_before - spent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promoted:
	"""The lines that a promotion made cheaper, and its free goods.

	`discount`: what was taken off the lines; `gifts`: what the free goods cost, `gifts_price`: what one would have paid
	for them; `freight`: what was taken off charges, which have no goods. `cost`: of the goods of all lines, free ones included. `valued`, `valued_discount`: revenue and discount of
	the lines whose cost is known.
	"""

	lines: int = 0
	invoices: int = 0
	customers: int = 0
	revenue: Decimal = Decimal(0)
	discount: Decimal = Decimal(0)
	gifts: Decimal = Decimal(0)
	gifts_price: Decimal = Decimal(0)
	freight: Decimal = Decimal(0)
	cost: Decimal = Decimal(0)
	valued: Decimal = Decimal(0)
	valued_discount: Decimal = Decimal(0)

	def __add__(self, other: "Promoted") -> "Promoted":
		"""The sum of other lines, of other invoices; customers come again, and are not added."""
		names = [field.name for field in fields(self) if field.name != "customers"]
		return Promoted(**{name: getattr(self, name) + getattr(other, name) for name in names})

	@property
	def spent(self) -> Decimal:
		"""What the promotion cost: the discounts, what was taken off charges, and the free goods at what they cost us.

		A free unit costs its purchase, not its price: nobody says that it would have been sold otherwise.
		"""
		return self.discount + self.freight + self.gifts

	@property
	def given(self) -> Decimal:
		"""What customers got: the same, but free goods at their price. This is what a budget is charged with."""
		return self.discount + self.freight + self.gifts_price

	@property
	def margin(self) -> Decimal:
		"""What remained: revenue less the cost of all goods, of the lines whose cost is known, and less freight."""
		return self.valued - self.cost - self.freight

	@property
	def margin_percent(self) -> float | None:
		return ratio(self.margin, self.valued)

	@property
	def margin_before(self) -> Decimal:
		"""What the same goods would have brought at their prices before the promotion, without free ones."""
		return self.margin + self.valued_discount + self.freight + self.gifts

	@property
	def coverage(self) -> float | None:
		"""Of how much of the revenue the cost is known, in percent."""
		return ratio(self.valued, self.revenue)

	@property
	def break_even(self) -> float | None:
		"""See `break_even_uplift`; of the lines whose cost is known."""
		return break_even_uplift(self.margin_before - self.margin, self.margin_before)

	@property
	def revenue_per_unit_spent(self) -> float | None:
		"""The revenue that one unit of promotion cost came with: no effect, for some of it would have come anyway."""
		return float(self.revenue / self.spent) if self.spent > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
	"""Customers side by side: how many, the revenue of each as a sample, and the margin of all together."""

	revenue: Sample = field(default_factory=Sample)
	margin: Decimal = Decimal(0)

	@property
	def customers(self) -> int:
		return self.revenue.n

	@property
	def mean_margin(self) -> Decimal:
		return self.margin / self.customers if self.customers else Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uplift:
	"""What came in addition, and how that is known.

	`actual`: the revenue of the promoted products in the time of the promotion of those who could have it, `baseline`:
	what it would have been without; `margin` is the same difference of margins, after the promotion's cost. `verdict`:
	per customer, of the hold-out group only.
	"""

	method: Method = Method.NONE
	actual: Decimal = Decimal(0)
	baseline: Decimal = Decimal(0)
	margin: Decimal = Decimal(0)
	customers: int = 0
	held_out: int = 0
	verdict: Verdict | None = None

	@property
	def known(self) -> bool:
		return self.method is not Method.NONE

	@property
	def revenue(self) -> Decimal:
		"""Incremental sales: actual less baseline."""
		return self.actual - self.baseline

	@property
	def percent(self) -> float | None:
		"""Lift = incremental sales / baseline sales, in percent."""
		return ratio(self.revenue, self.baseline) if self.known else None

	@property
	def proven(self) -> bool:
		return bool(self.verdict and self.verdict.proven)

	def less(self, freight: Decimal) -> "Uplift":
		"""The same with what was taken off charges: it is in no line."""
		return replace(self, margin=self.margin - freight)

	def return_on(self, spent: Decimal) -> float | None:
		"""ROI = incremental margin after the promotion's cost / the promotion's cost, in percent.

		The margin of the promotion's time has the discounts taken off and the free goods paid already, so that the
		numerator is (incremental gross margin - cost), as in Farris et al. Below zero the promotion cost more than it
		brought; -100 % brought nothing.
		"""
		return ratio(self.margin, spent) if self.known else None


def against_hold_out(treated: Arm, held_out: Arm) -> Uplift:
	"""Those who could have the promotion against those held out by lot, by intention to treat.

	Baseline: the mean revenue of a customer held out, for each customer who could have it. Everybody who meets the
	conditions counts, whether buying or not, so that the arms differ by the lot alone.
	"""
	if not (treated.customers and held_out.customers):
		return Uplift(customers=treated.customers, held_out=held_out.customers)
	n = treated.customers
	verdict = difference_of_means(treated.revenue, held_out.revenue)
	return Uplift(
		method=Method.HOLD_OUT,
		actual=_total(treated.revenue.mean, n),
		baseline=_total(held_out.revenue.mean, n),
		margin=n * (treated.mean_margin - held_out.mean_margin),
		customers=n,
		held_out=held_out.customers,
		verdict=verdict,
	)


def against_before(during: Arm, before: Arm) -> Uplift:
	"""The promotion's time against the same number of days right before, of the same customers and products."""
	actual, baseline = (_total(arm.revenue.mean, arm.customers) for arm in (during, before))
	if baseline <= 0:
		return Uplift(actual=actual, customers=during.customers)
	return Uplift(
		method=Method.BEFORE,
		actual=actual,
		baseline=baseline,
		margin=during.margin - before.margin,
		customers=during.customers,
	)


def too_few(uplift: Uplift) -> bool:
	"""Whether an arm has too few customers for an interval."""
	return bool(uplift.verdict and uplift.verdict.reason == TOO_FEW)


def _total(mean: float, n: int) -> Decimal:
	return round(Decimal(mean) * n, 9)
