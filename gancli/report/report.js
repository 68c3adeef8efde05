// The page is whole without this: pictures stand in a row, and charts have no pointer.
"use strict";

const number = (value) => (value === null ? "–" : value.toLocaleString("en", { maximumSignificantDigits: 5 }));

// Samples over the steps: a slider shows one picture at a time.
for (const film of document.querySelectorAll(".film")) {
  const figures = [...film.querySelectorAll("figure")];
  const scrub = film.nextElementSibling;
  if (figures.length < 2 || !scrub || !scrub.classList.contains("scrub")) continue;
  const slider = scrub.querySelector("input");
  const output = scrub.querySelector("output");
  const show = () => {
    figures.forEach((figure, index) => figure.classList.toggle("on", index === Number(slider.value)));
    const words = `step ${Number(figures[slider.value].dataset.step).toLocaleString("en")}`;
    output.textContent = words;
    slider.setAttribute("aria-valuetext", words);
  };
  film.classList.add("live");
  scrub.hidden = false;
  slider.addEventListener("input", show);
  show();
}

// What is folded is printed too.
const closed = [...document.querySelectorAll("details:not([open])")];
window.addEventListener("beforeprint", () => closed.forEach((part) => part.setAttribute("open", "")));
window.addEventListener("afterprint", () => closed.forEach((part) => part.removeAttribute("open")));

// Charts: the values at the step under the pointer, or at the one that the arrow keys choose.
for (const chart of document.querySelectorAll(".chart")) {
  const svg = chart.querySelector(":scope > svg");
  const cursor = chart.querySelector(".cursor");
  const output = chart.querySelector(".at");
  const read = (item, name) => JSON.parse(item.getAttribute(`data-${name}`) || "null");
  const curves = [...chart.querySelectorAll(".legend li")].map((item) => ({
    name: item.dataset.name, steps: read(item, "steps"), values: read(item, "values"), smooth: read(item, "smooth"),
  }));
  const [last, left, inner, width] = ["last", "left", "inner", "width"].map((name) => Number(svg.dataset[name]));
  const steps = [...new Set(curves.flatMap((curve) => curve.steps))].sort((a, b) => a - b);
  if (!steps.length) continue;
  const nearest = (all, step) => {
    let low = 0, high = all.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (all[middle] <= step) low = middle; else high = middle;
    }
    return Math.abs(all[high] - step) < Math.abs(all[low] - step) ? high : low;
  };
  let place = steps.length - 1;
  const show = (index) => {
    place = Math.max(0, Math.min(steps.length - 1, index));
    const x = (steps[place] / last) * inner;
    cursor.setAttribute("x1", x);
    cursor.setAttribute("x2", x);
    cursor.setAttribute("visibility", "visible");
    output.textContent = `step ${steps[place].toLocaleString("en")}: ` + curves.filter((curve) => curve.steps.length).map((curve) => {
      const at = nearest(curve.steps, steps[place]);
      const smooth = curve.smooth ? ` (smoothed ${number(curve.smooth[at])})` : "";
      return `${curve.name} ${number(curve.values[at])}${smooth}`;
    }).join(", ");
  };
  const point = (event) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * width - left;
    show(nearest(steps, (x / inner) * last));
  };
  svg.addEventListener("pointermove", point);
  svg.addEventListener("pointerdown", point);
  svg.addEventListener("keydown", (event) => {
    const move = { ArrowRight: 1, ArrowLeft: -1, PageUp: 20, PageDown: -20, Home: -Infinity, End: Infinity }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    show(place + move);
  });
}
