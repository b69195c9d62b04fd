# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""From a named error to the translated message a person sees."""

from collections.abc import Callable
from functools import wraps
from typing import NoReturn

import frappe
from frappe import _

from crm_ext.exceptions import CrmExtError


def throw(error: CrmExtError, title: str | None = None) -> NoReturn:
	"""Answer a request with the error's sentence in the user's language (HTTP 417)."""
	frappe.throw(error.translated(_), title=title or _("Cannot Do This"))


def speaking(function: Callable) -> Callable:
	"""Decorate an API function so that its CrmExtErrors reach the caller as translated messages."""

	@wraps(function)
	def speak(*args, **kwargs):
		try:
			return function(*args, **kwargs)
		except CrmExtError as error:
			throw(error)

	return speak
