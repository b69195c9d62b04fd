# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Rates as files for people, which can be imported again."""

from collections.abc import Iterable, Mapping

from crm_ext.pricing.rates import files
from crm_ext.pricing.rates.language import words


def file(file_type: str, rates: Iterable[Mapping]) -> tuple[str, bytes]:
	"""The extension and the content of a file of rates: XLSX if asked for, else CSV."""
	extension = files.XLSX if file_type.lower() == files.XLSX else files.CSV
	return extension, files.write(extension, words(), rates)
