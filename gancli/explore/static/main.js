// The page: what there is to play with depends on the model.
import { facts } from "./api.js";
import { byId } from "./elements.js";
import { fail } from "./messages.js";
import * as options from "./options.js";
import * as pins from "./pins.js";
import * as samples from "./samples.js";
import * as settings from "./settings.js";
import { state } from "./store.js";
import * as sum from "./sum.js";
import * as translation from "./translation.js";
import * as walk from "./walk.js";

const PARTS = { images: [pins, walk, sum, samples], points: [pins, walk, sum, samples], translation: [translation] };

try {
  state.facts = await facts();
  const { name, about, kind } = state.facts;
  document.title = `${name} · gan explore`;
  byId("name").textContent = name;
  byId("about").textContent = about;
  for (const part of document.querySelectorAll(".draws")) part.hidden = kind === "translation";
  byId("translation").hidden = kind !== "translation";
  for (const part of [settings, options, ...PARTS[kind]]) part.setUp();
  document.body.dataset.ready = kind;
} catch (error) {
  fail("page", `The page could not be built: ${error.message}`);
}
