// The settings of the samples: checkpoint on the time line, seed, class and number.
import { facts } from "./api.js";
import { byId, element } from "./elements.js";
import { changed, state } from "./store.js";

export function setUp() {
  const { facts: about } = state;
  byId("settings").addEventListener("submit", (event) => event.preventDefault());
  timeline(about);
  byId("class").append(...about.classes.map((name, index) => element("option", { value: index }, name)));
  byId("class-field").hidden = about.classes.length === 0;
  Object.assign(byId("n"), { max: about.most, value: about.first });
  state.n = about.first;
  for (const id of ["seed", "n", "class"]) byId(id).addEventListener("input", read);
  byId("new-seed").addEventListener("click", () => {
    byId("seed").value = Math.floor(Math.random() * 100000);
    read();
  });
}

function read() {
  const label = byId("class").value;
  if (byId("seed").validity.valid && byId("seed").value !== "") state.seed = Number(byId("seed").value);
  if (byId("n").validity.valid && byId("n").value !== "") state.n = Number(byId("n").value);
  state.label = label === "" ? null : Number(label);
  changed("samples");
}

// The time line. A training that goes on saves more checkpoints, and prunes some: these are looked for now and then.
function timeline({ steps, start }) {
  fill(steps, start);
  byId("checkpoint").addEventListener("input", move);
  window.addEventListener("focus", async () => {
    const { steps: now, start: other } = await facts();
    if (JSON.stringify(now) === JSON.stringify(state.facts.steps)) return;
    state.facts.steps = now;
    fill(now, now.some(({ name }) => name === state.checkpoint) ? state.checkpoint : other);
  });
}

function fill(saved, chosen) {
  const slider = byId("checkpoint");
  slider.max = saved.length - 1;
  slider.value = saved.findIndex(({ name }) => name === chosen);
  byId("timeline").hidden = saved.length < 2;
  byId("checkpoint-ticks").replaceChildren(...saved.map((_, index) => element("option", { value: index })));
  move();
}

function move() {
  const slider = byId("checkpoint"), { name, step } = state.facts.steps[slider.value];
  const text = `step ${step.toLocaleString("en")}${name === "best" ? ", the best" : ""}`;
  byId("checkpoint-text").textContent = text;
  slider.setAttribute("aria-valuetext", text);
  if (name === state.checkpoint) return;
  state.checkpoint = name;
  changed("drawing");
}
