// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// A price kind as a sentence: what it starts from, what it adds, and who gets it.

(() => {
	frappe.provide("crm_ext.pricing");

	/** The sentence above the form, with the whole chain where a kind is based on another. */
	crm_ext.pricing.show_kind = async (frm) => {
		crm_ext.ui.style();
		const { name } = frm.doc;
		const [facts, chain] = await Promise.all([crm_ext.rules.facts(), chain_of(frm.doc)]);
		if (frm.doc.name !== name) {
			return;
		}
		frm.layout.wrapper.children(".crm-ext-sentence").remove();
		$(`<div class="crm-ext-head crm-ext-sentence"></div>`)
			.html(sentence(frm.doc, chain, facts))
			.insertBefore(frm.layout.page);
	};

	/** The kinds that a kind is based on, the nearest first. */
	async function chain_of(doc) {
		if (doc.base !== "Price Kind" || !doc.based_on) {
			return [];
		}
		const kinds = await frappe.db.get_list("Price Kind", {
			fields: ["name", "base", "price_list", "based_on", "percent"],
			limit: 0,
		});
		const by_name = new Map(kinds.map((kind) => [kind.name, kind]));
		const chain = [];
		let next = doc;
		while (next?.base === "Price Kind" && !chain.includes(by_name.get(next.based_on))) {
			next = by_name.get(next.based_on);
			if (next) {
				chain.push(next);
			}
		}
		return chain;
	}

	function sentence(doc, chain, facts) {
		const parts = [`<p class="crm-ext-lead">${recipe(doc)}</p>`];
		if (chain.length) {
			const steps = chain.map(
				(kind) => `<li>${__("{0}: {1}", [kind_link(kind.name), recipe(kind)])}</li>`
			);
			parts.push(`<ul class="mb-1">${steps.join("")}</ul>`);
		}
		const conditions = crm_ext.rules.conditions_html(doc.conditions || [], facts);
		parts.push(
			`<p class="text-muted">${
				conditions
					? __("For customers for whom {0}, and those who are given it by hand.", [
							conditions,
						])
					: __("For customers who are given it by hand, and for rates that name it.")
			}</p>`
		);
		return parts.join("");
	}

	/** “Price list Retail − 5 %”. */
	function recipe(doc) {
		const { escape } = crm_ext.ui;
		const base = {
			"Price List": () =>
				doc.price_list
					? __("Price list {0}", [`<b>${escape(doc.price_list)}</b>`])
					: __("The price list of the document"),
			"Valuation Rate": () => __("Valuation rate"),
			"Last Purchase Rate": () => __("Last purchase rate"),
			"Price Kind": () => (doc.based_on ? kind_link(doc.based_on) : "…"),
		}[doc.base]();
		const percent = flt(doc.percent);
		const shown = format_number(Math.abs(percent), null, Number.isInteger(percent) ? 0 : 2);
		if (!percent) {
			return base;
		}
		return percent > 0
			? __("{0} plus {1} %", [base, shown])
			: __("{0} minus {1} %", [base, shown]);
	}

	const kind_link = (name) =>
		`<a href="${frappe.utils.get_form_link("Price Kind", name)}">${crm_ext.ui.escape(name)}</a>`;
})();
