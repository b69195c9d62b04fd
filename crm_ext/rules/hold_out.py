# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Who is left out of a rule, so that its effect can be measured. Pure."""

import hashlib


def held_out(seed: str, customer: str, percent: float) -> bool:
	"""Whether a customer belongs to the share that is left out: always the same, and independent between seeds."""
	if percent <= 0:
		return False
	digest = hashlib.sha256(f"{seed}|{customer}".encode()).digest()
	return int.from_bytes(digest[:8], "big") < percent / 100 * 2**64
