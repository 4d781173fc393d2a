// Values as people write them: numbers to six digits, arrays by their first elements, as in Python.

const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

// With so many digits, and of two that are as near the even one, as Python has it.
function exponential(x, digits) {
  const nearest = x.toExponential(digits - 1), [exact, power] = x.toExponential(40).split("e");
  const cut = exact.length - 41 + digits;
  return /^50*$/.test(exact.slice(cut)) && "02468".includes(exact[cut - 1]) ? `${exact.slice(0, cut)}e${power}` : nearest;
}

function numberText(x, digits = 6) {
  if (typeof x !== "number") return String(x);
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
  if (x === 0) return "0";
  const text = exponential(x, digits), [mantissa, exponent] = text.split("e");
  const power = Number(exponent);
  const plain = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (power >= -4 && power < digits) return plain(Number(text).toFixed(digits - 1 - power));
  return `${plain(mantissa)}·10${[...String(power)].map((c) => RAISED[c]).join("")}`;
}

const FEW = 6;

function arrayText(shape, flat, room = FEW) {
  if (!shape.length) return numberText(flat[0], 4);
  const some = shape.length === 1 || flat.length <= room ? room : Math.max(room >> 1, 2);
  const rows = shape.length === 1 || flat.length <= room ? shape[0] : Math.min(1, shape[0]);
  const each = flat.length / (shape[0] || 1);
  const texts = [];
  for (let k = 0; k < Math.min(some, rows); k++)
    texts.push(arrayText(shape.slice(1), flat.slice(k * each, (k + 1) * each), some));
  return `[${texts.join(", ")}${texts.length < shape[0] ? ", …" : ""}]`;
}

// The texts; of many the first and the last.
const few = (texts, most = 3) => (texts.length <= most ? texts : [...texts.slice(0, most - 1), "…", texts.at(-1)]);

// A value is a number, {text, shape, data} as explain(...).data() has it, or {shape, flat} as computed here.
function valueText(value) {
  if (value === null || value === undefined) return "None";
  if (typeof value === "number") return numberText(value);
  return value.flat ? arrayText(value.shape, Array.from(value.flat)) : value.text;
}

const shapeText = (value) => (value && value.shape ? value.shape.join("×") : "");

// The numbers of a value; none where they are not known, or are complex.
function numbersOf(value) {
  if (typeof value === "number") return [value];
  const found = !value ? [] : value.flat ? Array.from(value.flat) : [value.data].flat(Infinity);
  return found.every((x) => typeof x === "number") ? found : [];
}

// Is a term below the last digit that is shown of the sum? Everywhere, for arrays. (negligible of rows.py)
function isNegligible(part, whole) {
  const parts = numbersOf(part), wholes = numbersOf(whole), digits = typeof whole === "number" ? 6 : 4;
  if (!parts.length || parts.length !== wholes.length || !parts.some((x) => x) || !wholes.every(Number.isFinite)) return false;
  return parts.every((x, k) => !x || Math.abs(x) < 10 ** (Math.floor(Math.log10(Math.abs(wholes[k]))) - digits + 1) / 2);
}

const amountText = (part, whole) => (isNegligible(part, whole) ? "≈ 0" : valueText(part));

const TERMS = 5; // of a sum that are written out
const LONGEST = 60; // characters of a sum of arrays

// The pieces of "0.5 + 0.25 - ≈ 0", each with the row that it stands for. (sum_of of rows.py)
function sumText(terms, whole) {
  if (terms.length < 2) return [];
  const pieces = terms.slice(0, terms.length > TERMS + 1 ? TERMS : undefined).map((term) => ({ text: amountText(term.value, whole), row: term.row }));
  if (pieces.length < terms.length) pieces.push({ text: `… (${terms.length - TERMS} more)` });
  const length = pieces.reduce((sum, { text }) => sum + [...text].length, 0);
  if (length > LONGEST && shapeText(whole)) return [{ sign: "", text: `sum of ${terms.length} terms` }];
  return pieces.map(({ text, row }, k) => {
    const minus = k > 0 && text.startsWith("-");
    return { sign: k ? (minus ? " - " : " + ") : "", text: minus ? text.slice(1) : text, row };
  });
}

function added(a, b) {
  if (typeof a === "number" && typeof b === "number") return a + b;
  const xs = numbersOf(a), ys = numbersOf(b);
  return xs.length && xs.length === ys.length ? { shape: a.shape, flat: xs.map((x, k) => x + ys[k]) } : { text: "…", shape: a.shape };
}

// One element of the page: make("td", {class: "v"}, "text", child …).
function make(tag, attributes = {}, ...children) {
  const element = tag.startsWith("svg:")
    ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4))
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  element.append(...children.filter((c) => c !== null && c !== undefined));
  return element;
}
