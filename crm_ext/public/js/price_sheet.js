// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The sheet of rates, to look at: only the rows in sight are drawn, so that 100,000 are as light as ten. It knows
// which cells are selected; how they are written, and what the keys do, is told beside it (price_editor.js,
// price_keys.js). Frappe's own DataTable keeps every cell as an object and its selection in the elements drawn, and
// can neither page from the server nor paste past its end; hence a grid of our own.

(() => {
	frappe.provide("crm_ext.pricing");

	const ROW = 30;
	const SPARE = 12;
	const NUMBERS = 58;
	const WIDTHS = { Float: 104, Date: 108, Select: 158, Link: 132 };
	const WIDE = { item: 160, min_qty: 120, uom: 84, currency: 92, value: 128 };

	crm_ext.pricing.Sheet = class Sheet {
		/** `columns`: those in sight. `options`: {writable, currency(), moved(sheet)}. */
		constructor(parent, rates, columns, options) {
			Object.assign(this, { rates, columns, options });
			this.anchor = { row: 0, col: 0 };
			this.cursor = this.anchor;
			this.root =
				$(`<div class="crm-ext-sheet" role="grid"><div class="crm-ext-sheet-head"></div>
				<div class="crm-ext-sheet-body"><div class="crm-ext-sheet-rows"></div></div></div>`);
			this.root.appendTo(parent);
			this.frame = this.root[0];
			[this.head, this.body, this.rows] = ["head", "body", "rows"].map((part) =>
				this.root.find(`.crm-ext-sheet-${part}`)
			);
			this.editor = new crm_ext.pricing.CellEditor(this);
			this.listen();
			crm_ext.pricing.listen_to_keys(this);
			new ResizeObserver(() => this.layout()).observe(this.frame);
		}

		get column() {
			return this.columns[this.anchor.col];
		}

		/** One more than the rates there are, for a new one, if they may be written. */
		get height() {
			return this.rates.is_read ? this.rates.length + (this.options.writable ? 1 : 0) : 0;
		}

		/** {top, bottom, left, right}: the first and last rows and columns of the selection. */
		get range() {
			const [{ row, col }, cursor] = [this.anchor, this.cursor];
			return {
				top: Math.min(row, cursor.row),
				bottom: Math.max(row, cursor.row),
				left: Math.min(col, cursor.col),
				right: Math.max(col, cursor.col),
			};
		}

		get whole_rows() {
			const { left, right } = this.range;
			return left === 0 && right === this.columns.length - 1;
		}

		show_columns(columns) {
			this.editor.commit();
			this.columns = columns;
			this.anchor = { row: this.anchor.row, col: 0 };
			this.cursor = this.anchor;
			this.layout();
		}

		/** Widths for the room there is, and the headings. */
		layout() {
			const wanted = this.columns.map(
				({ fieldname, fieldtype }) => WIDE[fieldname] || WIDTHS[fieldtype]
			);
			const total = (widths) => widths.reduce((sum, width) => sum + width, 0);
			const room = this.frame.clientWidth - NUMBERS - 1;
			if (room <= 0) {
				return; // not shown yet
			}
			const stretch = Math.max(1, room / total(wanted));
			this.widths = wanted.map((width) => Math.floor(width * stretch));
			this.widths[0] += Math.max(0, room - total(this.widths));
			this.stuck = total(this.widths) > room ? this.sticking() : new Map();
			this.lefts = this.widths.map((_, col) =>
				this.widths.slice(0, col).reduce((left, width) => left + width, NUMBERS)
			);
			const whole = this.lefts.at(-1) + this.widths.at(-1);
			this.body.css("width", whole);
			this.head.css("width", whole).html(crm_ext.pricing.head_html(this));
			this.root.css("--crm-ext-columns", this.widths.map((width) => `${width}px`).join(" "));
			this.root.attr({ "aria-colcount": this.columns.length + 1 });
			this.refresh();
		}

		/** Where there is not room for all, the item and the price stay in sight: a style for each such column. */
		sticking() {
			const stuck = new Map([[0, `left: ${NUMBERS}px`]]);
			let [col, right] = [this.columns.length - 1, 0];
			while (crm_ext.pricing.AT_THE_END.includes(this.columns[col].fieldname)) {
				stuck.set(col, `right: ${right}px`);
				right += this.widths[col];
				col -= 1;
			}
			return stuck;
		}

		/** Draw anew what is in sight. */
		refresh() {
			if (!this.widths) {
				return;
			}
			const last = this.height - 1;
			const inside = ({ row, col }) => ({ row: Math.max(0, Math.min(row, last)), col });
			[this.anchor, this.cursor] = [inside(this.anchor), inside(this.cursor)];
			this.body.css("height", this.height * ROW);
			this.root.attr("aria-rowcount", this.height);
			this.drawn = "";
			this.draw();
			this.mark();
		}

		/** After scrolling: the rows that came into sight, and the editor where its cell is now. */
		follow() {
			this.draw();
			if (this.stuck.size) {
				this.editor.stand(this.box());
			}
		}

		/** The rows in sight, with some to spare above and below. */
		draw() {
			const top = Math.floor(this.frame.scrollTop / ROW / SPARE) * SPARE;
			const first = Math.max(0, top - SPARE);
			const seen = Math.ceil(this.frame.clientHeight / ROW);
			const last = Math.min(this.height - 1, top + seen + 2 * SPARE);
			if (this.drawn === `${first} ${last}`) {
				return;
			}
			this.drawn = `${first} ${last}`;
			const rows = [];
			for (let index = first; index <= last; index += 1) {
				rows.push(crm_ext.pricing.row_html(this, index));
			}
			this.rows.css("top", first * ROW).html(rows.join(""));
			this.mark_cells();
			this.load(first, last);
		}

		/** Ask for rows not before the scrolling comes to rest: who drags the bar passes thousands. */
		load(first, last) {
			clearTimeout(this.loading);
			if (!this.rates.is_loaded(first, last)) {
				this.loading = setTimeout(() => this.rates.load(first, last), 60);
			}
		}

		/** Show the selection, and have the editor wait in its first cell. */
		mark() {
			if (this.height) {
				this.mark_cells();
				this.editor.wait(this.box());
				this.rates.go_to(this.rates.at(this.anchor.row)?.key);
				this.options.moved(this);
			}
		}

		mark_cells() {
			const { top, bottom, left, right } = this.range;
			const many = top !== bottom || left !== right;
			for (const line of this.rows[0].children) {
				const row = cint(line.dataset.row);
				const within = many && row >= top && row <= bottom;
				for (const [place, cell] of [...line.children].entries()) {
					const col = place - 1; // the number of the row comes first
					cell.classList.toggle("is-in", within && col >= left && col <= right);
					const here = row === this.anchor.row && col === this.anchor.col;
					cell.classList.toggle("is-here", here);
				}
			}
		}

		/** Where the first cell of the selection stands now: {top, left, width, height}. */
		box() {
			const { row, col } = this.anchor;
			const [cell] = this.rows.find(`[data-row=${row}] [data-col=${col}]`);
			const left = cell
				? cell.getBoundingClientRect().left - this.body[0].getBoundingClientRect().left
				: this.lefts[col];
			return { top: row * ROW, left, width: this.widths[col], height: ROW };
		}

		/** Go to a cell; `extend` moves only the other corner of the selection. */
		select(row, col, extend = false) {
			const last = { row: this.height - 1, col: this.columns.length - 1 };
			this.cursor = {
				row: Math.max(0, Math.min(row, last.row)),
				col: Math.max(0, Math.min(col, last.col)),
			};
			if (!extend) {
				this.anchor = this.cursor;
			}
			this.reveal(this.cursor);
			this.draw();
			this.mark();
		}

		select_rows(from, to) {
			this.anchor = { row: from, col: 0 };
			this.cursor = { row: to, col: this.columns.length - 1 };
			this.mark();
		}

		/** Go to the row with a key, if it is at hand. */
		show_row(key, col = this.anchor.col) {
			const row = key ? this.rates.place_of(key) : -1;
			if (row >= 0) {
				this.select(row, col);
			}
		}

		reveal({ row, col }) {
			const head = this.head[0].offsetHeight;
			const { scrollTop, clientHeight, scrollLeft, clientWidth } = this.frame;
			const top = row * ROW;
			if (top < scrollTop) {
				this.frame.scrollTop = top;
			} else if (top + ROW > scrollTop + clientHeight - head) {
				this.frame.scrollTop = top + ROW - clientHeight + head;
			}
			if (this.stuck.has(col)) {
				return;
			}
			const beside = (from, to) =>
				[...this.stuck.keys()]
					.filter((one) => one >= from && one < to)
					.reduce((width, one) => width + this.widths[one], 0);
			const left = this.lefts[col] - NUMBERS - beside(0, col);
			const right = this.lefts[col] + this.widths[col] + beside(col, this.columns.length);
			if (left < scrollLeft) {
				this.frame.scrollLeft = left;
			} else if (right > scrollLeft + clientWidth) {
				this.frame.scrollLeft = right - clientWidth;
			}
		}

		/** The message about the cell that is selected, or about its row. */
		get complaint() {
			const key = this.rates.at(this.anchor.row)?.key;
			const errors = (key && this.rates.errors.get(key)) || {};
			return errors[this.column.fieldname] || errors[""] || "";
		}

		listen() {
			this.root
				.on("scroll", () => requestAnimationFrame(() => this.follow()))
				.on("mousedown", "[data-col], .is-number", (event) => this.press(event))
				.on("dblclick", "[data-col]", () => this.editor.open())
				.on("click", "[data-sort]", (event) => this.sort(event.currentTarget.dataset.sort))
				.on("change", "[data-filter]", (event) => this.filter(event.currentTarget))
				.on("keydown", "[data-filter]", (event) => event.stopPropagation());
		}

		press(event) {
			if (event.button !== 0) {
				return;
			}
			event.preventDefault(); // the focus belongs to the editor
			this.editor.commit({ as_typed: true });
			const cell_of = ({ target }) => {
				const row = target.closest?.("[data-row]")?.dataset.row;
				const col = target.closest?.("[data-col]")?.dataset.col;
				return { row: row && cint(row), col: col && cint(col) };
			};
			const { row, col } = cell_of(event);
			const go = (to) => {
				if (col === undefined) {
					this.select_rows(event.shiftKey ? this.anchor.row : row, to.row ?? row);
				} else if (to.row !== undefined && to.col !== undefined) {
					this.select(
						to.row,
						to.col,
						event.shiftKey || to.row !== row || to.col !== col
					);
				}
			};
			go({ row, col });
			this.editor.focus();
			this.root.on("mousemove.crm_ext", (move) => go(cell_of(move)));
			$(document).one("mouseup", () => this.root.off("mousemove.crm_ext"));
		}

		sort(fieldname) {
			const down = this.rates.query.order_by === fieldname;
			this.ask({ order_by: down ? `${fieldname} desc` : fieldname });
		}

		/** Of a link a part of the name is enough. */
		filter({ dataset, value: text }) {
			const column = this.columns.find(({ fieldname }) => fieldname === dataset.filter);
			const value = crm_ext.pricing.cell_value(column, text);
			const filters = { ...this.rates.query.filters };
			if (value === "") {
				delete filters[column.fieldname];
			} else {
				filters[column.fieldname] = column.fieldtype === "Link" ? `%${value}%` : value;
			}
			this.ask({ filters });
		}

		/** Another search, other filters, another order: from the top. */
		async ask(query) {
			this.editor.commit();
			this.root.addClass("is-asking");
			await this.rates.reload(query);
			this.root.removeClass("is-asking");
			this.frame.scrollTop = 0;
			this.layout();
			this.select(0, this.anchor.col);
		}
	};
})();
