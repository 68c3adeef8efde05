// A picture that is chosen, dropped, pasted or drawn, and its translation.
const MOST = 50e6;  // pixels
const { shape: [channels, height, width], names } = graph.source;
const source = byId("source"), pen = source.getContext("2d", { willReadFrequently: true });
const drawn = () => pen.getImageData(0, 0, width, height);

const translate = newest(async () => {
  byId("where").textContent = "translating …";
  show(byId("made"), await draw({ picture: drawn(), translated: true }));
  byId("where").textContent = "";
});

// On white, and turned as the file says.
async function take(file) {
  let image;
  try {
    image = await createImageBitmap(file);
  } catch { return say(`${file.name || "This"} is no picture that this browser can read.`); }
  if (image.width * image.height > MOST) return say(`${file.name} has too many pixels; at most 50 million are read.`);
  const canvas = new OffscreenCanvas(image.width, image.height), context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, image.width, image.height);
  context.drawImage(image, 0, 0);
  const { data, width: wide, height: tall } = context.getImageData(0, 0, image.width, image.height);
  const small = await draw({ picture: { data, width: wide, height: tall } });
  pen.putImageData(new ImageData(small.data, width, height), 0, 0);
  await translate();
}
function say(text) { byId("where").textContent = text; }

function clear() {
  pen.fillStyle = "white";
  pen.fillRect(0, 0, width, height);
  return translate();
}

// A drawing has lines as thin as those of the training.
function draws() {
  let last = null;
  const place = ({ offsetX, offsetY }) => [(offsetX / source.clientWidth) * width, (offsetY / source.clientHeight) * height];
  const line = (event) => {
    if (!last) return;
    const [x, y] = place(event);
    pen.beginPath();
    pen.moveTo(...last);
    pen.lineTo(x + 0.01, y);
    pen.stroke();
    last = [x, y];
    translate();
  };
  pen.lineWidth = Math.max(1, width / 48);
  pen.lineCap = pen.lineJoin = "round";
  source.classList.add("paper");
  source.onpointerdown = (event) => { source.setPointerCapture(event.pointerId); last = place(event); line(event); };
  source.onpointermove = line;
  source.onpointerup = source.onpointercancel = () => { last = null; };
}

function begin() {
  for (const canvas of [source, byId("made")]) Object.assign(canvas, { width, height });
  [byId("source-name").textContent, byId("made-name").textContent] = names;
  source.setAttribute("aria-label", names[0]);
  byId("made").setAttribute("aria-label", names[1]);
  if (channels === 1) { draws(); byId("pen").hidden = false; }
  const first = (files) => files && files.length && take(files[0]);
  byId("file").onchange = () => first(byId("file").files);
  byId("clear").onclick = clear;
  byId("save").onclick = () => save(byId("made"));
  document.onpaste = (event) => first(event.clipboardData.files);
  document.ondragover = (event) => { event.preventDefault(); byId("pair").classList.add("over"); };
  document.ondragleave = () => byId("pair").classList.remove("over");
  document.ondrop = (event) => {
    event.preventDefault();
    byId("pair").classList.remove("over");
    first(event.dataTransfer.files);
  };
  clear();
}
begin();
