// Frames worked out beforehand (course/portal/frames.py): found by where the controls stand.

const waiting = new Map(); // name -> what to do with the packed text
const loaded = new Map(); // name -> promise of the grids

/** Unpack what `pack` made. */
export async function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(stream).text());
}

// A page opened from a stick may fetch nothing, but may load a script: the file calls this.
globalThis.svaFrames = (name, text) => waiting.get(name)?.(text);

export function addScript(address) {
  return new Promise((done, fail) => {
    const script = Object.assign(document.createElement("script"), { src: address, onload: done, onerror: () => fail(new Error(`${address} is missing`)) });
    document.head.append(script);
  });
}

export function grids(name, address) {
  if (!loaded.has(name)) {
    loaded.set(name, new Promise((done, fail) => {
      waiting.set(name, (text) => done(unpack(text)));
      addScript(address).catch(fail);
    }));
    loaded.get(name).catch(() => loaded.delete(name));
  }
  return loaded.get(name);
}

/** Where each control stands: the number of its state. */
export function places(controls, values) {
  return controls.map((c) => {
    if (c.kind === "number") return Math.round((values[c.key] - c.low) / c.step);
    return c.kind === "toggle" ? Number(values[c.key]) : c.options.findIndex(([key]) => key === values[c.key]);
  });
}

export function frameAt(grid, at) {
  const frame = {};
  for (const [path, axes, code, values] of grid.columns) {
    let place = 0;
    for (const axis of axes) place = place * grid.sizes[axis] + at[axis];
    const which = grid.codes[code][place];
    if (which < 0) continue; // this state has no such leaf
    let inside = frame;
    for (const [i, name] of path.slice(0, -1).entries()) inside = inside[name] ??= typeof path[i + 1] === "number" ? [] : {};
    const leaf = values[which];
    const name = path.at(-1);
    if (typeof leaf === "object" && leaf !== null) inside[name] ??= Array.isArray(leaf) ? [] : {};
    else inside[name] = leaf;
  }
  return frame;
}
