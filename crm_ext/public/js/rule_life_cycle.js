// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The life cycle on the form of any rule: its status, the buttons for the steps it may take, and the check
// that goes before activation.

(() => {
	frappe.provide("crm_ext.rules");

	/** By DocType: `consequences()` of the steps of its life cycle, `no_conditions()`: what a rule without any does. */
	crm_ext.rules.words ??= {};

	crm_ext.rules.TRANSITIONS = {
		Draft: ["Active", "Observing"],
		Observing: ["Active", "Draft", "Stopped"],
		Active: ["Paused", "Observing", "Stopped"],
		Paused: ["Active", "Observing", "Stopped"],
		Stopped: ["Draft"],
	};

	const NEEDS_REASON = ["Paused", "Stopped"];

	crm_ext.rules.verbs = () => ({
		Active: __("Activate"),
		Observing: __("Observe"),
		Paused: __("Pause"),
		Stopped: __("Stop"),
		Draft: __("Back to Draft"),
	});

	/** Indicator, banner and buttons; call it at each refresh. */
	crm_ext.rules.setup_life_cycle = (frm) => {
		const status = frm.doc.status || "Draft";
		if (frm.is_new()) {
			return;
		}
		frm.page.set_indicator(__(status, null, "CRM Ext"), crm_ext.rules.STATUS_COLOUR[status]);
		if (frm.doc.last_error) {
			frm.set_intro(
				__("This rule cannot be evaluated: {0}", [crm_ext.ui.escape(frm.doc.last_error)]),
				"red"
			);
		}
		if (!frm.perm[0]?.write || frm.is_dirty()) {
			return;
		}
		for (const target of crm_ext.rules.TRANSITIONS[status]) {
			const go = () => (target === "Active" ? activate(frm) : change_status(frm, target));
			frm.add_custom_button(crm_ext.rules.verbs()[target], go, __("Status"));
		}
	};

	function change_status(frm, target) {
		const verb = crm_ext.rules.verbs()[target];
		if (NEEDS_REASON.includes(target)) {
			frappe.prompt(
				[
					{
						fieldname: "reason",
						label: __("Reason"),
						fieldtype: "Small Text",
						reqd: 1,
						description: crm_ext.rules.consequence(frm.doctype, target),
					},
				],
				({ reason }) => set_status(frm, target, reason),
				__("{0}: {1}", [verb, crm_ext.ui.escape(frm.doc.name)]),
				verb
			);
			return;
		}
		frappe.confirm(crm_ext.rules.consequence(frm.doctype, target), () =>
			set_status(frm, target)
		);
	}

	/** What a step of the life cycle brings about; a kind of rule says its own in crm_ext.rules.words. */
	crm_ext.rules.consequence = (doctype, target) =>
		({
			Active: __("The rule takes effect at the next refresh."),
			Observing: __("The rule records what it would do, and does nothing."),
			Paused: __("The rule gives nothing new and takes nothing away."),
			Stopped: __("The rule ends, and what it gave is taken back."),
			Draft: __("The rule goes back to the drawing board and decides nothing."),
			...crm_ext.rules.words[doctype]?.consequences?.(),
		})[target];

	function set_status(frm, status, reason = null) {
		return frappe
			.xcall("crm_ext.rules.api.set_status", {
				doctype: frm.doctype,
				name: frm.doc.name,
				status,
				reason,
			})
			.then(() => frm.reload_doc())
			.then(() =>
				frappe.show_alert({
					message: __("{0} is now {1}.", [
						crm_ext.ui.escape(frm.doc.name).bold(),
						__(status, null, "CRM Ext"),
					]),
					indicator: crm_ext.rules.STATUS_COLOUR[status],
				})
			);
	}

	/** Show what the static check and the saved test cases say; only without an error may the rule go on. */
	async function activate(frm) {
		const check = await frappe.xcall("crm_ext.rules.api.check", {
			doctype: frm.doctype,
			name: frm.doc.name,
		});
		const failing = check.cases.filter((one) => !one.passed);
		const blocking = check.findings.filter((one) => one.blocks ?? one.kind === "error");
		const blocked = failing.length + blocking.length > 0;
		const dialog = new frappe.ui.Dialog({
			title: __("Activate {0}", [crm_ext.ui.escape(frm.doc.name)]),
			fields: [{ fieldtype: "HTML", fieldname: "body" }],
		});
		dialog.get_field("body").$wrapper.html(check_html(check, blocked, frm.doctype));
		if (blocked) {
			dialog.set_secondary_action_label(__("Close"));
			dialog.set_secondary_action(() => dialog.hide());
		} else {
			dialog.set_primary_action(__("Activate"), () => {
				dialog.hide();
				set_status(frm, "Active");
			});
		}
		dialog.show();
	}

	function check_html(check, blocked, doctype) {
		const { escape, heading } = crm_ext.ui;
		const line = (good, text, mark = good ? "✓" : "✗") =>
			`<tr><td class="crm-ext-mark ${good ? "is-met" : "is-unmet"}">${mark}</td><td>${escape(
				text
			)}</td></tr>`;
		const parts = [
			`<p class="crm-ext-lead mt-0">${
				blocked
					? __("The rule cannot become active before these problems are solved.")
					: crm_ext.rules.consequence(doctype, "Active")
			}</p>`,
		];
		if (check.findings.length) {
			const rows = check.findings.map((one) => {
				const blocks = one.blocks ?? one.kind === "error";
				return line(!blocks, one.text, blocks ? "✗" : "!");
			});
			parts.push(
				heading(__("Static Check")),
				`<table class="crm-ext-table"><tbody>${rows.join("")}</tbody></table>`
			);
		}
		if (check.cases.length) {
			const rows = check.cases.map((one) => line(one.passed, one.text || one.title));
			parts.push(
				heading(__("Saved Test Cases")),
				`<table class="crm-ext-table"><tbody>${rows.join("")}</tbody></table>`
			);
		}
		if (!check.findings.length && !check.cases.length) {
			parts.push(
				`<p class="text-muted">${__(
					"The check found nothing; the rule has no saved test cases."
				)}</p>`
			);
		}
		return parts.join("");
	}
})();
