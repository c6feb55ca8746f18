// One kernel over one WebSocket, which is opened again by itself when it is lost.

import { decode, encode, newId } from "./wire.js";

const ASK_AGAIN_MS = 400; // the server drops what arrives before its own channels are up
const SILENT_MS = 8000;
const LOOK_EVERY_MS = 30000; // a kernel that was ended on purpose does not close the socket
const waits = [300, 700, 1500, 3000, 5000, 10000];

/**
 * Events go to `listener`: `message(msg)`, `connected(again)`, `lost()`, `gone()`, `refused()`.
 * `gone` means that the kernel itself is no more; `refused` that the visitor is signed out.
 */
export class Kernel {
  constructor(baseUrl, id, listener) {
    this.id = id;
    this.session = newId();
    this.listener = listener;
    this.api = `${baseUrl}api/kernels/${id}`;
    this.pending = new Map(); // message id -> called once the kernel is idle after it
    this.connectedBefore = false;
    this.closed = false;
    this.ready = false; // only then may anything be sent
    this.open();
    const look = () => document.visibilityState === "visible" && this.look();
    setInterval(look, LOOK_EVERY_MS);
    document.addEventListener("visibilitychange", look);
  }

  /** Ask the server whether the kernel is still there. */
  async look() {
    if (this.closed || !this.ready) return;
    const answer = await fetch(this.api, { cache: "no-store" }).catch(() => null);
    if (answer?.status === 404) this.end("gone");
  }

  open() {
    const url = new URL(`${this.api}/channels?session_id=${this.session}`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = (this.socket = new WebSocket(url));
    socket.binaryType = "arraybuffer";
    this.ready = false;
    const asked = new Set();
    const ask = () => {
      if (this.ready || socket !== this.socket || socket.readyState !== WebSocket.OPEN) return;
      asked.add(this.post("kernel_info_request", {}, { channel: "control" }));
      setTimeout(ask, ASK_AGAIN_MS);
    };
    socket.onopen = () => {
      ask();
      setTimeout(() => socket === this.socket && !this.ready && socket.close(), SILENT_MS);
    };
    socket.onmessage = (event) => {
      const message = decode(event.data);
      if (!this.ready && message.header.msg_type === "kernel_info_reply" && asked.has(message.parent_header.msg_id)) {
        this.ready = true;
        this.attempt = 0;
        this.listener.connected(this.connectedBefore);
        this.connectedBefore = true;
      }
      this.receive(message);
    };
    socket.onclose = () => {
      if (this.closed || socket !== this.socket) return;
      const wasReady = this.ready;
      this.ready = false;
      const unfinished = [...this.pending.values()];
      this.pending.clear();
      for (const done of unfinished) done(false);
      if (wasReady || !this.attempt) this.listener.lost();
      this.retry();
    };
  }

  async retry() {
    this.attempt = (this.attempt ?? 0) + 1;
    await new Promise((resolve) => setTimeout(resolve, waits[Math.min(this.attempt, waits.length) - 1]));
    if (this.closed) return;
    const answer = await fetch(this.api, { cache: "no-store" }).catch(() => null);
    if (this.closed) return;
    if (answer?.ok) this.open();
    else if (answer?.status === 404) this.end("gone");
    else if (answer?.status === 403 || answer?.redirected) this.end("refused");
    else this.retry();
  }

  end(event) {
    if (this.closed) return;
    this.closed = true;
    this.socket.close();
    this.listener[event]();
  }

  receive(message) {
    const type = message.header.msg_type;
    const parent = message.parent_header?.msg_id;
    if (type === "status") {
      const state = message.content.execution_state;
      // A kernel that was started again by the server has forgotten the lesson.
      if (state === "restarting" || state === "dead") this.end("gone");
      if (state === "idle" && this.pending.has(parent)) {
        const done = this.pending.get(parent);
        this.pending.delete(parent);
        done(true);
      }
      return;
    }
    if (type === "shutdown_reply") this.end("gone");
    this.listener.message(type, message);
  }

  /** Send one message; returns its id. `done(ok)` is called when the kernel has dealt with it, or is lost. */
  post(type, content, { channel = "shell", metadata = {}, buffers = [], done } = {}) {
    const header = { msg_id: newId(), msg_type: type, session: this.session, username: "", date: new Date().toISOString(), version: "5.3" };
    if (done) this.pending.set(header.msg_id, done);
    this.socket.send(encode({ header, parent_header: {}, metadata, content, channel, buffers: [] }, buffers));
    return header.msg_id;
  }
}
