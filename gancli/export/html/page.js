"use strict";
const byId = (id) => document.getElementById(id);
const graph = JSON.parse(byId("graph").textContent), NUMBER = 24;  // pictures of a seed
const state = { seed: 0, from: { seed: 1, index: 0 }, to: { seed: 2, index: 0 }, along: 0.5, playing: false };

// The worker, in which pictures are computed one after the other.
const worker = new Worker(URL.createObjectURL(new Blob([byId("engine").textContent], { type: "text/javascript" })));
const waiting = new Map();
let asked = 0;
worker.onmessage = ({ data: { id, picture, error } }) => {
  const [done, failed] = waiting.get(id) || [];
  waiting.delete(id);
  if (error) { byId("problem").textContent = `This browser could not draw: ${error}`; if (failed) failed(new Error(error)); }
  else done(picture);
};
worker.onerror = (event) => { byId("problem").textContent = `This browser could not draw: ${event.message}`; };
worker.postMessage({ network: { graph, weights: byId("weights").textContent } });
function draw(picture) {
  return new Promise((done, failed) => {
    waiting.set(++asked, [done, failed]);
    worker.postMessage({ id: asked, picture });
  });
}

const ofPoint = (point) => draw({ start: point, end: point, along: 0 });

const named = ({ label = 0 }) => graph.classes.slice(label, label + 1);

function show(canvas, { width, height, data }) {
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d").putImageData(new ImageData(data, width, height), 0, 0);
}

// The walk. While a picture is computed, only the newest wish for another one is kept.
let isDrawing = false, again = false;
async function walk() {
  byId("where").textContent = `${Math.round(state.along * 100)} %`;
  if (isDrawing) { again = true; return; }
  isDrawing = true;
  try {
    do {
      again = false;
      const { from, to, along } = state;
      show(byId("now"), await draw({ start: from, end: to, along }));
    } while (again);
  } finally { isDrawing = false; }
}
async function ends() {
  walk();
  for (const end of ["from", "to"]) {
    byId(`${end}-name`).textContent = [end, ...named(state[end])].join(" ");
    show(byId(end), await ofPoint(state[end]));
  }
}

function play(playing) {
  state.playing = playing;
  byId("play").textContent = playing ? "Pause" : "Play";
  byId("play").setAttribute("aria-pressed", playing);
  let last = 0, direction = 1;
  const step = async (time) => {
    if (!state.playing) return;
    const next = state.along + direction * Math.min(0.05, last ? (time - last) / 4000 : 0);
    last = time;
    if (next < 0 || next > 1) direction = -direction;
    state.along = Math.min(1, Math.max(0, next));
    byId("along").value = 100 * state.along;
    await walk();
    requestAnimationFrame(step);
  };
  if (playing) requestAnimationFrame(step);
}

// The grid: one picture after the other, until another seed is wished for.
let newest = 0;
async function grid() {
  const mine = ++newest, chosen = byId("class").value, count = graph.classes.length;
  const cells = Array.from({ length: NUMBER }, (_, index) => {
    const label = !count ? undefined : chosen === "" ? index % count : Number(chosen);
    return { point: { seed: state.seed, index, label }, button: byId("grid").children[index] };
  });
  for (const { point, button } of cells) {
    const name = named(point);
    button.setAttribute("aria-label", [`Picture ${point.index + 1} of seed ${point.seed}`, ...name].join(", "));
    button.lastChild.textContent = name[0] || "";
    button.onclick = () => { state.from = state.to; state.to = point; ends(); };
  }
  for (const { point, button } of cells) {
    const picture = await ofPoint(point);
    if (mine !== newest) return;
    show(button.firstChild, picture);
  }
}
function seed(value) {
  state.seed = Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.floor(Number(value)) || 0));
  byId("seed").value = state.seed;
  grid();
}

function begin() {
  for (let index = 0; index < NUMBER; index++) {
    const button = document.createElement("button"), canvas = document.createElement("canvas");
    button.type = "button";
    canvas.className = "picture";
    button.append(canvas, document.createElement("span"));
    byId("grid").append(button);
  }
  byId("classes").hidden = !graph.classes.length;
  ["all in turn", ...graph.classes].forEach((name, at) => byId("class").add(new Option(name, at ? at - 1 : "")));
  byId("along").oninput = () => { play(false); state.along = byId("along").value / 100; walk(); };
  byId("play").onclick = () => play(!state.playing);
  byId("swap").onclick = () => { [state.from, state.to] = [state.to, state.from]; ends(); };
  byId("seed").onchange = () => seed(byId("seed").value);
  byId("previous").onclick = () => seed(state.seed - 1);
  byId("next").onclick = () => seed(state.seed + 1);
  byId("random").onclick = () => seed(Math.floor(Math.random() * 1e6));
  byId("class").onchange = grid;
  byId("save").onclick = () => byId("now").toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${graph.name}.png`;
    link.click();
  });
  document.onkeydown = (event) => {
    const own = event.target.matches("input, select, button") && (event.key === " " || !event.target.matches("button"));
    if (own || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = { ArrowLeft: "previous", ArrowRight: "next", r: "random", " ": "play" }[event.key];
    if (action) { event.preventDefault(); byId(action).click(); }
  };
  if (graph.classes.length > 1) state.to.label = 1;
  grid();
  ends();
}
begin();
