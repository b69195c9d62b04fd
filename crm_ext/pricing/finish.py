# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The end of the waterfall: what ERPNext, the seller or the document before did to the automatic price."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from frappe.utils import flt

from crm_ext.exceptions import UnreadableEvidence
from crm_ext.pricing import waterfall, words
from crm_ext.pricing.agreed import Source, source_of
from crm_ext.pricing.model import Did, Step
from crm_ext.pricing.native_rules import applied
from crm_ext.pricing.store import number


def finish_document(doc) -> None:
	"""Complete the waterfall of each line with what was done to its price. To be called after ERPNext's totals."""
	for row in doc.get("items"):
		if not row.get("crm_ext_price_steps"):
			continue
		try:
			told = waterfall.load(row.crm_ext_price_steps)
			if told["price"] is None:
				continue  # a rule observed a line that has no price
			finished = _finish(told, doc, row)
			if finished != told:
				row.crm_ext_price_reason = words.reason(finished)
				row.crm_ext_price_steps = waterfall.dump(finished)
		except (UnreadableEvidence, ValueError, TypeError, KeyError, AttributeError, ArithmeticError):
			continue  # what a program wrote there is no reason to refuse its document


def _finish(told: Mapping, doc, row) -> Mapping:
	rate = number(flt(row.rate, row.precision("rate")))
	if (source := source_of(row)) and not row.flags.crm_ext_anew:
		return _follow(told, source, source.name or doc.get("return_against") or "", rate)
	return waterfall.finish(
		told, _afterwards(row, Decimal(told.get("promoted") or told["price"]), rate), rate
	)


def _afterwards(row, price: Decimal, rate: Decimal) -> Iterator[Step]:
	"""From the automatic price to the rate: margin, then rules of ERPNext or what somebody typed."""
	if row.get("margin_type") and not row.get("pricing_rules") and row.get("rate_with_margin"):
		with_margin = number(flt(row.rate_with_margin, row.precision("rate")))
		if with_margin not in (price, rate):
			detail = {"type": row.margin_type, "value": waterfall.text(number(row.margin_rate_or_amount))}
			yield Step(did=Did.MARGIN, before=price, after=with_margin, detail=detail)
			price = with_margin
	if rate == price:
		return
	if row.get("pricing_rules"):
		yield Step(did=Did.NATIVE, before=price, after=rate, detail={"rules": applied(row)})
	else:
		did = Did.LOCKED if row.get("crm_ext_price_locked") else Did.MANUAL
		percent = number(row.get("discount_percentage"))
		yield Step(
			did=did,
			before=price,
			after=rate,
			detail={"discount_percentage": waterfall.text(percent)} if percent else {},
		)


def _follow(told: Mapping, source: Source, name: str, rate: Decimal) -> Mapping:
	"""The waterfall that came along with the goods: where from, and what was changed since."""
	detail = {"doctype": source.doctype, "name": name}
	steps = list(told["steps"])
	known = [
		place
		for place, step in enumerate(steps)
		if step["did"] == Did.SOURCE.value and step["detail"] == detail
	]
	steps = steps[: known[-1]] if known else steps
	agreed = Decimal(steps[-1]["after"]) if steps else rate
	more = [Step(did=Did.SOURCE, before=agreed, after=agreed, detail=detail)]
	if rate != agreed:
		more.append(Step(did=Did.MANUAL, before=agreed, after=rate))
	return waterfall.append({**told, "steps": steps}, more, rate)
