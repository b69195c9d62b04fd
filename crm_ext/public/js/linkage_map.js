// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The picture of the Linkage Map: events, rules and actions in three columns, joined by curves. It knows the graph,
// draws it, and lights up parts of it; what the parts mean to a person is told beside it (linkage_details.js).

(() => {
	frappe.provide("crm_ext.linkage");

	const SVG = "http://www.w3.org/2000/svg";

	/** A node's key says its column too: “source:…”, “rule:…”, “action:…”. */
	crm_ext.linkage.key = (column, id) => `${column}:${id}`;

	crm_ext.linkage.Map = class LinkageMap {
		/** `on_select(key)` is told of every choice; null when nothing is chosen any more. */
		constructor(parent, on_select) {
			this.on_select = on_select;
			this.root = $(`<div class="crm-ext-map"></div>`).appendTo(parent);
			this.lit = null;
			this.chosen = null;
			this.listen();
			new ResizeObserver(() => this.draw()).observe(this.root[0]);
			// the actions stay in sight while the rules scroll by
			const follow = () => requestAnimationFrame(() => this.draw());
			document.addEventListener("scroll", follow, { capture: true, passive: true });
		}

		listen() {
			const key_of = (event) => event.currentTarget.dataset.key;
			this.root
				.on("mouseenter focusin", ".crm-ext-node", (event) => this.show(key_of(event)))
				.on("mouseleave focusout", ".crm-ext-node", () => this.show(this.chosen))
				.on("click", ".crm-ext-node", (event) =>
					this.choose(key_of(event) === this.chosen ? null : key_of(event))
				)
				.on("keydown", ".crm-ext-node", (event) => this.step(event));
		}

		/** Arrow keys go through the map: up and down in a column, left and right along the first connection. */
		step(event) {
			const here = event.currentTarget;
			const key = here.dataset.key;
			const next = {
				Escape: () => (this.choose(null), here),
				ArrowUp: () => $(here).prevAll(".crm-ext-node")[0],
				ArrowDown: () => $(here).nextAll(".crm-ext-node")[0],
				ArrowLeft: () => this.node(this.edges.find((edge) => edge.to === key)?.from),
				ArrowRight: () => this.node(this.edges.find((edge) => edge.from === key)?.to),
			}[event.key];
			if (next) {
				event.preventDefault();
				next()?.focus();
			}
		}

		/** Draw this part of what api.linkage_map answered; {sources, rules, actions, links}. */
		load(graph) {
			this.graph = graph;
			const { key } = crm_ext.linkage;
			const of_source = new Map(graph.sources.map((one) => [one.id, one.colour]));
			const colour = new Map(
				graph.rules.map((rule) => [rule.name, of_source.get(rule.source)])
			);
			this.edges = [
				...graph.rules.map((rule) => ({
					from: key("source", rule.source),
					to: key("rule", rule.name),
					colour: colour.get(rule.name),
				})),
				...unique(
					graph.links.map((link) => ({
						from: key("rule", link.rule),
						to: key("action", link.action),
						colour: colour.get(link.rule),
					}))
				),
			];
			this.root.html(crm_ext.linkage.map_html(graph));
			this.lines = document.createElementNS(SVG, "svg");
			this.lines.classList.add("crm-ext-lines");
			this.lines.setAttribute("aria-hidden", "true");
			for (const edge of this.edges) {
				edge.path = document.createElementNS(SVG, "path");
				if (edge.colour) {
					edge.path.style.setProperty(
						"--crm-ext-colour",
						crm_ext.ui.colour(edge.colour)
					);
				}
				this.lines.append(edge.path);
			}
			this.root.prepend(this.lines);
			this.draw();
			this.choose(this.node(this.chosen) ? this.chosen : null, { quietly: true });
		}

		node(key) {
			return (
				key &&
				this.root.find(".crm-ext-node").filter((_, one) => one.dataset.key === key)[0]
			);
		}

		/** Lay the curves; called again whenever anything moves. */
		draw() {
			const frame = this.root[0].getBoundingClientRect();
			if (!this.lines || !frame.width) {
				return;
			}
			const boxes = new Map(
				this.root
					.find(".crm-ext-node")
					.toArray()
					.map((node) => [node.dataset.key, box_of(node, frame)])
			);
			const start = ports(this.edges, boxes, "from", "to");
			const end = ports(this.edges, boxes, "to", "from");
			for (const edge of this.edges) {
				const [x1, y1] = [boxes.get(edge.from).right, start.get(edge)];
				const [x2, y2] = [boxes.get(edge.to).left, end.get(edge)];
				const middle = (x1 + x2) / 2;
				edge.path.setAttribute(
					"d",
					`M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`
				);
			}
		}

		choose(key, { quietly = false } = {}) {
			this.chosen = key;
			this.root.find(".crm-ext-node").each((_, node) => {
				node.setAttribute("aria-pressed", node.dataset.key === key ? "true" : "false");
			});
			this.show(key);
			if (!quietly) {
				this.on_select(key);
				this.node(key)?.scrollIntoView({ block: "nearest" }); // what opens beside it moves the map
			}
		}

		/** Light up the paths through a node, or else what is lit for long, and dim the rest. */
		show(key) {
			const lit = key ? this.paths_of(key) : this.lit?.keys;
			const number = key?.startsWith("rule:") && this.order_of(key);
			this.root.toggleClass("is-dimmed", Boolean(lit));
			this.root.find(".crm-ext-node").each((_, node) => {
				node.classList.toggle("is-lit", Boolean(lit?.has(node.dataset.key)));
				node.dataset.order = (number && number.get(node.dataset.key)) || "";
			});
			const along = (edge) => (key ? lit.has(edge) : this.lit?.edges.has(edge));
			for (const edge of this.edges) {
				edge.path.classList.toggle("is-lit", Boolean(lit && along(edge)));
			}
		}

		/** The keys and edges on the paths through a node. */
		paths_of(key) {
			const found = new Set([key]);
			const follow = (from, to) => {
				const reached = [key];
				for (const here of reached) {
					for (const edge of this.edges.filter((one) => one[from] === here)) {
						found.add(edge).add(edge[to]);
						reached.push(edge[to]);
					}
				}
			};
			follow("from", "to");
			follow("to", "from");
			return found;
		}

		/** “1”, “2, 3”: the places that the actions have in a rule, by key. */
		order_of(key) {
			const order = new Map();
			for (const link of this.graph.links) {
				if (crm_ext.linkage.key("rule", link.rule) === key) {
					const action = crm_ext.linkage.key("action", link.action);
					order.set(action, [...(order.get(action) || []), link.idx]);
				}
			}
			return new Map(
				[...order].map(([action, places]) => [action, places.sort().join(", ")])
			);
		}

		/** Light up an answer for long: `keys` of nodes, and `badges` (HTML) by key; null puts it out. */
		light(answer) {
			this.root.toggleClass("is-answer", Boolean(answer)).find(".crm-ext-badge").remove();
			this.lit = answer && {
				keys: answer.keys,
				edges: new Set(
					this.edges.filter(
						(edge) =>
							answer.keys.has(edge.from) &&
							answer.flows.has(`${edge.from} ${edge.to}`)
					)
				),
			};
			for (const [key, html] of answer?.badges || []) {
				const node = $(this.node(key));
				const head = node.find(".crm-ext-node-head");
				(head.length ? head : node).append(`<span class="crm-ext-badge">${html}</span>`);
			}
			this.draw();
			this.choose(null, { quietly: true });
			this.reveal();
		}

		/** Scroll to the first rule that is lit. */
		reveal() {
			const [first] = this.root.find(".is-rule.is-lit");
			first?.scrollIntoView({ block: "nearest" });
		}
	};

	function unique(edges) {
		return [...new Map(edges.map((edge) => [`${edge.from} ${edge.to}`, edge])).values()];
	}

	function box_of(node, frame) {
		const box = node.getBoundingClientRect();
		return {
			left: box.left - frame.left,
			right: box.right - frame.left,
			middle: box.top - frame.top + box.height / 2,
			height: box.height,
		};
	}

	/** Where each edge meets its node: spread over the node's side, in the order of the other ends. */
	function ports(edges, boxes, side, other) {
		const by_node = new Map();
		for (const edge of edges) {
			by_node.set(edge[side], [...(by_node.get(edge[side]) || []), edge]);
		}
		const places = new Map();
		for (const [key, meeting] of by_node) {
			const { middle, height } = boxes.get(key);
			const gap = Math.min(7, (height - 14) / Math.max(1, meeting.length - 1));
			meeting
				.sort((a, b) => boxes.get(a[other]).middle - boxes.get(b[other]).middle)
				.forEach((edge, n) =>
					places.set(edge, middle + gap * (n - (meeting.length - 1) / 2))
				);
		}
		return places;
	}
})();
