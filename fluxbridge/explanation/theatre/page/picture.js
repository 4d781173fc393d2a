// The graph: a step stands below what it uses; within the layers nodes move to the mean of their neighbours.

const LETTER = 7.1, LINE = 16, GAP = 26, BETWEEN = 46;
const CHARACTERS = 24; // of a text in a node; the whole text is its title
const SMALLEST = 0.65; // scale at which letters can still be read; what is larger then is scrolled

function graphOf(rows, shown) {
  const nodes = shown.map((row) => {
    const whole = nodeTexts(rows, row);
    return { key: row.key, row, whole, texts: whole.map((text) => cut(text, CHARACTERS)) };
  });
  const known = new Set(nodes.map((node) => node.key));
  const edges = new Map();
  for (const row of shown)
    for (const id of row.ids)
      for (const input of rows.steps.get(id).inputs || []) {
        const source = typeof input === "number" ? rows.home.get(input) : undefined;
        if (source !== undefined && source !== row.key && known.has(source) && known.has(row.key))
          edges.set(`${source}>${row.key}`, { source, target: row.key, to: new Set() });
      }
  return { nodes, edges: [...edges.values()] };
}

function nodeTexts(rows, row) {
  const last = row.results.at(-1);
  const title = row.kind === "argument" ? last.name : rows.nameOf(row);
  const value = row.kind === "group" && last ? `${last.name} = ${valueText(last.value)}` : valueText(last && last.value);
  return [title, value, backText(rows, row)];
}

// The third line of a node: its cotangent, or its tangent.
function backText(rows, row) {
  if (rows.data.mode === "forward") return `tangent ${valueText(row.results.at(-1).tangent)}`;
  const bars = row.results.filter((step) => step.cotangent !== undefined);
  return bars.length ? `${bars.at(-1).bar} = ${valueText(bars.at(-1).cotangent)}` : "";
}

const cut = (text, most) => ([...text].length > most ? [...text].slice(0, most - 1).join("") + "…" : text);

function layout(graph) {
  const at = new Map(graph.nodes.map((node) => [node.key, node]));
  for (const node of graph.nodes) {
    node.above = []; node.below = []; node.layer = 0;
    node.width = Math.max(...node.texts.map((t) => [...t].length), 13) * LETTER + 16;
  }
  for (const { source, target } of graph.edges) {
    at.get(target).above.push(at.get(source));
    at.get(source).below.push(at.get(target));
  }
  for (const node of graph.nodes) node.layer = Math.max(0, ...node.above.map((n) => n.layer + 1));
  for (const node of [...graph.nodes].reverse())
    if (node.row.kind === "argument" && node.below.length) node.layer = Math.max(0, Math.min(...node.below.map((n) => n.layer)) - 1);
  for (const node of graph.nodes) { node.up = []; node.down = []; }
  const bends = graph.edges.flatMap((edge) => bend(edge, at.get(edge.source), at.get(edge.target)));
  const layers = [];
  for (const node of [...graph.nodes, ...bends]) (layers[node.layer] ||= []).push(node);
  for (let k = 0; k < layers.length; k++) layers[k] ||= [];
  for (const layer of layers) spread(layer);
  for (let sweep = 0; sweep < 8; sweep++)
    for (const layer of sweep % 2 ? [...layers].reverse() : layers) {
      for (const node of layer) {
        const near = (sweep % 2 ? node.down : node.up).concat(sweep > 3 ? (sweep % 2 ? node.up : node.down) : []);
        node.wish = near.length ? near.reduce((sum, n) => sum + n.x, 0) / near.length : node.x;
      }
      layer.sort((a, b) => a.wish - b.wish);
      settle(layer);
    }
  const every = [...graph.nodes, ...bends];
  const left = Math.min(...every.map((n) => n.x - n.width / 2));
  for (const node of every) { node.x += 10 - left; node.height = 3 * LINE + 8; node.y = 10 + node.layer * (node.height + BETWEEN); }
  return {
    width: Math.max(160, ...every.map((n) => n.x + n.width / 2 + 10)),
    height: Math.max(60, ...graph.nodes.map((n) => n.y + n.height + 10)), at,
  };
}

// An arrow over several layers bends around what stands between: it has a thin place of its own in each.
function bend(edge, source, target) {
  const chain = [source];
  for (let layer = source.layer + 1; layer < target.layer; layer++) chain.push({ layer, width: 6, up: [], down: [] });
  chain.push(target);
  for (let k = 1; k < chain.length; k++) { chain[k - 1].down.push(chain[k]); chain[k].up.push(chain[k - 1]); }
  edge.bends = chain.slice(1, -1);
  return edge.bends;
}

function spread(layer) {
  let x = 0;
  for (const node of layer) { node.x = x + node.width / 2; x += node.width + GAP; }
}

// Each node as near to its wish as its neighbours leave room: one pass from the left, one from the right.
function settle(layer) {
  const room = (a, b) => (a.width + b.width) / 2 + GAP;
  const right = [], left = [];
  layer.forEach((n, k) => { right[k] = k ? Math.max(n.wish, right[k - 1] + room(layer[k - 1], n)) : n.wish; });
  for (let k = layer.length - 1; k >= 0; k--)
    left[k] = k < layer.length - 1 ? Math.min(layer[k].wish, left[k + 1] - room(layer[k], layer[k + 1])) : layer[k].wish;
  layer.forEach((n, k) => { n.x = (right[k] + left[k]) / 2; });
}

function drawGraph(rows, shown, onhover) {
  const graph = graphOf(rows, shown);
  const { width, height, at } = layout(graph);
  const label = `Graph of ${shown.length} steps: ` + shown.slice(0, 30).map((r) => rows.nameOf(r)).join("; ");
  const svg = make("svg:svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label, class: "graph",
    style: `max-width:100%;min-width:${SMALLEST * width}px;height:auto` });
  const edges = [], comesFrom = (edge) => (edge.bends.at(-1) || at.get(edge.source)).x;
  const heads = new Map(graph.nodes.map((node) => [node.key, []])); // of each node the arrows to it, from the left
  for (const edge of graph.edges) heads.get(edge.target).push(edge);
  for (const list of heads.values()) list.sort((a, b) => comesFrom(a) - comesFrom(b));
  for (const edge of graph.edges) {
    const a = at.get(edge.source), b = at.get(edge.target);
    const others = heads.get(edge.target).length, place = heads.get(edge.target).indexOf(edge);
    const x0 = a.x, y0 = a.y + a.height, x1 = b.x + (others > 1 ? ((place + 0.5) / others - 0.5) * b.width * 0.6 : 0), y1 = b.y;
    const stops = [[x0, y0], ...edge.bends.flatMap((n) => [[n.x, n.y], [n.x, n.y + n.height]]), [x1, y1]];
    const path = stops.map(([x, y], k) => {
      if (!k) return `M${x} ${y}`;
      const [u, v] = stops[k - 1];
      return `C${u} ${(v + y) / 2} ${x} ${(v + y) / 2} ${x} ${y}`;
    }).join("");
    const lx = 0.3 * comesFrom(edge) + 0.7 * x1, ly = y1 - 16 - (place % 2) * 13;
    const text = make("svg:text", { x: lx, y: ly, "text-anchor": "middle", class: "local" });
    const g = make("svg:g", { class: "edge" }, make("svg:path", { d: path }),
      make("svg:path", { d: `M${x1} ${y1}l-4 -8h8z`, class: "head" }));
    svg.append(g);
    edges.push({ ...edge, g, text });
  }
  svg.append(...edges.map((edge) => edge.text)); // over all lines
  const nodes = new Map();
  for (const node of graph.nodes) {
    const texts = node.texts.map((t, k) =>
      make("svg:text", { x: node.x, y: node.y + LINE * (k + 1), "text-anchor": "middle", class: ["name", "value", "bar"][k] }, t));
    const title = make("svg:title");
    const kind = { argument: "argument", group: "group" }[node.row.kind] || "step";
    const g = make("svg:g", { class: `node ${kind}`, "data-key": node.key, onmouseenter: () => onhover(node.key), onmouseleave: () => onhover(null) },
      title, make("svg:rect", { x: node.x - node.width / 2, y: node.y, width: node.width, height: node.height, rx: kind === "argument" ? 20 : 5 }), ...texts);
    svg.append(g);
    nodes.set(node.key, { g, texts, title, whole: node.whole });
  }
  return { svg, nodes, edges };
}
