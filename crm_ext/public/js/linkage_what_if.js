// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// “What If”: one customer, one event, and what the rules would make of it. Nothing is written.

(() => {
	frappe.provide("crm_ext.linkage");

	const GAINED = "Tag Gained";

	crm_ext.linkage.WhatIf = class WhatIf {
		/** `on_answer(answer)` is told what was found out; null when the question changed. */
		constructor(parent, on_answer) {
			this.on_answer = on_answer;
			this.root = $(`<div class="crm-ext-what-if">
				<h5>${__("What If …")}</h5><div class="crm-ext-question"></div>
				<div class="crm-ext-answer" aria-live="polite"></div></div>`).appendTo(parent);
			this.answer = this.root.find(".crm-ext-answer");
		}

		async make() {
			const [{ triggers }, facts] = await Promise.all([
				crm_ext.linkage.catalogue(),
				crm_ext.rules.facts(),
			]);
			this.triggers = triggers;
			this.facts = [...new Set([...triggers.values()].flatMap((one) => one.facts))]
				.map((name) => facts.get(name))
				.filter((fact) => fact && !fact.of_customer);
			this.form = new frappe.ui.FieldGroup({
				fields: this.fields(),
				body: this.root.find(".crm-ext-question"),
				is_dialog: true, // else Frappe leaves mandatory_depends_on out
				no_submit_on_enter: true,
			});
			this.form.make();
		}

		fields() {
			const asks = (name) => (doc) => {
				const trigger = this.triggers.get(doc.trigger);
				return [...(trigger?.fields || []), ...(trigger?.options || [])].includes(name);
			};
			const ask = () => this.ask();
			return [
				{
					fieldname: "customer",
					label: __("Customer"),
					fieldtype: "Link",
					options: "Customer",
					only_select: true,
					onchange: ask,
				},
				{
					fieldname: "trigger",
					label: __("Event"),
					fieldtype: "Select",
					options: [...this.triggers.values()].map(({ name, label }) => ({
						value: name,
						label,
					})),
					default: GAINED,
					onchange: ask,
				},
				{
					fieldname: "tag",
					label: __("Tag"),
					fieldtype: "Link",
					options: "Customer Tag",
					only_select: true,
					get_query: () => ({ filters: { status: ["in", ["Active", "Paused"]] } }),
					depends_on: asks("tag"),
					onchange: ask,
				},
				{
					fieldname: "rule",
					label: __("Linkage Rule"),
					fieldtype: "Link",
					options: "Linkage Rule",
					only_select: true,
					get_query: () => ({ filters: { trigger: this.form.get_value("trigger") } }),
					description: __("Empty: all rules that wait for this event."),
					depends_on: (doc) => asks("occasion")(doc) || asks("frequency")(doc),
					onchange: ask,
				},
				...this.facts.map((fact) => ({
					...fact_field(fact),
					depends_on: (doc) => this.triggers.get(doc.trigger)?.facts.includes(fact.name),
					onchange: ask,
				})),
			];
		}

		/** Fill the question in, and ask it. */
		async put({ customer, tag, trigger, rule }) {
			this.quiet = true;
			await this.form.set_values({
				trigger: trigger || GAINED,
				...(customer && { customer }),
				tag: tag || "",
				rule: rule || "",
			});
			this.quiet = false;
			this.form.refresh_dependency();
			await this.ask();
			if (!customer || (!tag && !trigger)) {
				this.form.get_field(customer ? "tag" : "customer").set_focus();
			}
		}

		/** The question as api.explain takes it; null while something is missing. */
		question() {
			const given = this.form.get_values(true);
			const trigger = this.triggers.get(given.trigger);
			if (!given.customer || !trigger || (trigger.fields.includes("tag") && !given.tag)) {
				return null;
			}
			const of_trigger = (name) => [...trigger.fields, ...trigger.options].includes(name);
			const facts = this.facts
				.filter(({ name }) => trigger.facts.includes(name) && given[name])
				.map(({ name, type }) => [name, type === "set" ? [given[name]] : given[name]]);
			return {
				customer: given.customer,
				event: {
					trigger: trigger.name,
					...(of_trigger("tag") && given.tag && { tag: given.tag }),
					...(given.rule && !of_trigger("tag") && { rule: given.rule }),
					...(facts.length && { facts: Object.fromEntries(facts) }),
				},
			};
		}

		async ask() {
			if (this.quiet) {
				return;
			}
			const question = this.question();
			const asked = JSON.stringify(question);
			if (asked === this.asked) {
				return;
			}
			this.asked = asked;
			if (!question) {
				this.answer.html(
					`<p class="text-muted">${__(
						"Choose a customer and an event: the map lights up what would happen today. Nothing is written."
					)}</p>`
				);
				this.on_answer(null);
				return;
			}
			this.answer.addClass("text-muted");
			try {
				const answer = await crm_ext.linkage.call("explain", question);
				if (asked === this.asked) {
					this.answer.html(crm_ext.linkage.answer_html(answer));
					this.on_answer(answer, question);
				}
			} catch {
				this.asked = null;
				this.answer.html(crm_ext.ui.failure(__("The question could not be answered.")));
				this.on_answer(null);
			} finally {
				this.answer.removeClass("text-muted");
			}
		}
	};

	/** The field for a fact of the event itself. */
	function fact_field(fact) {
		const numeric = { money: "Currency", number: "Float", duration: "Float", date: "Date" };
		return {
			fieldname: fact.name,
			label: fact.label,
			fieldtype: numeric[fact.type] || (fact.options ? "Link" : "Data"),
			options: fact.options,
			only_select: true,
			precision: 2,
			default:
				fact.options === "Company"
					? frappe.defaults.get_user_default("Company")
					: undefined,
		};
	}
})();
