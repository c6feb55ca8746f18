// What axe cannot decide about contrast, computed: the letters' colour against whatever is painted below them.
(targets) => {
  const channels = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);
  const seen = (colour) => colour && colour !== "none" && (channels(colour)[3] ?? 1) === 1;
  const luminance = (colour) => {
    const [r, g, b] = channels(colour)
      .slice(0, 3)
      .map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const shape = (element) => element instanceof SVGGeometryElement;
  const ground = (element) => {
    const colour = getComputedStyle(element)[shape(element) ? "fill" : "backgroundColor"];
    return seen(colour) ? colour : null;
  };
  const pointed = document.createElement("style");
  pointed.textContent = "* { pointer-events: all !important; }";
  document.head.append(pointed);
  const found = [];
  for (const target of targets) {
    const element = document.querySelector(target);
    if (!element) continue;
    element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const style = getComputedStyle(element);
    const ink = element instanceof SVGElement ? style.fill : style.color;
    const box = element.getBoundingClientRect();
    const below = document
      .elementsFromPoint(box.left + box.width / 2, box.top + box.height / 2)
      .filter((e) => !(e instanceof SVGTextContentElement));
    const paper = below.map(ground).find(Boolean) || "rgb(255, 255, 255)";
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const disabled = element.matches(":disabled, [aria-disabled=true], :disabled *");
    if (!disabled && ratio(ink, paper) < (large ? 3 : 4.5)) {
      found.push(`${target}: ${ink} on ${paper} is ${ratio(ink, paper).toFixed(2)} to 1`);
    }
  }
  pointed.remove();
  return found;
};
