# Copyright (c) crm_ext contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stub: the package is described in pyproject.toml."""

from setuptools import setup

setup(name="crm_ext")
