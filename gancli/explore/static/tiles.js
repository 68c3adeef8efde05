// Pictures that come as one, without gaps, and are cut into canvases of their own size.
const SMALL = 96; // pixels up to which a picture is enlarged without blur

export async function opened(picture) {
  const image = new Image();
  image.src = `data:image/png;base64,${picture}`;
  await image.decode();
  return image;
}

export async function tiles(answer) {
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
