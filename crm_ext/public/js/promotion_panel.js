// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// What promotions did to a document: a quiet part below its rows, with the coupons and what is still missing.

(() => {
	frappe.provide("crm_ext.promotions");

	const TAG = `<svg viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.3" aria-hidden="true"><path
		d="M8.6 1.7h4.2c.8 0 1.5.7 1.5 1.5v4.2c0 .4-.2.8-.5 1.1l-5.3 5.3c-.6.6-1.5.6-2.1 0L2.2 9.6c-.6-.6-.6-1.5 0-2.1l5.3-5.3c.3-.3.7-.5 1.1-.5z"/>
		<circle cx="11" cy="5" r=".9" fill="currentColor"/></svg>`;

	/** Show an answer below the rows of a form; without one, only where a coupon can be entered. */
	crm_ext.promotions.show_panel = (frm, answer) => {
		const field = frm.fields_dict.items;
		if (!field?.$wrapper) {
			return;
		}
		crm_ext.promotions.style();
		field.$wrapper.children(".crm-ext-promotions").remove();
		const may_change = frm.doc.docstatus === 0 && Boolean(frm.perm[0]?.write);
		const html = crm_ext.promotions.panel_html(
			answer,
			may_change && may_enter(frm),
			may_change
		);
		if (!html) {
			return;
		}
		const panel = $(`<section class="crm-ext-promotions">${html}</section>`);
		panel.attr("aria-label", __("Promotions")).appendTo(field.$wrapper);
		crm_ext.promotions.bind(panel, frm);
	};

	const may_enter = (frm) =>
		crm_ext.promotions.take_coupons() &&
		Boolean(frm.fields_dict.crm_ext_coupon_codes) &&
		(frm.doc.items || []).some((row) => row.item_code);

	/** What counts, what nearly counts, the coupons; empty where there is nothing to say. */
	crm_ext.promotions.panel_html = (answer, may_add, may_change = may_add) => {
		const { escape } = crm_ext.ui;
		const { applied = [], near = [], lost = [], coupons = [], declined = [] } = answer || {};
		const close = new Set(near.map(({ promotion }) => promotion));
		const others = lost.filter(({ promotion }) => !close.has(promotion));
		const lines = [
			...applied.map(({ promotion, text }) =>
				line("is-applied", TAG, linked(text, promotion))
			),
			applied.length > 1 && answer.saved
				? line("is-sum", "", escape(__("{0} saved in all.", [money(answer)])))
				: "",
			...near.map(({ promotion, text }) =>
				line("is-near", "＋", `${linked(promotion, promotion)} · ${escape(text)}`)
			),
			...declined.map((one) =>
				line(
					"is-near",
					"－",
					`${escape(one.text)} ${may_change ? put_back_html(one) : ""}`
				)
			),
			...coupons
				.filter(({ counts }) => !counts)
				.map(({ accepted, text }) =>
					line(accepted ? "is-near" : "is-refused", "✗", escape(text))
				),
		].filter(Boolean);
		const foot = [
			...coupons.map((coupon) => coupon_html(coupon, may_add)),
			may_add &&
				`<button type="button" class="btn btn-xs btn-default crm-ext-coupon-add">${escape(
					__("Add Coupon")
				)}</button>`,
			others.length && others_html(others),
		].filter(Boolean);
		return [
			lines.length && `<ul class="crm-ext-promotions-list">${lines.join("")}</ul>`,
			foot.length && `<div class="crm-ext-promotions-foot">${foot.join("")}</div>`,
		]
			.filter(Boolean)
			.join("");
	};

	const put_back_html = ({ promotion, item_code }) =>
		`<button type="button" class="btn btn-link btn-xs p-0 crm-ext-put-back" data-promotion="${crm_ext.ui.escape(
			promotion
		)}" data-item="${crm_ext.ui.escape(item_code)}">${crm_ext.ui.escape(__("Put Back"))}</button>`;

	const money = ({ saved, currency }) => format_currency(saved, currency);

	const line = (state, mark, html) =>
		`<li class="${state}"><span class="crm-ext-promotions-mark" aria-hidden="true">${mark}</span>
			<span>${html}</span></li>`;

	function coupon_html({ code, accepted, counts, text }, may_remove) {
		const { escape } = crm_ext.ui;
		const label = escape(__("Remove Coupon {0}", [code]));
		const remove = may_remove
			? `<button type="button" data-code="${escape(code)}" title="${label}" aria-label="${label}">×</button>`
			: "";
		const state = counts ? "is-applied" : accepted ? "is-near" : "is-refused";
		return `<span class="crm-ext-coupon ${state}" title="${escape(text)}"><span aria-hidden="true">${
			counts ? "✓" : "✗"
		}</span> ${escape(code)}${remove}</span>`;
	}

	function others_html(others) {
		const items = others.map(({ promotion, text }) => `<li>${linked(text, promotion)}</li>`);
		return `<details><summary>${crm_ext.ui.escape(
			__("Other Promotions ({0})", [others.length])
		)}</summary><ul>${items.join("")}</ul></details>`;
	}

	/** A sentence with its promotion as a link, for those who may read it. */
	function linked(text, promotion) {
		const { escape } = crm_ext.ui;
		if (!frappe.model.can_read("Sales Promotion")) {
			return escape(text);
		}
		const link = `<a href="${frappe.utils.get_form_link("Sales Promotion", promotion)}">${escape(
			promotion
		)}</a>`;
		return escape(text).replace(escape(promotion), () => link);
	}

	/** Have the buttons of a panel change the codes of the document, and put back what was taken out. */
	crm_ext.promotions.bind = (panel, frm) => {
		panel.on("click", ".crm-ext-coupon-add", () =>
			frappe.prompt(
				[{ fieldname: "code", fieldtype: "Data", label: __("Coupon Code"), reqd: 1 }],
				({ code }) => crm_ext.promotions.add_coupon(frm, code),
				__("Add Coupon"),
				__("Add", null, "CRM Ext")
			)
		);
		panel.on("click", ".crm-ext-put-back", ({ currentTarget: { dataset } }) =>
			crm_ext.promotions.put_back(frm, dataset.promotion, dataset.item)
		);
		panel.on("click", ".crm-ext-coupon button", ({ currentTarget }) =>
			crm_ext.promotions.remove_coupon(frm, currentTarget.dataset.code)
		);
	};

	const codes_of = (frm) =>
		(frm.doc.crm_ext_coupon_codes || "")
			.normalize("NFKC")
			.toUpperCase()
			.split(/[\s,;、]+/)
			.filter(Boolean);

	const put_codes = (frm, codes) =>
		frm.set_value("crm_ext_coupon_codes", [...new Set(codes)].join(", "));

	crm_ext.promotions.add_coupon = (frm, code) =>
		put_codes(frm, [...codes_of(frm), ...codes_of({ doc: { crm_ext_coupon_codes: code } })]);

	crm_ext.promotions.remove_coupon = (frm, code) =>
		put_codes(
			frm,
			codes_of(frm).filter((one) => one !== code)
		);

	crm_ext.promotions.style = () => {
		crm_ext.ui.style();
		if (!document.getElementById("crm-ext-promotion-style")) {
			frappe.dom.set_style(STYLE, "crm-ext-promotion-style");
		}
	};

	const STYLE = `
	.crm-ext-promotions { margin: 10px 0 4px; font-size: var(--text-base); color: var(--text-color); }
	.crm-ext-promotions ul { list-style: none; margin: 0; padding: 0; }
	.crm-ext-promotions-list > li { display: flex; gap: 8px; padding: 3px 0; line-height: 1.5; }
	.crm-ext-promotions-list a { color: inherit; font-weight: 500; }
	.crm-ext-promotions-list a:hover { text-decoration: underline; }
	.crm-ext-promotions-mark { flex: none; width: 16px; text-align: center; color: var(--crm-ext-colour, inherit); }
	.crm-ext-promotions-mark svg { width: 14px; height: 14px; vertical-align: -2px; }
	.crm-ext-promotions .is-applied { --crm-ext-colour: var(--green-600, #16a34a); }
	.crm-ext-promotions .is-near { color: var(--text-muted); }
	.crm-ext-promotions .is-refused { --crm-ext-colour: var(--red-600, #dc2626); color: var(--text-muted); }
	.crm-ext-promotions .is-sum { font-weight: 500; }
	.crm-ext-promotions-foot { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 6px 10px; margin-top: 6px; }
	.crm-ext-promotions-foot .btn { flex: none; }
	.crm-ext-coupon {
		display: inline-flex; align-items: center; gap: 5px; height: 24px; padding: 0 8px; font-size: var(--text-sm);
		border: 1px dashed var(--crm-ext-colour, var(--gray-400)); border-radius: var(--border-radius-sm, 4px);
		font-variant-numeric: tabular-nums;
	}
	.crm-ext-coupon > span { color: var(--crm-ext-colour, inherit); }
	.crm-ext-coupon button { margin: 0 -4px 0 0; padding: 0 4px; border: 0; background: none; color: var(--text-muted); line-height: 1; }
	.crm-ext-coupon button:hover { color: var(--text-color); }
	.crm-ext-promotions details { flex: 1; min-width: 200px; }
	.crm-ext-promotions summary { width: max-content; cursor: pointer; color: var(--text-muted); line-height: 24px; }
	.crm-ext-promotions details li { padding: 2px 0; color: var(--text-muted); }
	.crm-ext-pos-promotions { flex: none; max-height: 148px; margin: 0 0 8px; overflow-y: auto; font-size: var(--text-sm); }
	`;
})();
