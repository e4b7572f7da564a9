// A figure over time: its line, its limits, what changed, and the rows behind a point. Drawn as SVG, text by textContent.
const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 260;
const PAD = { left: 64, right: 16, top: 16, bottom: 32 };

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

function nice(low, high, count) {
  const span = high - low || Math.abs(high) || 1;
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw);
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step / 1e6; at += step) found.push(at);
  return found;
}

const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 4, notation: "compact" });

function render({ model, el }) {
  const card = make("section", "eco-card eco-chart");
  el.append(card);
  let shown = null;

  function draw() {
    const points = model.get("points");
    card.replaceChildren(make("h2", "", model.get("title")));
    if (!points.some((p) => p.value !== null)) {
      card.append(make("p", "eco-sub", model.get("empty")));
      return;
    }
    const say = make("p", "eco-sub");
    say.setAttribute("aria-live", "polite");
    const width = Math.max(320, card.clientWidth - 32 || 640);
    const inner = { w: width - PAD.left - PAD.right, h: HEIGHT - PAD.top - PAD.bottom };
    const all = points.flatMap((p) => [p.value, p.low, p.high]).filter((v) => v !== null && v !== undefined);
    const target = model.get("target");
    if (target !== null) all.push(target);
    let low = Math.min(...all);
    let high = Math.max(...all);
    if (low > 0 && low < high * 0.6) low = 0;
    if (low === high) { low -= 1; high += 1; }
    const x = (i) => PAD.left + (points.length === 1 ? inner.w / 2 : (i * inner.w) / (points.length - 1));
    const y = (v) => PAD.top + inner.h - ((v - low) / (high - low)) * inner.h;
    const picture = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width: "100%", height: HEIGHT, role: "img", tabindex: "0" });
    picture.append(svg("title", {}, `${model.get("title")}: ${points.length} days`));
    for (const at of nice(low, high, 4)) {
      picture.append(svg("line", { x1: PAD.left, x2: width - PAD.right, y1: y(at), y2: y(at), class: "grid" }));
      picture.append(svg("text", { x: PAD.left - 8, y: y(at) + 4, "text-anchor": "end" }, short.format(at)));
    }
    const every = Math.max(1, Math.ceil(points.length / Math.max(2, Math.floor(inner.w / 90))));
    points.forEach((p, i) => {
      if (i % every === 0) picture.append(svg("text", { x: x(i), y: HEIGHT - 8, "text-anchor": "middle" }, p.label));
    });
    const band = points.map((p, i) => [p, i]).filter(([p]) => p.low !== null && p.low !== undefined);
    if (band.length > 1) {
      const top = band.map(([p, i]) => `${x(i)},${y(p.high)}`);
      const bottom = band.map(([p, i]) => `${x(i)},${y(p.low)}`).reverse();
      picture.append(svg("polygon", { points: [...top, ...bottom].join(" "), class: "band" }));
      picture.append(svg("polyline", { points: band.map(([p, i]) => `${x(i)},${y(p.centre)}`).join(" "), class: "centre" }));
    }
    if (target !== null) picture.append(svg("line", { x1: PAD.left, x2: width - PAD.right, y1: y(target), y2: y(target), class: "target" }));
    for (const mark of model.get("marks")) {
      const i = points.findIndex((p) => p.day === mark.day);
      if (i < 0) continue;
      picture.append(svg("line", { x1: x(i), x2: x(i), y1: PAD.top, y2: PAD.top + inner.h, class: "mark" }));
      const right = x(i) > PAD.left + inner.w * 0.6;
      const place = { x: x(i) + (right ? -4 : 4), y: PAD.top + 10, "text-anchor": right ? "end" : "start" };
      picture.append(svg("text", { ...place, class: "note" }, mark.text));
    }
    let run = [];
    const flush = () => {
      if (run.length > 1) picture.append(svg("polyline", { points: run.join(" "), class: "line" }));
      run = [];
    };
    points.forEach((p, i) => {
      if (p.value === null) flush();
      else run.push(`${x(i)},${y(p.value)}`);
    });
    flush();
    points.forEach((p, i) => {
      if (p.value === null) return;
      const kind = p.signal ? "signal" : p.part ? "part" : "dot";
      picture.append(svg("circle", { cx: x(i), cy: y(p.value), r: p.signal ? 5 : points.length > 90 ? 1.5 : 3, class: kind }));
    });
    const line = svg("line", { y1: PAD.top, y2: PAD.top + inner.h, class: "here", visibility: "hidden" });
    picture.append(line);
    const show = (i) => {
      shown = Math.min(Math.max(i, 0), points.length - 1);
      const p = points[shown];
      line.setAttribute("x1", x(shown));
      line.setAttribute("x2", x(shown));
      line.setAttribute("visibility", "visible");
      say.textContent = p.says;
    };
    const at = (event) => {
      const box = picture.getBoundingClientRect();
      const px = ((event.clientX - box.left) / box.width) * width;
      return Math.round(((px - PAD.left) / inner.w) * (points.length - 1));
    };
    picture.addEventListener("pointermove", (event) => show(at(event)));
    picture.addEventListener("click", (event) => { show(at(event)); model.send({ pick: points[shown].day }); });
    picture.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
        show((shown ?? points.length) + (event.key === "ArrowLeft" ? -1 : 1));
        event.preventDefault();
      } else if (event.key === "Enter" && shown !== null) model.send({ pick: points[shown].day });
    });
    say.textContent = points.at(-1).says;
    card.append(picture, say);
  }
  draw();
  model.on("change", draw);
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
