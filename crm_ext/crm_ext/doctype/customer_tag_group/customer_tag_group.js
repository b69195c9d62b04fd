// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.ui.form.on("Customer Tag Group", {
	refresh(frm) {
		if (frm.is_new() || !frappe.model.can_read("Customer Tag Assignment")) {
			return;
		}
		crm_ext.ui.style();
		show_tags(frm);
		frm.add_custom_button(
			__("Population over Time"),
			() =>
				frappe.set_route("query-report", "Customer Tag Population", {
					tag_group: frm.doc.name,
				}),
			__("View")
		);
		if (frm.doc.selection === "Exclusive") {
			frm.add_custom_button(
				__("Flow between Tags"),
				() =>
					frappe.set_route("query-report", "Customer Tag Flow", {
						tag_group: frm.doc.name,
					}),
				__("View")
			);
		}
		frm.add_custom_button(
			__("Near a Threshold"),
			() =>
				frappe.set_route("query-report", "Customers Near a Threshold", {
					tag_group: frm.doc.name,
				}),
			__("View")
		);
	},
});

async function show_tags(frm) {
	const group = frm.doc.name;
	const company = frappe.defaults.get_user_default("Company");
	const tags = await frappe.xcall("crm_ext.tags.desk.group_population", { group, company });
	if (frm.doc.name !== group) {
		return;
	}
	const { escape, chip, number } = crm_ext.ui;
	const most = Math.max(1, ...tags.map((tag) => tag.customers));
	const rows = tags.map(
		(tag) => `<tr>
			<td><a href="${frappe.utils.get_form_link("Customer Tag", tag.name)}">${chip(
				tag.name,
				tag.colour
			)}</a></td>
			<td class="is-number">${number(tag.rank)}</td>
			<td>${escape(__(tag.status, null, "CRM Ext"))}</td>
			<td style="width: 40%"><div style="height: 8px; border-radius: 4px; margin-top: 7px;
				width: ${(100 * tag.customers) / most}%; background: ${crm_ext.ui.colour(tag.colour)}"></div></td>
			<td class="is-number">${number(tag.customers)}</td>
		</tr>`
	);
	const html = rows.length
		? `<table class="crm-ext-table"><thead><tr><th>${__("Tag")}</th><th class="is-number">${__(
				"Rank",
				null,
				"Customer Tag"
			)}</th>
			<th>${__("Status")}</th><th></th><th class="is-number">${__(
				"Customers",
				null,
				"CRM Ext"
			)}</th></tr></thead>
			<tbody>${rows.join("")}</tbody></table>`
		: `<p class="text-muted">${__("This group has no tags yet.")}</p>`;
	const ours = () => frm.dashboard.parent.children(":has(.crm-ext-tags-of-group)");
	ours().remove();
	const label =
		frm.doc.scope === "Per company" && company
			? __("Customers per Tag, {0}", [company])
			: __("Customers per Tag");
	frm.dashboard.add_section(`<div class="crm-ext-tags-of-group">${html}</div>`, label);
	ours().prependTo(frm.dashboard.parent);
	frm.dashboard.show();
}
