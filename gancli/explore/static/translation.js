// A picture that is dropped, chosen or pasted, and its translation.
import { ask } from "./api.js";
import { byId } from "./elements.js";
import { fail, recovered, say } from "./messages.js";
import { asked, listen, state } from "./store.js";
import { take } from "./take.js";
import { opened, show, tiles } from "./tiles.js";

const MOST = 16 * 2 ** 20; // bytes
let given = null; // {picture, name}: base64, and the name of the file that is shown

export function setUp() {
  const request = () => ({ path: "api/translation", body: asked(given), name: "translation" });
  const place = byId("translation-take"), below = take(place, ["png"], request);
  place.hidden = true;
  listen(["drawing"], () => given && draw(given, below));
  const accept = (files) => files?.length && read(files[0], below);
  byId("file").addEventListener("input", (event) => accept(event.target.files));
  document.addEventListener("paste", (event) => accept(event.clipboardData.files));
  document.addEventListener("dragover", (event) => over(event, true));
  document.addEventListener("dragleave", (event) => over(event, false));
  document.addEventListener("drop", (event) => {
    over(event, false);
    accept(event.dataTransfer.files);
  });
}

function over(event, isOver) {
  event.preventDefault();
  byId("drop").classList.toggle("over", isOver);
}

async function read(file, below) {
  if (file.size > MOST) return fail("file", `${file.name} is too large; at most 16 MB are read`);
  recovered("file");
  draw({ picture: await base64(file), name: file.name.slice(0, 255) || "picture.png" }, below);
}

function base64(file) {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.readAsDataURL(file);
  });
}

async function draw(chosen, below) {
  const answer = await ask("translation", "api/translation", asked(chosen));
  if (!answer) return; // what is shown and saved stays the picture before
  given = chosen;
  byId("pair").hidden = byId("translation-take").hidden = false;
  show(byId("source"), await opened(answer.source));
  (await tiles(answer)).draw(byId("translated"), 0);
  below.command(answer.command);
  say(`${given.name} is translated.`);
}
