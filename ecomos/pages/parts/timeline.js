// What happened, in order.
function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

function render({ model, el }) {
  const card = make("section", "eco-card eco-timeline");
  el.append(card);
  const draw = () => {
    card.replaceChildren(make("h2", "", model.get("title")));
    const entries = model.get("entries");
    if (!entries.length) {
      card.append(make("p", "eco-sub", model.get("empty")));
      return;
    }
    const list = make("ol");
    for (const entry of entries) {
      const item = make("li", `eco-${entry.kind || "plain"}`);
      const head = make("p");
      if (entry.link && entry.link.startsWith("?page=")) {
        const link = make("a", "", entry.what);
        link.href = entry.link;
        head.append(link);
      } else head.append(make("strong", "", entry.what));
      const when = [entry.at, entry.who, entry.version].filter(Boolean).join(" · ");
      item.append(head, make("p", "eco-when", when));
      if (entry.detail) item.append(make("p", "eco-detail", entry.detail));
      list.append(item);
    }
    card.append(list);
  };
  draw();
  model.on("change", draw);
}
export default { render };
