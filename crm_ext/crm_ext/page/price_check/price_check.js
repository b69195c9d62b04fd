// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// price-check?customer=…&date=…&lines=[["ITEM",10,"Box"],…]: what a basket costs, and why. With b_customer=…,
// b_date=… and so on it is compared with another customer, day or point of sale.

class PriceCheckPage {
	constructor(wrapper) {
		this.page = frappe.ui.make_app_page({
			parent: wrapper,
			title: __("Price Check"),
			single_column: true,
		});
		crm_ext.ui.style();
		crm_ext.prices.style();
		crm_ext.promotions.style();
		this.ask_soon = frappe.utils.debounce(() => this.ask(), 120);
		this.opened = new Set();
		this.main = $(`<div class="crm-ext-check">
			<p class="crm-ext-check-print"></p>
			<div class="crm-ext-sides"></div>
			<p class="crm-ext-check-error" role="alert" hidden></p>
			<table class="crm-ext-table crm-ext-check-table"><thead></thead><tfoot></tfoot></table>
			<div class="crm-ext-check-promotions"></div>
			<p class="crm-ext-check-notes"></p>
		</div>`).appendTo(this.page.main);
		const sides = this.main.find(".crm-ext-sides");
		this.left = new crm_ext.prices.Side(sides, __("Price For"), () => this.ask_soon());
		this.right = new crm_ext.prices.Side(sides, __("Compared With"), () => this.ask_soon());
		this.table = this.main.find("table");
		this.basket = new crm_ext.prices.CheckBasket(this.table, {
			on_change: () => this.ask_soon(),
		});
		this.table.on("click", ".crm-ext-line-answer", ({ currentTarget }) =>
			this.toggle($(currentTarget).closest("tbody").data("key").toString())
		);
		this.add_buttons();
	}

	add_buttons() {
		this.page.set_primary_action(__("Compare"), () => this.compare(!this.comparing));
		this.page.add_menu_item(__("Show All Reasons"), () => this.open_all());
		this.page.add_menu_item(__("Print"), () => window.print());
		this.page.add_menu_item(__("Customer Price List"), () =>
			frappe.set_route("query-report", "Customer Price List", this.left.values())
		);
		this.page.add_menu_item(__("Clear", null, "CRM Ext"), () => this.put({}));
	}

	/** Each time the page comes up: what the address asks for, else what was there. */
	async open() {
		const wanted = frappe.route_options || {};
		frappe.route_options = null;
		if (Object.keys(wanted).length || !this.basket.rows.length) {
			await this.put(wanted);
		}
	}

	/** Fill in a whole question, as the address has it. */
	async put(wanted) {
		const of = (prefix) =>
			Object.fromEntries(
				crm_ext.prices.ASKED.map((name) => [name, wanted[prefix + name]]).filter(
					([name, value]) => value && (name !== "date" || DAY.test(value))
				)
			);
		const usual = {
			company: frappe.defaults.get_user_default("Company"),
			date: frappe.datetime.get_today(),
		};
		await this.left.put({ ...usual, ...of("") });
		const other = of("b_");
		await this.right.put({ ...usual, ...other });
		this.opened.clear();
		this.basket.put(lines_of(wanted.lines));
		this.set_comparing(Object.keys(other).length > 0);
		await this.ask();
	}

	set_comparing(comparing) {
		this.comparing = comparing;
		this.main.toggleClass("is-comparing", comparing);
		this.page.btn_primary.text(comparing ? __("Stop Comparing") : __("Compare"));
	}

	/** Set a second side beside the first one: the same, until something is changed. */
	async compare(comparing) {
		if (comparing) {
			await this.right.put(this.left.values());
		}
		this.set_comparing(comparing);
		await this.ask();
		if (comparing) {
			this.right.controls.customer?.set_focus();
		}
	}

	query() {
		const lines = this.basket.lines();
		return {
			left: { ...this.left.values(), lines },
			right: this.comparing ? { ...this.right.values(), lines } : null,
		};
	}

	async ask() {
		const query = this.query();
		this.left.set_apart(this.comparing ? this.right : null);
		this.right.set_apart(this.comparing ? this.left : null);
		this.keep_in_address(query);
		this.asked = JSON.stringify(query);
		if (!query.left.lines.length || !query.left.company) {
			this.table.removeClass("is-waiting");
			this.main.find(".crm-ext-check-error").prop("hidden", true);
			this.show(null);
			return;
		}
		this.table.addClass("is-waiting");
		const { asked } = this;
		const [answer, fault] = await call("compare", query);
		if (asked === this.asked) {
			this.table.removeClass("is-waiting");
			this.main.find(".crm-ext-check-error").prop("hidden", !fault).html(fault);
			this.show(answer);
		}
	}

	keep_in_address({ left, right }) {
		const { lines, ...about } = left;
		const address = new URLSearchParams(about);
		for (const [name, value] of Object.entries(right || {})) {
			if (name !== "lines") {
				address.set(`b_${name}`, value);
			}
		}
		if (lines.length) {
			address.set(
				"lines",
				JSON.stringify(
					lines.map(({ item_code, qty, uom }) => [item_code, qty, ...(uom ? [uom] : [])])
				)
			);
		}
		window.history.replaceState(
			window.history.state,
			"",
			`${window.location.pathname}?${address}`
		);
	}

	show(answer) {
		this.answer = answer;
		this.table.find(".crm-ext-line-answer, .crm-ext-line-detail").remove();
		this.table.find("thead").html(crm_ext.prices.check_head(answer));
		this.table.find("tfoot").html(answer ? crm_ext.prices.check_foot(answer) : "");
		this.main
			.find(".crm-ext-check-notes")
			.html(answer ? crm_ext.prices.check_notes(answer) : "");
		this.main
			.find(".crm-ext-check-promotions")
			.html(answer ? crm_ext.prices.check_promotions(answer) : "");
		this.main.find(".crm-ext-check-print").html(
			[this.left, this.comparing && this.right]
				.filter(Boolean)
				.map((side) => `<span>${crm_ext.ui.escape(side.text())}</span>`)
				.join("")
		);
		for (const line of answer?.lines || []) {
			this.show_line(line);
		}
	}

	show_line(line) {
		const row = this.basket.row(line.key);
		if (!row) {
			return;
		}
		this.basket.offer(row, line.uoms);
		row.select.val(line.uom);
		row.body.find(".crm-ext-line-name").html(crm_ext.prices.check_name(line, this.answer));
		row.body
			.toggleClass("is-different", Boolean(line.difference))
			.find(".crm-ext-line-main")
			.append(crm_ext.prices.check_cells(line, this.answer));
		if (this.opened.has(line.key)) {
			this.unfold(line, row);
		}
	}

	toggle(key) {
		const row = this.basket.row(key);
		if (this.opened.delete(key)) {
			row.body.find(".crm-ext-line-detail").remove();
			row.body.removeClass("is-open").find("[aria-expanded]").attr("aria-expanded", "false");
			return;
		}
		this.opened.add(key);
		this.unfold(this.line(key), row);
		this.show_ladder(key, row);
	}

	line(key) {
		return this.answer.lines.find((line) => line.key === key);
	}

	unfold(line, row) {
		row.body.addClass("is-open").find("[aria-expanded]").attr("aria-expanded", "true");
		row.body.append(
			`<tr class="crm-ext-line-detail"><td colspan="8">${crm_ext.prices.check_reasons(
				line,
				this.answer
			)}</td></tr>`
		);
	}

	/** What other quantities would cost, for each side that has such prices. */
	async show_ladder(key, row) {
		const { asked, answer } = this;
		const query = this.query();
		const ladders = await Promise.all(
			[query.left, query.right]
				.filter(Boolean)
				.map((basket) => call("ladder", { basket, key }))
		);
		if (asked !== this.asked || !this.opened.has(key)) {
			return;
		}
		row.body.find(".crm-ext-reasons > div").each((place, element) => {
			const [rungs] = ladders[place];
			const side = place ? answer.right : answer.left;
			$(element).append(crm_ext.prices.ladder_html(rungs || [], side, this.line(key).uom));
		});
	}

	open_all() {
		for (const line of this.answer?.lines || []) {
			if (!this.opened.has(line.key)) {
				this.opened.add(line.key);
				this.unfold(line, this.basket.row(line.key));
			}
		}
	}
}

/** What Frappe's date field takes; of anything else it tells as HTML. */
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The lines of the address: JSON, or what Frappe has made of it. */
function lines_of(given) {
	let lines = given || [];
	if (typeof lines === "string") {
		try {
			lines = JSON.parse(lines);
		} catch {
			lines = [];
		}
	}
	return (Array.isArray(lines) ? lines : [])
		.filter(([item_code]) => item_code)
		.map(([item_code, qty, uom]) => ({ item_code, qty: flt(qty) || 1, uom: uom || "" }));
}

/** [answer, ""], or [null, what is wrong]: a mistake while typing is no reason for a dialog. */
function call(method, args) {
	return new Promise((resolve) => {
		frappe.call({
			method: `crm_ext.pricing.check_api.${method}`,
			args,
			silent: true,
			callback: ({ message }) => resolve([message, ""]),
			error: (answer) => resolve([null, faults(answer)]),
		});
	});
}

function faults(answer) {
	const told = JSON.parse(answer?._server_messages || "[]").map(
		(message) => JSON.parse(message).message
	);
	return told.join("<br>") || __("The prices could not be asked for.");
}

frappe.pages["price-check"].on_page_load = (wrapper) => {
	wrapper.price_check = new PriceCheckPage(wrapper);
};

frappe.pages["price-check"].on_page_show = (wrapper) => wrapper.price_check.open();
