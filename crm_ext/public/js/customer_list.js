// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The Customer list: a filter by customer tag, which reads the mirrored tags as Frappe's own sidebar does.

frappe.listview_settings["Customer"] = frappe.listview_settings["Customer"] || {};

(function (settings) {
	const onload = settings.onload;
	const others = (settings.custom_filter_configs || []).filter(
		(one) => one.fieldname !== "_user_tags"
	);

	if (frappe.model.can_read("Customer Tag")) {
		settings.custom_filter_configs = [
			...others,
			{
				fieldname: "_user_tags",
				label: __("Customer Tag"),
				fieldtype: "Autocomplete",
				condition: "like",
				options: [],
			},
		];
	}

	settings.onload = function (listview) {
		onload && onload.call(this, listview);
		const field = listview.page.fields_dict._user_tags;
		if (!field) {
			return;
		}
		frappe.db
			.get_list("Customer Tag", {
				fields: ["name", "tag_group"],
				filters: { status: ["in", ["Active", "Paused"]] },
				order_by: "tag_group asc, name asc",
				limit: 0,
			})
			.then((tags) => {
				field.set_data(
					tags.map((tag) => ({
						value: `%${tag.name}%`,
						label: __(tag.name),
						description: __(tag.tag_group),
					}))
				);
				field.set_formatted_input(field.get_value());
			});
	};
})(frappe.listview_settings["Customer"]);
