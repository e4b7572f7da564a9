// Several lines over the same time, with a legend in which the values of the day pointed at are said.
const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 240;
const PAD = { left: 64, right: 16, top: 12, bottom: 28 };
const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 3, notation: "compact" });
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}
function svg(tag, attributes, text) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  return node;
}
function ticks(low, high) {
  const raw = (high - low) / 4 || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw);
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step / 1e6; at += step) found.push(at);
  return found;
}

function render({ model, el }) {
  const card = make("section", "eco-card eco-lines");
  el.append(card);
  let shown = null;

  function draw() {
    const lines = model.get("lines");
    const labels = model.get("labels");
    card.replaceChildren(make("h2", "", model.get("title")));
    if (!lines.length || !labels.length) {
      card.append(make("p", "eco-sub", model.get("empty")));
      return;
    }
    const width = Math.max(280, card.clientWidth - 32 || 640);
    const inner = { w: width - PAD.left - PAD.right, h: HEIGHT - PAD.top - PAD.bottom };
    const all = lines.flatMap((l) => l.values).filter((v) => v !== null);
    const low = Math.min(0, ...all);
    const high = Math.max(1, ...all);
    const x = (i) => PAD.left + (labels.length === 1 ? inner.w / 2 : (i * inner.w) / (labels.length - 1));
    const y = (v) => PAD.top + inner.h - ((v - low) / (high - low)) * inner.h;
    const picture = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width: "100%", height: HEIGHT, role: "img", tabindex: "0" });
    picture.append(svg("title", {}, `${model.get("title")}: ${lines.map((l) => l.name).join(", ")}`));
    for (const at of ticks(low, high)) {
      picture.append(svg("line", { x1: PAD.left, x2: width - PAD.right, y1: y(at), y2: y(at), class: "grid" }));
      picture.append(svg("text", { x: PAD.left - 8, y: y(at) + 4, "text-anchor": "end" }, short.format(Math.abs(at) < 1e-9 * high ? 0 : at)));
    }
    const every = Math.max(1, Math.ceil(labels.length / Math.max(2, Math.floor(inner.w / 80))));
    labels.forEach((label, i) => {
      if (i % every === 0) picture.append(svg("text", { x: x(i), y: HEIGHT - 8, "text-anchor": "middle" }, label));
    });
    lines.forEach((line, n) => {
      const points = line.values.map((v, i) => (v === null ? null : `${x(i)},${y(v)}`)).filter((p) => p !== null);
      picture.append(svg("polyline", { points: points.join(" "), class: `line l${n}${line.ours ? " ours" : ""}` }));
    });
    const here = svg("line", { y1: PAD.top, y2: PAD.top + inner.h, class: "here", visibility: "hidden" });
    picture.append(here);
    const legend = make("ul", "eco-legend");
    legend.setAttribute("aria-live", "polite");
    const show = (i) => {
      shown = Math.min(Math.max(i, 0), labels.length - 1);
      here.setAttribute("x1", x(shown));
      here.setAttribute("x2", x(shown));
      here.setAttribute("visibility", "visible");
      tell();
    };
    const tell = () => {
      const at = shown ?? labels.length - 1;
      legend.replaceChildren(make("li", "eco-sub", `Week of ${labels[at]}`));
      lines.forEach((line, n) => {
        const item = make("li");
        const key = svg("svg", { viewBox: "0 0 28 8", width: 28, height: 8, "aria-hidden": "true" });
        key.append(svg("line", { x1: 0, x2: 28, y1: 4, y2: 4, class: `line l${n}${line.ours ? " ours" : ""}` }));
        const value = line.values[at];
        item.append(key, make("span", "", line.name), make("b", "", value === null || value === undefined ? "" : `${whole.format(value)} ${model.get("unit")}`));
        legend.append(item);
      });
    };
    const at = (event) => {
      const box = picture.getBoundingClientRect();
      const px = ((event.clientX - box.left) / box.width) * width;
      return Math.round(((px - PAD.left) / inner.w) * (labels.length - 1));
    };
    picture.addEventListener("pointermove", (event) => show(at(event)));
    picture.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      show((shown ?? labels.length) + (event.key === "ArrowLeft" ? -1 : 1));
      event.preventDefault();
    });
    tell();
    card.append(picture, legend);
  }
  draw();
  model.on("change", () => { shown = null; draw(); });
  let before = 0;
  const watch = new ResizeObserver(() => {
    if (Math.abs(card.clientWidth - before) < 2) return;
    before = card.clientWidth;
    draw();
  });
  watch.observe(el);
  return () => watch.disconnect();
}
export default { render };
