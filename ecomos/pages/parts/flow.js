// A procedure as a small flow chart: steps below each other, the ways between them beside. Text by textContent.
const SVG = "http://www.w3.org/2000/svg";
const BOX = { w: 208, h: 46, gap: 22 };
const LANE = 10;

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

const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

// Each way that is not the next box gets the nearest lane that is free between its two ends.
function lanes(edges) {
  const taken = [];
  return edges.map((edge) => {
    const low = Math.min(edge.a, edge.b);
    const high = Math.max(edge.a, edge.b);
    let lane = 0;
    while ((taken[lane] || []).some(([l, h]) => l < high && low < h)) lane += 1;
    (taken[lane] = taken[lane] || []).push([low, high]);
    return { ...edge, lane };
  });
}

function render({ model, el }) {
  const card = make("section", "eco-card eco-flow");
  el.append(card);
  const draw = () => {
    const nodes = model.get("nodes");
    card.replaceChildren(make("h2", "", model.get("title")));
    if (!nodes.length) return;
    const at = new Map(nodes.map((n, i) => [n.slug, i]));
    const ways = model.get("edges").map((e) => ({ ...e, a: at.get(e.from), b: at.get(e.to) })).filter((e) => e.a !== undefined && e.b !== undefined && e.a !== e.b);
    const down = ways.filter((e) => e.b === e.a + 1);
    const aside = lanes(ways.filter((e) => e.b !== e.a + 1).sort((x, y) => Math.abs(x.b - x.a) - Math.abs(y.b - y.a)));
    const width = BOX.w + 14 + LANE * (1 + Math.max(-1, ...aside.map((e) => e.lane)) + 1);
    const height = nodes.length * (BOX.h + BOX.gap);
    const top = (i) => 4 + i * (BOX.h + BOX.gap);
    const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img" });
    picture.append(svg("title", {}, `Flow of ${nodes.length} steps; the steps are listed in the text`));
    const head = svg("marker", { id: "eco-flow-head", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" });
    head.append(svg("path", { d: "M0 0 L8 4 L0 8 Z", class: "head" }));
    const defs = svg("defs", {});
    defs.append(head);
    picture.append(defs);
    for (const e of down) {
      const way = svg("path", { d: `M${BOX.w / 2} ${top(e.a) + BOX.h} V${top(e.b)}`, class: "way", "marker-end": "url(#eco-flow-head)" });
      way.append(svg("title", {}, e.label));
      picture.append(way);
    }
    for (const e of aside) {
      const x = BOX.w + 12 + LANE * e.lane;
      const from = top(e.a) + BOX.h * (e.b > e.a ? 0.7 : 0.3);
      const to = top(e.b) + BOX.h * (e.b > e.a ? 0.3 : 0.7);
      const way = svg("path", { d: `M${BOX.w} ${from} H${x} V${to} H${BOX.w + 2}`, class: "way", "marker-end": "url(#eco-flow-head)" });
      way.append(svg("title", {}, e.label));
      picture.append(way);
    }
    nodes.forEach((n, i) => {
      const link = svg("a", { href: `#${n.slug}`, class: `node ${n.kind}` });
      link.append(svg("rect", { x: 1, y: top(i), width: BOX.w - 2, height: BOX.h, rx: 8 }));
      link.append(svg("text", { x: 12, y: top(i) + 19 }, cut(n.title, 25)));
      link.append(svg("text", { x: 12, y: top(i) + 36, class: "who" }, cut(n.says, 31)));
      link.append(svg("title", {}, `${n.title}: ${n.says}`));
      picture.append(link);
    });
    const box = make("div", "eco-flow-box");
    box.append(picture);
    card.append(box);
  };
  draw();
  model.on("change", draw);
}
export default { render };
