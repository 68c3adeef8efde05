// A control for each sampling option of the model, of the kind that its type asks for.
import { byId, element } from "./elements.js";
import { changed, state } from "./store.js";

export function setUp() {
  for (const option of state.facts.controls) {
    if (option.value !== option.default) state.options[option.name] = option.value;
    byId("options").append(field(option));
  }
}

function set(option, value) {
  if (value === option.default) delete state.options[option.name];
  else state.options[option.name] = value;
  changed("drawing");
}

function field(option) {
  const id = `option-${option.name}`;
  const label = element("label", { for: id }, words(option));
  const about = option.about && element("p", { class: "about", id: `${id}-about` }, option.about);
  const parts = { choice, switch: checkbox, number, text }[option.kind](option, id);
  const made = element("div", { class: "field", "data-option": option.name }, label, ...parts, about || "");
  if (about) made.querySelector(`#${id}`).setAttribute("aria-describedby", `${id}-about`);
  return made;
}

function words({ name }) {
  return name[0].toUpperCase() + name.slice(1).replaceAll("_", " ");
}

function choice(option, id) {
  const none = option.optional ? [element("option", { value: "null" }, "default")] : [];
  const choices = option.choices.map((value) => element("option", { value: JSON.stringify(value) }, String(value)));
  const select = element("select", { id }, ...none, ...choices);
  select.value = JSON.stringify(option.value);
  select.addEventListener("input", () => set(option, JSON.parse(select.value)));
  return [select];
}

function checkbox(option, id) {
  const box = element("input", { type: "checkbox", id });
  box.checked = option.value;
  box.addEventListener("input", () => set(option, box.checked));
  return [element("span", { class: "beside" }, box)];
}

// A slider and the number itself; an option that can be left out is so while its box is empty.
function number(option, id) {
  const limits = { step: option.whole ? 1 : "any" };
  const box = element("input", { type: "number", id, ...limits, placeholder: option.optional ? "off" : null });
  if (option.value !== null) box.value = option.value;
  const beside = element("span", { class: "beside" }, box);
  box.addEventListener("change", () => {
    if (box.value === "") return option.optional ? set(option, null) : undefined;
    set(option, Number(box.value));
    if (slider) slider.value = box.value;
  });
  const slider = option.slides && element("input", { type: "range", min: option.min, max: option.max, step: option.step,
    "aria-label": `${words(option)}, slider` });
  if (!slider) return [beside];
  slider.value = option.value ?? option.max;
  slider.addEventListener("input", () => {
    box.value = slider.value;
    set(option, Number(slider.value));
  });
  return [beside, slider];
}

function text(option, id) {
  const box = element("input", { type: "text", id });
  box.value = JSON.stringify(option.value);
  box.addEventListener("change", () => set(option, parsed(box.value)));
  return [box];
}

function parsed(written) {
  try {
    return JSON.parse(written);
  } catch {
    return written;
  }
}
