// The operations of a generator, as torch's core ATen has them, on tensors {shape, data}: plain arrays of floats in C
// order. Every one takes the arguments of its schema. The page is refused for a network that needs another one.

const OPS = {};
let outputShape = [];  // of the operation that is computed, as torch has found it
const count = (shape) => shape.reduce((product, side) => product * side, 1);
const tensor = (shape, data) => ({ shape, data: data || new Float32Array(count(shape)) });
const axis = (x, dim) => (dim < 0 ? dim + x.shape.length : dim);

function strides(shape) {
  const found = new Array(shape.length).fill(1);
  for (let dim = shape.length - 2; dim >= 0; dim--) found[dim] = found[dim + 1] * shape[dim + 1];
  return found;
}

// The places in an array of strides `steps`, in the order of an array of `shape`.
function places(shape, steps, start = 0) {
  const found = new Int32Array(count(shape)), index = new Array(shape.length).fill(0);
  for (let place = start, i = 0; i < found.length; i++) {
    found[i] = place;
    for (let dim = shape.length - 1; dim >= 0; dim--) {
      place += steps[dim];
      if (++index[dim] < shape[dim]) break;
      place -= steps[dim] * shape[dim];
      index[dim] = 0;
    }
  }
  return found;
}

function taken(x, shape, steps, start = 0) {
  return tensor(shape, Float32Array.from(places(shape, steps, start), (place) => x.data[place]));
}

function broadcast(x, shape) {
  const missing = shape.length - x.shape.length, own = strides(x.shape);
  return shape.map((side, dim) => (dim < missing || x.shape[dim - missing] === 1 ? 0 : own[dim - missing]));
}

// Elementwise, of one tensor.
const unary = (compute) => (x, ...numbers) => {
  const made = tensor(x.shape);
  for (let i = 0; i < made.data.length; i++) made.data[i] = compute(x.data[i], ...numbers);
  return made;
};
// The error function: its series, and for larger numbers its continued fraction (Abramowitz & Stegun, 1964, 7.1.6, 7.1.14).
function erf(x) {
  const size = Math.abs(x), bell = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (size > 6) return Math.sign(x);
  if (size < 2) {
    let term = 2 * x, sum = term;
    for (let n = 1; n < 40; n++) sum += term *= (2 * x * x) / (2 * n + 1);
    return bell * sum;
  }
  let fraction = size;
  for (let n = 60; n > 0; n--) fraction = size + n / 2 / fraction;
  return Math.sign(x) * (1 - bell / fraction);
}
OPS["aten.relu"] = unary((x) => (x > 0 ? x : 0));
OPS["aten.leaky_relu"] = unary((x, slope) => (x > 0 ? x : x * slope));
OPS["aten.elu"] = unary((x, alpha, scale, inner) => (x > 0 ? scale * x : scale * alpha * Math.expm1(x * inner)));
OPS["aten.tanh"] = unary(Math.tanh);
OPS["aten.sigmoid"] = unary((x) => 1 / (1 + Math.exp(-x)));
OPS["aten.exp"] = unary(Math.exp);
OPS["aten.log"] = unary(Math.log);
OPS["aten.sin"] = unary(Math.sin);
OPS["aten.cos"] = unary(Math.cos);
OPS["aten.erf"] = unary(erf);
OPS["aten.abs"] = unary(Math.abs);
OPS["aten.neg"] = unary((x) => -x);
OPS["aten.sqrt"] = unary(Math.sqrt);
OPS["aten.rsqrt"] = unary((x) => 1 / Math.sqrt(x));
OPS["aten.reciprocal"] = unary((x) => 1 / x);
OPS["aten.pow.Tensor_Scalar"] = unary((x, power) => (power === 2 ? x * x : Math.pow(x, power)));
OPS["aten.clamp"] = unary((x, low, high) => Math.min(high === null ? Infinity : high, Math.max(low === null ? -Infinity : low, x)));
OPS["aten.hardtanh"] = OPS["aten.clamp"];

// Elementwise, of two tensors, or of a tensor and a number.
const binary = (compute) => (x, y, factor = 1) => {
  if (typeof y === "number") return unary((value) => compute(value, y * factor))(x);
  const shape = wider(x.shape, y.shape), made = tensor(shape), size = made.data.length;
  const [a, b] = [x.data, y.data], inner = repeat(y.shape, shape);
  if (a.length === size && inner) {  // y is the same over the last sides, as a bias of a channel is
    for (let i = 0, j = 0; i < size; j = (j + 1) % b.length)
      for (const end = i + inner, value = b[j] * factor; i < end; i++) made.data[i] = compute(a[i], value);
    return made;
  }
  const left = places(shape, broadcast(x, shape)), right = places(shape, broadcast(y, shape));
  for (let i = 0; i < size; i++) made.data[i] = compute(a[left[i]], b[right[i]] * factor);
  return made;
};
function wider(one, other) {
  const length = Math.max(one.length, other.length);
  const side = (shape, dim) => shape[dim - length + shape.length] || 1;
  return Array.from({ length }, (_, dim) => Math.max(side(one, dim), side(other, dim)));
}
// How often each number of a tensor is repeated in a row, if it is repeated over the last sides and the first alone.
function repeat(small, shape) {
  const padded = [...new Array(shape.length - small.length).fill(1), ...small];
  const own = padded.map((side, dim) => side === shape[dim] && side > 1).reduce((all, is, dim) => (is ? [...all, dim] : all), []);
  const first = own.length ? own[0] : shape.length, last = own.length ? own[own.length - 1] : -1;
  const between = shape.slice(first, last + 1);
  if (between.some((side, at) => padded[first + at] !== side)) return 0;
  return count(shape.slice(last + 1));
}
OPS["aten.add.Tensor"] = binary((x, y) => x + y);
OPS["aten.sub.Tensor"] = binary((x, y) => x - y);
OPS["aten.mul.Tensor"] = binary((x, y) => x * y);
OPS["aten.div.Tensor"] = binary((x, y) => x / y);
OPS["aten.maximum"] = binary(Math.max);
OPS["aten.minimum"] = binary(Math.min);

// Comparisons are 1 or 0, and choose.
OPS["aten.ge.Scalar"] = unary((x, y) => Number(x >= y));
OPS["aten.gt.Scalar"] = unary((x, y) => Number(x > y));
OPS["aten.le.Scalar"] = unary((x, y) => Number(x <= y));
OPS["aten.lt.Scalar"] = unary((x, y) => Number(x < y));
OPS["aten.where.self"] = (condition, x, y) => {
  const parts = [condition, x, y], shape = parts.map((given) => given.shape).reduce(wider), made = tensor(shape);
  const [c, a, b] = parts.map((given) => places(shape, broadcast(given, shape)));
  for (let i = 0; i < made.data.length; i++) made.data[i] = condition.data[c[i]] ? x.data[a[i]] : y.data[b[i]];
  return made;
};

// Other shapes of the same numbers.
OPS["aten.view"] = (x, shape) => tensor(resolved(shape, x.data.length), x.data);
OPS["aten._unsafe_view"] = OPS["aten.view"];
OPS["aten.clone"] = (x) => x;
OPS["aten._to_copy"] = (x) => x;
OPS["aten.unsqueeze"] = (x, dim) => {
  const shape = [...x.shape];
  shape.splice(dim < 0 ? dim + shape.length + 1 : dim, 0, 1);
  return tensor(shape, x.data);
};
OPS["aten.squeeze.dims"] = (x, dims) => {
  const gone = dims.map((dim) => axis(x, dim));
  return tensor(x.shape.filter((side, dim) => side !== 1 || !gone.includes(dim)), x.data);
};
OPS["aten.expand"] = (x, shape) => {
  const missing = shape.length - x.shape.length;
  const full = shape.map((side, dim) => (side === -1 ? x.shape[dim - missing] : side));
  return taken(x, full, broadcast(x, full));
};
OPS["aten.permute"] = (x, dims) => {
  const own = strides(x.shape), order = dims.map((dim) => axis(x, dim));
  return taken(x, order.map((dim) => x.shape[dim]), order.map((dim) => own[dim]));
};
OPS["aten.select.int"] = (x, dim, index) => {
  const made = part(x, axis(x, dim), index < 0 ? index + x.shape[axis(x, dim)] : index, 1);
  return tensor(x.shape.filter((_, at) => at !== axis(x, dim)), made.data);
};
OPS["aten.slice.Tensor"] = (x, dim, start, end, step) => {
  const along = axis(x, dim), side = x.shape[along], whole = (place, other) => (place === null ? other : place < 0 ? place + side : Math.min(place, side));
  const first = whole(start, 0), shape = [...x.shape], own = strides(x.shape);
  shape[along] = Math.ceil((whole(end, side) - first) / step);
  return taken(x, shape, own.map((stride, at) => (at === along ? stride * step : stride)), first * own[along]);
};
OPS["aten.split_with_sizes"] = (x, sizes, dim) => {
  let start = 0;
  return sizes.map((size) => part(x, axis(x, dim), (start += size) - size, size));
};
OPS["aten.cat"] = (parts, dim) => {
  const along = axis(parts[0], dim), shape = [...parts[0].shape];
  shape[along] = parts.reduce((sum, x) => sum + x.shape[along], 0);
  const made = tensor(shape), row = count(shape.slice(along));
  let start = 0;
  for (const x of parts) {
    const length = count(x.shape.slice(along));
    for (let from = 0, to = start; from < x.data.length; from += length, to += row) made.data.set(x.data.subarray(from, from + length), to);
    start += length;
  }
  return made;
};
OPS["getitem"] = (parts, index) => parts[index];
const resolved = (shape, size) => shape.map((side) => (side === -1 ? size / -count(shape) : side));
function part(x, along, start, size) {
  const shape = [...x.shape], own = strides(x.shape);
  shape[along] = size;
  return taken(x, shape, own, start * own[along]);
}
