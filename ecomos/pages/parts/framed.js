// A document in a sandboxed frame: an empty sandbox lets no script run, no form be sent, no window be opened.
function render({ model, el }) {
  const card = document.createElement("section");
  card.className = "eco-card";
  el.append(card);
  const draw = () => {
    card.replaceChildren();
    const head = document.createElement("h2");
    head.textContent = model.get("title");
    card.append(head);
    const html = model.get("html");
    if (!html) {
      const none = document.createElement("p");
      none.textContent = model.get("empty");
      card.append(none);
      return;
    }
    const keep = document.createElement("button");
    keep.type = "button";
    keep.className = "eco-button";
    keep.textContent = "Download it";
    keep.addEventListener("click", () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([html], { type: "text/html" }));
      link.download = `${model.get("file").replace(/[^\w-]+/g, "-")}.html`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    });
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "");
    frame.setAttribute("title", model.get("title"));
    frame.setAttribute("referrerpolicy", "no-referrer");
    frame.style.cssText = "width:100%;height:70vh;border:1px solid #dde3e8;border-radius:12px;background:#fff;margin-top:8px";
    frame.srcdoc = html;
    card.append(keep, frame);
  };
  draw();
  model.on("change:html", draw);
  model.on("change:title", draw);
}
export default { render };
