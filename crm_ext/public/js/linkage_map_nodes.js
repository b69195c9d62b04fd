// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The nodes of the Linkage Map as HTML, in an order in which few curves cross.

(() => {
	frappe.provide("crm_ext.linkage");

	/** The part of a graph that a person asked for: {bundle, status, text}. What is `lit` stays, and comes first. */
	crm_ext.linkage.filter_graph = (graph, { bundle, status, text }, lit = new Set()) => {
		const wanted = (text || "").trim().toLowerCase();
		const sources = new Map(graph.sources.map((one) => [one.id, one]));
		const found = (rule) => {
			const links = graph.links.filter((link) => link.rule === rule.name);
			const words = [rule.name, rule.detail, rule.bundle, rule.group];
			words.push(sources.get(rule.source)?.label, ...links.map((link) => link.text));
			return words.some((word) => (word || "").toLowerCase().includes(wanted));
		};
		const rules = graph.rules.filter(
			(rule) =>
				lit.has(crm_ext.linkage.key("rule", rule.name)) ||
				((!bundle || rule.bundle === bundle) &&
					(status ? rule.status === status : rule.status !== "Stopped") &&
					(!wanted || found(rule)))
		);
		const { sources: when, rules: ordered, actions, links } = in_order(graph, rules);
		const lit_first = (column, id) => (a, b) =>
			lit.has(crm_ext.linkage.key(column, b[id])) -
			lit.has(crm_ext.linkage.key(column, a[id]));
		return {
			sources: when.sort(lit_first("source", "id")),
			rules: ordered.sort(lit_first("rule", "name")),
			actions: actions.sort(lit_first("action", "id")),
			links,
		};
	};

	function in_order(graph, rules) {
		const used = new Set(rules.map((rule) => rule.source));
		const sources = graph.sources
			.filter((one) => used.has(one.id))
			.sort(
				(a, b) =>
					Boolean(b.tag) - Boolean(a.tag) ||
					by_text(a.group, b.group) ||
					by_text(a.label, b.label)
			);
		const place = new Map(sources.map((one, n) => [one.id, n]));
		const ordered = [...rules].sort(
			(a, b) =>
				place.get(a.source) - place.get(b.source) ||
				by_text(a.group, b.group) ||
				b.priority - a.priority ||
				by_text(a.name, b.name)
		);
		const rank = new Map(ordered.map((rule, n) => [rule.name, n]));
		const links = graph.links.filter((link) => rank.has(link.rule));
		const weight = (action) => {
			const ranks = links
				.filter((link) => link.action === action.id)
				.map((link) => rank.get(link.rule));
			return ranks.reduce((sum, one) => sum + one, 0) / ranks.length;
		};
		const actions = graph.actions
			.filter((action) => links.some((link) => link.action === action.id))
			.map((action) => ({
				...action,
				weight: weight(action),
				rules: new Set(
					links.filter((link) => link.action === action.id).map((link) => link.rule)
				).size,
			}))
			.sort((a, b) => a.weight - b.weight);
		return { sources, rules: ordered, actions, links };
	}

	const by_text = (a, b) => (a || "").localeCompare(b || "");

	/** The three columns. */
	crm_ext.linkage.map_html = ({ sources, rules, actions }) => {
		const column = (title, nodes) => `<div class="crm-ext-column">
			<div class="crm-ext-column-title">${title}</div>${nodes.join("")}</div>`;
		return [
			column(__("When", null, "Linkage Rule"), sources.map(source_html)),
			column(__("Rule"), rules.map(rule_html)),
			column(__("Then", null, "Linkage Rule"), actions.map(action_html)),
		].join("");
	};

	const node = (column, id, classes, content, title = "", style = "") =>
		`<button type="button" class="crm-ext-node ${classes}" style="${style}" aria-pressed="false"
			data-key="${crm_ext.ui.escape(crm_ext.linkage.key(column, id))}"
			title="${crm_ext.ui.escape(title)}">${content}</button>`;

	function source_html(source) {
		const { chip, escape } = crm_ext.ui;
		const content = source.tag
			? `<span class="crm-ext-node-note">${escape(__(source.trigger, null, "CRM Ext"))}</span>
				${chip(source.tag, source.colour)}`
			: `<span class="crm-ext-node-title">${escape(source.label)}</span>`;
		return node("source", source.id, "is-source", content, source.label);
	}

	function rule_html(rule) {
		const { escape, number } = crm_ext.ui;
		const colour = crm_ext.rules.STATUS_COLOUR[rule.status];
		const same = rule.group === rule.bundle;
		const notes = [
			rule.detail,
			!same && rule.bundle && __(rule.bundle),
			rule.group && __("{0}, priority {1}", [__(rule.group), rule.priority]),
		].filter(Boolean);
		const figures = [
			rule.runs_30d
				? `<span title="${__("Runs in 30 days")}">${__("Runs: {0}", [number(rule.runs_30d)])}</span>`
				: "",
			rule.dead_letters
				? `<span class="is-bad" title="${__("Dead letters")}">${__("Dead letters: {0}", [
						number(rule.dead_letters),
					])}</span>`
				: "",
		].filter(Boolean);
		return node(
			"rule",
			rule.name,
			`is-rule is-${rule.status.toLowerCase()} ${rule.last_error ? "is-broken" : ""}`,
			`<span class="crm-ext-node-head">
				<span class="crm-ext-node-title">${escape(rule.name)}</span>
				<span class="indicator ${rule.last_error ? "red" : colour}" title="${escape(__(rule.status, null, "CRM Ext"))}"
					>${escape(__(rule.status, null, "CRM Ext"))}</span>
			</span>
			${notes.length ? `<span class="crm-ext-node-note">${escape(notes.join(" · "))}</span>` : ""}
			${figures.length ? `<span class="crm-ext-node-figures">${figures.join("")}</span>` : ""}`,
			rule.last_error || [rule.name, ...notes].join("\n")
		);
	}

	function action_html(action) {
		const { escape } = crm_ext.ui;
		const notes = [
			action.rules > 1 ? __("{0} rules", [action.rules]) : "",
			action.external ? __("Leaves the Site") : "",
		].filter(Boolean);
		return node(
			"action",
			action.id,
			"is-action",
			`<span class="crm-ext-node-title">${escape(action.label)}</span>
			${notes.length ? `<span class="crm-ext-node-note">${notes.join(" · ")}</span>` : ""}`,
			action.label,
			`min-height: ${14 + 6 * Math.min(action.rules, 20)}px`
		);
	}
})();
