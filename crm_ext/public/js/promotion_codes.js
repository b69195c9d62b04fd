// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The form of a Coupon Batch: its codes are made here, and taken along as a file.

(() => {
	frappe.provide("crm_ext.promotions");

	const LOOK_EVERY = 700;
	const call = (method, args) =>
		frappe.xcall(`crm_ext.pricing.promotions.codes_api.${method}`, args);

	/** Sentence and buttons; call it at each refresh. */
	crm_ext.promotions.setup_batch = (frm) => {
		crm_ext.ui.style();
		crm_ext.promotions.tell_batch(frm);
		frm.toggle_reqd("public_code", frm.doc.kind === "Public Code");
		if (frm.is_new()) {
			return;
		}
		const { status, code_count } = frm.doc;
		const unique = frm.doc.kind === "Unique Codes";
		if (unique && frm.perm[0]?.write && status !== "Making") {
			frm.add_custom_button(__("Make Codes"), () => ask(frm));
			if (!code_count) {
				frm.change_custom_button_type(__("Make Codes"), null, "primary");
			}
		}
		if (code_count && frappe.model.can_read("Promotion Coupon")) {
			frm.add_custom_button(__("Codes"), () =>
				frappe.set_route("List", "Promotion Coupon", { batch: frm.doc.name })
			);
			if (unique && frappe.model.can_export("Promotion Coupon")) {
				frm.add_custom_button(__("Download as CSV"), () => download(frm.doc.name));
			}
		}
		if (status === "Making") {
			follow(frm);
		}
		if (status === "Failed") {
			frm.set_intro(
				__("The making of codes was broken off, see Error Log {0}. Make Codes goes on.", [
					frappe.utils.get_form_link("Error Log", frm.doc.message, true),
				]),
				"red"
			);
		}
	};

	/** What the batch is, above the form. */
	crm_ext.promotions.tell_batch = (frm) => {
		frm.layout.wrapper.children(".crm-ext-sentence").remove();
		$(`<div class="crm-ext-head crm-ext-sentence"></div>`)
			.html(batch_html(frm.doc))
			.insertBefore(frm.layout.page);
	};

	function batch_html(doc) {
		const { escape, date } = crm_ext.ui;
		const bold = (text) => `<b>${escape(text)}</b>`;
		const promotion = doc.promotion
			? `<a href="${frappe.utils.get_form_link("Sales Promotion", doc.promotion)}">${escape(
					doc.promotion
				)}</a>`
			: "…";
		const lead =
			doc.kind === "Public Code"
				? __("The code {0} gives {1}.", [
						bold((doc.public_code || "…").toUpperCase()),
						promotion,
					])
				: cint(doc.code_count)
					? __("{0} codes such as {1} give {2}.", [
							crm_ext.ui.number(doc.code_count),
							bold(example(doc)),
							promotion,
						])
					: __("Codes such as {0} give {1}. None is made yet.", [
							bold(example(doc)),
							promotion,
						]);
		const amount = flt(doc.minimum_amount);
		const [from, to] = [doc.valid_from, doc.valid_to].map((day) => day && escape(date(day)));
		const rest = [
			doc.customer
				? __("Only {0} may use them.", [bold(doc.customer)])
				: __("Whoever has one may use it."),
			uses(doc),
			amount &&
				__("From a basket of {0} on.", [
					escape(
						crm_ext.ui.money(amount, doc.currency, Number.isInteger(amount) ? 0 : 2)
					),
				]),
			from && to
				? __("From {0} to {1}.", [from, to])
				: (from && __("From {0} on.", [from])) || (to && __("Until {0}.", [to])),
			!cint(doc.enabled) && __("Disabled: no code counts."),
		];
		return `<p class="crm-ext-lead">${lead}</p><p class="text-muted">${crm_ext.ui.sentences(rest)}</p>`;
	}

	function uses(doc) {
		const [all, each] = [cint(doc.max_uses), cint(doc.max_uses_per_customer)];
		if (all === 1) {
			return __("Each can be used once.");
		}
		const parts = [
			all && __("{0} times in all", [all]),
			each === 1
				? __("once by each customer")
				: each && __("{0} times by each customer", [each]),
		].filter(Boolean);
		return parts.length
			? __("Each can be used {0}.", [crm_ext.ui.named(parts)])
			: __("Each can be used without limit.");
	}

	const example = (doc) =>
		(doc.prefix || "").toUpperCase() +
		"7KQ4MXW2PZ9RTH3C".repeat(2).slice(0, cint(doc.code_length) || 10);

	/** A public code is used by many, a unique one once. */
	crm_ext.promotions.choose_batch_kind = (frm) => {
		const many = frm.doc.kind === "Public Code";
		frm.set_value({ max_uses: many ? 0 : 1, max_uses_per_customer: 1 });
		frm.toggle_reqd("public_code", many);
		crm_ext.promotions.tell_batch(frm);
	};

	function ask(frm) {
		const missing = frm.doc.status === "Failed" ? frm.doc.codes_asked - frm.doc.code_count : 0;
		const dialog = new frappe.ui.Dialog({
			title: __("Make Codes"),
			fields: [
				{
					fieldname: "count",
					label: __("How Many"),
					fieldtype: "Int",
					default: missing ? 0 : 100,
					description: missing
						? __("Besides the {0} that are still missing.", [missing])
						: __(
								"Such as {0}. Characters that look alike, such as 0 and O, are left out.",
								[crm_ext.ui.escape(example(frm.doc))]
							),
				},
			],
			primary_action_label: __("Make", null, "Coupon Batch"),
			primary_action: async ({ count }) => {
				dialog.disable_primary_action();
				try {
					await call("make_codes", { batch: frm.doc.name, count: count || 0 });
					dialog.hide();
					await frm.reload_doc();
				} finally {
					dialog.enable_primary_action();
				}
			},
		});
		dialog.show();
	}

	/** Show how far the worker is, until it is done or the user goes elsewhere. */
	async function follow(frm) {
		const { name } = frm.doc;
		if (frm.crm_ext_follows === name) {
			return;
		}
		frm.crm_ext_follows = name;
		try {
			const here = () => frm.doc.name === name && frm.$wrapper.is(":visible");
			while (here()) {
				const state = await call("state", { batch: name });
				if (!here()) {
					return;
				}
				if (state.status !== "Making") {
					frm.dashboard.hide_progress?.();
					await frm.reload_doc();
					return;
				}
				show_progress(frm, state);
				await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
			}
		} finally {
			frm.crm_ext_follows = null;
		}
	}

	function show_progress(frm, { made, asked, running }) {
		const [done, all] = [made, asked].map((value) => crm_ext.ui.number(value));
		const words = running
			? __("{0} of {1} codes. You may leave this page; the work goes on.", [done, all])
			: __(
					"{0} of {1} codes. The worker was stopped; the work goes on within five minutes.",
					[done, all]
				);
		frm.dashboard.show_progress(__("Codes"), (made * 100) / asked, words);
	}

	/** All codes of the batch by Frappe's own export of the list, with the permission that it asks for. */
	function download(batch) {
		const fields = ["name", "status", "uses", "customer", "enabled"];
		window.open_url_post("/api/method/frappe.desk.reportview.export_query", {
			doctype: "Promotion Coupon",
			title: batch,
			file_format_type: "CSV",
			fields: JSON.stringify(fields.map((field) => `\`tabPromotion Coupon\`.\`${field}\``)),
			filters: JSON.stringify([["Promotion Coupon", "batch", "=", batch]]),
			order_by: "`tabPromotion Coupon`.`name` asc",
			view: "Report",
		});
	}
})();
