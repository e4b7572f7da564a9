// The operation as a map. Places come from Python; the sheet that fits the card's width is drawn. Text by textContent.
const SVG = "http://www.w3.org/2000/svg";
let maps = 0;

function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

function svg(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

function drawnBox(box) {
  if (box.kind === "head") return make("h3", "eco-map-head", box.title);
  const node = make(box.href ? "a" : "div", `eco-map-box ${box.kind}${box.quiet ? " quiet" : ""}${box.hole ? " hole" : ""}`);
  if (box.href && box.href.startsWith("?page=")) node.href = box.href;
  if (box.told) {
    if (box.href) node.setAttribute("aria-label", box.told);
    node.title = box.told;
  }
  if (box.title) node.append(make("strong", "", box.title));
  for (const line of box.lines) node.append(make("span", "", line));
  if (box.hole) node.append(make("span", "eco-map-missing", box.hole));
  return node;
}

function drawnSheet(sheet) {
  const field = make("div", "eco-map-field");
  field.style.width = `${sheet.width}px`;
  field.style.height = `${sheet.height}px`;
  const picture = svg("svg", { width: sheet.width, height: sheet.height, "aria-hidden": "true" });
  maps += 1;
  const id = `eco-map-head-${maps}`;
  const head = svg("marker", { id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" });
  head.append(svg("path", { d: "M0 0 L8 4 L0 8 Z", class: "head" }));
  const defs = svg("defs", {});
  defs.append(head);
  picture.append(defs);
  const ways = sheet.ways.map((way) => {
    const line = svg("path", { d: way.path, class: `way ${way.kind}` });
    if (way.kind !== "by") line.setAttribute("marker-end", `url(#${id})`);
    const said = svg("title", {});
    said.textContent = way.said;
    line.append(said);
    picture.append(line);
    return { way, line };
  });
  field.append(picture);
  const nodes = new Map();
  for (const box of sheet.boxes) {
    const node = drawnBox(box);
    Object.assign(node.style, { left: `${box.x}px`, top: `${box.y}px`, width: `${box.w}px`, height: `${box.h}px` });
    node.dataset.box = box.id;
    nodes.set(box.id, node);
    field.append(node);
  }
  const light = (id) => {
    field.classList.toggle("eco-lit", Boolean(id));
    for (const node of nodes.values()) node.classList.remove("tied");
    for (const { way, line } of ways) {
      const tied = id !== null && (way.source === id || way.to === id);
      line.classList.toggle("tied", tied);
      if (tied) for (const end of [way.source, way.to]) nodes.get(end)?.classList.add("tied");
    }
  };
  for (const [box, node] of nodes) {
    if (!ways.some(({ way }) => way.source === box || way.to === box)) continue;
    for (const [on, off] of [["pointerenter", "pointerleave"], ["focus", "blur"]]) {
      node.addEventListener(on, () => light(box));
      node.addEventListener(off, () => light(null));
    }
  }
  return field;
}

function render({ model, el }) {
  const card = make("section", "eco-card eco-map");
  const top = make("div", "eco-map-top");
  const box = make("div", "eco-map-sheet");
  card.append(top, box);
  el.append(card);
  let shown = null;
  const fitting = () => {
    const sheets = model.get("sheets");
    const free = box.clientWidth;
    return sheets.find((s) => s.width <= free) || sheets[sheets.length - 1];
  };
  const draw = () => {
    shown = null;
    top.replaceChildren(make("h2", "", model.get("title")));
    if (model.get("sub")) top.append(make("p", "eco-sub", model.get("sub")));
    const tabs = make("nav", "eco-map-tabs");
    tabs.setAttribute("aria-label", "Parts of the map");
    for (const tab of model.get("tabs")) {
      const link = make("a", "eco-button", tab.title);
      link.href = tab.href;
      if (tab.here) link.setAttribute("aria-current", "page");
      tabs.append(link);
    }
    if (tabs.childElementCount) top.append(tabs);
    fit();
  };
  const fit = () => {
    const sheet = fitting();
    if (!sheet || sheet === shown) return;
    shown = sheet;
    box.replaceChildren(drawnSheet(sheet));
  };
  draw();
  model.on("change", draw);
  const watch = new ResizeObserver(fit);
  watch.observe(box);
  return () => watch.disconnect();
}
export default { render };
