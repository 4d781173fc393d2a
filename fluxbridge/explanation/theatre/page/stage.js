// One theatre: code, graph and tables beside each other, and the moment that all of them show.

const WINDOW = 80; // rows that are drawn at a time
const SPEED = 900; // milliseconds a moment lasts
const GIFTS = 8; // lines that a row of the reverse sweep has
const NUMBERS = 8; // fields that are shown; more are to be opened

class Stage {
  // `ask(point)` has Python compute the data at another point; without it the page does so where it can.
  constructor(root, data, ask = null) {
    this.root = root;
    this.ask = ask;
    this.page = data;
    this.rows = new Rows(data);
    this.moment = this.rows.moments.length - 1;
    this.timer = null;
    this.build();
    this.arrange();
  }

  // -- the parts that stay ---------------------------------------------------------------------------

  build() {
    const button = (text, label, onclick) => make("button", { type: "button", "aria-label": label, title: label, onclick }, text);
    this.playing = button("▶ play", "play", () => this.play());
    this.slider = make("input", { type: "range", min: 0, step: 1, "aria-label": "moment of the two sweeps", oninput: () => this.go(Number(this.slider.value)) });
    this.said = make("p", { class: "said", role: "status", "aria-live": "polite" });
    this.note = make("p", { class: "note", role: "alert" });
    this.head = make("h4", {});
    const data = this.rows.data;
    this.stage = make("section", { class: "stage", "aria-label": `explanation of ${data.function}` },
      make("header", {}, this.head, make("p", { class: "about" }, data.about)),
      this.fields(),
      make("div", { class: "playing" },
        make("div", { class: "controls", role: "group", "aria-label": "steps" },
          button("|◀", "to the start", () => this.go(0)), button("◀", "one step back", () => this.go(this.moment - 1)), this.playing,
          button("▶", "one step on", () => this.go(this.moment + 1)), button("▶|", "to the end", () => this.go(Infinity)), this.slider),
        this.said, this.note),
      make("div", { class: "panes" },
        make("div", { class: "left" },
          this.code = make("div", { class: "pane code", tabindex: 0, role: "region", "aria-label": "code" }),
          this.plot = make("div", { class: "plot" })),
        this.picture = make("div", { class: "pane picture", tabindex: 0, role: "region", "aria-label": "graph" }),
        this.tables = make("div", { class: "pane tables", tabindex: 0, role: "region", "aria-label": "forward and reverse" })));
    this.stage.addEventListener("keydown", (event) => this.key(event));
    this.root.append(this.stage);
    this.writeCode();
    const panes = [this.code, this.picture, this.tables];
    for (const pane of panes) pane.addEventListener("scroll", () => shade(pane), { passive: true });
    this.watch = new ResizeObserver(() => panes.forEach(shade));
    panes.forEach((pane) => this.watch.observe(pane));
  }

  key(event) {
    if (event.target.tagName === "INPUT" || event.ctrlKey || event.metaKey || event.altKey) return;
    const pane = event.target.closest(".pane"), aside = { ArrowRight: 60, ArrowLeft: -60 }[event.key];
    if (event.shiftKey) { if (pane && aside) pane.scrollLeft += aside; return; }
    const go = { ArrowRight: this.moment + 1, ArrowLeft: this.moment - 1, Home: 0, End: Infinity }[event.key];
    if (go === undefined && !(event.key === " " && !["BUTTON", "SUMMARY"].includes(event.target.tagName))) return;
    event.preventDefault();
    event.stopPropagation(); // notebooks have keys of their own
    if (go === undefined) this.play(); else this.go(go);
  }

  writeCode() {
    const { sources } = this.rows.data;
    this.lines = new Map();
    const li = (s, number, text) => {
      const item = make("li", { "data-n": number, onmouseenter: () => this.lightLine(s, number), onmouseleave: () => this.light(null) }, make("code", {}, text || " "));
      this.lines.set(`${s}:${number}`, { li: item, text });
      return item;
    };
    const unknown = make("p", { class: "dim" }, "There is no code to show: it was not read from a file.");
    const list = (source, s) => !source.lines.some((text) => text.trim()) ? unknown.cloneNode(true) : make("ol", {}, ...source.blocks.flatMap(([first, last], k) => [k ? make("li", { class: "gap", "data-n": "⋮" }) : null,
      ...source.lines.slice(first - source.first, last - source.first + 1).map((text, n) => li(s, first + n, text))]));
    const parts = sources.map((source, s) => source.library
      ? make("details", {}, make("summary", {}, `${source.file}, of a library`), list(source, s))
      : make("div", {}, make("h5", {}, source.file), list(source, s)));
    this.code.replaceChildren(...parts.filter((_, s) => !sources[s].library), ...parts.filter((_, s) => sources[s].library));
  }

  // -- the parts that depend on what is open -----------------------------------------------------------

  arrange() {
    const { rows } = this;
    this.moment = Math.max(0, Math.min(this.moment, rows.moments.length - 1));
    this.slider.max = rows.moments.length - 1;
    const current = rows.moments[this.moment].row;
    const forward = around(rows.shown, current, this.moment === 0 ? 0 : Infinity);
    const back = around(rows.back, current, this.moment === 0 ? 0 : Infinity);
    const inside = forward.part.filter((row) => row.kind !== "heading");
    const used = new Set(inside.flatMap((row) => row.ids.flatMap((id) => rows.steps.get(id).inputs || [])).map((id) => rows.home.get(id)));
    const outside = forward.before ? rows.rows.filter((row) => row.kind === "argument" && used.has(row.key) && !inside.includes(row)) : [];
    this.drawn = drawGraph(rows, [...outside, ...inside], (key) => this.light(key));
    this.picture.replaceChildren(make("h5", {}, "graph"), this.drawn.svg);
    this.writeTables(forward, back);
    const data = rows.data;
    this.head.replaceChildren(make("span", { class: "m" }, `${data.function}(${data.arguments.map((a) => a.name).join(", ")})`), " = ",
      make("span", { class: "v" }, valueText(data.value)), ...(data.tangent === undefined ? [] : [" with tangent ", make("span", { class: "v" }, valueText(data.tangent))]));
    this.show();
    if (data.plot) drawPlot(this.plot, data.plot, rows);
  }

  writeTables(forward, back) {
    const { rows } = this, { data } = rows;
    const more = (count, where) => count > 0 ? make("tr", {}, make("td", { class: "dim", colspan: 4 }, `… ${count} more ${where}`)) : null;
    const body = ({ part, before, after }, write) => [more(before, "before"), ...part.flatMap(write), more(after, "after")];
    const tables = [table("forward", ["step", "value", data.mode === "forward" ? "tangent" : "shape"], body(forward, (row) => [this.forwardRow(row)]))];
    if (data.mode !== "forward") {
      const nothing = data.nothing ? [make("tr", {}, make("td", { class: "dim", colspan: 4 }, `nothing: ${data.nothing}`))] : [];
      tables.push(table("reverse", ["cotangent", "to", "contribution", "value"], [...nothing, ...body(back, (row) => this.reverseRow(row))]));
      const gradient = rows.arguments.map((step) => make("tr", { "data-key": rows.home.get(step.id), class: "gradient" },
        make("th", { scope: "row", class: "m" }, step.name), make("td", {}, ...this.sum(step))));
      const none = data.arguments.filter((a) => !a.steps.length).map((a) => make("tr", {}, make("th", { scope: "row", class: "m" }, a.name), make("td", {}, "None")));
      tables.push(table("gradient", ["argument", "value"], [...gradient, ...none]));
    }
    this.tables.replaceChildren(...tables);
    for (const tr of this.tables.querySelectorAll("[data-key]")) {
      tr.addEventListener("mouseenter", () => this.light(tr.dataset.key));
      tr.addEventListener("mouseleave", () => this.light(null));
    }
  }

  // The button that opens or closes a group; the one in its place is in focus afterwards.
  fold(row, text, sweep) {
    const open = row.kind === "heading";
    const toggle = () => {
      this.moment = this.rows.toggle(row.number, this.moment);
      this.arrange();
      const other = this.tables.querySelector(`.${sweep} button.fold[data-number="${row.number}"]`);
      if (other) other.focus();
    };
    return make("button", { type: "button", class: "fold", "data-number": row.number, "aria-expanded": open, onclick: (event) => { event.stopPropagation(); toggle(); } }, `${open ? "▾" : "▸"} ${text}`);
  }

  headingRow(row, columns, sweep) {
    return make("tr", { class: "heading" }, make("td", { colspan: columns, style: indented(row) }, this.fold(row, titleOf(row.group), sweep)));
  }

  forwardRow(row) {
    if (row.kind === "heading") return this.headingRow(row, 3, "forward");
    const name = this.rows.nameOf(row);
    const kink = this.rows.kinkOf(row);
    const last = row.results.at(-1);
    const value = row.kind === "group" ? few(row.results.map((s) => `${s.name} = ${valueText(s.value)}`)).join(", ") : valueText(last.value);
    const third = this.rows.data.mode === "forward" ? tangentText(row, last) : row.results.length === 1 ? shapeText(last.value) : "";
    return make("tr", { "data-key": row.key, onclick: () => this.go(this.rows.forwardAt.get(row.key)) },
      make("th", { scope: "row", class: "m", style: indented(row) }, row.group ? this.fold(row, name, "forward") : name, kink ? make("span", { class: "kink" }, ` ⚠ ${kink}`) : null),
      make("td", { class: "v" }, value), make("td", { class: "dim" }, third));
  }

  reverseRow(row) {
    if (row.kind === "heading") return [this.headingRow(row, 4, "reverse")];
    const bars = row.results.filter((step) => step.cotangent !== undefined);
    const gives = this.rows.givesOf(row);
    const heads = few(bars.map((step) => make("div", {}, make("span", { class: "m bar" }, step.bar), ...this.sum(step))));
    const kink = this.rows.kinkOf(row);
    const title = row.kind === "group" ? make("div", {}, this.fold(row, titleOf(row.group), "reverse")) : null;
    const cells = gives.map((gift) => [{ "data-to": this.rows.home.get(gift.to) }, make("td", { class: "m" }, `→ ${gift.name}`), make("td", { class: "m" }, gift.formula),
      make("td", { class: "v" }, amountText(gift.value, this.rows.steps.get(gift.to).cotangent))]);
    if (cells.length > GIFTS) cells.splice(GIFTS - 2, cells.length - GIFTS + 1, [{}, make("td", { class: "dim", colspan: 3 }, `… ${cells.length - GIFTS + 1} more`)]);
    if (!cells.length) cells.push([{}, make("td", { colspan: 3 })]);
    const head = make("th", { scope: "rowgroup", rowspan: cells.length, style: indented(row) }, title, ...heads, kink ? make("div", { class: "kink" }, `⚠ ${kink}`) : null);
    const go = () => this.go(this.rows.backwardAt.get(row.key));
    return cells.map(([attributes, ...tds], k) => make("tr", { "data-key": row.key, "data-back": "", class: k ? null : "first", onclick: go, ...attributes }, k ? null : head, ...tds));
  }

  // " = 0.5 = 0.25 + 0.25", each term a link to the row that it comes from.
  sum(step) {
    if (step.cotangent === undefined) return [" None"];
    const pieces = sumText(this.rows.termsOf(step), step.cotangent);
    const links = pieces.flatMap((piece) => [piece.sign, piece.row
      ? make("button", { type: "button", class: "term", title: "to the row that it comes from", onclick: (event) => { event.stopPropagation(); this.go(this.rows.backwardAt.get(piece.row)); } }, piece.text)
      : piece.text]);
    return [" = ", make("span", { class: "v" }, valueText(step.cotangent), ...(links.length ? [" = ", ...links] : []))];
  }

  // -- the moment ---------------------------------------------------------------------------------------

  go(moment) {
    if (moment === undefined) return;
    this.moment = Math.max(0, Math.min(moment, this.rows.moments.length - 1));
    const { row, phase } = this.rows.moments[this.moment];
    const missing = row && !this.tables.querySelector(`tr[data-key="${row.key}"]${phase === "reverse" ? "[data-back]" : ":not([data-back])"}`);
    if (missing || (row && !this.drawn.nodes.has(row.key))) this.arrange(); else this.show();
  }

  play() {
    if (this.timer !== null) return this.stop();
    if (this.moment === this.rows.moments.length - 1) this.go(0);
    this.playing.textContent = "❚❚ pause";
    this.playing.setAttribute("aria-label", "pause");
    this.timer = setInterval(() => {
      this.go(this.moment + 1);
      if (this.moment === this.rows.moments.length - 1 || !this.root.isConnected) this.stop();
    }, SPEED);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.playing.textContent = "▶ play";
    this.playing.setAttribute("aria-label", "play");
  }

  // Marks what is done, what is now, and what is still to come.
  show() {
    const { rows, drawn } = this;
    const { phase, row } = rows.moments[this.moment];
    const last = this.moment === rows.moments.length - 1;
    const passed = (places, key) => places.has(key) && places.get(key) <= this.moment;
    this.slider.value = this.moment;
    this.slider.setAttribute("aria-valuetext", this.words());
    this.said.textContent = this.words();
    this.stage.dataset.phase = phase;
    for (const [key, node] of drawn.nodes) {
      const item = rows.byKey.get(key);
      const bar = item.kind === "argument" ? last : rows.backwardAt.get(key) <= this.moment;
      const { g, texts, title, whole } = node;
      const known = [true, passed(rows.forwardAt, key), rows.data.mode === "forward" ? passed(rows.forwardAt, key) : bar];
      g.classList.toggle("later", !passed(rows.forwardAt, key));
      g.classList.toggle("now", Boolean(row) && row.key === key);
      g.classList.toggle("kinked", Boolean(rows.kinkOf(item)));
      texts.forEach((text, k) => { text.style.visibility = known[k] ? "" : "hidden"; });
      title.textContent = whole.filter((text, k) => text && known[k]).join("\n");
    }
    for (const edge of drawn.edges) {
      const item = rows.byKey.get(edge.target);
      const gives = passed(rows.backwardAt, edge.target) ? rows.givesOf(item).filter((gift) => rows.home.get(gift.to) === edge.source) : [];
      const locals = gives.map((gift) => typeof gift.local === "number" ? numberText(gift.local, 4) : gift.local || "");
      edge.text.textContent = locals.length && locals.length < 3 ? cut(locals.join(" + "), 22) : "";
      edge.g.classList.toggle("now", phase === "reverse" && Boolean(row) && row.key === edge.target);
      edge.g.classList.toggle("later", !passed(rows.forwardAt, edge.target));
    }
    for (const tr of this.tables.querySelectorAll("tr[data-key]")) {
      const backward = "back" in tr.dataset;
      const places = backward ? rows.backwardAt : rows.forwardAt;
      const here = Boolean(row) && row.key === tr.dataset.key && backward === (phase === "reverse") && !tr.classList.contains("gradient");
      tr.classList.toggle("now", here);
      tr.classList.toggle("later", tr.classList.contains("gradient") ? !last : !passed(places, tr.dataset.key));
    }
    this.mark(row ? rows.placeOf(row) : null);
    for (const now of [this.code.querySelector("li.now"), this.tables.querySelector("tr.now")]) if (now) reveal(now);
    if (row && drawn.nodes.has(row.key)) reveal(drawn.nodes.get(row.key).g);
    for (const pane of [this.code, this.picture, this.tables]) shade(pane);
  }

  words() {
    const { moments, steps, data } = this.rows;
    const { phase, row } = moments[this.moment];
    if (phase === "start") return "The arguments are given.";
    if (phase === "end") return this.answer();
    const count = moments.filter((m) => m.phase === "forward").length;
    const place = this.rows.placeOf(row);
    const turn = this.turnOf(row);
    const where = [place ? `line ${place.lines[0]}` : "", turn].filter(Boolean).join(", ");
    const last = row.results.at(-1);
    if (phase === "forward") {
      const name = row.kind === "group" ? `${titleOf(row.group)}: ${last.name}` : this.rows.nameOf(row);
      return `Forward ${this.moment} of ${count}${where ? ` (${where})` : ""}: ${name} = ${valueText(last.value)}${data.mode === "forward" ? `, tangent ${valueText(last.tangent)}` : ""}`;
    }
    const gives = few(this.rows.givesOf(row).map((gift) => `${valueText(gift.value)} to ${gift.name}`)).join(", ");
    const bar = row.results.filter((step) => step.cotangent !== undefined).at(-1);
    return `Backward ${this.moment - count} of ${moments.length - 2 - count}${where ? ` (${where})` : ""}: ${bar ? `${bar.bar} = ${valueText(bar.cotangent)}` : titleOf(row.group)} gives ${gives || "nothing"}`;
  }

  answer() {
    const { data, arguments: given } = this.rows;
    if (data.mode === "forward") return `Value ${valueText(data.value)}, tangent ${valueText(data.tangent)}.`;
    const found = given.filter((step) => step.cotangent !== undefined).map((step) => `${step.bar} = ${valueText(step.cotangent)}`);
    return `The gradient: ${found.join(", ") || "None"}.`;
  }

  turnOf(row) {
    for (let number = row.group ? row.number : row.step.group; number !== undefined && number !== null; number = this.rows.data.groups[number].parent) {
      const group = this.rows.data.groups[number];
      if (group.kind === "iteration") return `iteration ${group.iteration} of ${this.rows.data.groups[group.parent].iterations}`;
    }
    return "";
  }

  mark(place) {
    for (const [, line] of this.lines)
      if (line.li.classList.contains("now")) { line.li.classList.remove("now"); line.li.firstChild.textContent = line.text || " "; }
    if (!place) return;
    for (let number = place.lines[0]; number <= place.lines[1]; number++) {
      const line = this.lines.get(`${place.source}:${number}`);
      if (!line) continue;
      line.li.classList.add("now");
      if (place.columns && place.lines[0] === place.lines[1]) {
        const [a, b] = place.columns;
        line.li.firstChild.replaceChildren(line.text.slice(0, a), make("mark", {}, line.text.slice(a, b)), line.text.slice(b));
      }
    }
  }

  // -- what belongs together lights up --------------------------------------------------------------------

  light(key) {
    for (const lit of this.stage.querySelectorAll(".lit, .source")) lit.classList.remove("lit", "source");
    const row = this.rows.byKey.get(key);
    if (!row) return;
    const node = this.drawn.nodes.get(key);
    if (node) node.g.classList.add("lit");
    for (const tr of this.tables.querySelectorAll("tr[data-key]")) {
      tr.classList.toggle("lit", tr.dataset.key === key);
      tr.classList.toggle("source", tr.dataset.to === key);
    }
    const place = this.rows.placeOf(row);
    for (let n = place ? place.lines[0] : 1; place && n <= place.lines[1]; n++) {
      const line = this.lines.get(`${place.source}:${n}`);
      if (line) line.li.classList.add("lit");
    }
  }

  lightLine(source, number) {
    this.light(null);
    for (const row of this.rows.rows) {
      const place = this.rows.placeOf(row);
      if (!place || place.source !== source || number < place.lines[0] || number > place.lines[1]) continue;
      const node = this.drawn.nodes.get(row.key);
      if (node) node.g.classList.add("lit");
      for (const tr of this.tables.querySelectorAll(`tr[data-key="${row.key}"]`)) tr.classList.add("lit");
    }
    this.lines.get(`${source}:${number}`).li.classList.add("lit");
  }

  // -- other points ---------------------------------------------------------------------------------------

  fields() {
    const { fields } = this.rows.data;
    this.point = {};
    if (!fields || !fields.length || !(this.ask || this.rows.data.program)) {
      const why = this.rows.data.kernel;
      return make("div", { class: "fields" }, why && make("p", { class: "dim" }, why));
    }
    const count = fields.reduce((sum, field) => sum + field.flat.length, 0);
    const box = make("div", { class: "fields", role: "group", "aria-label": "arguments" });
    for (const field of fields) {
      this.point[field.id] = field.shape ? { shape: field.shape, flat: [...field.flat] } : field.flat[0];
      field.flat.forEach((value, k) => box.append(this.field(field, value, k)));
    }
    box.append(make("button", { type: "button", onclick: () => this.reset() }, "↺ back"));
    return count <= NUMBERS ? box : make("details", {}, make("summary", {}, `change the ${count} numbers of the arguments`), box);
  }

  field(field, value, k) {
    const [low, high] = field.range[k];
    const name = field.shape ? `${field.name}[${elementIndex(field.shape, k)}]` : field.name;
    const attributes = { min: low, max: high, step: "any", value };
    const set = (text) => {
      const x = Number(text);
      if (text === "" || !Number.isFinite(x)) return;
      if (field.shape) this.point[field.id].flat[k] = x; else this.point[field.id] = x;
      range.value = x;
      if (number !== document.activeElement) number.value = Number(x.toPrecision(6));
      this.moved();
    };
    const range = make("input", { type: "range", ...attributes, step: (high - low) / 200, "aria-label": `slider of ${name}`, oninput: () => set(range.value) });
    const number = make("input", { type: "number", step: "any", value, "aria-label": name, oninput: () => set(number.value) });
    range.value = value;
    (this.inputs ||= []).push({ range, number, value });
    return make("label", {}, make("span", { class: "m" }, name), number, field.flat.length > 8 ? null : range);
  }

  reset() {
    for (const { range, number, value } of this.inputs) { range.value = value; number.value = value; }
    for (const field of this.page.fields) this.point[field.id] = field.shape ? { shape: field.shape, flat: [...field.flat] } : field.flat[0];
    this.moved();
  }

  moved() {
    if (this.ask) return this.ask(this.point);
    const found = atPoint(this.page, this.point);
    this.note.textContent = found.note || "";
    this.stage.classList.toggle("stale", Boolean(found.note));
    if (found.data) this.replace(found.data);
  }

  // Show other data; what is open stays so if it is the same program.
  replace(data, note = "") {
    const same = data.groups.length === this.rows.data.groups.length && data.steps.length === this.rows.data.steps.length;
    const { open } = this.rows;
    if (this.ask) this.note.textContent = note;
    this.rows = new Rows(data);
    if (same) { this.rows.open = open; this.rows.arrange(); }
    const atEnd = this.moment >= Number(this.slider.max);
    if (!same) this.writeCode();
    if (atEnd) this.moment = this.rows.moments.length - 1;
    this.arrange();
  }
}

// How the tangent of a step comes about, and its value. (tangent_text of views/text.py)
function tangentText(row, step) {
  const terms = (row.kind === "step" && step.formulas) || [], value = valueText(step.tangent);
  const sum = terms.map((text) => (text.includes(" if ") ? `(${text})` : text)).reduce((all, text) => all + (text.startsWith("-") ? ` - ${text.slice(1)}` : ` + ${text}`), "");
  return terms.length ? `${sum.startsWith(" + ") ? sum.slice(3) : sum.replace(" - ", "-")} = ${value}` : value;
}

const indented = (row) => `padding-left:${0.4 + row.depth}em`;

// Some rows of a list around that of the moment, or around `otherwise`, and how many stand before and after.
function around(list, current, otherwise) {
  const at = current ? list.findIndex((row) => row.key === current.key && row.kind !== "heading") : otherwise;
  const before = Math.max(0, Math.min(at - WINDOW / 2, list.length - WINDOW));
  const part = list.slice(before, before + WINDOW);
  return { part, before, after: list.length - before - part.length };
}

function elementIndex(shape, k) {
  const index = [];
  for (const n of [...shape].reverse()) { index.unshift(k % n); k = Math.floor(k / n); }
  return index.join(", ");
}

function table(caption, heads, body) {
  return make("table", { class: caption }, make("caption", {}, caption), make("thead", {}, make("tr", {}, ...heads.map((h) => make("th", { scope: "col" }, h)))), make("tbody", {}, ...body.filter(Boolean)));
}

// Marks the sides at which a pane has more than it shows.
function shade(pane) {
  const { scrollLeft: x, scrollTop: y, clientWidth: w, clientHeight: h, scrollWidth: W, scrollHeight: H, classList } = pane;
  for (const [side, more] of Object.entries({ "left-of": x > 1, "right-of": x + w < W - 1, above: y > 1, below: y + h < H - 1 })) classList.toggle(side, more);
}

// Scroll the pane, never the page.
function reveal(element) {
  const pane = element.closest(".pane"), a = pane.getBoundingClientRect(), b = element.getBoundingClientRect();
  if (b.top < a.top + 20 || b.bottom > a.bottom - 10) pane.scrollTop += b.top - a.top - a.height / 3;
  if (b.left < a.left || b.right > a.right) pane.scrollLeft += b.left - a.left - Math.max(0, (a.width - b.width) / 2);
}
