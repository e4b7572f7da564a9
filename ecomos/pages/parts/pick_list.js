// The goods of a wave: a total per item, and every order with its lines.
function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

function render({ model, el }) {
  const card = make("section", "eco-card eco-picks");
  el.append(card);
  let picked = new Set();
  let key = null;
  let view = "item";
  const place = () => `eco-picks:${document.body.dataset.person || ""}:${key}`;
  const read = () => {
    try {
      const kept = JSON.parse(sessionStorage.getItem(place())) || {};
      picked = new Set(kept.picked || []);
      return kept.answers || {};
    } catch {
      picked = new Set();
      return {};
    }
  };
  const keep = () => {
    try {
      sessionStorage.setItem(place(), JSON.stringify({ picked: [...picked], answers: model.get("answers") }));
    } catch { /* a full or forbidden storage only costs the ticks */ }
  };
  const lineKey = (order, n) => `${order.id}:${n}`;
  const linesOf = (item) =>
    model.get("orders").flatMap((order) => order.lines.map((line, n) => (line.item === item ? lineKey(order, n) : null)).filter(Boolean));
  const tick = (keys, yes) => {
    for (const one of keys) yes ? picked.add(one) : picked.delete(one);
    keep();
    draw();
  };
  const answer = (given) => {
    model.set("answers", { ...model.get("answers"), ...given });
    model.save_changes();
    keep();
    draw();
  };

  const box = (name, keys, focus) => {
    const node = make("input");
    node.type = "checkbox";
    node.checked = keys.length > 0 && keys.every((one) => picked.has(one));
    node.indeterminate = !node.checked && keys.some((one) => picked.has(one));
    node.setAttribute("aria-label", `Picked: ${name}`);
    node.dataset.focus = focus;
    node.addEventListener("change", () => tick(keys, node.checked));
    return node;
  };
  const goods = (line, keys, focus) => {
    const label = make("label", "eco-pick");
    if (keys.every((one) => picked.has(one))) label.classList.add("eco-picked");
    const text = make("span", "", line.item);
    if (line.warning) text.append(make("small", "", line.warning));
    label.append(box(line.item, keys, focus), make("b", "", `${line.quantity} ×`), text);
    return label;
  };

  const byItem = () => model.get("totals").map((line, n) => goods(line, linesOf(line.item), `item:${n}`));
  const byOrder = () => model.get("orders").map((order) => {
    const one = make("div", "eco-pick-order");
    const head = make("p");
    const link = make("a", "", order.order);
    if (order.href.startsWith("?page=")) link.href = order.href;
    head.append(link, order.detail ? ` · ${order.detail}` : "");
    one.append(head);
    order.lines.forEach((line, n) => one.append(goods(line, [lineKey(order, n)], `line:${order.id}:${n}`)));
    return one;
  });
  const outcome = () => {
    const choices = model.get("choices").length ? model.get("choices") : ["done"];
    const answers = model.get("answers");
    const set = make("div", "eco-pick-ends");
    const orders = model.get("orders");
    const done = orders.filter((order) => answers[order.id]).length;
    const head = make("h3", "", `${model.get("label")}: `);
    head.append(make("span", "eco-chip", `${done} of ${orders.length} orders`));
    const all = make("button", "eco-button", `All others: ${choices[0]}`);
    all.type = "button";
    all.dataset.focus = "all";
    all.hidden = done === orders.length;
    all.addEventListener("click", () => answer(Object.fromEntries(orders.filter((o) => !answers[o.id]).map((o) => [o.id, choices[0]]))));
    const bar = make("div", "eco-pick-bar");
    bar.append(head, all);
    set.append(bar);
    for (const order of orders) {
      const line = make("fieldset", "eco-pick-end");
      line.append(make("legend", "", order.order));
      const every = make("div", "eco-choices");
      for (const choice of choices) {
        const label = make("label");
        const radio = make("input");
        radio.type = "radio";
        radio.name = `${key}:${order.id}`;
        radio.checked = answers[order.id] === choice;
        radio.dataset.focus = `end:${order.id}:${choice}`;
        radio.addEventListener("change", () => answer({ [order.id]: choice }));
        label.append(radio, choice);
        every.append(label);
      }
      const none = make("label");
      const radio = make("input");
      radio.type = "radio";
      radio.name = `${key}:${order.id}`;
      radio.checked = !answers[order.id];
      radio.dataset.focus = `end:${order.id}:`;
      radio.addEventListener("change", () => {
        const left = { ...model.get("answers") };
        delete left[order.id];
        model.set("answers", left);
        model.save_changes();
        keep();
        draw();
      });
      none.append(radio, "not yet");
      every.append(none);
      line.append(every);
      set.append(line);
    }
    return set;
  };

  const draw = () => {
    const held = card.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
    if (model.get("key") !== key) {
      key = model.get("key");
      view = "item";
      const kept = read();
      const known = new Set(model.get("orders").map((order) => String(order.id)));
      const still = Object.fromEntries(Object.entries(kept).filter(([id]) => known.has(id)));
      if (Object.keys(still).length) {
        model.set("answers", still);
        model.save_changes();
      }
    }
    el.hidden = !model.get("orders").length;
    card.replaceChildren();
    if (el.hidden) return;
    const tabs = make("div", "eco-tabs");
    tabs.setAttribute("role", "group");
    tabs.setAttribute("aria-label", "Pick list");
    for (const [name, word] of [["item", "By item"], ["order", "By order"]]) {
      const tab = make("button", "eco-button", word);
      tab.type = "button";
      tab.dataset.focus = `tab:${name}`;
      tab.setAttribute("aria-pressed", String(view === name));
      tab.addEventListener("click", () => { view = name; draw(); });
      tabs.append(tab);
    }
    const bar = make("div", "eco-pick-bar");
    bar.append(make("h2", "", model.get("title")), tabs);
    card.append(bar);
    if (model.get("sub")) card.append(make("p", "eco-sub", model.get("sub")));
    card.append(...(view === "item" ? byItem() : byOrder()), outcome());
    if (held !== undefined) card.querySelector(`[data-focus="${CSS.escape(held)}"]`)?.focus();
  };
  draw();
  model.on("change", draw);
}
export default { render };
