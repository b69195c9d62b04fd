// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// One side of the Price Check: for whom, when and where a basket is priced.

(() => {
	frappe.provide("crm_ext.prices");

	const may_choose = (doctype) =>
		frappe.model.can_select(doctype) || frappe.model.can_read(doctype);

	const fields = (side) => [
		{
			fieldname: "company",
			label: __("Company"),
			fieldtype: "Link",
			options: "Company",
			default: frappe.defaults.get_user_default("Company"),
		},
		{
			fieldname: "customer",
			label: __("Customer"),
			fieldtype: "Link",
			options: "Customer",
			only_select: true,
			excludes: "lead",
		},
		{
			fieldname: "lead",
			label: __("Lead"),
			fieldtype: "Link",
			options: "Lead",
			only_select: true,
			excludes: "customer",
		},
		{
			fieldname: "date",
			label: __("Date"),
			fieldtype: "Date",
			default: frappe.datetime.get_today(),
		},
		{
			fieldname: "price_list",
			label: __("Price List"),
			fieldtype: "Link",
			options: "Price List",
			only_select: true,
			get_query: () => ({ filters: { selling: 1, enabled: 1 } }),
		},
		{
			fieldname: "currency",
			label: __("Currency"),
			fieldtype: "Link",
			options: "Currency",
			only_select: true,
		},
		{
			fieldname: "point_of_sale",
			label: __("Point of Sale"),
			fieldtype: "Link",
			options: "POS Profile",
			only_select: true,
			get_query: () => ({ filters: { company: side.value("company") } }),
		},
		{
			fieldname: "branch",
			label: __("Branch"),
			fieldtype: "Link",
			options: "Branch",
			only_select: true,
		},
		{
			fieldname: "sales_channel",
			label: __("Sales Channel"),
			fieldtype: "Link",
			options: "Sales Channel",
			only_select: true,
		},
		{
			fieldname: "coupons",
			label: __("Coupon Codes"),
			fieldtype: "Data",
		},
	];

	/** The names that the address may carry. */
	crm_ext.prices.ASKED = fields({}).map((field) => field.fieldname);

	crm_ext.prices.Side = class Side {
		/** `on_change()` is called when a person has changed a field. */
		constructor(parent, title, on_change) {
			this.on_change = on_change;
			this.root = $(`<section class="crm-ext-side"><h6>${crm_ext.ui.escape(title)}</h6>
				<div class="crm-ext-side-fields"></div></section>`).appendTo(parent);
			this.controls = {};
			for (const field of fields(this)) {
				if (field.fieldtype !== "Link" || may_choose(field.options)) {
					this.add(field);
				}
			}
		}

		add(field) {
			const control = frappe.ui.form.make_control({
				df: { ...field, change: () => this.changed(field) },
				parent: this.root.find(".crm-ext-side-fields"),
				render_input: true,
			});
			control.refresh();
			if (field.default) {
				control.set_value(field.default);
			}
			this.controls[field.fieldname] = control;
		}

		changed(field) {
			if (this.quiet) {
				return;
			}
			if (field.excludes && this.value(field.fieldname)) {
				this.controls[field.excludes]?.set_value("");
			}
			const now = JSON.stringify(this.values());
			if (now !== this.before) {
				this.before = now;
				this.on_change();
			}
		}

		value(fieldname) {
			return this.controls[fieldname]?.get_value() || "";
		}

		/** What is filled in, as the API takes it. */
		values() {
			return Object.fromEntries(
				crm_ext.prices.ASKED.map((name) => [name, this.value(name)]).filter(
					([, value]) => value
				)
			);
		}

		/** Fill in all fields, those that `values` leaves out with nothing, or what is usual. */
		async put(values) {
			this.quiet = true;
			await Promise.all(
				Object.entries(this.controls).map(([name, control]) =>
					control.set_value(values[name] ?? "")
				)
			);
			this.quiet = false;
			this.before = JSON.stringify(this.values());
		}

		/** Mark the fields that say something else than the other side. */
		set_apart(other) {
			for (const [name, control] of Object.entries(this.controls)) {
				control.$wrapper.toggleClass(
					"is-different",
					Boolean(other) && this.value(name) !== other.value(name)
				);
			}
		}

		/** For the printed page: what is filled in, in words. */
		text() {
			return Object.entries(this.controls)
				.filter(([name]) => this.value(name))
				.map(([name, control]) => {
					const value = this.value(name);
					const shown = name === "date" ? crm_ext.ui.date(value) : value;
					return `${control.df.label}: ${shown}`;
				})
				.join(" · ");
		}
	};
})();
