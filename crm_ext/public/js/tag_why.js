// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// “Why”: the evidence behind one tag of a customer, and what may come next.

(() => {
	frappe.provide("crm_ext.tags");

	crm_ext.tags.SOURCES = () => ({
		Rule: __("By rule"),
		Manual: __("By hand"),
		Import: __("By import"),
		API: __("By another system"),
		"Linkage Rule": __("By linkage rule"),
	});

	/** Open the dialog for an assignment; `actions.remove` is offered where the user may remove the tag. */
	crm_ext.tags.show_why = (held, customer, actions = {}) => {
		const dialog = new frappe.ui.Dialog({
			title: __("Why “{0}”?", [crm_ext.ui.escape(__(held.tag, null, "Tag"))]),
			size: "large",
			fields: [{ fieldtype: "HTML", fieldname: "body" }],
		});
		const body = dialog.get_field("body").$wrapper;
		body.html(`<p class="text-muted">${__("Loading…")}</p>`);
		if (actions.remove) {
			dialog.set_secondary_action_label(__("Remove Tag", null, "CRM Ext"));
			dialog.set_secondary_action(() => {
				dialog.hide();
				actions.remove(held);
			});
		}
		dialog.show();
		Promise.all([
			frappe.xcall("crm_ext.tags.api.why", { assignment: held.assignment }),
			frappe.xcall("crm_ext.tags.api.outlook", { customer, company: held.company || null }),
		])
			.then(([why, outlooks]) => {
				const same = outlooks.filter(
					(one) =>
						one.group === why.group && (one.company || "") === (held.company || "")
				);
				const outlook = same.find((one) => one.tag === why.tag) || same[0];
				body.html(why_html(why, outlook || {}));
			})
			.catch(() => body.html(crm_ext.ui.failure(__("The reason could not be loaded."))));
		return dialog;
	};

	function why_html(why, outlook) {
		const { escape, chip, date, facts, heading, steps } = crm_ext.ui;
		const parts = [
			`<div>${chip(why.tag, why.colour)} <span class="text-muted ml-2">${escape(
				__(why.group, null, "Tag")
			)}</span></div>`,
			`<p class="crm-ext-lead">${escape(why.sentence)}</p>`,
			facts([
				[__("Since"), escape(date(why.since))],
				[__("Ended"), escape(date(why.until))],
				[__("Valid Until"), escape(date(why.expires_on))],
				[
					__("Source", null, "CRM Ext"),
					escape(crm_ext.tags.SOURCES()[why.source] || why.source),
				],
				[__("Given By"), why.source === "Rule" ? "" : escape(why.by)],
				[__("Company"), escape(why.company)],
				[__("Locked against Rules"), why.locked ? __("Yes") : ""],
				[__("Reason"), escape(why.reason), true],
				[__("Reason for the End"), escape(why.end_reason), true],
			]),
		];
		if (why.steps?.length) {
			parts.push(heading(__("Conditions")), steps(why.steps));
		}
		if (why.end_steps?.length) {
			parts.push(heading(__("Conditions When It Ended")), steps(why.end_steps));
		}
		if (why.losers?.length) {
			parts.push(heading(__("Not Chosen")), losers_html(why.losers));
		}
		if (!why.until) {
			parts.push(outlook_html(outlook, why));
		}
		parts.push(foot_html(why));
		return parts.join("");
	}

	function losers_html(losers) {
		const { escape } = crm_ext.ui;
		return `<ul class="list-unstyled mb-0">${losers
			.map(
				(one) =>
					`<li>${escape(__(one.tag, null, "Tag"))} <span class="text-muted">– ${escape(
						one.reason
					)}</span></li>`
			)
			.join("")}</ul>`;
	}

	function outlook_html(outlook, why) {
		const { escape, date, heading } = crm_ext.ui;
		const lines = [];
		if (outlook.tag === why.tag) {
			if (outlook.drops_on && why.source === "Rule") {
				lines.push(drop_text(date(outlook.drops_on), outlook.drops_to));
			}
			if (outlook.rises_on) {
				lines.push(
					__("Time alone brings {0} on {1}.", [
						__(outlook.rises_to, null, "Tag"),
						date(outlook.rises_on),
					])
				);
			}
			if (outlook.keeps_until > frappe.datetime.get_today()) {
				lines.push(
					__("The minimum stay protects it until {0}.", [date(outlook.keeps_until)])
				);
			}
			if (outlook.grace_until) {
				lines.push(
					__("Its conditions no longer hold; grace lasts until {0}.", [
						date(outlook.grace_until),
					])
				);
			}
		}
		let html = lines.map((line) => `<p class="mb-1">${escape(line)}</p>`).join("");
		if (outlook.next_tag) {
			const gaps = (outlook.gaps || [])
				.map((gap) => `<li>${escape(gap.text)}</li>`)
				.join("");
			html += `<p class="mb-1">${escape(
				__("Missing for {0}:", [__(outlook.next_tag, null, "Tag")])
			)}</p>
				<ul class="mb-0 pl-4">${gaps}</ul>`;
		}
		return html ? heading(__("Outlook")) + html : "";
	}

	function drop_text(day, next) {
		return next
			? __("Without new business it would drop to {0} on {1}.", [__(next, null, "Tag"), day])
			: __("Without new business it would be lost on {0}.", [day]);
	}

	function foot_html(why) {
		const { escape, date } = crm_ext.ui;
		if (!why.rule?.name) {
			return "";
		}
		const parts = [
			__("Rule {0}, version {1}", [__(why.rule.name, null, "Tag"), why.rule.version]),
			why.as_of ? __("decided with the figures of {0}", [date(why.as_of)]) : "",
			replay_text(why.replay),
		];
		return `<div class="crm-ext-foot">${escape(parts.filter(Boolean).join(" · "))}</div>`;
	}

	function replay_text(replay) {
		if (replay === null || replay === undefined) {
			return "";
		}
		return replay
			? __("computed again from the evidence: the same result")
			: __("computed again from the evidence: a different result");
	}
})();
