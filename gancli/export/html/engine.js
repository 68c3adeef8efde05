// Computes pictures beside the page, which stays quick: it gets the network once, and then a message for every picture.

let network = null;

// The weights, as floats of 32 bits; those of 16 bits are looked up, and those of 8 bits have a scale for every row.
function floats(base64, { bits, constants }) {
  const text = atob(base64), bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  if (bits === 32) return new Float32Array(bytes.buffer);
  if (bits === 8) return scaled(bytes, constants);
  const halves = new Uint16Array(bytes.buffer), made = new Float32Array(halves.length), known = new Float32Array(65536);
  for (let half = 0; half < 65536; half++) {
    const power = (half >> 10) & 31, fraction = half & 1023;
    const size = power ? 2 ** (power - 15) * (1 + fraction / 1024) : 2 ** -24 * fraction;
    known[half] = half & 0x8000 ? -size : size;
  }
  for (let i = 0; i < halves.length; i++) made[i] = known[halves[i]];
  return made;
}

// Whole numbers after the scales that they are multiplied by, one for every place in the first side of a tensor.
function scaled(bytes, constants) {
  const rows = constants.map((shape) => shape[0] || 1), scales = new Float32Array(bytes.buffer, 0, rows.reduce((sum, n) => sum + n, 0));
  const numbers = new Int8Array(bytes.buffer, scales.byteLength), made = new Float32Array(numbers.length);
  let i = 0, row = 0;
  constants.forEach((shape, at) => {
    const length = count(shape) / rows[at];
    for (let last = row + rows[at]; row < last; row++)
      for (const end = i + length; i < end; i++) made[i] = numbers[i] * scales[row];
  });
  return made;
}

function load({ graph, weights }) {
  const all = floats(weights, graph);
  let start = 0;
  const constants = graph.constants.map((shape) => tensor(shape, all.subarray(start, (start += count(shape)))));
  network = { graph, constants };
}

// Every operation in its order; what no later one needs is forgotten.
function run(inputs) {
  const { graph, constants } = network, values = [...inputs, ...constants];
  const value = (argument) =>
    argument === null || typeof argument !== "object" ? argument
    : Array.isArray(argument) ? argument.map(value)
    : values[argument.value];
  graph.nodes.forEach((node) => {
    outputShape = node.shape;
    values[node.made] = OPS[node.op](...node.args.map(value));
    node.last.forEach((index) => delete values[index]);
  });
  return values[graph.output];
}

// The pixels of a picture, 4 bytes each, of what the network makes in [0, 1].
function pixels({ shape, data }) {
  const [, channels, height, width] = shape, area = height * width, made = new Uint8ClampedArray(4 * area).fill(255);
  for (let i = 0; i < area; i++)
    for (let colour = 0; colour < 3; colour++) made[4 * i + colour] = Math.round(data[(channels === 1 ? 0 : colour) * area + i] * 255);
  return { width, height, data: made };
}

self.onmessage = ({ data: { id, network: given, picture } }) => {
  try {
    if (given) load(given);
    else self.postMessage({ id, picture: draw(picture) });
  } catch (error) {
    self.postMessage({ id, error: String(error) });
  }
};
