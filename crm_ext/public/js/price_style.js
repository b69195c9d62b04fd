// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// How the sheet of rates looks, in the colours of the theme.

(() => {
	frappe.provide("crm_ext.pricing");

	crm_ext.pricing.style = () => {
		crm_ext.ui.style();
		if (!document.getElementById("crm-ext-pricing-style")) {
			frappe.dom.set_style(STYLE, "crm-ext-pricing-style");
		}
	};

	const STYLE = `
	.crm-ext-book {
		--crm-ext-edge: color-mix(in srgb, var(--subtle-fg, var(--control-bg)) 55%, var(--fg-color));
		--crm-ext-line: var(--border-color); --crm-ext-select: var(--blue-500, #0289f7);
		--crm-ext-wrong: color-mix(in srgb, var(--red-500, #e03636) 82%, var(--text-color)); --crm-ext-changed: var(--yellow-500, #e2a100);
		display: flex; flex-direction: column; gap: 8px; height: max(380px, calc(100vh - 250px));
	}
	.crm-ext-book.is-wide {
		position: fixed; inset: 0; z-index: 1030; height: auto; padding: 14px 16px; background: var(--fg-color);
	}
	.crm-ext-book-tools { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; }
	.crm-ext-book-tools [data-part=search] { width: 220px; flex: 0 1 220px; }
	.crm-ext-book-tools .btn { box-shadow: none; }
	.crm-ext-book-tools [hidden] { display: none; }
	.crm-ext-book-status { flex: 1; display: flex; align-items: center; justify-content: flex-end; gap: 2px; min-height: 28px; }
	.crm-ext-book-status .is-unsaved { font-weight: 500; color: var(--text-color); }
	.crm-ext-book-status .is-unsaved::before {
		content: ""; display: inline-block; width: 7px; height: 7px; margin-right: 7px; border-radius: 50%;
		vertical-align: 1px; background: var(--crm-ext-changed);
	}
	.crm-ext-book-status .btn-link { color: var(--crm-ext-wrong); text-decoration: underline; }
	.crm-ext-book-sheet { flex: 1; min-height: 0; position: relative; }
	.crm-ext-book.is-saving .crm-ext-book-sheet { opacity: 0.55; pointer-events: none; }
	.crm-ext-book-foot {
		display: flex; justify-content: space-between; gap: 20px; min-height: 20px;
		font-size: var(--text-sm); color: var(--text-muted);
	}
	.crm-ext-book-foot span { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
	.crm-ext-book-foot [data-part=complaint] { color: var(--crm-ext-wrong); }
	.crm-ext-sheet {
		position: absolute; inset: 0; overflow: auto; border: 1px solid var(--crm-ext-line);
		border-radius: var(--border-radius-md); background: var(--fg-color); font-size: var(--text-sm);
		overscroll-behavior: contain;
	}
	.crm-ext-sheet-line { display: grid; grid-template-columns: 58px var(--crm-ext-columns); height: 30px; }
	.crm-ext-sheet-head { position: sticky; top: 0; z-index: 6; background: var(--fg-color); }
	.crm-ext-sheet-head .crm-ext-sheet-line { background: var(--crm-ext-edge); }
	.crm-ext-sheet-head .is-bands { height: 24px; color: var(--text-muted); font-size: var(--text-xs); line-height: 24px; text-align: left; }
	.crm-ext-sheet-head .is-bands > div { padding: 0 8px; border-right: 1px solid var(--crm-ext-line); overflow: clip; white-space: nowrap; }
	.crm-ext-sheet-head .is-bands span { position: sticky; left: 66px; }
	.crm-ext-sheet-head .is-labels { height: 26px; }
	.crm-ext-sheet-head button {
		display: flex; gap: 4px; align-items: center; padding: 0 8px; border: 0; background: var(--crm-ext-edge); text-align: left;
		font-weight: 500; color: var(--text-color); border-right: 1px solid var(--crm-ext-line); overflow: hidden;
	}
	.crm-ext-sheet-head button span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
	.crm-ext-sheet-head button.is-Float { justify-content: flex-end; }
	.crm-ext-sheet-head button i { font-style: normal; color: var(--crm-ext-select); }
	.crm-ext-sheet-head button:focus-visible { outline: 2px solid var(--crm-ext-select); outline-offset: -2px; }
	.crm-ext-sheet-head .is-filters { border-bottom: 1px solid var(--crm-ext-line); height: 31px; }
	.crm-ext-sheet-head .is-filters > div { padding: 3px 4px; background: var(--crm-ext-edge); }
	.crm-ext-sheet-head .is-bands > div { background: var(--crm-ext-edge); }
	.crm-ext-sheet-head input {
		width: 100%; height: 100%; padding: 0 6px; border: 1px solid transparent; border-radius: 5px; color: var(--text-color);
		background: color-mix(in srgb, var(--fg-color) 65%, transparent);
	}
	.crm-ext-sheet-head input:hover { border-color: var(--crm-ext-line); }
	.crm-ext-sheet-head input:focus { outline: none; border-color: var(--crm-ext-select); background: var(--fg-color); }
	.crm-ext-sheet-head input:not(:placeholder-shown):not([value=""]) { background: var(--fg-color); border-color: var(--crm-ext-select); }
	.crm-ext-sheet-head .crm-ext-sheet-line > div:first-child { position: sticky; left: 0; z-index: 3; padding: 0; background: var(--crm-ext-edge); border-right: 1px solid var(--crm-ext-line); }
	.crm-ext-sheet-body { position: relative; user-select: none; }
	.crm-ext-sheet-rows { position: absolute; left: 0; right: 0; }
	.crm-ext-sheet-rows .crm-ext-sheet-line > div {
		padding: 0 8px; line-height: 29px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; cursor: cell;
		border-right: 1px solid var(--crm-ext-line); border-bottom: 1px solid var(--crm-ext-line);
		--crm-ext-tint: transparent; --crm-ext-in: transparent;
		background: linear-gradient(var(--crm-ext-in), var(--crm-ext-in)), linear-gradient(var(--crm-ext-tint), var(--crm-ext-tint)), var(--fg-color);
	}
	.crm-ext-sheet .is-stuck { position: sticky; z-index: 2; }
	.crm-ext-sheet :not(.is-stuck) + .is-stuck { border-left: 1px solid var(--crm-ext-line); box-shadow: -6px 0 8px -6px rgb(0 0 0 / 18%); }
	.crm-ext-sheet-rows .crm-ext-sheet-line > .is-in { --crm-ext-in: color-mix(in srgb, var(--crm-ext-select) 13%, transparent); }
	.crm-ext-sheet-rows .is-here { outline: 2px solid color-mix(in srgb, var(--crm-ext-select) 45%, transparent); outline-offset: -2px; }
	.crm-ext-sheet:focus-within .is-here { outline-color: var(--crm-ext-select); }
	.crm-ext-sheet-rows .is-number, .crm-ext-sheet-rows .is-Float { text-align: right; font-variant-numeric: tabular-nums; }
	.crm-ext-sheet-rows .crm-ext-sheet-line > .is-number {
		position: sticky; left: 0; z-index: 3; color: var(--text-muted); font-size: var(--text-xs); cursor: default;
		background: var(--crm-ext-edge);
	}
	.crm-ext-sheet-rows small { margin-left: 4px; color: var(--text-muted); font-size: var(--text-xs); }
	.crm-ext-sheet-rows .crm-ext-sheet-line > .is-changed { --crm-ext-tint: color-mix(in srgb, var(--crm-ext-changed) 18%, transparent); }
	.crm-ext-sheet-rows .is-new > div { --crm-ext-tint: color-mix(in srgb, var(--green-500, #30a66d) 9%, transparent); }
	.crm-ext-sheet-rows .is-new > .is-number { color: var(--green-600, #16a34a); font-weight: 600; }
	.crm-ext-sheet-rows .is-next > .is-number { font-size: var(--text-md); }
	.crm-ext-sheet-rows .is-deleted > div {
		text-decoration: line-through; color: var(--text-muted);
		--crm-ext-tint: color-mix(in srgb, var(--crm-ext-wrong) 9%, transparent);
	}
	.crm-ext-sheet-rows .crm-ext-sheet-line > .is-wrong {
		color: var(--crm-ext-wrong); box-shadow: inset 0 0 0 1.5px var(--crm-ext-wrong);
		--crm-ext-tint: color-mix(in srgb, var(--crm-ext-wrong) 10%, transparent);
	}
	.crm-ext-sheet-rows .is-coming > div:not(.is-number) {
		background: linear-gradient(var(--border-color), var(--border-color)) 8px 50% / 45% 6px no-repeat; opacity: 0.7;
	}
	.crm-ext-sheet.is-asking .crm-ext-sheet-rows { opacity: 0.5; }
	.crm-ext-sheet-input {
		position: absolute; z-index: 4; padding: 0 8px; border: 2px solid var(--crm-ext-select); opacity: 0; pointer-events: none;
		color: var(--text-color); background: var(--fg-color); outline: none;
	}
	.crm-ext-sheet-input.is-open { opacity: 1; pointer-events: auto; box-shadow: var(--shadow-md); }
	.crm-ext-sheet-input.is-right { text-align: right; }
	.crm-ext-sheet-list {
		position: absolute; z-index: 5; max-width: 420px; max-height: 264px; overflow-y: auto; margin: 0; padding: 4px; list-style: none;
		background: var(--fg-color); border: 1px solid var(--crm-ext-line); border-radius: var(--border-radius-md); box-shadow: var(--shadow-lg);
	}
	.crm-ext-sheet-list li { padding: 5px 8px; border-radius: 5px; cursor: pointer; line-height: 1.4; color: var(--text-color); }
	.crm-ext-sheet-list li b { font-weight: 500; }
	.crm-ext-sheet-list li span { display: block; color: var(--text-muted); font-size: var(--text-xs); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
	.crm-ext-sheet-list li span:empty { display: none; }
	.crm-ext-sheet-list li[aria-selected=true], .crm-ext-sheet-list li:hover { background: var(--subtle-accent, var(--control-bg)); }
	`;
})();
