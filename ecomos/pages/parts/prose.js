// A card of running text; its HTML is made by our own renderer, which lets no raw HTML through.
function render({ model, el }) {
  const card = document.createElement("section");
  card.className = "eco-card";
  el.append(card);
  const draw = () => {
    card.replaceChildren();
    if (model.get("title")) {
      const head = document.createElement("h2");
      head.textContent = model.get("title");
      card.append(head);
    }
    const body = document.createElement("div");
    body.className = "eco-prose";
    body.innerHTML = model.get("html");
    card.append(body);
  };
  draw();
  model.on("change", draw);
}
export default { render };
