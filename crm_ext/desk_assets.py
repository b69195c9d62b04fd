# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Which scripts of ours the forms, lists and pages of the Desk load; hooks.py hands them to Frappe."""

_tag_js = ["public/js/desk_ui.js", "public/js/tag_why.js"]
_rule_list_js = "public/js/rule_status.js"
_rule_js = [
	*("public/js/desk_ui.js", _rule_list_js),
	*("public/js/rule_conditions.js", "public/js/rule_life_cycle.js"),
]
_linkage_js = [*_rule_js, "public/js/linkage_words.js"]
_run_js = ["public/js/desk_ui.js", "public/js/linkage_words.js", "public/js/linkage_run.js"]
_selling = ("Quotation", "Sales Order", "Delivery Note", "Sales Invoice", "POS Invoice")
_promotion_js = [f"public/js/promotion_{part}.js" for part in ("known", "panel", "lay")]
_price_js = [
	*("public/js/desk_ui.js", "public/js/price_why.js", "public/js/price_rows.js"),
	*("public/js/price_document.js", *_promotion_js, "public/js/price_selling.js"),
	"public/js/promotion_selling.js",
]
_deviation_js = "public/js/price_deviation.js"
_rated_js = [*_rule_js, *(f"public/js/price_{part}.js" for part in ("words", "style"))]
_sheet_js = [
	f"public/js/price_{part}.js"
	for part in ("rates", "cells", "editor", "keys", "sheet_html", "sheet", "matrix", "import")
]
_past_js = "public/js/asked_of_past.js"
_impact_js = [_past_js, "public/js/price_impact_html.js", "public/js/price_impact.js"]
_result_js = [_past_js, "public/js/promotion_figures.js", "public/js/promotion_result.js"]
_back_test_js = ["public/js/promotion_backtest_html.js", "public/js/promotion_backtest.js"]
doctype_js = {
	**dict.fromkeys(_selling, _price_js),
	**{doctype: [*_price_js, "public/js/cross_sell.js"] for doctype in ("Quotation", "Sales Order")},
	"Price Approval": [
		"public/js/desk_ui.js",
		"public/js/price_document.js",
		"public/js/price_approval.js",
	],
	"Coupon Batch": ["public/js/desk_ui.js", "public/js/promotion_codes.js"],
	"Customer": [*_tag_js, "public/js/tag_actions.js", "public/js/customer.js"],
	"Customer Tag": [*_rule_js, "public/js/tag_simulation.js"],
	"Customer Tag Assignment": _tag_js,
	"Customer Tag Group": "public/js/desk_ui.js",
	"Class Transition": _rule_js,
	"Linkage Rule": [
		*_linkage_js,
		*(f"public/js/linkage_{part}.js" for part in ("rule", "actions", "dry_run")),
	],
	"Linkage Run": _run_js,
	"Price Deviation": ["public/js/desk_ui.js", _deviation_js],
	"Price Floor": "public/js/desk_ui.js",
	"Price Kind": [*_rated_js, "public/js/price_kind.js"],
	"Price Matrix": [*_rated_js, *_sheet_js, *_impact_js],
	"Price Matrix Impact": ["public/js/desk_ui.js", "public/js/price_style.js", *_impact_js],
	"Price Matrix Import": [
		"public/js/desk_ui.js",
		*(f"public/js/price_{part}.js" for part in ("style", "status", "import")),
	],
	**dict.fromkeys(("Promotion Coupon", "Promotion Redemption"), "public/js/desk_ui.js"),
	"Promotion Back-Test": [
		"public/js/desk_ui.js",
		*(_past_js, "public/js/promotion_figures.js"),
		*_back_test_js,
	],
	"Sales Promotion": [
		*_rated_js,
		*_result_js,
		*_back_test_js,
		*(f"public/js/promotion_{part}.js" for part in ("words", "sentence", "form", "known")),
	],
}
doctype_list_js = {
	"Customer": "public/js/customer_list.js",
	"Item Association": "public/js/item_association_list.js",
	"Linkage Run": _run_js,
	"Price Deviation": _deviation_js,
	"Price Matrix Import": "public/js/price_status.js",
	**dict.fromkeys(
		(
			*("Customer Tag", "Class Transition", "Linkage Rule"),
			*("Price Kind", "Price Matrix", "Sales Promotion"),
		),
		_rule_list_js,
	),
}
page_js = {
	"point-of-sale": ["public/js/promotion_pos.js", "public/js/price_pos.js"],
	"linkage-map": [
		*_linkage_js,
		*(f"public/js/linkage_{part}.js" for part in ("map_nodes", "map", "details", "what_if", "answer")),
	],
	"promotion-board": ["public/js/desk_ui.js", *_result_js, "public/js/promotion_board_html.js"],
	"price-check": [
		"public/js/desk_ui.js",
		*("public/js/price_why.js", "public/js/promotion_panel.js"),
		*(f"public/js/price_check_{part}.js" for part in ("side", "basket", "result")),
	],
}
