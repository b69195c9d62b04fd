# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The figures of a customer as one SELECT: the only place that knows their meaning (docs/profile.md). Pure.

The statement goes from documents to rows in three steps, each a derived table that is computed once:

1. `_sales`, `_orders`, `_deliveries`, `_issues` read each table once and give one line per customer and company.
2. `_totals` adds these lines up twice: for their company, and converted for all companies together.
3. `select_figures` derives what follows from the sums and puts the item groups, the contacts and the scores beside.

Between the steps customers and companies go by numbers (`who`, `scope`; scope 0 is all companies together):
grouping and sorting by names of 140 characters under a language's rules would take most of the time.

Places to fill: those of the slice and of the scopes, `as_of` and `life_years`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from crm_ext.profile.model import SCORES, Edges
from crm_ext.profile.slices import CustomerSlice

MONEY = (
	"revenue_7d",
	"revenue_30d",
	"revenue_90d",
	"revenue_365d",
	"revenue_lifetime",
	"revenue_previous_year",
	"outstanding",
	"overdue",
)
COUNTS = (
	"order_count",
	"invoice_count",
	"invoice_count_365d",
	"return_count",
	"open_issues",
	"issues_90d",
	"issues_365d",
)

FIGURES = (
	*MONEY,
	*COUNTS,
	"margin_365d",
	"margin_percent_365d",
	"margin_coverage",
	"average_order",
	"first_cooperation",
	"last_cooperation",
	"cooperation_days",
	"median_days_between_orders",
	"purchase_frequency",
	"top_item_group",
	"top_item_group_share",
	"item_groups",
	"item_group_mix",
	"last_contact",
	"last_email",
	"last_call",
	"last_meeting",
	"rfm_recency",
	"rfm_frequency",
	"rfm_monetary",
	"rfm",
	"lifetime_value",
)
"""The columns of Customer Profile that the statement computes, in its order."""

MISSING_WITHOUT = {
	"margin_percent_365d": "margin_coverage",
	"margin_coverage": "revenue_365d",
	"average_order": "invoice_count",
	"cooperation_days": "last_cooperation",
	"purchase_frequency": "last_cooperation",
	"top_item_group_share": "top_item_group",
	"lifetime_value": "invoice_count",
}
"""Frappe's number columns cannot be NULL: a 0 in one of these is a missing figure if the other column is empty too."""

NEVER_ZERO = frozenset({"median_days_between_orders", "rfm_recency", "rfm_frequency", "rfm_monetary"})


def read(column: str, alias: str = "p") -> str:
	"""The expression that reads a figure from a row of Customer Profile, NULL where it is missing."""
	if column in NEVER_ZERO:
		return f"NULLIF({alias}.{column}, 0)"
	if other := MISSING_WITHOUT.get(column):
		return f"IF({alias}.{column} = 0 AND ({alias}.{other} IS NULL OR {alias}.{other} = 0), NULL, {alias}.{column})"
	return f"{alias}.{column}"


@dataclass(frozen=True, slots=True)
class Scope:
	"""A company, or "" for all together: its currency, the rate to the reporting currency and its RFM edges.

	Without a rate, whoever bought from this company gets no figures for all companies together.
	"""

	company: str
	currency: str
	rate: Decimal | None
	edges: Edges | None = None


def scopes_table(scopes: Iterable[Scope]) -> tuple[str, dict]:
	"""The scopes as a derived table, with the values for its places; "" must be among them and gets the number 0."""
	rows = []
	params: dict[str, object] = {}
	for number, scope in enumerate(sorted(scopes, key=lambda scope: scope.company)):
		edges = scope.edges or Edges()
		values = {
			"number": number,
			"company": scope.company,
			"currency": scope.currency,
			"rate": scope.rate,
			"scored": int(scope.edges is not None),
			**{f"r{score}": edge for score, edge in zip(SCORES, edges.recency, strict=True)},
			**{f"f{score}": edge for score, edge in zip(SCORES, edges.frequency, strict=True)},
			**{f"m{score}": edge for score, edge in zip(SCORES, edges.monetary, strict=True)},
		}
		params |= {f"scope{number}_{key}": value for key, value in values.items()}
		rows.append("SELECT " + ", ".join(f"%(scope{number}_{key})s AS {key}" for key in values))
	return "(" + " UNION ALL ".join(rows) + ")", params


def select_figures(customers: CustomerSlice, scopes: str) -> str:
	"""One row per customer and scope: customer, company, currency and FIGURES.

	Every customer has the row of all companies; a company has one where there are documents or was a profile row.
	`scopes` is the table that `scopes_table` made.
	"""
	return f"""
		SELECT c.name AS customer, sc.company, sc.currency,
			{", ".join(f"COALESCE(t.{column}, 0) AS {column}" for column in (*MONEY, *COUNTS))},
			COALESCE(m.margin, 0) AS margin_365d,
			COALESCE(100 * m.margin / NULLIF(m.valued, 0), 0) AS margin_percent_365d,
			COALESCE(100 * m.valued / NULLIF(m.amount, 0), 0) AS margin_coverage,
			COALESCE({_AVERAGE_ORDER}, 0) AS average_order,
			t.first_cooperation, t.last_cooperation,
			COALESCE({_COOPERATION_DAYS}, 0) AS cooperation_days,
			COALESCE(t.median_days_between_orders, 0) AS median_days_between_orders,
			COALESCE({_PURCHASE_FREQUENCY}, 0) AS purchase_frequency,
			m.top_item_group, COALESCE(m.top_item_group_share, 0) AS top_item_group_share,
			m.item_groups, m.item_group_mix,
			k.last_contact, k.last_email, k.last_call, k.last_meeting,
			{_scores()},
			COALESCE({_AVERAGE_ORDER} * {_PURCHASE_FREQUENCY} * %(life_years)s, 0) AS lifetime_value
		FROM ({_totals(customers, scopes)}) t
		JOIN {_numbered(customers)} c ON c.who = t.who
		JOIN {scopes} sc ON sc.number = t.scope
		LEFT JOIN ({_item_groups(customers, scopes)}) m ON m.who = t.who AND m.scope = t.scope
		LEFT JOIN ({_contacts(customers)}) k ON k.who = t.who
	"""


_COOPERATION_DAYS = "DATEDIFF(%(as_of)s, t.first_cooperation)"
_AVERAGE_ORDER = "t.revenue_lifetime / NULLIF(t.invoice_count, 0)"
_PURCHASE_FREQUENCY = f"t.invoice_count * 365 / GREATEST({_COOPERATION_DAYS}, 365)"


def scores_of(recency_days: str, frequency: str, monetary: str, known: str) -> dict[str, str]:
	"""The expressions of the three scores and of their joint text, for a row joined with its scope `sc`."""
	scores = {
		"rfm_recency": _score(recency_days, "<=", "r"),
		"rfm_frequency": _score(frequency, ">=", "f"),
		"rfm_monetary": _score(monetary, ">=", "m"),
	}
	text = f"IF({known} AND sc.scored, CONCAT({', '.join(scores.values())}), NULL)"
	return {
		**{column: f"IF({known} AND sc.scored, {score}, 0)" for column, score in scores.items()},
		"rfm": text,
	}


def _score(value: str, comparison: str, measure: str) -> str:
	cases = " ".join(
		f"WHEN {value} {comparison} sc.{measure}{score} THEN {score}" for score in reversed(SCORES)
	)
	return f"CASE {cases} ELSE 1 END"


def _scores() -> str:
	scores = scores_of(
		"DATEDIFF(%(as_of)s, t.last_cooperation)",
		"COALESCE(t.invoice_count_365d, 0)",
		"COALESCE(t.revenue_365d, 0)",
		"t.last_cooperation IS NOT NULL",
	)
	return ", ".join(f"{score} AS {column}" for column, score in scores.items())


def _numbered(customers: CustomerSlice) -> str:
	"""The customers of the slice with a number each, the same wherever it appears in the statement."""
	return f"""(SELECT name, ROW_NUMBER() OVER (ORDER BY name) AS who
		FROM `tabCustomer` WHERE {customers.named("name")})"""


_BOTH = "(SELECT 0 AS whole UNION ALL SELECT 1) w"
"""Everything counts twice: for its own scope and for all companies together."""


# Step 2: sums per scope
# ----------------------


def _totals(customers: CustomerSlice, scopes: str) -> str:
	"""The lines of step 1, added up per customer and scope.

	A sum to which a company without an exchange rate belongs is left out, not counted short.
	"""
	money = ", ".join(f"SUM(x.{column} * IF(w.whole, x.rate, 1)) AS {column}" for column in MONEY)
	counts = ", ".join(f"SUM(x.{column}) AS {column}" for column in COUNTS)
	return f"""
		SELECT x.who, IF(w.whole, 0, x.scope) AS scope, {money}, {counts},
			MIN(x.first_cooperation) AS first_cooperation, MAX(x.last_cooperation) AS last_cooperation,
			MAX(IF(w.whole, x.median_all, x.median_company)) AS median_days_between_orders
		FROM ({" UNION ALL ".join(_lines(customers, scopes))}) x
		JOIN {_BOTH} ON w.whole OR x.scope > 0
		GROUP BY x.who, IF(w.whole, 0, x.scope)
		HAVING SUM(w.whole AND x.rate IS NULL) = 0
	"""


_DATES = ("first_cooperation", "last_cooperation", "median_all", "median_company")


def _line(figures: Mapping[str, str], source: str) -> str:
	"""A SELECT of step 1: `figures` gives what the source knows, the rest is NULL."""
	columns = ", ".join(f"{figures.get(column, 'NULL')} AS {column}" for column in (*MONEY, *COUNTS, *_DATES))
	keys = ", ".join(figures.get(key, default) + f" AS {key}" for key, default in _DEFAULT_KEYS.items())
	return f"SELECT {keys}, {columns} {source}"


_DEFAULT_KEYS = {"who": "c.who", "scope": "sc.number", "rate": "sc.rate"}


def _lines(customers: CustomerSlice, scopes: str) -> list[str]:
	return [
		_line({"scope": "0", "rate": "1"}, f"FROM {_numbered(customers)} c"),
		_line({}, f"FROM {_from(customers, scopes, 'Customer Profile')} WHERE d.company <> ''"),
		_sales(customers, scopes),
		_orders(customers, scopes),
		_deliveries(customers, scopes),
		_issues(customers, scopes),
	]


def _from(customers: CustomerSlice, scopes: str, doctype: str, *, or_none: bool = False) -> str:
	"""The documents `d` of the customers `c` with their scope `sc`, read by the index of the customer.

	With `or_none`, a document without a company belongs to scope 0.
	"""
	company = "COALESCE(d.company, '')" if or_none else "d.company"
	return f"""{_numbered(customers)} c
		STRAIGHT_JOIN `tab{doctype}` d ON d.customer = c.name
		STRAIGHT_JOIN {scopes} sc ON sc.company = {company}"""


# Step 1: one line per customer and company from each table
# ---------------------------------------------------------


def _within(column: str, days: int) -> str:
	"""Whether a document's day lies within the window of `days` that ends with `as_of`."""
	return f"{column} > %(as_of)s - INTERVAL {days} DAY AND {column} <= %(as_of)s"


def _sales(customers: CustomerSlice, scopes: str) -> str:
	revenue = {f"revenue_{n}d": f"SUM(IF({_within('day', n)}, net, 0))" for n in (7, 30, 90, 365)}
	previous_year = "day <= %(as_of)s - INTERVAL 365 DAY AND day > %(as_of)s - INTERVAL 730 DAY"
	return _line(
		{
			"who": "who",
			"scope": "scope",
			"rate": "rate",
			**revenue,
			"revenue_lifetime": "SUM(net)",
			"revenue_previous_year": f"SUM(IF({previous_year}, net, 0))",
			"outstanding": "SUM(outstanding)",
			"overdue": "SUM(IF(outstanding > 0 AND due_date < %(as_of)s, outstanding, 0))",
			"invoice_count": "SUM(is_sale)",
			"invoice_count_365d": f"SUM(is_sale AND {_within('day', 365)})",
			"return_count": "SUM(is_refund)",
			"first_cooperation": "MIN(IF(is_sale, day, NULL))",
			"last_cooperation": "MAX(IF(is_sale, day, NULL))",
			"median_all": "MAX(median_all)",
			"median_company": "MAX(median_company)",
		},
		f"FROM ({_medians(customers, scopes)}) sales GROUP BY who, scope, rate",
	)


def _medians(customers: CustomerSlice, scopes: str) -> str:
	return f"""
		SELECT gaps.*,
			MEDIAN(gap_all) OVER (PARTITION BY who) AS median_all,
			MEDIAN(gap_company) OVER (PARTITION BY who, scope) AS median_company
		FROM ({_gaps(customers, scopes)}) gaps
	"""


def _gaps(customers: CustomerSlice, scopes: str) -> str:
	"""The invoices with the days since the invoice before; NULL on the same day, so that only days count."""
	return f"""
		SELECT invoices.*,
			IF(is_sale, NULLIF(DATEDIFF(day, LAG(day) OVER (
				PARTITION BY who, is_sale ORDER BY day)), 0), NULL) AS gap_all,
			IF(is_sale, NULLIF(DATEDIFF(day, LAG(day) OVER (
				PARTITION BY who, scope, is_sale ORDER BY day)), 0), NULL) AS gap_company
		FROM ({_invoices(customers, scopes)}) invoices
	"""


_NO_OPENING = "COALESCE(d.is_opening, 'No') <> 'Yes'"

BRINGS_REVENUE = {
	"Sales Invoice": f"d.docstatus = 1 AND d.is_consolidated = 0 AND {_NO_OPENING}",
	"POS Invoice": f"d.docstatus = 1 AND {_NO_OPENING}",
}
"""Which documents `d` bring revenue: their `base_net_total` in the company's currency, on their `posting_date`."""

IS_SALE = {
	"Sales Invoice": "d.is_return = 0 AND d.is_debit_note = 0",
	"POS Invoice": "d.is_return = 0",
}
"""Which of them are a sale, and not only a correction of one."""


def _invoices(customers: CustomerSlice, scopes: str) -> str:
	"""The submitted invoices; what does not count as a sale still counts as debt."""
	counts = f"{BRINGS_REVENUE['Sales Invoice']} AND d.posting_date <= %(as_of)s"
	return f"""
		SELECT c.who, sc.number AS scope, sc.rate, d.posting_date AS day, d.due_date,
			IF({counts}, d.base_net_total, 0) AS net,
			{counts} AND {IS_SALE["Sales Invoice"]} AS is_sale,
			{counts} AND d.is_return = 1 AS is_refund,
			d.outstanding_amount * IF(d.party_account_currency = sc.currency, 1, d.conversion_rate)
				AS outstanding
		FROM {_from(customers, scopes, "Sales Invoice")}
		WHERE d.docstatus = 1
		UNION ALL
		SELECT c.who, sc.number, sc.rate, d.posting_date, NULL, d.base_net_total,
			{IS_SALE["POS Invoice"]}, d.is_return = 1, 0
		FROM {_from(customers, scopes, "POS Invoice")}
		WHERE {BRINGS_REVENUE["POS Invoice"]} AND d.posting_date <= %(as_of)s
	"""


def _orders(customers: CustomerSlice, scopes: str) -> str:
	return _line(
		{
			"order_count": "COUNT(*)",
			"first_cooperation": "MIN(d.transaction_date)",
			"last_cooperation": "MAX(d.transaction_date)",
		},
		f"""FROM {_from(customers, scopes, "Sales Order")}
			WHERE d.docstatus = 1 AND d.transaction_date <= %(as_of)s
			GROUP BY c.who, sc.number, sc.rate""",
	)


def _deliveries(customers: CustomerSlice, scopes: str) -> str:
	return _line(
		{"first_cooperation": "MIN(d.posting_date)", "last_cooperation": "MAX(d.posting_date)"},
		f"""FROM {_from(customers, scopes, "Delivery Note")}
			WHERE d.docstatus = 1 AND d.is_return = 0 AND d.posting_date <= %(as_of)s
			GROUP BY c.who, sc.number, sc.rate""",
	)


def _issues(customers: CustomerSlice, scopes: str) -> str:
	"""Issues by their company; those without one count for all companies together only."""
	return _line(
		{
			"open_issues": "SUM(d.status NOT IN ('Resolved', 'Closed'))",
			"issues_90d": f"SUM({_within('d.opening_date', 90)})",
			"issues_365d": f"SUM({_within('d.opening_date', 365)})",
		},
		f"""FROM {_from(customers, scopes, "Issue", or_none=True)}
			WHERE d.opening_date <= %(as_of)s
			GROUP BY c.who, sc.number, sc.rate""",
	)


# Beside the sums: item groups, margin and contacts
# -------------------------------------------------


def _item_groups(customers: CustomerSlice, scopes: str) -> str:
	"""The lines of the last 365 days: per customer and scope the item groups and the margin.

	`valued` is the revenue of the lines whose valuation is known, `amount` that of all.
	"""
	bought = "IF(g.item_group <> '' AND g.amount > 0, {}, NULL)"
	return f"""
		SELECT g.who, g.scope, SUM(g.amount) AS amount, SUM(g.valued) AS valued, SUM(g.margin) AS margin,
			CONCAT('|', GROUP_CONCAT({bought.format("g.item_group")} ORDER BY g.item_group SEPARATOR '|'), '|')
				AS item_groups,
			CONCAT('{{', GROUP_CONCAT(
				IF(g.item_group <> '', CONCAT(JSON_QUOTE(g.item_group), ': ', ROUND(g.amount, 2)), NULL)
				ORDER BY g.item_group SEPARATOR ', '), '}}') AS item_group_mix,
			SUBSTRING_INDEX(GROUP_CONCAT({bought.format("g.item_group")}
				ORDER BY g.amount DESC, g.item_group SEPARATOR '|'), '|', 1) AS top_item_group,
			100 * MAX({bought.format("g.amount")}) / SUM({bought.format("g.amount")}) AS top_item_group_share
		FROM (
			SELECT x.who, IF(w.whole, 0, x.scope) AS scope, x.item_group,
				SUM(x.amount * IF(w.whole, x.rate, 1)) AS amount,
				SUM(x.valued * IF(w.whole, x.rate, 1)) AS valued,
				SUM(x.margin * IF(w.whole, x.rate, 1)) AS margin
			FROM ({_sold_lines(customers, scopes)}) x
			JOIN {_BOTH}
			GROUP BY x.who, IF(w.whole, 0, x.scope), x.item_group
		) g
		GROUP BY g.who, g.scope
	"""


def _sold_lines(customers: CustomerSlice, scopes: str) -> str:
	"""The lines per customer, company and item group. Lines of POS Invoices carry no valuation."""
	year = _within("d.posting_date", 365)
	item_group = "COALESCE(l.item_group, '') COLLATE utf8mb4_bin"
	return f"""
		SELECT c.who, sc.number AS scope, sc.rate, {item_group} AS item_group,
			SUM(l.base_net_amount) AS amount,
			SUM(IF(l.incoming_rate > 0, l.base_net_amount, 0)) AS valued,
			SUM(IF(l.incoming_rate > 0, l.base_net_amount - l.incoming_rate * l.stock_qty, 0)) AS margin
		FROM {_from(customers, scopes, "Sales Invoice")}
		STRAIGHT_JOIN `tabSales Invoice Item` l ON l.parent = d.name
		WHERE {BRINGS_REVENUE["Sales Invoice"]} AND {year}
		GROUP BY c.who, sc.number, sc.rate, {item_group}
		UNION ALL
		SELECT c.who, sc.number, sc.rate, {item_group}, SUM(l.base_net_amount), 0, 0
		FROM {_from(customers, scopes, "POS Invoice")}
		STRAIGHT_JOIN `tabPOS Invoice Item` l ON l.parent = d.name
		WHERE {BRINGS_REVENUE["POS Invoice"]} AND {year}
		GROUP BY c.who, sc.number, sc.rate, {item_group}
	"""


_MEDIA = {
	"last_email": "('Email')",
	"last_call": "('Phone', 'Chat', 'SMS')",
	"last_meeting": "('Meeting', 'Visit', 'Event')",
}


def _contacts(customers: CustomerSlice) -> str:
	"""The last day of each kind of contact; it belongs to the customer, whatever the company."""
	days = ", ".join(f"MAX(IF(medium IN {media}, day, NULL)) AS {column}" for column, media in _MEDIA.items())
	when = "DATE(COALESCE(d.communication_date, d.creation))"
	return f"""
		SELECT who, MAX(day) AS last_contact, {days}
		FROM (
			SELECT c.who, d.communication_medium AS medium, {when} AS day
			FROM {_numbered(customers)} c
			STRAIGHT_JOIN `tabCommunication` d ON d.reference_doctype = 'Customer' AND d.reference_name = c.name
			WHERE d.communication_type = 'Communication'
			UNION ALL
			SELECT c.who, d.communication_medium, {when}
			FROM {_numbered(customers)} c
			STRAIGHT_JOIN `tabCommunication Link` link
				ON link.link_doctype = 'Customer' AND link.link_name = c.name
			STRAIGHT_JOIN `tabCommunication` d ON d.name = link.parent
			WHERE d.communication_type = 'Communication'
		) contacts
		WHERE day <= %(as_of)s
		GROUP BY who
	"""
