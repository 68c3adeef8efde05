// A picture of any size, prepared as `gan translate` prepares it, and its translation.

// Every channel for itself, of pixels of 4 bytes.
function planes({ data }, channels) {
  const area = data.length / 4, made = Array.from({ length: channels }, () => new Uint8ClampedArray(area));
  if (channels === 1)
    for (let i = 0; i < area; i++)  // as Pillow makes it grey
      made[0][i] = (19595 * data[4 * i] + 38470 * data[4 * i + 1] + 7471 * data[4 * i + 2] + 32768) >> 16;
  else made.forEach((plane, colour) => { for (let i = 0; i < area; i++) plane[i] = data[4 * i + colour]; });
  return made;
}

// Lanczos' filter of three lobes, as Pillow has it: of `size` numbers, those from `start` on become `made` ones.
function lanczos(x) {
  const angle = Math.PI * Math.abs(x);
  return angle === 0 ? 1 : Math.abs(x) >= 3 ? 0 : (3 * Math.sin(angle) * Math.sin(angle / 3)) / (angle * angle);
}
function taps(size, start, length, made) {
  const scale = length / made, wide = Math.max(1, scale);
  return Array.from({ length: made }, (_, at) => {
    const centre = start + (at + 0.5) * scale, first = Math.max(0, Math.trunc(centre - 3 * wide + 0.5));
    const number = Math.min(size, Math.trunc(centre + 3 * wide + 0.5)) - first;
    const weights = Float64Array.from({ length: number }, (_, i) => lanczos((first + i - centre + 0.5) / wide));
    const sum = weights.reduce((total, weight) => total + weight);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}
function filtered(from, lines, [line, step], filter, [toLine, toStep]) {
  const made = new Uint8ClampedArray(lines * filter.length);
  for (let i = 0; i < lines; i++)
    filter.forEach(({ first, weights }, at) => {
      let sum = 0, place = i * line + first * step;
      for (let k = 0; k < weights.length; k++, place += step) sum += weights[k] * from[place];
      made[i * toLine + at * toStep] = sum;
    });
  return made;
}
function resized(plane, [width, height], [left, top, wide, tall], [columns, rows]) {
  const across = filtered(plane, height, [width, 1], taps(width, left, wide, columns), [columns, 1]);
  return filtered(across, columns, [1, columns], taps(height, top, tall, rows), [1, columns]);
}

// The part that is seen, and how large it becomes.
function frame([width, height], [columns, rows], fit) {
  const whole = [0, 0, width, height];
  if (fit === "stretch") return { box: whole, size: [columns, rows] };
  if (fit === "pad") {
    const scale = Math.min(columns / width, rows / height);
    return { box: whole, size: [width, height].map((side) => Math.max(1, Math.round(side * scale))) };
  }
  const ratio = columns / rows, isWide = width / height > ratio;
  const seen = isWide ? [ratio * height, height] : [width, width / ratio];
  return { box: [(width - seen[0]) / 2, (height - seen[1]) / 2, ...seen], size: [columns, rows] };
}
function fitted(plane, own, size, fit) {
  if (own[0] === size[0] && own[1] === size[1]) return plane;
  const { box, size: part } = frame(own, size, fit), made = resized(plane, own, box, part);
  if (part[0] === size[0] && part[1] === size[1]) return made;
  const padded = new Uint8ClampedArray(size[0] * size[1]).fill(255);
  const [left, top] = [0, 1].map((axis) => Math.floor((size[axis] - part[axis]) / 2));
  for (let row = 0; row < part[1]; row++)
    padded.set(made.subarray(row * part[0], (row + 1) * part[0]), (top + row) * size[0] + left);
  return padded;
}

function prepared(picture) {
  const { shape: [channels, height, width], fit } = network.graph.source;
  const parts = planes(picture, channels).map((plane) => fitted(plane, [picture.width, picture.height], [width, height], fit));
  return tensor([1, channels, height, width], Float32Array.from({ length: channels * width * height }, (_, i) =>
    parts[Math.floor(i / (width * height))][i % (width * height)] / 255));
}

// The picture as the network sees it, or its translation.
function draw({ picture, translated }) {
  const x = prepared(picture);
  return pixels(translated ? run([x]) : x);
}
