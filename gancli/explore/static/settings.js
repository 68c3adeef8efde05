// The settings of the samples: checkpoint on the time line, seed, class and number.
import { byId, element } from "./elements.js";
import { changed, state } from "./store.js";

export function setUp() {
  const { facts } = state;
  byId("settings").addEventListener("submit", (event) => event.preventDefault());
  timeline(facts);
  byId("class").append(...facts.classes.map((name, index) => element("option", { value: index }, name)));
  byId("class-field").hidden = facts.classes.length === 0;
  Object.assign(byId("n"), { max: facts.most, value: facts.first });
  state.n = facts.first;
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

function timeline(facts) {
  const slider = byId("checkpoint"), saved = facts.checkpoints;
  slider.max = saved.length - 1;
  slider.value = Math.max(0, saved.findIndex(({ name }) => name === facts.start));
  state.checkpoint = facts.start;
  byId("timeline").hidden = saved.length < 2;
  byId("checkpoint-ticks").append(...saved.map((_, index) => element("option", { value: index })));
  const move = () => {
    const { name, step, best } = saved[slider.value];
    const text = `step ${step.toLocaleString("en")}${best ? ", the best" : ""}`;
    byId("checkpoint-text").textContent = text;
    slider.setAttribute("aria-valuetext", text);
    if (name === state.checkpoint) return;
    state.checkpoint = name;
    changed("drawing");
  };
  slider.addEventListener("input", move);
  move();
}
