// The state of the page's widgets, kept level with the kernel by ipywidgets' own protocol.

import { newId, putBuffers, takeBuffers } from "./wire.js";

const same = (a, b) => {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (ArrayBuffer.isView(a) || ArrayBuffer.isView(b) || a instanceof ArrayBuffer) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
};

/** One widget. What widget code sees of it is the anywidget front-end contract: see `face`. */
export class Model {
  constructor(store, id, kind, state) {
    this.store = store;
    this.id = id;
    this.kind = kind; // the model_module: "anywidget" for the ones that can be shown
    this.state = state;
    this.handlers = new Map();
    this.dirty = new Set(); // set in the page, not yet asked to be sent
    this.waiting = new Set(); // to be sent when what is in flight has been dealt with
    this.echoes = new Map(); // key -> id of the message whose echo is awaited
    this.inFlight = false;
  }

  get = (key) => this.state[key];

  set = (key, value) => {
    const changes = typeof key === "string" ? { [key]: value } : key;
    for (const name of this.apply(changes)) this.dirty.add(name);
  };

  save_changes = () => {
    for (const name of this.dirty) this.waiting.add(name);
    this.dirty.clear();
    this.flush();
  };

  send = (content, callbacks, buffers = []) => {
    const post = () => this.store.post(this, { method: "custom", content }, { buffers });
    if (this.store.connected) post();
    else this.store.later.push(post);
  };

  on = (events, handler) => {
    for (const event of events.split(/\s+/)) {
      if (!this.handlers.has(event)) this.handlers.set(event, []);
      this.handlers.get(event).push(handler);
    }
  };

  off = (events, handler) => {
    const names = events ? events.split(/\s+/) : [...this.handlers.keys()];
    for (const name of names) {
      this.handlers.set(name, handler ? (this.handlers.get(name) ?? []).filter((h) => h !== handler) : []);
    }
  };

  emit(event, ...values) {
    for (const handler of [...(this.handlers.get(event) ?? [])]) {
      try {
        handler(...values);
      } catch (problem) {
        this.store.report(this, problem);
      }
    }
  }

  apply(changes) {
    const changed = Object.keys(changes).filter((name) => !same(this.state[name], changes[name]));
    for (const name of changed) this.state[name] = changes[name];
    for (const name of changed) this.emit(`change:${name}`, this, this.state[name]);
    if (changed.length) this.emit("change", this);
    return changed;
  }

  // One update in flight; what changes meanwhile is merged and only its last value is sent.
  flush() {
    if (this.inFlight || !this.waiting.size || !this.store.connected) return;
    const names = [...this.waiting];
    this.waiting.clear();
    const { state, paths, buffers } = takeBuffers(Object.fromEntries(names.map((n) => [n, this.state[n]])));
    this.inFlight = true;
    const id = this.store.post(this, { method: "update", state, buffer_paths: paths }, {
      buffers,
      done: (ok) => {
        this.inFlight = false;
        if (!ok) {
          for (const name of names) this.waiting.add(name);
          this.echoes.clear();
        }
        this.flush();
      },
    });
    for (const name of names) this.echoes.set(name, id);
  }

  // The kernel's word on a value wins, except that an older echo must not undo a newer touch.
  receive(method, state, parent) {
    if (method === "echo_update") {
      for (const name of Object.keys(state).filter((n) => this.echoes.has(n))) {
        const ours = this.echoes.get(name) === parent;
        if (ours) this.echoes.delete(name);
        if (!ours || this.waiting.has(name)) delete state[name];
      }
    }
    this.apply(state);
  }

  get unsaved() {
    return this.inFlight || this.waiting.size > 0;
  }

  /** What widget code is given: the anywidget front-end module's `model`. */
  face(signal) {
    const on = (events, handler) => {
      this.on(events, handler);
      signal?.addEventListener("abort", () => this.off(events, handler), { once: true });
    };
    const { get, set, save_changes, send, off } = this;
    return { get, set, save_changes, send, on, off, widget_manager: { get_model: async (id) => (await this.store.find(id)).face(signal) } };
  }
}

/** All widgets of one kernel. */
export class Store {
  constructor(report) {
    this.models = new Map();
    this.wanted = new Map(); // model id -> resolvers of those who wait for it
    this.control = null;
    this.awake = false; // the states came with the page, from a lesson that had run
    this.sent = new Map(); // message id -> model id, until the kernel has dealt with it
    this.later = []; // custom messages given while there was no connection
    this.report = report;
  }

  get connected() {
    return Boolean(this.kernel?.ready);
  }

  get unsaved() {
    return [...this.models.values()].some((model) => model.unsaved);
  }

  post(model, data, { buffers, done } = {}) {
    const id = this.kernel.post("comm_msg", { comm_id: model.id, data }, {
      buffers,
      done: (ok) => {
        this.sent.delete(id);
        done?.(ok);
      },
    });
    this.sent.set(id, model.id);
    return id;
  }

  /** Take the states that came with the page (see course/portal/ready.py). */
  wake({ states, texts }) {
    for (const [id, { kind, state }] of Object.entries(states)) {
      for (const name of ["_esm", "_css"]) if (typeof state[name] === "number") state[name] = texts[state[name]];
      this.put(id, kind, state);
    }
    this.awake = true;
  }

  /** Ask the kernel for the state of every widget it holds; called on each connection. */
  level() {
    if (this.awake) {
      this.awake = false; // the kernel goes on from these very states
      this.catchUp();
      return;
    }
    this.control = newId();
    this.kernel.post("comm_open", { comm_id: this.control, target_name: "jupyter.widget.control", data: {} }, { metadata: { version: "1.0.0" } });
    this.kernel.post("comm_msg", { comm_id: this.control, data: { method: "request_states" } });
  }

  find(id) {
    const model = this.models.get(id);
    if (model) return Promise.resolve(model);
    return new Promise((resolve) => this.wanted.set(id, [...(this.wanted.get(id) ?? []), resolve]));
  }

  put(id, kind, state) {
    const known = this.models.get(id);
    if (known) {
      const touched = new Set([...known.dirty, ...known.waiting, ...known.echoes.keys()]);
      known.apply(Object.fromEntries(Object.entries(state).filter(([name]) => !touched.has(name))));
      return;
    }
    const model = new Model(this, id, kind, state);
    this.models.set(id, model);
    for (const resolve of this.wanted.get(id) ?? []) resolve(model);
    this.wanted.delete(id);
  }

  /** Send what was touched while there was no connection. */
  catchUp() {
    for (const model of this.models.values()) model.flush();
    for (const post of this.later.splice(0)) post();
  }

  receive(type, message) {
    const { comm_id: id, data } = message.content;
    if (type === "comm_open" && message.content.target_name === "jupyter.widget") {
      this.put(id, data.state._model_module, putBuffers(data.state, data.buffer_paths, message.buffers));
    } else if (type === "comm_close") {
      this.models.get(id)?.emit("destroy");
      this.models.delete(id);
    } else if (type === "comm_msg" && id === this.control && data.method === "update_states") {
      putBuffers(data.states, data.buffer_paths, message.buffers);
      for (const [model, { model_module: kind, state }] of Object.entries(data.states)) this.put(model, kind, state);
      this.catchUp();
    } else if (type === "comm_msg" && this.models.has(id)) {
      const model = this.models.get(id);
      if (data.method === "custom") model.emit("msg:custom", data.content, message.buffers ?? []);
      else if (data.method === "update" || data.method === "echo_update") {
        model.receive(data.method, putBuffers(data.state, data.buffer_paths, message.buffers), message.parent_header?.msg_id);
      }
    }
  }
}
