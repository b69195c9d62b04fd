// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// “Why this price”: the steps of a line's price as sentences, each with a bar from the price before to the one after.

(() => {
	frappe.provide("crm_ext.prices");

	/** Open the dialog for a row of a form; `actions` are buttons: [{label, action, primary}]. */
	crm_ext.prices.show_why = (frm, row, actions = []) => {
		crm_ext.ui.style();
		crm_ext.prices.style();
		const dialog = new frappe.ui.Dialog({
			title: __("Why This Price"),
			size: "large",
			fields: [{ fieldtype: "HTML", fieldname: "body" }],
		});
		const body = dialog.get_field("body").$wrapper;
		body.html(`<p class="text-muted">${__("Loading…")}</p>`);
		for (const { label, action, primary } of actions) {
			const done = () => {
				dialog.hide();
				action();
			};
			if (primary) {
				dialog.set_primary_action(label, done);
			} else {
				dialog.set_secondary_action_label(label);
				dialog.set_secondary_action(done);
			}
		}
		dialog.show();
		frappe
			.xcall("crm_ext.pricing.api_why.why", {
				doctype: frm.doc.doctype,
				name: frm.doc.name,
				row: row.name,
				steps: row.crm_ext_price_steps,
				item_code: row.item_code,
				company: frm.doc.company,
				customer: crm_ext.prices.customer_of(frm),
			})
			.then((why) => body.html(why_html(as_in_form(why, row), row)))
			.catch(() => body.html(crm_ext.ui.failure(__("The reason could not be loaded."))));
		return dialog;
	};

	/** What the reader sees in the form is the last step, where the document was not saved since. */
	function as_in_form(why, row) {
		if (!flt(row.rate) || flt(row.rate) === flt(why.rate)) {
			return why;
		}
		const now = format_currency(row.rate, why.currency);
		const text = row.pricing_rules
			? __("Pricing rules of ERPNext make it {0}.", [now])
			: row.crm_ext_price_locked
				? __("The price is locked at {0}.", [now])
				: __("A discount or a margin makes it {0}.", [now]);
		const step = {
			did: "manual",
			text,
			before: flt(why.rate),
			after: flt(row.rate),
			rule: null,
		};
		return { ...why, rate: row.rate, steps: [...why.steps, step] };
	}

	crm_ext.prices.customer_of = ({ doc }) => {
		if (doc.doctype !== "Quotation") {
			return doc.customer;
		}
		return doc.quotation_to === "Customer" ? doc.party_name : undefined;
	};

	crm_ext.prices.money = (value, currency) =>
		value === null || value === undefined ? "–" : format_currency(value, currency);

	function why_html(why, row) {
		const { heading } = crm_ext.ui;
		const losers = why.losers.length
			? `<details class="crm-ext-others"><summary>${heading(
					`${__("What Else Was Considered")} (${why.losers.length})`
				)}</summary>${crm_ext.prices.losers_html(why.losers)}</details>`
			: "";
		return `${head_html(why, row)}${crm_ext.prices.steps_html(why.steps, why.currency)}
			${losers}${facts_html(why)}`;
	}

	function head_html(why, row) {
		const { escape, number } = crm_ext.ui;
		const { money } = crm_ext.prices;
		const base = flt(why.base);
		const change = base && why.rate !== null ? ((flt(why.rate) - base) / base) * 100 : 0;
		const note =
			Math.abs(change) < 0.05
				? ""
				: change < 0
					? __("{0} % below the price list", [format_number(-change, null, 1)])
					: __("{0} % above the price list", [format_number(change, null, 1)]);
		const pills = [
			row.crm_ext_price_locked && crm_ext.ui.pill(__("Locked"), "blue"),
			row.crm_ext_below_floor && crm_ext.ui.pill(__("Below Floor"), "orange"),
		];
		return `<div class="crm-ext-price-head">
			<div class="crm-ext-price-now">${escape(money(why.rate, why.currency))}
				<small>${escape(__("per {0}", [__(why.uom)]))}</small> ${pills.filter(Boolean).join(" ")}</div>
			<div class="text-muted">${escape(
				[
					row.item_name || row.item_code,
					`${number(flt(row.qty) || flt(why.qty))} ${__(why.uom)}`,
					note,
				]
					.filter(Boolean)
					.join(" · ")
			)}</div></div>`;
	}

	/** Steps as a list, each with its sentence, its bar and the price it leads to. */
	crm_ext.prices.steps_html = (steps, currency) => {
		const most = Math.max(...steps.flatMap((step) => [flt(step.before), flt(step.after)]), 0);
		return `<ol class="crm-ext-fall">${steps
			.map((step, place) => step_html(step, currency, most, place === steps.length - 1))
			.join("")}</ol>`;
	};

	function step_html(step, currency, most, last) {
		const { escape } = crm_ext.ui;
		const { money } = crm_ext.prices;
		const before = step.before === null ? 0 : flt(step.before);
		const share = (value) => (most ? (100 * value) / most : 0);
		const low = share(Math.min(before, step.after));
		const wide = share(Math.abs(step.after - before));
		const kind = step.before === null ? "is-start" : step.after < before ? "is-down" : "is-up";
		const moved =
			step.before === null || step.before === step.after
				? ""
				: `<s>${escape(money(step.before, currency))}</s>`;
		return `<li class="${kind} ${last ? "is-last" : ""}">
			<div class="crm-ext-fall-text">${crm_ext.prices.linked(step.text, step.rule)}</div>
			<div class="crm-ext-fall-bar" aria-hidden="true"><i style="width: ${low}%"></i><b
				style="inset-inline-start: ${low}%; width: ${wide}%"></b></div>
			<div class="crm-ext-fall-price">${moved}${escape(money(step.after, currency))}</div>
		</li>`;
	}

	crm_ext.prices.losers_html = (losers) =>
		`<ul class="crm-ext-losers">${losers
			.map((loser) => `<li>${crm_ext.prices.linked(loser.text, loser.rule)}</li>`)
			.join("")}</ul>`;

	/** A sentence in which the name of its rule is a link, for those who may read the rule. */
	crm_ext.prices.linked = (text, rule) => {
		const { escape } = crm_ext.ui;
		if (!rule || !frappe.model.can_read(rule[0])) {
			return escape(text);
		}
		const name = escape(rule[1]);
		return escape(text).replace(
			name,
			() => `<a href="${frappe.utils.get_form_link(...rule)}">${name}</a>`
		);
	};

	function facts_html(why) {
		const { escape, date, facts, heading } = crm_ext.ui;
		const { money } = crm_ext.prices;
		const { lowest } = why;
		const other = why.customer_price_list && why.customer_price_list !== why.price_list;
		return (
			heading(__("Good to Know")) +
			facts([
				[__("Price List"), escape(why.price_list)],
				[__("Customer's Price List"), other ? escape(why.customer_price_list) : ""],
				[__("Priced On"), escape(date(why.as_of))],
				[
					lowest ? __("Lowest Price of {0} Days", [lowest.days]) : "",
					lowest
						? escape(
								__("{0} per {1} on {2}", [
									money(lowest.rate, lowest.currency),
									__(lowest.uom),
									date(lowest.date),
								])
							)
						: "",
				],
				[__("Computed Again"), replay_html(why.replay)],
			])
		);
	}

	function replay_html({ match, broken }) {
		if (match) {
			return `<span class="crm-ext-mark is-met">✓</span> ${__("gives the same price")}`;
		}
		return `<span class="crm-ext-mark is-unmet">✗</span> ${
			broken ? __("step {0} leads elsewhere", [broken]) : __("gives another price")
		}`;
	}

	crm_ext.prices.style = () => {
		if (!document.getElementById("crm-ext-price-style")) {
			frappe.dom.set_style(STYLE, "crm-ext-price-style");
		}
	};

	const STYLE = `
	.crm-ext-price-head { margin-bottom: 14px; }
	.crm-ext-price-now { font-size: 24px; font-weight: 600; line-height: 1.3; font-variant-numeric: tabular-nums; }
	.crm-ext-price-now small { font-size: var(--text-md); font-weight: 400; color: var(--text-muted); }
	.crm-ext-price-now .indicator-pill { vertical-align: middle; }
	.crm-ext-fall { list-style: none; margin: 0; padding: 0; }
	.crm-ext-fall li {
		display: grid; grid-template-columns: minmax(0, 1fr) 150px 108px; gap: 16px; align-items: center;
		padding: 9px 0; border-top: 1px solid var(--border-color); --crm-ext-colour: var(--gray-500, #7c7c7c);
	}
	.crm-ext-fall .is-down { --crm-ext-colour: var(--green-500, #30a66d); }
	.crm-ext-fall .is-up { --crm-ext-colour: var(--orange-500, #e86c13); }
	.crm-ext-fall-text { line-height: 1.5; overflow-wrap: anywhere; }
	.crm-ext-fall-bar { position: relative; height: 14px; }
	.crm-ext-fall-bar i, .crm-ext-fall-bar b { position: absolute; inset-block: 0; border-radius: 3px; }
	.crm-ext-fall-bar i { inset-inline-start: 0; background: var(--gray-200, var(--control-bg)); }
	.crm-ext-fall-bar b { min-width: 2px; background: var(--crm-ext-colour); }
	.crm-ext-fall-price { text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums; }
	.crm-ext-fall-price s { display: block; font-size: var(--text-xs); color: var(--text-muted); }
	.crm-ext-fall .is-last .crm-ext-fall-price { font-weight: 600; }
	.crm-ext-others { margin-top: 6px; border-top: 1px solid var(--border-color); }
	.crm-ext-others summary { cursor: pointer; padding-top: 10px; }
	.crm-ext-others summary .crm-ext-heading { display: inline; margin: 0; }
	.crm-ext-losers { margin: 8px 0 0; padding-inline-start: 18px; color: var(--text-muted); line-height: 1.7; }
	.crm-ext-price { display: flex; align-items: center; gap: 6px; justify-content: flex-end; }
	.crm-ext-price > div { flex: none; }
	.crm-ext-why {
		display: inline-flex; flex: none; padding: 2px; border: 0; border-radius: var(--border-radius-sm, 4px);
		background: none; color: var(--text-muted); opacity: 0.55; line-height: 0;
	}
	.grid-row:hover .crm-ext-why, .crm-ext-why:focus-visible, .crm-ext-why.is-locked, .crm-ext-why.is-below { opacity: 1; }
	.crm-ext-why:hover { background: var(--control-bg); color: var(--text-color); }
	.crm-ext-why.is-below { color: var(--orange-600, #bd3e0c); }
	.crm-ext-why svg { width: 13px; height: 13px; }
	.crm-ext-price-actions { display: flex; gap: 8px; margin: -6px 0 14px; }
	.crm-ext-price-banner {
		display: flex; flex-wrap: wrap; align-items: center; gap: 8px 14px; padding: 10px var(--padding-md);
		margin-bottom: 10px; background: var(--fg-color); border: 1px solid var(--border-color);
		border-radius: var(--border-radius-md);
	}
	.crm-ext-price-banner p { flex: 1; min-width: 240px; margin: 0; line-height: 1.5; }
	.crm-ext-price-banner .btn { flex: none; }
	@media (max-width: 640px) {
		.crm-ext-fall li { grid-template-columns: minmax(0, 1fr) 96px; }
		.crm-ext-fall-bar { display: none; }
	}
	`;
})();
