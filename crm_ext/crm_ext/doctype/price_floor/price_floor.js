// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

(() => {
	/** The floor as a sentence above the form. */
	const tell = (frm) => {
		crm_ext.ui.style();
		const { escape } = crm_ext.ui;
		const { role, item_group, company, cost, minimum_margin, enabled } = frm.doc;
		const bold = (text) => `<b>${escape(text)}</b>`;
		const margin = flt(minimum_margin);
		const who = role ? __("Holders of the role {0}", [bold(__(role))]) : __("Everybody");
		const what = item_group ? __("items of {0}", [bold(item_group)]) : __("all items");
		const least = margin
			? __("a price of which {0} % are left over the cost ({1})", [
					format_number(margin, null, Number.isInteger(margin) ? 0 : 2),
					escape(__(cost)),
				])
			: __("the cost ({0})", [escape(__(cost))]);
		const words = __("{0} may sell {1} down to {2}.", [who, what, least]);
		const where = company
			? ` <span class="text-muted">${__("Only at {0}.", [bold(company)])}</span>`
			: "";
		const off = enabled ? "" : ` <span class="text-muted">(${__("Disabled")})</span>`;
		frm.layout.wrapper.children(".crm-ext-sentence").remove();
		$(`<div class="crm-ext-head crm-ext-sentence"><p class="crm-ext-lead"></p></div>`)
			.insertBefore(frm.layout.page)
			.children()
			.html(words + where + off);
	};

	frappe.ui.form.on("Price Floor", {
		refresh: tell,
		role: tell,
		item_group: tell,
		company: tell,
		cost: tell,
		minimum_margin: tell,
		enabled: tell,
	});
})();
