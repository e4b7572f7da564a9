// Tasks in groups by lateness.
const GROUPS = [["late", "LATE"], ["soon", "SOON"], ["later", "LATER"], ["waiting", "WAITING"]];

function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

function render({ model, el }) {
  const card = make("section", "eco-card eco-tasks");
  card.setAttribute("aria-label", "Tasks");
  el.append(card);
  const draw = () => {
    const held = card.contains(document.activeElement) ? document.activeElement.dataset.id : undefined;
    const items = model.get("items");
    const chosen = model.get("selected");
    card.replaceChildren();
    if (!items.length) card.append(make("p", "eco-empty", model.get("empty")));
    for (const [group, word] of GROUPS) {
      const mine = items.filter((item) => item.group === group);
      if (!mine.length) continue;
      const head = make("h3", `eco-${group}`, word);
      head.append(make("span", "eco-chip", String(mine.length)));
      const list = make("ul");
      for (const item of mine) {
        const button = make("button", `eco-task eco-${group}`);
        button.type = "button";
        button.dataset.id = String(item.id);
        if (item.id === chosen) button.setAttribute("aria-current", "true");
        button.append(make("strong", "", item.title));
        if (item.chip) button.append(make("span", `eco-chip eco-${group}`, item.chip));
        if (item.detail) button.append(make("small", "", item.detail));
        button.addEventListener("click", () => {
          for (const other of card.querySelectorAll(".eco-task")) other.removeAttribute("aria-current");
          button.setAttribute("aria-current", "true");
          model.send({ select: item.id });
          if (window.innerWidth <= 760) el.closest(".eco-page")?.querySelector(".eco-work, .eco-step")?.scrollIntoView();
        });
        const line = make("li");
        line.append(button);
        list.append(line);
      }
      card.append(head, list);
    }
    if (held !== undefined) card.querySelector(`[data-id="${CSS.escape(held)}"]`)?.focus();
  };
  card.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const all = [...card.querySelectorAll(".eco-task")];
    const at = all.indexOf(document.activeElement);
    const next = all[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (at >= 0 && next) {
      event.preventDefault();
      next.focus();
    }
  });
  draw();
  model.on("change", draw);
}
export default { render };
