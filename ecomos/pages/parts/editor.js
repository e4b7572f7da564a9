// A text with line numbers: what is wrong stands beside its line while somebody types; what was typed outlives a reload.
function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

function render({ model, el }) {
  const card = make("section", "eco-card eco-editor");
  const title = make("h2");
  const sub = make("p", "eco-sub");
  const both = make("div", "eco-editor-both");
  const gutter = make("div", "eco-editor-gutter");
  gutter.setAttribute("aria-hidden", "true");
  const area = make("textarea", "eco-editor-text");
  area.spellcheck = false;
  area.setAttribute("aria-label", "Text of the file");
  both.append(gutter, area);
  const wrong = make("ul", "eco-editor-wrong");
  wrong.setAttribute("role", "status");
  const why = make("input");
  why.type = "text";
  why.id = `eco-why-${Math.random().toString(36).slice(2)}`;
  const label = make("label", "", "Why it is better so");
  label.htmlFor = why.id;
  const field = make("div", "eco-field");
  field.append(label, why);
  const says = make("p", "eco-error");
  says.setAttribute("role", "alert");
  const propose = make("button", "eco-button eco-primary", "Propose the change");
  propose.type = "button";
  const undo = make("button", "eco-button", "Back to the text in force");
  undo.type = "button";
  const deeds = make("div", "eco-deeds");
  deeds.append(propose, undo);
  card.append(title, sub, both, wrong, field, says, deeds);
  el.append(card);

  const kept = () => `eco-draft:${model.get("key")}`;
  const number = () => {
    const bad = new Map(model.get("problems").map(([line, text]) => [line, text]));
    const count = area.value.split("\n").length;
    const lines = [];
    for (let n = 1; n <= count; n += 1) {
      const line = make("span", bad.has(n) ? "eco-wrong" : "", String(n));
      if (bad.has(n)) line.title = bad.get(n);
      lines.push(line);
    }
    gutter.replaceChildren(...lines);
    gutter.scrollTop = area.scrollTop;
  };
  const tell = () => {
    const found = model.get("problems");
    wrong.replaceChildren(...found.map(([line, text]) => {
      const item = make("li");
      const go = make("button", "eco-link", line ? `line ${line}` : "the file");
      go.type = "button";
      go.addEventListener("click", () => {
        const before = area.value.split("\n").slice(0, Math.max(0, line - 1)).join("\n").length;
        area.focus();
        area.setSelectionRange(before + (line > 1 ? 1 : 0), before + (line > 1 ? 1 : 0));
        area.scrollTop = Math.max(0, (line - 4) * 20);
      });
      item.append(go, make("span", "", ` ${text}`));
      return item;
    }));
    number();
    says.textContent = model.get("error");
    says.hidden = !model.get("error");
  };
  let asking = 0;
  const changed = () => {
    number();
    sessionStorage.setItem(kept(), area.value);
    clearTimeout(asking);
    asking = setTimeout(() => model.send({ check: area.value }), 300);
  };
  area.addEventListener("input", changed);
  area.addEventListener("scroll", () => { gutter.scrollTop = area.scrollTop; });
  propose.addEventListener("click", () => model.send({ propose: area.value, why: why.value }));
  undo.addEventListener("click", () => {
    sessionStorage.removeItem(kept());
    area.value = model.get("text");
    changed();
  });
  const draw = () => {
    card.hidden = !model.get("key");
    title.textContent = model.get("title");
    sub.textContent = model.get("sub");
    const draft = sessionStorage.getItem(kept());
    area.value = draft === null ? model.get("text") : draft;
    if (draft !== null && draft !== model.get("text")) model.send({ check: draft });
    tell();
  };
  model.on("change:key", draw);
  model.on("change:problems", tell);
  model.on("change:error", tell);
  model.on("msg:custom", (message) => {
    if (message.proposed) { sessionStorage.removeItem(kept()); why.value = ""; }
  });
  draw();
}

export default { render };
