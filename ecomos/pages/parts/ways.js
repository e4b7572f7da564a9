// A row of links to the neighbouring pages, the one that is shown marked; on a phone it scrolls sideways.
function render({ model, el }) {
  const draw = () => {
    const nav = document.createElement("nav");
    nav.className = "eco-ways";
    nav.setAttribute("aria-label", model.get("label"));
    for (const way of model.get("ways")) {
      const link = document.createElement("a");
      link.className = "eco-button";
      link.href = way.href;
      link.textContent = way.title;
      if (way.here) link.setAttribute("aria-current", "page");
      nav.append(link);
    }
    el.replaceChildren(nav);
    nav.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  };
  draw();
  model.on("change", draw);
}
export default { render };
