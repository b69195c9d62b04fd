# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The set-based back end of conditions: the same meaning as `conditions.matches`, as an SQL expression. Pure.

Texts are compared byte by byte, as Python compares them, whatever the collation of the column.
"""

from collections.abc import Mapping, Sequence

from crm_ext.exceptions import FactNotSetBased
from crm_ext.rules.conditions import Clause, Op, Operand, combine
from crm_ext.rules.facts import NUMERIC, SET_SEPARATOR, FactType

Sql = tuple[str, tuple]
"""An expression with %s places, and what goes there."""

_COMPARATORS = {Op.EQ: "=", Op.GE: ">=", Op.GT: ">", Op.LE: "<=", Op.LT: "<"}


def select(clauses: Sequence[Clause], columns: Mapping[str, str], holding: bool = False) -> Sql:
	"""An expression that is 1 for the rows that satisfy the clauses and 0 for the others, never NULL.

	`columns` gives the SQL expression of each fact. Raises FactNotSetBased for a fact without one.
	"""
	if not clauses:
		return "0", ()
	return combine(clauses, lambda clause: _clause(clause, columns, holding), _joined("AND"), _joined("OR"))


def _joined(word: str):
	def join(parts: Sequence[Sql]) -> Sql:
		sql = f" {word} ".join(sql for sql, _ in parts)
		return f"({sql})", tuple(value for _, values in parts for value in values)

	return join


def _clause(clause: Clause, columns: Mapping[str, str], holding: bool) -> Sql:
	column = columns.get(clause.fact)
	if not column:
		raise FactNotSetBased(fact=clause.fact)
	sql, values = _comparison(clause, f"({column})", clause.threshold(holding))
	sql = f"COALESCE({sql}, 0)"
	return (f"(NOT {sql})" if clause.negate else sql), values


def _comparison(clause: Clause, column: str, operand: Operand) -> Sql:
	if clause.type is FactType.DATE:
		return _date(clause, f"CAST({column} AS DATE)", operand)
	if clause.type in NUMERIC:
		return _number(clause, column, operand)
	if clause.type is FactType.SET:
		return _set(clause, column, operand)
	if clause.op is Op.PRESENT:
		return f"CHAR_LENGTH({column}) > 0", ()
	return _text(column, sorted(operand))


def _number(clause: Clause, column: str, operand: Operand) -> Sql:
	if clause.op is Op.PRESENT:
		return f"{column} IS NOT NULL", ()
	# as a decimal, because MariaDB compares with a text, or with 1E+5, as inexact doubles
	return f"{column} {_COMPARATORS[clause.op]} CAST(%s AS DECIMAL(38, 9))", (format(operand, "f"),)


def _date(clause: Clause, column: str, operand: Operand) -> Sql:
	if clause.op is Op.PRESENT:
		return f"{column} IS NOT NULL", ()
	sql, values = f"{column} {_COMPARATORS[clause.op]} %s", (operand.isoformat(),)
	if clause.latest:
		return f"({sql} AND {column} <= %s)", (*values, clause.latest.isoformat())
	return sql, values


def _text(column: str, names: Sequence[str]) -> Sql:
	if not names:
		return "0", ()
	return f"CAST({column} AS BINARY) IN ({', '.join(['%s'] * len(names))})", tuple(names)


def _set(clause: Clause, column: str, operand: Operand) -> Sql:
	if clause.op is Op.PRESENT:
		return f"CHAR_LENGTH(REPLACE({column}, '{SET_SEPARATOR}', '')) > 0", ()
	column = f"CONCAT('{SET_SEPARATOR}', {column}, '{SET_SEPARATOR}')"
	families = [_includes_any(column, family) for family in operand]
	return _joined("OR" if clause.op is Op.ANY else "AND")(families)


def _includes_any(column: str, family: frozenset[str]) -> Sql:
	# a tree may hold a name with the separator in it; no set can
	names = [name for name in sorted(family) if SET_SEPARATOR not in name]
	if not names:
		return "0", ()
	place = f"LOCATE(CAST(%s AS BINARY), {column}) > 0"
	members = tuple(f"{SET_SEPARATOR}{name}{SET_SEPARATOR}" for name in names)
	return f"({' OR '.join([place] * len(members))})", members
