// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// promotion-board?company=…&shown=Running&promotion=…: what promotions sold, cost and have left of their budget.

class PromotionBoardPage {
	constructor(wrapper) {
		this.page = frappe.ui.make_app_page({
			parent: wrapper,
			title: __("Promotion Board"),
			single_column: true,
		});
		crm_ext.ui.style();
		this.opened = new Set();
		this.main = $(`<div class="crm-ext-board"></div>`).appendTo(this.page.main);
		this.main.on("click", "tr[data-promotion]", ({ currentTarget, target }) => {
			if (!$(target).closest("a").length) {
				this.toggle(currentTarget.dataset);
			}
		});
		this.main.on("click", "[data-list]", ({ currentTarget }) => {
			const { list, filters } = currentTarget.dataset;
			frappe.set_route("List", list, JSON.parse(filters));
			return false;
		});
		this.main.on("click", "[data-result]", ({ currentTarget }) => {
			crm_ext.promotions.show_result(currentTarget.dataset.result, {
				company: currentTarget.dataset.company,
			});
			return false;
		});
		this.main.on("click", "[data-show]", ({ currentTarget }) => {
			this.page.fields_dict.shown.set_value(currentTarget.dataset.show);
		});
		this.add_controls();
	}

	add_controls() {
		const change = () => this.load();
		this.page.set_primary_action(__("New Promotion"), () => frappe.new_doc("Sales Promotion"));
		this.page.btn_primary.toggle(frappe.model.can_create("Sales Promotion"));
		this.page.set_secondary_action(__("Refresh"), change, "refresh");
		this.page.add_field({
			fieldname: "company",
			label: __("All Companies"),
			fieldtype: "Link",
			options: "Company",
			change,
		});
		this.page.add_field({
			fieldname: "shown",
			label: __("Show"),
			fieldtype: "Select",
			options: ["Running", "Observing", "Paused", "Ended"].map((value) => ({
				value,
				label: __(value, null, "CRM Ext"),
			})),
			default: "Running",
			change,
		});
		this.page.add_menu_item(__("Promotion Result"), () =>
			frappe.set_route("query-report", "Promotion Result", this.asked())
		);
	}

	/** Each time the page comes up: what the address asks for, and the figures as they are now. */
	async open() {
		const wanted = frappe.route_options || {};
		frappe.route_options = null;
		for (const name of ["company", "shown"]) {
			if (wanted[name]) {
				this.page.fields_dict[name].value = wanted[name];
				await this.page.fields_dict[name].set_value(wanted[name]);
			}
		}
		await this.load();
		if (wanted.promotion) {
			this.main
				.find("tr[data-promotion]")
				.filter((_no, row) => row.dataset.promotion === wanted.promotion)
				.first()
				.trigger("click")
				.get(0)
				?.scrollIntoView({ block: "center" });
		}
	}

	asked() {
		const { company, shown } = this.page.fields_dict;
		return { company: company.get_value() || "", shown: shown.get_value() || "Running" };
	}

	/** Resolves once the figures that are asked for are shown. */
	load() {
		const asked = this.asked();
		const key = JSON.stringify(asked);
		if (this.waiting !== key) {
			this.waiting = key;
			this.loading = this.fetch(asked, key);
		}
		return this.loading;
	}

	async fetch(asked, key) {
		this.main.addClass("is-waiting");
		const answer = await crm_ext.promotions.call("board_api.board", asked).catch(() => null);
		if (this.waiting !== key) {
			return; // something else was asked for meanwhile
		}
		this.waiting = null;
		this.main.removeClass("is-waiting");
		if (answer) {
			this.show(answer, asked);
		} else {
			this.main.html(crm_ext.ui.failure(__("The figures could not be loaded.")));
		}
	}

	show(answer, asked) {
		this.answer = answer;
		this.main.html(crm_ext.promotions.board_html(answer, asked.shown));
		setTimeout(() => {
			for (const element of this.main.find(".crm-ext-chart")) {
				const sales = answer.companies[element.dataset.company];
				crm_ext.promotions.draw_trend(element, sales, answer.weeks);
			}
		}, 100);
		for (const key of [...this.opened]) {
			this.opened.delete(key);
			this.toggle(JSON.parse(key));
		}
	}

	row({ promotion, company }) {
		return this.main
			.find("tr[data-promotion]")
			.filter(
				(_no, row) =>
					row.dataset.promotion === promotion && row.dataset.company === company
			);
	}

	/** Unfold a promotion in a company, or fold it again: its trend and its last invoices. */
	async toggle({ promotion, company }) {
		const key = JSON.stringify({ promotion, company });
		const row = this.row({ promotion, company });
		if (!row.length) {
			return;
		}
		if (this.opened.delete(key)) {
			row.next(".crm-ext-board-more").remove();
			row.attr("aria-expanded", "false");
			return;
		}
		this.opened.add(key);
		row.attr("aria-expanded", "true");
		const one = this.answer.promotions.find(({ name }) => name === promotion);
		const sales = one.sales.find((other) => other.company === company);
		const more = $(`<tr class="crm-ext-board-more"><td colspan="${row.children().length}">
			${crm_ext.promotions.board_more_html(one, sales)}</td></tr>`).insertAfter(row);
		if (!sales) {
			return;
		}
		crm_ext.promotions.draw_trend(more.find(".crm-ext-trend")[0], sales, this.answer.weeks);
		const invoices = more.find(".crm-ext-board-invoices");
		try {
			const found = await crm_ext.promotions.call("board_api.invoices", {
				promotion,
				company,
			});
			invoices.html(crm_ext.promotions.board_invoices_html(found, sales));
		} catch {
			invoices.html(crm_ext.ui.failure(__("The invoices could not be loaded.")));
		}
	}
}

frappe.pages["promotion-board"].on_page_load = (wrapper) => {
	wrapper.promotion_board = new PromotionBoardPage(wrapper);
};

frappe.pages["promotion-board"].on_page_show = (wrapper) => wrapper.promotion_board.open();
