# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The facts of events, which conditions of linkage rules may ask about beside those of the customer."""

from crm_ext.rules.facts import Fact, FactType

DOCUMENT_AMOUNT = "document_amount"
DOCUMENT_COMPANY = "document_company"
DOCUMENT_ITEM_GROUPS = "document_item_groups"
DOCUMENT_ORDINAL = "document_ordinal"

DOCUMENT_FACTS = (DOCUMENT_AMOUNT, DOCUMENT_COMPANY, DOCUMENT_ITEM_GROUPS, DOCUMENT_ORDINAL)
ISSUE_FACTS = ("issue_priority", "issue_type", "issue_status")
OCCASION_FACTS = ("occasion_date", "occasion_years")
SURVEY_FACTS = ("survey_name", "survey_score")


def facts() -> list[Fact]:
	"""Registered through the hook `crm_ext_facts`. None has SQL, for each belongs to one event."""
	return [
		Fact(
			name=DOCUMENT_AMOUNT,
			label="Document: Net Amount",
			type=FactType.MONEY,
			source="event",
		),
		Fact(
			name=DOCUMENT_COMPANY,
			label="Document: Company",
			type=FactType.TEXT,
			source="event",
			options="Company",
		),
		Fact(
			name=DOCUMENT_ITEM_GROUPS,
			label="Document: Item Groups",
			type=FactType.SET,
			source="event",
			options="Item Group",
			tree=True,
		),
		Fact(
			name=DOCUMENT_ORDINAL,
			label="Document: Number of Its Kind",
			type=FactType.NUMBER,
			unit="1 = first",
			source="event",
			whole=True,
		),
		Fact(
			name="issue_priority",
			label="Issue: Priority",
			type=FactType.TEXT,
			source="event",
			options="Issue Priority",
		),
		Fact(
			name="issue_type",
			label="Issue: Type",
			type=FactType.TEXT,
			source="event",
			options="Issue Type",
		),
		Fact(name="issue_status", label="Issue: Status", type=FactType.TEXT, source="event"),
		Fact(name="occasion_date", label="Occasion: Date", type=FactType.DATE, source="event"),
		Fact(
			name="occasion_years",
			label="Occasion: Years",
			type=FactType.NUMBER,
			source="event",
			whole=True,
		),
		Fact(name="survey_name", label="Survey: Name", type=FactType.TEXT, source="event"),
		Fact(name="survey_score", label="Survey: Score", type=FactType.NUMBER, source="event"),
	]
