// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// Promotions in selling documents before they are saved. Once ERPNext is done with a change, the server is asked what
// saving would make of the document, and its answer is laid over the rows.

(() => {
	frappe.provide("crm_ext.promotions");

	const API = "crm_ext.pricing.promotions.api.";
	const QUIET = 200;
	const AGAIN = 400;
	/** ERPNext prices rows again when one of these changes. */
	const REPRICED = [
		...[
			"customer",
			"party_name",
			"company",
			"currency",
			"conversion_rate",
			"plc_conversion_rate",
		],
		...["selling_price_list", "ignore_pricing_rule", "is_return", "sales_partner", "campaign"],
		...["transaction_date", "posting_date", "coupon_code", "set_warehouse"],
		...["crm_ext_branch", "crm_ext_sales_channel", "crm_ext_pos_profile", "pos_profile"],
	];
	const WATCHED = [
		...REPRICED,
		...["crm_ext_coupon_codes", "payment_terms_template", "posting_time", "territory"],
		...["customer_group", "taxes_and_charges", "tax_category", "shipping_rule"],
	];
	const ROW_REPRICED = ["qty", "conversion_factor", "batch_no"];
	const ROW_WATCHED = [
		...ROW_REPRICED,
		...["rate", "price_list_rate", "discount_percentage", "discount_amount"],
		...["margin_type", "margin_rate_or_amount", "crm_ext_price_locked", "items_remove"],
	];
	const CHARGE_WATCHED = ["charge_type", "account_head", "rate", "tax_amount", "taxes_remove"];

	const { known } = crm_ext.promotions;

	/** Called with the form after an answer was laid over its rows: [(frm, answer) => …]. */
	crm_ext.promotions.on_answer ??= [];

	/** Wire one kind of document, “Sales Order”. */
	crm_ext.promotions.setup = (doctype) => {
		const watch = Object.fromEntries(WATCHED.map((field) => [field, changed]));
		frappe.ui.form.on(doctype, {
			...watch,
			...Object.fromEntries(REPRICED.map((field) => [field, take_off_all])),
			setup: watch_typing,
			refresh(frm) {
				crm_ext.promotions.show_panel(frm, null);
				if (frm.is_new()) {
					soon(frm);
				} else if (frm.doc.crm_ext_promotions) {
					tell(frm);
				}
			},
		});
		frappe.ui.form.on(`${doctype} Item`, {
			...Object.fromEntries(ROW_WATCHED.map((field) => [field, changed])),
			...Object.fromEntries(ROW_REPRICED.map((field) => [field, row_by(take_off)])),
			// of another item or unit, nothing was agreed
			...Object.fromEntries(["item_code", "uom"].map((field) => [field, row_by(anew)])),
			items_add: (frm, cdt, cdn) => locals[cdt][cdn].item_code && soon(frm), // a copy
			before_items_remove: (frm, cdt, cdn) =>
				// with all rules off, ERPNext takes free goods out itself
				frm.doc.ignore_pricing_rule || crm_ext.promotions.decline(frm, locals[cdt][cdn]),
		});
	};

	/** Agreed prices stay: those of returns, and of rows that were made from the rows of another document. */
	const is_agreed = ({ doc, cscript }, row) =>
		(doc.is_return && doc.return_against) || cscript.is_a_mapped_document?.(row);

	const take_off = (frm, row) => is_agreed(frm, row) || crm_ext.promotions.take_off(row);

	crm_ext.promotions.take_off_all = (frm) =>
		(frm.doc.items || []).forEach((row) => take_off(frm, row));

	const changed = (frm) => soon(frm);

	function take_off_all(frm) {
		if (may_change(frm)) {
			crm_ext.promotions.take_off_all(frm);
			soon(frm);
		}
	}

	const anew = (_frm, row) => crm_ext.promotions.take_off(row);

	const row_by = (take) => (frm, cdt, cdn) => {
		if (may_change(frm)) {
			take(frm, locals[cdt][cdn]);
			soon(frm);
		}
	};

	const may_change = (frm) => frm.doc.docstatus === 0 && frm.perm[0]?.write;

	/** Whether there can be an answer: promotions, or prices of which lines of the same item count together. */
	function is_wanted(frm) {
		const codes = (frm.doc.items || []).map((row) => row.item_code).filter(Boolean);
		if (!may_change(frm) || !frm.doc.company || !codes.length) {
			return false;
		}
		return known().promotions || (known().prices && new Set(codes).size < codes.length);
	}

	/** Ask once there is nothing more to change, type or wait for. */
	function soon(frm) {
		const state = (frm.crm_ext_preview ??= { number: 0 });
		state.number += 1;
		clearTimeout(state.timer);
		state.timer = null;
		crm_ext.promotions.renew().then((other) => other && soon(frm));
		if (!is_wanted(frm)) {
			if (crm_ext.promotions.live() && frm.doc.docstatus === 0) {
				crm_ext.promotions.show_panel(frm, null);
			}
			return;
		}
		state.timer = setTimeout(() => ask(frm, state), QUIET);
	}
	crm_ext.promotions.soon = soon;

	async function ask(frm, state) {
		const { number } = state;
		const { name, modified } = frm.doc;
		if (!frm.is_new() && !frm.is_dirty()) {
			state.timer = null; // nobody has changed it, or it was saved meanwhile
			return;
		}
		if (frappe.request.ajax_count || is_typing(frm)) {
			await frappe.after_ajax();
			if (number === state.number) {
				state.timer = setTimeout(
					() => ask(frm, state),
					frappe.request.ajax_count || is_typing(frm) ? AGAIN : QUIET
				);
			}
			return;
		}
		const answer = await asked(frm);
		if (number !== state.number) {
			return;
		}
		if (frappe.request.ajax_count || is_typing(frm)) {
			// the cell would lose what is typed; ERPNext asks twice for a row and would undo what is laid in between
			state.timer = setTimeout(() => ask(frm, state), AGAIN);
			return;
		}
		state.timer = null;
		if (frm.doc.name === name && frm.doc.modified === modified) {
			await (answer ? show(frm, answer) : crm_ext.promotions.show_panel(frm, null));
		}
	}

	/** Note which cell somebody is typing in: until that is done, nothing is to change under the hands. */
	function watch_typing(frm) {
		frm.layout.wrapper
			.on("input", ".grid-row input", ({ target }) => {
				frm.crm_ext_typing = target;
			})
			.on("change focusout", ".grid-row input", () => {
				frm.crm_ext_typing = null;
			});
	}

	const is_typing = (frm) =>
		document.activeElement && frm.crm_ext_typing === document.activeElement;

	function asked(frm) {
		return new Promise((resolve) => {
			frappe.call({
				method: `${API}preview`,
				args: { doc: frm.doc },
				silent: true,
				callback: ({ message }) => resolve(message),
				error: () => resolve(null),
			});
		});
	}

	/** Resolves when nothing is to be asked any more: before a document is saved. */
	crm_ext.promotions.settled = (frm) =>
		new Promise((resolve) => {
			const look = () =>
				frm.crm_ext_preview?.timer ? setTimeout(look, QUIET / 2) : resolve();
			look();
		});

	async function show(frm, answer) {
		await crm_ext.promotions.lay(frm, answer);
		crm_ext.promotions.show_panel(frm, answer);
		for (const listener of crm_ext.promotions.on_answer) {
			listener(frm, answer);
		}
	}

	/** What the promotions of a saved document did. */
	async function tell(frm) {
		const { name, doctype } = frm.doc;
		const answer = await frappe.xcall(`${API}told`, { doctype, name });
		if (frm.doc.name === name && !frm.is_dirty()) {
			crm_ext.promotions.show_panel(frm, answer);
		}
	}

	const SELLING = ["Quotation", "Sales Order", "Delivery Note", "Sales Invoice", "POS Invoice"];
	crm_ext.promotions.wired ??= new Set(); // a script runs again with each form that loads it
	if (!crm_ext.promotions.wired.has("charges")) {
		crm_ext.promotions.wired.add("charges");
		const charged = (frm) => SELLING.includes(frm.doctype) && soon(frm);
		frappe.ui.form.on(
			"Sales Taxes and Charges",
			Object.fromEntries(CHARGE_WATCHED.map((field) => [field, charged]))
		);
	}
	for (const doctype of SELLING) {
		if (
			frappe.meta.docfield_map[`${doctype} Item`] &&
			!crm_ext.promotions.wired.has(doctype)
		) {
			crm_ext.promotions.wired.add(doctype);
			crm_ext.promotions.setup(doctype);
		}
	}
})();
