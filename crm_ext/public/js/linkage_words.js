// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// What everything about linkage rules shares: the triggers and actions there are, how outcomes look, and a whole
// rule as one sentence.

(() => {
	frappe.provide("crm_ext.linkage");
	frappe.provide("crm_ext.rules");

	crm_ext.linkage.call = (method, args) => frappe.xcall(`crm_ext.linkage.api.${method}`, args);

	/** {triggers, actions}: Maps by name; asked for once per page load. */
	crm_ext.linkage.catalogue = () => {
		crm_ext.linkage.catalogue_promise ??= Promise.all([
			crm_ext.linkage.call("triggers"),
			crm_ext.linkage.call("actions"),
		])
			.then(([triggers, actions]) => ({
				triggers: new Map(triggers.map((one) => [one.name, one])),
				actions: new Map(actions.map((one) => [one.name, one])),
			}))
			.catch((error) => {
				crm_ext.linkage.catalogue_promise = null;
				throw error;
			});
		return crm_ext.linkage.catalogue_promise;
	};

	/** Colours of Frappe's indicators, by what became of a rule, a run or one action of it. */
	crm_ext.linkage.COLOUR = {
		"Would Run": "green",
		"Would Be Observed": "blue",
		"Cannot Be Evaluated": "red",
		"Once per Period": "yellow",
		Cooldown: "yellow",
		Waiting: "yellow",
		Done: "green",
		Failed: "orange",
		"Dead Letter": "red",
		Observed: "blue",
		Stopped: "red",
		Undone: "orange",
	};

	crm_ext.linkage.colour = (outcome) => crm_ext.linkage.COLOUR[outcome] || "gray";

	crm_ext.linkage.pill = (outcome, label) =>
		crm_ext.ui.pill(
			label || __(outcome, null, "Linkage Run"),
			crm_ext.linkage.colour(outcome)
		);

	/** Bars with a name and a number each: [{label, value, colour}]; colours are CSS ones. */
	crm_ext.linkage.bars = (rows) => {
		const { escape, number } = crm_ext.ui;
		const most = Math.max(1, ...rows.map((row) => row.value));
		return `<div class="crm-ext-bars">${rows
			.map(
				(row) => `<div class="crm-ext-bar-label">${escape(row.label)}</div>
				<div class="crm-ext-bar"><span style="width: ${(100 * row.value) / most}%;
					background: ${row.colour}"></span></div>
				<div class="crm-ext-bar-value">${number(row.value)}</div>`
			)
			.join("")}</div>`;
	};

	crm_ext.rules.words ??= {};
	crm_ext.rules.words["Linkage Rule"] = {
		consequences: () => ({
			Active: __("From now on the rule acts on what happens to customers."),
			Observing: __("The rule records what it would do, and does nothing."),
			Paused: __("The rule does nothing more until it is active again; what it did stays."),
			Stopped: __("The rule ends; what it did stays, and runs that wait are cancelled."),
			Draft: __("The rule goes back to the drawing board and does nothing."),
		}),
		no_conditions: () => __("No conditions: the rule holds for every customer."),
	};

	/** A rule as one sentence (HTML), with its actions as a numbered list and its limits below. */
	crm_ext.linkage.sentence = (doc, facts, actions, colours = {}) => {
		const event = event_html(doc, colours);
		const conditions = crm_ext.rules.conditions_html(doc.conditions || [], facts);
		const head =
			doc.trigger === "Profile Changed"
				? __("As soon as a customer meets this: {0}, then:", [conditions || "…"])
				: conditions
					? __("{0}, and {1}, then:", [event, conditions])
					: __("{0}, then:", [event]);
		const limits = crm_ext.linkage.limits(doc);
		return `<p>${head}</p>
			${actions_html(doc.actions || [], actions)}
			${limits.length ? `<p class="text-muted">${limits.join(" · ")}</p>` : ""}`;
	};

	function event_html(doc, colours) {
		const { chip, escape } = crm_ext.ui;
		const tag = doc.tag
			? chip(doc.tag, colours[doc.tag])
			: `<b>${__("any tag", null, "Linkage Rule")}</b>`;
		const sentences = {
			"Tag Gained": () => __("When a customer gains {0}", [tag]),
			"Tag Lost": () => __("When a customer loses {0}", [tag]),
			"Order Submitted": () => __("When an order of a customer is submitted"),
			"Delivery Submitted": () => __("When a delivery to a customer is submitted"),
			"Invoice Submitted": () => __("When an invoice to a customer is submitted"),
			"Issue Opened": () => __("When a customer opens an issue"),
			"Issue Closed": () => __("When an issue of a customer is closed"),
			"Survey Answered": () => __("When a customer answers a survey"),
			Occasion: () => occasion_text(doc),
			Schedule: () =>
				doc.frequency
					? frequency_text(doc)
					: __("For every customer, every {0}", ["<b>…</b>"]),
		};
		return sentences[doc.trigger]
			? sentences[doc.trigger]()
			: doc.trigger
				? __("At the event {0} of a customer", [
						escape(__(doc.trigger, null, "CRM Ext")).bold(),
					])
				: `<span class="text-muted">${__("When …")}</span>`;
	}

	function occasion_text(doc) {
		const occasion = crm_ext.ui
			.escape(doc.occasion ? __(doc.occasion) : __("any occasion", null, "Linkage Rule"))
			.bold();
		const days = cint(doc.days_before);
		if (!days) {
			return __("On the day of a customer's {0}", [occasion]);
		}
		return days === 1
			? __("The day before a customer's {0}", [occasion])
			: __("{0} days before a customer's {1}", [days, occasion]);
	}

	function frequency_text(doc) {
		const every = {
			Day: __("Every day, for every customer"),
			Week: __("Every week, for every customer"),
			Month: __("Every month, for every customer"),
			Quarter: __("Every quarter, for every customer"),
			Year: __("Every year, for every customer"),
		};
		const text = every[doc.frequency] || crm_ext.ui.escape(doc.frequency);
		return cint(doc.spread) ? __("{0} on a day of its own", [text]) : text;
	}

	/** An action in words (HTML): what it is called, and what it does in this rule. */
	crm_ext.linkage.action_html = (label, text) =>
		[label && `<b>${crm_ext.ui.escape(label)}</b>`, crm_ext.ui.escape(text)]
			.filter(Boolean)
			.join(" · ");

	function actions_html(rows, actions) {
		if (!rows.length) {
			return `<p class="text-muted">${__("nothing yet: add an action.")}</p>`;
		}
		return `<ol>${rows
			.map((row) => {
				const label = actions.get(row.action)?.label || __(row.action, null, "CRM Ext");
				return `<li>${crm_ext.linkage.action_html(label, row.summary)}</li>`;
			})
			.join("")}</ol>`;
	}

	/** How often, beside which others and for whom not, in short texts (HTML). */
	crm_ext.linkage.limits = (doc) => {
		const { escape } = crm_ext.ui;
		const once = {
			Day: __("once per customer and day"),
			Week: __("once per customer and week"),
			Month: __("once per customer and month"),
			Quarter: __("once per customer and quarter"),
			Year: __("once per customer and year"),
			Ever: __("once per customer"),
		};
		return [
			doc.trigger !== "Schedule" && once[doc.once_per], // else the sentence says it already
			cint(doc.cooldown_days) && __("at least {0} days apart", [cint(doc.cooldown_days)]),
			flt(doc.hold_out_percent) &&
				__("{0} % held out", [crm_ext.ui.number(flt(doc.hold_out_percent))]),
			doc.rule_group &&
				__("at most one rule of {0} (priority {1})", [
					escape(__(doc.rule_group)),
					cint(doc.priority),
				]),
			cint(doc.all_or_nothing) && __("all or nothing"),
			cint(doc.include_existing) && __("begins with those who qualify already"),
		].filter(Boolean);
	};
})();
