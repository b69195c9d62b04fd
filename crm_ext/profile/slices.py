# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Slices: the portions in which customers are refreshed. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

SIZE = 2000
"""Small enough for the database to group a slice of busy customers in memory (tmp_table_size, 16 MB)."""

Sql = tuple[str, tuple]
"""An expression with %s places, and what goes there."""


@dataclass(frozen=True, slots=True)
class CustomerSlice:
	"""Some customers: those named, or all from `first` to `last` in the order of the database.

	`size` is how many they are.
	"""

	names: tuple[str, ...] = ()
	first: str = ""
	last: str = ""
	size: int = 0

	@classmethod
	def of(cls, names: Iterable[str]) -> "CustomerSlice":
		names = tuple(names)
		return cls(names=names, size=len(names))

	def where(self, column: str) -> Sql:
		"""The condition that `column` holds a customer of the slice, with %s places."""
		if self.names:
			return f"{column} IN %s", (self.names,)
		return f"{column} BETWEEN %s AND %s", (self.first, self.last)

	def named(self, column: str) -> str:
		"""The same condition with the named places that `params` fills, for statements that ask it often."""
		if self.names:
			return f"{column} IN %(customers)s"
		return f"{column} BETWEEN %(first_customer)s AND %(last_customer)s"

	@property
	def params(self) -> dict[str, object]:
		if self.names:
			return {"customers": self.names}
		return {"first_customer": self.first, "last_customer": self.last}


def slices(customers: Iterable[str], size: int = SIZE) -> Iterator[CustomerSlice]:
	"""The distinct customers in order, in slices of at most `size`."""
	names = iter(sorted({name for name in customers if name}))
	while portion := tuple(islice(names, size)):
		yield CustomerSlice.of(portion)
