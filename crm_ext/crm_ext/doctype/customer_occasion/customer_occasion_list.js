// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

(() => {
	frappe.listview_settings["Customer Occasion"] = {
		add_fields: ["every_year"],
		hide_name_column: true,

		get_indicator(doc) {
			const next = next_day(doc);
			const days = next && frappe.datetime.get_day_diff(next, frappe.datetime.get_today());
			const filter = `name,=,${doc.name}`;
			if (!next) {
				return [__("Over"), "gray", filter];
			}
			if (days === 0) {
				return [__("Today"), "green", filter];
			}
			if (days === 1) {
				return [__("Tomorrow"), "orange", filter];
			}
			return days <= 30
				? [__("In {0} Days", [days]), "orange", filter]
				: [frappe.datetime.str_to_user(next), "blue", filter];
		},
	};

	/** The next day of an occasion, today included; of 29 February the 28th in a year without one. */
	function next_day({ date, every_year }) {
		const today = moment(frappe.datetime.get_today());
		const first = moment(date);
		if (!every_year || first.isAfter(today)) {
			return first.isBefore(today) ? null : date;
		}
		const years = today.year() - first.year();
		const next = first.clone().add(years, "years");
		return (next.isBefore(today) ? first.clone().add(years + 1, "years") : next).format(
			"YYYY-MM-DD"
		);
	}
})();
