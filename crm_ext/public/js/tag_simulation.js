// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// “Simulate”: what a Customer Tag as it stands on the form, saved or not, would change.

(() => {
	frappe.provide("crm_ext.tags");

	crm_ext.tags.simulate = async (frm) => {
		crm_ext.ui.style();
		// over many customers Frappe adds a bar for the progress that the server reports
		frappe.dom.freeze(__("Trying the rule on all customers. Nothing is written."));
		let result;
		try {
			result = await frappe.xcall("crm_ext.tags.api.simulate", { tag: frm.doc });
		} finally {
			frappe.dom.unfreeze();
		}
		const dialog = new frappe.ui.Dialog({
			title: __("Simulation of {0}", [
				crm_ext.ui.escape(
					frm.doc.tag_name ? __(frm.doc.tag_name, null, "Tag") : __("New Tag")
				),
			]),
			size: "extra-large",
			fields: [{ fieldtype: "HTML", fieldname: "body" }],
		});
		const body = dialog.get_field("body").$wrapper;
		// frappe-charts measures its parent, which has a width only once the dialog is shown
		dialog.$wrapper.one("shown.bs.modal", () =>
			draw_bars(body.find(".crm-ext-chart")[0], result, frm.doc)
		);
		show_result(body, result);
		dialog.show();
	};

	function show_result(body, result) {
		const { heading } = crm_ext.ui;
		body.html(`<p class="text-muted">${__("{0} customers considered. Nothing was written.", [
			crm_ext.ui.number(result.customers),
		])}</p>
			<div class="crm-ext-cards">${cards_html(result)}</div>
			${heading(__("From the Tag of Today to the Simulated One"))}
			<div class="crm-ext-heat">${matrix_html(result)}</div>
			${heading(__("Customers per Tag"))}<div class="crm-ext-chart"></div>
			${
				result.sample.length
					? heading(__("The Largest Customers That Change")) + sample_html(result)
					: ""
			}`);
	}

	function cards_html(result) {
		const { number, money, escape } = crm_ext.ui;
		return [
			[__("Gain the Tag"), result.gains, "var(--green-600, #16a34a)"],
			[__("Lose the Tag"), result.losses, "var(--red-600, #dc2626)"],
			[__("Keep the Tag"), result.unchanged, "var(--text-color)"],
		]
			.map(
				([label, figure, colour]) => `<div class="crm-ext-card">
					<div class="crm-ext-card-label">${escape(label)}</div>
					<div class="crm-ext-card-value" style="color: ${colour}">${number(figure.customers)}</div>
					<div class="small text-muted">${escape(money(figure.revenue, result.currency))}</div>
				</div>`
			)
			.join("");
	}

	function matrix_html(result) {
		const { escape, number, money } = crm_ext.ui;
		const flow = new Map(
			result.flow.map((cell) => [JSON.stringify([cell.from, cell.to]), cell])
		);
		const named = result.by_tag.map((row) => row.tag);
		const used = (tag) => result.flow.some((cell) => cell.from === tag || cell.to === tag);
		const names = [...named, ""].filter(used);
		const most = Math.max(
			1,
			...result.flow.filter((cell) => cell.from !== cell.to).map((c) => c.customers)
		);
		const label = (tag) => escape(tag ? __(tag, null, "Tag") : __("No Tag"));
		const cell_html = (from, to) => {
			const cell = flow.get(JSON.stringify([from, to]));
			if (!cell) {
				return `<td class="is-cell text-extra-muted">–</td>`;
			}
			const moved = from !== to;
			const share = moved ? 12 + Math.round((48 * cell.customers) / most) : 0;
			const up = names.indexOf(to) < names.indexOf(from);
			const colour = up ? "#16a34a" : "#dc2626";
			const background = moved
				? `color-mix(in srgb, ${colour} ${share}%, var(--fg-color))`
				: "var(--subtle-fg, var(--control-bg))";
			return `<td class="is-cell" style="background: ${background}">${number(cell.customers)}
				<small>${escape(money(cell.revenue, result.currency))}</small></td>`;
		};
		return `<table class="crm-ext-table"><thead><tr><th>${__("From ↓  To →")}</th>
			${names.map((to) => `<th>${label(to)}</th>`).join("")}</tr></thead><tbody>
			${names
				.map(
					(from) =>
						`<tr><td>${label(from)}</td>${names
							.map((to) => cell_html(from, to))
							.join("")}</tr>`
				)
				.join("")}
			</tbody></table>`;
	}

	function sample_html(result) {
		const { escape, money, customer_link } = crm_ext.ui;
		const label = (tag) => escape(tag ? __(tag, null, "Tag") : __("No Tag"));
		const rows = result.sample.map(
			(one) => `<tr><td>${customer_link(one.customer, one.customer_name)}</td>
				<td>${label(one.from)} → ${label(one.to)}</td>
				<td class="is-number">${escape(money(one.revenue, result.currency))}</td></tr>`
		);
		return `<table class="crm-ext-table"><thead><tr><th>${__("Customer")}</th><th>${__(
			"Change"
		)}</th>
			<th class="is-number">${__("Revenue, 365 Days")}</th></tr></thead>
			<tbody>${rows.join("")}</tbody></table>`;
	}

	function draw_bars(element, result, doc) {
		if (!element?.isConnected) {
			return;
		}
		new frappe.Chart(element, {
			type: "bar",
			height: 220,
			animate: 0,
			colors: ["#94a3b8", crm_ext.ui.colour(doc.colour)],
			data: {
				labels: result.by_tag.map((row) => __(row.tag, null, "Tag")),
				datasets: [
					{ name: __("Today"), values: result.by_tag.map((row) => row.before) },
					{ name: __("Simulated"), values: result.by_tag.map((row) => row.after) },
				],
			},
			axisOptions: { xAxisMode: "tick" },
		});
	}
})();
