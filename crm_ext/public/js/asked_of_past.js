// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// Questions about the invoices of the past: a dialog that asks and follows the work, tables that unfold, months.

(() => {
	frappe.provide("crm_ext.past");

	const MONTHS = [1, 3, 6, 12, 24];
	const LOOK_EVERY = 1500;
	const MANAGERS = ["Sales Manager", "System Manager"];

	crm_ext.past.may_ask = () => MANAGERS.some((role) => frappe.user.has_role(role));

	/**
	 * Open the dialog of a question. `fixed`: the company cannot be chosen; `start({months, company})`, `status(name)` and
	 * `latest()` ask the server; `show(wrapper, state)` puts an answer on the page.
	 */
	crm_ext.past.ask = async (question) => {
		crm_ext.past.style();
		const dialog = new frappe.ui.Dialog({
			title: question.title,
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
					default: question.company || frappe.defaults.get_user_default("Company"),
					read_only: question.company ? 1 : 0,
					reqd: 1,
				},
				{ fieldtype: "Section Break" },
				{ fieldname: "body", fieldtype: "HTML" },
			],
		});
		dialog.question = question;
		body(dialog).html(`<p class="text-muted">${question.intro}</p>`);
		offer(dialog);
		dialog.show();
		const last = await question.latest();
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
			await follow(dialog, await dialog.question.start({ months: cint(months), company }));
		} catch {
			body(dialog).html(crm_ext.ui.failure(__("This could not be computed.")));
		}
		offer(dialog);
	}

	async function follow(dialog, state) {
		while (state.status === "Running" && dialog.display) {
			show_progress(dialog, state.percent);
			await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
			state = await dialog.question.status(state.name);
		}
		crm_ext.past.show(body(dialog), state, dialog.question.show);
	}

	function show_progress(dialog, percent) {
		body(dialog)
			.html(`<div class="crm-ext-progress ${percent ? "" : "is-waiting"}" role="progressbar"
				aria-valuenow="${percent || 0}"><span style="width: ${percent || 30}%"></span></div>
				<p class="text-muted">${__(
					"Pricing the invoices. You may close this window; the work goes on."
				)}</p>`);
	}

	/** Put an answer on the page, or say that there is none. */
	crm_ext.past.show = (wrapper, state, show) => {
		crm_ext.past.style();
		if (state.status === "Done") {
			show(wrapper, state);
		} else {
			wrapper.html(crm_ext.ui.failure(__("This could not be computed: see the Error Log.")));
		}
	};

	/** A table of columns [label, class] and rows of HTML; `kind`: its class. */
	crm_ext.past.table = (head, rows, kind) =>
		`<table class="crm-ext-table ${kind}"><thead><tr>${head
			.map(([label, place]) => `<th class="${place}">${crm_ext.ui.escape(label)}</th>`)
			.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;

	/** Rows with `data-only` unfold what `load(only)` gives as HTML, and fold again. */
	crm_ext.past.make_drillable = (wrapper, load) => {
		wrapper.off("click").on("click", "tr[data-only]", ({ currentTarget, target }) => {
			if (!$(target).closest("a").length) {
				unfold($(currentTarget), load);
			}
		});
	};

	async function unfold(row, load) {
		if (row.next().is(".crm-ext-drill")) {
			row.next().remove();
			row.attr("aria-expanded", "false");
			return;
		}
		row.attr("aria-expanded", "true");
		const below = $(`<tr class="crm-ext-drill"><td colspan="${row.children().length}">
			<p class="text-muted">${__("Loading…")}</p></td></tr>`).insertAfter(row);
		try {
			below.children().html(await load(JSON.parse(row.attr("data-only"))));
		} catch {
			below.children().html(crm_ext.ui.failure(__("The lines could not be loaded.")));
		}
	}

	/** “Mar 26” for "2026-03". */
	crm_ext.past.month = (month) => {
		const [year, number] = month.split("-");
		return new Date(year, number - 1, 1).toLocaleDateString(frappe.boot.lang, {
			month: "short",
			year: "2-digit",
		});
	};

	/** A chart that is drawn once its place on the page has a width, for frappe-charts measures it. */
	crm_ext.past.draw = (element, chart) => {
		setTimeout(() => {
			if (element?.isConnected && element.offsetWidth) {
				new frappe.Chart(element, { animate: 0, ...chart });
			}
		}, 200);
	};

	/** Above an answer: that what it is about has changed since, in words. */
	crm_ext.past.stale = (state, words) =>
		state.stale ? `<p>${crm_ext.ui.pill(words, "orange")}</p>` : "";

	/** Below an answer: from when it is. */
	crm_ext.past.computed = (state) =>
		`<p class="crm-ext-foot">${__("Computed on {0}.", [
			crm_ext.ui.escape(crm_ext.ui.moment(state.created)),
		])}</p>`;

	crm_ext.past.points = (texts) =>
		`<ul class="crm-ext-method text-muted">${texts
			.map((text) => `<li>${crm_ext.ui.escape(text)}</li>`)
			.join("")}</ul>`;

	crm_ext.past.style = () => {
		crm_ext.ui.style();
		if (!document.getElementById("crm-ext-past-style")) {
			frappe.dom.set_style(STYLE, "crm-ext-past-style");
		}
	};

	const STYLE = `
	.crm-ext-drillable th:not(:first-child) { width: 128px; }
	.crm-ext-drillable th:nth-child(2), .crm-ext-drillable th:last-child { width: 72px; }
	.crm-ext-drillable tr[data-only] { cursor: pointer; }
	.crm-ext-drillable td.is-name .icon { transition: transform 120ms; vertical-align: -2px; }
	.crm-ext-drillable [aria-expanded=true] > td.is-name .icon { transform: rotate(90deg); }
	.crm-ext-drillable tr[data-only]:hover > td { background: var(--subtle-fg, var(--control-bg)); }
	.crm-ext-drill > td { padding: 0 0 12px 20px; border-top: 0; font-size: var(--text-sm); }
	.crm-ext-method { margin: 0; padding-inline-start: 18px; line-height: 1.6; }
	`;
})();
