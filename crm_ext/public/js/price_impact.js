// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// “What Would Change”: the invoices of the last months, priced without a Price Matrix and with it.

(() => {
	frappe.provide("crm_ext.pricing");

	const MONTHS = [1, 3, 6, 12, 24];
	const LOOK_EVERY = 1500;
	const MANAGERS = ["Sales Manager", "System Manager"];

	const call = (method, args) => frappe.xcall(`crm_ext.pricing.impact_api.${method}`, args);

	crm_ext.pricing.may_ask_impact = () => MANAGERS.some((role) => frappe.user.has_role(role));

	/** Ask about a matrix as it is saved, in whatever status. */
	crm_ext.pricing.ask_impact = async ({ name, company }) => {
		crm_ext.pricing.style();
		const dialog = new frappe.ui.Dialog({
			title: __("What Would Change with {0}", [crm_ext.ui.escape(name)]),
			size: "extra-large",
			fields: [
				{
					fieldname: "months",
					label: __("Invoices", null, "CRM Ext"),
					fieldtype: "Select",
					options: MONTHS.map((months) => ({
						value: String(months),
						label:
							months === 1
								? __("Of the last month")
								: __("Of the last {0} months", [months]),
					})),
					default: "6",
					onchange: () => offer(dialog),
				},
				{ fieldtype: "Column Break" },
				{
					fieldname: "company",
					label: __("Company"),
					fieldtype: "Link",
					options: "Company",
					default: company || frappe.defaults.get_user_default("Company"),
					read_only: company ? 1 : 0,
					reqd: 1,
				},
				{ fieldtype: "Section Break" },
				{ fieldname: "body", fieldtype: "HTML" },
			],
		});
		dialog.matrix = name;
		body(dialog).html(
			`<p class="text-muted">${__(
				"Prices the invoices once without this matrix and once as if it were active. Nothing is written to them."
			)}</p>`
		);
		offer(dialog);
		dialog.show();
		const last = await call("latest", { matrix: name });
		if (last && !dialog.asked) {
			dialog.set_value("months", String(last.months));
			await follow(dialog, last);
		}
	};

	const body = (dialog) => dialog.get_field("body").$wrapper;

	function offer(dialog) {
		dialog.set_primary_action(__("Compute"), () => ask(dialog));
		dialog.enable_primary_action();
	}

	async function ask(dialog) {
		const { months, company } = dialog.get_values() || {};
		if (!months) {
			return;
		}
		dialog.asked = true;
		dialog.disable_primary_action();
		show_progress(dialog, 0);
		try {
			await follow(
				dialog,
				await call("start", { matrix: dialog.matrix, months: cint(months), company })
			);
		} catch {
			body(dialog).html(crm_ext.ui.failure(__("This could not be computed.")));
		}
		offer(dialog);
	}

	async function follow(dialog, state) {
		while (state.status === "Running" && dialog.display) {
			show_progress(dialog, state.percent);
			await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
			state = await call("status", { name: state.name });
		}
		crm_ext.pricing.show_impact(body(dialog), state);
	}

	function show_progress(dialog, percent) {
		body(dialog)
			.html(`<div class="crm-ext-progress ${percent ? "" : "is-waiting"}" role="progressbar"
				aria-valuenow="${percent || 0}"><span style="width: ${percent || 30}%"></span></div>
				<p class="text-muted">${__(
					"Pricing the invoices. You may close this window; the work goes on."
				)}</p>`);
	}

	/** Put an answer of `impact_api.status` on the page. */
	crm_ext.pricing.show_impact = (wrapper, state) => {
		crm_ext.pricing.impact_style();
		if (state.status !== "Done") {
			wrapper.html(crm_ext.ui.failure(__("This could not be computed: see the Error Log.")));
			return;
		}
		wrapper.html(crm_ext.pricing.impact_html(state));
		// frappe-charts measures its parent, which has a width only once it is shown
		setTimeout(() => draw(wrapper.find(".crm-ext-chart")[0], state.result), 200);
		wrapper.off("click").on("click", "tr[data-only]", ({ currentTarget, target }) => {
			if (!$(target).closest("a").length) {
				drill($(currentTarget), state);
			}
		});
	};

	function draw(element, { months }) {
		if (!element?.isConnected || !element.offsetWidth) {
			return;
		}
		const label = ({ month }) => {
			const [year, number] = month.split("-");
			return new Date(year, number - 1, 1).toLocaleDateString(frappe.boot.lang, {
				month: "short",
				year: "2-digit",
			});
		};
		new frappe.Chart(element, {
			type: "bar",
			height: 200,
			animate: 0,
			colors: ["#94a3b8", "#2563eb"],
			data: {
				labels: months.map(label),
				datasets: [
					{ name: __("Prices in Force"), values: months.map((one) => one.before) },
					{ name: __("With This Matrix"), values: months.map((one) => one.after) },
				],
			},
			axisOptions: { xAxisMode: "tick", shortenYAxisNumbers: 1 },
			barOptions: { spaceRatio: 0.5 },
		});
	}

	/** Unfold the lines behind a row, or fold them again. */
	async function drill(row, state) {
		if (row.next().is(".crm-ext-drill")) {
			row.next().remove();
			row.attr("aria-expanded", "false");
			return;
		}
		row.attr("aria-expanded", "true");
		const below = $(`<tr class="crm-ext-drill"><td colspan="${row.children().length}">
			<p class="text-muted">${__("Loading…")}</p></td></tr>`).insertAfter(row);
		try {
			const only = JSON.parse(row.attr("data-only"));
			const found = await call("lines", { name: state.name, ...only });
			const html = crm_ext.pricing.impact_lines_html(found, only, state.result.currency);
			below.children().html(html);
		} catch {
			below.children().html(crm_ext.ui.failure(__("The lines could not be loaded.")));
		}
	}

	frappe.ui.form.on("Price Matrix", {
		refresh(frm) {
			if (!frm.is_new() && crm_ext.pricing.may_ask_impact()) {
				frm.add_custom_button(__("What Would Change"), () =>
					crm_ext.pricing.ask_impact(frm.doc)
				);
			}
		},
	});
})();
