// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// Beside the Linkage Map: what a chosen event, rule or action of the map is, in words.

(() => {
	frappe.provide("crm_ext.linkage");

	/** HTML for the key of a node; the graph is what api.linkage_map answered. */
	crm_ext.linkage.details_html = (graph, key) => {
		const [column, id] = [key.slice(0, key.indexOf(":")), key.slice(key.indexOf(":") + 1)];
		return { source: source_html, rule: rule_html, action: action_html }[column](graph, id);
	};

	const rule_link = (rule) =>
		`<a href="${frappe.utils.get_form_link("Linkage Rule", rule)}">${crm_ext.ui.escape(rule)}</a>`;

	function source_html(graph, id) {
		const { chip, escape } = crm_ext.ui;
		const source = graph.sources.find((one) => one.id === id);
		const rules = graph.rules.filter((rule) => rule.source === id);
		const title = source.tag
			? `${escape(__(source.trigger, null, "CRM Ext"))} ${chip(source.tag, source.colour)}`
			: escape(source.label);
		return `<h5>${title}</h5>
			<p class="text-muted">${escape(
				rules.length === 1
					? __("One rule waits for it.")
					: __("{0} rules wait for it.", [rules.length])
			)}</p>
			${rules.map((rule) => part_html(rule_link(rule.name), rule, texts_of(graph, rule.name))).join("")}`;
	}

	function rule_html(graph, name) {
		const { escape, facts, number, pill } = crm_ext.ui;
		const rule = graph.rules.find((one) => one.name === name);
		const source = graph.sources.find((one) => one.id === rule.source);
		const runs = (text, filters) =>
			`<a href="#" data-runs="${escape(JSON.stringify({ rule: name, ...filters }))}">${text}</a>`;
		return `<h5>${rule_link(name)}</h5>
			<p>${pill(__(rule.status, null, "CRM Ext"), crm_ext.rules.STATUS_COLOUR[rule.status])}</p>
			${rule.last_error ? `<p class="crm-ext-error">${escape(rule.last_error)}</p>` : ""}
			${facts([
				[
					__("Event"),
					escape(source.label + (source.tag ? ` · ${__(source.tag, null, "Tag")}` : "")),
				],
				[__("Limits"), escape(rule.detail)],
				[__("Bundle"), escape(rule.bundle && __(rule.bundle))],
				[
					__("Exclusion Group"),
					escape(rule.group && __("{0}, priority {1}", [__(rule.group), rule.priority])),
				],
				[__("Runs in 30 Days"), runs(number(rule.runs_30d), {})],
				[
					__("Dead Letters"),
					rule.dead_letters &&
						runs(number(rule.dead_letters), { status: "Dead Letter" }),
				],
			])}
			${crm_ext.ui.heading(__("Then", null, "Linkage Rule"))}
			${list_html(texts_of(graph, name))}`;
	}

	function action_html(graph, id) {
		const { escape } = crm_ext.ui;
		const action = graph.actions.find((one) => one.id === id);
		const rules = graph.rules.filter((rule) =>
			graph.links.some((link) => link.rule === rule.name && link.action === id)
		);
		return `<h5>${escape(action.label)}</h5>
			${action.external ? `<p class="text-muted">${__("Leaves the Site")}</p>` : ""}
			${rules
				.map((rule) =>
					part_html(rule_link(rule.name), rule, texts_of(graph, rule.name, id))
				)
				.join("")}`;
	}

	function texts_of(graph, rule, action) {
		return graph.links
			.filter((link) => link.rule === rule && (!action || link.action === action))
			.sort((a, b) => a.idx - b.idx)
			.map((link) =>
				crm_ext.linkage.action_html(action ? "" : label_of(graph, link), link.text)
			);
	}

	const label_of = (graph, link) =>
		graph.actions.find((one) => one.id === link.action)?.label ||
		__(link.action, null, "CRM Ext");

	function part_html(title, rule, texts) {
		return `<div class="crm-ext-part"><div class="crm-ext-part-head"><b>${title}</b>
			${crm_ext.ui.pill(__(rule.status, null, "CRM Ext"), crm_ext.rules.STATUS_COLOUR[rule.status])}</div>
			${list_html(texts)}</div>`;
	}

	const list_html = (texts) => `<ol>${texts.map((text) => `<li>${text}</li>`).join("")}</ol>`;
})();
