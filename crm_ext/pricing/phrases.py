# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What the sentences on the lines of a document have in common, made once: translations, amounts of money."""

from collections.abc import Callable
from functools import wraps

import frappe

MOST = 10_000


def once(make: Callable[..., str]) -> Callable[..., str]:
	"""Have a function keep its phrases, by language, for the rest of the request or job; of many, the latest."""

	@wraps(make)
	def phrase(*args, **kwargs) -> str:
		try:
			kept = frappe.local.crm_ext_price_phrases
		except AttributeError:
			kept = frappe.local.crm_ext_price_phrases = {}
		key = (make, frappe.local.lang, *map(str, args), *kwargs.values())
		if key not in kept:
			if len(kept) >= MOST:
				kept.clear()
			kept[key] = make(*args, **kwargs)
		return kept[key]

	return phrase


_ = once(frappe._)
