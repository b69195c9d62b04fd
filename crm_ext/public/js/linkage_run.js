// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// What one sees of a Linkage Run, and what one may do with one that failed: try again, or let it be.

(() => {
	frappe.provide("crm_ext.linkage");

	const FAULTY = ["Failed", "Dead Letter"];

	/** What is told in the head and in the tables. */
	crm_ext.linkage.RUN_FIELDS = [
		...["customer", "rule", "rule_version", "status", "shadow", "reason", "event_section"],
		...["actions", "attempts_section", "evidence"],
	];

	/** The sentence on top with the facts and the chain of causes, and the evidence in its section. */
	crm_ext.linkage.show_told = (frm, told) => {
		const { escape } = crm_ext.ui;
		frm.layout.wrapper.children(".crm-ext-sentence").remove();
		$(`<div class="crm-ext-head crm-ext-sentence">
			<p class="crm-ext-lead">${escape(told.sentence)}</p>
			${reason_html(frm.doc)}${facts_html(frm.doc, told.chain)}
		</div>`).insertBefore(frm.layout.page);
		fill(frm, "evidence", evidence_html(told));
	};

	function reason_html(doc) {
		if (!doc.reason) {
			return "";
		}
		const faulty = FAULTY.includes(doc.status);
		return `<p class="${faulty ? "crm-ext-error" : "text-muted"}">${crm_ext.ui.escape(
			doc.reason
		)}</p>`;
	}

	function facts_html(doc, chain) {
		const { escape, facts, moment } = crm_ext.ui;
		const link = (doctype, name, label) =>
			name
				? `<a href="${frappe.utils.get_form_link(doctype, name)}">${escape(label || name)}</a>`
				: "";
		return facts([
			[__("Customer"), link("Customer", doc.customer)],
			[__("Linkage Rule"), link("Linkage Rule", doc.rule)],
			[
				__("Event"),
				escape(
					doc.tag
						? __("{0}: {1}", [
								__(doc.trigger, null, "CRM Ext"),
								__(doc.tag, null, "Tag"),
							])
						: __(doc.trigger, null, "CRM Ext")
				),
			],
			[__("Occurred At"), moment(doc.occurred_at)],
			[
				__("Document", null, "Linkage Run"),
				link(
					doc.reference_doctype,
					doc.reference_name,
					`${__(doc.reference_doctype)} ${doc.reference_name}`
				),
			],
			[__("Company"), escape(doc.company)],
			[__("Observed Only"), doc.shadow ? __("Yes: nothing was done.") : ""],
			[__("Next Attempt"), doc.status === "Failed" ? moment(doc.next_attempt) : ""],
			[__("Finished At"), moment(doc.finished_at)],
			[__("Attempts"), doc.attempts > 1 ? doc.attempts : ""],
			[__("Brought About By"), chain_html(chain, doc), true],
		]);
	}

	/** The actions as a table, with the record that each made. */
	crm_ext.linkage.show_actions = (frm) => {
		const { escape } = crm_ext.ui;
		const rows = (frm.doc.actions || []).map(
			(row) => `<tr>
				<td class="is-number text-muted">${row.idx}</td>
				<td><b>${escape(__(row.action, null, "CRM Ext"))}</b>
					<div class="text-muted">${escape(row.summary)}</div></td>
				<td>${crm_ext.linkage.pill(row.status)}</td>
				<td>${escape(row.result)}${
					row.error && row.error !== row.result
						? `<div class="crm-ext-error">${escape(row.error)}</div>`
						: ""
				}${row.attempts > 1 ? `<div class="small text-muted">${__("{0} attempts", [row.attempts])}</div>` : ""}</td>
				<td>${record_html(row)}</td>
			</tr>`
		);
		const html = rows.length
			? `<table class="crm-ext-table"><thead><tr><th></th><th>${__("Action", null, "CRM Ext")}</th><th>${__(
					"Status"
				)}</th><th>${__("Result")}</th><th>${__("Record")}</th></tr></thead>
				<tbody>${rows.join("")}</tbody></table>`
			: `<p class="crm-ext-empty">${__("This run carried nothing out.")}</p>`;
		fill(frm, "actions", html);
	};

	/** Our own view in the place of a field. */
	function fill(frm, fieldname, html) {
		const wrapper = frm.fields_dict[fieldname].$wrapper;
		wrapper.siblings(`[data-view="${fieldname}"]`).remove();
		wrapper.after(`<div data-view="${fieldname}">${html}</div>`);
		wrapper.closest(".form-section").removeClass("hide-control empty-section");
	}

	function record_html(row) {
		const { escape } = crm_ext.ui;
		return row.reference_name
			? `<a href="${frappe.utils.get_form_link(row.reference_doctype, row.reference_name)}"
				class="text-nowrap">${escape(__(row.reference_doctype))}
				<div class="small text-muted">${escape(row.reference_name)}</div></a>`
			: "";
	}

	function chain_html(chain, doc) {
		if (!chain?.length) {
			return "";
		}
		const { escape } = crm_ext.ui;
		const links = chain.map(
			(one) =>
				`<a href="${frappe.utils.get_form_link("Linkage Run", one.run)}">${escape(one.rule)}</a>`
		);
		return `<div class="crm-ext-chain">${[...links, escape(doc.rule)].join("<span>→</span>")}</div>`;
	}

	function evidence_html(told) {
		const { escape, heading, steps } = crm_ext.ui;
		const parts = [
			told.steps?.length
				? steps(told.steps)
				: `<p class="text-muted">${__("The rule had no conditions.")}</p>`,
		];
		if (told.losers?.length) {
			const rows = told.losers.map(
				(one) =>
					`<li><a href="${frappe.utils.get_form_link("Linkage Rule", one.rule)}">${escape(
						one.rule
					)}</a> <span class="text-muted">– ${escape(one.reason)}</span></li>`
			);
			parts.push(
				heading(__("Not Chosen")),
				`<ul class="list-unstyled mb-0">${rows.join("")}</ul>`
			);
		}
		if (told.replay) {
			parts.push(
				`<div class="crm-ext-foot">${
					told.replay.match
						? __("Computed again from the evidence: the same result.")
						: __("Computed again from the evidence: a different result.")
				}</div>`
			);
		}
		return parts.join("");
	}

	crm_ext.linkage.add_run_buttons = (frm) => {
		if (!may_mend() || !FAULTY.includes(frm.doc.status)) {
			return;
		}
		const again = () => frm.reload_doc();
		frm.add_custom_button(__("Retry"), () => crm_ext.linkage.retry([frm.doc.name], again));
		frm.add_custom_button(__("Dismiss", null, "Linkage Run"), () =>
			crm_ext.linkage.dismiss([frm.doc.name], again)
		);
	};

	const may_mend = () =>
		["Sales Manager", "System Manager"].some((role) => frappe.user.has_role(role));

	crm_ext.linkage.retry = (runs, done) =>
		crm_ext.linkage.call("retry", { runs }).then(({ retried }) => {
			frappe.show_alert({
				message: __("{0} runs are tried again.", [retried]),
				indicator: "green",
			});
			done();
		});

	crm_ext.linkage.dismiss = (runs, done) =>
		frappe.prompt(
			[
				{
					fieldname: "reason",
					label: __("Reason"),
					fieldtype: "Small Text",
					reqd: 1,
					description: __("The run is not tried again. What it did stays."),
				},
			],
			({ reason }) =>
				crm_ext.linkage.call("dismiss", { runs, reason }).then(({ dismissed }) => {
					frappe.show_alert({
						message: __("{0} runs are dismissed.", [dismissed]),
						indicator: "orange",
					});
					done();
				}),
			__("Dismiss", null, "Linkage Run"),
			__("Dismiss", null, "Linkage Run")
		);

	/** Retry and Dismiss for the runs chosen in the list. */
	crm_ext.linkage.add_list_actions = (listview) => {
		if (!may_mend()) {
			return;
		}
		for (const [label, action] of [
			[__("Retry"), crm_ext.linkage.retry],
			[__("Dismiss", null, "Linkage Run"), crm_ext.linkage.dismiss],
		]) {
			listview.page.add_actions_menu_item(label, () => {
				const faulty = listview
					.get_checked_items()
					.filter((run) => FAULTY.includes(run.status))
					.map((run) => run.name);
				if (!faulty.length) {
					frappe.msgprint(__("Choose runs that failed."));
					return;
				}
				action(faulty, () => {
					listview.clear_checked_items();
					listview.refresh();
				});
			});
		}
	};
})();
