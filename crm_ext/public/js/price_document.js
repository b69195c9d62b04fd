// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// Selling documents: what a new customer does to the prices, and the approval of prices below the floor.

(() => {
	frappe.provide("crm_ext.prices");

	const API = "crm_ext.pricing.approvals_api.";
	const FOLLOWS_FOR = 10000;
	const LEFT_ALONE = [
		"is_return",
		"is_debit_note",
		"is_internal_customer",
		"ignore_pricing_rule",
	];

	/** Wire one kind of document; `changes` are its fields that prices depend on and ERPNext does not know of. */
	crm_ext.prices.setup_document = (doctype, changes) => {
		frappe.ui.form.on(doctype, {
			customer: watch_prices,
			party_name: watch_prices,
			transaction_date: follow_date,
			posting_date: follow_date,
			refresh: show_banner,
			...Object.fromEntries(changes.map((field) => [field, reprice])),
		});
		frappe.ui.form.on(`${doctype} Item`, { price_list_rate: tell_soon });
	};

	/** ERPNext asks for prices after a new date only where the exchange rate is new; ours may have an end. */
	function follow_date(frm) {
		if (frm.doc.items?.some((row) => row.crm_ext_price_steps)) {
			setTimeout(() => frappe.after_ajax(() => reprice(frm)));
		}
	}

	/** Have ERPNext price the rows again to which nobody gave a price: not the agreed, the typed, the locked ones. */
	async function reprice(frm) {
		crm_ext.promotions.take_off_all(frm);
		const names = (frm.doc.items || [])
			.filter((row) => follows(frm, row))
			.map((row) => row.name);
		if (
			!names.length ||
			frm.doc.docstatus !== 0 ||
			LEFT_ALONE.some((field) => frm.doc[field])
		) {
			return;
		}
		const args = frm.cscript._get_args();
		args.items = args.items.filter((item) => names.includes(item.name));
		const { message } = await frm.call({
			method: "erpnext.stock.get_item_details.apply_price_list",
			args: { args, doc: frm.doc },
		});
		frm.cscript._set_values_for_item_list(message.children);
	}

	const follows = (frm, row) =>
		row.item_code &&
		!row.crm_ext_price_locked &&
		!row.is_free_item &&
		!frm.cscript.is_a_mapped_document?.(row) &&
		(row.pricing_rules || flt(row.rate) === flt(row.price_list_rate));

	/** Remember the prices of the customer before; those that ERPNext then fetches are compared with them. */
	function watch_prices(frm) {
		const priced = (frm.doc.items || []).filter((row) => row.crm_ext_price_steps);
		frm.crm_ext_watched = priced.length
			? {
					until: Date.now() + FOLLOWS_FOR,
					prices: new Map(priced.map((row) => [row.name, row.rate])),
				}
			: null;
	}

	const tell_soon = (frm) => {
		if (frm.crm_ext_watched?.until > Date.now()) {
			clearTimeout(frm.crm_ext_watched.timer);
			frm.crm_ext_watched.timer = setTimeout(() => tell(frm), 700);
		}
	};

	function tell(frm) {
		const prices = frm.crm_ext_watched?.prices; // none, if the form shows another document by now
		const changed = (frm.doc.items || []).filter(
			(row) => prices?.has(row.name) && prices.get(row.name) !== row.rate
		);
		frm.crm_ext_watched = null;
		if (changed.length) {
			frappe.show_alert({
				message:
					changed.length === 1
						? __("Prices follow the new customer: 1 line changed.")
						: __("Prices follow the new customer: {0} lines changed.", [
								changed.length,
							]),
				indicator: "blue",
			});
		}
	}

	/** Where the prices of the document stand against the floor, and what may be done about it. */
	async function show_banner(frm) {
		frm.layout.wrapper.children(".crm-ext-price-banner").remove();
		const standing = frm.doc.crm_ext_price_approval;
		if (!standing || frm.is_new() || frm.doc.docstatus !== 0) {
			return;
		}
		const { name } = frm.doc;
		const approval = standing === "Below Floor" ? null : await latest_approval(frm);
		if (frm.doc.name !== name || frm.doc.crm_ext_price_approval !== standing) {
			return;
		}
		const [colour, text] = words(frm, standing, approval || {});
		const banner = $(`<div class="crm-ext-price-banner" role="status">
			${crm_ext.ui.pill(__(standing, null, "Price Approval"), colour)}<p>${text}</p></div>`);
		for (const [label, action] of buttons(frm, standing, approval)) {
			$(`<button type="button" class="btn btn-default btn-sm"></button>`)
				.text(label)
				.on("click", action)
				.appendTo(banner);
		}
		frm.layout.wrapper.children(".crm-ext-price-banner").remove();
		frm.layout.page.before(banner);
	}

	async function latest_approval(frm) {
		if (!frappe.model.can_read("Price Approval")) {
			return null;
		}
		const [found] = await frappe.db.get_list("Price Approval", {
			filters: { reference_doctype: frm.doctype, reference_name: frm.doc.name },
			fields: ["name", "status", "reason", "requested_by", "decided_by", "decision_note"],
			order_by: "creation desc",
			limit: 1,
		});
		return found;
	}

	function words(frm, standing, approval) {
		const { escape } = crm_ext.ui;
		const who = (user) => escape(frappe.user_info(user).fullname || user);
		const note = approval.decision_note ? ` “${escape(approval.decision_note)}”` : "";
		switch (standing) {
			case "Below Floor":
				return ["orange", below_floor(frm)];
			case "Requested":
				return [
					"blue",
					approval.name
						? __("{0} has asked for approval of these prices: “{1}”", [
								who(approval.requested_by),
								escape(approval.reason),
							])
						: __("Approval of these prices has been requested."),
				];
			case "Approved":
				return [
					"green",
					approval.decided_by
						? __("{0} has approved the prices below the floor.", [
								who(approval.decided_by),
							]) + note
						: __("The prices below the floor are approved."),
				];
		}
		return [
			"red",
			(approval.decided_by
				? __("{0} has rejected these prices.", [who(approval.decided_by)]) + note
				: __("These prices were rejected.")) +
				` ${__("Raise them, or ask again with a new reason.")}`,
		];
	}

	function below_floor(frm) {
		const rows = frm.doc.items.filter((row) => row.crm_ext_below_floor);
		const items = rows
			.slice(0, 3)
			.map((row) => crm_ext.ui.escape(row.item_name || row.item_code).bold());
		const more = rows.length - items.length;
		return __(
			"Below the price floor: {0}. The draft is saved; submitting it needs an approval.",
			[items.join(", ") + (more > 0 ? ` ${__("and {0} more", [more])}` : "")]
		);
	}

	function buttons(frm, standing, approval) {
		const again = () => frm.reload_doc();
		const found = [];
		if (["Below Floor", "Rejected"].includes(standing) && frm.perm[0]?.write) {
			found.push([__("Request Price Approval"), () => request(frm, again)]);
		}
		if (approval && standing === "Requested") {
			found.push(...crm_ext.prices.decision_buttons(approval, again));
		}
		if (approval) {
			found.push([
				__("Open Request"),
				() => frappe.set_route("Form", "Price Approval", approval.name),
			]);
		}
		return found;
	}

	function request(frm, done) {
		if (frm.is_dirty()) {
			frappe.show_alert({ message: __("Save the document first."), indicator: "orange" });
			return;
		}
		prompt(
			__("Request Price Approval"),
			__("Reason"),
			__("Request", null, "CRM Ext"),
			true,
			(reason) =>
				frappe
					.xcall(`${API}request`, { doctype: frm.doctype, name: frm.doc.name, reason })
					.then(done)
		);
	}

	/** [label, action] of what this user may do with an open request. */
	crm_ext.prices.decision_buttons = (approval, done) => {
		const own = approval.requested_by === frappe.session.user;
		const decide = (decision, title, verb, reqd) => () =>
			prompt(title, __("Note"), verb, reqd, (note) =>
				frappe
					.xcall(`${API}decide`, { approval: approval.name, decision, note })
					.then(done)
			);
		const may_decide =
			frappe.user.has_role("Price Override") &&
			(!own || frappe.session.user === "Administrator");
		return [
			may_decide && [
				__("Approve"),
				decide("Approved", __("Approve These Prices"), __("Approve"), false),
			],
			may_decide && [
				__("Reject"),
				decide("Rejected", __("Reject These Prices"), __("Reject"), true),
			],
			own && [
				__("Withdraw", null, "CRM Ext"),
				() => frappe.xcall(`${API}withdraw`, { approval: approval.name }).then(done),
			],
		].filter(Boolean);
	};

	function prompt(title, label, verb, reqd, act) {
		frappe.prompt(
			[{ fieldname: "text", fieldtype: "Small Text", label, reqd }],
			({ text }) => act(text || ""),
			title,
			verb
		);
	}
})();
