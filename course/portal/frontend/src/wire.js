// Jupyter's WebSocket framing: JSON in a text frame, or JSON and binary buffers in a binary frame
// that opens with big-endian 32-bit counts and offsets.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const newId = () => crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

export function decode(frame) {
  if (typeof frame === "string") return JSON.parse(frame);
  const view = new DataView(frame);
  const count = view.getUint32(0);
  const starts = Array.from({ length: count }, (_, i) => view.getUint32(4 * (i + 1)));
  const part = (i) => new DataView(frame, starts[i], (starts[i + 1] ?? frame.byteLength) - starts[i]);
  const message = JSON.parse(decoder.decode(part(0)));
  message.buffers = starts.slice(1).map((_, i) => part(i + 1));
  return message;
}

export function encode(message, buffers = []) {
  const text = JSON.stringify(message);
  if (!buffers.length) return text;
  const parts = [encoder.encode(text), ...buffers.map(bytesOf)];
  const head = 4 * (parts.length + 1);
  const frame = new Uint8Array(head + parts.reduce((sum, p) => sum + p.byteLength, 0));
  const view = new DataView(frame.buffer);
  view.setUint32(0, parts.length);
  let at = head;
  parts.forEach((bytes, i) => {
    view.setUint32(4 * (i + 1), at);
    frame.set(bytes, at);
    at += bytes.byteLength;
  });
  return frame.buffer;
}

const isBinary = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value);
const bytesOf = (b) => (b instanceof ArrayBuffer ? new Uint8Array(b) : new Uint8Array(b.buffer, b.byteOffset, b.byteLength));

// Binary values travel beside the JSON, each with the path it was taken from.
export function takeBuffers(state) {
  const paths = [];
  const buffers = [];
  const walk = (value, path) => {
    if (isBinary(value)) {
      paths.push(path);
      buffers.push(value);
      return null;
    }
    if (Array.isArray(value)) return value.map((item, i) => walk(item, [...path, i]));
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key])]));
    }
    return value;
  };
  return { state: walk(state, []), paths, buffers };
}

export function putBuffers(state, paths = [], buffers = []) {
  paths.forEach((path, i) => {
    const holder = path.slice(0, -1).reduce((at, key) => at[key], state);
    holder[path.at(-1)] = buffers[i];
  });
  return state;
}
