// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// “Import”: a file of rates is chosen, checked without writing anything, and brought in if no line is faulty.

(() => {
	frappe.provide("crm_ext.pricing");

	const UNDER_WAY = ["Checking", "Importing"];
	const LOOK_EVERY = 700;
	const SHOWN = 200;

	/** Ask for a file of rates for a matrix; `done()` is called once they are in. */
	crm_ext.pricing.import_rates = (matrix, done) => {
		crm_ext.pricing.style();
		const dialog = new frappe.ui.Dialog({
			title: __("Import Rates into {0}", [crm_ext.ui.escape(matrix)]),
			size: "large",
			fields: [
				{
					fieldname: "file",
					label: __("File"),
					fieldtype: "Attach",
					options: { restrictions: { allowed_file_types: [".csv", ".xlsx"] } },
					description: __("CSV or XLSX, with a line of headings."),
					onchange: () => begin_again(dialog),
				},
				{ fieldtype: "Column Break" },
				{
					fieldname: "mode",
					label: __("Mode"),
					fieldtype: "Select",
					options: ["Add and Update", "Replace All"].map((value) => ({
						value,
						label: __(value, null, "Price Matrix Import"),
					})),
					default: "Add and Update",
					onchange: () => begin_again(dialog),
				},
				{ fieldtype: "Section Break" },
				{ fieldname: "body", fieldtype: "HTML" },
			],
		});
		dialog.matrix = matrix;
		dialog.done = done;
		begin_again(dialog);
		dialog.show();
	};

	const body = (dialog) => dialog.get_field("body").$wrapper;

	/** Another file, another mode: it is checked at once, as that writes nothing. */
	function begin_again(dialog) {
		const { file, mode } = dialog.get_values(true) || {};
		const chosen = `${file} ${mode}`;
		if (dialog.chosen === chosen) {
			return;
		}
		dialog.chosen = chosen;
		if (file) {
			check(dialog, file, mode);
			return;
		}
		body(dialog).html(
			`<p class="text-muted">${
				mode === "Replace All"
					? __(
							"Rates that are not in the file will be deleted. The check says how many."
						)
					: __("Rates that the file does not name stay as they are.")
			}</p>`
		);
		offer(dialog, __("Choose File"), () => choose(dialog));
	}

	const choose = (dialog) => dialog.get_field("file").on_attach_click();

	function offer(dialog, label, action) {
		dialog.set_primary_action(label, action);
		dialog.enable_primary_action();
	}

	async function check(dialog, file_url, mode) {
		const state = await run(dialog, "import_file", {
			matrix: dialog.matrix,
			file_url,
			mode,
			dry_run: 1,
		});
		if (state?.status !== "Checked" || state.faulty) {
			offer(dialog, __("Choose Another File"), () => choose(dialog));
		} else if (state.added + state.updated + state.removed) {
			offer(dialog, __("Import"), () => bring_in(dialog));
		} else {
			offer(dialog, __("Close"), () => dialog.hide());
		}
	}

	async function bring_in(dialog) {
		const state = await run(dialog, "run_import", { name: dialog.checked, dry_run: 0 });
		if (state?.status === "Imported") {
			dialog.done();
			offer(dialog, __("Close"), () => dialog.hide());
		} else {
			offer(dialog, __("Choose Another File"), () => choose(dialog));
		}
	}

	/** Start the work and follow it to its end; returns its last state. */
	async function run(dialog, method, args) {
		dialog.disable_primary_action();
		show_progress(dialog, null);
		try {
			const answer = await frappe.xcall(`crm_ext.pricing.rates_api.${method}`, args);
			dialog.checked = answer.import;
			const state = await follow(dialog);
			body(dialog).html(crm_ext.pricing.import_html(state));
			return state;
		} catch {
			body(dialog).html(crm_ext.ui.failure(__("The file could not be read.")));
			return null;
		}
	}

	async function follow(dialog) {
		for (;;) {
			const state = await frappe.xcall("crm_ext.pricing.desk.import_state", {
				name: dialog.checked,
			});
			if (!UNDER_WAY.includes(state.status)) {
				return state;
			}
			show_progress(dialog, state);
			await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
		}
	}

	function show_progress(dialog, state) {
		const percent = state?.percent;
		const words =
			state?.status === "Importing"
				? __("Importing. You may close this window; the work goes on.")
				: __("Checking. Nothing is written.");
		body(dialog)
			.html(`<div class="crm-ext-progress ${percent ? "" : "is-waiting"}" role="progressbar"
			aria-valuenow="${percent || 0}"><span style="width: ${percent || 30}%"></span></div>
			<p class="text-muted">${words}</p>`);
	}

	/** What an import did, or would do, with its faulty lines. */
	crm_ext.pricing.import_html = (state) => {
		const { escape } = crm_ext.ui;
		return `<p class="crm-ext-lead">${verdict(state)}</p>
			${state.message ? `<p class="crm-ext-error">${escape(state.message)}</p>` : ""}
			${state.lines ? cards_html(state) : ""}
			${state.errors.length ? crm_ext.pricing.errors_html(state.errors) : ""}`;
	};

	function verdict(state) {
		if (state.status === "Failed") {
			return __("Nothing was imported.");
		}
		if (state.faulty) {
			return __("Nothing can be imported before these lines are put right in the file.");
		}
		if (!(state.added + state.updated + state.removed)) {
			return __("The file has nothing new: all its rates are there already.");
		}
		return state.status === "Imported"
			? __("The rates are imported.")
			: __("The file is sound. Nothing was written yet.");
	}

	function cards_html(state) {
		const { number } = crm_ext.ui;
		const good = "var(--green-600, #16a34a)";
		const bad = "var(--red-600, #dc2626)";
		const tone = (value, colour) => (value && !state.faulty ? colour : undefined);
		const [added, updated, removed] =
			state.status === "Imported"
				? [
						__("Added", null, "Price Matrix Import"),
						__("Updated", null, "Price Matrix Import"),
						__("Removed", null, "Price Matrix Import"),
					]
				: [__("To Be Added"), __("To Be Updated"), __("To Be Removed")];
		return crm_ext.ui.cards([
			[added, number(state.added), [], tone(state.added, good)],
			[updated, number(state.updated)],
			[__("Unchanged", null, "Price Matrix Import"), number(state.unchanged)],
			state.mode === "Replace All" && [
				removed,
				number(state.removed),
				[],
				tone(state.removed, bad),
			],
			[__("Faulty Lines"), number(state.faulty), [], state.faulty ? bad : undefined],
		]);
	}

	/** Faulty lines as a table: [{idx, fieldname, message}]. */
	crm_ext.pricing.errors_html = (errors) => {
		const { escape, heading, number } = crm_ext.ui;
		const rows = errors
			.slice(0, SHOWN)
			.map(
				({ idx, message }) =>
					`<tr><td class="is-number" style="width: 70px">${number(idx)}</td><td>${escape(
						message
					)}</td></tr>`
			);
		return `${heading(__("Faulty Lines"))}<table class="crm-ext-table"><thead><tr>
			<th class="is-number">${__("Line", null, "Price Matrix Import")}</th><th>${__("What Is Wrong")}</th></tr></thead>
			<tbody>${rows.join("")}</tbody></table>${crm_ext.ui.first_of(SHOWN, errors.length)}`;
	};
})();
