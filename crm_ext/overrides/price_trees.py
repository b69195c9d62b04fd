# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The trees and tags whose order decides which rate counts."""

from crm_ext.pricing import compiled


def changed(doc, method=None, *args, **kwargs):
	compiled.forget()
