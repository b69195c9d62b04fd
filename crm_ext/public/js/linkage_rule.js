// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The form of a Linkage Rule: only what goes with its event, and the whole rule as a sentence on top.

(() => {
	frappe.provide("crm_ext.linkage");

	const EVENT_FIELDS = [
		"tag",
		"occasion",
		"days_before",
		"frequency",
		"spread",
		"include_existing",
	];

	/** Prepare the form; call it at each refresh. */
	crm_ext.linkage.setup_rule = async (frm) => {
		crm_ext.ui.style();
		clear_sentence(frm);
		const { triggers } = await crm_ext.linkage.catalogue();
		const options = [...triggers.values()].map(({ name, label }) => ({ value: name, label }));
		frm.set_df_property("trigger", "options", options);
		frm.fields_dict.trigger.set_data(options);
		frm.fields_dict.trigger.refresh();
		frm.fields_dict.test_cases.grid.update_docfield_property("holding", "hidden", 1);
		crm_ext.linkage.fit_event(frm);
		crm_ext.linkage.setup_actions(frm);
	};

	/** Show and ask for what goes with the chosen event, and offer its facts besides those of the customer. */
	crm_ext.linkage.fit_event = async (frm) => {
		const { triggers } = await crm_ext.linkage.catalogue();
		const trigger = triggers.get(frm.doc.trigger);
		for (const fieldname of EVENT_FIELDS) {
			const needed = Boolean(trigger?.fields.includes(fieldname));
			frm.toggle_display(fieldname, needed || Boolean(trigger?.options.includes(fieldname)));
			frm.toggle_reqd(fieldname, needed);
		}
		frm.toggle_display("once_per", frm.doc.trigger !== "Schedule"); // its frequency says so already
		const offered = (fact) => fact.of_customer || trigger?.facts.includes(fact.name);
		await crm_ext.rules.setup_conditions(frm, "conditions", offered);
	};

	/** After another event was chosen: what does not go with it is emptied. */
	crm_ext.linkage.clean_event = async (frm) => {
		const { triggers } = await crm_ext.linkage.catalogue();
		const trigger = triggers.get(frm.doc.trigger);
		if (trigger) {
			const kept = [...trigger.fields, ...trigger.options];
			for (const fieldname of EVENT_FIELDS) {
				if (!kept.includes(fieldname) && frm.doc[fieldname]) {
					await frm.set_value(fieldname, null);
				}
			}
		}
		await crm_ext.linkage.fit_event(frm);
	};

	/** The sentence above the tabs; called after every change that it tells of. */
	crm_ext.linkage.show_sentence = async (frm) => {
		const name = frm.doc.name;
		const [facts, { actions }, colours] = await Promise.all([
			crm_ext.rules.facts(),
			crm_ext.linkage.catalogue(),
			tag_colours(frm.doc.tag),
		]);
		if (frm.doc.name !== name) {
			return;
		}
		clear_sentence(frm, true);
		$(`<div class="crm-ext-head crm-ext-sentence"></div>`)
			.attr("data-rule", name)
			.html(crm_ext.linkage.sentence(frm.doc, facts, actions, colours))
			.insertBefore(frm.layout.page);
	};

	function clear_sentence(frm, always = false) {
		const head = frm.layout.wrapper.children(".crm-ext-sentence");
		if (always || head.attr("data-rule") !== frm.doc.name) {
			head.remove();
		}
	}

	const known_colours = {};

	async function tag_colours(tag) {
		if (tag && !(tag in known_colours)) {
			const { message } = await frappe.db.get_value("Customer Tag", tag, "colour");
			known_colours[tag] = message?.colour;
		}
		return known_colours;
	}

	/** Dry Run, Runs and Map. */
	crm_ext.linkage.add_buttons = (frm) => {
		if (frm.perm[0]?.write) {
			frm.add_custom_button(__("Dry Run"), () => crm_ext.linkage.dry_run(frm));
		}
		if (frm.is_new()) {
			return;
		}
		frm.add_custom_button(__("Runs"), () =>
			frappe.set_route("List", "Linkage Run", { rule: frm.doc.name })
		);
		frm.add_custom_button(__("Map", null, "Linkage Rule"), () => {
			frappe.route_options = { rule: frm.doc.name };
			frappe.set_route("linkage-map");
		});
	};
})();
