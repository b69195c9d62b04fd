// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// What the server says of promotions, put into the rows of a document past ERPNext's triggers, and taken off again
// before ERPNext prices a row anew.

(() => {
	frappe.provide("crm_ext.promotions");

	/** The automatic rate of a row: after promotions, else the price list rate. */
	crm_ext.promotions.automatic_rate = (row) => {
		const promoted = promoted_rate(row);
		return promoted === null ? flt(row.price_list_rate) : promoted;
	};

	function promoted_rate(row) {
		if (!row.crm_ext_price_steps?.includes('"promoted"')) {
			return null;
		}
		try {
			return flt(JSON.parse(row.crm_ext_price_steps).promoted);
		} catch {
			return null;
		}
	}

	/** Whether the rate of a row is what promotions made of it: nobody gave another one since. */
	const is_laid = (row) =>
		!row.crm_ext_price_locked &&
		!row.pricing_rules &&
		promoted_rate(row) !== null &&
		flt(row.rate, precision("rate", row)) === promoted_rate(row);

	/** ERPNext would keep what a promotion took off as a discount by hand: what it is to start from is the price. */
	crm_ext.promotions.take_off = (row) => {
		if (!row || !is_laid(row)) {
			return;
		}
		const told = JSON.parse(row.crm_ext_price_steps);
		const first = told.steps.findIndex((step) => step.did === "promotion");
		delete told.promoted;
		Object.assign(told, { rate: told.price, steps: told.steps.slice(0, first) });
		Object.assign(row, {
			rate: row.price_list_rate,
			discount_percentage: 0,
			discount_amount: 0,
			crm_ext_price_steps: JSON.stringify(told),
		});
	};

	/** Put an answer into the rows and have the document add up again. */
	crm_ext.promotions.lay = async (frm, answer) => {
		const changes = [
			...answer.rows.map(({ name, values }) => assign(named(frm, name), values)),
			lay_free_rows(frm, answer.free_rows),
			lay_taxes(frm, answer.taxes),
		];
		if (changes.some(Boolean)) {
			frm.doc.__unsaved = 1;
			await frm.cscript.calculate_taxes_and_totals();
			frm.refresh_field("items");
			frm.toolbar?.set_indicator?.();
		}
		Object.assign(frm.doc, answer.head);
		frm.refresh_field("crm_ext_promotion_terms");
	};

	/** Free goods that a person takes out stay out, until they are put back. */
	crm_ext.promotions.decline = (frm, row) => {
		if (row?.crm_ext_promotion) {
			change_declined(frm, (declined) => [
				...declined,
				[row.crm_ext_promotion, row.item_code],
			]);
		}
	};

	crm_ext.promotions.put_back = (frm, promotion, item_code) => {
		change_declined(frm, (declined) =>
			declined.filter((one) => one[0] !== promotion || one[1] !== item_code)
		);
		frm.dirty();
		crm_ext.promotions.soon(frm);
	};

	function change_declined(frm, change) {
		const stored = JSON.parse(frm.doc.crm_ext_promotions || '{"schema":1}');
		const declined = change(stored.declined || []);
		frm.doc.crm_ext_promotions = JSON.stringify({ ...stored, declined });
	}

	const named = (frm, name) => (frm.doc.items || []).find((row) => row.name === name);

	function assign(row, values) {
		if (!row) {
			return false;
		}
		Object.assign(row, values);
		if ("stock_uom_rate" in row) {
			row.stock_uom_rate = flt(row.rate) / (flt(row.conversion_factor) || 1);
		}
		return true;
	}

	/** Free goods that are to come, or to go. */
	function lay_free_rows(frm, { add, remove }) {
		for (const name of remove) {
			frappe.model.clear_doc(`${frm.doctype} Item`, name);
		}
		for (const values of add) {
			frm.add_child("items", values);
		}
		if (add.length) {
			// the row for the next item stays below what the promotions brought
			const { items } = frm.doc;
			put_in_order(frm, "items", [
				...items.filter((row) => row.item_code),
				...items.filter((row) => !row.item_code),
			]);
		}
		return add.length || remove.length;
	}

	/** Charges as they are to be, where free shipping takes some back: [{name, values}], without a name for new ones. */
	function lay_taxes(frm, taxes) {
		if (!taxes) {
			return false;
		}
		const before = new Map((frm.doc.taxes || []).map((row) => [row.name, row]));
		const rows = taxes.map(({ name, values }) =>
			before.has(name)
				? Object.assign(before.get(name), values)
				: frm.add_child("taxes", values)
		);
		put_in_order(frm, "taxes", rows);
		frm.refresh_field("taxes");
		return true;
	}

	function put_in_order(frm, field, rows) {
		frm.doc[field] = rows;
		rows.forEach((row, place) => {
			row.idx = place + 1;
		});
	}
})();
