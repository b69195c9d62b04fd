# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The result of a promotion for people: its figures as they may be seen, how they came about, and what they cannot tell."""

from frappe import _
from frappe.utils import fmt_money, formatdate

from crm_ext.pricing.costs import may_see_costs
from crm_ext.pricing.promotions.figures import told
from crm_ext.pricing.promotions.result import Result
from crm_ext.pricing.promotions.result_model import Method, Uplift, too_few
from crm_ext.rules.statistics import FEW_LARGE, SMALLEST_ARM


def answer(result: Result) -> dict:
	"""{promotion, company, currency, from, to, days, figures, uplift, return_on_cost, break_even, verdict, method, limits}.

	What tells the cost of goods is None for who may not read it.
	"""
	figures, uplift, may = result.promoted, result.uplift, may_see_costs()
	return {
		"promotion": result.promotion,
		"company": result.company,
		"currency": result.currency,
		"from": str(result.start),
		"to": str(result.end),
		"days": result.days,
		"figures": {
			**told(figures),
			"customers": figures.customers,
			"revenue_per_unit_spent": figures.revenue_per_unit_spent if may else None,
		},
		"uplift": {
			"method": uplift.method.value,
			"label": method_label(uplift.method),
			"actual": float(uplift.actual),
			"baseline": float(uplift.baseline),
			"revenue": float(uplift.revenue) if uplift.known else None,
			"percent": uplift.percent,
			"margin": float(uplift.margin) if uplift.known and may else None,
			"customers": uplift.customers,
			"held_out": uplift.held_out,
			"proven": uplift.proven,
		},
		"return_on_cost": result.return_on_cost if may else None,
		"break_even": figures.break_even if may else None,
		"verdict": verdict(result),
		"method": method(result),
		"limits": limits(result),
	}


def method_label(method: Method) -> str:
	return {
		Method.HOLD_OUT: _("against the hold-out group"),
		Method.BEFORE: _("against the same number of days before"),
		Method.NONE: _("nothing to compare with"),
	}[method]


def verdict(result: Result) -> str:
	"""Whether the uplift is more than chance, in a sentence."""
	uplift = result.uplift
	if uplift.method is Method.BEFORE:
		return _("A difference of times, and no proof: whatever else changed meanwhile is in it.")
	if uplift.method is Method.NONE:
		return _why_none(uplift)
	found = uplift.verdict
	if too_few(uplift):
		return _("Not proven: fewer than {0} customers on one side.").format(SMALLEST_ARM)
	low, high = (fmt_money(value, currency=result.currency) for value in (found.low, found.high))
	if found.proven:
		return _("Proven at 95 %: between {0} and {1} per customer.").format(low, high)
	if found.reason == FEW_LARGE:
		return _("Not proven: few large customers make the difference.")
	return _("Not proven: chance alone would bring between {0} and {1} per customer.").format(low, high)


def _why_none(uplift: Uplift) -> str:
	if uplift.held_out or not uplift.customers:
		return _("No uplift can be told: one side has no customers.")
	return _("No uplift can be told: there is nothing to compare with.")


def method(result: Result) -> list[str]:
	"""How the figures came about."""
	uplift = result.uplift
	during = (formatdate(result.start), formatdate(result.end))
	told = [
		_(
			"Revenue, cost and margin are those of the invoiced lines that got the promotion, returns deducted, without"
			" tax."
		),
		_("The promotion cost what was taken off these lines, and what its free goods cost in purchase."),
	]
	if uplift.method is Method.HOLD_OUT:
		told.append(
			_(
				"Uplift: what {0} customers who could have the promotion bought of its products from {1} to {2}, against"
				" what they would have bought if each had bought as the {3} customers held out by lot did on average."
			).format(uplift.customers, *during, uplift.held_out)
		)
	elif uplift.method is Method.BEFORE:
		first, last = map(formatdate, result.before)
		told.append(
			_(
				"Uplift: what {0} customers bought of its products from {1} to {2}, against what they bought of them in the"
				" {3} days right before, from {4} to {5}."
			).format(uplift.customers, *during, result.days, first, last)
		)
	if uplift.known:
		told.append(
			_(
				"Return on investment: the margin in addition, after discounts and free goods, in percent of what the"
				" promotion cost. At 0 % it paid for itself; at -100 % it brought nothing."
			)
		)
	told.append(
		_("Break-even: by so much sales must grow for the margin to be what it was without the promotion.")
	)
	return told


def limits(result: Result) -> list[str]:
	"""What the figures cannot tell."""
	uplift = result.uplift
	told = []
	if uplift.known:
		told.append(
			_(
				"Who meets the conditions is judged by the facts of today. Customers who buy nothing count too."
			)
		)
	if uplift.method is Method.HOLD_OUT:
		told.append(_("If the share held out was changed meanwhile, the two sides are not alike."))
	if uplift.method is Method.BEFORE:
		told += [
			_("Season, growth, other prices and other promotions are in the difference as well."),
			_("What customers would have bought later, or put off before, is not seen."),
		]
	if result.promoted.coverage is not None and result.promoted.coverage < 99.95:
		told.append(_("Margins are those of the lines whose cost is known."))
	return told
