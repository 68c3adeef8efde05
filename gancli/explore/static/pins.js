// The pinned pictures, lettered A, B, C; each keeps its noise, and its class can be changed.
import { ask } from "./api.js";
import { byId, element } from "./elements.js";
import { fail, recovered, say } from "./messages.js";
import { asked, changed, listen, state } from "./store.js";
import { letter, tiles } from "./tiles.js";

const same = (one, other) => one.noise === other.noise && one.label === other.label;

export function isPinned(pin) {
  return state.pins.findIndex((other) => same(pin, other));
}

export function toggle(pin) {
  const place = isPinned(pin);
  if (place >= 0) remove(place);
  else add(pin);
}

export function add(pin) {
  const most = state.facts.max_stops;
  if (state.pins.length >= most) return fail("pins", `${most} pictures can be pinned; take one away first`);
  state.pins.push(pin);
  say(`Pinned as ${letter(state.pins.length - 1)}.`);
  changed("pins");
}

function remove(place) {
  state.pins.splice(place, 1);
  recovered("pins");
  changed("pins");
}

export function setUp() {
  listen(["drawing", "pins"], draw);
}

async function draw() {
  byId("pinned").hidden = state.pins.length === 0;
  const list = byId("pins");
  while (list.children.length > state.pins.length) list.lastChild.remove();
  while (list.children.length < state.pins.length) list.append(item(list.children.length));
  state.pins.forEach(fill);
  if (!state.pins.length) return;
  // A walk of two steps from stop to stop has each stop once.
  const stops = state.pins.length > 1 ? state.pins : [state.pins[0], state.pins[0]];
  const answer = await ask("pinned", "api/walk", asked({ stops: [...stops], steps: 2 }));
  if (!answer) return;
  const cut = await tiles(answer);
  [...list.querySelectorAll("canvas")].slice(0, cut.count).forEach((canvas, index) => cut.draw(canvas, index));
}

function item(index) {
  const drop = element("button", { type: "button", "aria-label": `Take ${letter(index)} away` }, "×");
  drop.addEventListener("click", () => remove(index));
  const letters = element("span", { class: "letter" }, letter(index));
  const picture = element("canvas", { role: "img", "aria-label": `Pinned picture ${letter(index)}` });
  return element("li", {}, element("figure", {}, picture, letters, drop), ...classes(index));
}

function classes(index) {
  if (!state.facts.classes.length) return [];
  const names = state.facts.classes.map((name, number) => element("option", { value: number }, name));
  const select = element("select", { "aria-label": `Class of ${letter(index)}` }, ...names);
  select.addEventListener("input", () => {
    state.pins[index] = { ...state.pins[index], label: Number(select.value) };
    changed("pins");
  });
  return [select];
}

function fill(pin, index) {
  const own = byId("pins").children[index];
  own.title = `noise ${pin.noise}`;
  const select = own.querySelector("select");
  if (select) select.value = pin.label;
}
