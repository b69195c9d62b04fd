// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The basket of the Price Check: rows that are typed in, or pasted from a spreadsheet.

(() => {
	frappe.provide("crm_ext.prices");

	const MOST_ROWS = 500;

	/** Rows of cells from the clipboard: item, quantity and unit, divided by tabs or semicolons. */
	crm_ext.prices.pasted_rows = (text) =>
		text
			.split(/\r?\n/)
			.map((line) => line.split(line.includes("\t") ? "\t" : ";").map((cell) => cell.trim()))
			.filter(([item_code]) => item_code)
			.slice(0, MOST_ROWS)
			.map(([item_code, qty, uom]) => ({
				item_code,
				qty: flt(qty) || 1,
				uom: uom || "",
			}));

	crm_ext.prices.CheckBasket = class CheckBasket {
		/** `on_change()` is called when a line was added, changed or taken out; `on_open(row)` when one is unfolded. */
		constructor(table, { on_change, on_open }) {
			this.table = table;
			this.on_change = on_change;
			this.on_open = on_open;
			this.rows = [];
			this.number = 0;
			this.table.on("paste", "input", (event) => this.paste(event));
		}

		/** What is to be priced: [{key, item_code, qty, uom}]. */
		lines() {
			return this.rows
				.filter((row) => row.item_code)
				.map(({ key, item_code, qty, uom }) => ({ key, item_code, qty, uom }));
		}

		row(key) {
			return this.rows.find((row) => row.key === key);
		}

		/** Begin anew with these lines, and an empty one to go on with. */
		put(lines) {
			this.rows.forEach((row) => row.body.remove());
			this.rows = [];
			lines.forEach((line) => this.add(line));
			this.add({});
		}

		add({ item_code = "", qty = 1, uom = "" }, before = null) {
			this.number += 1;
			const row = { key: String(this.number), item_code, qty, uom };
			row.body =
				$(`<tbody class="crm-ext-line" data-key="${row.key}"><tr class="crm-ext-line-main">
				<td class="crm-ext-line-item"><div class="crm-ext-line-link"></div>
					<div class="crm-ext-line-name"></div></td>
				<td class="is-number"><input type="text" inputmode="decimal" class="form-control input-xs"
					aria-label="${__("Quantity")}"></td>
				<td><select class="form-control input-xs" aria-label="${__("UOM")}"></select></td>
				<td class="crm-ext-line-filler" colspan="5"></td></tr></tbody>`);
			if (before) {
				row.body.insertBefore(before.body);
				this.rows.splice(this.rows.indexOf(before), 0, row);
			} else {
				row.body.insertBefore(this.table.find("tfoot"));
				this.rows.push(row);
			}
			this.make_inputs(row);
			return row;
		}

		make_inputs(row) {
			row.link = frappe.ui.form.make_control({
				df: {
					fieldname: `item_${row.key}`,
					fieldtype: "Link",
					options: "Item",
					placeholder: __("Add an item, or paste rows from a spreadsheet"),
					only_select: true,
					get_query: () => ({
						query: "erpnext.controllers.queries.item_query",
						filters: { is_sales_item: 1, has_variants: 0 },
					}),
					change: () => this.choose(row, row.link.get_value() || ""),
				},
				parent: row.body.find(".crm-ext-line-link"),
				only_input: true,
				render_input: true,
			});
			row.link.$input?.addClass("input-xs").attr("aria-label", __("Item"));
			row.input = row.body.find("td.is-number input").val(this.shown(row.qty));
			row.select = row.body.find("select");
			this.offer(row, row.uom ? [row.uom] : []);
			if (row.item_code) {
				row.link.set_input(row.item_code);
			}
			row.input.on("change", () => this.count(row));
			row.input.on("keydown", (event) => event.key === "Enter" && this.go_on(row));
			row.select.on("change", () => {
				row.uom = row.select.val();
				this.on_change();
			});
			this.toggle(row);
		}

		shown(qty) {
			return format_number(qty, null, Number.isInteger(qty) ? 0 : 3);
		}

		choose(row, item_code) {
			if (item_code === row.item_code) {
				return;
			}
			const first = !row.item_code;
			Object.assign(row, { item_code, uom: "" });
			this.offer(row, []);
			row.body.find(".crm-ext-line-name").empty();
			this.toggle(row);
			if (item_code && first) {
				if (row === this.rows.at(-1)) {
					this.add({});
				}
				row.input.trigger("focus").trigger("select");
			} else if (!item_code && row !== this.rows.at(-1)) {
				this.remove(row);
				return;
			}
			this.on_change();
		}

		count(row) {
			const qty = flt(row.input.val());
			row.qty = qty > 0 ? qty : 1;
			row.input.val(this.shown(row.qty));
			this.on_change();
		}

		/** Enter in a quantity leads to the item of the next row. */
		go_on(row) {
			this.count(row);
			this.rows[this.rows.indexOf(row) + 1]?.link.set_focus();
		}

		remove(row) {
			row.body.remove();
			this.rows = this.rows.filter((one) => one !== row);
			this.on_change();
		}

		/** An empty row has only its item to fill in. */
		toggle(row) {
			row.body.toggleClass("is-empty", !row.item_code);
			row.body.find("td.is-number input, select").prop("disabled", !row.item_code);
		}

		/** The units to choose from; the first one is the item's own. */
		offer(row, uoms) {
			const options = [...new Set([...uoms, row.uom].filter(Boolean))];
			row.select.html(
				options.map(
					(uom) =>
						`<option value="${crm_ext.ui.escape(uom)}">${crm_ext.ui.escape(__(uom))}</option>`
				)
			);
			row.select.val(row.uom || options[0] || "");
		}

		paste(event) {
			const text = event.originalEvent.clipboardData?.getData("text") || "";
			if (!/[\t\n;]/.test(text.trim())) {
				return;
			}
			event.preventDefault();
			const at = this.rows.find((row) => row.body[0].contains(event.target));
			for (const line of crm_ext.prices.pasted_rows(text)) {
				this.add(line, at);
			}
			if (at.item_code === "" && at !== this.rows.at(-1)) {
				this.remove(at);
			}
			this.on_change();
		}
	};
})();
