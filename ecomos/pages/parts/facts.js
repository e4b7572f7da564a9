// A card of facts. Everything is set as text.
function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

function link(address, text) {
  const node = make("a", "", text);
  if (address.startsWith("?page=")) node.href = address;
  if (/^\/files\/\d+\/[0-9a-f]{32}\.bin$/.test(address) || /^\/documents\/[a-z-]+\/[\w.-]+\.pdf$/.test(address)) {
    node.href = address;
    node.download = "";
  }
  return node;
}

function render({ model, el }) {
  const card = make("section", "eco-card eco-facts");
  el.append(card);
  const draw = () => {
    card.replaceChildren();
    const state = model.get("state");
    if (model.get("title")) {
      const head = make("h2", "", model.get("title"));
      if (state.text) head.append(" ", make("span", `eco-chip eco-${state.kind || "plain"}`, state.text));
      card.append(head);
    }
    if (model.get("sub")) card.append(make("p", "eco-sub", model.get("sub")));
    const list = make("dl", "");
    for (const [label, value, address] of model.get("rows")) {
      const side = make("dd");
      side.append(address ? link(address, value) : document.createTextNode(value));
      list.append(make("dt", "", label), side);
    }
    if (list.childElementCount) card.append(list);
    if (model.get("note")) card.append(make("p", "eco-sub", model.get("note")));
  };
  draw();
  model.on("change", draw);
}
export default { render };
