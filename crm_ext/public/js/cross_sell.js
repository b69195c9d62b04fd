// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// “Often bought together”: under the items of a draft, what others bought with them, to be added with one click.

(() => {
	frappe.provide("crm_ext.cross_sell");

	const DOCTYPES = ["Quotation", "Sales Order"];
	const METHOD = "crm_ext.cross_sell.api.suggestions";
	const STRIP = "crm-ext-cross-sell";
	const WAIT = 500;

	/** Wire one kind of document. */
	crm_ext.cross_sell.setup = (doctype) => {
		frappe.ui.form.on(doctype, { refresh: show_soon, company: show_soon });
		frappe.ui.form.on(`${doctype} Item`, { item_code: show_soon, items_remove: show_soon });
	};

	/** Once for what is filled in at one go. */
	function show_soon(frm) {
		clearTimeout(frm.crm_ext_cross_sell_timer);
		frm.crm_ext_cross_sell_timer = setTimeout(() => show(frm), WAIT);
	}

	async function show(frm) {
		const args = question(frm);
		const asked = JSON.stringify([frm.doc.name, args]);
		if (asked === frm.crm_ext_cross_sell_asked) {
			return;
		}
		frm.crm_ext_cross_sell_asked = asked;
		const found = args ? await frappe.xcall(METHOD, args) : [];
		if (asked === frm.crm_ext_cross_sell_asked) {
			draw(frm, found);
		}
	}

	/** What to ask for; null: nothing. */
	function question(frm) {
		const { doc } = frm;
		const items = new Set((doc.items || []).map((row) => row.item_code).filter(Boolean));
		const may = frappe.model.can_read("Item Association") && frm.perm[0]?.write;
		return may && doc.docstatus === 0 && items.size
			? { items: [...items].sort(), company: doc.company || "" }
			: null;
	}

	function draw(frm, found) {
		const grid = frm.fields_dict.items.$wrapper;
		grid.children(`.${STRIP}`).remove();
		if (!found.length) {
			return;
		}
		style();
		const strip = $(
			`<div class="${STRIP}" role="group"><span>${__("Often bought together")}</span></div>`
		);
		strip.attr("aria-label", __("Often bought together"));
		for (const one of found) {
			$(`<button type="button" class="btn btn-default btn-xs"></button>`)
				.html(`${frappe.utils.icon("add", "xs")}<span class="ellipsis"></span>`)
				.attr({ title: reason(one), "data-item": one.item_code })
				.on("click", (event) => add(frm, one, event.currentTarget))
				.appendTo(strip)
				.find("span")
				.text(one.item_name || one.item_code);
		}
		grid.append(strip);
	}

	function reason(one) {
		const tenths = (value) => format_number(value, null, 1);
		return [
			__("{0}% of the invoices with {1} have it too.", [
				tenths(one.confidence),
				one.with_item_name || one.with_item,
			]),
			__("Lift {0}: so many times more often than by chance.", [tenths(one.lift)]),
			__("Support {0}%: {1} invoices have both.", [
				format_number(one.support, null, one.support < 1 ? 4 : 2),
				one.together,
			]),
		].join("\n");
	}

	/** As if somebody picked the item in the last, empty row. */
	async function add(frm, one, button) {
		button.disabled = true;
		const row = frm.doc.items.find((row) => !row.item_code) || frm.add_child("items");
		frm.refresh_field("items");
		await frappe.model.set_value(row.doctype, row.name, "item_code", one.item_code);
	}

	const style = () => {
		if (!document.getElementById(`${STRIP}-style`)) {
			frappe.dom.set_style(STYLE, `${STRIP}-style`);
		}
	};

	const STYLE = `
	.${STRIP} { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; margin: 8px 0 4px; }
	.${STRIP} > span { margin-right: 4px; font-size: var(--text-sm); color: var(--text-muted); }
	.${STRIP} > button { display: inline-flex; align-items: center; gap: 4px; max-width: 260px; }
	.${STRIP} > button .icon { flex: none; margin: 0; }
	`;

	crm_ext.cross_sell.wired ??= new Set(); // a script runs again with each form that loads it
	for (const doctype of DOCTYPES) {
		if (
			frappe.meta.docfield_map[`${doctype} Item`] &&
			!crm_ext.cross_sell.wired.has(doctype)
		) {
			crm_ext.cross_sell.wired.add(doctype);
			crm_ext.cross_sell.setup(doctype);
		}
	}
})();
