// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The answer to “What If”: in words beside the map, and as what lights up on it.

(() => {
	frappe.provide("crm_ext.linkage");

	/** What api.explain answered, as HTML: rule by rule, and what follows in turn. */
	crm_ext.linkage.answer_html = (answer) => {
		const { escape } = crm_ext.ui;
		const runs = flat(answer).flatMap(({ link }) => link.rules.filter((rule) => rule.runs));
		const who = [answer.customer_name, runs.length];
		const heads = [__("{0}: no rule would act.", who), __("{0}: one rule would act.", who)];
		const head = heads[runs.length] || __("{0}: {1} rules would act.", who);
		return `<p class="crm-ext-lead">${escape(head)}</p>${link_html(answer, 0)}`;
	};

	/** One event of the chain with its rules, then what they bring about. */
	function link_html(link, depth) {
		const { escape } = crm_ext.ui;
		const because = link.because
			? `<div class="text-muted small">${escape(__("Brought about by {0}", [link.because]))}</div>`
			: "";
		const nothing = link.stopped
			? ""
			: `<p class="text-muted">${__("No active or observing rule waits for this event.")}</p>`;
		return `<section class="crm-ext-event" data-depth="${depth}">
			<div class="crm-ext-event-head"><span class="crm-ext-step">${depth + 1}</span>
				<div><b>${escape(link.event.text)}</b>${because}</div></div>
			${link.rules.map(rule_html).join("") || nothing}
			${link.stopped ? `<p class="crm-ext-error">${escape(link.stopped)}</p>` : ""}
			${(link.then || []).map((next) => link_html(next, depth + 1)).join("")}
		</section>`;
	}

	function rule_html(rule) {
		const { escape } = crm_ext.ui;
		const key = crm_ext.linkage.key("rule", rule.rule);
		const evidence = rule.steps.length
			? `<details ${rule.outcome === "Conditions Not Met" ? "open" : ""}><summary>${__(
					"Conditions"
				)}</summary><ul>${rule.steps.map(step_html).join("")}</ul></details>`
			: "";
		return `<div class="crm-ext-part ${rule.runs ? "" : "is-off"}" data-rule="${escape(key)}">
			<div class="crm-ext-part-head">
				<b><a href="${frappe.utils.get_form_link("Linkage Rule", rule.rule)}">${escape(rule.rule)}</a></b>
				${crm_ext.linkage.pill(rule.outcome, rule.label)}
			</div>
			${rule.reason ? `<div class="text-muted">${escape(rule.reason)}</div>` : ""}
			${evidence}
			<ol>${rule.actions.map((action) => action_html(action, rule.runs)).join("")}</ol>
		</div>`;
	}

	function step_html(step) {
		const mark = step.met ? "✓" : "✗";
		return `<li><span class="crm-ext-mark ${step.met ? "is-met" : "is-unmet"}">${mark}</span>
			${crm_ext.ui.escape(step.text)}</li>`;
	}

	function action_html(action, runs) {
		const classes = action.failed
			? "text-danger"
			: runs && !action.changed
				? "text-muted"
				: "";
		const text = action.failed ? __("would fail: {0}", [action.text]) : action.text;
		return `<li class="${classes}">${crm_ext.linkage.action_html(action.label, text)}</li>`;
	}

	/** All events of the chain with their depth, the first one first. */
	function flat(link, depth = 0) {
		return [{ link, depth }, ...(link.then || []).flatMap((next) => flat(next, depth + 1))];
	}

	/** {keys, flows, badges} for LinkageMap.light: rules that were called, and the actions of those that would run. */
	crm_ext.linkage.lights_of = (answer, graph) => {
		const { key } = crm_ext.linkage;
		const lights = { keys: new Set(), flows: new Set(), badges: new Map() };
		const source_of = new Map(graph.rules.map((rule) => [rule.name, rule.source]));
		for (const { link, depth } of flat(answer)) {
			for (const rule of link.rules.filter((one) => source_of.has(one.rule))) {
				const [from, here] = [
					key("source", source_of.get(rule.rule)),
					key("rule", rule.rule),
				];
				lights.keys.add(from).add(here);
				lights.flows.add(`${from} ${here}`);
				lights.badges.set(here, crm_ext.linkage.pill(rule.outcome, rule.label));
				lights.badges.set(from, `<span class="crm-ext-step">${depth + 1}</span>`);
				for (const action of rule.runs ? rule.actions : []) {
					lights.keys.add(key("action", action.action));
					lights.flows.add(`${here} ${key("action", action.action)}`);
				}
			}
		}
		return lights;
	};
})();
