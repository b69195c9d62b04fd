// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// What the keys and the clipboard do in a sheet of rates. The habits are those of spreadsheets: Enter goes down, to where a
// run of Tabs began; F2 edits; Ctrl+D fills down; a block is pasted from the selected cell on, past the end too.

(() => {
	frappe.provide("crm_ext.pricing");

	const MOST_PASTED = 20_000;
	const ARROWS = {
		ArrowUp: [-1, 0],
		ArrowDown: [1, 0],
		ArrowLeft: [0, -1],
		ArrowRight: [0, 1],
	};

	crm_ext.pricing.listen_to_keys = (sheet) => {
		sheet.editor.input
			.on("keydown", (event) => {
				if (!event.originalEvent.isComposing && on_key(sheet, event)) {
					event.preventDefault();
				}
				event.stopPropagation(); // the form has keys of its own
			})
			.on("copy cut", (event) => copy(sheet, event))
			.on("paste", (event) => paste(sheet, event));
	};

	/** Whether the key did something here. */
	function on_key(sheet, event) {
		const { editor } = sheet;
		if (event.ctrlKey || event.metaKey) {
			return on_command(sheet, event);
		}
		if (event.key === "Enter" && !event.altKey) {
			editor.commit();
			sheet.select(
				sheet.anchor.row + (event.shiftKey ? -1 : 1),
				sheet.run ?? sheet.anchor.col
			);
			sheet.run = undefined;
			return true;
		}
		if (event.key === "Tab") {
			return tab(sheet, event.shiftKey ? -1 : 1);
		}
		return editor.is_open ? on_key_in_cell(sheet, event) : on_key_in_sheet(sheet, event);
	}

	function on_key_in_cell(sheet, { key }) {
		const { editor } = sheet;
		const [down] = ARROWS[key] || [0];
		if (key === "Escape") {
			editor.cancel();
			return true;
		}
		if (down && editor.walk(down)) {
			return true;
		}
		if (ARROWS[key] && editor.mode === "typed") {
			editor.commit();
			return move(sheet, ...ARROWS[key], false);
		}
		return false;
	}

	function on_key_in_sheet(sheet, { key, shiftKey, altKey }) {
		const page = Math.max(1, Math.floor(sheet.frame.clientHeight / 30) - 4);
		const { cursor, editor, columns } = sheet;
		const does = {
			F2: () => editor.open(),
			Delete: () => clear(sheet),
			Backspace: () => clear(sheet),
			Escape: () => sheet.options.escaped?.(),
			PageUp: () => move(sheet, -page, 0, shiftKey),
			PageDown: () => move(sheet, page, 0, shiftKey),
			Home: () => sheet.select(cursor.row, 0, shiftKey),
			End: () => sheet.select(cursor.row, columns.length - 1, shiftKey),
		}[key];
		if (key === "ArrowDown" && altKey) {
			editor.open();
			editor.offer(true);
		} else if (ARROWS[key]) {
			move(sheet, ...ARROWS[key], shiftKey);
		} else if (does) {
			does();
		} else {
			return false;
		}
		return true;
	}

	/** Keys with Ctrl, or ⌘. */
	function on_command(sheet, event) {
		const { rates, editor, cursor, columns } = sheet;
		const extend = event.shiftKey;
		const last = { row: sheet.height - 1, col: columns.length - 1 };
		const back = () => sheet.show_row(extend ? rates.redo() : rates.undo());
		const does = {
			s: () => sheet.options.save(),
			...(!editor.is_open && {
				z: back,
				y: () => sheet.show_row(rates.redo()),
				a: () => sheet.select_rows(0, Math.max(0, rates.length - 1)),
				d: () => fill_down(sheet),
				"-": () => crm_ext.pricing.remove_rows(sheet),
				Home: () => sheet.select(0, 0, extend),
				End: () => sheet.select(last.row, last.col, extend),
				ArrowUp: () => sheet.select(0, cursor.col, extend),
				ArrowDown: () => sheet.select(last.row, cursor.col, extend),
				ArrowLeft: () => sheet.select(cursor.row, 0, extend),
				ArrowRight: () => sheet.select(cursor.row, last.col, extend),
			}),
		}[event.key.length === 1 ? event.key.toLowerCase() : event.key];
		does?.();
		return Boolean(does);
	}

	function move(sheet, down, right, extend) {
		const from = extend ? sheet.cursor : sheet.anchor;
		sheet.run = undefined;
		sheet.select(from.row + down, from.col + right, extend);
		return true;
	}

	/** To the next cell, and on to the next row; past the last cell, the browser's own way out. */
	function tab(sheet, by) {
		sheet.editor.commit();
		const { row, col } = sheet.anchor;
		const width = sheet.columns.length;
		const next = row * width + col + by;
		if (next < 0 || next >= sheet.height * width) {
			return false;
		}
		sheet.run ??= col;
		sheet.select(Math.floor(next / width), next % width);
		return true;
	}

	/** The cells of the selection, in lines: [{index, column}]. */
	function lines(sheet) {
		const { top, bottom, left, right } = sheet.range;
		const columns = sheet.columns.slice(left, right + 1);
		return Array.from({ length: bottom - top + 1 }, (_, down) =>
			columns.map((column) => ({ index: top + down, column }))
		);
	}

	/** Have all rows of the selection at hand; null if they are too many for that. */
	async function loaded(sheet, top, bottom) {
		if (bottom - top >= MOST_PASTED) {
			frappe.show_alert({
				message: __("More than {0} rows at once are for a file: import or export them.", [
					format_number(MOST_PASTED, null, 0),
				]),
				indicator: "orange",
			});
			return false;
		}
		await sheet.rates.load(top, bottom);
		return true;
	}

	async function clear(sheet) {
		const { top, bottom } = sheet.range;
		if (!sheet.options.writable || !(await loaded(sheet, top, bottom))) {
			return;
		}
		if (sheet.whole_rows) {
			crm_ext.pricing.remove_rows(sheet);
			return;
		}
		const there = lines(sheet)
			.flat()
			.filter(({ index }) => sheet.rates.at(index)?.key);
		sheet.rates.set(
			there.map(({ index, column }) => ({ index, fieldname: column.fieldname, value: "" }))
		);
	}

	/** Mark the rows of the selection to be deleted. */
	crm_ext.pricing.remove_rows = async (sheet) => {
		const { top, bottom } = sheet.range;
		if (sheet.options.writable && (await loaded(sheet, top, bottom))) {
			sheet.rates.remove(Array.from({ length: bottom - top + 1 }, (_, down) => top + down));
		}
	};

	async function fill_down(sheet) {
		const { top, bottom } = sheet.range;
		if (!sheet.options.writable || !(await loaded(sheet, top, bottom))) {
			return;
		}
		const { values } = sheet.rates.at(top);
		const cells = lines(sheet).slice(1).flat();
		sheet.rates.set(
			cells.map(({ index, column: { fieldname } }) => ({
				index,
				fieldname,
				value: values[fieldname],
			}))
		);
	}

	async function copy(sheet, event) {
		if (sheet.editor.is_open) {
			return; // a part of the text in the cell
		}
		event.preventDefault();
		const { clipboardData } = event.originalEvent;
		const { top, bottom } = sheet.range;
		if (sheet.rates.is_loaded(top, bottom)) {
			clipboardData.setData("text/plain", block(sheet));
		} else if (await loaded(sheet, top, bottom)) {
			frappe.utils.copy_to_clipboard(block(sheet));
			sheet.editor.focus();
		}
		if (event.type === "cut") {
			clear(sheet);
		}
	}

	function block(sheet) {
		const { cell_text, block_text } = crm_ext.pricing;
		return block_text(
			lines(sheet).map((cells) =>
				cells.map(({ index, column }) =>
					cell_text(column, sheet.rates.at(index)?.values[column.fieldname])
				)
			)
		);
	}

	/** A block goes from the first selected cell on; a smaller one fills a selection that is a multiple of it. */
	async function paste(sheet, event) {
		if (sheet.editor.is_open) {
			return;
		}
		event.preventDefault();
		const text = event.originalEvent.clipboardData.getData("text/plain");
		if (!sheet.options.writable || !text) {
			return;
		}
		let given = crm_ext.pricing.block_of(text);
		const { top, bottom, left, right } = sheet.range;
		const named = crm_ext.pricing.headings(given[0], sheet.rates.columns);
		if (named) {
			given = given.slice(1);
		}
		const times = (selected, size) => (selected % size === 0 ? selected : size);
		const wide = Math.max(...given.map((cells) => cells.length));
		const down = times(bottom - top + 1, given.length);
		const across = named ? wide : times(right - left + 1, wide);
		const columns = named || sheet.columns.slice(left, left + across);
		if (!given.length || !(await loaded(sheet, top, top + down - 1))) {
			return;
		}
		const cells = [];
		for (let index = 0; index < down; index += 1) {
			const texts = given[index % given.length];
			columns.forEach((column, col) => {
				const value = crm_ext.pricing.cell_value(column, texts[col % wide] ?? "");
				cells.push({ index: top + index, fieldname: column.fieldname, value });
			});
		}
		sheet.rates.set(cells);
		sheet.options.pasted?.(named);
		sheet.anchor = { row: top, col: left };
		sheet.cursor = {
			row: Math.min(top + down, sheet.height) - 1,
			col: named ? left : Math.min(left + across, sheet.columns.length) - 1,
		};
		sheet.reveal({ ...sheet.cursor, col: left });
		sheet.reveal(sheet.anchor);
		sheet.mark();
	}
})();
