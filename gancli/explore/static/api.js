// Requests to the server. Of each part of the page one is under way, and only the newest of the others waits.
import { fail, recovered } from "./messages.js";

const TAB = crypto.randomUUID().slice(0, 8); // two tabs do not supersede each other's requests
const parts = new Map();

export async function facts() {
  return (await fetch("api/facts")).json();
}

// The answer, or null if a newer request came before this one was sent, or if it failed, which is shown.
export function ask(part, path, body) {
  const own = parts.get(part) ?? { busy: false, next: null };
  parts.set(part, own);
  return new Promise((resolve) => {
    own.next?.resolve(null);
    own.next = { path, body, resolve };
    if (!own.busy) work(part, own);
  });
}

async function work(part, own) {
  const section = document.getElementById(part);
  own.busy = true;
  section?.setAttribute("aria-busy", "true");
  while (own.next) {
    const { path, body, resolve } = own.next;
    own.next = null;
    resolve(await send(part, path, body));
  }
  own.busy = false;
  section?.setAttribute("aria-busy", "false");
}

async function send(part, path, body) {
  try {
    const headers = { "Content-Type": "application/json", "X-Part": `${part}-${TAB}` };
    const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
    const isPicture = response.headers.get("Content-Type").startsWith("image/");
    const answer = isPicture ? await response.blob() : await response.json();
    if (response.status === 409) return null;
    if (!response.ok) throw new Error(answer.error);
    recovered(part);
    return answer;
  } catch (error) {
    fail(part, error instanceof TypeError ? "gan explore does not answer; was it ended?" : error.message);
    return null;
  }
}
