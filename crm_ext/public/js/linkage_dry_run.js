// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// “Dry Run”: what a Linkage Rule as it stands on the form, saved or not, would have done in the days behind us.

(() => {
	frappe.provide("crm_ext.linkage");

	const PERIODS = [7, 30, 90, 365];

	crm_ext.linkage.dry_run = (frm) => {
		crm_ext.ui.style();
		const title = frm.doc.title || __("New Linkage Rule");
		const dialog = new frappe.ui.Dialog({
			title: __("Dry Run of {0}", [crm_ext.ui.escape(title)]),
			size: "extra-large",
			fields: [
				{
					fieldname: "days",
					label: __("Period", null, "CRM Ext"),
					fieldtype: "Select",
					options: PERIODS.map((days) => ({
						value: String(days),
						label: __("The last {0} days", [days]),
					})),
					default: "30",
					onchange: () => run(dialog, frm),
				},
				{ fieldtype: "Column Break" },
				{ fieldname: "note", fieldtype: "HTML" },
				{ fieldtype: "Section Break" },
				{ fieldname: "body", fieldtype: "HTML" },
			],
		});
		dialog.show();
		run(dialog, frm);
	};

	async function run(dialog, frm) {
		const days = cint(dialog.get_value("days")) || 30;
		if (dialog.asked === days) {
			return;
		}
		dialog.asked = days;
		const body = dialog.get_field("body").$wrapper;
		body.html(`<p class="crm-ext-empty">${__("Trying the rule. Nothing is written.")}</p>`);
		try {
			const result = await crm_ext.linkage.call("dry_run", { rule: frm.doc, days });
			if (dialog.asked === days) {
				dialog.get_field("note").$wrapper.html(note_html(result));
				body.html(result_html(result));
			}
		} catch {
			dialog.asked = null;
			body.html(crm_ext.ui.failure(__("The dry run did not succeed.")));
		}
	}

	function note_html(result) {
		const text = result.truncated
			? __("There were more events than a dry run considers: these are the latest.")
			: __("Nothing was written.");
		return `<p class="text-muted crm-ext-note">${text}</p>`;
	}

	function result_html(result) {
		const { heading } = crm_ext.ui;
		if (!result.events) {
			return `<p class="crm-ext-empty">${__(
				"In this period nothing happened that would have called the rule."
			)}</p>`;
		}
		return [
			cards_html(result),
			heading(__("What Would Have Become of the Events")),
			crm_ext.linkage.bars(
				result.outcomes.map((one) => ({
					label: one.label,
					value: one.count,
					colour: `var(--${crm_ext.linkage.colour(one.outcome)}-500)`,
				}))
			),
			result.actions.length
				? heading(__("Actions", null, "Linkage Rule")) + actions_html(result.actions)
				: "",
			result.sample.length
				? heading(__("Customers", null, "Linkage Rule")) + sample_html(result.sample)
				: "",
		].join("");
	}

	function cards_html(result) {
		const { number } = crm_ext.ui;
		const count = (...outcomes) =>
			result.outcomes
				.filter((one) => outcomes.includes(one.outcome))
				.reduce((sum, one) => sum + one.count, 0);
		const runs = count("Would Run", "Would Be Observed");
		return crm_ext.ui.cards([
			[__("Events"), number(result.events)],
			[__("Customers", null, "CRM Ext"), number(result.customers)],
			[__("Would Run"), number(runs), [], "var(--green-600, #16a34a)"],
			[__("Held Out"), number(count("Held Out")), [], "var(--text-muted)"],
		]);
	}

	function actions_html(actions) {
		const { escape, number } = crm_ext.ui;
		const rows = actions.map(
			(one) => `<tr><td><b>${escape(one.label)}</b></td><td>${escape(one.text)}</td>
				<td class="is-number">${number(one.count)}</td>
				<td class="is-number">${number(one.unchanged)}</td></tr>`
		);
		return `<table class="crm-ext-table"><thead><tr><th>${__("Action", null, "CRM Ext")}</th><th>${__(
			"What It Does"
		)}</th>
			<th class="is-number">${__("Would Be Done")}</th>
			<th class="is-number">${__("Of Them without a Change")}</th></tr></thead>
			<tbody>${rows.join("")}</tbody></table>`;
	}

	function sample_html(sample) {
		const { escape, customer_link, moment } = crm_ext.ui;
		const rows = sample.map(
			(
				one
			) => `<tr><td class="is-name">${customer_link(one.customer, one.customer_name)}</td>
				<td class="text-nowrap">${escape(moment(one.occurred_at))}</td>
				<td>${crm_ext.linkage.pill(one.outcome, one.label)}</td>
				<td>${
					one.actions.length
						? one.actions.map((text) => `<div>${escape(text)}</div>`).join("")
						: `<span class="text-muted">${escape(one.reason)}</span>`
				}</td></tr>`
		);
		return `<table class="crm-ext-table"><thead><tr><th>${__("Customer")}</th><th>${__(
			"Event"
		)}</th><th>${__("Outcome", null, "CRM Ext")}</th><th>${__("Actions", null, "Linkage Rule")}</th></tr></thead>
			<tbody>${rows.join("")}</tbody></table>`;
	}
})();
