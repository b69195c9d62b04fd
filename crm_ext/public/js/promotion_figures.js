// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// How the figures of promotions are shown: amounts, shares, what is left of a limit, a trend by week.

(() => {
	frappe.provide("crm_ext.promotions");

	const { escape, number } = crm_ext.ui;

	crm_ext.promotions.call = (method, args) =>
		frappe.xcall(`crm_ext.pricing.promotions.${method}`, args);

	/** A dash for what is not known, or may not be known. */
	crm_ext.promotions.money = (value, currency) =>
		value === null || value === undefined
			? `<span class="text-muted">–</span>`
			: escape(crm_ext.ui.money(value, currency));

	crm_ext.promotions.signed = (value, currency) =>
		value === null || value === undefined
			? crm_ext.promotions.money(null)
			: escape(crm_ext.ui.signed(value, currency));

	/** To a tenth. */
	crm_ext.promotions.percent = (value, signed = false) => {
		if (value === null || value === undefined) {
			return `<span class="text-muted">–</span>`;
		}
		const sign = value < 0 ? "−" : signed && value > 0 ? "+" : "";
		return `${sign}${format_number(Math.abs(value), null, Math.abs(value) < 1000 ? 1 : 0)} %`;
	};

	/** What is used of each limit of a promotion, and what is left, as bars. */
	crm_ext.promotions.limits = ({ limits, currency }) =>
		limits
			.map(({ limit, used, most, percent }) => {
				const shown = (value) =>
					limit === "money" ? crm_ext.ui.money(value, currency) : number(value);
				const left = Math.max(most - used, 0);
				const text =
					limit === "money"
						? __("{0} left", [shown(left)])
						: limit === "uses"
							? __("{0} uses left", [shown(left)])
							: __("{0} customers left", [shown(left)]);
				const title = __("{0} of {1} used ({2} %)", [
					shown(used),
					shown(most),
					number(percent),
				]);
				const level = percent >= 100 ? "is-out" : percent >= 80 ? "is-low" : "";
				return `<div class="crm-ext-left ${level}" title="${escape(title)}">
					<div class="crm-ext-bar" role="meter" aria-valuenow="${percent}" aria-valuemin="0"
						aria-valuemax="100" aria-label="${escape(title)}"><span
						style="width: ${Math.min(percent, 100)}%" ${percent ? "" : "hidden"}></span></div>
					<span>${escape(text)}</span></div>`;
			})
			.join("");

	const SERIES = { revenue: "#2563eb", discount: "#f59e0b" };

	/** What the bars of `draw_trend` are. */
	crm_ext.promotions.trend_heading = () => {
		const key = (name, label) =>
			`<span class="crm-ext-key" style="--crm-ext-colour: ${SERIES[name]}">${escape(label)}</span>`;
		return `<h6 class="crm-ext-heading">${__("By Week")}
			${key("revenue", __("Revenue"))}${key("discount", __("Discount"))}</h6>`;
	};

	/** Revenue and discount by week, from the first week with a sale on. */
	crm_ext.promotions.draw_trend = (element, { trend, currency }, weeks) => {
		if (!element?.isConnected || !element.offsetWidth) {
			return;
		}
		const first = trend.revenue.findIndex((value, no) => value || trend.discount[no]);
		if (first < 0) {
			element.previousElementSibling?.remove();
			element.remove();
			return;
		}
		const from = Math.min(first, weeks.length - 6);
		new frappe.Chart(element, {
			type: "bar",
			height: 190,
			animate: 0,
			showLegend: 0,
			colors: Object.values(SERIES),
			data: {
				labels: weeks.slice(from).map(day),
				datasets: [
					{ name: __("Revenue"), values: trend.revenue.slice(from) },
					{ name: __("Discount"), values: trend.discount.slice(from) },
				],
			},
			axisOptions: { xAxisMode: "tick", xIsSeries: 1, shortenYAxisNumbers: 1 },
			barOptions: { spaceRatio: 0.55 },
			tooltipOptions: { formatTooltipY: (value) => crm_ext.ui.money(value, currency) },
		});
	};

	const day = (week) =>
		frappe.datetime
			.str_to_obj(week)
			.toLocaleDateString(frappe.boot.lang, { day: "numeric", month: "short" });
})();
