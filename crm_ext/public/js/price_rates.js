// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The rates of a matrix as the sheet shows them: pages of the server, read when they come into sight, and over them
// the drafts, which are not saved yet. Every change is a step that can be undone. Nothing here knows of the screen.

(() => {
	frappe.provide("crm_ext.pricing");

	const PAGE = 200;
	const CHECKED_WHILE_TYPING = 2000;
	const NEW = "+";
	const BLANK = { rate_type: "Rate" };

	crm_ext.pricing.Rates = class Rates {
		/** `columns` as the server names them; `told()` is called after every change of what there is to see. */
		constructor(matrix, columns, told = () => {}) {
			Object.assign(this, { matrix, columns, told, total: 0, serial: 0, revision: 0 });
			this.query = { search: "", filters: {}, order_by: "item" };
			this.pages = new Map();
			this.check_soon = frappe.utils.debounce(() => this.check(), 500);
			this.forget_drafts();
		}

		call(method, args) {
			return frappe.xcall(`crm_ext.pricing.rates_api.${method}`, {
				matrix: this.matrix,
				...args,
			});
		}

		forget_drafts() {
			this.drafts = new Map();
			this.errors = new Map();
			this.added = [];
			this.done = [];
			this.undone = [];
			this.revision += 1;
		}

		get length() {
			return this.total + this.added.length;
		}

		/** Read again, with another search, other filters or another order if given. */
		async reload(query = {}) {
			Object.assign(this.query, query);
			this.pages = new Map();
			await this.page(0);
		}

		page(number) {
			const pages = this.pages; // another query begins another map
			if (!pages.has(number)) {
				const asked = this.call("get_rates", {
					start: number * PAGE,
					limit: PAGE,
					...this.query,
				});
				const read = asked.then(
					({ total, rows }) => {
						pages.set(number, rows);
						if (pages === this.pages) {
							this.total = total;
							this.is_read = true;
							this.told();
						}
					},
					() => pages.delete(number)
				);
				pages.set(number, read);
			}
			return pages.get(number);
		}

		/** Have the rows from one place to another at hand. */
		load(start, end) {
			const last = Math.min(end, this.total - 1);
			const asked = [];
			for (let page = Math.floor(start / PAGE); page * PAGE <= last; page += 1) {
				asked.push(this.page(page));
			}
			return Promise.all(asked);
		}

		is_loaded(start, end) {
			const last = Math.min(end, this.total - 1);
			for (let page = Math.floor(start / PAGE); page * PAGE <= last; page += 1) {
				if (!Array.isArray(this.pages.get(page))) {
					return false;
				}
			}
			return true;
		}

		/** The row at a place: {key, values, saved, deleted}. null: it is on its way. Without a key: not made yet. */
		at(index) {
			if (index >= this.total) {
				const key = this.added[index - this.total];
				return key
					? { key, ...this.drafts.get(key) }
					: { key: null, values: {}, saved: null };
			}
			const page = this.pages.get(Math.floor(index / PAGE));
			const saved = Array.isArray(page) && page[index % PAGE];
			return saved
				? { key: saved.name, saved, values: saved, ...this.drafts.get(saved.name) }
				: null;
		}

		place_of(key) {
			if (key.startsWith(NEW)) {
				return this.total + this.added.indexOf(key);
			}
			for (const [number, page] of this.pages) {
				const within = Array.isArray(page)
					? page.findIndex((row) => row.name === key)
					: -1;
				if (within >= 0) {
					return number * PAGE + within;
				}
			}
			return -1;
		}

		/** Write cells, [{index, fieldname, value}], as one step; those past the end make new rows. */
		set(cells) {
			const after = new Map();
			const fresh = new Map();
			for (const { index, fieldname, value } of cells) {
				const row = this.at(index);
				if (row && !row.deleted) {
					const key = row.key ?? fresh.get(index) ?? `${NEW}${(this.serial += 1)}`;
					fresh.set(index, key);
					const draft = after.get(key) || {
						saved: row.saved,
						values: { ...(row.key ? row.values : BLANK) },
					};
					draft.values[fieldname] = value;
					after.set(key, draft);
				}
			}
			this.step(
				[...after].map(([key, draft]) => ({
					key,
					before: this.drafts.get(key),
					after: this.says_nothing(draft) ? undefined : draft,
				}))
			);
		}

		/** Mark rows to be deleted when the rates are saved; new ones just go. */
		remove(places) {
			const rows = places.map((index) => this.at(index)).filter((row) => row?.key);
			this.step(
				rows.map(({ key, saved, values }) => ({
					key,
					before: this.drafts.get(key),
					after: saved ? { saved, values, deleted: true } : undefined,
				}))
			);
		}

		step(changes) {
			const real = changes.filter((change) => change.before || change.after);
			if (real.length) {
				this.done.push(real);
				this.undone = [];
				this.apply(real, "after");
			}
		}

		/** Take back the last step; returns the key of a row that it changed. */
		undo() {
			return this.travel(this.done, this.undone, "before");
		}

		redo() {
			return this.travel(this.undone, this.done, "after");
		}

		travel(from, to, which) {
			const step = from.pop();
			if (step) {
				to.push(step);
				this.apply(step, which);
			}
			return step?.[0].key;
		}

		apply(changes, which) {
			for (const change of changes) {
				if (change[which]) {
					this.drafts.set(change.key, change[which]);
				} else {
					this.drafts.delete(change.key);
					this.errors.delete(change.key);
				}
			}
			this.added = [...this.drafts.keys()].filter((key) => key.startsWith(NEW));
			this.added.sort((a, b) => a.slice(1) - b.slice(1));
			this.revision += 1;
			this.check_soon();
			this.told();
		}

		/** Whether a draft is as saved, or a new row without anything in it. */
		says_nothing({ saved, values }) {
			return this.columns.every((column) =>
				same(column, values[column.fieldname], (saved || BLANK)[column.fieldname])
			);
		}

		/** The fields in which a row differs from what is saved. */
		is_changed({ saved, values }, column) {
			return (
				Boolean(saved) && !same(column, values[column.fieldname], saved[column.fieldname])
			);
		}

		/** What the server is sent: the drafts that stay, in their order, with the keys to know them by. */
		outgoing() {
			const staying = [...this.drafts].filter(([, draft]) => !draft.deleted);
			const rows = staying.map(([key, { saved, values }], place) => {
				const row = { idx: place + 1, ...(saved && { name: key }) };
				for (const { fieldname } of this.columns) {
					row[fieldname] = values[fieldname] ?? "";
				}
				return row;
			});
			const deleted = [...this.drafts].filter(([, draft]) => draft.deleted);
			return {
				keys: staying.map(([key]) => key),
				rows,
				deleted: deleted.map(([key]) => key),
			};
		}

		async check() {
			const { keys, rows, deleted } = this.outgoing();
			const { revision } = this;
			if (rows.length && rows.length <= CHECKED_WHILE_TYPING) {
				const answer = await this.call("check_rates", { rows, deleted }).catch(() => null);
				if (answer && revision === this.revision) {
					this.note(answer.errors, keys);
				}
			}
		}

		/** A new row that is still being written is not blamed for what it lacks. */
		lacks_only({ key, fieldname }) {
			const draft = this.drafts.get(key);
			return key === this.here && !draft?.saved && !draft?.values[fieldname];
		}

		/** Told of the row that is being written. */
		go_to(key) {
			if (this.here !== key) {
				this.here = key;
				if (this.spared) {
					this.check_soon();
				}
			}
		}

		note(errors, keys) {
			this.errors = new Map();
			this.spared = false;
			for (const { idx, fieldname, message } of errors) {
				const key = keys[idx - 1];
				if (this.lacks_only({ key, fieldname })) {
					this.spared = true;
					continue;
				}
				this.errors.set(key, { ...this.errors.get(key), [fieldname || ""]: message });
			}
			this.told();
		}

		/** Write all drafts, or none if one is faulty; answers with what the server said. */
		async save() {
			const { keys, rows, deleted } = this.outgoing();
			const answer = await this.call("save_rates", { rows, deleted });
			if (answer.errors.length) {
				this.here = null;
				this.note(answer.errors, keys);
			} else {
				this.forget_drafts();
				await this.reload();
			}
			return answer;
		}

		discard() {
			this.forget_drafts();
			this.told();
		}
	};

	function same(column, one, other) {
		if (column.fieldtype === "Float") {
			return (one || 0) === (other || 0);
		}
		return (one ?? "") === (other ?? "");
	}
})();
