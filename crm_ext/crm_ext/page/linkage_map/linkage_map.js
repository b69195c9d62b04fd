// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// linkage-map?rule=… and ?customer=…&tag=…: the map from tags and other events to rules to actions, and what
// would happen to one customer.

class LinkageMapPage {
	constructor(wrapper) {
		this.page = frappe.ui.make_app_page({
			parent: wrapper,
			title: __("Linkage Map"),
			single_column: true,
		});
		crm_ext.ui.style();
		this.filters = {};
		this.main = $(`<div class="crm-ext-linkage">
			<div class="crm-ext-stage"></div><aside class="crm-ext-aside" hidden></aside>
		</div>`).appendTo(this.page.main);
		this.aside = this.main.find("aside").on("click", "[data-runs]", ({ currentTarget }) => {
			frappe.set_route("List", "Linkage Run", JSON.parse(currentTarget.dataset.runs));
			return false;
		});
		this.map = new crm_ext.linkage.Map(this.main.find(".crm-ext-stage"), (key) =>
			this.tell(key)
		);
		this.add_controls();
	}

	add_controls() {
		this.page.set_primary_action(__("What If …"), () => this.ask({}));
		if (frappe.model.can_create("Linkage Rule")) {
			this.page.set_secondary_action(__("New Linkage Rule"), () =>
				frappe.new_doc("Linkage Rule")
			);
		}
		const change = (fieldname) => () => {
			this.filters[fieldname] = this.page.fields_dict[fieldname].get_value();
			this.show();
		};
		this.page.add_field({
			fieldname: "text",
			label: __("Search"),
			fieldtype: "Data",
			change: change("text"),
		});
		this.page.fields_dict.text.$input.on("input", frappe.utils.debounce(change("text"), 200));
		this.page.add_field({
			fieldname: "status",
			label: __("Status"),
			fieldtype: "Select",
			options: [
				{ value: "", label: __("All but Stopped") },
				...Object.keys(crm_ext.rules.STATUS_COLOUR).map((status) => ({
					value: status,
					label: __(status, null, "CRM Ext"),
				})),
			],
			change: change("status"),
		});
		this.page.add_field({
			fieldname: "bundle",
			label: __("Bundle"),
			fieldtype: "Select",
			options: [{ value: "", label: __("All Bundles") }],
			change: change("bundle"),
		});
	}

	/** Each time the page comes up: the map as it is now, and what the address asks for. */
	async open() {
		const wanted = frappe.route_options || {};
		frappe.route_options = null;
		this.graph = await crm_ext.linkage.call("linkage_map");
		this.page.fields_dict.bundle.df.options = [
			{ value: "", label: __("All Bundles") },
			...this.graph.bundles.map((bundle) => ({ value: bundle, label: __(bundle) })),
		];
		this.page.fields_dict.bundle.refresh();
		this.show();
		if (wanted.customer || wanted.tag || wanted.trigger) {
			await this.ask(wanted);
		} else if (wanted.rule) {
			this.map.choose(crm_ext.linkage.key("rule", wanted.rule));
			this.map.reveal();
		}
	}

	/** Draw the rules that the filters leave, and those of the answer in any case. */
	show() {
		const lights = this.answer && crm_ext.linkage.lights_of(this.answer, this.graph);
		const shown = crm_ext.linkage.filter_graph(this.graph, this.filters, lights?.keys);
		this.main.find(".crm-ext-blank").remove();
		this.main.toggleClass("is-blank", !shown.rules.length);
		if (!shown.rules.length) {
			this.main.find(".crm-ext-stage").append(this.blank());
		}
		this.map.load(shown);
		if (lights) {
			this.map.light(lights);
		}
	}

	blank() {
		const none = !this.graph.rules.length;
		const text = none
			? __(
					"There are no linkage rules yet. A rule says what shall happen when a customer gains a tag, places an order or has a birthday."
				)
			: __("No rule goes with these filters.");
		const label = none ? __("New Linkage Rule") : __("Clear Filters");
		const blank = $(`<div class="crm-ext-blank"><p>${text}</p>
			<button class="btn btn-default btn-sm">${label}</button></div>`);
		blank
			.find("button")
			.on("click", () => (none ? frappe.new_doc("Linkage Rule") : this.clear_filters()));
		if (none && !frappe.model.can_create("Linkage Rule")) {
			blank.find("button").remove();
		}
		return blank;
	}

	clear_filters() {
		this.filters = {};
		for (const fieldname of ["text", "status", "bundle"]) {
			this.page.fields_dict[fieldname].set_value("");
		}
		this.show();
	}

	/** What a person chose on the map, in words. */
	tell(key) {
		if (!key) {
			this.aside.children(".crm-ext-details").remove();
			this.aside.prop("hidden", !this.what_if);
			return;
		}
		this.aside.prop("hidden", false).children(".crm-ext-details").remove();
		const details = $(`<div class="crm-ext-details">
			${crm_ext.linkage.details_html(this.graph, key)}</div>`).prependTo(this.aside);
		this.close_button(() => this.map.choose(null)).prependTo(details);
	}

	close_button(close) {
		return $(`<button type="button" class="btn btn-xs crm-ext-close" aria-label="${__("Close")}"
			title="${__("Close")}">${frappe.utils.icon("close", "sm")}</button>`).on("click", close);
	}

	/** Open the question, filled in as far as it is known. */
	async ask(given) {
		this.map.choose(null);
		this.aside.prop("hidden", false);
		const asked = Boolean(this.what_if);
		if (!asked) {
			this.what_if = new crm_ext.linkage.WhatIf(this.aside, (...found) =>
				this.answered(...found)
			);
			this.close_button(() => this.end_question()).prependTo(this.what_if.root);
			await this.what_if.make();
		}
		if (!asked || Object.keys(given).length) {
			await this.what_if.put(given);
		}
	}

	/** Light the answer up, and put the question into the address, to be kept or passed on. */
	answered(answer, question) {
		this.answer = answer;
		const asked = question && { customer: question.customer, ...question.event };
		delete asked?.facts;
		const address = asked ? `?${new URLSearchParams(asked)}` : "";
		window.history.replaceState(window.history.state, "", window.location.pathname + address);
		if (!answer) {
			this.map.light(null);
		}
		this.show();
	}

	end_question() {
		this.what_if.root.remove();
		this.what_if = null;
		this.aside.prop("hidden", true);
		this.answered(null);
	}
}

frappe.pages["linkage-map"].on_page_load = (wrapper) => {
	wrapper.linkage_map = new LinkageMapPage(wrapper);
};

frappe.pages["linkage-map"].on_page_show = (wrapper) => wrapper.linkage_map.open();
