// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The back-test of a promotion: the invoices of the last months, with the promotion on the prices of that time.

(() => {
	frappe.provide("crm_ext.promotion_backtest");

	const call = (method, args) => crm_ext.promotions.call(`backtest_api.${method}`, args);

	crm_ext.promotion_backtest.may_ask = crm_ext.past.may_ask;

	/** Ask about the promotion of a form as it is saved, in whatever status. */
	crm_ext.promotion_backtest.open = ({ doc }) =>
		crm_ext.past.ask({
			title: __("Back-Test of {0}", [crm_ext.ui.escape(doc.name)]),
			intro: __(
				"Looks at past invoices as if this promotion had been active, at the prices of that time. Nothing is written to them."
			),
			company: doc.company,
			latest: () => call("latest", { promotion: doc.name }),
			start: (args) => call("start", { promotion: doc.name, ...args }),
			status: (name) => call("status", { name }),
			show,
		});

	/** Put an answer of `backtest_api.status` on the page. */
	crm_ext.promotion_backtest.show = (wrapper, state) => crm_ext.past.show(wrapper, state, show);

	function show(wrapper, state) {
		wrapper.html(crm_ext.promotion_backtest.html(state));
		draw_months(wrapper.find(".crm-ext-months")[0], state.result);
		draw_burning(wrapper.find(".crm-ext-burning")[0], state.result);
		crm_ext.past.make_drillable(wrapper, async ({ customer }) => {
			const found = await call("documents", { name: state.name, customer });
			return crm_ext.promotion_backtest.documents_html(found, state.result.currency);
		});
	}

	const draw_months = (element, { months, currency }) =>
		crm_ext.past.draw(element, {
			type: "bar",
			height: 200,
			colors: ["#f59e0b"],
			data: {
				labels: months.map(({ month }) => crm_ext.past.month(month)),
				datasets: [{ name: __("Given"), values: months.map(({ given }) => given) }],
			},
			axisOptions: { xAxisMode: "tick", shortenYAxisNumbers: 1 },
			barOptions: { spaceRatio: 0.5 },
			tooltipOptions: { formatTooltipY: (value) => crm_ext.ui.money(value, currency) },
		});

	/** What was given in all, week by week, and the budget across it. */
	function draw_burning(element, { burning, limits, currency }) {
		const budget = limits.find(({ limit }) => limit === "money");
		if (!element || !budget) {
			return;
		}
		crm_ext.past.draw(element, {
			type: "line",
			height: 200,
			colors: ["#f59e0b"],
			data: {
				labels: burning.map(({ day }) => crm_ext.ui.date(day)),
				datasets: [
					{ name: __("Given in All"), values: burning.map(({ given }) => given) },
				],
				yMarkers: [
					{ label: __("Budget"), value: budget.most, options: { labelPos: "left" } },
				],
			},
			axisOptions: { xAxisMode: "tick", xIsSeries: 1, shortenYAxisNumbers: 1 },
			lineOptions: { hideDots: 1, regionFill: 1 },
			tooltipOptions: { formatTooltipY: (value) => crm_ext.ui.money(value, currency) },
		});
	}
})();
