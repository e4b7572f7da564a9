// A table of many rows; only what is seen is drawn.
const LOW = 40;
const TALL = 68; // on a phone, where the columns would not fit beside each other: the first stands above the others
const SPARE = 8;

function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

const shown = (cell) => {
  const value = Array.isArray(cell) ? cell[0] : cell;
  return value === null || value === undefined ? "" : typeof value === "number" ? value.toLocaleString("en-GB") : String(value);
};
const weight = (cell, kind) => {
  const value = Array.isArray(cell) && kind !== "state" ? cell[1] : Array.isArray(cell) ? cell[0] : cell;
  return value === undefined ? null : value;
};

function compare(a, b) {
  if (a === null || b === null) return (a === null) - (b === null);
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "en", { numeric: true });
}

// a spreadsheet must not take a cell for a formula
function defused(cell) {
  if (typeof cell === "number") return String(cell);
  let text = shown(cell);
  const number = Array.isArray(cell) && typeof cell[1] === "number" && /^[-+]?[\d., ]+$/.test(text);
  if (!number && /^[=+\-@\t\r]/.test(text)) text = "'" + text;
  return /[",\n\r;]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
}

function render({ model, el }) {
  const card = make("section", "eco-card eco-table");
  const bar = make("div", "eco-table-bar");
  const title = make("h2");
  const count = make("span", "eco-table-count");
  count.setAttribute("role", "status");
  const filter = make("input");
  filter.type = "search";
  filter.placeholder = "Filter";
  filter.setAttribute("aria-label", "Filter rows");
  const download = make("button", "eco-button", "Download CSV");
  download.type = "button";
  bar.append(title, count, filter, download);
  const grid = make("div", "eco-grid");
  grid.tabIndex = 0;
  grid.setAttribute("role", "grid");
  const head = make("div", "eco-grid-head");
  head.setAttribute("role", "row");
  const body = make("div", "eco-grid-body");
  body.setAttribute("role", "rowgroup");
  const empty = make("p", "eco-empty");
  grid.append(head, body, empty);
  card.append(bar, grid);
  el.append(card);

  let sort = { key: "", down: false };
  let view = [];
  let words = new Map();
  let at = -1;
  const unique = `eco-row-${Math.random().toString(36).slice(2)}`;
  let narrow = window.innerWidth <= 760;
  let stacked = false;
  let HIGH = LOW;
  const columns = () => model.get("columns").filter((column) => !narrow || !column.wide);
  const chosen = () => new Set(model.get("chosen"));

  const opens = (row) => Boolean(row.href && row.href.startsWith("?page=")) || model.get("clickable");
  const open = (row) => {
    if (row.href && row.href.startsWith("?page=")) {
      const link = make("a");
      link.href = row.href;
      document.body.append(link);
      link.click();
      link.remove();
    } else if (model.get("clickable")) model.send({ row: row.id });
  };
  const choose = (ids, ticked) => {
    const all = chosen();
    for (const id of ids) ticked ? all.add(id) : all.delete(id);
    model.set("chosen", [...all]);
    model.save_changes();
  };

  const pick = () => {
    const wanted = model.get("searched") ? [] : filter.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    view = model.get("rows").filter((row) => wanted.every((word) => words.get(row).includes(word)));
    if (sort.key) {
      const kind = (columns().find((column) => column.key === sort.key) || {}).kind;
      view.sort((a, b) => (sort.down ? -1 : 1) * compare(weight(a[sort.key], kind), weight(b[sort.key], kind)));
    }
    at = Math.min(at, view.length - 1);
    const all = model.get("rows").length;
    count.textContent = view.length === all ? `${all.toLocaleString("en-GB")} rows` : `${view.length.toLocaleString("en-GB")} of ${all.toLocaleString("en-GB")} rows`;
    if (all === 1 && view.length === 1) count.textContent = "1 row";
    empty.textContent = all ? "No row fits the filter." : model.get("empty");
    empty.hidden = view.length > 0;
    body.style.height = `${view.length * HIGH}px`;
    grid.setAttribute("aria-rowcount", String(view.length + 1));
    paint();
  };

  const paint = () => {
    const top = Math.max(0, grid.scrollTop);
    const first = Math.max(0, Math.floor(top / HIGH) - SPARE);
    const last = Math.min(view.length, Math.ceil((top + grid.clientHeight) / HIGH) + SPARE);
    const ticked = chosen();
    const drawn = [];
    for (let i = first; i < last; i += 1) drawn.push(line(view[i], i, ticked));
    body.replaceChildren(...drawn);
    if (at >= first && at < last) grid.setAttribute("aria-activedescendant", `${unique}-${at}`);
    else grid.removeAttribute("aria-activedescendant");
  };

  const line = (row, i, ticked) => {
    const node = make("div", "eco-grid-row");
    node.setAttribute("role", "row");
    node.setAttribute("aria-rowindex", String(i + 2));
    node.id = `${unique}-${i}`;
    node.style.cssText = `top:${i * HIGH}px;height:${HIGH}px;grid-template-columns:${template()};width:100%;min-width:${least()}px`;
    if (i === at) node.setAttribute("aria-selected", "true");
    if (opens(row)) node.classList.add("eco-clickable");
    if (model.get("selectable")) {
      const cell = make("span");
      cell.setAttribute("role", "gridcell");
      const tick = make("input");
      tick.type = "checkbox";
      tick.checked = ticked.has(row.id);
      tick.tabIndex = -1;
      tick.style.verticalAlign = "middle";
      tick.setAttribute("aria-label", `Choose ${shown(row[columns()[0].key])}`);
      tick.addEventListener("click", (event) => event.stopPropagation());
      tick.addEventListener("change", () => choose([row.id], tick.checked));
      cell.append(tick);
      node.append(cell);
    }
    columns().forEach((column, nth) => {
      const cell = make("span", column.kind === "number" ? "eco-number" : "");
      cell.setAttribute("role", "gridcell");
      const text = shown(row[column.key]);
      if (column.kind === "state" && text) cell.append(make("span", `eco-chip eco-${(row[column.key] || [])[1] || "plain"}`, text));
      else if (nth === 0 && row.href && row.href.startsWith("?page=")) {
        const link = make("a", "", text);
        link.href = row.href;
        link.tabIndex = -1;
        cell.append(link);
      } else cell.textContent = text;
      if (text.length > 8) cell.title = text;
      node.append(cell);
    });
    node.addEventListener("click", (event) => {
      at = i;
      if (!(event.target instanceof Element && event.target.closest("a"))) open(row);
      for (const other of body.children) other.removeAttribute("aria-selected");
      node.setAttribute("aria-selected", "true");
    });
    return node;
  };

  const wide = (c) => (stacked ? `minmax(0, ${Math.min(c.width || 150, 150)}fr)` : c.width ? `minmax(${c.width}px, ${c.width}fr)` : "minmax(140px, 400fr)");
  const template = () => (model.get("selectable") ? "52px " : "") + columns().slice(stacked ? 1 : 0).map(wide).join(" ");
  const needed = () => columns().reduce((sum, c) => sum + (c.width || 140), model.get("selectable") ? 52 : 0);
  const least = () => (stacked ? 0 : needed());
  const fit = () => {
    stacked = narrow && columns().length > 2 && grid.clientWidth > 0 && needed() > grid.clientWidth;
    HIGH = stacked ? TALL : LOW;
    grid.classList.toggle("eco-stacked", stacked);
    grid.classList.toggle("eco-ticked", model.get("selectable"));
  };

  const drawHead = () => {
    head.replaceChildren();
    head.style.cssText = `grid-template-columns:${template()};width:100%;min-width:${least()}px`;
    body.style.minWidth = `${least()}px`;
    if (model.get("selectable")) {
      const cell = make("span");
      cell.style.cssText = "padding:9px 16px";
      const all = make("input");
      all.type = "checkbox";
      all.setAttribute("aria-label", "Choose all rows shown");
      all.checked = view.length > 0 && view.every((row) => chosen().has(row.id));
      all.addEventListener("change", () => choose(view.map((row) => row.id), all.checked));
      cell.append(all);
      head.append(cell);
    }
    for (const column of columns()) {
      const sorted = sort.key === column.key;
      const button = make("button", column.kind === "number" ? "eco-number" : "", column.label + (sorted ? (sort.down ? " ↓" : " ↑") : ""));
      button.type = "button";
      button.setAttribute("role", "columnheader");
      button.setAttribute("aria-sort", sorted ? (sort.down ? "descending" : "ascending") : "none");
      button.addEventListener("click", () => {
        sort = sorted ? (sort.down ? { key: "", down: false } : { key: column.key, down: true }) : { key: column.key, down: false };
        pick();
        drawHead();
        [...head.querySelectorAll("button")][columns().indexOf(column)]?.focus();
      });
      head.append(button);
    }
  };

  const draw = () => {
    title.textContent = model.get("title");
    grid.setAttribute("aria-label", model.get("title") || "Table");
    words = new Map();
    fit();
    for (const row of model.get("rows")) words.set(row, model.get("columns").map((c) => shown(row[c.key])).join(" ").toLowerCase());
    download.hidden = !model.get("file") || !model.get("rows").length;
    filter.hidden = model.get("rows").length < 6 && !model.get("searched");
    filter.placeholder = model.get("searched") ? "Find, in your words" : "Filter";
    pick();
    drawHead();
  };

  let asking = 0;
  filter.addEventListener("input", () => {
    grid.scrollTop = 0;
    clearTimeout(asking);
    if (model.get("searched")) asking = setTimeout(() => model.send({ search: filter.value }), 150);
    else pick();
  });
  grid.addEventListener("scroll", () => requestAnimationFrame(paint));
  grid.addEventListener("keydown", (event) => {
    const page = Math.max(1, Math.floor(grid.clientHeight / HIGH) - 1);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.target !== grid) return;
    if (event.key in moves && view.length) {
      event.preventDefault();
      at = Math.max(0, Math.min(view.length - 1, (at < 0 && moves[event.key] < 0 ? 0 : at) + moves[event.key]));
      const y = at * HIGH;
      if (y < grid.scrollTop) grid.scrollTop = y;
      else if (y + HIGH * 2 > grid.scrollTop + grid.clientHeight) grid.scrollTop = y + HIGH * 2 - grid.clientHeight;
      paint();
    } else if (event.key === "Enter" && view[at]) {
      event.preventDefault();
      event.stopPropagation();
      open(view[at]);
    } else if (event.key === " " && view[at] && model.get("selectable")) {
      event.preventDefault();
      choose([view[at].id], !chosen().has(view[at].id));
    }
  });
  download.addEventListener("click", () => {
    const all = model.get("columns");
    const lines = [all.map((c) => defused(c.label)), ...view.map((row) => all.map((c) => defused(row[c.key] ?? "")))];
    const link = make("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff" + lines.map((l) => l.join(",")).join("\r\n") + "\r\n"], { type: "text/csv" }));
    link.download = `${model.get("file").replace(/[^\w-]+/g, "-")}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
  const seen = new ResizeObserver(() => {
    const was = `${narrow} ${stacked}`;
    narrow = window.innerWidth <= 760;
    fit();
    if (was !== `${narrow} ${stacked}`) {
      drawHead();
      pick();
    } else paint();
  });
  seen.observe(grid);
  draw();
  model.on("change:rows change:columns change:title change:empty change:clickable change:selectable", draw);
  model.on("change:chosen", () => { paint(); drawHead(); });
  return () => seen.disconnect();
}
export default { render };
