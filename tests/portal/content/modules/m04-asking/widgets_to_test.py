"""Anywidgets that try each part of the page's host."""

import anywidget
import traitlets


class Counter(anywidget.AnyWidget):
    _esm = """
    export default {
      render({ model, el }) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "sva-button counter";
        const [count, doubled] = ["count", "doubled"].map((name) => () => model.get(name));
        const show = () => (button.textContent = `Count is ${count()}, doubled ${doubled()}`);
        button.onclick = () => { model.set("count", model.get("count") + 1); model.save_changes(); };
        model.on("change:count change:doubled", show);
        show();
        el.append(button);
      },
    };
    """
    _css = ".counter { font-style: italic; }"
    count = traitlets.Int(0).tag(sync=True)
    doubled = traitlets.Int(0).tag(sync=True)

    @traitlets.observe("count")
    def _double(self, change):
        self.doubled = 2 * change["new"]


class Chart(anywidget.AnyWidget):
    _esm = """
    export default {
      async render({ model, el }) {
        const { baseUrl } = JSON.parse(document.getElementById("jupyter-config-data").textContent);
        const root = new URL(`${baseUrl}academy/static/`, location.href);
        const files = await (await fetch(new URL("manifest.json", root))).json();
        const { mountChart } = await import(new URL(files["vega.js"], root).href);
        const chart = await mountChart(el, model.get("spec"), { datasets: { rows: model.get("rows") } });
        globalThis.chartToTest = chart;
        return () => chart.destroy();
      },
    };
    """
    spec = traitlets.Dict(
        {
            "$schema": "vega-lite",
            "description": "Scores of two bids.",
            "width": "container",
            "height": 120,
            "data": {"name": "rows"},
            "params": [{"name": "least", "value": 0}],
            "transform": [{"filter": "datum.score >= least"}],
            "mark": "bar",
            "encoding": {
                "y": {"field": "bid", "type": "nominal"},
                "x": {"field": "score", "type": "quantitative"},
            },
        }
    ).tag(sync=True)
    rows = traitlets.List([{"bid": "Alder", "score": 61}, {"bid": "Birch CIC", "score": 68}]).tag(sync=True)


class Probe(anywidget.AnyWidget):
    """Tells the page what the kernel saw: every value it was sent, bytes, and messages; fails when asked."""

    _esm = """
    export default async () => ({
      initialize({ model }) {
        globalThis.probe = model;
        globalThis.probeLife = { initialised: (globalThis.probeLife?.initialised ?? 0) + 1, heard: [] };
        const bytes = (b) => [...new Uint8Array(b.buffer, b.byteOffset, b.byteLength)];
        model.on("msg:custom", (content, buffers) => probeLife.heard.push([content, ...buffers.map(bytes)]));
      },
      render({ model, el }) {
        const line = document.createElement("p");
        line.className = "probe";
        const show = () => (line.textContent = `Kernel saw ${JSON.stringify(model.get("seen"))}`);
        model.on("change:seen", show);
        show();
        el.append(line);
      },
    });
    """
    value = traitlets.Int(0).tag(sync=True)
    capped = traitlets.Int(0).tag(sync=True)
    seen = traitlets.List().tag(sync=True)
    raw = traitlets.Any(None).tag(sync=True)
    back = traitlets.Bytes(b"\x07\x08").tag(sync=True)
    fail = traitlets.Bool(False).tag(sync=True)

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.on_msg(lambda _, content, buffers: self.send({"heard": content}, [bytes(b) for b in buffers]))

    @traitlets.observe("value")
    def _see(self, change):
        import time

        time.sleep(0.15)
        self.seen = [*self.seen, change["new"]]

    @traitlets.validate("capped")
    def _cap(self, proposal):
        return min(proposal["value"], 10)

    @traitlets.observe("raw")
    def _reverse(self, change):
        self.back = bytes(change["new"])[::-1]

    @traitlets.observe("fail")
    def _fail(self, change):
        raise RuntimeError("the widget's own code failed")
