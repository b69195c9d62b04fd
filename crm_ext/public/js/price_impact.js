// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// “What Would Change”: the invoices of the last months, priced without a Price Matrix and with it.

(() => {
	frappe.provide("crm_ext.pricing");

	const call = (method, args) => frappe.xcall(`crm_ext.pricing.impact_api.${method}`, args);

	/** Ask about a matrix as it is saved, in whatever status. */
	crm_ext.pricing.ask_impact = ({ name, company }) =>
		crm_ext.past.ask({
			title: __("What Would Change with {0}", [crm_ext.ui.escape(name)]),
			intro: __(
				"Prices the invoices once without this matrix and once as if it were active. Nothing is written to them."
			),
			company,
			latest: () => call("latest", { matrix: name }),
			start: (args) => call("start", { matrix: name, ...args }),
			status: (record) => call("status", { name: record }),
			show,
		});

	/** Put an answer of `impact_api.status` on the page. */
	crm_ext.pricing.show_impact = (wrapper, state) => crm_ext.past.show(wrapper, state, show);

	function show(wrapper, state) {
		wrapper.html(crm_ext.pricing.impact_html(state));
		draw(wrapper.find(".crm-ext-chart")[0], state.result);
		crm_ext.past.make_drillable(wrapper, async (only) => {
			const found = await call("lines", { name: state.name, ...only });
			return crm_ext.pricing.impact_lines_html(found, only, state.result.currency);
		});
	}

	const draw = (element, { months }) =>
		crm_ext.past.draw(element, {
			type: "bar",
			height: 200,
			colors: ["#94a3b8", "#2563eb"],
			data: {
				labels: months.map(({ month }) => crm_ext.past.month(month)),
				datasets: [
					{ name: __("Prices in Force"), values: months.map((one) => one.before) },
					{ name: __("With This Matrix"), values: months.map((one) => one.after) },
				],
			},
			axisOptions: { xAxisMode: "tick", shortenYAxisNumbers: 1 },
			barOptions: { spaceRatio: 0.5 },
		});

	frappe.ui.form.on("Price Matrix", {
		refresh(frm) {
			if (!frm.is_new() && crm_ext.past.may_ask()) {
				frm.add_custom_button(__("What Would Change"), () =>
					crm_ext.pricing.ask_impact(frm.doc)
				);
			}
		},
	});
})();
