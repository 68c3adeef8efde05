// The grid of samples: each is a button that pins it.
import { ask } from "./api.js";
import { byId, element } from "./elements.js";
import { say } from "./messages.js";
import { isPinned, toggle } from "./pins.js";
import { asked, changed, listen, state } from "./store.js";
import { take } from "./take.js";
import { dot, letter, placed, setPlot, tiles } from "./tiles.js";

let shown = { seed: 0, labels: null, points: [], cut: null }; // of the pictures on the page, which may be older than the settings

const HINT = "Choose a point to pin it. Pinned points can be walked between, and added.";
const isPoints = () => state.facts.kind === "points";

export function setUp() {
  const name = () => `samples-seed-${state.seed}`;
  const below = take(byId("samples-take"), ["png"], () => ({ path: "api/samples", body: body(), name: name() }));
  byId("grid").addEventListener("keydown", move);
  if (isPoints()) byId("samples-hint").textContent = HINT;
  listen(["drawing", "samples"], () => draw(below));
  listen(["pins"], mark);
  draw(below);
}

function body() {
  return asked({ seed: state.seed, n: state.n, label: state.label });
}

async function draw(below) {
  const { seed, n } = state, checkpoint = byId("checkpoint-text").textContent; // which may be others when the answer comes
  const answer = await ask("samples", "api/samples", body());
  if (!answer) return;
  const cut = await tiles(answer);
  shown = { seed, labels: answer.labels, points: answer.points, cut };
  if (isPoints()) await setPlot(answer);
  below.command(answer.command);
  arrange(answer);
  if (isPoints()) whole();
  else buttons(cut.count).forEach((canvas, index) => cut.draw(canvas, index));
  mark();
  if (isPoints() && state.pins.length) changed("pins"); // which are shown in the new plot
  say(`${n.toLocaleString("en")} samples of seed ${seed}, ${checkpoint}`);
}

function arrange({ columns, width }) {
  const grid = byId("grid"), names = byId("column-names"), { classes } = state.facts;
  const inColumns = Boolean(columns) && columns <= 10;
  grid.className = inColumns ? "in-columns" : "";
  for (const place of [grid, names]) {
    place.style.setProperty("--count", columns);
    place.style.setProperty("--widest", width > 64 ? "10rem" : "6rem");
  }
  if (width > 40) grid.style.setProperty("--tile", "7.5rem");
  const labels = inColumns ? classes.slice(0, columns) : [];
  names.replaceChildren(...labels.map((name) => element("span", { title: name }, name)));
  names.hidden = labels.length === 0;
}

// Buttons stay where they are, so that the focus does too.
function buttons(count) {
  const grid = byId("grid");
  while (grid.children.length > count) grid.lastChild.remove();
  while (grid.children.length < count) grid.append(tile(grid.children.length));
  return [...grid.querySelectorAll("canvas")];
}

function tile(index) {
  const button = element("button", { type: "button", class: "tile", tabindex: index ? -1 : 0 }, element("canvas"));
  button.addEventListener("click", () => toggle(pin(index)));
  button.addEventListener("focus", () => {
    for (const other of byId("grid").children) other.tabIndex = other === button ? 0 : -1;
  });
  return button;
}

function whole() {
  const grid = byId("grid");
  grid.className = "whole";
  if (grid.children.length) return;
  const canvas = element("canvas", { role: "button", tabindex: 0, "aria-label": "Scatter plot of the points; Enter pins the next one" });
  canvas.addEventListener("click", (event) => pinNearest(canvas, event));
  canvas.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    toggle(pin(shown.points.findIndex((point, index) => point && isPinned(pin(index)) < 0)));
  });
  grid.append(canvas);
}

// The point that is nearest to the place of a click.
function pinNearest(canvas, { offsetX, offsetY }) {
  const side = canvas.clientWidth, far = (point) => {
    const [x, y] = placed(point, side);
    return Math.hypot(x - offsetX, y - offsetY);
  };
  let nearest = -1;
  shown.points.forEach((point, index) => {
    if (point && (nearest < 0 || far(point) < far(shown.points[nearest]))) nearest = index;
  });
  if (nearest >= 0) toggle(pin(nearest));
}

// The scatter plot, with the letters of the points in it that are pinned.
function markPoints() {
  const canvas = byId("grid").firstChild;
  if (!shown.cut || !canvas) return;
  shown.cut.draw(canvas, 0);
  shown.points.forEach((point, index) => {
    const place = isPinned(pin(index));
    if (point && place >= 0) dot(canvas.getContext("2d"), placed(point, canvas.width), 18, letter(place));
  });
}

function pin(index) {
  return { noise: index ? `${shown.seed}:${index}` : `${shown.seed}`, label: shown.labels?.[index] ?? null };
}

function mark() {
  if (isPoints()) return markPoints();
  [...byId("grid").children].forEach((button, index) => {
    const own = pin(index), place = isPinned(own), name = own.label === null ? "" : `, class ${state.facts.classes[own.label]}`;
    button.setAttribute("aria-pressed", place >= 0);
    button.setAttribute("aria-label", `Picture ${index} of seed ${shown.seed}${name}`);
    button.querySelector(".letter")?.remove();
    if (place >= 0) button.append(element("span", { class: "letter", "aria-hidden": "true" }, letter(place)));
  });
}

// Arrow keys lead from picture to picture, as in a table.
function move(event) {
  const all = [...byId("grid").children], at = all.indexOf(document.activeElement);
  const across = all.filter((button) => button.offsetTop === all[0].offsetTop).length;
  const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[event.key];
  if (at < 0 || !by || !all[at + by]) return;
  event.preventDefault();
  all[at + by].focus();
}
