// A card of running text; its HTML is made by our own renderer, which lets no raw HTML through.
function render({ model, el }) {
  const card = document.createElement("section");
  card.className = "eco-card";
  el.append(card);
  card.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest('a[href^="#"]');
    if (!link) return;
    event.preventDefault(); // other pages may hold the same heading: look in this card only
    const target = card.querySelector(`[id="${CSS.escape(link.getAttribute("href").slice(1))}"]`);
    if (target) target.scrollIntoView();
  });
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
