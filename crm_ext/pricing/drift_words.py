# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What the nightly check says of a price, in the language of the site."""

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum

from frappe import _
from frappe.utils import fmt_money, format_datetime, get_fullname

from crm_ext.pricing.agreed import Source
from crm_ext.pricing.agreed_rates import AgreedRate
from crm_ext.pricing.model import Did
from crm_ext.pricing.waterfall import Replay


class Kind(str, Enum):
	"""How a price deviates."""

	REPLAY = "Does Not Replay"
	CHANGED = "Changed Afterwards"
	SOURCE = "Differs from Source"


def unreadable() -> str:
	return _("What is stored as the reasons of this price cannot be read.")


def broken(waterfall: Mapping, replayed: Replay) -> str:
	"""Where the waterfall does not lead on."""
	currency = waterfall["currency"]
	leads_to = _money(replayed.replayed, currency)
	if not replayed.broken:
		return _("The steps of the price lead to {0}, and {1} is stored as the result.").format(
			leads_to, _money(replayed.recorded, currency)
		)
	step = waterfall["steps"][replayed.broken - 1]
	rule = step["by"][1] if step.get("by") else ""
	after = _money(Decimal(step["after"]), currency)
	if rule:
		return _("Step {0} of the price, by {1}, leads to {2}, and {3} is stored.").format(
			replayed.broken, rule, leads_to, after
		)
	return _("Step {0} of the price leads to {1}, and {2} is stored.").format(
		replayed.broken, leads_to, after
	)


def changed(row, recorded: Decimal, rate: Decimal) -> str:
	"""The rate was changed past the price, as “Update Items” does."""
	return _(
		"The price was {0} when its reasons were stored, and was changed to {1} since. The document was last changed by {2} on {3}."
	).format(
		_money(recorded, row.currency),
		_money(rate, row.currency),
		get_fullname(row.modified_by),
		format_datetime(row.modified),
	)


def differs(row, source: Source, agreed: AgreedRate, waterfall: Mapping | None) -> str:
	"""Why a line does not have the price of the line it was made from, as far as its waterfall tells."""
	document = f"{_(source.doctype)} {agreed.document}"
	per_unit = _("{0} per {1}").format(_money(agreed.rate, agreed.currency), _(agreed.uom))
	return _("{0} has {1}. {2}").format(document, per_unit, _why(agreed, waterfall))


def _why(agreed: AgreedRate, waterfall: Mapping | None) -> str:
	steps = waterfall["steps"] if waterfall else []
	sources = [step for step in steps if step["did"] == Did.SOURCE.value]
	if sources and Decimal(sources[-1]["after"]) != agreed.rate:
		return _("It had {0} when this line was made: it was changed since.").format(
			_money(Decimal(sources[-1]["after"]), agreed.currency)
		)
	last = steps[-1]["did"] if steps else ""
	if last in (Did.MANUAL.value, Did.LOCKED.value):
		return _("The price of this line was changed by hand.")
	if last in (Did.NATIVE.value, Did.MARGIN.value):
		return _("A pricing rule or margin of ERPNext changed the price of this line.")
	return _("Nothing stored with this line says why.")


def _money(amount: Decimal | None, currency: str) -> str:
	return fmt_money(float(amount or 0), currency=currency)
