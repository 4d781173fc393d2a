// Words in which operations are written, beside those of JavaScript.

const { abs, acos, acosh, asin, asinh, atan, atan2, atanh, cbrt, cos, cosh, exp, expm1, floor, hypot, log, log10 } = Math;
const { log1p, log2, max, min, round, sign, sin, sinh, sqrt, tan, tanh, trunc, PI } = Math;

const sigmoid = (x) => (x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)));
const softplus = (x) => max(x, 0) + log1p(exp(-abs(x)));
const sech2 = (x) => (abs(x) > 350 ? 0 : 1 / cosh(x) ** 2);
const power = (a, b) => (b === 2 ? a * a : b === 0.5 ? sqrt(a) : a ** b);

const near = (a, b) => abs(a - b) <= 1e-9 * max(1, abs(a), abs(b));
const argmax = (xs) => xs.indexOf(max(...xs));
const argmin = (xs) => xs.indexOf(min(...xs));
const total = (xs) => xs.reduce((a, b) => a + b, 0);
const inner = (xs, ys) => total(xs.map((x, k) => x * ys[k]));
const without = (xs, k) => xs.reduce((p, x, i) => (i === k ? p : p * x), 1); // the product of the others
const center = (xs) => xs.map((x) => x - total(xs) / xs.length);
const variance = (xs) => total(center(xs).map((x) => x * x)) / xs.length;
const logsumexp = (xs) => max(...xs) + log(total(xs.map((x) => exp(x - max(...xs)))));
const logsoftmax = (xs) => xs.map((x) => x - logsumexp(xs));
const softmax = (xs) => logsoftmax(xs).map(exp);
