# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The heart of each capability runs without a site: what the pure tests import imports nothing of Frappe."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import crm_ext

APP = Path(crm_ext.__file__).parent
PURE_BY_NAME = ("profile/model.py", "profile/slices.py", "tags/model.py", "exceptions.py", "constants.py")
NEEDS_A_SITE = frozenset({"frappe", "erpnext", "pypika", "redis", "MySQLdb", "pymysql"})

CAPABILITIES = ("tags", "transitions", "linkage", "pricing", "cross_sell")


def imports(path: Path, *, at_once: bool = False) -> Iterator[str]:
	"""Every dotted name that a file imports; `at_once`: only when it is imported itself, not inside functions."""
	tree = ast.parse(path.read_text(encoding="utf-8"))
	for node in tree.body if at_once else ast.walk(tree):
		if isinstance(node, ast.Import):
			yield from (alias.name for alias in node.names)
		elif isinstance(node, ast.ImportFrom):
			yield node.module or ""
			yield from (f"{node.module}.{alias.name}" for alias in node.names)


def file_of(module: str) -> Path | None:
	if module.split(".")[0] != "crm_ext":
		return None
	path = APP.joinpath(*module.split(".")[1:])
	return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file()), None)


def pure_modules() -> set[Path]:
	"""The files that the pure tests reach by imports, and those that are pure by agreement."""
	found = set()
	waiting = [*(APP / "tests" / "pure").glob("*.py"), *(APP / name for name in PURE_BY_NAME)]
	while waiting:
		path = waiting.pop()
		if path not in found and path.is_file():
			found.add(path)
			waiting += [file for module in imports(path, at_once=True) if (file := file_of(module))]
	return found


@pytest.mark.parametrize("path", sorted(pure_modules()), ids=lambda path: str(path.relative_to(APP)))
def test_a_pure_module_imports_nothing_that_needs_a_site(path):
	assert not {module for module in imports(path) if module.split(".")[0] in NEEDS_A_SITE}


@pytest.mark.parametrize(
	"name",
	["facts", "conditions", "sql", "lifecycle", "evidence", "grid", "static_check", "cases", "actions"],
)
def test_the_kernel_is_pure(name):
	assert APP / "rules" / f"{name}.py" in pure_modules()


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_a_capability_imports_no_other(capability):
	others = [f"crm_ext.{other}" for other in CAPABILITIES if other != capability]
	wrong = {
		(path.name, module)
		for path in (APP / capability).rglob("*.py")
		for module in imports(path)
		if module.startswith(tuple(others))
	}
	assert not wrong


def test_what_capabilities_rest_on_imports_none_of_them():
	above = tuple(f"crm_ext.{capability}" for capability in CAPABILITIES)
	wrong = {
		(path.name, module)
		for layer in ("rules", "profile")
		for path in (APP / layer).rglob("*.py")
		for module in imports(path)
		if module.startswith(above)
	}
	assert not wrong
