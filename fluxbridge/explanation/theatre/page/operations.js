// The recorded program, computed again: values forward, cotangents backward. An array is {shape, flat}.

const flatOf = (value) => (typeof value === "number" ? [value] : value.flat);
const shaped = (shape, flat) => (shape === null ? flat[0] : { shape, flat });

// For each element of an array of shape `to`, the place of the one of shape `from` that is broadcast there.
function broadcast(from, to) {
  const size = to.reduce((a, b) => a * b, 1);
  const places = new Array(size);
  for (let k = 0; k < size; k++) {
    let rest = k, place = 0, stride = 1;
    for (let d = to.length - 1, e = from.length - 1; d >= 0; d--, e--) {
      const i = rest % to[d];
      rest = (rest - i) / to[d];
      if (e >= 0) { if (from[e] !== 1) place += i * stride; stride *= from[e]; }
    }
    places[k] = place;
  }
  return places;
}

const shapeOf = (value) => (typeof value === "number" ? [] : value.shape);

// By one function of an element, and one slope for each input.
function elementwise(f, slopes) {
  const spread = (step, xs) => xs.map((x) => broadcast(shapeOf(x), step.shape || []));
  return {
    forward(step, xs) {
      const maps = spread(step, xs), flats = xs.map(flatOf);
      return Array.from({ length: maps[0].length }, (_, k) => f(...flats.map((x, i) => x[maps[i][k]])));
    },
    pull(step, xs, y, dy, input) {
      const maps = spread(step, xs), flats = xs.map(flatOf), found = new Array(flats[input].length).fill(0);
      dy.forEach((d, k) => {
        const slope = slopes[input](...flats.map((x, i) => x[maps[i][k]]), y[k]);
        found[maps[input][k]] += slope === 0 ? 0 : d * slope;
      });
      return found;
    },
  };
}

// y = offset, and y[row] += weight * x[column] for each input by a list of [row, column, weight]. Only inputs
// that vary are there; `places` says which ones of all they are.
const linear = {
  forward(step, xs) {
    const y = step.offset ? [...step.offset] : new Array(step.size).fill(0);
    step.maps.forEach((map, i) => { const x = flatOf(xs[i]); for (const [k, j, w] of map) y[k] += w * x[j]; });
    return y;
  },
  pull(step, xs, y, dy, input) {
    const found = new Array(flatOf(xs[input]).length).fill(0);
    for (const [k, j, w] of step.maps[input]) found[j] += w * dy[k];
    return found;
  },
};

// y[k] += weight * a[i] * b[j].
const bilinear = {
  forward(step, [a, b]) {
    const y = new Array(step.size).fill(0), u = flatOf(a), v = flatOf(b);
    for (const [k, i, j, w] of step.map) y[k] += w * u[i] * v[j];
    return y;
  },
  pull(step, [a, b], y, dy, input) {
    const u = flatOf(a), v = flatOf(b), found = new Array((input ? v : u).length).fill(0);
    for (const [k, i, j, w] of step.map)
      if (input) found[j] += w * dy[k] * u[i]; else found[i] += w * dy[k] * v[j];
    return found;
  },
};

// By groups of elements: f(group) is one number, slopes(group, y) its gradient.
function reduction(f, slopes) {
  return {
    forward: (step, [x]) => step.groups.map((group) => f(group.map((i) => flatOf(x)[i]))),
    pull(step, [x], y, dy) {
      const flat = flatOf(x), found = new Array(flat.length).fill(0);
      step.groups.forEach((group, k) => slopes(group.map((i) => flat[i]), y[k]).forEach((s, n) => { found[group[n]] += dy[k] * s; }));
      return found;
    },
  };
}

// By groups of elements that become as many: f(group), and pull(dy, y) of a group.
function along(f, pull) {
  const scatter = (groups, size, of) => {
    const found = new Array(size).fill(0);
    for (const group of groups) of(group).forEach((value, n) => { found[group[n]] = value; });
    return found;
  };
  return {
    forward: (step, [x]) => scatter(step.groups, step.size, (group) => f(group.map((i) => flatOf(x)[i]))),
    pull: (step, [x], y, dy) => scatter(step.groups, step.size, (group) => pull(group.map((i) => dy[i]), group.map((i) => y[i]))),
  };
}

// All values of a program at a point (id -> value), or {changed: test} where a question has another answer,
// or {odd: step} where a value is no finite number.
function compute(program, operations, questions, point) {
  const values = new Map(Object.entries(point).map(([id, value]) => [Number(id), value]));
  const valueOf = (input) => (typeof input === "number" ? values.get(input) : input.value);
  let asked = 0;
  const ask = (at) => {
    for (; asked < program.tests.length && program.tests[asked].at <= at; asked++) {
      const test = program.tests[asked], xs = test.inputs.map(valueOf);
      const maps = xs.map((x) => broadcast(shapeOf(x), test.shape)), flats = xs.map(flatOf);
      const same = test.answer.every((answer, k) => questions[test.question](...flats.map((x, i) => x[maps[i][k]])) === answer);
      if (!same) return test;
    }
    return null;
  };
  for (const step of program.steps) {
    const changed = ask(step.id);
    if (changed) return { changed };
    const y = operations[step.operation].forward(step, step.inputs.map(valueOf));
    if (!y.every(Number.isFinite)) return { odd: step };
    values.set(step.id, shaped(step.shape, y));
  }
  const changed = ask(Infinity);
  return changed ? { changed } : { values };
}

// Cotangents (id -> value) and what each step gave to each input ("from:input" -> value); `odd` as above.
function pullBack(program, operations, values) {
  const cotangents = new Map([[program.out, 1]]), gifts = new Map();
  let odd = null;
  const valueOf = (input) => (typeof input === "number" ? values.get(input) : input.value);
  for (const step of [...program.steps].reverse()) {
    const cotangent = cotangents.get(step.id);
    if (cotangent === undefined) continue;
    const xs = step.inputs.map(valueOf);
    step.inputs.forEach((input, k) => {
      if (typeof input !== "number") return;
      const flat = operations[step.operation].pull(step, xs, flatOf(values.get(step.id)), flatOf(cotangent), k);
      if (!flat.every(Number.isFinite)) odd ||= step;
      const gift = shaped(typeof xs[k] === "number" ? null : xs[k].shape, flat);
      gifts.set(`${step.id}:${step.places ? step.places[k] : k}`, gift);
      const before = cotangents.get(input);
      cotangents.set(input, before === undefined ? gift : added(before, gift));
    });
  }
  return { cotangents, gifts, odd };
}
