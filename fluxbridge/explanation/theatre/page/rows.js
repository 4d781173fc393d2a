// What is shown of an explanation: the rows that open groups give, and the moments of the two sweeps.

class Rows {
  constructor(data) {
    this.data = data;
    this.steps = new Map(data.steps.map((step) => [step.id, step]));
    this.from = new Map(); // the contributions of each step
    for (const c of data.contributions) this.from.set(c.from, [...(this.from.get(c.from) || []), c]);
    this.open = new Set(data.open);
    this.arguments = data.steps.filter((step) => !step.operation && data.used.includes(step.id));
    this.arrange();
  }

  // Rows in order: {key, kind, depth, ids, results, …}; the headings of open groups have kind "heading" and
  // stand before what is in them. `shown` is the order of the code, `back` that of the reverse sweep.
  arrange() {
    const given = this.arguments.map((step) => ({ key: `s${step.id}`, kind: "argument", step, depth: 0, ids: [step.id], results: [step] }));
    this.shown = given.concat(this.list(this.data.items, 0, false));
    this.back = this.data.mode === "forward" ? [] : this.list(this.data.items, 0, true).filter((row) => this.comesBack(row));
    this.rows = this.shown.filter((row) => row.kind !== "heading");
    this.byKey = new Map(this.rows.map((row) => [row.key, row]));
    this.home = new Map(this.rows.flatMap((row) => row.ids.map((id) => [id, row.key])));
    const moments = (phase, rows) => rows.filter((row) => row.kind !== "heading" && row.kind !== "argument").map((row) => ({ phase, row }));
    this.moments = [{ phase: "start" }].concat(moments("forward", this.shown), moments("reverse", this.back), { phase: "end" });
    this.forwardAt = new Map(given.map((row) => [row.key, 0]));
    this.backwardAt = new Map();
    this.moments.forEach((m, k) => m.row && (m.phase === "forward" ? this.forwardAt : this.backwardAt).set(m.row.key, k));
  }

  list(items, depth, backwards) {
    return (backwards ? [...items].reverse() : items).flatMap((item) => {
      if (item.step !== undefined) {
        const step = this.steps.get(item.step);
        return step ? [{ key: `s${step.id}`, kind: "step", step, depth, ids: [step.id], results: [step] }] : [];
      }
      const group = this.data.groups[item.group];
      const row = { key: `g${item.group}`, number: item.group, group, depth, ids: this.inside(group), results: [] };
      if (!this.open.has(item.group))
        return [{ ...row, kind: group.kind === "line" ? "line" : "group", results: (group.results || []).map((id) => this.steps.get(id)) }];
      const silent = group.kind === "line" && this.data.open.includes(item.group);
      const inner = this.list(group.items || [], silent ? depth : depth + 1, backwards);
      return silent ? inner : [{ ...row, kind: "heading" }, ...inner];
    });
  }

  inside(group) {
    const ids = [];
    const walk = (items) => items.forEach((i) => i.step !== undefined ? ids.push(i.step) : walk(this.data.groups[i.group].items || []));
    walk(group.items || []);
    return ids;
  }

  comesBack(row) {
    return row.ids.some((id) => this.steps.get(id).cotangent !== undefined);
  }

  // Open or close a group; the answer is where the moment is then: at the same row, or at what stands for it.
  toggle(number, moment) {
    const before = this.moments[moment];
    if (!this.open.delete(number)) this.open.add(number);
    this.arrange();
    if (before.phase === "start") return 0;
    if (before.phase === "end") return this.moments.length - 1;
    const places = before.phase === "forward" ? this.forwardAt : this.backwardAt;
    const ids = before.row ? before.row.ids : [];
    const inner = (before.phase === "forward" ? ids : [...ids].reverse()).map((id) => this.home.get(id));
    const keys = [before.row && before.row.key, `g${number}`, ...inner];
    return keys.map((key) => places.get(key)).find((place) => place !== undefined) ?? 0;
  }

  placeOf(row) {
    const number = row.group ? row.group.place : row.step.place;
    return number === undefined ? null : this.data.places[number];
  }

  kinkOf(row) {
    return row.ids.map((id) => this.steps.get(id).kink).find(Boolean);
  }

  nameOf(row) {
    if (row.kind === "argument") return row.step.name;
    if (row.kind === "step") return `${row.step.name} = ${row.step.text || operationText(row.step, this.steps)}`;
    if (row.kind === "line" && row.group.text && row.results.length)
      return `${row.results.at(-1).name} = ${row.group.text}`;
    if (row.kind === "line" && row.results.length) return `${few(row.results.map((step) => step.name)).join(", ")}: ${row.group.label}`;
    return titleOf(row.group);
  }

  // What a row gives to the steps before it: [{to, name, value, formula, local}].
  givesOf(row) {
    const own = row.kind === "step";
    const gifts = own ? (this.from.get(row.step.id) || []).filter((c) => this.steps.has(c.to)) : row.group.gives || [];
    const bar = row.results.find((step) => step.cotangent !== undefined);
    return gifts.map((gift) => ({
      to: gift.to, name: this.steps.get(gift.to).name, value: gift.value, local: gift.slope ?? gift.local,
      formula: gift.text || (gift.slope === undefined ? "" : times(bar.bar, gift.slope)),
    }));
  }

  // The terms of a cotangent, one for each row that contributes.
  termsOf(step) {
    const terms = new Map();
    for (const k of step.sum || []) {
      const c = this.data.contributions[k];
      const row = this.home.get(c.from);
      if (row === this.home.get(step.id) && row !== undefined && row[0] === "g") continue;
      const before = terms.get(row);
      terms.set(row, { row, value: before ? added(before.value, c.value) : c.value });
    }
    return [...terms.values()];
  }
}

// As slope_text of views/text.py has it.
function times(bar, slope) {
  if (Math.abs(slope) === 1) return slope === 1 ? bar : `-${bar}`;
  const text = numberText(slope);
  return `${bar} · ${text.startsWith("-") ? `(${text})` : text}`;
}

function operationText(step, steps) {
  const said = (x) => typeof x === "number" ? (steps.get(x) || {}).name || "…" : valueText(x.value ?? "c");
  return `${step.operation}(${(step.inputs || []).map(said).join(", ")})`;
}

function titleOf(group) {
  const times = group.iterations ? `, ${group.iterations} iterations` : "";
  return group.label + times;
}
