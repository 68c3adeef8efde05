// The walk through the pinned pictures: drawn once, and then the slider only shows what is there.
import { ask } from "./api.js";
import { byId, element } from "./elements.js";
import { asked, listen, state } from "./store.js";
import { take } from "./take.js";
import { letter, tiles } from "./tiles.js";

const FRAME = 80; // milliseconds, as of a GIF of gan interpolate
let cut = null, timer = 0, direction = 1;

export function setUp() {
  byId("walk-steps").max = state.facts.max_steps;
  const below = take(byId("walk-take"), state.facts.kind === "points" ? ["png"] : ["png", "gif", "webp"], () => ({ path: "api/walk", body: body(), name: "walk" }));
  listen(["drawing", "pins"], () => draw(below));
  byId("walk-steps").addEventListener("input", () => byId("walk-steps").validity.valid && draw(below));
  byId("walk-loop").addEventListener("input", () => draw(below));
  byId("walk-place").addEventListener("input", show);
  byId("walk-play").addEventListener("click", () => play(!timer));
}

function body() {
  return asked({ stops: [...state.pins], steps: Number(byId("walk-steps").value || 24), loop: byId("walk-loop").checked });
}

async function draw(below) {
  byId("walk").hidden = state.pins.length < 2;
  if (state.pins.length < 2) return play(false);
  const wanted = body(), answer = await ask("walk", "api/walk", wanted);
  if (!answer) return;
  cut = await tiles(answer);
  below.command(answer.command);
  byId("walk-place").max = cut.count - 1;
  const stops = wanted.loop ? [...wanted.stops.keys(), 0] : [...wanted.stops.keys()];
  byId("walk-stops").replaceChildren(...stops.map((index) => element("span", {}, letter(index))));
  show();
}

function show() {
  const slider = byId("walk-place"), place = Math.min(Number(slider.value), cut.count - 1);
  slider.setAttribute("aria-valuetext", `picture ${place + 1} of ${cut.count}`);
  cut.draw(byId("walk-picture"), place, { isWay: true });
}

function play(wanted) {
  clearInterval(timer);
  timer = wanted ? setInterval(advance, FRAME) : 0;
  byId("walk-play").textContent = wanted ? "Pause" : "Play";
  byId("walk-play").setAttribute("aria-pressed", wanted);
}

// A loop goes round; another walk goes there and back.
function advance() {
  if (!cut) return;
  const slider = byId("walk-place"), last = cut.count - 1, next = Number(slider.value) + direction;
  if (byId("walk-loop").checked) slider.value = next > last ? 0 : Math.max(0, next);
  else {
    if (next > last || next < 0) direction = -direction;
    slider.value = Number(slider.value) + direction;
  }
  show();
}
