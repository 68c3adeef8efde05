// Below a picture: the command line that makes the same one, and buttons that save it.
import { ask } from "./api.js";
import { element } from "./elements.js";
import { say } from "./messages.js";

// request(): {path, body, name} of what is shown; the file is asked for when a button is pressed.
export function take(place, forms, request) {
  const code = element("code", { tabindex: "0", "aria-label": "Command line" });
  const copy = element("button", { type: "button", "aria-label": "Copy the command line" }, "Copy");
  copy.addEventListener("click", () => copied(code.textContent, copy));
  const buttons = forms.map((form) => saveButton(place.id, form, request));
  place.replaceChildren(element("div", { class: "command" }, code, copy), element("div", { class: "row" }, ...buttons));
  return { command: (text) => code.replaceChildren(...words(text)) };
}

// Each word on one line if there is room, a flag with its value, so that none is torn at its hyphens.
function words(text) {
  return text.split(/(?<!(?:^| )--[\w-]+) /).flatMap((word, index) => [index ? " " : "", element("span", {}, word)]);
}

async function copied(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    say("The command line is copied.");
  } catch {
    say("The browser does not allow to copy; select the text.");
  }
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
}

function saveButton(part, form, request) {
  const button = element("button", { type: "button" }, `Save ${form.toUpperCase().replace("WEBP", "WebP")}`);
  button.addEventListener("click", async () => {
    const { path, body, name } = request();
    const blob = await ask(`${part}-${form}`, path, { ...body, form });
    if (!blob) return;
    const address = URL.createObjectURL(blob);
    element("a", { href: address, download: `${name}.${form}` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
    say(`${name}.${form} is saved.`);
  });
  return button;
}
