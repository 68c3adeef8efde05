// What is shown at the moment. Whoever changes it says so, and whoever draws listens.
const listeners = [];

export const state = {
  facts: null, // about the model; see gancli/explore/facts.py
  checkpoint: "", // its name
  options: {}, // of the model's sampler
  seed: 0,
  n: 1,
  label: null, // the number of the class; null: all in turn
  pins: [], // {noise, label}: noise as gan interpolate --seeds takes it
};

export function listen(kinds, redraw) {
  listeners.push({ kinds, redraw });
}

// kind: "drawing" (checkpoint, options), "samples" (seed, number, class) or "pins".
export function changed(kind) {
  for (const { kinds, redraw } of listeners) if (kinds.includes(kind)) redraw();
}

// What every request has.
export function asked(more) {
  return { checkpoint: state.checkpoint, options: state.options, ...more };
}
