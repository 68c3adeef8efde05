// The layers of a generator: products of matrices, convolutions, normalisation, pooling, larger and smaller images.

// Sums of products; `b` has the rows of its matrix one after the other.
function product(a, b, rows, inner, columns, made) {
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < inner; k++) {
      const value = a[row * inner + k];
      for (let column = 0, from = k * columns, to = row * columns; column < columns; column++) made[to++] += value * b[from++];
    }
}
OPS["aten.mm"] = (x, y) => {
  const made = tensor([x.shape[0], y.shape[1]]);
  product(x.data, y.data, x.shape[0], x.shape[1], y.shape[1], made.data);
  return made;
};
OPS["aten.addmm"] = (bias, x, y, beta, alpha) => {
  const made = OPS["aten.mm"](x, y);
  return OPS["aten.add.Tensor"](OPS["aten.mul.Tensor"](made, alpha), bias, beta);
};
OPS["aten.bmm"] = (x, y) => {
  const [n, rows, inner] = x.shape, columns = y.shape[2], made = tensor([n, rows, columns]);
  for (let i = 0; i < n; i++)
    product(
      x.data.subarray(i * rows * inner), y.data.subarray(i * inner * columns), rows, inner, columns,
      made.data.subarray(i * rows * columns, (i + 1) * rows * columns),
    );
  return made;
};

// An image with a frame of zeros, in which no convolution leaves the array.
function framed(data, channels, [height, width], [top, left], [rows, columns]) {
  const made = new Float32Array(channels * rows * columns);
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < height; y++)
      made.set(data.subarray((c * height + y) * width, (c * height + y + 1) * width), (c * rows + y + top) * columns + left);
  return made;
}

OPS["aten.convolution"] = (x, weight, bias, stride, padding, dilation, transposed, extra, groups) => {
  const made = (transposed ? transposedConvolution : convolution)(x, weight, stride, padding, dilation, extra, groups);
  return bias ? OPS["aten.add.Tensor"](made, tensor([bias.shape[0], 1, 1], bias.data)) : made;
};

// Every number of the weights times a shifted image: the innermost loop goes along a row, for four channels at once.
function convolution(x, weight, stride, padding, dilation, extra, groups) {
  const [n, inputs, height, width] = x.shape, [outputs, perGroup, kh, kw] = weight.shape, each = outputs / groups;
  const rows = height + 2 * padding[0], columns = width + 2 * padding[1];
  const out = [rows, columns].map((side, i) => Math.floor((side - dilation[i] * ([kh, kw][i] - 1) - 1) / stride[i]) + 1);
  const made = tensor([n, outputs, ...out]), area = out[0] * out[1], taps = kh * kw, w = weight.data, to = made.data;
  for (let i = 0; i < n; i++) {
    const own = x.data.subarray(i * inputs * height * width, (i + 1) * inputs * height * width);
    const from = framed(own, inputs, [height, width], padding, [rows, columns]);
    for (let o = 0; o < outputs; ) {
      const group = Math.floor(o / each), together = (group + 1) * each - o >= 4 ? 4 : 1;
      for (let c = 0; c < perGroup; c++)
        for (let tap = 0; tap < taps; tap++) {
          const at = (o * perGroup + c) * taps + tap, next = perGroup * taps;
          const w0 = w[at], w1 = w[at + next], w2 = w[at + 2 * next], w3 = w[at + 3 * next];
          const shift = ((group * perGroup + c) * rows + Math.floor(tap / kw) * dilation[0]) * columns + (tap % kw) * dilation[1];
          for (let y = 0; y < out[0]; y++) {
            let p = shift + y * stride[0] * columns, q = (i * outputs + o) * area + y * out[1];
            if (together === 4)
              for (const end = q + out[1]; q < end; q++, p += stride[1]) {
                const value = from[p];
                to[q] += w0 * value; to[q + area] += w1 * value; to[q + 2 * area] += w2 * value; to[q + 3 * area] += w3 * value;
              }
            else for (const end = q + out[1]; q < end; q++, p += stride[1]) to[q] += w0 * from[p];
          }
        }
      o += together;
    }
  }
  return made;
}

// A convolution of the image with zeros between its pixels, by the weights turned round: one loop for both kinds.
function transposedConvolution(x, weight, stride, padding, dilation, extra, groups) {
  const [n, inputs, height, width] = x.shape, [, perGroup, kh, kw] = weight.shape, each = inputs / groups;
  const out = [height, width].map((side, i) => (side - 1) * stride[i] - 2 * padding[i] + dilation[i] * ([kh, kw][i] - 1) + extra[i] + 1);
  const made = tensor([n, perGroup * groups, ...out]), w = weight.data;
  for (let i = 0; i < n; i++)
    for (let o = 0; o < perGroup * groups; o++) {
      const group = Math.floor(o / perGroup), target = made.data.subarray((i * perGroup * groups + o) * out[0] * out[1]);
      for (let c = group * each; c < (group + 1) * each; c++)
        for (let tap = 0; tap < kh * kw; tap++) {
          const value = w[(c * perGroup + (o % perGroup)) * kh * kw + tap];
          const down = Math.floor(tap / kw) * dilation[0] - padding[0], right = (tap % kw) * dilation[1] - padding[1];
          const first = Math.max(0, Math.ceil(-right / stride[1])), last = Math.min(width - 1, Math.floor((out[1] - 1 - right) / stride[1]));
          for (let y = 0; y < height; y++) {
            const row = y * stride[0] + down;
            if (row < 0 || row >= out[0]) continue;
            let p = ((i * inputs + c) * height + y) * width + first, q = row * out[1] + first * stride[1] + right;
            for (let column = first; column <= last; column++, p++, q += stride[1]) target[q] += value * x.data[p];
          }
        }
    }
  return made;
}

// Normalisation of every channel, by the numbers that a training has kept, or by the image's own.
function normalised(x, weight, bias, mean, variance, epsilon) {
  const [n, channels] = x.shape, area = count(x.shape.slice(2)), made = tensor(x.shape);
  for (let i = 0, c = 0; i < made.data.length; c = (c + 1) % channels) {
    const scale = (weight ? weight.data[c] : 1) / Math.sqrt(variance[c] + epsilon);
    const shift = (bias ? bias.data[c] : 0) - mean[c] * scale;
    for (const end = i + area; i < end; i++) made.data[i] = x.data[i] * scale + shift;
  }
  return [made];
}
OPS["aten._native_batch_norm_legit_no_training"] = (x, weight, bias, mean, variance, momentum, epsilon) =>
  normalised(x, weight, bias, mean.data, variance.data, epsilon);
OPS["aten._native_batch_norm_legit.no_stats"] = (x, weight, bias, training, momentum, epsilon) => {
  const [n, channels] = x.shape, area = count(x.shape.slice(2)), number = n * area;
  const mean = new Float64Array(channels), variance = new Float64Array(channels);
  const each = (visit) => x.data.forEach((value, i) => visit(value, Math.floor(i / area) % channels));
  each((value, c) => (mean[c] += value / number));
  each((value, c) => (variance[c] += (value - mean[c]) ** 2 / number));
  return normalised(x, weight, bias, mean, variance, epsilon);
};

// Over some sides.
const reduced = (start, add, end = (value) => value) => (x, dims, keep) => {
  const gone = (dims && dims.length ? dims : x.shape.map((_, dim) => dim)).map((dim) => axis(x, dim));
  const kept = x.shape.map((side, dim) => (gone.includes(dim) ? 1 : side)), sums = new Float64Array(count(kept)).fill(start);
  const target = places(x.shape, broadcast({ shape: kept }, x.shape));
  x.data.forEach((value, i) => (sums[target[i]] = add(sums[target[i]], value)));
  const shape = keep ? kept : x.shape.filter((_, dim) => !gone.includes(dim));
  return tensor(shape, Float32Array.from(sums, (sum) => end(sum, x.data.length / sums.length)));
};
OPS["aten.sum.dim_IntList"] = reduced(0, (sum, value) => sum + value);
OPS["aten.mean.dim"] = reduced(0, (sum, value) => sum + value, (sum, number) => sum / number);
OPS["aten.amax"] = reduced(-Infinity, Math.max);
OPS["aten._softmax"] = (x, dim) => {
  const powers = OPS["aten.exp"](OPS["aten.sub.Tensor"](x, OPS["aten.amax"](x, [dim], true)));
  return OPS["aten.div.Tensor"](powers, OPS["aten.sum.dim_IntList"](powers, [dim], true));
};

// Windows of an image; `visit` gets the values of one.
function windows(x, kernel, stride, padding, out, visit) {
  const [n, channels, height, width] = x.shape, made = tensor([n, channels, ...out]);
  for (let plane = 0, i = 0; plane < n * channels; plane++)
    for (let y = 0; y < out[0]; y++)
      for (let z = 0; z < out[1]; z++, i++) {
        const values = [];
        for (let row = Math.max(0, y * stride[0] - padding[0]); row < Math.min(height, y * stride[0] - padding[0] + kernel[0]); row++)
          for (let column = Math.max(0, z * stride[1] - padding[1]); column < Math.min(width, z * stride[1] - padding[1] + kernel[1]); column++)
            values.push(x.data[(plane * height + row) * width + column]);
        made.data[i] = visit(values);
      }
  return made;
}
OPS["aten.max_pool2d_with_indices"] = (x, kernel, stride, padding) =>
  [windows(x, kernel, stride.length ? stride : kernel, padding, outputShape.slice(2), (values) => Math.max(...values))];

OPS["aten.reflection_pad2d"] = (x, [left, right, top, bottom]) => {
  const [n, channels, height, width] = x.shape, made = tensor([n, channels, height + top + bottom, width + left + right]);
  const mirrored = (place, side) => (place < 0 ? -place : place >= side ? 2 * (side - 1) - place : place);
  const across = Int32Array.from({ length: made.shape[3] }, (_, column) => mirrored(column - left, width));
  for (let plane = 0, i = 0; plane < n * channels; plane++)
    for (let row = 0; row < made.shape[2]; row++)
      for (let from = (plane * height + mirrored(row - top, height)) * width, column = 0; column < across.length; column++, i++)
        made.data[i] = x.data[from + across[column]];
  return made;
};

OPS["aten.upsample_nearest2d.vec"] = (x) => {
  const [n, channels, height, width] = x.shape, [rows, columns] = outputShape.slice(2), made = tensor(outputShape);
  const across = Int32Array.from({ length: columns }, (_, column) => Math.min(width - 1, Math.floor((column * width) / columns)));
  for (let plane = 0, i = 0; plane < n * channels; plane++)
    for (let row = 0; row < rows; row++) {
      const start = (plane * height + Math.min(height - 1, Math.floor((row * height) / rows))) * width;
      for (let column = 0; column < columns; column++) made.data[i++] = x.data[start + across[column]];
    }
  return made;
};
OPS["aten.upsample_bilinear2d.vec"] = (x, size, corners) => {
  const [n, channels, height, width] = x.shape, [rows, columns] = outputShape.slice(2), made = tensor(outputShape);
  const between = (to, from) => (place) => {
    const at = corners ? (to > 1 ? (place * (from - 1)) / (to - 1) : 0) : Math.max(0, ((place + 0.5) * from) / to - 0.5);
    const low = Math.min(from - 1, Math.floor(at));
    return [low, Math.min(from - 1, low + 1), at - low];
  };
  const down = between(rows, height), right = between(columns, width);
  for (let plane = 0, i = 0; plane < n * channels; plane++)
    for (let row = 0; row < rows; row++) {
      const [top, bottom, y] = down(row), start = plane * height;
      for (let column = 0; column < columns; column++) {
        const [left, next, z] = right(column), pixel = (line, place) => x.data[(start + line) * width + place];
        made.data[i++] = (1 - y) * ((1 - z) * pixel(top, left) + z * pixel(top, next)) + y * ((1 - z) * pixel(bottom, left) + z * pixel(bottom, next));
      }
    }
  return made;
};
