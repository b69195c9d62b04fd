// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The Customer list: a filter by customer tag, which reads the mirrored tags as Frappe's own sidebar does.

frappe.listview_settings["Customer"] = frappe.listview_settings["Customer"] || {};

(function (settings) {
	const FIELD = "_user_tags";
	const onload = settings.onload;

	settings.onload = function (listview) {
		onload && onload.call(this, listview);
		if (frappe.model.can_read("Customer Tag") && !listview.page.fields_dict[FIELD]) {
			add_filter(listview);
		}
	};

	async function add_filter(listview) {
		const area = listview.filter_area;
		const tags = await frappe.db.get_list("Customer Tag", {
			fields: ["name", "tag_group"],
			filters: { status: ["in", ["Active", "Paused"]] },
			order_by: "tag_group asc, name asc",
			limit: 0,
		});
		const options = tags.map((tag) => ({
			value: `%${tag.name}%`,
			label: __(tag.name, null, "Tag"),
			description: __(tag.tag_group, null, "Tag"),
		}));
		const known = new Set(options.map((option) => option.value));
		const remembered = take_remembered(area, known);
		const field = listview.page.add_field(
			{
				fieldname: FIELD,
				label: __("Customer Tag"),
				fieldtype: "Autocomplete",
				condition: "like",
				options,
				is_filter: 1,
				onchange: () => area.debounced_refresh_list_view(),
			},
			area.standard_filters_wrapper
		);
		if (remembered) {
			field.set_value(remembered);
		}
	}

	/** A tag filter of an earlier visit, or of a link, is among the other filters: it moves to its field. */
	function take_remembered(area, known) {
		const filter = area.filter_list.get_filter(FIELD);
		const value = filter?.get_value()?.[3];
		if (!known.has(value)) {
			return null;
		}
		filter.remove();
		area.filter_list.update_filters();
		return value;
	}
})(frappe.listview_settings["Customer"]);
