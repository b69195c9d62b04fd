// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The result of a promotion in a dialog: what its lines brought and cost, what came in addition, and how that is known.

(() => {
	frappe.provide("crm_ext.promotions");

	const { escape, number, heading, ink } = crm_ext.ui;
	const { money, signed, percent } = crm_ext.promotions;

	/** Show the result of a promotion; `company` where the promotion is for all of them. */
	crm_ext.promotions.show_result = (promotion, { company } = {}) => {
		crm_ext.promotions.result_style();
		const dialog = new frappe.ui.Dialog({
			title: __("Result of {0}", [escape(promotion)]),
			size: "extra-large",
			fields: [
				{
					fieldname: "company",
					label: __("Company"),
					fieldtype: "Link",
					options: "Company",
					default: company || frappe.defaults.get_user_default("Company"),
					change: () => load(dialog, promotion),
				},
				{ fieldtype: "Column Break" },
				{
					fieldname: "from_date",
					label: __("From Date"),
					fieldtype: "Date",
					change: () => load(dialog, promotion),
				},
				{ fieldtype: "Column Break" },
				{
					fieldname: "to_date",
					label: __("To Date", null, "CRM Ext"),
					fieldtype: "Date",
					change: () => load(dialog, promotion),
				},
				{ fieldtype: "Section Break" },
				{ fieldname: "body", fieldtype: "HTML" },
			],
		});
		dialog.show();
		load(dialog, promotion);
		return dialog;
	};

	async function load(dialog, promotion) {
		const asked = JSON.stringify([
			promotion,
			...["company", "from_date", "to_date"].map((name) => dialog.get_value(name) || null),
		]);
		if (asked === dialog.asked) {
			return;
		}
		dialog.asked = asked;
		const body = dialog.get_field("body").$wrapper.addClass("crm-ext-result");
		if (!body.children().length) {
			body.html(crm_ext.ui.failure(__("Computing…")));
		}
		const [name, company, from_date, to_date] = JSON.parse(asked);
		let html;
		try {
			const found = await crm_ext.promotions.call("result_api.result", {
				promotion: name,
				company,
				from_date,
				to_date,
			});
			html = crm_ext.promotions.result_html(found);
		} catch {
			html = crm_ext.ui.failure(__("The result could not be computed."));
		}
		if (asked === dialog.asked) {
			body.html(html);
		}
	}

	crm_ext.promotions.result_html = (result) => {
		if (!result) {
			return `<p class="crm-ext-empty">${__(
				"There is no result yet: the promotion has not begun, or has sold nothing in this company."
			)}</p>`;
		}
		return [
			`<p class="crm-ext-lead">${lead(result)}</p>`,
			cards_html(result),
			uplift_html(result),
			heading(__("How It Is Computed")),
			crm_ext.past.points(result.method),
			result.limits.length
				? heading(__("What It Cannot Tell")) + crm_ext.past.points(result.limits)
				: "",
		].join("");
	};

	function lead({ figures, currency, from, to, days }) {
		return __(
			"From {0} to {1} ({2} days) the promotion brought {3} of revenue and cost {4}.",
			[
				escape(crm_ext.ui.date(from)),
				escape(crm_ext.ui.date(to)),
				number(days),
				`<b>${money(figures.revenue, currency)}</b>`,
				`<b>${money(figures.spent ?? figures.discount + figures.freight, currency)}</b>`,
			]
		);
	}

	function cards_html({ figures, currency, uplift, return_on_cost, break_even }) {
		// what is not proven has no colour
		const known = (value) => ink(uplift.proven ? value : 0);
		return crm_ext.ui.cards([
			[
				__("Revenue"),
				money(figures.revenue, currency),
				[
					__("{0} invoices, {1} customers", [
						number(figures.invoices),
						number(figures.customers),
					]),
				],
			],
			[
				__("Promotion Cost"),
				money(figures.spent, currency),
				[
					__("{0} taken off", [money(figures.discount + figures.freight, currency)]),
					figures.gifts ? __("{0} of free goods", [money(figures.gifts, currency)]) : "",
				],
			],
			figures.margin !== null && [
				__("Margin", null, "CRM Ext"),
				money(figures.margin, currency),
				[
					__("{0} of revenue", [percent(figures.margin_percent)]),
					figures.coverage !== null && figures.coverage < 99.95
						? __("cost known of {0} of revenue", [percent(figures.coverage)])
						: "",
				],
			],
			[
				__("Uplift"),
				percent(uplift.percent, true),
				[escape(uplift.label)],
				known(uplift.percent),
			],
			figures.margin !== null && [
				__("Return on Investment"),
				percent(return_on_cost, true),
				[
					return_on_cost === null
						? ""
						: __("{0} of margin in addition", [signed(uplift.margin, currency)]),
				],
				known(return_on_cost),
				__(
					"The margin in addition, after discounts and free goods, in percent of what the promotion cost."
				),
			],
			figures.margin !== null && [
				__("Break-Even Uplift"),
				percent(break_even, true),
				[__("sales must grow by so much")],
			],
		]);
	}

	function uplift_html({ uplift, currency, verdict }) {
		const bars =
			uplift.method === "None"
				? ""
				: bars_html(
						[
							[
								uplift.method === "Hold-Out Group"
									? __("If all had bought like those held out")
									: __("Same time before"),
								uplift.baseline,
								"#94a3b8",
							],
							[__("With the promotion"), uplift.actual, "#2563eb"],
						],
						currency
					);
		const added = uplift.method === "None" ? "" : ` (${signed(uplift.revenue, currency)})`;
		return `${heading(__("Revenue of the Promoted Products"))}${bars}
			<p class="crm-ext-result-verdict">${escape(verdict)}${added}</p>`;
	}

	function bars_html(bars, currency) {
		const most = Math.max(...bars.map(([, value]) => value), 1);
		return `<div class="crm-ext-bars">${bars
			.map(
				([label, value, colour]) => `<span>${escape(label)}</span>
				<div class="crm-ext-bar"><span style="width: ${(Math.max(value, 0) / most) * 100}%;
					background: ${colour}"></span></div>
				<span class="crm-ext-bar-value">${money(value, currency)}</span>`
			)
			.join("")}</div>`;
	}

	crm_ext.promotions.result_style = () => {
		crm_ext.past.style();
		if (!document.getElementById("crm-ext-promotion-result")) {
			frappe.dom.set_style(STYLE, "crm-ext-promotion-result");
		}
	};

	const STYLE = `
	.crm-ext-result .crm-ext-cards { grid-template-columns: repeat(auto-fit, minmax(max(200px, 30%), 1fr)); }
	.crm-ext-result .crm-ext-lead { margin-top: 0; }
	.crm-ext-result-verdict { margin: 10px 0 0; }
	`;

	frappe.ui.form.on("Sales Promotion", {
		refresh(frm) {
			const began = !frm.is_new() && !["Draft", "Observing"].includes(frm.doc.status);
			if (began && frappe.model.can_read("Promotion Sale")) {
				frm.add_custom_button(__("Result"), () =>
					crm_ext.promotions.show_result(frm.doc.name, { company: frm.doc.company })
				);
			}
		},
	});
})();
