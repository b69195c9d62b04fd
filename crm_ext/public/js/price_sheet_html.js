// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The headings and rows of a sheet of rates, as HTML.

(() => {
	frappe.provide("crm_ext.pricing");

	const AT_THE_END = (crm_ext.pricing.AT_THE_END = ["rate_type", "value", "price_kind"]);

	const BANDS = () => [
		[__("What", null, "Price Matrix"), ["item", "brand", "item_group"]],
		[__("Who", null, "Price Matrix"), ["customer", "customer_tag", "customer_group"]],
		[
			__("Where", null, "Price Matrix"),
			["pos_profile", "branch", "territory", "sales_channel"],
		],
		[__("Quantity and Time"), ["min_qty", "uom", "currency", "valid_from", "valid_to"]],
		[__("Price"), AT_THE_END],
	];

	const stick = (sheet, col) => (sheet.stuck.has(col) ? "is-stuck" : "");

	/** What the columns are about, their labels, and an input for a filter on each. */
	crm_ext.pricing.head_html = (sheet) => {
		const { escape } = crm_ext.ui;
		const { order_by, filters } = sheet.rates.query;
		const bands = BANDS().map(([label, fields]) => {
			const span = sheet.columns.filter(({ fieldname }) =>
				fields.includes(fieldname)
			).length;
			const stuck = fields === AT_THE_END && sheet.stuck.size ? "is-stuck" : "";
			return span
				? `<div class="${stuck}" style="grid-column: span ${span}; right: 0"
					><span>${escape(label)}</span></div>`
				: "";
		});
		const labels = sheet.columns.map(({ fieldname, fieldtype, label }, col) => {
			const [field, down] = order_by.split(" ");
			const arrow = field === fieldname ? (down ? "↓" : "↑") : "";
			return `<button type="button" class="is-${fieldtype} ${stick(sheet, col)}" data-sort="${fieldname}"
				style="${sheet.stuck.get(col) || ""}" role="columnheader" title="${escape(label)}"
				><span>${escape(label)}</span><i>${arrow}</i></button>`;
		});
		const inputs = sheet.columns.map((column, col) => {
			const value = filters[column.fieldname];
			const text =
				column.fieldtype === "Link"
					? (value || "").slice(1, -1)
					: crm_ext.pricing.cell_text(column, value);
			return `<div class="${stick(sheet, col)}" style="${sheet.stuck.get(col) || ""}"><input
				data-filter="${column.fieldname}" value="${escape(text)}"
				aria-label="${escape(__("Filter {0}", [column.label]))}"></div>`;
		});
		const line = (kind, cells) =>
			`<div class="crm-ext-sheet-line is-${kind}"><div></div>${cells.join("")}</div>`;
		return line("bands", bands) + line("labels", labels) + line("filters", inputs);
	};

	/** The row at a place: saved, new, deleted, on its way, or the one to be made next. */
	crm_ext.pricing.row_html = (sheet, index) => {
		const { escape } = crm_ext.ui;
		const row = sheet.rates.at(index);
		const errors = (row?.key && sheet.rates.errors.get(row.key)) || {};
		const state = [
			!row && "is-coming",
			row && !row.key && "is-next",
			row?.key && !row.saved && "is-new",
			row?.deleted && "is-deleted",
		].filter(Boolean);
		const cells = sheet.columns.map((column, col) => {
			const message = errors[column.fieldname];
			const classes = [
				`is-${column.fieldtype}`,
				stick(sheet, col),
				message && "is-wrong",
				row?.key && sheet.rates.is_changed(row, column) && "is-changed",
			].filter(Boolean);
			const html = row
				? crm_ext.pricing.cell_html(column, row.values, sheet.options.currency())
				: "";
			const style = sheet.stuck.has(col) ? ` style="${sheet.stuck.get(col)}"` : "";
			return `<div role="gridcell" class="${classes.join(" ")}" data-col="${col}"${style}${
				message ? ` title="${escape(message)}"` : ""
			}>${html}</div>`;
		});
		const whole = errors[""];
		return `<div class="crm-ext-sheet-line ${state.join(" ")}" role="row" data-row="${index}"
			aria-rowindex="${index + 1}"><div class="is-number${whole ? " is-wrong" : ""}" role="rowheader"
			title="${escape(whole || "")}">${row && !row.key ? "+" : index + 1}</div>${cells.join("")}</div>`;
	};
})();
