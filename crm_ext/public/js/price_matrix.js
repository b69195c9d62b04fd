// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The rates on the form of a Price Matrix: the sheet with its tools. What is not saved yet stays when one goes to another
// page of the Desk and comes back, as an unsaved form does; leaving the Desk asks first.

(() => {
	frappe.provide("crm_ext.pricing");

	const ALWAYS = ["item", "customer", "customer_tag", "min_qty", "rate_type", "value"];
	const books = new Map();

	/** The sheet of one matrix with its tools. */
	class Book {
		constructor(frm, columns) {
			Object.assign(this, { frm, name: frm.doc.name, all: false, filled: new Set() });
			this.rates = new crm_ext.pricing.Rates(this.name, columns, () => this.tell());
			this.root = $(this.html(Boolean(frm.perm[0]?.write)));
			this.sheet = new crm_ext.pricing.Sheet(
				this.root.find(".crm-ext-book-sheet"),
				this.rates,
				this.columns(),
				{
					writable: Boolean(frm.perm[0]?.write),
					currency: () => this.frm.doc.currency,
					moved: () => this.tell_place(),
					save: () => this.save(),
					escaped: () => this.widen(false),
					pasted: (named) => this.reveal_columns(named),
				}
			);
			this.listen();
		}

		html(writable) {
			const { escape } = crm_ext.ui;
			const tool = (does, label, icon, more = "") =>
				`<button type="button" class="btn btn-default btn-sm ${more}" data-do="${does}"
					title="${escape(label)}" aria-label="${escape(label)}">${frappe.utils.icon(icon, "sm")}</button>`;
			const item = (does, label) =>
				`<a class="dropdown-item" href="#" role="button" data-do="${does}">${escape(label)}</a>`;
			return `<div class="crm-ext-book">
				<div class="crm-ext-book-tools">
					<input type="search" class="form-control input-sm" data-part="search"
						placeholder="${escape(__("Search items, customers, places"))}">
					<button type="button" class="btn btn-default btn-sm" data-do="columns" aria-pressed="false">${escape(
						__("All Columns")
					)}</button>
					<span class="crm-ext-book-status" data-part="status" aria-live="polite"></span>
					${
						writable
							? `<button type="button" class="btn btn-default btn-sm" data-do="discard" hidden>${escape(
									__("Discard")
								)}</button>
						<button type="button" class="btn btn-primary btn-sm" data-do="save" hidden>${escape(
							__("Save Rates")
						)}</button>
						<button type="button" class="btn btn-default btn-sm" data-do="add">${escape(__("Add Rate"))}</button>
						<button type="button" class="btn btn-default btn-sm" data-do="import">${escape(__("Import"))}</button>`
							: ""
					}
					<div class="btn-group"><button type="button" class="btn btn-default btn-sm" data-toggle="dropdown"
						aria-haspopup="true" aria-expanded="false">${escape(__("Export"))}</button>
						<div class="dropdown-menu dropdown-menu-right">
							${item("export_xlsx", __("Rates as XLSX"))}${item("export_csv", __("Rates as CSV"))}
							${item("template", __("Template without Rates"))}
						</div></div>
					${tool("widen", __("Full Screen"), "expand")}
				</div>
				<div class="crm-ext-book-sheet"></div>
				<div class="crm-ext-book-foot"><span data-part="count"></span><span data-part="complaint"></span>
					<span data-part="help">${escape(
						writable
							? __(
									"F2 edits · Ctrl+V pastes · Ctrl+D fills down · Ctrl+Z takes back"
								)
							: ""
					)}</span></div>
			</div>`;
		}

		part(name) {
			return this.root.find(`[data-part=${name}]`);
		}

		listen() {
			const does = {
				columns: () => this.toggle_columns(),
				save: () => this.save(),
				discard: () => this.discard(),
				add: () => this.add(),
				import: () => crm_ext.pricing.import_rates(this.name, () => this.imported()),
				export_xlsx: () => this.download("export", { file_type: "XLSX" }),
				export_csv: () => this.download("export", { file_type: "CSV" }),
				template: () => this.download("template", {}),
				widen: () => this.widen(!this.root.hasClass("is-wide")),
				wrong: () => this.go_to_error(),
			};
			this.root.on("click", "[data-do]", (event) => {
				event.preventDefault();
				does[event.currentTarget.dataset.do]();
			});
			this.part("search").on(
				"input",
				frappe.utils.debounce(
					() => this.sheet.ask({ search: this.part("search").val().trim() }),
					300
				)
			);
		}

		/** Put it on the form; what others wrote meanwhile is read. */
		async show(wrapper) {
			if (wrapper.children()[0] !== this.root[0]) {
				wrapper.children().detach();
				wrapper.append(this.root);
			}
			this.is_shown = true;
			const version = this.frm.doc.rates_version;
			if (this.version !== version) {
				this.version = version;
				await this.read();
			}
			this.sheet.layout();
		}

		async read() {
			const [filled] = await Promise.all([
				frappe.xcall("crm_ext.pricing.desk.filled_columns", { matrix: this.name }),
				this.rates.reload(),
			]);
			this.filled = new Set(filled);
			this.sheet.show_columns(this.columns());
		}

		columns() {
			const seen = ({ fieldname }) =>
				this.all || ALWAYS.includes(fieldname) || this.filled.has(fieldname);
			return this.rates.columns.filter(seen);
		}

		toggle_columns() {
			this.all = !this.all;
			this.root
				.find("[data-do=columns]")
				.attr("aria-pressed", this.all)
				.toggleClass("active", this.all);
			this.sheet.show_columns(this.columns());
			this.sheet.editor.focus();
		}

		reveal_columns(columns) {
			if (columns?.some((column) => !this.sheet.columns.includes(column))) {
				columns.forEach(({ fieldname }) => this.filled.add(fieldname));
				this.sheet.show_columns(this.columns());
			}
		}

		/** The counter of what is not saved, and the sheet. */
		tell() {
			const { escape } = crm_ext.ui;
			const { drafts, errors } = this.rates;
			const unsaved =
				drafts.size === 1 ? __("1 unsaved rate") : __("{0} unsaved rates", [drafts.size]);
			const wrong =
				errors.size === 1 ? __("1 with an error") : __("{0} with errors", [errors.size]);
			this.part("status").html(
				[
					drafts.size ? `<span class="is-unsaved">${escape(unsaved)}</span>` : "",
					errors.size
						? `<button type="button" class="btn btn-link btn-sm" data-do="wrong">${escape(wrong)}</button>`
						: "",
				].join("")
			);
			this.root.find("[data-do=save], [data-do=discard]").prop("hidden", !drafts.size);
			this.sheet?.refresh();
		}

		tell_place() {
			const { number } = crm_ext.ui;
			const { top, bottom } = this.sheet.range;
			const { total, added } = this.rates;
			const parts = [
				total === 1 ? __("1 rate") : __("{0} rates", [number(total)]),
				added.length && __("{0} new", [number(added.length)]),
				bottom > top && __("{0} rows selected", [number(bottom - top + 1)]),
			];
			this.part("count").text(parts.filter(Boolean).join(" · "));
			const { complaint } = this.sheet;
			this.part("complaint").text(complaint);
			this.part("help").prop("hidden", Boolean(complaint));
		}

		go_to_error() {
			const [[key, messages]] = this.rates.errors;
			const fields = Object.keys(messages);
			this.reveal_columns(
				this.rates.columns.filter(({ fieldname }) => fields.includes(fieldname))
			);
			const col = this.sheet.columns.findIndex(({ fieldname }) =>
				fields.includes(fieldname)
			);
			this.sheet.show_row(key, Math.max(col, 0));
			this.sheet.editor.focus();
		}

		add() {
			this.sheet.select(this.sheet.height - 1, 0);
			this.sheet.editor.focus();
		}

		async save() {
			this.sheet.editor.commit();
			if (!this.rates.drafts.size || this.saving) {
				return;
			}
			this.saving = true;
			this.root.addClass("is-saving");
			try {
				const { errors, saved, deleted } = await this.rates.save();
				if (errors.length) {
					this.go_to_error();
					return;
				}
				await this.read_version();
				const parts = [
					saved && __("{0} rates saved", [saved]),
					deleted && __("{0} rates deleted", [deleted]),
				];
				frappe.show_alert({
					message: parts.filter(Boolean).join(", "),
					indicator: "green",
				});
			} finally {
				this.saving = false;
				this.root.removeClass("is-saving");
			}
		}

		/** The count and version of the rates, on the form without making it unsaved. */
		async read_version() {
			const fields = ["rate_count", "rates_version"];
			const { message } = await frappe.db.get_value("Price Matrix", this.name, fields);
			this.version = message.rates_version;
			if (this.frm.doc.name === this.name) {
				Object.assign(this.frm.doc, message);
				fields.forEach((fieldname) => this.frm.refresh_field(fieldname));
				this.frm.trigger("crm_ext_rates_saved");
			}
		}

		discard() {
			frappe.confirm(__("Throw away {0} unsaved changes?", [this.rates.drafts.size]), () => {
				this.rates.discard();
				this.sheet.editor.focus();
			});
		}

		async imported() {
			await this.read_version();
			await this.read();
		}

		download(method, args) {
			window.open_url_post(`/api/method/crm_ext.pricing.rates_api.${method}`, {
				matrix: this.name,
				...args,
			});
		}

		widen(wide) {
			this.root.toggleClass("is-wide", wide);
			this.sheet.layout();
			this.sheet.editor.focus();
		}
	}

	/** Show the rates of the matrix on the form; call it at each refresh. */
	crm_ext.pricing.setup_rates = async (frm) => {
		crm_ext.pricing.style();
		const wrapper = frm.fields_dict.rates_html.$wrapper;
		if (frm.is_new()) {
			wrapper.children().detach();
			wrapper.html(
				`<p class="crm-ext-empty">${__("Save the matrix first, then enter its rates.")}</p>`
			);
			return;
		}
		const name = frm.doc.name;
		const columns = await all_columns(); // meanwhile this may have been called again
		if (!books.has(name)) {
			books.set(name, new Book(frm, columns));
		}
		if (frm.doc.name === name) {
			await books.get(name).show(wrapper);
		}
	};

	/** The form was saved: its rates too. */
	crm_ext.pricing.save_rates = (frm) => books.get(frm.doc.name)?.save();

	window.addEventListener("beforeunload", (event) => {
		if ([...books.values()].some((book) => book.rates.drafts.size)) {
			event.preventDefault();
			event.returnValue = true;
		}
	});

	$(document).on("rename", (_event, doctype, old_name, new_name) => {
		const book = doctype === "Price Matrix" && books.get(old_name);
		if (book) {
			book.name = book.rates.matrix = new_name;
			books.delete(old_name);
			books.set(new_name, book);
		}
	});

	frappe.router.on("change", () => {
		for (const book of books.values()) {
			const { size } = book.rates.drafts;
			const [, doctype, name] = frappe.get_route();
			const here = doctype === "Price Matrix" && name === book.name;
			if (size && !here && book.is_shown) {
				const link = frappe.utils.get_form_link("Price Matrix", book.name, true);
				frappe.show_alert({
					message: __("{0} rates of {1} are not saved.", [size, link]),
					indicator: "orange",
				});
			}
			book.is_shown = here;
		}
	});

	const all_columns = () => {
		crm_ext.pricing.columns_promise ??= frappe.xcall("crm_ext.pricing.rates_api.columns");
		return crm_ext.pricing.columns_promise;
	};
})();
