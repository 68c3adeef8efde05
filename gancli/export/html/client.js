"use strict";
// What both kinds of pages have: the network in a worker, and pictures on canvases.
const byId = (id) => document.getElementById(id);
const graph = JSON.parse(byId("graph").textContent);

// The worker, in which pictures are computed one after the other.
const worker = new Worker(URL.createObjectURL(new Blob([byId("engine").textContent], { type: "text/javascript" })));
const waiting = new Map();
let asked = 0;
worker.onmessage = ({ data: { id, picture, error } }) => {
  const [done, failed] = waiting.get(id) || [];
  waiting.delete(id);
  if (error) { byId("problem").textContent = `This browser could not draw: ${error}`; if (failed) failed(new Error(error)); }
  else done(picture);
};
worker.onerror = (event) => { byId("problem").textContent = `This browser could not draw: ${event.message}`; };
worker.postMessage({ network: { graph, weights: byId("weights").textContent } });
function draw(picture) {
  return new Promise((done, failed) => {
    waiting.set(++asked, [done, failed]);
    worker.postMessage({ id: asked, picture });
  });
}

// While `make` is at work, only the newest wish for another call is kept.
function newest(make) {
  let isBusy = false, again = false;
  return async () => {
    again = true;
    if (isBusy) return;
    isBusy = true;
    try {
      while (again) { again = false; await make(); }
    } finally { isBusy = false; }
  };
}

function show(canvas, { width, height, data }) {
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d").putImageData(new ImageData(data, width, height), 0, 0);
}

function save(canvas) {
  canvas.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${graph.name}.png`;
    link.click();
  });
}
