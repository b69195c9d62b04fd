// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The form of a Sales Promotion: only what goes with its kind, the whole promotion in words on top, its approval.

(() => {
	frappe.provide("crm_ext.promotions");

	const { GIVES, PER_UNIT, WITH_GET } = crm_ext.promotions;
	const FIRST = {
		"Add-On": { buy_qty: 1, get_qty: 1 },
		"Buy X Get Y": { buy_qty: 3, get_qty: 1 },
		"Mix and Match": { buy_qty: 3 },
		"Cheapest Free": { buy_qty: 3, get_qty: 1 },
	};
	/** Whatever the sentence tells of. */
	const TOLD = [
		...["kind", "company", "currency", "uom", "buy_qty", "get_qty", "minimum_amount"],
		...["gives", "value", "gift_item", "most_times", "tiers_by", "combination"],
		...["promotion_group", "first_order", "hold_out_percent", "goal_amount", "goal_period"],
		...["payment_terms_template", "sales_partner", "monday", "tuesday", "wednesday"],
		...["thursday", "friday", "saturday", "sunday", "from_time", "to_time", "needs_coupon"],
		...["max_uses", "max_uses_per_customer", "max_customers", "budget", "when_used_up"],
		...["valid_from", "valid_to"],
	];

	/** Once for each form: which records its links offer, and how its numbers look. */
	crm_ext.promotions.prepare = (frm) => {
		for (const fieldname of ["buy_qty", "get_qty", "value"]) {
			frm.fields_dict[fieldname].format_for_input = plain;
			frm.fields_dict[fieldname].df.formatter = plain;
		}
		const gift = () => ({ filters: { is_sales_item: 1, has_variants: 0, disabled: 0 } });
		frm.set_query("gift_item", gift);
		frm.set_query("gift_item", "tiers", gift);
		frm.set_query("item", "products", () => ({ filters: { is_sales_item: 1, disabled: 0 } }));
		frm.set_query("shipping_account", () => ({
			filters: {
				is_group: 0,
				disabled: 0,
				...(frm.doc.company ? { company: frm.doc.company } : {}),
			},
		}));
	};

	/** Prepare the form; call it at each refresh. */
	crm_ext.promotions.setup_form = (frm) => {
		crm_ext.ui.style();
		crm_ext.promotions.fit_kind(frm);
		crm_ext.pricing.setup_conditions(frm);
		crm_ext.rules.setup_life_cycle(frm);
		show_approval(frm);
		add_buttons(frm);
		crm_ext.promotions.tell(frm);
	};

	/** The choices, columns and explanations that go with the kind. */
	crm_ext.promotions.fit_kind = (frm) => {
		const { kind } = frm.doc;
		const about = crm_ext.promotions.about_quantity(kind);
		frm.set_df_property("kind", "description", crm_ext.promotions.about(kind));
		frm.set_df_property("buy_qty", "description", about[0]);
		frm.set_df_property("get_qty", "description", about[1] || "");
		frm.set_df_property("gives", "options", choices(GIVES[kind], "Sales Promotion"));
		frm.set_df_property("gives", "description", "");
		frm.set_df_property("gives", "read_only", frm.doc.gift_item ? 1 : 0);
		frm.set_df_property("value", "description", crm_ext.promotions.about_value(frm.doc));
		const combinations = ["Best for the Customer", "Exclusive"];
		if (PER_UNIT.includes(kind)) {
			combinations.push("Compound");
		}
		frm.set_df_property("combination", "options", choices(combinations, "Sales Promotion"));
		frm.set_df_property(
			"combination",
			"description",
			crm_ext.promotions.about_combination(frm.doc.combination)
		);
		fit_products(frm, kind);
		fit_tiers(frm, kind);
	};

	/** A number without idle decimals. Frappe 15 would show 2,000 as 2 where it cannot be edited. */
	function plain(value) {
		if (value === null || value === undefined || value === "") {
			return "";
		}
		const decimals = String(flt(value, 6)).split(".")[1] || "";
		return format_number(flt(value, 6), null, decimals.length);
	}

	/** The number of a column of a grid, if the row has it; of an empty text, Frappe would think that it failed. */
	const column = (has = () => true) => ({
		formatter: (value, _df, _options, row) =>
			row && !has(row) ? "<span></span>" : `<div class="text-right">${plain(value)}</div>`,
	});

	const choices = (values, context) =>
		(values || []).map((value) => ({ value, label: __(value, null, context) }));

	function fit_products(frm, kind) {
		const parts = WITH_GET.includes(kind) ? ["Buy", "Get", "Except"] : ["Buy", "Except"];
		fit_grid(frm.fields_dict.products.grid, {
			part: { options: choices(parts, "Promotion Item") },
			component: {
				hidden: kind === "Bundle" ? 0 : 1,
				...column((row) => cint(row.component)),
			},
			qty: { hidden: kind === "Bundle" ? 0 : 1, ...column((row) => row.part === "Buy") },
		});
		const help = {
			Bundle: __(
				"What is sold together, with its quantity. Products with the same number under “Component” are alternatives."
			),
			"Add-On": __("Buy: what must be bought. Get: what becomes cheaper with it."),
			"Buy X Get Y": __(
				"Buy: what must be bought. Get: what becomes cheaper, if that is something else. None: all items."
			),
		}[kind];
		const tree = __(
			"An item template is for all its variants, an item group for all groups under it."
		);
		describe(frm, "products", crm_ext.ui.sentences([help || __("None: all items."), tree]));
	}

	function fit_tiers(frm, kind) {
		if (!crm_ext.promotions.with_tiers(kind)) {
			return;
		}
		const gifts = GIVES[kind].includes("Gift") ? 0 : 1;
		const amount = crm_ext.promotions.by_amount(frm.doc);
		fit_grid(frm.fields_dict.tiers.grid, {
			at_least: {
				label: amount ? __("From an Amount Of") : __("From a Quantity Of"),
				...column(),
			},
			value: column((row) => row.gives !== "Gift"),
			gives: { options: choices(GIVES[kind], "Promotion Tier") },
			gift_item: { hidden: gifts },
			gift_qty: { hidden: gifts, ...column((row) => row.gives === "Gift") },
		});
		describe(
			frm,
			"tiers",
			kind === "Graduated Discount"
				? __("Each part of the quantity has the tier of its own.")
				: __("The highest tier that is reached counts.")
		);
	}

	/** What a table is for, in place of its label, which the section says already. */
	function describe(frm, table, text) {
		const head = $(frm.fields_dict[table].grid.parent);
		head.find(".control-label").first().hide();
		head.find(".grid-description").text(text).show();
	}

	/** Change properties of the columns of a grid, and lay it out anew if that shows. */
	function fit_grid(grid, columns) {
		let changed = false;
		for (const [fieldname, properties] of Object.entries(columns)) {
			const field = grid.docfields.find((one) => one.fieldname === fieldname);
			for (const [property, value] of Object.entries(properties)) {
				if (property === "formatter") {
					changed ||= !field.formatter;
					grid.update_docfield_property(fieldname, property, value);
				} else if (JSON.stringify(field[property] ?? 0) !== JSON.stringify(value)) {
					grid.update_docfield_property(fieldname, property, value);
					changed = true;
				}
			}
		}
		if (changed) {
			grid.reset_grid();
		}
	}

	/** After another kind was chosen: what it gives, how many, and how it goes with others, as most have it. */
	crm_ext.promotions.choose_kind = async (frm) => {
		const { doc } = frm;
		const gives = GIVES[doc.kind];
		const values = { ...FIRST[doc.kind] };
		for (const fieldname of Object.keys(values)) {
			if (flt(doc[fieldname])) {
				delete values[fieldname];
			}
		}
		if (gives.length && !crm_ext.promotions.with_tiers(doc.kind)) {
			values.gives = gives[0];
		}
		if (doc.combination === "Compound" && !PER_UNIT.includes(doc.kind)) {
			values.combination = "Best for the Customer";
		}
		if (!WITH_GET.includes(doc.kind)) {
			values.gift_item = null;
		}
		crm_ext.promotions.fit_kind(frm); // first, for a choice that is not offered is not taken
		await frm.set_value(values);
		if (crm_ext.promotions.with_tiers(doc.kind)) {
			fit_rows(frm, gives);
		}
		crm_ext.promotions.fit_kind(frm);
	};

	/** The tiers give what the kind may give; without any, there is one to fill in. */
	function fit_rows(frm, gives) {
		const { doc } = frm;
		if (!doc.tiers?.length) {
			frm.add_child("tiers", {
				gives: gives[0],
				at_least: doc.kind === "Order Threshold" ? 0 : 1,
			});
		}
		for (const row of doc.tiers) {
			if (!gives.includes(row.gives)) {
				row.gives = gives[0];
			}
		}
		frm.refresh_field("tiers");
	}

	crm_ext.promotions.choose_gift = async (frm) => {
		if (frm.doc.gift_item) {
			await frm.set_value({ gives: "Free", value: 0 });
		}
		crm_ext.promotions.fit_kind(frm);
	};

	/** A shipping account is of one company, and so the promotion is. */
	crm_ext.promotions.choose_account = async (frm) => {
		if (frm.doc.shipping_account && !frm.doc.company) {
			const { message } = await frappe.db.get_value(
				"Account",
				frm.doc.shipping_account,
				"company"
			);
			frm.set_value("company", message?.company);
		}
	};

	/** The promotion in words above the tabs; called after every change that it tells of. */
	crm_ext.promotions.tell = async (frm) => {
		const { name } = frm.doc;
		const facts = await crm_ext.rules.facts();
		if (frm.doc.name !== name) {
			return;
		}
		frm.layout.wrapper.children(".crm-ext-sentence").remove();
		$(`<div class="crm-ext-head crm-ext-sentence"></div>`)
			.html(
				crm_ext.promotions.sentence_html(frm.doc, facts, frm.doc.__onload?.codes) +
					approval_html(frm)
			)
			.insertBefore(frm.layout.page);
	};

	for (const fieldname of TOLD) {
		frappe.ui.form.on("Sales Promotion", fieldname, (frm) => crm_ext.promotions.tell(frm));
	}

	const approval = (frm) => frm.doc.__onload?.approval || {};

	function approval_html(frm) {
		const { needed, approved } = approval(frm);
		if (frm.is_new() || !needed || frm.doc.status === "Stopped") {
			return "";
		}
		const pill = approved
			? crm_ext.ui.pill(
					__("Approved by {0}", [frappe.user.full_name(frm.doc.approved_by)]),
					"green",
					crm_ext.ui.moment(frm.doc.approved_at)
				)
			: crm_ext.ui.pill(
					frm.doc.approved_hash
						? __("Changed since It Was Approved")
						: __("Not Approved Yet"),
					"orange"
				);
		return `<p class="mt-2">${pill}</p>`;
	}

	function show_approval(frm) {
		const { needed, approved, may_approve } = approval(frm);
		if (!needed || approved || !may_approve || frm.is_dirty() || frm.is_new()) {
			return;
		}
		frm.add_custom_button(__("Approve"), () =>
			frappe.confirm(
				__("Approve version {0} as it stands? Its owner can activate it then.", [
					frm.doc.version,
				]),
				() => approve(frm)
			)
		);
		frm.change_custom_button_type(__("Approve"), null, "primary");
	}

	async function approve(frm) {
		await frappe.xcall("crm_ext.pricing.promotions.approval_api.approve", {
			promotion: frm.doc.name,
			version_hash: frm.doc.version_hash,
		});
		await frm.reload_doc();
		frappe.show_alert({ message: __("The promotion is approved."), indicator: "green" });
	}

	function add_buttons(frm) {
		if (frm.is_new()) {
			return;
		}
		const { name, currency, needs_coupon } = frm.doc;
		if (crm_ext.promotion_backtest && frappe.model.can_read("Promotion Back-Test")) {
			frm.add_custom_button(__("Back-Test"), () => crm_ext.promotion_backtest.open(frm));
		}
		if (!needs_coupon || !frappe.model.can_create("Coupon Batch")) {
			return;
		}
		if (frm.doc.__onload?.codes) {
			frm.add_custom_button(__("Coupons"), () =>
				frappe.set_route("List", "Coupon Batch", { promotion: name })
			);
		} else {
			frm.add_custom_button(__("Make Coupons"), () =>
				frappe.new_doc("Coupon Batch", { promotion: name, currency })
			);
		}
	}
})();
