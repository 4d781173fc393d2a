// What is shown of an explanation: the rows that open groups give, and the moments of the two sweeps.

class Rows {
  constructor(data) {
    this.data = data;
    this.steps = new Map(data.steps.map((step) => [step.id, step]));
    this.open = new Set(data.open);
    this.arguments = data.steps.filter((step) => !step.operation && data.used.includes(step.id));
    this.arrange();
  }

  // Rows in order: {key, kind, depth, ids, results, …}; the headings of open groups have kind "heading".
  arrange() {
    const { data } = this;
    this.shown = [];
    this.home = new Map();
    for (const step of this.arguments) this.enter({ key: `s${step.id}`, kind: "argument", step, depth: 0, results: [step] }, [step.id]);
    const walk = (items, depth) => {
      for (const item of items) {
        if (item.step !== undefined) {
          const step = this.steps.get(item.step);
          if (step) this.enter({ key: `s${step.id}`, kind: "step", step, depth, results: [step] }, [step.id]);
          continue;
        }
        const group = data.groups[item.group];
        const row = { key: `g${item.group}`, number: item.group, group, depth };
        if (this.open.has(item.group)) {
          const silent = group.kind === "line" && this.data.open.includes(item.group);
          if (!silent) this.shown.push({ ...row, kind: "heading", ids: this.inside(group), results: [] });
          walk(group.items || [], silent ? depth : depth + 1);
        } else {
          const results = (group.results || []).map((id) => this.steps.get(id));
          this.enter({ ...row, kind: group.kind === "line" ? "line" : "group", results }, this.inside(group));
        }
      }
    };
    walk(data.items, 0);
    this.rows = this.shown.filter((row) => row.kind !== "heading");
    const forward = this.rows.filter((row) => row.kind !== "argument");
    const backward = data.mode === "forward" ? [] : forward.filter((row) => this.comesBack(row)).reverse();
    this.moments = [{ phase: "start" }]
      .concat(forward.map((row) => ({ phase: "forward", row })), backward.map((row) => ({ phase: "reverse", row })), { phase: "end" });
    this.forwardAt = new Map();
    this.backwardAt = new Map();
    this.moments.forEach((m, k) => m.row && (m.phase === "forward" ? this.forwardAt : this.backwardAt).set(m.row.key, k));
    for (const row of this.rows) if (row.kind === "argument") this.forwardAt.set(row.key, 0);
  }

  enter(row, ids) {
    this.shown.push({ ...row, ids });
    for (const id of ids) this.home.set(id, row.key);
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

  toggle(number) {
    if (!this.open.delete(number)) this.open.add(number);
    this.arrange();
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
    return titleOf(row.group);
  }

  // What a row gives to the steps before it: [{to, formula, value, slope, local}].
  givesOf(row) {
    const { data } = this;
    const named = (id) => this.steps.get(id).name;
    if (row.kind === "step")
      return data.contributions.filter((c) => c.from === row.step.id && this.steps.has(c.to)).map((c) => ({
        to: c.to, name: named(c.to), value: c.value, local: c.slope ?? c.local,
        formula: c.text || (c.slope === undefined ? "" : times(row.step.bar, c.slope)),
      }));
    const bars = row.results.filter((step) => step.cotangent !== undefined);
    return (row.group.gives || []).map((gift) => ({
      to: gift.to, name: named(gift.to), value: gift.value, local: gift.slope ?? gift.local,
      formula: gift.slope !== undefined && bars.length === 1 ? times(bars[0].bar, gift.slope) : gift.text || "",
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

const times = (bar, slope) => `${bar} · ${slope < 0 ? `(${numberText(slope)})` : numberText(slope)}`;

function operationText(step, steps) {
  const said = (x) => typeof x === "number" ? (steps.get(x) || {}).name || "…" : valueText(x.value ?? "c");
  return `${step.operation}(${(step.inputs || []).map(said).join(", ")})`;
}

function titleOf(group) {
  const times = group.iterations ? `, ${group.iterations} iterations` : "";
  return (group.owner ? `${group.owner}: ` : "") + group.label + times;
}
