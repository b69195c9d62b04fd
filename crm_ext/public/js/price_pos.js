// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The point of sale: tiles show the price for the customer, and a second click on a tile finds the row it made,
// whatever its price has become since.

(() => {
	const page = frappe.pages["point-of-sale"];
	const load = page.on_page_load;

	page.on_page_load = function (wrapper) {
		frappe.require("point-of-sale.bundle.js", () => {
			patch(erpnext.PointOfSale);
			load.call(this, wrapper);
		});
	};

	function patch(parts) {
		const { Controller, ItemDetails, ItemSelector } = parts;
		crm_ext.promotions.patch_point_of_sale(parts, wrap);
		wrap(ItemSelector, "get_items", function (get_items, args) {
			const customer = this.events.get_frm().doc?.customer;
			return with_arguments({ customer }, () => get_items(args));
		});
		wrap(ItemSelector, "load_items_data", function (load_items_data) {
			this.search_index = {}; // what was found for another customer has the prices of that one
			return load_items_data();
		});
		wrap(Controller, "get_item_from_frm", function (get_item_from_frm, item) {
			const found = get_item_from_frm(item);
			return item.name || found.name ? found : row_priced_since(this.frm, item) || found;
		});
		wrap(Controller, "on_cart_update", function (on_cart_update, args) {
			if (args.field === "rate") {
				crm_ext.prices.typed(this.frm, this.get_item_from_frm(args.item), args.value);
			}
			return on_cart_update(args);
		});
		wrap(ItemDetails, "render_dom", function (render_dom, item) {
			render_dom(item);
			show_why(this, item);
		});
	}

	/** Replace a method by one that is given the method before it, bound. */
	function wrap(owner, name, method) {
		const before = owner.prototype[name];
		owner.prototype[name] = function (...args) {
			return method.call(this, before.bind(this), ...args);
		};
	}

	/** Add arguments to the request that `act` sends before it returns. */
	function with_arguments(more, act) {
		const call = frappe.call;
		frappe.call = (options, ...rest) =>
			call({ ...options, args: { ...options.args, ...more } }, ...rest);
		try {
			return act();
		} finally {
			frappe.call = call;
		}
	}

	/** The row that a click on a tile made before its price changed with the quantity or the customer. */
	function row_priced_since(frm, { item_code, batch_no, uom }) {
		const any_batch = [null, undefined, "null"].includes(batch_no);
		return frm.doc.items.find(
			(row) =>
				row.crm_ext_price_steps &&
				!row.is_free_item &&
				row.item_code === item_code &&
				row.uom === uom &&
				(any_batch || row.batch_no === batch_no)
		);
	}

	/** A quiet link below the price of the item that is being edited. */
	function show_why(details, item) {
		details.$component.find(".crm-ext-pos-why").remove();
		const row = locals[item.doctype]?.[item.name];
		if (row?.crm_ext_price_steps) {
			$(`<button type="button" class="btn btn-link btn-xs p-0 crm-ext-pos-why"></button>`)
				.text(__("Why This Price"))
				.on("click", () => crm_ext.prices.show_why(details.events.get_frm(), row))
				.insertAfter(details.$item_price);
		}
	}
})();
