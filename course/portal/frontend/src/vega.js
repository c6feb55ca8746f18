// Vega and Vega-Lite for the charts of lessons, for any page of this server (JupyterLab too).
// Expressions are interpreted, never compiled, so that pages need no `unsafe-eval`, and data
// can only be given, never fetched.

import * as vega from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile } from "vega-lite";

const noLoader = { load: async () => { throw new Error("Charts may not fetch data."); }, sanitize: async () => { throw new Error("Charts may not fetch data."); } };

const fallback = {
  ink: "#20241f", muted: "#5a5d54", line: "#ddd3c2", accent: "#0c5a57",
  alder: "#2f6bb0", birch: "#b4521a", cedar: "#2a7a5a", dogwood: "#8a489c",
};

// The academy's look, from the page's own tokens where there are any.
function look(el) {
  const style = getComputedStyle(el);
  const token = (name) => style.getPropertyValue(`--sva-${name}`).trim() || fallback[name];
  const font = style.fontFamily;
  const [ink, muted, line, accent] = ["ink", "muted", "line", "accent"].map(token);
  return {
    background: "transparent", font, padding: 4, aria: false,
    view: { stroke: null },
    axis: {
      labelColor: muted, titleColor: ink, labelFontSize: 13, titleFontSize: 13, titleFontWeight: 600, titlePadding: 10,
      domainColor: muted, tickColor: muted, gridColor: line, gridOpacity: 0.7, labelPadding: 5, labelFont: font, titleFont: font,
    },
    axisX: { grid: false }, axisY: { domain: false, ticks: false },
    legend: { labelColor: ink, titleColor: ink, labelFontSize: 13, titleFontSize: 13, symbolStrokeWidth: 2 },
    title: { color: ink, subtitleColor: muted, anchor: "start", fontSize: 15, fontWeight: 600 },
    header: { labelColor: ink, titleColor: ink },
    text: { color: ink, fontSize: 13, font }, rule: { color: muted }, line: { strokeWidth: 2.5 },
    mark: { color: accent, tooltip: false },
    range: { category: ["alder", "birch", "cedar", "dogwood"].map(token) },
  };
}

const merge = (below, above) => {
  const out = { ...below };
  for (const [key, value] of Object.entries(above ?? {})) {
    const deep = value && typeof value === "object" && !Array.isArray(value) && out[key] && typeof out[key] === "object";
    out[key] = deep ? merge(out[key], value) : value;
  }
  return out;
};

const isLite = (spec) => !String(spec.$schema ?? "").includes("/vega/") && !spec.marks;

/**
 * Draw `spec` (Vega-Lite, or Vega) in `el`.
 *
 * `datasets` gives rows to the named datasets of the specification. `theme` is added to the
 * academy's look as Vega configuration; `theme: null` leaves the look out. The drawing is an
 * image to assistive technology, named by the specification's `description`, for the text
 * alternative and the table beside it say more than its marks can.
 *
 * The handle: `setData(name, rows)`, `setParams({name: value})`, `getParam(name)`,
 * `onParam(name, handler)`, `setDescription(text)`, `toSVG()`, `view()`, `destroy()`. The
 * first two draw anew, answer a promise, and draw once for calls made in one go.
 */
export async function mountChart(el, spec, { datasets = {}, theme = {} } = {}) {
  const rows = { ...(spec.datasets ?? {}), ...datasets };
  const params = {};
  const listeners = [];
  const fluid = spec.width === "container";
  let description = spec.description ?? "";
  let view = null;
  let pending = null;

  const holder = el.appendChild(document.createElement("div"));
  holder.className = "sva-chart";
  holder.style.cssText = "width:100%;overflow:hidden";
  holder.setAttribute("role", "img");
  const canvas = holder.appendChild(document.createElement("div")); // Vega gives it roles of its own
  canvas.setAttribute("aria-hidden", "true");

  const name = () => holder.setAttribute("aria-label", description || "Chart");
  const known = (signal) => view._runtime.signals[signal] !== undefined;
  const draw = () => (pending ??= Promise.resolve().then(() => { pending = null; return view?.runAsync().then(fit); }));

  // On a narrow page a label may reach beyond the drawing: then the drawing is made smaller until it is whole.
  function fit() {
    const svg = canvas.querySelector("svg");
    if (!svg || !holder.clientWidth) return;
    const [wide, high] = ["width", "height"].map((side) => Number(svg.getAttribute(side)));
    svg.setAttribute("viewBox", `0 0 ${wide} ${high}`);
    const frame = svg.getBoundingClientRect();
    const scale = frame.width / wide;
    let [left, right] = [0, wide];
    for (const label of svg.querySelectorAll("text")) {
      const box = label.getBoundingClientRect();
      if (!box.width) continue;
      left = Math.min(left, (box.left - frame.left) / scale);
      right = Math.max(right, (box.right - frame.left) / scale);
    }
    if (right - left > wide + 1) svg.setAttribute("viewBox", `${left} 0 ${right - left} ${high}`);
  }

  async function build() {
    const config = theme === null ? {} : merge(look(el), theme);
    const full = { ...spec, datasets: rows, ...(fluid ? { width: Math.max(holder.clientWidth, 120), autosize: { type: "fit-x", contains: "padding", ...spec.autosize } } : {}) };
    const graph = isLite(spec) ? compile(full, { config: merge(config, spec.config), logger: vega.logger(vega.Error) }).spec : spec;
    const runtime = vega.parse(graph, isLite(spec) ? undefined : config, { ast: true });
    view?.finalize();
    view = new vega.View(runtime, { expr: expressionInterpreter, renderer: "svg", loader: noLoader, hover: true, logLevel: vega.Error }).initialize(canvas);
    if (!isLite(spec)) for (const [data, values] of Object.entries(rows)) view.data(data, values);
    for (const [param, value] of Object.entries(params)) if (known(param)) view.signal(param, value);
    for (const [param, handler] of listeners) if (known(param)) view.addSignalListener(param, (_, value) => handler(value));
    name();
    await view.runAsync();
    fit();
  }

  await build();

  const dark = matchMedia("(prefers-color-scheme: dark)");
  const rebuild = () => build();
  dark.addEventListener("change", rebuild);
  let width = holder.clientWidth;
  const sizes = fluid
    ? new ResizeObserver(() => {
        if (!holder.clientWidth || Math.abs(holder.clientWidth - width) < 1) return;
        width = holder.clientWidth;
        if (known("width")) view.width(width), draw();
        else build();
      })
    : null;
  sizes?.observe(holder);

  return {
    setData(data, values) {
      rows[data] = values;
      view.data(data, values.map((row) => ({ ...row })));
      return draw();
    },
    setParams(values) {
      for (const [param, value] of Object.entries(values)) {
        params[param] = value;
        if (known(param)) view.signal(param, value);
        else throw new Error(`The chart has no parameter called ${param}.`);
      }
      return draw();
    },
    getParam: (param) => view.signal(param),
    onParam(param, handler) {
      listeners.push([param, handler]);
      view.addSignalListener(param, (_, value) => handler(value));
    },
    setDescription(text) {
      description = text;
      name();
    },
    toSVG: () => view.toSVG(),
    view: () => view,
    destroy() {
      dark.removeEventListener("change", rebuild);
      sizes?.disconnect();
      view.finalize();
      view = null;
      holder.remove();
    },
  };
}
