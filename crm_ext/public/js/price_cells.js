// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The cells of a sheet of rates: what a value looks like, what a text means, and blocks of cells as other programs
// copy and paste them.

(() => {
	frappe.provide("crm_ext.pricing");

	const PERCENT = ["Discount Percentage", "Markup on Cost"];
	const BLOCK_CELL = /(?:"((?:[^"]|"")*)"(?=[\t\r\n]|$)|([^\t\r\n]*))(\t|\r?\n|$)/g;

	/** A value as the user writes it; what could not be understood stays as it was typed. */
	crm_ext.pricing.cell_text = (column, value) => {
		if (value === null || value === undefined || value === "") {
			return "";
		}
		if (column.fieldtype === "Float" && typeof value === "number") {
			return String(value).replace(".", decimal_sign());
		}
		if (column.fieldtype === "Date" && frappe.datetime.validate(value)) {
			return frappe.datetime.str_to_user(value);
		}
		if (column.fieldtype === "Select") {
			return column.options.find((one) => one.value === value)?.label ?? value;
		}
		return String(value);
	};

	/** What a text means; the text itself where it means nothing, for the check to say so. */
	crm_ext.pricing.cell_value = (column, text) => {
		const written = text.trim();
		if (!written) {
			return "";
		}
		if (column.fieldtype === "Float") {
			return as_number(written);
		}
		if (column.fieldtype === "Date") {
			return as_date(written);
		}
		if (column.fieldtype === "Select") {
			const low = written.toLowerCase();
			const known = column.options.find((one) =>
				[one.value, one.label].some((name) => name.toLowerCase() === low)
			);
			return known?.value ?? written;
		}
		return written;
	};

	/** A cell for the eye: numbers grouped, with a percent sign or a currency, nothing where nothing is said. */
	crm_ext.pricing.cell_html = (column, values, currency) => {
		const { escape } = crm_ext.ui;
		const value = values[column.fieldname];
		if (column.fieldtype !== "Float" || typeof value !== "number") {
			return escape(crm_ext.pricing.cell_text(column, value));
		}
		if (column.fieldname !== "value") {
			return value ? escape(grouped(value, 0)) : "";
		}
		if (values.rate_type === "Price Kind") {
			return value ? escape(grouped(value, 0)) : "";
		}
		const percent = PERCENT.includes(values.rate_type);
		const unit = percent ? "%" : values.currency || currency || "";
		return `${escape(grouped(value, percent ? 0 : 2))}<small>${escape(unit)}</small>`;
	};

	function grouped(number, decimals) {
		const written = String(number).split(".")[1]?.length || 0;
		return format_number(number, null, Math.max(decimals, written));
	}

	const number_format = () => frappe.boot.sysdefaults.number_format || "#,###.##";
	const decimal_sign = () => window.get_number_format_info(number_format()).decimal_str || ".";

	function as_number(written) {
		const { group_sep } = window.get_number_format_info(number_format());
		const plain = written.replace(/[\s%]/g, "").replaceAll(group_sep || ",", "");
		const number = plain.replace(decimal_sign(), ".");
		return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(number) ? Number(number) : written;
	}

	function as_date(written) {
		if (/^\d{4}-\d{1,2}-\d{1,2}$/.test(written)) {
			return moment(written, "YYYY-M-D").format("YYYY-MM-DD");
		}
		const format = frappe.datetime.get_user_date_fmt().toUpperCase();
		const day = moment(written, [format, "YYYY/M/D", "YYYY.M.D"], true);
		return day.isValid() ? day.format("YYYY-MM-DD") : written;
	}

	/** A block of cells as spreadsheets put it on the clipboard; texts with a tab, a line break or a quote are quoted. */
	crm_ext.pricing.block_text = (rows) =>
		rows
			.map((cells) =>
				cells
					.map((text) =>
						/["\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
					)
					.join("\t")
			)
			.join("\n");

	/** The other way round: rows of texts. */
	crm_ext.pricing.block_of = (text) => {
		const rows = [[]];
		const whole = text.replace(/\r?\n$/, "");
		for (const [, quoted, plain, end] of whole.matchAll(BLOCK_CELL)) {
			rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
			if (!end) {
				break;
			}
			if (end !== "\t") {
				rows.push([]);
			}
		}
		return rows;
	};

	/** The columns that the first line of a block names, if it is a line of headings. */
	crm_ext.pricing.headings = (cells, columns) => {
		const named = cells.map((text) => {
			const name = text.trim().toLowerCase();
			return columns.find(({ label, fieldname }) =>
				[label.toLowerCase(), fieldname].includes(name)
			);
		});
		return cells.length > 1 && named.every(Boolean) ? named : null;
	};
})();
