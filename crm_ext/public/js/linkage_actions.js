// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The actions of a Linkage Rule: a numbered list to drag, and a dialog built from what an action asks for.

(() => {
	frappe.provide("crm_ext.linkage");

	const LAYOUT = ["Section Break", "Column Break", "HTML"];

	/** Put the list in the place of the table, which would show parameters as JSON. */
	crm_ext.linkage.setup_actions = async (frm) => {
		const { actions } = await crm_ext.linkage.catalogue();
		const field = frm.fields_dict.actions;
		// Frappe begins a new document with an empty row of what is mandatory
		frm.doc.actions = (frm.doc.actions || []).filter((row) => row.action);
		field.grid.wrapper.find(".form-grid-container, .grid-heading-row").hide();
		field.grid.wrapper.find(".grid-footer, .grid-buttons").addClass("hidden");
		field.$wrapper.children(".crm-ext-actions").remove();
		const list = $(actions_html(frm, actions)).appendTo(field.$wrapper);
		if (may_edit(frm)) {
			listen(frm, list);
		}
		crm_ext.linkage.show_sentence(frm);
	};

	const may_edit = (frm) => Boolean(frm.perm[0]?.write) && !frm.read_only;

	function actions_html(frm, actions) {
		const rows = frm.doc.actions || [];
		const editable = may_edit(frm);
		const empty = `<p class="crm-ext-empty">${__(
			"No actions yet. Add what shall happen, in the order in which it shall happen."
		)}</p>`;
		return `<div class="crm-ext-actions">
			${rows.length ? "" : empty}
			<ol>${rows.map((row) => row_html(row, actions.get(row.action), editable)).join("")}</ol>
			${
				editable
					? `<button type="button" class="btn btn-xs btn-secondary" data-do="add">${__(
							"Add Action"
						)}</button>`
					: ""
			}
		</div>`;
	}

	function row_html(row, action, editable) {
		const { escape, pill } = crm_ext.ui;
		const label = action ? action.label : __(row.action || "…", null, "CRM Ext");
		const mark = !action
			? pill(__("Not Available"), "red")
			: action.external
				? pill(__("Leaves the Site"), "gray")
				: "";
		return `<li class="crm-ext-action" data-name="${escape(row.name)}">
			${editable ? `<span class="crm-ext-handle" title="${__("Drag")}">${frappe.utils.icon("drag", "xs")}</span>` : ""}
			<span class="crm-ext-number">${row.idx}</span>
			<${editable ? 'button type="button" data-do="edit"' : "div"} class="crm-ext-action-text">
				<b>${escape(label)}</b> ${mark}
				<span>${escape(row.summary || "")}</span>
			</${editable ? "button" : "div"}>
			${
				editable
					? `<button type="button" class="btn btn-xs crm-ext-remove" data-do="remove"
						aria-label="${__("Remove")}" title="${__("Remove")}">${frappe.utils.icon("close", "sm")}</button>`
					: ""
			}
		</li>`;
	}

	function listen(frm, list) {
		const row_of = (element) =>
			(frm.doc.actions || []).find(
				(row) => row.name === $(element).closest("[data-name]").attr("data-name")
			);
		list.on("click", "[data-do]", (event) => {
			const what = event.currentTarget.dataset.do;
			const row = row_of(event.currentTarget);
			if (what === "remove") {
				set_order(
					frm,
					frm.doc.actions.filter((one) => one !== row)
				);
			} else {
				edit(frm, row);
			}
		});
		list.on("keydown", "[data-do=edit]", (event) => {
			const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
			if (event.altKey && step) {
				event.preventDefault();
				move(frm, row_of(event.currentTarget), step);
			}
		});
		window.Sortable?.create(list.children("ol")[0], {
			handle: ".crm-ext-handle",
			animation: 120,
			onEnd: () =>
				set_order(
					frm,
					list
						.find("[data-name]")
						.toArray()
						.map((element) => row_of(element))
				),
		});
	}

	async function move(frm, row, step) {
		const rows = [...frm.doc.actions];
		const from = rows.indexOf(row);
		const to = Math.max(0, Math.min(rows.length - 1, from + step));
		rows.splice(to, 0, ...rows.splice(from, 1));
		await set_order(frm, rows);
		frm.fields_dict.actions.$wrapper
			.find(`[data-name="${row.name}"] [data-do=edit]`)
			.trigger("focus");
	}

	function set_order(frm, rows) {
		for (const gone of frm.doc.actions.filter((row) => !rows.includes(row))) {
			frappe.model.clear_doc(gone.doctype, gone.name);
		}
		frm.doc.actions = rows;
		rows.forEach((row, n) => (row.idx = n + 1));
		frm.dirty();
		frm.refresh_field("actions");
		return crm_ext.linkage.setup_actions(frm);
	}

	/** The dialog of one action; without a row, of a new one. */
	async function edit(frm, row) {
		const { actions } = await crm_ext.linkage.catalogue();
		const dialog = new frappe.ui.Dialog({
			title: row ? __("Action {0}", [row.idx]) : __("Add Action"),
			fields: [
				{
					fieldname: "action",
					label: __("Action", null, "CRM Ext"),
					fieldtype: "Select",
					options: ["", ...options_of(actions, row)],
					reqd: 1,
					onchange: () => ask(dialog, actions.get(dialog.get_value("action")), row),
				},
				{ fieldname: "parameters", fieldtype: "HTML" },
			],
			primary_action_label: row ? __("Apply") : __("Add"),
			primary_action: () => apply(frm, dialog, row),
		});
		dialog.show();
		if (row) {
			dialog.set_value("action", row.action);
		}
	}

	function options_of(actions, row) {
		const options = [...actions.values()].map(({ name, label }) => ({ value: name, label }));
		if (row && !actions.has(row.action)) {
			options.push({
				value: row.action,
				label: __("{0} (not available)", [__(row.action, null, "CRM Ext")]),
			});
		}
		return options;
	}

	/** Fill the lower part of the dialog with the fields of the chosen action. */
	async function ask(dialog, action, row) {
		if (dialog.asked === action) {
			return;
		}
		dialog.asked = action;
		const wrapper = dialog.get_field("parameters").$wrapper.empty();
		dialog.parameters = null;
		if (!action) {
			return;
		}
		const known = row?.action === action.name ? JSON.parse(row.parameters || "{}") : null;
		if (action.external) {
			wrapper.append(
				`<p class="text-muted small">${__(
					"It leaves the site and cannot be undone: it is carried out after all others."
				)}</p>`
			);
		}
		if (!action.parameters.length) {
			wrapper.append(
				`<p class="text-muted">${__("This action asks for nothing more.")}</p>`
			);
		}
		const group = new frappe.ui.FieldGroup({
			fields: action.parameters.map((parameter) => control_of(parameter, known)),
			body: $("<div></div>").appendTo(wrapper),
			is_dialog: true, // else Frappe leaves mandatory_depends_on out
			no_submit_on_enter: true,
		});
		group.make();
		dialog.parameters = group;
		await group.set_values(known || {});
	}

	/** A row that was edited before keeps what is empty empty: its defaults are for new ones. */
	function control_of({ filters, ...parameter }, known) {
		const field = { ...parameter };
		if (known || field.default === "") {
			delete field.default;
		}
		if (field.fieldtype === "Link") {
			field.only_select = true;
			field.get_query = () => ({ filters: filters || {} });
		}
		return field;
	}

	async function apply(frm, dialog, row) {
		const action = dialog.get_value("action");
		dialog.parameters?.refresh_dependency(); // Frappe itself waits a moment after a change
		const entered = dialog.parameters?.get_values();
		if (!action || !entered) {
			return;
		}
		const parameters = JSON.stringify(shown_values(dialog.parameters, entered));
		dialog.disable_primary_action();
		try {
			const told = await crm_ext.linkage.call("summary", { action, parameters });
			const target = row || frm.add_child("actions");
			await frappe.model.set_value(target.doctype, target.name, {
				action,
				parameters: JSON.stringify(told.parameters),
				summary: told.summary,
			});
			dialog.hide();
			frm.dirty();
			await crm_ext.linkage.setup_actions(frm);
		} catch {
			dialog.enable_primary_action(); // the server has said what does not work
		}
	}

	/** Without what is empty or does not apply. */
	function shown_values(group, entered) {
		const values = {};
		for (const { df } of Object.values(group.fields_dict)) {
			const value = entered[df.fieldname];
			if (!LAYOUT.includes(df.fieldtype) && !df.hidden_due_to_dependency && value != null) {
				values[df.fieldname] = value;
			}
		}
		return values;
	}
})();
