// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The one input of a sheet of rates. It waits unseen in the selected cell, with the focus and the cell's text, so that
// typing (with an input method too), copying and pasting reach it; with the first letter it shows itself. What goes
// into a column is offered below, but nobody is kept from typing something else: the check will say what it is worth.

(() => {
	frappe.provide("crm_ext.pricing");

	const OFFERED = 10;
	const found = new Map();

	crm_ext.pricing.CellEditor = class CellEditor {
		constructor(sheet) {
			this.sheet = sheet;
			/** "": it waits; "typed": arrow keys leave the cell; "caret": they move within the text. */
			this.mode = "";
			this.offers = [];
			this.chosen = -1;
			this.input =
				$(`<input class="crm-ext-sheet-input" autocomplete="off" spellcheck="false"
				role="combobox" aria-expanded="false">`).appendTo(sheet.body);
			this.list = $(`<ul class="crm-ext-sheet-list" role="listbox" hidden></ul>`).appendTo(
				sheet.body
			);
			this.look = frappe.utils.debounce(() => this.offer(), 150);
			this.listen();
		}

		listen() {
			this.input
				.on("input", () => {
					this.open("typed");
					if (this.sheet.column.fieldtype === "Select") {
						this.offer(); // it needs no look-up: who types fast shall have it too
					} else {
						this.look();
					}
				})
				.on("blur", () => this.commit({ as_typed: true }));
			this.list
				.on("mousedown", (event) => event.preventDefault())
				.on("click", "li", (event) => {
					this.choose(cint(event.currentTarget.dataset.offer));
					this.commit({ as_typed: true });
				});
		}

		get is_open() {
			return Boolean(this.mode);
		}

		focus() {
			this.input[0].focus({ preventScroll: true });
			if (!this.is_open) {
				this.input[0].select();
			}
		}

		text() {
			const { sheet } = this;
			const row = sheet.rates.at(sheet.anchor.row);
			return crm_ext.pricing.cell_text(sheet.column, row?.values[sheet.column.fieldname]);
		}

		stand(cell) {
			this.input.css(cell);
			this.cell = cell;
		}

		/** Stand in a cell, {top, left, width, height}, with its text. */
		wait(cell) {
			this.stand(cell);
			if (!this.is_open) {
				const text = this.text();
				const { column, anchor, complaint } = this.sheet;
				this.input.val(text);
				this.input.attr("aria-label", `${column.label} ${anchor.row + 1} ${complaint}`);
				this.input.prop("readOnly", !this.sheet.options.writable);
				if (document.activeElement === this.input[0]) {
					this.input[0].select();
				}
			}
		}

		/** Begin to write; with the text that is there, unless it was just typed. */
		open(mode = "caret") {
			const row = this.sheet.rates.at(this.sheet.anchor.row);
			if (this.is_open) {
				return;
			}
			if (!this.sheet.options.writable || !row || row.deleted) {
				this.wait(this.cell);
				return;
			}
			this.mode = mode;
			this.before = this.text();
			this.input
				.addClass("is-open")
				.toggleClass("is-right", this.sheet.column.fieldtype === "Float");
			if (mode === "caret") {
				this.focus();
				const end = this.input.val().length;
				this.input[0].setSelectionRange(end, end);
				if (this.sheet.column.fieldtype !== "Link") {
					this.offer(true);
				}
			}
		}

		/** Take the offer that is marked, or what is written, if there is none or it shall count as it is. */
		commit({ as_typed = false } = {}) {
			if (!this.is_open) {
				return;
			}
			if (this.offers[this.chosen] && !as_typed) {
				this.choose(this.chosen);
			}
			const text = this.input.val();
			const { sheet, before } = this;
			this.close();
			if (text.trim() !== before) {
				sheet.rates.set([
					{
						index: sheet.anchor.row,
						fieldname: sheet.column.fieldname,
						value: crm_ext.pricing.cell_value(sheet.column, text),
					},
				]);
			} else {
				this.wait(this.cell);
			}
		}

		cancel() {
			this.close();
			this.wait(this.cell);
		}

		close() {
			this.mode = "";
			this.input.removeClass("is-open");
			this.show([]);
		}

		/** Look for what goes with the text; `all`: for everything there is. */
		async offer(all = false) {
			const { column } = this.sheet;
			const text = this.input.val().trim();
			if (!this.is_open || (!text && !all && column.fieldtype === "Link")) {
				this.show([]);
				return;
			}
			if (column.fieldtype === "Select") {
				const low = all ? "" : text.toLowerCase();
				this.show(column.options.filter(({ label }) => label.toLowerCase().includes(low)));
			} else if (column.fieldtype === "Link") {
				const offers = await search(column.options, text);
				if (
					this.is_open &&
					text === this.input.val().trim() &&
					column === this.sheet.column
				) {
					this.show(offers);
				}
			}
		}

		/** The list below the cell, or above where there is no room; a record named just so is marked, or else the first. */
		show(offers) {
			const { escape } = crm_ext.ui;
			this.offers = offers;
			const text = this.input.val().trim().toLowerCase();
			const same = offers.findIndex(({ value }) => value.toLowerCase() === text);
			this.list.prop("hidden", !offers.length).html(
				offers
					.map(
						({ value, label, description }, n) => `<li role="option" data-offer="${n}">
							<b>${escape(label || value)}</b><span>${strip_html(description || "")}</span></li>`
					)
					.join("")
			);
			this.input.attr("aria-expanded", offers.length > 0);
			if (offers.length) {
				const { top, left, width, height } = this.cell;
				const high = this.list[0].offsetHeight;
				const { scrollTop, clientHeight } = this.sheet.frame;
				const room =
					scrollTop + clientHeight - this.sheet.head[0].offsetHeight - top - height;
				const above = room < high && top - scrollTop > high;
				this.list.css({
					left,
					minWidth: width,
					top: above ? top - high - 2 : top + height + 2,
				});
			}
			this.light(Math.max(same, 0));
		}

		light(number) {
			this.chosen = this.offers.length ? number : -1;
			this.list.children().each((n, item) => {
				item.setAttribute("aria-selected", n === this.chosen);
			});
			this.list.children().get(this.chosen)?.scrollIntoView({ block: "nearest" });
		}

		/** Mark the next offer, or the one before; false where none is shown. */
		walk(by) {
			const { length } = this.offers;
			if (length) {
				this.light((this.chosen + by + length) % length);
			}
			return length > 0;
		}

		choose(number) {
			const { value, label } = this.offers[number];
			this.input.val(this.sheet.column.fieldtype === "Select" ? label : value);
			this.show([]);
		}
	};

	/** Records of a DocType whose names or titles have a text, [{value, label, description}]. */
	function search(doctype, txt) {
		const key = `${doctype} ${txt}`;
		if (!found.has(key)) {
			const asked = frappe.xcall("frappe.desk.search.search_link", {
				doctype,
				txt,
				page_length: OFFERED,
			});
			found.set(
				key,
				asked.catch(() => [])
			);
			setTimeout(() => found.delete(key), 60_000);
		}
		return found.get(key);
	}
})();
