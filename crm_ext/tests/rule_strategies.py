# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Hypothesis strategies: conditions as people write them, and customers that lie close to their thresholds."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from crm_ext.exceptions import NoExchangeRate
from crm_ext.rules.conditions import IN_THE_LAST, MORE_THAN_AGO, PRESENCE, UNITS, Condition, operators_of
from crm_ext.rules.facts import NUMERIC, SET_SEPARATOR, Fact, FactRegistry, FactType

COLUMNS = {
	"revenue": "decimal(21,9)",
	"invoices": "int(11)",
	"margin": "decimal(21,9)",
	"days": "int(11)",
	"last_order": "date",
	"last_contact": "datetime(6)",
	"industry": "varchar(140)",
	"remark": "longtext",
	"territory": "varchar(140)",
	"tags": "text",
	"item_groups": "longtext",
}
"""The column types that Frappe gives to the facts' fields."""

FACTS = FactRegistry(
	[
		Fact(name="revenue", label="Revenue", type=FactType.MONEY, sql="r.revenue"),
		Fact(name="invoices", label="Invoices", type=FactType.NUMBER, sql="r.invoices"),
		Fact(name="margin", label="Margin", type=FactType.NUMBER, sql="r.margin + 0"),
		Fact(name="days", label="Days", type=FactType.DURATION, sql="r.days"),
		Fact(name="last_order", label="Last Order", type=FactType.DATE, sql="r.last_order"),
		Fact(name="last_contact", label="Last Contact", type=FactType.DATE, sql="r.last_contact"),
		Fact(name="industry", label="Industry", type=FactType.TEXT, sql="r.industry"),
		Fact(name="remark", label="Remark", type=FactType.TEXT, sql="r.remark"),
		Fact(
			name="territory",
			label="Territory",
			type=FactType.TEXT,
			options="Territory",
			tree=True,
			sql="r.territory",
		),
		Fact(name="tags", label="Tags", type=FactType.SET, sql="r.tags"),
		Fact(
			name="item_groups",
			label="Item Groups",
			type=FactType.SET,
			options="Item Group",
			tree=True,
			sql="r.item_groups",
		),
	]
)

TREE = {
	"华东": frozenset({"华东", "上海", "O'Fallon", "50%"}),
	"All": frozenset({"All", "华东", "上海", "O'Fallon", "50%", "Rétail", "retail", "a|b", "back\\slash"}),
	"50%": frozenset({"50%"}),
	"Rétail": frozenset({"Rétail", "retail"}),
}

RATES = {"USD": Decimal("7.1234"), "JPY": Decimal("0.0487"), "BHD": Decimal(1) / Decimal("0.0527")}

NAMES = (
	*("Retail", "retail", "Rétail", "Retail ", " Retail", "零售", "零售 ", "上海", "O'Fallon", 'say "so"'),
	*(
		"50%",
		"%s",
		"%(x)s",
		"back\\slash",
		"\\",
		"😀",
		"😁",
		"A, B",
		"甲，乙",
		"x_y",
		"xzy",
		"ß",
		"ss",
		"é",
		"e\u0301",
	),
	*("a\tb", "a\nb", "NULL", "0", "''", "--", ";", "ﬁ", "fi", "ı", "I"),
)

AMOUNTS = tuple(
	map(
		Decimal,
		(
			*("0", "-0.01", "0.000000001", "-0.000000001", "99999.999999999", "100000", "100000.000000001"),
			*(
				"499999.99",
				"500000",
				"500000.01",
				"0.1",
				"0.3",
				"999999999999.999999999",
				"123456789012.123456789",
			),
			*("123456789012.123456788", "-500000", "71234", "4870", "14.5", "9007199254740993e-6"),
		),
	)
)

DAYS_BACK = (
	0,
	1,
	2,
	27,
	28,
	29,
	30,
	31,
	32,
	58,
	59,
	60,
	61,
	62,
	89,
	90,
	91,
	92,
	182,
	184,
	364,
	365,
	366,
	731,
	-1,
	-31,
)

MONTH_ENDS = (
	*("2024-02-29", "2024-03-31", "2023-03-31", "2025-02-28", "2026-05-31", "2026-08-30", "2024-12-31"),
	*("2025-01-01", "2028-02-29", "2025-03-01"),
)

days = st.one_of(
	st.sampled_from(MONTH_ENDS).map(date.fromisoformat), st.dates(date(2023, 1, 1), date(2029, 12, 31))
)
amounts = st.one_of(
	st.sampled_from(AMOUNTS),
	st.decimals(min_value=-(10**6), max_value=10**12 - 1, places=9),
	st.decimals(min_value=0, max_value=10**6, places=2),
)
counts = st.one_of(st.integers(-1, 5), st.sampled_from([30, 90, 365, 366, 730]))
names = st.one_of(
	st.sampled_from(NAMES),
	st.sampled_from(NAMES),
	st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=6),
)
members = names.filter(lambda name: SET_SEPARATOR not in name)


@dataclass(frozen=True)
class Day:
	"""A context of conditions for one day, in yuan, with the rates and the tree above."""

	as_of: date
	currency: str = "CNY"

	def convert(self, amount: Decimal, from_currency: str) -> Decimal:
		if from_currency not in RATES:
			raise NoExchangeRate(from_currency=from_currency, to_currency=self.currency)
		return amount * RATES[from_currency]

	def descendants(self, doctype: str, name: str) -> frozenset[str]:
		return TREE.get(name, frozenset())


def raw_values(fact: Fact, as_of: date) -> st.SearchStrategy:
	"""A value as the column of the fact may hold it; None or an empty text where it is missing."""
	if COLUMNS[fact.name].startswith("int"):
		return st.none() | counts
	if fact.type in NUMERIC:
		return st.none() | amounts
	if fact.type is FactType.DATE:
		back = st.sampled_from(DAYS_BACK).map(lambda n: as_of - timedelta(days=n))
		clock = st.sampled_from(["", " 00:00:00", " 13:45:10.250000", " 23:59:59.999999"])
		if COLUMNS[fact.name] == "date":
			return st.none() | back
		return st.none() | st.builds(lambda day, time: f"{day}{time or ' 00:00:00'}", back, clock)
	if fact.type is FactType.SET:
		known = st.sampled_from(sorted(name for name in TREE["All"] if SET_SEPARATOR not in name))
		return st.sampled_from([None, "", "|", "||"]) | st.lists(members | known, max_size=3).map(set_text)
	return st.sampled_from([None, "", " "]) | names | st.sampled_from(sorted(TREE["All"]))


def set_text(names: list[str]) -> str:
	"""The members of a set as a column holds them."""
	return SET_SEPARATOR.join(["", *sorted(set(names)), ""]) if names else ""


@st.composite
def customers(draw, as_of: date) -> dict[str, object]:
	"""The columns of one customer."""
	return {fact.name: draw(raw_values(fact, as_of)) for fact in FACTS.values()}


def written_values(fact: Fact, operator: str, as_of: date) -> st.SearchStrategy[str]:
	"""The “value” of a condition as a person writes it."""
	if operator in PRESENCE:
		return st.sampled_from(["", "ignored"])
	if operator in (IN_THE_LAST, MORE_THAN_AGO):
		return st.sampled_from(["0", "1", "2", "3", "6", "12", "30", "90"])
	if fact.type in NUMERIC:
		number = counts.map(str) if COLUMNS[fact.name].startswith("int") else amounts.map(lambda a: f"{a:f}")
		return number | st.sampled_from(["2.5", "1e5", "500,000.00", " 100000 "])
	if fact.type is FactType.DATE:
		return st.sampled_from(DAYS_BACK).map(lambda n: str(as_of - timedelta(days=n)))
	if fact.tree and (fact.type is FactType.SET or operator in ("is or is under", "is not under")):
		return st.lists(st.sampled_from(sorted(TREE)), min_size=1, max_size=2).map(written_list)
	if operator in ("=", "!="):
		return names.filter(lambda name: name.strip())
	pool = members if fact.type is FactType.SET else names
	return st.lists(pool, min_size=1, max_size=3).map(written_list)


def written_list(names: list[str]) -> str:
	"""Names in quotes, so that they may hold commas."""
	return ", ".join('"' + name.replace('"', '""') + '"' for name in names)


@st.composite
def conditions(draw, as_of: date) -> Condition:
	"""One row of a rule."""
	fact = draw(st.sampled_from(list(FACTS.values())))
	operator = draw(st.sampled_from(operators_of(fact)))
	written = written_values(fact, operator, as_of)
	return Condition(
		fact=fact.name,
		operator=operator,
		value=draw(written),
		unit=draw(st.sampled_from(UNITS)),
		currency=draw(st.sampled_from(["", "CNY", *RATES])),
		keep_value=draw(st.just("") | written),
		any_of=draw(st.integers(0, 2)),
	)


def rules(as_of: date) -> st.SearchStrategy[list[Condition]]:
	"""The conditions of one rule; sometimes none."""
	return st.lists(conditions(as_of), max_size=3)


def pool(fact: Fact, as_of: date) -> list[object]:
	"""Values of one fact that lie as close together as they can."""
	if COLUMNS[fact.name].startswith("int"):
		return [None, -1, 0, 1, 2, 3, 365, 366]
	if fact.type in NUMERIC:
		return [None, *AMOUNTS]
	if COLUMNS[fact.name] == "date":
		return [None, *(as_of - timedelta(days=n) for n in DAYS_BACK)]
	if fact.type is FactType.DATE:
		clocks = ("00:00:00", "00:00:00.000001", "23:59:59.999999")
		return [None, *(f"{as_of - timedelta(days=n)} {clock}" for n in DAYS_BACK for clock in clocks)]
	if fact.type is FactType.TEXT:
		return [None, "", " ", *NAMES, *sorted(TREE["All"])]
	sets = [[name] for name in NAMES] + [["a", "b"], ["b"], ["Retail", "零售", "50%"], sorted(TREE["Rétail"])]
	return [None, "", "|", "||", "| |", "Retail", *map(set_text, sets)]


def written_pool(fact: Fact, operator: str, as_of: date) -> list[str]:
	"""Values of a condition, close to those of `pool`."""
	if operator in PRESENCE:
		return [""]
	if operator in (IN_THE_LAST, MORE_THAN_AGO):
		return ["0", "1", "2", "3", "12", "30", "90"]
	if fact.type in NUMERIC:
		return [*(f"{amount:f}" for amount in AMOUNTS), "1", "2", "2.5", "365"]
	if fact.type is FactType.DATE:
		return [str(as_of - timedelta(days=n)) for n in DAYS_BACK]
	if fact.tree and (fact.type is FactType.SET or operator in ("is or is under", "is not under")):
		return [*map(written_list, ([name] for name in TREE)), written_list(["50%", "Rétail"])]
	if operator in ("=", "!="):
		return [name for name in NAMES if name.strip()]
	return [*(written_list([name]) for name in NAMES), written_list(["Retail", "零售"])]


def single_conditions(fact: Fact, as_of: date) -> list[Condition]:
	"""One condition for every operator of the fact and every value of the pool."""
	return [
		Condition(fact.name, operator, value, unit)
		for operator in operators_of(fact)
		for value in written_pool(fact, operator, as_of)
		for unit in (UNITS if operator in (IN_THE_LAST, MORE_THAN_AGO) else ("",))
	]
