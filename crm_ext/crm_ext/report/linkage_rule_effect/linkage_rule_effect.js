// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.query_reports["Linkage Rule Effect"] = {
	filters: [
		{
			fieldname: "rule",
			label: __("Linkage Rule"),
			fieldtype: "Link",
			options: "Linkage Rule",
		},
		{
			fieldname: "days",
			label: __("Days After", null, "CRM Ext"),
			fieldtype: "Select",
			options: ["30", "90", "180", "365"],
			default: "90",
		},
	],

	formatter(value, row, column, data, default_formatter) {
		if (data && FIGURES.includes(column.fieldname) && value !== null) {
			const df = data.currency
				? { fieldtype: "Currency", options: data.currency }
				: { fieldtype: "Percent", precision: 1 };
			return frappe.format(value, df, { inline: 0 }, data);
		}
		const html = default_formatter(value, row, column, data);
		if (column.fieldname !== "verdict" || !data) {
			return html;
		}
		return `<span class="indicator ${data.indicator}">${html}</span>`;
	},
};

const FIGURES = ["treated", "held_out", "difference", "low", "high"];
