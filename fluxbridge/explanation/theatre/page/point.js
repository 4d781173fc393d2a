// The data of the page at another point, by the recorded program; or a note that says why there is none.

function atPoint(data, point) {
  const { program } = data;
  const found = compute(program, OPERATIONS, QUESTIONS, { ...program.given, ...point });
  if (found.changed) {
    const line = found.changed.line ? ` (line ${found.changed.line})` : "";
    return { note: `This point takes another way${line}: “${found.changed.text}” has another answer. The page needs a kernel for it, and still shows the point before.` };
  }
  const back = found.values ? pullBack(program, OPERATIONS, found.values) : {};
  if (found.odd || back.odd) return { note: `${(found.odd || back.odd).name || (found.odd || back.odd).operation}, or its derivative, is no finite number at this point. The page still shows the point before.` };
  const { values } = found;
  const { cotangents, gifts } = back;
  const unsure = new Set(program.steps.filter((step) => UNSURE.has(step.operation) && zeroIn(step, values)).map((step) => step.id));
  const contributions = data.contributions.map((c) => {
    const value = gifts.get(`${c.from}:${c.input}`), text = unsure.has(c.from) ? "" : c.text;
    return { ...c, value, text, slope: c.slope === undefined ? undefined : slopeOf(value, cotangents.get(c.from), c.slope) };
  });
  const steps = data.steps.map((step) => ({
    ...step, value: values.get(step.id), cotangent: step.cotangent === undefined ? undefined : cotangents.get(step.id), kink: kinkAt(step, program, values),
  }));
  const groups = data.groups.map((group) => !group.gives ? group : { ...group, gives: group.gives.map((gift) => {
    const value = gift.sum.map((k) => contributions[k].value).reduce(added);
    const bar = cotangents.get((group.results || []).at(-1));
    const text = (group.items || []).some((item) => unsure.has(item.step)) ? "" : gift.text;
    return gift.slope === undefined ? { ...gift, value, text } : { ...gift, value, slope: slopeOf(value, bar, undefined), text: undefined };
  }) });
  return { data: { ...data, steps, contributions, groups, value: values.get(program.out), note: "" } };
}

// Operations whose rule has no short formula where a number is 0, and is written only elsewhere.
const UNSURE = new Set(["power", "prod", "norm2"]);

function zeroIn(step, values) {
  const of = (input) => (typeof input === "number" ? values.get(input) : input.value);
  return [step.id, ...step.inputs].some((input) => flatOf(of(input)).includes(0));
}

function slopeOf(value, cotangent, before) {
  return typeof value === "number" && typeof cotangent === "number" && cotangent ? value / cotangent : before;
}

// The remark on a step that sits on a kink there, as in Python.
function kinkAt(step, program, values) {
  const made = (program.by ||= new Map(program.steps.map((s) => [s.id, s]))).get(step.id);
  if (!made || step.cotangent === undefined) return undefined;
  const xs = made.inputs.map((input) => (typeof input === "number" ? values.get(input) : input.value));
  const rows = () => {
    if (made.groups) return made.groups.map((group) => [group.map((i) => flatOf(xs[0])[i])]);
    const maps = xs.map((x) => broadcast(shapeOf(x), made.shape || []));
    return maps[0].map((_, k) => xs.map((x, i) => flatOf(x)[maps[i][k]]));
  };
  for (const [word, ties] of KINKS[made.operation] || []) {
    const count = rows().filter((row) => ties(...row)).length;
    if (count) return `kink: ${word}${count > 1 ? `, in ${count} places` : ""}`;
  }
  return undefined;
}
