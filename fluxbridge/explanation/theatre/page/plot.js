// The function beside its derivative: a curve with its tangent, or level lines with the gradient.

const PLOT = { width: 330, height: 240, left: 46, right: 12, top: 22, bottom: 34 };

function drawPlot(box, plot, rows) {
  const at = plot.arguments.map(({ id, index }) => {
    const value = rows.steps.get(id).value, back = rows.steps.get(id).cotangent;
    const pick = (v) => (v === undefined ? 0 : numeric(typeof v === "number" ? v : (v.flat || [v.data].flat(9))[index]));
    return { x: pick(value), slope: pick(back) };
  });
  const [value = NaN] = numbersOf(rows.data.value);
  if (!Number.isFinite(value)) return box.replaceChildren(make("p", { class: "dim" }, `no picture: the value is ${valueText(rows.data.value)}`));
  const fan = at.every((a, k) => a.x === plot.at[k]) ? plot.fan : null;
  box.replaceChildren(...(plot.kind === "curve" ? curve(plot, at[0], value, fan) : levels(plot, at, value, fan)));
}

// A number, or what stands for one that JSON has not.
const numeric = (x) => (typeof x === "number" ? x : { inf: Infinity, "-inf": -Infinity }[x] ?? NaN);

function axes([x0, x1], [y0, y1], names, label) {
  const { width, height, left, right, top, bottom } = PLOT;
  const X = (x) => left + ((x - x0) / (x1 - x0 || 1)) * (width - left - right);
  const Y = (y) => height - bottom - ((y - y0) / (y1 - y0 || 1)) * (height - top - bottom);
  const svg = make("svg:svg", { viewBox: `0 0 ${width} ${height}`, class: "axes", role: "img", "aria-label": label });
  svg.append(make("svg:rect", { x: left, y: top, width: width - left - right, height: height - top - bottom, class: "frame" }));
  for (let k = 0; k <= 4; k++) {
    const x = x0 + ((x1 - x0) * k) / 4, y = y0 + ((y1 - y0) * k) / 4;
    svg.append(make("svg:text", { x: X(x), y: height - bottom + 14, "text-anchor": "middle" }, numberText(x, 3)),
      make("svg:text", { x: left - 4, y: Y(y) + 4, "text-anchor": "end" }, numberText(y, 3)));
  }
  svg.append(make("svg:text", { x: (left + width - right) / 2, y: height - 4, "text-anchor": "middle", class: "name" }, names[0]),
    make("svg:text", { x: 4, y: 12, class: "name" }, names[1]));
  const id = `clip${Math.random().toString(36).slice(2)}`;
  const inner = make("svg:g", { "clip-path": `url(#${id})` });
  svg.append(make("svg:clipPath", { id }, make("svg:rect", { x: left, y: top, width: width - left - right, height: height - top - bottom })), inner);
  return { svg, inner, X, Y };
}

const polyline = (points, X, Y, kind) => make("svg:path", { class: kind, d: points.map(([x, y], k) => `${k ? "L" : "M"}${X(x).toFixed(1)} ${Y(y).toFixed(1)}`).join("") });

function curve(plot, at, value, fan) {
  const known = plot.ys.filter((y) => y !== null);
  const low = Math.min(...known, value), high = Math.max(...known, value), room = (high - low || 1) * 0.08;
  const slopes = fan ? fan.map(([g]) => g) : [at.slope];
  const text = fan ? `subgradients from ${numberText(Math.min(...slopes))} to ${numberText(Math.max(...slopes))}` : `slope ${numberText(at.slope)}`;
  const label = `Graph of ${plot.title} with ${fan ? "the fan of its subgradients" : "its tangent"} at ${numberText(at.x)}: ${text}`;
  const { svg, inner, X, Y } = axes(plot.range[0], [low - room, high + room], [plot.names[0], plot.title], label);
  let run = [];
  const flush = () => { if (run.length > 1) inner.append(polyline(run, X, Y, "curve")); run = []; };
  plot.xs.forEach((x, k) => { if (plot.ys[k] === null) flush(); else run.push([x, plot.ys[k]]); });
  flush();
  const [x0, x1] = plot.range[0];
  const far = 20 * (high - low + 2 * room); // beyond the picture, where steep lines end
  const end = (g, x) => {
    const y = value + g * (x - at.x), reached = Math.max(value - far, Math.min(y, value + far));
    return reached === y ? [x, y] : [at.x + (reached - value) / g, reached];
  };
  const line = (g) => (Number.isFinite(g) ? [end(g, x0), end(g, x1)] : [[at.x, value - far], [at.x, value + far]]);
  if (fan && slopes.length > 1) {
    const [a, b] = [line(Math.min(...slopes)), line(Math.max(...slopes))];
    for (const k of [0, 1]) inner.append(make("svg:path", { class: "fan", d: `M${X(at.x)} ${Y(value)}L${X(a[k][0])} ${Y(a[k][1])}L${X(b[k][0])} ${Y(b[k][1])}Z` }));
    for (let k = 1; k < 4; k++) inner.append(polyline(line(Math.min(...slopes) + ((Math.max(...slopes) - Math.min(...slopes)) * k) / 4), X, Y, "among"));
  }
  for (const g of slopes) if (!Number.isNaN(g)) inner.append(polyline(line(g), X, Y, "tangent"));
  inner.append(make("svg:circle", { cx: X(at.x), cy: Y(value), r: 4.5, class: "here" }));
  const right = fan ? Math.max(...slopes) : at.slope, left = fan ? Math.min(...slopes) : at.slope;
  const directional = plot.directional && fan ? plot.directional : [right, -left];
  return [svg, make("p", { class: "dim" }, `${text}; directional derivatives: ${numberText(directional[0])} to the right, ${numberText(directional[1])} to the left`)];
}

function levels(plot, at, value, fan) {
  const [xr, yr] = plot.range;
  const label = `Level lines of ${plot.title}, with its gradient (${at.map((a) => numberText(a.slope)).join(", ")}) at (${at.map((a) => numberText(a.x)).join(", ")})`;
  const { svg, inner, X, Y } = axes(xr, yr, plot.names, label);
  const known = plot.zs.flat().filter((z) => z !== null).sort((a, b) => a - b);
  for (let k = 1; k <= 14; k++) {
    const level = known[Math.floor((k * (known.length - 1)) / 15)];
    inner.append(make("svg:path", { class: "level", style: `opacity:${0.35 + k / 25}`, d: contour(plot.zs, level).map(([x, y, u, v]) =>
      `M${at2(X, xr, x, plot.zs[0].length)} ${at2(Y, yr, y, plot.zs.length)}L${at2(X, xr, u, plot.zs[0].length)} ${at2(Y, yr, v, plot.zs.length)}`).join("") }));
  }
  (plot.paths || []).forEach((path, k) => {
    inner.append(polyline(path.points, X, Y, `path p${k}`), ...path.points.map(([x, y]) => make("svg:circle", { cx: X(x), cy: Y(y), r: 1.8, class: `dot p${k}` })));
  });
  const [a, b] = at;
  const arrow = (g, kind) => {
    const size = Math.hypot(...g) || 1, reach = 0.22 * Math.min(xr[1] - xr[0], yr[1] - yr[0]);
    const u = a.x + (g[0] / size) * reach, v = b.x + (g[1] / size) * reach;
    const angle = Math.atan2(Y(v) - Y(b.x), X(u) - X(a.x));
    inner.append(polyline([[a.x, b.x], [u, v]], X, Y, kind), make("svg:path", { class: `${kind} tip`, d: `M-7 -4L0 0L-7 4`, transform: `translate(${X(u)} ${Y(v)}) rotate(${(angle * 180) / Math.PI})` }));
  };
  if (fan && fan.length > 1) for (const g of fan) arrow(g, "tangent");
  else if ((a.slope || b.slope) && Number.isFinite(a.slope) && Number.isFinite(b.slope)) {
    arrow([a.slope, b.slope], "tangent");
    const far = (xr[1] - xr[0] + yr[1] - yr[0]) / (Math.hypot(a.slope, b.slope) || 1);
    inner.append(polyline([[a.x - b.slope * far, b.x + a.slope * far], [a.x + b.slope * far, b.x - a.slope * far]], X, Y, "among"));
  }
  inner.append(make("svg:circle", { cx: X(a.x), cy: Y(b.x), r: 4.5, class: "here" }));
  const names = ["→", "↗", "↑", "↖", "←", "↙", "↓", "↘"];
  const along = names.map((name, k) => {
    const u = Math.cos((k * Math.PI) / 4), v = Math.sin((k * Math.PI) / 4);
    const slope = plot.directional && fan ? plot.directional[k] : a.slope * u + b.slope * v;
    return make("span", { class: "whole" }, `${name} ${numberText(Math.abs(slope) < 1e-12 * Math.hypot(a.slope, b.slope) ? 0 : slope, 4)}`);
  });
  const legend = (plot.paths || []).map((path, k) => make("span", { class: `legend p${k}` }, `● ${path.name}`));
  return [svg, make("p", { class: "dim" }, "directional derivatives: ", ...along.flatMap((text) => [text, " "])), make("p", {}, ...legend)];
}

const at2 = (scale, [low, high], place, count) => scale(low + ((high - low) * place) / (count - 1)).toFixed(1);

// Segments of a level line, by the sides of each cell that it crosses.
function contour(zs, level) {
  const found = [];
  for (let j = 0; j + 1 < zs.length; j++)
    for (let i = 0; i + 1 < zs[0].length; i++) {
      const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]].map(([x, y]) => [x, y, zs[y][x]]);
      if (corners.some(([, , z]) => z === null)) continue;
      const cuts = [];
      corners.forEach(([x, y, z], k) => {
        const [u, v, w] = corners[(k + 1) % 4];
        if (z < level !== w < level) { const t = (level - z) / (w - z); cuts.push([x + t * (u - x), y + t * (v - y)]); }
      });
      for (let k = 0; k + 1 < cuts.length; k += 2) found.push([...cuts[k], ...cuts[k + 1]]);
    }
  return found;
}
