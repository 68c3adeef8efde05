// Pictures that come as one, without gaps, and are cut into canvases of their own size.
const ACCENT = "#ffb54d"; // on the black of a scatter plot, in both schemes
const SMALL = 96; // pixels up to which a picture is enlarged without blur

export async function opened(picture) {
  const image = new Image();
  image.src = `data:image/png;base64,${picture}`;
  await image.decode();
  return image;
}

export async function tiles(answer) {
  if (!answer.picture) return dots(answer.points);
  const image = await opened(answer.picture);
  const { width, height, across, count } = answer;
  return {
    count,
    draw(canvas, index) {
      const left = (index % across) * width, top = Math.floor(index / across) * height;
      prepare(canvas, width, height).drawImage(image, left, top, width, height, 0, 0, width, height);
    },
  };
}

// Points are shown in the scatter plot of the samples: one of them, and on a walk the way through all.
const SIDE = 320; // pixels
let plot = { image: null, extent: 1 };

export async function setPlot({ picture, extent }) {
  plot = { image: await opened(picture), extent };
}

// The place of a point in a plot of a side.
export function placed([x, y], side) {
  return [x, -y].map((coordinate) => ((coordinate / plot.extent + 1) / 2) * side);
}

function dots(points) {
  return {
    count: points.length,
    draw(canvas, index, { isWay = false } = {}) {
      const context = prepare(canvas, SIDE, SIDE), known = points.filter(Boolean).map((point) => placed(point, SIDE));
      context.drawImage(plot.image, 0, 0, SIDE, SIDE);
      context.strokeStyle = ACCENT;
      context.lineWidth = 2;
      context.beginPath();
      if (isWay) known.forEach((place) => context.lineTo(...place));
      context.stroke();
      if (points[index]) dot(context, placed(points[index], SIDE), 7);
    },
  };
}

export function dot(context, [x, y], radius, name = "") {
  context.fillStyle = ACCENT;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = "#111";
  context.font = `bold ${1.4 * radius}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(name, x, y);
}

export function show(canvas, image) {
  prepare(canvas, image.naturalWidth, image.naturalHeight).drawImage(image, 0, 0);
}

function prepare(canvas, width, height) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.classList.toggle("small", Math.max(width, height) <= SMALL);
  return canvas.getContext("2d");
}

export function letter(index) {
  return String.fromCharCode(65 + index);
}
