// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// What the kinds of promotions are, what each may give, and what promotions say in the forms that all rules share.

(() => {
	frappe.provide("crm_ext.promotions");
	frappe.provide("crm_ext.rules.words");

	crm_ext.rules.words["Sales Promotion"] = {
		no_conditions: () => __("No conditions: the promotion is for all customers."),
		consequences: () => ({
			Active: __("Documents get the promotion from now on. Those that were submitted stay."),
			Observing: __(
				"Prices stay as they are; each line says what the promotion would give."
			),
			Paused: __("No document gets the promotion until it is activated again."),
			Stopped: __("The promotion ends. What documents got, they keep."),
		}),
	};

	const REDUCED = ["Discount Percentage", "Discount Amount", "Rate"];
	const WITH_FREE = [...REDUCED, "Free"];

	/** By kind: what it, or each of its tiers, may give; the first is offered first. */
	crm_ext.promotions.GIVES = {
		"Volume Discount": REDUCED,
		"Graduated Discount": REDUCED,
		Bundle: ["Rate", "Discount Percentage", "Discount Amount"],
		"Add-On": WITH_FREE,
		"Buy X Get Y": ["Free", ...REDUCED],
		"Mix and Match": ["Rate", "Discount Percentage", "Discount Amount"],
		"Cheapest Free": ["Free", ...REDUCED],
		"Order Threshold": ["Discount Percentage", "Discount Amount", "Gift"],
		"Free Shipping": [],
	};

	/** What makes each unit cheaper for itself, and so can come on top of others. */
	crm_ext.promotions.PER_UNIT = ["Volume Discount", "Graduated Discount", "Order Threshold"];

	/** Kinds with a product that is reduced besides those that are bought. */
	crm_ext.promotions.WITH_GET = ["Add-On", "Buy X Get Y"];

	crm_ext.promotions.with_tiers = (kind) => crm_ext.promotions.PER_UNIT.includes(kind);

	/** Whether the tiers of a promotion begin at amounts. */
	crm_ext.promotions.by_amount = (doc) =>
		doc.kind === "Order Threshold" ||
		(doc.kind === "Volume Discount" && doc.tiers_by === "Amount");

	/** What a kind of promotion is for, in a line. */
	crm_ext.promotions.about = (kind) =>
		({
			"Volume Discount": __("All units become cheaper once so many are bought."),
			"Graduated Discount": __("Only what goes beyond a quantity becomes cheaper."),
			Bundle: __("Different products together, for one price or at a discount."),
			"Add-On": __("With one product, another one becomes cheaper or free."),
			"Buy X Get Y": __(
				"With so many bought, some more are free or cheaper, or there is a gift."
			),
			"Mix and Match": __("Any so many of the products, for one price or at a discount."),
			"Cheapest Free": __("Of so many bought together, the cheapest are free or cheaper."),
			"Order Threshold": __("A discount or a gift once the order comes to an amount."),
			"Free Shipping": __("The shipping charge is taken off again."),
		})[kind] || "";

	/** How a promotion goes together with others that want the same units. */
	crm_ext.promotions.about_combination = (combination) =>
		({
			"Best for the Customer": __(
				"Of the promotions that want the same units, those count that save the customer most."
			),
			Exclusive: __("Takes its units first, and nothing else is taken off them."),
			Compound: __("Comes on top of what the others leave."),
		})[combination] || "";

	/** What the number under “Value” is. */
	crm_ext.promotions.about_value = ({ kind, gives, currency }) => {
		const whole = { Bundle: __("bundle"), "Mix and Match": __("set") }[kind];
		if (gives === "Discount Percentage") {
			return __("Percent");
		}
		if (gives === "Rate") {
			return whole
				? __("{0} for the whole {1}", [currency, whole])
				: __("{0} for each unit", [currency]);
		}
		return whole
			? __("{0} off the whole {1}", [currency, whole])
			: __("{0} off each unit", [currency]);
	};

	/** What the numbers under “Buy” and “Get” count. */
	crm_ext.promotions.about_quantity = (kind) =>
		({
			"Mix and Match": [__("So many units make a set.")],
			"Cheapest Free": [
				__("So many units together."),
				__("So many of them, the cheapest, are free or cheaper."),
			],
		})[kind] || [
			__("So many units, at their price."),
			__("So many more units are free or cheaper."),
		];
})();
