// A leaflet on the page: what to print is chosen here, the kernel writes the page, two buttons save it.

const nextId = () => `sva-l${(globalThis.__svaPieces = (globalThis.__svaPieces ?? 0) + 1)}`;

export default {
  render({ model, el }) {
    const spec = model.get("spec");
    const id = nextId();
    const status = make("p", { role: "status", class: "sva-said" });
    const problem = make("p", { class: "sva-problem", role: "alert" });
    const article = make("article", { class: "sva-leaflet" });
    const html = make("button", { type: "button", class: "sva-button sva-quiet", onclick: saveHtml }, "Save as a web page");
    const pdf = make("button", { type: "button", class: "sva-button", onclick: askPdf }, "Save as PDF");

    const ticks = spec.choices.map(([key, text], i) => {
      const input = make("input", { type: "checkbox", id: `${id}-${i}`, value: key, checked: true, onchange: choose });
      return [input, make("label", { class: "sva-tick", for: input.id }, input, make("span", {}, text))];
    });
    const limits = make("textarea", { id: `${id}-limits`, rows: 3, maxlength: 400, "aria-describedby": `${id}-help`, onchange: choose });
    limits.value = model.get("values").limits;
    const asked = spec.asks
      ? [make("fieldset", {}, make("legend", {}, make("strong", {}, "Print on the page")), make("div", { class: "sva-ticks" }, ...ticks.map(([, label]) => label))),
         make("div", { class: "sva-control" }, make("label", { for: limits.id }, "What these figures do not show"),
           make("p", { class: "sva-help", id: `${id}-help` }, "One or two sentences of yours. Without them there is no page."), limits)]
      : [];

    function choose() {
      const values = Object.fromEntries(ticks.map(([input]) => [input.value, input.checked]));
      model.set("values", { ...values, limits: limits.value });
      model.save_changes();
    }

    function show() {
      const page = model.get("page");
      problem.textContent = page.problem;
      article.hidden = html.disabled = pdf.disabled = Boolean(page.problem);
      if (!page.problem) article.innerHTML = page.body; // written and escaped by the kernel
    }

    function save(name, parts, type) {
      const address = URL.createObjectURL(new Blob(parts, { type }));
      const link = make("a", { href: address, download: name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), 60000);
      status.textContent = `Saved as ${name}, where your browser keeps downloads.`;
    }

    function saveHtml() {
      save("leaflet.html", [model.get("page").whole], "text/html;charset=utf-8");
    }

    function askPdf() {
      pdf.disabled = true;
      status.textContent = "Making the PDF. This takes a few seconds…";
      model.send({ make: "pdf" });
    }

    function arrived(content, buffers) {
      pdf.disabled = Boolean(model.get("page").problem);
      if (content.problem) status.textContent = content.problem;
      else save("leaflet.pdf", buffers, "application/pdf");
    }

    model.on("change:page", show);
    model.on("msg:custom", arrived);
    el.replaceChildren(make("section", { class: "sva-x sva-leaflet-maker", "aria-label": "The leaflet" },
      ...asked, problem, article, make("div", { class: "sva-actions" }, pdf, html), status));
    show();
    return () => { model.off("change:page", show); model.off("msg:custom", arrived); };
  },
};
