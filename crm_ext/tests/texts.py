# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Everything that crm_ext says to its users, collected from its source. A text is (English, context)."""

import ast
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import crm_ext

APP = Path(crm_ext.__file__).parent

Text = tuple[str, str]

NAMING_CALLS = {"_", "_lt", "Term"}
SPOKEN_KEYWORDS = {"Fact": ("label", "unit")}
SPOKEN_KEYS = {
	"label",
	"description",
	"title",
	"report_name",
	"chart_name",
	"dashboard_name",
	"source_name",
	"timeseries_label",
}
"""Keys of the JSON of reports, workspaces, cards, charts and of Python dicts of fields."""

SPOKEN_CONSTANTS = {
	"rules/conditions.py": (
		"COMPARISONS",
		"PRESENCE",
		"IN_THE_LAST",
		"MORE_THAN_AGO",
		"TREE_OPERATORS",
		"_OPS",
	),
	"linkage/model.py": ("Outcome",),
	"linkage/sources/documents.py": ("ORDER_SUBMITTED", "DELIVERY_SUBMITTED", "INVOICE_SUBMITTED"),
	"linkage/sources/issues.py": ("ISSUE_OPENED", "ISSUE_CLOSED"),
	"linkage/sources/outside.py": ("SURVEY_ANSWERED",),
	"pricing/promotions/board.py": ("RUNNING",),
	"rules/actions.py": ("TAG_GAINED", "TAG_LOST", "PROFILE_CHANGED", "OCCASION", "SCHEDULE"),
	"rules/grid.py": ("MISSING", "KNOWN", "ANYTHING", "NONE_NAMED"),
	"rules/static_check.py": ("SENTENCES",),
	"setup/linkage_bundles.py": (
		*("RETAIL", "B2B", "WIN_BACK"),
		*("FIRST_ORDER", "KEY_CUSTOMER_LOST", "MEMBER_PRICES"),
	),
	"tags/model.py": ("CONDITIONS_CEASED", "REPLACED", "RULE_ENDED", "LOWER_RANK"),
	"tags/service.py": ("EXPIRED", "MERGED"),
}
"""Constants and enumerations that are translated where they are shown."""

SPOKEN_VALUES = {
	"pricing/impact.py": ("LEFT_OUT",),
	"pricing/promotions/backtest.py": ("LEFT_OUT",),
	"pricing/sold.py": ("KEPT",),
}
"""Dicts of which the values are translated where they are shown."""

_JS_CALL = re.compile(r"""(?<![\w.])__\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\$]|\\.)*`)""")
_JS_CONTEXT = re.compile(r"""\s*,\s*(?:null|\[\s*\]|undefined)\s*,\s*["'](?P<context>[^"']+)["']""")
_JINJA_CALL = re.compile(r"""\b_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")


def texts() -> dict[Text, str]:
	"""Every text with the file that says it."""
	found: dict[Text, str] = {}
	for path in sorted(APP.rglob("*")):
		relative = path.relative_to(APP)
		if relative.parts[0] in ("tests", "demo", "patches") or not path.is_file():
			continue
		for text, context in _texts_of(path, str(relative)):
			if says_something(text):
				found.setdefault((text.strip(), context), str(relative))
	return found


def _texts_of(path: Path, relative: str) -> Iterable[Text]:
	match path.suffix:
		case ".py":
			return _of_python(path, relative)
		case ".js" | ".html":
			return _of_script(path.read_text(encoding="utf-8"))
		case ".json":
			return _of_json(json.loads(path.read_text(encoding="utf-8")))
	return ()


def says_something(text: str) -> bool:
	"""Whether there is a word in it, or a stop after a place, which not every language writes alike."""
	if re.search(r"\{\d\}[.,:]", text):
		return True
	return bool(re.search(r"[A-Za-z]{2}|…", re.sub(r"\{\w*\}|<[^>]*>", "", text)))


def _of_python(path: Path, relative: str) -> Iterator[Text]:
	tree = ast.parse(path.read_text(encoding="utf-8"))
	for node in ast.walk(tree):
		if isinstance(node, ast.Call):
			yield from _of_call(node)
		elif isinstance(node, ast.ClassDef) and relative == "exceptions.py":
			yield from ((text, "") for text in _assigned(node.body, ("template",)))
		elif isinstance(node, ast.ClassDef) and node.name in SPOKEN_CONSTANTS.get(relative, ()):
			yield from (
				(text, "") for one in node.body if isinstance(one, ast.Assign) for text in _strings(one.value)
			)
		elif isinstance(node, ast.Dict) and relative.startswith("setup/"):
			yield from _of_dict(node)
	yield from ((text, "") for text in _assigned(tree.body, SPOKEN_CONSTANTS.get(relative, ())))
	for name in SPOKEN_VALUES.get(relative, ()):
		yield from (
			(text, "")
			for one in tree.body
			if isinstance(one, ast.Assign) and getattr(one.targets[0], "id", None) == name
			for value in one.value.values
			for text in _strings(value)
		)


def _of_call(node: ast.Call) -> Iterator[Text]:
	name = getattr(node.func, "id", getattr(node.func, "attr", ""))
	if name in NAMING_CALLS and node.args:
		context = next((text for k in node.keywords if k.arg == "context" for text in _strings(k.value)), "")
		yield from ((text, context) for text in _strings(node.args[0]))
	for keyword in node.keywords:
		if keyword.arg in SPOKEN_KEYWORDS.get(name, ()):
			yield from ((text, "") for text in _strings(keyword.value))


def _of_dict(node: ast.Dict) -> Iterator[Text]:
	entries = {
		key.value: value
		for key, value in zip(node.keys, node.values, strict=True)
		if isinstance(key, ast.Constant)
	}
	contexts = {"tag_name": "Tag", "group_name": "Tag"}
	for key, value in entries.items():
		if key in contexts or (key in SPOKEN_KEYS and "fieldname" in entries):
			yield from ((text, contexts.get(key, "")) for text in _strings(value))


def _assigned(body: Iterable[ast.stmt], names: Iterable[str]) -> Iterator[str]:
	for node in body:
		if isinstance(node, ast.Assign | ast.AnnAssign):
			targets = node.targets if isinstance(node, ast.Assign) else [node.target]
			if any(getattr(name, "id", None) in names for target in targets for name in ast.walk(target)):
				yield from _strings(node.value)


def _strings(node: ast.AST | None) -> Iterator[str]:
	"""The constant texts of an expression: a literal, a choice between two, a collection."""
	match node:
		case ast.Constant(value=str() as text):
			yield text
		case ast.IfExp():
			yield from (*_strings(node.body), *_strings(node.orelse))
		case ast.Dict():
			yield from (text for value in node.values for text in _strings(value))
			yield from (key.value for key in node.keys if isinstance(key, ast.Constant))
		case ast.Tuple() | ast.List() | ast.Set():
			yield from (text for element in node.elts for text in _strings(element))


def _of_script(source: str) -> Iterator[Text]:
	for match in _JS_CALL.finditer(source):
		context = _JS_CONTEXT.match(source, match.end())
		yield _unquoted(match.group(1)), context["context"] if context else ""
	if "{{" in source or "{%" in source:
		yield from ((_unquoted(match.group(1)), "") for match in _JINJA_CALL.finditer(source))


def _unquoted(literal: str) -> str:
	return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m.group(1), m.group(1)), literal[1:-1])


def _of_json(content: object) -> Iterator[Text]:
	for document in content if isinstance(content, list) else [content]:
		if not isinstance(document, dict):
			continue
		if document.get("doctype") == "DocType":
			yield from _of_doctype(document)
		else:
			yield from _of_record(document)


def _of_doctype(document: dict) -> Iterator[Text]:
	context = document["name"]
	yield context, ""
	yield document.get("description") or "", ""
	for field in document["fields"]:
		yield field.get("label") or "", context
		yield field.get("description") or "", context
		if field["fieldtype"] == "Select":
			yield from ((option, context) for option in (field.get("options") or "").split("\n"))
	yield from ((link["group"], "") for link in document.get("links", ()) if link.get("group"))


def _of_record(value: object) -> Iterator[Text]:
	"""Labels anywhere in a record, and the headings in the blocks of a workspace."""
	if isinstance(value, list):
		for element in value:
			yield from _of_record(element)
	if not isinstance(value, dict):
		return
	for key, inner in value.items():
		if key in SPOKEN_KEYS and isinstance(inner, str):
			yield inner, ""
		elif key == "content" and isinstance(inner, str):
			yield from _of_blocks(json.loads(inner))
		else:
			yield from _of_record(inner)


def _of_blocks(blocks: list[dict]) -> Iterator[Text]:
	for block in blocks:
		text = block["data"].get("text", "")
		yield re.sub(r"<[^>]*>", "", text), ""
