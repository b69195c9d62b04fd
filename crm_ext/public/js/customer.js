// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The Customer form: its tags and main figures above the tabs, and what one can do with the tags.

(() => {
	frappe.ui.form.on("Customer", {
		refresh(frm) {
			crm_ext.tags.clear_head(frm);
			if (frm.is_new() || !frappe.model.can_read("Customer Tag Assignment")) {
				return;
			}
			crm_ext.ui.style();
			crm_ext.tags.load_head(frm);
		},
	});

	/** Take the head of another customer away; that of the same one stays until its successor is there. */
	crm_ext.tags.clear_head = (frm) => {
		const head = frm.layout.wrapper.children(".crm-ext-head");
		if (frm.is_new() || head.attr("data-customer") !== frm.doc.name) {
			head.remove();
		}
	};

	crm_ext.tags.load_head = async (frm) => {
		const customer = frm.doc.name;
		const head = await frappe.xcall("crm_ext.tags.desk.customer_head", { customer });
		if (frm.doc.name === customer) {
			frm.crm_ext_head = head;
			show_head(frm, head);
			add_buttons(frm, head);
		}
	};

	function show_head(frm, { tags, profile, may_change }) {
		const head = $(
			`<div class="crm-ext-head" data-customer="${crm_ext.ui.escape(frm.doc.name)}"></div>`
		);
		head.append(`<div class="crm-ext-tags">${groups_html(tags)}</div>`);
		const figures = figures_html(profile);
		if (figures) {
			head.append(`<div class="crm-ext-figures">${figures}</div>`);
		}
		head.on("click", "button.crm-ext-chip", (event) => {
			const held = tags.find(
				(one) => one.assignment === event.currentTarget.dataset.assignment
			);
			const remove = may_change && ((one) => remove_tag(frm, one));
			crm_ext.tags.show_why(held, frm.doc.name, { remove });
		});
		frm.layout.wrapper.children(".crm-ext-head").remove();
		if (head.find(".crm-ext-chip, .crm-ext-figure").length) {
			frm.layout.page.before(head);
		}
	}

	function groups_html(tags) {
		const groups = new Map();
		for (const held of tags) {
			groups.set(held.group, [...(groups.get(held.group) || []), held]);
		}
		return [...groups]
			.map(
				([group, members]) => `<span class="crm-ext-group">
					<span class="crm-ext-group-name">${crm_ext.ui.escape(__(group, null, "Tag"))}</span>
					${members.map(chip_html).join("")}
				</span>`
			)
			.join("");
	}

	function chip_html(held) {
		const source = crm_ext.tags.SOURCES()[held.source] || held.source;
		const tooltip = [
			__("Since {0}", [crm_ext.ui.date(held.since)]) + ` · ${source}`,
			held.until ? __("Valid until {0}", [crm_ext.ui.date(held.until)]) : "",
			held.benefits && `${__("Benefits")}: ${held.benefits}`,
			__("Click to see why"),
		];
		return crm_ext.ui.chip(held.tag, held.colour, {
			element: "button",
			attributes: {
				type: "button",
				"data-assignment": held.assignment,
				title: tooltip.filter(Boolean).join("\n"),
			},
			note: held.company,
			icon: held.locked ? frappe.utils.icon("lock", "xs") : "",
		});
	}

	function figures_html(profile) {
		if (!profile || !Object.keys(profile).length) {
			return "";
		}
		const { money, date } = crm_ext.ui;
		const last = profile.last_cooperation;
		const figures = [
			[
				__("Revenue, 365 Days"),
				money(profile.revenue_365d, profile.currency),
				change_note(profile),
			],
			[
				__("Last Cooperation"),
				last ? date(last) : __("Never", null, "CRM Ext"),
				last ? ago(last) : "",
			],
			[__("Overdue"), money(profile.overdue, profile.currency), "", profile.overdue > 0],
			[__("Issues, Open"), profile.open_issues || 0, "", profile.open_issues > 0],
			[__("RFM"), profile.rfm || "–"],
			[
				__("Lifetime Value"),
				profile.lifetime_value ? money(profile.lifetime_value, profile.currency) : "–",
			],
		];
		return figures
			.map(
				([label, value, note, bad]) => `<div class="crm-ext-figure">
					<div class="crm-ext-figure-label">${crm_ext.ui.escape(label)}</div>
					<div class="crm-ext-figure-value ${bad ? "is-bad" : ""}">${crm_ext.ui.escape(value)}${
						note
							? `<span class="crm-ext-figure-note">${crm_ext.ui.escape(note)}</span>`
							: ""
					}</div></div>`
			)
			.join("");
	}

	/** The change against the year before, in whole percent. */
	function change_note(profile) {
		const before = flt(profile.revenue_previous_year);
		if (before <= 0) {
			return "";
		}
		const percent = Math.round(((flt(profile.revenue_365d) - before) / before) * 100);
		return percent ? `${percent > 0 ? "▲" : "▼"} ${Math.abs(percent)} %` : "";
	}

	function ago(day) {
		const days = frappe.datetime.get_day_diff(frappe.datetime.get_today(), day);
		if (days <= 0) {
			return __("today");
		}
		return days === 1 ? __("yesterday") : __("{0} days ago", [days]);
	}

	function remove_tag(frm, chosen) {
		const again = () => crm_ext.tags.load_head(frm);
		crm_ext.tags.remove(frm.doc.name, frm.crm_ext_head.tags, chosen, again);
	}

	function add_buttons(frm, { tags, may_change }) {
		const group = __("Tags");
		const customer = frm.doc.name;
		const again = () => crm_ext.tags.load_head(frm);
		const buttons = [
			[__("Give Tag"), may_change, () => crm_ext.tags.give(customer, again)],
			[__("Remove Tag", null, "CRM Ext"), may_change && tags.length, () => remove_tag(frm)],
			[
				__("History"),
				true,
				() => crm_ext.tags.show_history(customer, frm.doc.customer_name),
			],
			[
				__("Refresh Now"),
				may_change,
				() => crm_ext.tags.refresh(customer, tags).then(again),
			],
			[
				__("What If It Gains a Tag …"),
				frappe.model.can_read("Linkage Rule"),
				() => {
					frappe.route_options = { customer };
					frappe.set_route("linkage-map");
				},
			],
		];
		for (const [label, shown, action] of buttons) {
			frm.remove_custom_button(label, group);
			if (shown) {
				frm.add_custom_button(label, action, group);
			}
		}
	}
})();
