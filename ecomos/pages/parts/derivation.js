// Sentences, a bar for each week (hatched where there was no stock, lighter where bulk), a dot for each delivery.
const SVG = "http://www.w3.org/2000/svg";
function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}
function draw(tag, given) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(given)) node.setAttribute(name, value);
  return node;
}
const WIDE = 560;
const HIGH = 150;

function demand(weeks, tell) {
  const svg = draw("svg", { viewBox: `0 0 ${WIDE} ${HIGH + 22}`, class: "eco-demand", role: "img", "aria-label": "Pieces sold a week" });
  const most = Math.max(1, ...weeks.map((week) => week.pieces + week.bulk));
  const step = (WIDE - 36) / weeks.length;
  const high = (pieces) => (pieces / most) * (HIGH - 14);
  for (const share of [0, 0.5, 1]) {
    const y = HIGH - share * (HIGH - 14);
    svg.append(draw("line", { x1: 34, x2: WIDE, y1: y, y2: y, class: "eco-rule" }));
    const label = draw("text", { x: 28, y: y + 4, "text-anchor": "end" });
    label.textContent = String(Math.round(most * share * 10) / 10);
    if (share !== 0.5 || most > 1) svg.append(label);
  }
  weeks.forEach((week, n) => {
    const x = 36 + n * step;
    const group = draw("g", { class: "eco-week" });
    if (week.out) group.append(draw("rect", { x, y: 8, width: step, height: HIGH - 8, class: "eco-out", opacity: 0.25 + (0.75 * week.out) / 7 }));
    if (week.bulk) group.append(draw("rect", { x: x + 0.5, y: HIGH - high(week.pieces + week.bulk), width: Math.max(1, step - 1), height: high(week.bulk), class: "eco-bulk" }));
    group.append(draw("rect", { x: x + 0.5, y: HIGH - high(week.pieces), width: Math.max(1, step - 1), height: high(week.pieces), class: week.promotion ? "eco-sold eco-offer" : "eco-sold" }));
    const over = draw("rect", { x, y: 0, width: step, height: HIGH, class: "eco-over" });
    over.addEventListener("pointerenter", () => tell(week.says));
    group.append(over);
    const title = draw("title", {});
    title.textContent = week.says;
    group.append(title);
    svg.append(group);
    if (n % Math.ceil(weeks.length / 6) === 0) {
      const label = draw("text", { x, y: HIGH + 16 });
      label.textContent = week.label;
      svg.append(label);
    }
  });
  return svg;
}

function deliveries(lead) {
  const svg = draw("svg", { viewBox: `0 0 ${WIDE} 64`, class: "eco-lead", role: "img", "aria-label": lead.says });
  const most = Math.max(1, lead.high, ...lead.draws) * 1.1;
  const at = (days) => 36 + (days / most) * (WIDE - 60);
  svg.append(draw("rect", { x: at(lead.low), y: 14, width: Math.max(2, at(lead.high) - at(lead.low)), height: 20, class: "eco-span" }));
  svg.append(draw("line", { x1: at(lead.median), x2: at(lead.median), y1: 10, y2: 38, class: "eco-middle" }));
  const stacked = new Map();
  for (const days of lead.draws) {
    const above = stacked.get(days) || 0;
    stacked.set(days, above + 1);
    svg.append(draw("circle", { cx: at(days), cy: 24 - (above % 3) * 6, r: 4, class: "eco-draw" }));
  }
  svg.append(draw("line", { x1: 36, x2: WIDE, y1: 42, y2: 42, class: "eco-rule" }));
  for (const days of [0, lead.low, lead.median, lead.high].filter((day, n, all) => all.findIndex((other) => Math.abs(at(other) - at(day)) < 26) === n)) {
    const label = draw("text", { x: at(days), y: 58, "text-anchor": "middle" });
    label.textContent = days ? `${Math.round(days)} d` : "0";
    svg.append(label);
  }
  return svg;
}

function render({ model, el }) {
  const card = make("section", "eco-card eco-derivation");
  card.setAttribute("aria-live", "polite");
  el.append(card);
  const listed = (title, rows) => {
    if (!rows.length) return;
    card.append(make("h3", "", title));
    const table = make("table");
    for (const [what, number] of rows) {
      const line = make("tr");
      line.append(make("td", "", what), make("td", "eco-number", number));
      table.append(line);
    }
    card.append(table);
  };
  const paint = () => {
    card.replaceChildren();
    if (!model.get("title")) {
      card.append(make("p", "eco-empty", model.get("empty")));
      return;
    }
    const head = make("h2");
    if (model.get("link").startsWith("?page=")) {
      const link = make("a", "", model.get("title"));
      link.href = model.get("link");
      head.append(link);
    } else head.textContent = model.get("title");
    card.append(head);
    if (model.get("sub")) card.append(make("p", "eco-sub", model.get("sub")));
    const says = make("ul", "eco-says");
    for (const sentence of model.get("says")) says.append(make("li", "", sentence));
    card.append(says);
    const weeks = model.get("weeks");
    if (weeks.length) {
      card.append(make("h3", "", "Sold a week, in pieces"));
      const told = make("p", "eco-sub eco-told", model.get("known"));
      card.append(demand(weeks, (text) => { told.textContent = text; }), told);
      const key = make("p", "eco-key");
      for (const [name, text, any] of [["eco-sold", "sold", true], ["eco-offer", "on offer", weeks.some((w) => w.promotion)], ["eco-bulk", "one-off bulk order, planned apart", weeks.some((w) => w.bulk)], ["eco-out", "no stock, left out", weeks.some((w) => w.out)]]) {
        if (!any) continue;
        const one = make("span");
        one.append(make("i", name), text);
        key.append(one);
      }
      card.append(key);
    }
    const lead = model.get("lead");
    if (lead.says) {
      card.append(make("h3", "", "Days from order to shelf"), deliveries(lead), make("p", "eco-sub", lead.says));
    }
    listed("How the number came about", model.get("steps"));
    listed("What would change it", model.get("changes"));
  };
  paint();
  model.on("change", paint);
}
export default { render };
