// What is said to the reader: an error stays until its part works again, a remark is read aloud once.
const problems = new Map();

export function fail(part, text) {
  problems.set(part, text);
  show();
}

export function recovered(part) {
  if (problems.delete(part)) show();
}

export function say(text) {
  document.getElementById("status").textContent = text;
}

function show() {
  const box = document.getElementById("error");
  box.hidden = problems.size === 0;
  box.textContent = [...new Set(problems.values())].join("\n");
}
