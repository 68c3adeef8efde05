// a − b + c of the noises of pinned pictures.
import { ask } from "./api.js";
import { byId, element } from "./elements.js";
import { add } from "./pins.js";
import { asked, listen, state } from "./store.js";
import { take } from "./take.js";
import { letter, tiles } from "./tiles.js";

const STEPS = 8;
const selects = () => ["sum-a", "sum-b", "sum-c"].map(byId);
const minus = (noise) => noise.replace(/[+-]/g, (sign) => (sign === "+" ? "-" : "+"));

export function setUp() {
  const below = take(byId("sum-take"), ["png"], () => ({ path: "api/walk", body: body(), name: "arithmetic" }));
  listen(["drawing", "pins"], () => draw(below));
  for (const select of selects()) select.addEventListener("input", () => draw(below));
  byId("sum-pin").addEventListener("click", () => add(result()));
}

function result() {
  const [a, b, c] = selects().map((select) => state.pins[select.value]);
  return { noise: `${a.noise}-${minus(b.noise)}+${c.noise}`, label: a.label };
}

function body() {
  return asked({ stops: [state.pins[selects()[0].value], result()], steps: STEPS });
}

async function draw(below) {
  byId("sum").hidden = state.pins.length < 3;
  if (state.pins.length < 3) return;
  selects().forEach(offer);
  const answer = await ask("sum", "api/walk", body());
  if (!answer) return;
  const cut = await tiles(answer), strip = byId("sum-strip");
  while (strip.children.length < cut.count) strip.append(element("canvas"));
  [...strip.children].forEach((canvas, index) => cut.draw(canvas, index, { isWay: true }));
  below.command(answer.command);
}

// The pins that can be chosen: at first A, B and C.
function offer(select, place) {
  const chosen = select.value === "" ? place : Math.min(Number(select.value), state.pins.length - 1);
  select.replaceChildren(...state.pins.map((_, index) => element("option", { value: index }, letter(index))));
  select.value = String(chosen);
}
