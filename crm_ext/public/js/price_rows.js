// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The rows of selling documents: a quiet mark beside the rate that opens “Why this price”, and the lock. Prices
// themselves come with ERPNext's own calls; nothing here fetches one.

(() => {
	frappe.provide("crm_ext.prices");

	const PRICED_BY_HAND = ["rate", "price_list_rate"];
	const BARS = `<svg viewBox="0 0 14 14" fill="currentColor" aria-hidden="true"><rect x="1" y="1" width="3" height="12"
		rx="1"/><rect x="5.5" y="1" width="3" height="7" rx="1"/><rect x="10" y="6" width="3" height="7" rx="1"/></svg>`;

	/** Have the grids of one kind of document show the mark beside the rate. */
	crm_ext.prices.mark_rates = (doctype) => {
		frappe.meta.docfield_map[`${doctype} Item`].rate.formatter = format_rate;
	};

	/** Wire the rows of one kind of document, “Sales Order”. */
	crm_ext.prices.setup_rows = (doctype) => {
		const child = `${doctype} Item`;
		frappe.ui.form.on(doctype, {
			setup(frm) {
				crm_ext.ui.style();
				crm_ext.prices.style();
				listen(frm);
			},
		});
		frappe.ui.form.on(child, {
			form_render: show_actions,
			crm_ext_price_locked(frm, cdt, cdn) {
				const row = locals[cdt][cdn];
				if (!row.crm_ext_price_locked) {
					crm_ext.prices.use_automatic_price(frm, row);
				}
				refresh_row(frm, row);
			},
			crm_ext_price_reason: show_actions,
		});
	};

	/** The rate in the grid, with the mark where the price has its reasons, or is the user's own. */
	function format_rate(value, df, options, doc) {
		if (doc?.crm_ext_promotion && !flt(value) && !options?.only_value) {
			return `<div class="text-right">${__("Free", null, "CRM Ext")}</div>`;
		}
		const formatted = frappe.form.formatters.Currency(value, df, options, doc);
		if (options?.inline || options?.only_value || !doc?.parentfield || !has_reasons(doc)) {
			return formatted;
		}
		const [state, title] = state_of(doc);
		return `<div class="crm-ext-price"><button type="button" class="crm-ext-why ${state}"
			data-row="${crm_ext.ui.escape(doc.name)}" aria-label="${crm_ext.ui.escape(title)}"
			title="${crm_ext.ui.escape(title)}">${
				doc.crm_ext_price_locked ? frappe.utils.icon("lock", "xs") : BARS
			}</button>${formatted}</div>`;
	}

	const has_reasons = (row) => row.crm_ext_price_steps || row.crm_ext_price_locked;

	function state_of(row) {
		if (row.crm_ext_below_floor) {
			return ["is-below", __("Below the price floor: see why")];
		}
		if (row.crm_ext_price_locked) {
			return ["is-locked", __("The price is locked: see why")];
		}
		return ["", __("Why This Price")];
	}

	/** Clicks on the mark before the grid takes them to edit the row, and rates that a person types. */
	function listen(frm) {
		const form = frm.layout.wrapper[0];
		form.addEventListener(
			"click",
			(event) => {
				const mark = event.target.closest(".crm-ext-why");
				if (mark) {
					event.stopPropagation();
					event.preventDefault();
					crm_ext.prices.why_of_row(frm, row_named(frm, mark.dataset.row));
				}
			},
			true
		);
		form.addEventListener(
			"change",
			(event) => {
				const field = event.target.closest("[data-fieldname]")?.dataset.fieldname;
				const name = event.target.closest(".grid-row")?.dataset.name;
				if (event.isTrusted && PRICED_BY_HAND.includes(field) && name) {
					crm_ext.prices.typed(frm, row_named(frm, name), event.target.value);
				}
			},
			true
		);
	}

	const row_named = (frm, name) => frm.doc.items.find((row) => row.name === name);

	/** A person typed a rate: what differs from the automatic price is locked, what equals it is not. */
	crm_ext.prices.typed = (frm, row, value) => {
		const ours = row?.crm_ext_price_steps || (row?.item_code && crm_ext.promotions.live());
		if (!ours || flt(value) === flt(row.rate)) {
			return;
		}
		const automatic =
			!row.pricing_rules &&
			flt(value) === flt(crm_ext.promotions.automatic_rate(row), precision("rate", row));
		if (automatic === !row.crm_ext_price_locked) {
			return;
		}
		row.crm_ext_price_locked = automatic ? 0 : 1;
		setTimeout(() => refresh_row(frm, row)); // once the field has read what was typed
		if (row.crm_ext_price_locked) {
			frappe.show_alert(
				{
					message: __("Row {0} keeps your price. {1}", [
						row.idx,
						`<a href="#" data-action="undo" style="text-decoration: underline">${__(
							"Use Automatic Price"
						)}</a>`,
					]),
					indicator: "blue",
				},
				7,
				{
					undo() {
						crm_ext.prices.use_automatic_price(frm, row);
						return false;
					},
				}
			);
		}
	};

	/** Unlock a row, take off what was given by hand, and have ERPNext price it again, as after a change of quantity. */
	crm_ext.prices.use_automatic_price = async (frm, row) => {
		Object.assign(row, {
			crm_ext_price_locked: 0,
			discount_percentage: 0,
			discount_amount: 0,
			margin_type: "",
			margin_rate_or_amount: 0,
			rate_with_margin: 0,
		});
		frm.dirty();
		await frm.script_manager.trigger("qty", row.doctype, row.name);
		refresh_row(frm, row);
	};

	function lock(frm, row) {
		row.crm_ext_price_locked = 1;
		frm.dirty();
		refresh_row(frm, row);
	}

	/** “Why this price” of a row, with what one can do about it. */
	crm_ext.prices.why_of_row = (frm, row) =>
		crm_ext.prices.show_why(frm, row, may_change(frm, row) ? [lock_action(frm, row)] : []);

	const may_change = (frm, row) =>
		frm.doc.docstatus === 0 &&
		!frm.is_read_only?.() &&
		frm.perm[0]?.write &&
		!frm.cscript.is_a_mapped_document?.(row);

	function lock_action(frm, row) {
		return row.crm_ext_price_locked
			? {
					label: __("Use Automatic Price"),
					action: () => crm_ext.prices.use_automatic_price(frm, row),
				}
			: { label: __("Lock Price"), action: () => lock(frm, row) };
	}

	/** The buttons below the reason in the form of a row. */
	function show_actions(frm, cdt, cdn) {
		const form = frm.fields_dict.items.grid.grid_rows_by_docname[cdn]?.grid_form;
		const field = form?.fields_dict.crm_ext_price_reason;
		const row = locals[cdt][cdn];
		if (!field) {
			return;
		}
		field.$wrapper.find(".crm-ext-price-actions").remove();
		if (!has_reasons(row)) {
			return;
		}
		const actions = [
			{
				label: __("Show All Steps"),
				action: () => crm_ext.prices.why_of_row(frm, row),
			},
			...(may_change(frm, row) ? [lock_action(frm, row)] : []),
		];
		const bar = $(`<div class="crm-ext-price-actions"></div>`).appendTo(field.$wrapper);
		for (const { label, action } of actions) {
			$(`<button type="button" class="btn btn-default btn-xs"></button>`)
				.text(label)
				.on("click", action)
				.appendTo(bar);
		}
	}

	function refresh_row(frm, row) {
		const grid_row = frm.fields_dict.items.grid.grid_rows_by_docname[row.name];
		for (const field of ["rate", "crm_ext_price_locked"]) {
			grid_row?.refresh_field(field);
		}
		show_actions(frm, row.doctype, row.name);
	}
})();
