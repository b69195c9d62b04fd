// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// Editing the conditions of any rule: facts by their labels, only the operators and columns that go with
// a fact, and the whole rule as a sentence. One helper for every form with a “Rule Condition” table.

(() => {
	frappe.provide("crm_ext.rules");

	const RELATIVE = ["in the last", "more than … ago"];
	const PRESENCE = ["is set", "is not set"];
	const NUMERIC = ["money", "number", "duration"];
	const SINGLE_VALUE = ["=", "!=", ">=", ">", "<=", "<"];

	/** The known facts by name, asked for once per page load. */
	crm_ext.rules.facts = () => {
		crm_ext.rules.facts_promise ??= frappe
			.xcall("crm_ext.rules.api.fact_list")
			.then((list) => new Map(list.map((fact) => [fact.name, fact])))
			.catch((error) => {
				crm_ext.rules.facts_promise = null;
				throw error;
			});
		return crm_ext.rules.facts_promise;
	};

	/** What an operator is called, for a fact of this type. */
	crm_ext.rules.operator_label = (operator, type) => {
		const dates = {
			"=": __("is on"),
			"!=": __("is not on"),
			">=": __("is on or after"),
			">": __("is after"),
			"<=": __("is on or before"),
			"<": __("is before"),
		};
		const others = {
			"=": __("is"),
			"!=": __("is not"),
			">=": __("is at least"),
			">": __("is more than"),
			"<=": __("is at most"),
			"<": __("is less than"),
			"in the last": __("is in the last"),
			"more than … ago": __("is longer ago than"),
		};
		return (type === "date" && dates[operator]) || others[operator] || __(operator);
	};

	/** Prepare the table of a form; call it at each refresh. Only the facts for which `offered(fact)` are offered. */
	crm_ext.rules.setup_conditions = async (
		frm,
		fieldname = "conditions",
		offered = (fact) => fact.of_customer
	) => {
		crm_ext.ui.style();
		const facts = await crm_ext.rules.facts();
		const grid = frm.fields_dict[fieldname].grid;
		const options = [...facts.values()].filter(offered).map((fact) => ({
			value: fact.name,
			label: fact.label,
			description: describe(fact),
		}));
		grid.update_docfield_property("fact", "options", options);
		grid.update_docfield_property("fact", "max_items", 200);
		grid.update_docfield_property("fact", "formatter", (value) =>
			crm_ext.ui.escape(facts.get(value)?.label || value || "")
		);
		grid.update_docfield_property("operator", "formatter", (value, df, _options, row) =>
			crm_ext.ui.escape(
				value ? crm_ext.rules.operator_label(value, facts.get(row?.fact)?.type) : ""
			)
		);
		grid.update_docfield_property("value", "formatter", (value, df, _options, row) =>
			crm_ext.ui.escape(value_words(row || { value }, facts.get(row?.fact)))
		);
		grid.update_docfield_property("keep_value", "formatter", (value, df, _options, row) =>
			crm_ext.ui.escape(value_words({ ...row, value }, facts.get(row?.fact)))
		);
		grid.update_docfield_property("any_of", "formatter", (value) =>
			cint(value) ? cint(value) : ""
		);
		grid.update_docfield_property("operator", "options", operator_options());
		for (const grid_row of grid.grid_rows || []) {
			fit(grid_row, grid_row.doc, facts.get(grid_row.doc.fact));
		}
		grid.refresh();
		crm_ext.rules.show_summary(frm, fieldname);
	};

	/** Limit operators and columns of the row that is being edited to what goes with its fact. */
	crm_ext.rules.fit_row = async (frm, cdt, cdn) => {
		const facts = await crm_ext.rules.facts();
		const row = locals[cdt]?.[cdn];
		const grid_row = row && frm.fields_dict[row.parentfield]?.grid.grid_rows_by_docname[cdn];
		if (!grid_row) {
			return;
		}
		fit(grid_row, row, facts.get(row.fact));
	};

	function fit(grid_row, row, fact) {
		const unary = PRESENCE.includes(row.operator);
		set_property(grid_row, "operator", "options", operator_options(fact));
		set_property(grid_row, "value", "read_only", unary ? 1 : 0);
		set_property(grid_row, "unit", "read_only", RELATIVE.includes(row.operator) ? 0 : 1);
		set_property(grid_row, "currency", "hidden", fact?.type === "money" && !unary ? 0 : 1);
		set_property(grid_row, "keep_value", "read_only", can_keep(row, fact) ? 0 : 1);
	}

	/** In the row's own copy of the field, from which a control is made later, and in the controls there are. */
	function set_property(grid_row, fieldname, property, value) {
		const own = grid_row.docfields?.find((df) => df.fieldname === fieldname);
		if (own) {
			own[property] = value;
		}
		grid_row.set_field_property(fieldname, property, value);
	}

	function operator_options(fact) {
		return (fact?.operators || SINGLE_VALUE).map((value) => ({
			value,
			label: crm_ext.rules.operator_label(value, fact?.type),
		}));
	}

	/** After the fact or the operator changed: keep only what still goes with it. */
	crm_ext.rules.clean_row = async (frm, cdt, cdn) => {
		const facts = await crm_ext.rules.facts();
		const row = locals[cdt]?.[cdn];
		if (!row) {
			return;
		}
		const fact = facts.get(row.fact);
		const changed = {};
		if (fact && !fact.operators.includes(row.operator)) {
			changed.operator =
				fact.operators.includes(">=") && NUMERIC.includes(fact.type)
					? ">="
					: fact.operators[0];
		}
		const operator = changed.operator || row.operator;
		if (PRESENCE.includes(operator) && row.value) {
			changed.value = "";
		}
		if (!RELATIVE.includes(operator) && row.unit) {
			changed.unit = "";
		}
		if (RELATIVE.includes(operator) && !row.unit) {
			changed.unit = "months";
		}
		if (fact && fact.type !== "money" && row.currency) {
			changed.currency = "";
		}
		if (!can_keep({ ...row, operator }, fact) && row.keep_value) {
			changed.keep_value = "";
		}
		await frappe.model.set_value(cdt, cdn, changed);
		await crm_ext.rules.fit_row(frm, cdt, cdn);
		crm_ext.rules.show_summary(frm, row.parentfield);
	};

	/** The rule in plain language, above its table. */
	crm_ext.rules.show_summary = async (frm, fieldname = "conditions") => {
		const facts = await crm_ext.rules.facts();
		const wrapper = frm.fields_dict[fieldname].$wrapper;
		wrapper.children(".crm-ext-summary").remove();
		const conditions = crm_ext.rules.conditions_html(frm.doc[fieldname] || [], facts);
		const nothing =
			crm_ext.rules.words?.[frm.doctype]?.no_conditions?.() ||
			__("No conditions: only people give this, by hand.");
		const html = conditions
			? `${__("Applies when")} ${conditions}`
			: `<span class="text-muted">${nothing}</span>`;
		$(`<div class="crm-ext-summary"></div>`).html(html).prependTo(wrapper);
		frm.trigger("crm_ext_conditions_shown");
	};

	/** Conditions in plain language; an empty text where there are none. */
	crm_ext.rules.conditions_html = (rows, facts) => {
		const written = rows.filter((row) => row.fact);
		const alternatives = new Map();
		const required = [];
		for (const row of written) {
			const number = cint(row.any_of);
			if (!number) {
				required.push(row_html(row, facts.get(row.fact)));
			} else if (alternatives.has(number)) {
				alternatives.get(number).push(row_html(row, facts.get(row.fact)));
			} else {
				alternatives.set(number, [row_html(row, facts.get(row.fact))]);
				required.push(alternatives.get(number));
			}
		}
		const parts = required.map((part) =>
			Array.isArray(part)
				? part
						.join(` <b class="crm-ext-and">${__("or")}</b> `)
						.replace(/^(.+)$/s, part.length > 1 ? "($1)" : "$1")
				: part
		);
		return parts.join(` <b class="crm-ext-and">${__("and", null, "CRM Ext")}</b> `);
	};

	function row_html(row, fact) {
		const { escape } = crm_ext.ui;
		if (!fact) {
			return `<span class="text-danger">${escape(
				__("{0} (not a known fact)", [row.fact])
			)}</span>`;
		}
		const operator = escape(crm_ext.rules.operator_label(row.operator, fact.type));
		const value = PRESENCE.includes(row.operator)
			? ""
			: ` <b>${escape(value_words(row, fact, true))}</b>`;
		const keep =
			row.keep_value && can_keep(row, fact)
				? ` <span class="text-muted">(${escape(
						__("to keep it: {0}", [
							value_words({ ...row, value: row.keep_value }, fact, true),
						])
					)})</span>`
				: "";
		return `<span>${escape(fact.label)} ${operator}${value}${keep}</span>`;
	}

	/** A value as a person writes it; in a sentence with its unit and currency. */
	function value_words(row, fact, sentence = false) {
		const value = String(row.value ?? "").trim();
		if (!value) {
			return sentence ? "…" : "";
		}
		if (RELATIVE.includes(row.operator)) {
			return sentence ? [value, __(row.unit || "")].join(" ") : value;
		}
		const number = Number(value.replaceAll(",", ""));
		if (NUMERIC.includes(fact?.type) && !Number.isNaN(number)) {
			if (sentence && fact.unit === __("0 or 1")) {
				return number ? __("Yes") : __("No", null, "CRM Ext");
			}
			const shown = format_number(number, null, Number.isInteger(number) ? 0 : 2);
			const unit = fact.type === "money" ? row.currency : __(fact.unit || "");
			const explains = /^\d/.test(unit || ""); // such as “1 = first”: for who fills it in
			return sentence && unit && !explains ? `${shown} ${unit}` : shown;
		}
		if (fact?.type === "date" && /^\d{4}-\d{2}-\d{2}$/.test(value)) {
			return frappe.datetime.str_to_user(value);
		}
		if (sentence && fact?.options === "Customer Tag") {
			const tags = value.split(",").map((tag) => __(tag.trim(), null, "Tag"));
			return crm_ext.ui.named(tags);
		}
		return value;
	}

	function can_keep(row, fact) {
		return (
			Boolean(fact) &&
			!PRESENCE.includes(row.operator) &&
			(NUMERIC.includes(fact.type) || fact.type === "date")
		);
	}

	function describe(fact) {
		const types = {
			money: __("Money"),
			number: __("Number", null, "CRM Ext"),
			date: __("Date"),
			duration: __("Days"),
			text: __("Text"),
			set: __("Several values"),
		};
		return [types[fact.type] || fact.type, fact.options && __(fact.options)]
			.filter(Boolean)
			.join(" · ");
	}

	frappe.ui.form.on("Rule Condition", {
		form_render: (frm, cdt, cdn) => crm_ext.rules.fit_row(frm, cdt, cdn),
		fact: (frm, cdt, cdn) => crm_ext.rules.clean_row(frm, cdt, cdn),
		operator: (frm, cdt, cdn) => crm_ext.rules.clean_row(frm, cdt, cdn),
		value: (frm, cdt, cdn) => crm_ext.rules.show_summary(frm, locals[cdt][cdn].parentfield),
		unit: (frm, cdt, cdn) => crm_ext.rules.show_summary(frm, locals[cdt][cdn].parentfield),
		currency: (frm, cdt, cdn) => crm_ext.rules.show_summary(frm, locals[cdt][cdn].parentfield),
		keep_value: (frm, cdt, cdn) =>
			crm_ext.rules.show_summary(frm, locals[cdt][cdn].parentfield),
		any_of: (frm, cdt, cdn) => crm_ext.rules.show_summary(frm, locals[cdt][cdn].parentfield),
		conditions_remove: (frm) => crm_ext.rules.show_summary(frm),
	});
})();
