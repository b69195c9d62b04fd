// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// A promotion in words: what it does, for whom, where and when, and how far it goes.

(() => {
	frappe.provide("crm_ext.promotions");

	const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
	const PLACES = ["pos_profile", "branch", "territory", "sales_channel"];
	const bold = (text) => `<b>${crm_ext.ui.escape(text)}</b>`;

	const number = (value) => crm_ext.ui.escape(String(flt(value, 6)));
	const money = (value, doc) =>
		crm_ext.ui.escape(
			crm_ext.ui.money(value, doc.currency, Number.isInteger(flt(value)) ? 0 : 2)
		);
	const listed = (texts, word = __("and")) =>
		texts.length > 1
			? `${crm_ext.ui.named(texts.slice(0, -1))} ${word} ${texts[texts.length - 1]}`
			: texts[0];

	/** The promotion as HTML: what it does in large letters, the rest below. */
	crm_ext.promotions.sentence_html = (doc, facts, codes) => {
		const more = [...who(doc, facts), ...when(doc), ...limits(doc, codes), ...together(doc)];
		return `<p class="crm-ext-lead">${lead(doc)}</p><p class="text-muted">${crm_ext.ui.sentences(more)}</p>`;
	};

	const product = (row) => {
		const name = row.item || row.brand || row.item_group;
		return name ? bold(name) : "…";
	};

	/** “Lamps or Bulbs, except Spots”. */
	function products(doc, part = "Buy", none = __("all items")) {
		const rows = (doc.products || []).filter((row) => row.part === part);
		const except = (doc.products || []).filter((row) => row.part === "Except");
		const named = rows.length ? listed(rows.map(product), __("or")) : none;
		return except.length && part === "Buy"
			? __("{0} except {1}", [named, listed(except.map(product))])
			: named;
	}

	const any = (doc) => products(doc, "Buy", __("any items"));

	/** “at 20 % off”: what a unit costs. */
	function at(doc) {
		const value = number(doc.value);
		const forms = {
			Free: () => __("free"),
			"Discount Percentage": () => __("at {0} % off", [value]),
			"Discount Amount": () => __("at {0} off each", [money(doc.value, doc)]),
			Rate: () => __("for {0} each", [money(doc.value, doc)]),
		};
		return doc.gives === "Free" || flt(doc.value) ? forms[doc.gives]?.() || "…" : "…";
	}

	/** “for ¥ 20,500”: what several units cost together. */
	function together_for(doc) {
		const forms = {
			"Discount Percentage": () => __("at {0} % off", [number(doc.value)]),
			"Discount Amount": () => __("at {0} off", [money(doc.value, doc)]),
			Rate: () => __("for {0}", [money(doc.value, doc)]),
		};
		return flt(doc.value) ? forms[doc.gives]?.() || "…" : "…";
	}

	function tier_gives(tier, doc) {
		if (tier.gives === "Gift") {
			const gift = tier.gift_item ? bold(tier.gift_item) : "…";
			return __("{0} × {1} as a gift", [number(tier.gift_qty), gift]);
		}
		if (!flt(tier.value) && doc.kind !== "Graduated Discount") {
			return "…";
		}
		const whole = doc.kind === "Order Threshold";
		return {
			"Discount Percentage": () => __("{0} % off", [number(tier.value)]),
			"Discount Amount": () =>
				whole
					? __("{0} off", [money(tier.value, doc)])
					: __("{0} off each unit", [money(tier.value, doc)]),
			Rate: () => __("{0} each", [money(tier.value, doc)]),
		}[tier.gives]();
	}

	function tiers(doc) {
		const rows = [...(doc.tiers || [])].sort((a, b) => flt(a.at_least) - flt(b.at_least));
		if (!rows.length) {
			return ["…"];
		}
		const amount = crm_ext.promotions.by_amount(doc);
		const counted = (tier) =>
			amount ? money(tier.at_least, doc) : __("{0} {1}", [number(tier.at_least), unit(doc)]);
		const graduated = doc.kind === "Graduated Discount";
		return rows.map((tier) => {
			const gives = tier_gives(tier, doc);
			if (flt(tier.at_least) <= (amount || graduated ? 0 : 1)) {
				return gives;
			}
			return graduated
				? __("{0} beyond {1}", [gives, counted(tier)])
				: __("{0} from {1} on", [gives, counted(tier)]);
		});
	}

	const unit = (doc) => (doc.uom ? crm_ext.ui.escape(__(doc.uom)) : __("units"));

	function components(doc) {
		const alternatives = new Map();
		let last = Math.max(0, ...(doc.products || []).map((row) => cint(row.component)));
		for (const row of (doc.products || []).filter((one) => one.part === "Buy")) {
			const key = cint(row.component) || ++last;
			alternatives.set(key, [...(alternatives.get(key) || []), row]);
		}
		const texts = [...alternatives.values()].map(
			(rows) => `${number(rows[0].qty)} × ${listed(rows.map(product), __("or"))}`
		);
		return texts.length ? listed(texts) : "…";
	}

	const LEADS = {
		"Volume Discount": tiers_lead,
		"Graduated Discount": tiers_lead,
		"Order Threshold": (doc) =>
			__("Orders of {0}: {1}.", [products(doc), crm_ext.ui.named(tiers(doc))]),
		Bundle: (doc) => __("{0} together {1}.", [components(doc), together_for(doc)]),
		"Mix and Match": (doc) =>
			__("Any {0} of {1} together {2}.", [many(doc.buy_qty), any(doc), together_for(doc)]),
		"Cheapest Free": (doc) =>
			flt(doc.get_qty) === 1
				? __("Buy {0} of {1}, get the cheapest {2}.", [
						many(doc.buy_qty),
						any(doc),
						at(doc),
					])
				: __("Buy {0} of {1}, get the {2} cheapest {3}.", [
						many(doc.buy_qty),
						any(doc),
						many(doc.get_qty),
						at(doc),
					]),
		"Add-On": buy_and_get,
		"Buy X Get Y": buy_and_get,
		"Free Shipping": (doc) =>
			flt(doc.minimum_amount)
				? __("Free shipping from {0} of {1} on.", [
						money(doc.minimum_amount, doc),
						products(doc),
					])
				: __("Free shipping with {0}.", [products(doc)]),
	};

	const many = (value) => (flt(value) ? number(value) : "…");

	const lead = (doc) => (LEADS[doc.kind]?.(doc) || "…").replace("….", "…");

	function tiers_lead(doc) {
		return __("{0}: {1}.", [products(doc), crm_ext.ui.named(tiers(doc))]);
	}

	function buy_and_get(doc) {
		const bought = [many(doc.buy_qty), any(doc), many(doc.get_qty)];
		if (doc.gift_item) {
			return __("Buy {0} of {1}, get {2} × {3} as a gift.", [
				...bought,
				bold(doc.gift_item),
			]);
		}
		return (doc.products || []).some((row) => row.part === "Get")
			? __("Buy {0} of {1}, get {2} of {3} {4}.", [...bought, products(doc, "Get"), at(doc)])
			: __("Buy {0} of {1}, get {2} more {3}.", [...bought, at(doc)]);
	}

	function who(doc, facts) {
		const conditions = crm_ext.rules.conditions_html(doc.conditions || [], facts);
		const period = {
			Month: __("in the same month"),
			Quarter: __("in the same quarter"),
			Year: __("in the same year"),
			Promotion: __("since the promotion is valid"),
		}[doc.goal_period];
		return [
			conditions
				? __("For customers for whom {0}.", [conditions])
				: __("For all customers."),
			doc.company && __("Only at {0}.", [bold(doc.company)]),
			cint(doc.first_order) && __("Only for their first order."),
			flt(doc.goal_amount) &&
				__("Once they have bought for {0} {1}.", [money(doc.goal_amount, doc), period]),
			flt(doc.hold_out_percent) &&
				__("{0} % of them do not get it, to measure its effect.", [
					number(doc.hold_out_percent),
				]),
			doc.payment_terms_template &&
				__("With the payment terms {0}.", [bold(doc.payment_terms_template)]),
			doc.sales_partner && __("Through {0}.", [bold(doc.sales_partner)]),
		].filter(Boolean);
	}

	function when(doc) {
		const places = (doc.places || [])
			.map((row) => PLACES.map((field) => row[field]).find(Boolean))
			.filter(Boolean);
		const days = DAYS.filter((day) => cint(doc[day])).map((day) =>
			__(frappe.meta.get_label("Sales Promotion", day))
		);
		const { date, escape } = crm_ext.ui;
		const hour = (time) => escape(String(time).split(":").slice(0, 2).join(":"));
		return [
			places.length && __("In {0}.", [listed(places.map(bold), __("or"))]),
			days.length && __("On {0}.", [listed(days)]),
			between(doc.from_time, doc.to_time, hour),
			between(doc.valid_from, doc.valid_to, (day) => escape(date(day))),
		].filter(Boolean);
	}

	function between(from, to, shown) {
		if (from && to) {
			return __("From {0} to {1}.", [shown(from), shown(to)]);
		}
		return (
			(from && __("From {0} on.", [shown(from)])) || (to && __("Until {0}.", [shown(to)]))
		);
	}

	function limits(doc, codes) {
		const most = [
			[doc.max_uses, __("one use"), __("{0} uses")],
			[doc.max_uses_per_customer, __("one use per customer"), __("{0} uses per customer")],
			[doc.max_customers, __("one customer"), __("{0} customers")],
		]
			.filter(([value]) => cint(value))
			.map(([value, one, many_]) =>
				cint(value) === 1 ? one : many_.replace("{0}", number(value))
			);
		if (flt(doc.budget)) {
			most.push(__("{0} in discounts", [money(doc.budget, doc)]));
		}
		const no_codes = codes === 0;
		return [
			cint(doc.needs_coupon) &&
				(no_codes
					? __("Only with a coupon, and there are no codes yet.")
					: __("Only with a coupon.")),
			cint(doc.most_times) &&
				__("At most {0} times per document.", [number(doc.most_times)]),
			most.length && __("At most {0}.", [listed(most)]),
			most.length &&
				doc.when_used_up === "Warn" &&
				__("Beyond that it goes on, and its owner is told."),
		].filter(Boolean);
	}

	function together(doc) {
		return [
			doc.combination === "Exclusive" && __("Nothing else is taken off these units."),
			doc.combination === "Compound" && __("It comes on top of other promotions."),
			doc.promotion_group &&
				__("Of the group {0}, only one counts in a document.", [
					bold(doc.promotion_group),
				]),
		].filter(Boolean);
	}
})();
