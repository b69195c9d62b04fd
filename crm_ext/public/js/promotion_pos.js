// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// Promotions at the point of sale: the cart shows what they take off and what they give before anybody pays, and takes
// coupons.

(() => {
	frappe.provide("crm_ext.promotions");

	/** Have the point of sale show promotions; `wrap(owner, method, ours)` as in price_pos.js. */
	crm_ext.promotions.patch_point_of_sale = (
		{ Controller, ItemCart, PastOrderSummary },
		wrap
	) => {
		wrap(ItemCart, "load_invoice", function (load_invoice) {
			const loaded = load_invoice();
			listen();
			show_coupons(this, null);
			crm_ext.promotions.soon(this.events.get_frm());
			return loaded;
		});
		wrap(ItemCart, "render_cart_item", function (render_cart_item, row, element) {
			render_cart_item(row, element);
			mark(this, row);
		});
		wrap(ItemCart, "highlight_checkout_btn", function (highlight_checkout_btn, toggle) {
			highlight_checkout_btn(toggle);
			this.$totals_section.find(".crm-ext-pos-promotions").toggle(toggle);
		});
		wrap(PastOrderSummary, "get_item_html", (get_item_html, doc, row) => {
			const off = row.price_list_rate ? 100 * (1 - row.rate / row.price_list_rate) : 0;
			const discount_percentage = row.discount_percentage || flt(off, 1);
			return get_item_html(doc, { ...row, discount_percentage });
		});
		wrap(Controller, "remove_item_from_cart", function (remove_item_from_cart) {
			const { doctype, name } = this.item_details;
			crm_ext.promotions.decline(this.frm, locals[doctype]?.[name]);
			return remove_item_from_cart();
		});
		wrap(Controller, "save_and_checkout", async function (save_and_checkout) {
			await crm_ext.promotions.settled(this.frm);
			await save_and_checkout();
			show_rows(this.cart, this.frm);
		});
	};

	function listen() {
		const listeners = crm_ext.promotions.on_answer;
		if (!listeners.includes(show)) {
			listeners.push(show);
		}
	}

	function show(frm, answer) {
		if (window.cur_pos?.frm === frm) {
			show_rows(cur_pos.cart, frm);
			show_coupons(cur_pos.cart, answer);
		}
	}

	/** Draw the cart anew: rows came, changed and went without it. */
	function show_rows(cart, frm) {
		const names = new Set(frm.doc.items.map((row) => row.name));
		cart.$cart_items_wrapper.find(".cart-item-wrapper").each((place, element) => {
			if (!names.has(unescape($(element).attr("data-row-name")))) {
				$(element).next(".seperator").remove();
				$(element).remove();
			}
		});
		frm.doc.items.filter((row) => row.item_code).forEach((row) => cart.update_item_html(row));
		cart.update_totals_section(frm);
	}

	/** What a line would cost without its promotion; what a gift costs. */
	function mark(cart, row) {
		const prices = cart.get_cart_item(row).find(".item-rate-amount");
		if (row.crm_ext_promotion) {
			prices.find(".item-rate").text(__("Free", null, "CRM Ext"));
		} else if (flt(row.discount_amount) > 0 && flt(row.qty)) {
			const before = format_currency(
				flt(row.price_list_rate) * flt(row.qty),
				cart.events.get_frm().doc.currency
			);
			prices.append(`<div class="item-amount"><s>${crm_ext.ui.escape(before)}</s></div>`);
		}
	}

	/** Coupons and promotions between the rows and the totals. */
	function show_coupons(cart, answer) {
		const frm = cart.events.get_frm();
		crm_ext.promotions.style();
		cart.$totals_section.find(".crm-ext-pos-promotions").remove();
		const html = crm_ext.promotions.panel_html(
			answer,
			crm_ext.promotions.take_coupons(),
			true
		);
		if (!html) {
			return;
		}
		const panel = $(`<div class="crm-ext-promotions crm-ext-pos-promotions">${html}</div>`)
			.prependTo(cart.$totals_section)
			.toggle(frm.doc.items.length > 0);
		crm_ext.promotions.bind(panel, frm);
	}
})();
