// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// What a person does with a customer's tags: give, remove, look back, refresh.

(() => {
	frappe.provide("crm_ext.tags");

	const TAG_API = "crm_ext.tags.api.";

	crm_ext.tags.give = (customer, done) => {
		const dialog = new frappe.ui.Dialog({
			title: __("Give Tag"),
			fields: [
				{
					fieldname: "tag",
					label: __("Tag"),
					fieldtype: "Link",
					options: "Customer Tag",
					reqd: 1,
					only_select: true,
					get_query: () => ({ filters: { status: "Active" } }),
					onchange: () => crm_ext.tags.ask_company(dialog),
				},
				{
					fieldname: "company",
					label: __("Company"),
					fieldtype: "Link",
					options: "Company",
					hidden: 1,
					description: __("Tags of this group are held per company."),
				},
				{
					fieldname: "reason",
					label: __("Reason"),
					fieldtype: "Small Text",
					reqd: 1,
					description: __("Everybody who asks why will read it."),
				},
				{
					fieldname: "until",
					label: __("Valid Until"),
					fieldtype: "Date",
					description: __("The last day on which the tag holds. Empty: without end."),
				},
				{
					fieldname: "lock",
					label: __("Lock against Rules"),
					fieldtype: "Check",
					description: __("Rules neither take the tag away nor replace it."),
				},
			],
			primary_action_label: __("Give Tag"),
			primary_action(values) {
				dialog.disable_primary_action();
				frappe
					.xcall(`${TAG_API}assign`, { customer, ...values })
					.then(() => {
						dialog.hide();
						frappe.show_alert({
							message: __("The customer now has the tag {0}.", [
								crm_ext.ui.escape(__(values.tag, null, "Tag")).bold(),
							]),
							indicator: "green",
						});
						done();
					})
					.catch(() => dialog.enable_primary_action());
			},
		});
		dialog.show();
		return dialog;
	};

	/** Show the company field when the chosen tag's group is evaluated per company. */
	crm_ext.tags.ask_company = async (dialog) => {
		const tag = dialog.get_value("tag");
		const group =
			tag &&
			(await frappe.db.get_value("Customer Tag", tag, "tag_group")).message?.tag_group;
		const scope =
			group &&
			(await frappe.db.get_value("Customer Tag Group", group, "scope")).message?.scope;
		const per_company = scope === "Per company";
		dialog.set_df_property("company", "hidden", per_company ? 0 : 1);
		dialog.set_df_property("company", "reqd", per_company ? 1 : 0);
		if (!per_company) {
			dialog.set_value("company", "");
		}
	};

	/** Ask for the reason and remove one of the tags held. */
	crm_ext.tags.remove = (customer, held, chosen, done) => {
		const label = (one) =>
			one.company
				? `${__(one.tag, null, "Tag")} (${one.company})`
				: __(one.tag, null, "Tag");
		const dialog = new frappe.ui.Dialog({
			title: __("Remove Tag", null, "CRM Ext"),
			fields: [
				{
					fieldname: "assignment",
					label: __("Tag"),
					fieldtype: "Select",
					options: held.map((one) => ({ value: one.assignment, label: label(one) })),
					default: (chosen || held[0]).assignment,
					reqd: 1,
				},
				{
					fieldname: "reason",
					label: __("Reason"),
					fieldtype: "Small Text",
					reqd: 1,
					description: __(
						"If the tag's rule still holds, it gives the tag again at the next refresh."
					),
				},
			],
			primary_action_label: __("Remove Tag", null, "CRM Ext"),
			primary_action(values) {
				const one = held.find((tag) => tag.assignment === values.assignment);
				dialog.disable_primary_action();
				frappe
					.xcall(`${TAG_API}remove`, {
						customer,
						tag: one.tag,
						reason: values.reason,
						company: one.company || "",
					})
					.then(() => {
						dialog.hide();
						frappe.show_alert({
							message: __("{0} is removed.", [crm_ext.ui.escape(label(one)).bold()]),
							indicator: "orange",
						});
						done();
					})
					.catch(() => dialog.enable_primary_action());
			},
		});
		dialog.show();
		return dialog;
	};

	crm_ext.tags.show_history = (customer, title) => {
		const dialog = new frappe.ui.Dialog({
			title: __("Tag History of {0}", [crm_ext.ui.escape(title)]),
			size: "large",
			fields: [{ fieldtype: "HTML", fieldname: "body" }],
		});
		const body = dialog.get_field("body").$wrapper;
		body.html(`<p class="text-muted">${__("Loading…")}</p>`);
		dialog.show();
		frappe
			.xcall(`${TAG_API}history_of`, { customer })
			.then((rows) => {
				body.html(
					rows.length
						? `<ul class="crm-ext-timeline">${rows.map(history_row).join("")}</ul>`
						: crm_ext.ui.failure(__("This customer never had a tag."))
				);
				body.on("click", "a[data-assignment]", (event) => {
					const row = rows.find(
						(one) => one.assignment === event.currentTarget.dataset.assignment
					);
					crm_ext.tags.show_why(row, customer);
					return false;
				});
			})
			.catch(() => body.html(crm_ext.ui.failure(__("The history could not be loaded."))));
		return dialog;
	};

	function history_row(row) {
		const { escape, chip, date, colour } = crm_ext.ui;
		const span = row.until
			? __("{0} to {1}", [date(row.since), date(row.until)])
			: __("since {0}", [date(row.since)]);
		const source = crm_ext.tags.SOURCES()[row.source] || row.source;
		const notes = [
			row.source === "Rule" ? source : [source, row.by].filter(Boolean).join(", "),
			row.company,
			row.reason,
		].filter(Boolean);
		const end = row.until && row.end_reason ? __("Ended: {0}", [__(row.end_reason)]) : "";
		return `<li class="${row.until ? "is-over" : ""}" style="--crm-ext-colour: ${colour(
			row.colour
		)}">
			<div>${chip(row.tag, row.colour)}
				<span class="text-muted ml-2">${escape(__(row.group, null, "Tag"))} · ${escape(span)}</span>
				<a href="#" class="ml-2" data-assignment="${escape(row.assignment)}">${__("Why?")}</a></div>
			<div class="small mt-1">${escape(notes.join(" · "))}</div>
			${end ? `<div class="small text-muted">${escape(end)}</div>` : ""}
		</li>`;
	}

	/** Refresh on the server, then say which tags came and went. */
	crm_ext.tags.refresh = async (customer, before) => {
		frappe.dom.freeze(__("Refreshing figures and tags…"));
		try {
			await frappe.xcall(`${TAG_API}refresh`, { customers: [customer] });
			const after = await frappe.xcall(`${TAG_API}tags_of`, { customer });
			const key = (one) => [one.tag, one.company || ""].join(" ");
			const gone = before.filter((one) => !after.some((other) => key(other) === key(one)));
			const come = after.filter((one) => !before.some((other) => key(other) === key(one)));
			const name = (one) => crm_ext.ui.escape(__(one.tag, null, "Tag")).bold();
			const lines = [
				...come.map((one) => __("Gained {0}", [name(one)])),
				...gone.map((one) => __("Lost {0}", [name(one)])),
			];
			frappe.show_alert(
				{
					message:
						lines.join("<br>") || __("The figures are up to date; no tag changed."),
					indicator: lines.length ? "orange" : "green",
				},
				7
			);
		} finally {
			frappe.dom.unfreeze();
		}
	};
})();
