// Pictures of a seed, and the walk from one to another.
const NUMBER = 24;  // pictures of a seed
const state = { seed: 0, from: { seed: 1, index: 0 }, to: { seed: 2, index: 0 }, along: 0.5, playing: false };

const ofPoint = (point) => draw({ start: point, end: point, along: 0 });

const named = ({ label = 0 }) => graph.classes.slice(label, label + 1);

const shown = newest(async () => {
  const { from, to, along } = state;
  show(byId("now"), await draw({ start: from, end: to, along }));
});
function walk() {
  byId("where").textContent = `${Math.round(state.along * 100)} %`;
  return shown();
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
let wanted = 0;
async function grid() {
  const mine = ++wanted, chosen = byId("class").value, count = graph.classes.length;
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
    if (mine !== wanted) return;
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
  byId("save").onclick = () => save(byId("now"));
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
