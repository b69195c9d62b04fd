// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// What the Price Check answers, as HTML: the cells of a line, its reasons, the totals.

(() => {
	frappe.provide("crm_ext.prices");

	const SELF_EVIDENT = ["list", "rounding"];
	const { escape, number } = crm_ext.ui;

	const money = (value, side) =>
		value === null || value === undefined
			? `<span class="text-muted">–</span>`
			: escape(format_currency(value, side.currency));

	/** What the sides of an answer are called: by what they differ in, if it is one thing. */
	crm_ext.prices.side_names = ({ left, right }) => {
		const called = (side) =>
			side.name || side.customer || side.lead || __("Nobody in Particular");
		if (!right || called(left) !== called(right)) {
			return [called(left), right && called(right)];
		}
		if (left.date !== right.date) {
			return [crm_ext.ui.date(left.date), crm_ext.ui.date(right.date)];
		}
		return ["A", "B"];
	};

	crm_ext.prices.check_head = (answer) => {
		const cell = (label, more = "is-number") =>
			`<th class="${more}" scope="col">${escape(label)}</th>`;
		const shown = answer?.right
			? [...crm_ext.prices.side_names(answer), __("Difference", null, "CRM Ext"), "%"]
			: [__("List Price"), __("Price"), __("Amount")];
		return `<tr>${cell(__("Item"), "is-name")}${cell(__("Quantity"))}${cell(__("UOM"), "")}
			${shown.map((label) => cell(label)).join("")}<th class="crm-ext-line-open"></th></tr>`;
	};

	/** The cells of a line after its item, quantity and unit. */
	crm_ext.prices.check_cells = (line, answer) => {
		const cells = answer.right
			? [
					money(line.left.rate, answer.left),
					money(line.right.rate, answer.right),
					difference(line.difference, answer.left),
					percent(line.percent),
				]
			: [
					money(line.left.base_rate, answer.left),
					`<b>${money(line.left.rate, answer.left)}</b>`,
					money(line.left.amount, answer.left),
				];
		return `${cells.map((html) => `<td class="is-number crm-ext-line-answer">${html}</td>`).join("")}
			<td class="crm-ext-line-open crm-ext-line-answer"><button type="button" class="btn btn-xs"
				aria-expanded="false" title="${__("Why This Price")}" aria-label="${__("Why This Price")}">
				${frappe.utils.icon("down", "xs")}</button></td>`;
	};

	function difference(value, side) {
		if (!value) {
			return money(value, side);
		}
		return `<span class="${value < 0 ? "is-less" : "is-more"}">${value > 0 ? "+" : "−"}${money(
			Math.abs(value),
			side
		)}</span>`;
	}

	function percent(value) {
		if (value === null || value === undefined) {
			return "";
		}
		const shown = `${crm_ext.ui.sign(value)}${number(Math.abs(value))} %`;
		return value
			? `<span class="${value < 0 ? "is-less" : "is-more"}">${shown}</span>`
			: shown;
	}

	/** The item's name, and in one line what made the price. */
	crm_ext.prices.check_name = (line, answer) => {
		const told = line.left.steps
			.filter((step) => !SELF_EVIDENT.includes(step.did))
			.map((step) => step.text);
		const why =
			line.left.rate === null ? __("There is no price for it.") : crm_ext.ui.sentences(told);
		const name = line.item_name === line.item_code ? "" : line.item_name;
		const brief = answer.right ? "" : why;
		return `<span>${escape(name)}</span><span class="crm-ext-line-why">${
			name && brief ? " · " : ""
		}${escape(brief)}</span>`;
	};

	/** The reasons of a line: one side, or both with what sets them apart. */
	crm_ext.prices.check_reasons = (line, answer) => {
		if (!answer.right) {
			return `<div class="crm-ext-reasons">${side_html(line.left, answer.left, "")}</div>`;
		}
		const [left, right] = crm_ext.prices.side_names(answer);
		const html = $(`<div><div class="crm-ext-reasons is-double">
			${side_html(line.left, answer.left, left)}
			${side_html(line.right, answer.right, right)}</div></div>`);
		const texts = [line.left, line.right].map((side) => side.steps.map((step) => step.text));
		html.find(".crm-ext-fall").each((place, list) => {
			$(list)
				.children()
				.each((no, item) => {
					$(item).toggleClass(
						"is-different",
						!texts[1 - place].includes(texts[place][no])
					);
				});
		});
		return html.html();
	};

	function side_html(line, side, title) {
		const steps = line.steps.length
			? crm_ext.prices.steps_html(line.steps, side.currency)
			: `<p class="text-muted">${__("There is no price for it.")}</p>`;
		const rejected = line.rejected.length
			? `<details class="crm-ext-others"><summary>${crm_ext.ui.heading(
					`${__("What Else Was Considered")} (${line.rejected.length})`
				)}</summary>${crm_ext.prices.losers_html(line.rejected)}</details>`
			: "";
		return `<div>${title ? crm_ext.ui.heading(title) : ""}${steps}${rejected}${lowest_html(line)}</div>`;
	}

	function lowest_html({ lowest }) {
		if (!lowest) {
			return "";
		}
		const link = `<a href="${frappe.utils.get_form_link(lowest.doctype, lowest.document)}">${escape(
			lowest.document
		)}</a>`;
		return `<p class="crm-ext-lowest text-muted">${__(
			"Lowest price the customer paid within 30 days: {0} per stock unit, on {1} with {2}.",
			[escape(number(lowest.rate)), escape(crm_ext.ui.date(lowest.date)), link]
		)}</p>`;
	}

	/** The price at each quantity where it changes; nothing where it never does. */
	crm_ext.prices.ladder_html = (rungs, side, uom) => {
		if (new Set(rungs.map((rung) => rung.rate)).size < 2) {
			return "";
		}
		const most = Math.max(...rungs.map((rung) => rung.rate || 0));
		const rows = rungs.map(
			(rung) => `<span class="${rung.current ? "is-current" : ""}">${
				rung.current
					? __("{0} {1} (this line)", [number(rung.qty), escape(__(uom))])
					: __("from {0} {1}", [number(rung.qty), escape(__(uom))])
			}</span>
			<span class="crm-ext-bar"><span style="width: ${
				most ? (100 * (rung.rate || 0)) / most : 0
			}%"></span></span>
			<span class="crm-ext-bar-value">${money(rung.rate, side)}</span>`
		);
		return `<div class="crm-ext-ladder">${crm_ext.ui.heading(__("Prices by Quantity"))}
			<div class="crm-ext-bars">${rows.join("")}</div></div>`;
	};

	crm_ext.prices.check_foot = (answer) => {
		const { totals, left, right } = answer;
		const cells = right
			? [
					money(totals.left, left),
					money(totals.right, right),
					difference(totals.difference, left),
					percent(totals.percent),
				]
			: ["", "", money(totals.left, left)];
		return `<tr><td colspan="3">${__("Total")}</td>${cells
			.map((html) => `<td class="is-number">${html}</td>`)
			.join("")}<td></td></tr>`;
	};

	/** What promotions do to the basket, on each side. */
	crm_ext.prices.check_promotions = (answer) => {
		const names = crm_ext.prices.side_names(answer);
		return [answer.left, answer.right]
			.map((side, place) => {
				const html = side && crm_ext.promotions.panel_html(side.promotions, false);
				const title = answer.right ? crm_ext.ui.heading(names[place]) : "";
				return html ? `<section class="crm-ext-promotions">${title}${html}</section>` : "";
			})
			.join("");
	};

	/** What there is to say beside the lines. */
	crm_ext.prices.check_notes = (answer) => {
		const sides = [answer.left, answer.right].filter(Boolean);
		const lists = [...new Set(sides.map((side) => side.price_list).filter(Boolean))];
		return crm_ext.ui.sentences([
			lists.length
				? __("Price list: {0}.", [escape(crm_ext.ui.named(lists))])
				: __("There is no price list."),
			__(
				"Prices for one unit, without tax, before pricing rules of ERPNext and discounts by hand."
			),
			...new Set(sides.flatMap((side) => side.messages).map(escape)),
		]);
	};
})();
