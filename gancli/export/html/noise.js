// The noise of `gan sample`: image i of a seed is the same here. (torch.randn of 64 rows, by the Mersenne Twister
// of Matsumoto & Nishimura, 1998, seeded with the SHA-256 of a text.)

const BLOCK = 64;  // samples whose noise comes from one generator of random numbers

function sha256(text) {
  const bytes = new TextEncoder().encode(text), size = ((bytes.length + 72) >> 6) << 6, message = new DataView(new ArrayBuffer(size));
  bytes.forEach((byte, i) => message.setUint8(i, byte));
  message.setUint8(bytes.length, 128);
  message.setUint32(size - 4, bytes.length * 8);
  const primes = [], isPrime = (n) => primes.every((prime) => n % prime);
  for (let n = 2; primes.length < 64; n++) if (isPrime(n)) primes.push(n);
  const fraction = (x) => ((x - Math.floor(x)) * 2 ** 32) | 0;
  const k = primes.map((prime) => fraction(Math.cbrt(prime))), hash = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
  const turn = (x, bits) => (x >>> bits) | (x << (32 - bits));
  for (let start = 0; start < size; start += 64) {
    const w = [];
    for (let i = 0; i < 64; i++) {
      if (i < 16) { w[i] = message.getInt32(start + 4 * i); continue; }
      const a = w[i - 15], b = w[i - 2];
      w[i] = (w[i - 16] + w[i - 7] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10))) | 0;
    }
    let [a, b, c, d, e, f, g, h] = hash;
    for (let i = 0; i < 64; i++) {
      const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + k[i] + w[i]) | 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => (hash[i] = (hash[i] + word) | 0));
  }
  return hash.map((word) => word >>> 0);
}

// Of the first eight bytes, shifted by one bit, torch's generator takes the lower 32.
function blockSeed(seed, block) {
  const [high, low] = sha256(`${seed}/sample/${block}`);
  return ((high & 1) * 2 ** 31 + (low >>> 1)) >>> 0;
}

function twister(seed) {
  const state = new Uint32Array(624);
  state[0] = seed;
  for (let i = 1; i < 624; i++) state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i;
  let next = 624;
  return () => {
    if (next === 624) {
      for (let i = 0; i < 624; i++) {
        const y = (state[i] & 0x80000000) | (state[(i + 1) % 624] & 0x7fffffff);
        state[i] = state[(i + 397) % 624] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      next = 0;
    }
    let y = state[next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
}

// 64 rows of noise: uniform in (-scale, scale), or normal by pairs of uniform numbers (Box & Muller, 1958).
function noiseBlock(seed, block, { dim, prior, scale }) {
  const random = twister(blockSeed(seed, block));
  const made = Float32Array.from({ length: BLOCK * dim }, () => (random() & 0xffffff) / 2 ** 24);
  if (prior === "uniform") return made.map((value) => (2 * value - 1) * scale);
  for (let start = 0; start < made.length; start += 16)
    for (let i = start; i < start + 8; i++) {
      const radius = Math.sqrt(-2 * Math.log(1 - made[i])), angle = 2 * Math.PI * made[i + 8];
      made[i] = radius * Math.cos(angle) * scale;
      made[i + 8] = radius * Math.sin(angle) * scale;
    }
  return made;
}

const blocks = new Map();  // the last few, by seed and number
function noise(seed, index, latent) {
  const block = Math.floor(index / BLOCK), key = `${seed}/${block}`;
  if (!blocks.has(key)) {
    if (blocks.size > 8) blocks.clear();
    blocks.set(key, noiseBlock(seed, block, latent));
  }
  const start = (index % BLOCK) * latent.dim;
  return blocks.get(key).slice(start, start + latent.dim);
}

// On the way from one noise to another: normal noise on the sphere (Shoemake, 1985), as `gan interpolate` goes.
function between(start, end, along, prior) {
  const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
  const angle = Math.acos(Math.min(1, Math.max(-1, dot(start, end) / Math.sqrt(dot(start, start) * dot(end, end)))));
  if (along === 0 || along === 1) return along ? end : start;
  const straight = prior === "uniform" || Math.sin(angle) < 1e-6;
  const [from, to] = straight ? [1 - along, along] : [1 - along, along].map((part) => Math.sin(part * angle) / Math.sin(angle));
  return start.map((value, i) => from * value + to * end[i]);
}

// One picture, on the way between two points: the noise of a seed, and a class by its number. A model with a path of
// its own is given both; else the noise goes over the sphere, and the weights of the classes along a line.
function draw({ start, end, along }) {
  const { latent, classes, walks } = network.graph, points = [start, end], row = (numbers) => tensor([1, numbers.length], Float32Array.from(numbers));
  const noises = points.map(({ seed, index }) => noise(seed, index, latent));
  const weights = points.map(({ label }) => classes.map((_, number) => Number(number === (label || 0))));
  if (walks) return pixels(run([...[0, 1].flatMap((end) => [row(noises[end]), ...(classes.length ? [row(weights[end])] : [])]), row([along])]));
  const mixed = weights[0].map((weight, number) => (1 - along) * weight + along * weights[1][number]);
  return pixels(run([row(between(...noises, along, latent.prior)), ...(classes.length ? [row(mixed)] : [])]));
}
