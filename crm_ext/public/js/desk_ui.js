// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// What our forms share: chips in a tag's colour, small HTML builders that escape, one style sheet.

(() => {
	frappe.provide("crm_ext.ui");

	// Where a choice cannot be edited, Frappe says it without its context: the choices of our own fields have one.
	for (const { name, module, fields } of Object.values(locals.DocType || {})) {
		for (const field of module === "CRM Ext" ? fields : []) {
			if (field.fieldtype === "Select") {
				field.formatter = (value) => (value ? __(value, null, name) : "");
			}
		}
	}

	crm_ext.ui.escape = (text) => frappe.utils.escape_html(String(text ?? ""));

	crm_ext.ui.colour = (colour) => (/^#[0-9a-f]{3,8}$/i.test(colour || "") ? colour : "#6b7280");

	crm_ext.ui.date = (value) =>
		value ? frappe.datetime.str_to_user(String(value).slice(0, 10)) : "";

	/** A moment to the minute. */
	crm_ext.ui.moment = (value) =>
		value ? `${crm_ext.ui.date(value)} ${String(value).slice(11, 16)}` : "";

	crm_ext.ui.money = (value, currency, decimals = 0) =>
		format_currency(value, currency || frappe.boot.sysdefaults.currency, decimals);

	crm_ext.ui.number = (value) => {
		const number = Number(value);
		if (value === null || value === undefined || value === "" || Number.isNaN(number)) {
			return value ?? "";
		}
		return format_number(number, null, Number.isInteger(number) ? 0 : 2);
	};

	crm_ext.ui.sign = (value) => (value > 0 ? "+" : value < 0 ? "−" : "");

	/** An amount with its sign. */
	crm_ext.ui.signed = (value, currency) =>
		`${crm_ext.ui.sign(value)}${crm_ext.ui.money(Math.abs(value), currency)}`;

	/** The colour of a gain or a loss. */
	crm_ext.ui.ink = (value) =>
		value > 0
			? "var(--green-600, #16a34a)"
			: value < 0
				? "var(--orange-600, #c2410c)"
				: "var(--text-color)";

	/** Texts one after the other: the names of a list, the sentences of a paragraph. */
	crm_ext.ui.named = (texts) => texts.reduce((all, text) => __("{0}, {1}", [all, text]));
	crm_ext.ui.sentences = (texts) =>
		texts
			.filter(Boolean)
			.reduce((all, text) => __("{0} {1}", [all, text]), "")
			.trim();

	crm_ext.ui.customer_link = (name, label) =>
		`<a href="${frappe.utils.get_form_link("Customer", name)}">${crm_ext.ui.escape(
			label || name
		)}</a>`;

	/** A tag as a chip; `attributes` are escaped here. */
	crm_ext.ui.chip = (
		tag,
		colour,
		{ element = "span", attributes = {}, note = "", icon = "" } = {}
	) => {
		const { escape } = crm_ext.ui;
		const written = Object.entries(attributes)
			.map(([name, value]) => `${name}="${escape(value)}"`)
			.join(" ");
		return `<${element} class="crm-ext-chip" style="--crm-ext-colour: ${crm_ext.ui.colour(
			colour
		)}" ${written}>
			<span class="crm-ext-chip-label">${escape(__(tag, null, "Tag"))}</span>
			${note ? `<span class="crm-ext-chip-note">${escape(note)}</span>` : ""}${icon}
		</${element}>`;
	};

	/** Rows of label, value and whether it is wide; values are HTML, rows without a value are left out. */
	crm_ext.ui.facts = (rows) =>
		`<dl class="crm-ext-facts">${rows
			.filter(([, value]) => value)
			.map(
				([label, value, wide]) =>
					`<div class="${wide ? "is-wide" : ""}"><dt>${crm_ext.ui.escape(label)}</dt>
						<dd>${value}</dd></div>`
			)
			.join("")}</dl>`;

	/** A word in a coloured pill, as the Desk shows a status; colours are those of Frappe's indicators. */
	crm_ext.ui.pill = (text, colour, title = "") =>
		`<span class="indicator-pill no-indicator-dot ${colour || "gray"}" title="${crm_ext.ui.escape(title)}"
			><span class="ellipsis">${crm_ext.ui.escape(text)}</span></span>`;

	/** The steps of an evidence as a table: [{label, actual, threshold, met}]. */
	crm_ext.ui.steps = (steps) => {
		const { escape } = crm_ext.ui;
		const rows = steps.map(
			(step) => `<tr>
				<td class="crm-ext-mark ${step.met ? "is-met" : "is-unmet"}"
					title="${step.met ? __("Holds") : __("Does not hold")}">${step.met ? "✓" : "✗"}</td>
				<td>${escape(step.label)}</td>
				<td class="is-number">${escape(step.actual ?? "–")}</td>
				<td class="is-number">${escape(step.threshold ?? "")}</td>
			</tr>`
		);
		return `<table class="crm-ext-table"><thead><tr><th></th><th></th>
			<th class="is-number">${__("Actual")}</th><th class="is-number">${__("Threshold", null, "CRM Ext")}</th>
			</tr></thead><tbody>${rows.join("")}</tbody></table>`;
	};

	/** Cards of [label, value, notes, ink, title]; values and notes are HTML. */
	crm_ext.ui.cards = (cards) =>
		`<div class="crm-ext-cards">${cards
			.filter(Boolean)
			.map(
				([label, value, notes = [], ink = "var(--text-color)", title = ""]) =>
					`<div class="crm-ext-card" title="${crm_ext.ui.escape(title)}">
					<div class="crm-ext-card-label">${crm_ext.ui.escape(label)}</div>
					<div class="crm-ext-card-value" style="color: ${ink}">${value}</div>
					${notes
						.filter(Boolean)
						.map((note) => `<div class="small text-muted">${note}</div>`)
						.join("")}</div>`
			)
			.join("")}</div>`;

	/** Below a table that shows so many rows of all. */
	crm_ext.ui.first_of = (shown, all) =>
		all > shown
			? `<p class="crm-ext-foot">${__("These are the first {0}.", [crm_ext.ui.number(shown)])}</p>`
			: "";

	crm_ext.ui.heading = (text) => `<h6 class="crm-ext-heading">${crm_ext.ui.escape(text)}</h6>`;

	crm_ext.ui.failure = (text) =>
		`<p class="text-muted text-center p-4">${crm_ext.ui.escape(text)}</p>`;

	crm_ext.ui.style = () => {
		if (!document.getElementById("crm-ext-style")) {
			frappe.dom.set_style(crm_ext.ui.STYLE, "crm-ext-style");
		}
	};

	crm_ext.ui.STYLE = `
	.crm-ext-chip {
		--crm-ext-tint: color-mix(in srgb, var(--crm-ext-colour) 12%, var(--fg-color));
		--crm-ext-ink: color-mix(in srgb, var(--crm-ext-colour) 72%, var(--text-color));
		display: inline-flex; align-items: center; gap: 5px; max-width: 100%;
		padding: 3px 10px; border-radius: 999px; font-size: var(--text-sm); font-weight: 500;
		line-height: 1.5; white-space: nowrap; color: var(--crm-ext-ink); background: var(--crm-ext-tint);
		border: 1px solid color-mix(in srgb, var(--crm-ext-colour) 28%, var(--fg-color));
	}
	button.crm-ext-chip { cursor: pointer; }
	button.crm-ext-chip:hover, button.crm-ext-chip:focus-visible {
		background: color-mix(in srgb, var(--crm-ext-colour) 22%, var(--fg-color)); outline: none;
	}
	button.crm-ext-chip:focus-visible { box-shadow: 0 0 0 2px color-mix(in srgb, var(--crm-ext-colour) 45%, transparent); }
	.crm-ext-chip-label { overflow: hidden; text-overflow: ellipsis; }
	.crm-ext-chip-note { font-weight: 400; opacity: 0.8; overflow: hidden; text-overflow: ellipsis; max-width: 160px; }
	.crm-ext-chip .icon { width: 11px; height: 11px; stroke: currentColor; flex: none; }
	.crm-ext-head { padding-bottom: 2px; }
	.crm-ext-tags { display: flex; flex-wrap: wrap; gap: 8px 20px; padding: 12px var(--padding-md) 10px; }
	.crm-ext-tags:empty { display: none; }
	.crm-ext-group { display: inline-flex; flex-wrap: wrap; align-items: center; gap: 6px; min-width: 0; }
	.crm-ext-group-name { font-size: var(--text-sm); color: var(--text-muted); }
	.crm-ext-figures { display: flex; flex-wrap: wrap; gap: 10px 36px; padding: 4px var(--padding-md) 14px; }
	.crm-ext-tags:empty + .crm-ext-figures { padding-top: 12px; }
	.crm-ext-figure-label { font-size: var(--text-xs); color: var(--text-muted); line-height: 1.5; }
	.crm-ext-figure-value {
		font-size: var(--text-base); font-weight: 600; color: var(--text-color); font-variant-numeric: tabular-nums;
	}
	.crm-ext-figure-value.is-bad { color: var(--red-600, #c0392b); }
	.crm-ext-figure-note { font-size: var(--text-xs); font-weight: 400; color: var(--text-muted); margin-left: 4px; }
	.crm-ext-heading {
		margin: 20px 0 8px; font-size: var(--text-sm); font-weight: 600; color: var(--text-color);
	}
	.crm-ext-lead { margin: 10px 0 14px; font-size: var(--text-md); line-height: 1.55; color: var(--text-color); }
	.crm-ext-facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); gap: 10px 20px; margin: 0; }
	.crm-ext-facts .is-wide { grid-column: 1 / -1; }
	.crm-ext-facts dt { font-size: var(--text-xs); font-weight: 400; color: var(--text-muted); }
	.crm-ext-facts dd { margin: 0; color: var(--text-color); overflow-wrap: anywhere; }
	.crm-ext-table { width: 100%; border-collapse: collapse; }
	.crm-ext-table th { white-space: nowrap; font-size: var(--text-xs); font-weight: 400; color: var(--text-muted); padding: 4px 8px; }
	.crm-ext-table td { padding: 7px 8px; border-top: 1px solid var(--border-color); vertical-align: middle; overflow-wrap: anywhere; }
	.crm-ext-table .is-number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
	.crm-ext-table .is-name { min-width: 150px; }
	.crm-ext-mark { font-weight: 700; width: 26px; }
	.crm-ext-mark.is-met { color: var(--green-600, #16a34a); }
	.crm-ext-mark.is-unmet { color: var(--red-600, #dc2626); }
	.crm-ext-foot { margin-top: 18px; font-size: var(--text-xs); color: var(--text-muted); }
	.crm-ext-timeline { list-style: none; margin: 4px 0 0; padding: 0; }
	.crm-ext-timeline li { position: relative; padding: 0 0 18px 22px; border-left: 2px solid var(--border-color); margin-left: 6px; }
	.crm-ext-timeline li:last-child { padding-bottom: 2px; }
	.crm-ext-timeline li::before {
		content: ""; position: absolute; left: -6px; top: 6px; width: 10px; height: 10px; border-radius: 50%;
		background: var(--crm-ext-colour, #6b7280); box-shadow: 0 0 0 3px var(--modal-bg, var(--fg-color));
	}
	.crm-ext-timeline .is-over { opacity: 0.65; }
	.crm-ext-summary {
		padding: 10px 14px; margin-bottom: 12px; border-radius: var(--border-radius-md); line-height: 1.6;
		background: var(--subtle-fg, var(--control-bg)); color: var(--text-color);
	}
	.crm-ext-cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; }
	.crm-ext-card { padding: 12px 14px; border: 1px solid var(--border-color); border-radius: var(--border-radius-md); }
	.crm-ext-card-label { font-size: var(--text-sm); color: var(--text-muted); }
	.crm-ext-card-value { font-size: 22px; font-weight: 600; line-height: 1.4; font-variant-numeric: tabular-nums; }
	@media (max-width: 480px) {
		.crm-ext-cards { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 8px; }
		.crm-ext-card { padding: 8px 10px; overflow-wrap: anywhere; }
		.crm-ext-card-value { font-size: 17px; }
	}
	.crm-ext-heat { overflow-x: auto; }
	.crm-ext-heat td.is-cell { text-align: right; border: 1px solid var(--fg-color); min-width: 92px; }
	.crm-ext-heat td.is-cell small { display: block; color: var(--text-muted); }
	.crm-ext-heat th { text-align: right; white-space: nowrap; }
	.crm-ext-heat th:first-child, .crm-ext-heat td:first-child { text-align: left; white-space: nowrap; }
	.crm-ext-sentence { padding: 14px var(--padding-md) 12px; line-height: 1.7; }
	.crm-ext-sentence p { margin: 0; }
	.crm-ext-sentence .crm-ext-facts { margin-top: 12px; line-height: 1.5; }
	.crm-ext-sentence .crm-ext-lead { font-size: var(--text-lg); font-weight: 500; }
	.crm-ext-sentence .crm-ext-and { font-weight: inherit; }
	.crm-ext-sentence p::first-letter { text-transform: uppercase; }
	.crm-ext-sentence ol { margin: 4px 0; padding-left: 22px; }
	.crm-ext-sentence .crm-ext-chip { padding-block: 1px; vertical-align: baseline; }
	.crm-ext-empty { padding: 18px; margin: 0; text-align: center; color: var(--text-muted); }
	.crm-ext-actions ol { list-style: none; margin: 0 0 8px; padding: 0; }
	.crm-ext-actions .crm-ext-empty { border: 1px dashed var(--border-color); border-radius: var(--border-radius-md); margin-bottom: 8px; }
	.crm-ext-action {
		display: flex; align-items: stretch; margin-bottom: 6px; overflow: hidden; color: var(--text-color);
		background: var(--fg-color); border: 1px solid var(--border-color); border-radius: var(--border-radius-md);
	}
	.crm-ext-handle { display: flex; align-items: center; padding: 0 2px 0 8px; cursor: grab; }
	.crm-ext-number { align-self: center; min-width: 28px; text-align: center; color: var(--text-muted); font-variant-numeric: tabular-nums; }
	.crm-ext-action-text { flex: 1; min-width: 0; padding: 9px 10px; text-align: left; color: inherit; background: none; border: 0; }
	.crm-ext-action-text > span:last-child { display: block; color: var(--text-muted); overflow-wrap: anywhere; }
	.crm-ext-action:has(button:hover) { border-color: var(--gray-400, var(--text-muted)); }
	.crm-ext-action-text:focus-visible { outline: 2px solid var(--primary); outline-offset: -2px; border-radius: var(--border-radius-md); }
	.crm-ext-remove { padding: 0 12px; opacity: 0.6; }
	.crm-ext-remove:hover, .crm-ext-remove:focus-visible { opacity: 1; }
	.crm-ext-note { margin: 32px 0 0; }
	.crm-ext-bars { display: grid; grid-template-columns: max-content 1fr max-content; gap: 7px 14px; align-items: center; }
	.crm-ext-bar { height: 12px; border-radius: 6px; background: var(--subtle-fg, var(--control-bg)); overflow: hidden; }
	.crm-ext-bar span { display: block; height: 100%; min-width: 3px; border-radius: 6px; }
	.crm-ext-bar-value { text-align: right; font-variant-numeric: tabular-nums; }
	.crm-ext-bar span[hidden] { display: none; }
	.crm-ext-key { margin-inline-start: 14px; font-weight: 400; color: var(--text-muted); }
	.crm-ext-key::before {
		content: ""; display: inline-block; width: 9px; height: 9px; margin-inline-end: 6px; border-radius: 2px;
		background: var(--crm-ext-colour);
	}
	.crm-ext-chain { display: flex; flex-wrap: wrap; gap: 4px 8px; }
	.crm-ext-error { margin-top: 4px; white-space: pre-wrap; overflow-wrap: anywhere; color: var(--red-600, #dc2626); font-size: var(--text-sm); }
	.crm-ext-table .indicator-pill, .crm-ext-action .indicator-pill { vertical-align: middle; }
	.crm-ext-progress { height: 6px; margin: 18px 0 10px; border-radius: 3px; overflow: hidden; background: var(--control-bg); }
	.crm-ext-progress span { display: block; height: 100%; border-radius: 3px; background: var(--crm-ext-bar, var(--blue-500, #0289f7)); transition: width 0.3s; }
	.crm-ext-progress.is-waiting span { width: 30%; animation: crm-ext-wait 1.4s ease-in-out infinite alternate; }
	@keyframes crm-ext-wait { from { margin-left: 0; } to { margin-left: 70%; } }
	@media (prefers-reduced-motion: reduce) { .crm-ext-progress.is-waiting span { animation: none; width: 100%; opacity: 0.5; } }
	`;
})();
