// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// No imports: bench would install the packages of a package.json on every site that has this app,
// so the linters live outside the repository (./dev test and pre-commit bring them).
const browser =
	"document window navigator location history console setTimeout clearTimeout setInterval";
const more =
	"clearInterval fetch FormData URL URLSearchParams Blob File Event CustomEvent localStorage";
const dom =
	"sessionStorage IntersectionObserver ResizeObserver MutationObserver HTMLElement requestAnimationFrame";
const desk =
	"frappe erpnext crm_ext cur_frm cur_list cur_dialog cur_page locals cur_pos __ $ jQuery moment Chart";
const numbers =
	"cint cstr flt precision format_currency in_list strip_html fmt_money get_label get_currency_symbol format_number";

const globals = Object.fromEntries(
	[browser, more, dom, desk, numbers]
		.flatMap((names) => names.split(" "))
		.map((name) => [name, "writable"])
);

export default [
	{ ignores: ["**/dist/**", "**/node_modules/**", "**/*.css", "**/*.scss"] },
	{
		files: ["**/*.js"],
		languageOptions: { ecmaVersion: 2022, sourceType: "module", globals },
		rules: {
			"array-callback-return": "error",
			"constructor-super": "error",
			eqeqeq: ["error", "smart"],
			"for-direction": "error",
			"getter-return": "error",
			"no-cond-assign": "error",
			"no-const-assign": "error",
			"no-debugger": "error",
			"no-dupe-args": "error",
			"no-dupe-class-members": "error",
			"no-dupe-else-if": "error",
			"no-dupe-keys": "error",
			"no-duplicate-case": "error",
			"no-empty": "error",
			"no-eval": "error",
			"no-fallthrough": "error",
			"no-func-assign": "error",
			"no-global-assign": "error",
			"no-implied-eval": "error",
			"no-redeclare": "error",
			"no-self-assign": "error",
			"no-shadow-restricted-names": "error",
			"no-this-before-super": "error",
			"no-throw-literal": "error",
			"no-undef": "error",
			"no-unreachable": "error",
			"no-unsafe-finally": "error",
			"no-unused-vars": ["error", { args: "after-used", argsIgnorePattern: "^_" }],
			"no-use-before-define": ["error", { functions: false, variables: false }],
			"no-var": "error",
			"prefer-const": "error",
			"use-isnan": "error",
			"valid-typeof": "error",
		},
	},
];
