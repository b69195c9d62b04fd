# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""From a named error to the translated message a person sees."""

from collections.abc import Callable
from functools import partial, wraps
from html import escape
from typing import NoReturn

import frappe
from frappe import _

from crm_ext.exceptions import CrmExtError


def throw(error: CrmExtError, title: str | None = None) -> NoReturn:
	"""Answer a request with the error's sentence in the user's language (HTTP 417).

	The Desk shows messages as HTML: whatever somebody sent, or an address asked for, is text in it.
	"""
	frappe.throw(escape(spoken(error), quote=False), title=title or _("Cannot Do This"))


def spoken(error: CrmExtError, context: str = "CRM Ext") -> str:
	"""The error's sentence in the user's language, its terms as our own forms, or those of the DocType `context`, say them."""
	return error.translated(partial(_, context=context))


def speaking(function: Callable) -> Callable:
	"""Decorate an API function so that its CrmExtErrors reach the caller as translated messages."""

	@wraps(function)
	def speak(*args, **kwargs):
		try:
			return function(*args, **kwargs)
		except CrmExtError as error:
			throw(error)

	return speak
