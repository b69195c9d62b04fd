# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt
"""A stub: the package is described in pyproject.toml."""

from setuptools import setup

setup(name="crm_ext")
