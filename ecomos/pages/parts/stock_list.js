// The morning's list. What is open, typed or left out stays where it is while the list changes under it.
function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}
function button(name, text, act) {
  const made = make("button", name, text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

function render({ model, el }) {
  const card = make("section", "eco-card eco-stock");
  el.append(card);
  const open = new Set();
  const left = new Set();
  const typed = new Map();
  const asking = new Map(); // entry -> the text so far
  const busy = new Set(); // rows whose deed is on its way: a second click on one of them is none

  const tell = (entry, deed, because) => {
    if (busy.has(entry.id)) return;
    busy.add(entry.id);
    const own = entry.lines.map((line) => line.id);
    card.setAttribute("aria-busy", "true");
    model.send({
      do: entry.id, deed, because: because || "",
      quantities: Object.fromEntries(own.filter((id) => typed.has(id)).map((id) => [id, typed.get(id)])),
      left: own.filter((id) => left.has(id)),
    });
  };
  model.on("msg:custom", (said) => {
    if (!said.ready) return;
    busy.delete(said.ready);
    if (!busy.size) card.removeAttribute("aria-busy");
    draw();
  });
  const pick = (id) => model.send({ pick: id });

  const row = (entry) => {
    const many = entry.lines.length > 1 || entry.lines.some((line) => line.quantity !== null);
    const item = make("li", "eco-stock-entry");
    const head = make("div", "eco-stock-head");
    const main = button("eco-stock-main", undefined, () => {
      if (many) open.has(entry.id) ? open.delete(entry.id) : open.add(entry.id);
      if (entry.lines.length === 1 || (many && open.has(entry.id))) pick(entry.lines[0].id);
      draw(entry.id);
    });
    main.dataset.entry = entry.id;
    if (many) main.setAttribute("aria-expanded", String(open.has(entry.id)));
    if (entry.lines.some((line) => line.id === model.get("picked"))) item.setAttribute("aria-current", "true");
    main.append(make("span", `eco-chip eco-${entry.kind}`, entry.word), make("strong", "", entry.title), make("small", "", entry.words));
    const stake = make("span", "eco-stock-stake", entry.stake);
    if (entry.at_stake) stake.append(make("small", "", ` ${entry.at_stake}`));
    const deeds = make("span", "eco-stock-deeds");
    for (const each of entry.buttons) {
      const act = each.deed === "none" ? () => { asking.has(entry.id) ? asking.delete(entry.id) : asking.set(entry.id, ""); draw(entry.id); } : () => tell(entry, each.deed);
      const made = button(each.primary ? "eco-button eco-primary" : "eco-button", each.label, act);
      if (each.deed === "none") made.setAttribute("aria-expanded", String(asking.has(entry.id)));
      made.setAttribute("aria-label", `${each.label}: ${entry.title}`);
      deeds.append(made);
    }
    head.append(main, stake, deeds);
    item.append(head);
    if (asking.has(entry.id)) item.append(why(entry));
    if (many && open.has(entry.id)) item.append(lines(entry));
    return item;
  };

  const why = (entry) => {
    const box = make("form", "eco-stock-why");
    box.append(make("span", "eco-sub", "Because"));
    for (const reason of entry.reasons) box.append(button("eco-button", reason, () => { asking.delete(entry.id); tell(entry, "none", reason); }));
    const text = make("input");
    text.type = "text";
    text.value = asking.get(entry.id);
    text.placeholder = "or in your words, then Enter";
    text.setAttribute("aria-label", `Why nothing is done about ${entry.title}`);
    text.addEventListener("input", () => asking.set(entry.id, text.value));
    box.append(text);
    box.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!text.value.trim()) return;
      asking.delete(entry.id);
      tell(entry, "none", text.value);
    });
    return box;
  };

  const lines = (entry) => {
    const list = make("ul", "eco-stock-lines");
    for (const line of entry.lines) {
      const item = make("li");
      if (line.id === model.get("picked")) item.setAttribute("aria-current", "true");
      const name = button("eco-stock-name", undefined, () => {
        pick(line.id);
        if (window.innerWidth <= 760) setTimeout(() => el.closest(".eco-page")?.querySelector(".eco-derivation")?.scrollIntoView(), 400);
      });
      const title = make("span");
      title.append(make("strong", "", line.sku || line.name), line.sku ? ` ${line.name}` : "");
      name.append(title, make("small", "", line.words));
      item.append(name, make("span", `eco-chip eco-${line.kind}`, line.cover));
      const skip = make("label", "eco-stock-skip");
      const tick = make("input");
      tick.type = "checkbox";
      tick.checked = !left.has(line.id);
      tick.setAttribute("aria-label", `With ${line.sku || line.name}`);
      tick.addEventListener("change", () => { tick.checked ? left.delete(line.id) : left.add(line.id); });
      skip.append(tick);
      item.prepend(skip);
      if (line.quantity !== null) {
        const label = make("label", "eco-stock-pieces");
        const input = make("input");
        input.type = "text";
        input.inputMode = "numeric";
        input.value = typed.has(line.id) ? typed.get(line.id) : String(line.quantity);
        input.setAttribute("aria-label", `Pieces of ${line.sku || line.name} to order`);
        input.addEventListener("input", () => typed.set(line.id, input.value));
        label.append(input, make("span", "", line.unit));
        item.append(label, make("span", "eco-stock-sum", line.sum));
      }
      list.append(item);
    }
    if (entry.more) {
      const item = make("li", "eco-stock-more");
      item.append(make("span", "eco-sub", `and ${entry.more.toLocaleString("en-GB")} smaller ones, which go with the row`), button("eco-button", "Show all", () => model.send({ more: entry.id })));
      list.append(item);
    }
    return list;
  };

  const draw = (focus) => {
    const held = focus || card.querySelector(":focus")?.dataset.entry;
    const top = make("div", "eco-stock-top");
    top.append(make("h2", "", model.get("title")), make("p", "eco-sub", model.get("sub")));
    const chips = make("p", "eco-stock-chips");
    for (const chip of model.get("chips")) chips.append(make("span", `eco-chip eco-${chip.kind}`, chip.text));
    if (chips.childElementCount) top.append(chips);
    const list = make("ul", "eco-stock-list");
    for (const entry of model.get("entries")) list.append(row(entry));
    card.replaceChildren(top, list);
    if (!list.childElementCount) card.append(make("p", "eco-empty", model.get("empty")));
    if (held) [...card.querySelectorAll("[data-entry]")].find((node) => node.dataset.entry === held)?.focus();
  };
  card.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const all = [...card.querySelectorAll(".eco-stock-main, .eco-stock-name")];
    const at = all.indexOf(document.activeElement);
    const next = all[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (at < 0 || !next) return;
    event.preventDefault();
    next.focus();
  });
  const drawn = () => { if (!card.contains(document.activeElement) || document.activeElement.tagName !== "INPUT" || document.activeElement.type === "checkbox") draw(); else later = true; };
  let later = false;
  card.addEventListener("focusout", () => { if (later) { later = false; setTimeout(() => draw(), 0); } });
  draw();
  model.on("change", drawn);
}
export default { render };
