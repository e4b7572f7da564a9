// What happened, a sentence a line, day by day. Everything is set as text.
function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

function render({ model, el }) {
  const card = make("section", "eco-card eco-sentences");
  el.append(card);
  const draw = () => {
    card.replaceChildren();
    const head = make("div", "eco-sentences-head");
    head.append(make("h1", "", model.get("title")));
    const lines = model.get("lines");
    if (lines.length) {
      const button = make("button", "eco-button", "Mark all as read");
      button.type = "button";
      button.addEventListener("click", () => model.send({ read: true }));
      head.append(button);
    }
    card.append(head);
    if (!lines.length) card.append(make("p", "eco-empty", model.get("empty")));
    let day = "";
    let list;
    for (const line of lines) {
      if (line.day !== day) {
        day = line.day;
        list = make("ul");
        card.append(make("h2", "", day), list);
      }
      const item = make("li", `eco-${line.kind || "plain"}`);
      const linked = line.link && line.link.startsWith("?page=");
      const words = make(linked ? "a" : "span", "", line.words);
      if (linked) words.href = line.link;
      item.append(make("time", "", line.at), words);
      list.append(item);
    }
  };
  draw();
  model.on("change", draw);
}
export default { render };
