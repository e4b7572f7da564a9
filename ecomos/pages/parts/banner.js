// One line that must be read.
const WORDS = { late: "Attention: ", soon: "Note: ", fine: "", plain: "" };

function render({ model, el }) {
  const draw = () => {
    el.replaceChildren();
    el.hidden = !model.get("message");
    if (!model.get("message")) return;
    const kind = model.get("kind");
    const box = document.createElement("div");
    box.className = `eco-banner eco-${kind === "plain" ? "plain-kind" : kind}`;
    box.setAttribute("role", kind === "late" ? "alert" : "status");
    const text = document.createElement("p");
    const word = WORDS[kind] || "";
    if (word) {
      const strong = document.createElement("strong");
      strong.textContent = word;
      text.append(strong);
    }
    text.append(model.get("message"));
    box.append(text);
    if (model.get("link").startsWith("?page=")) {
      const link = document.createElement("a");
      link.href = model.get("link");
      link.textContent = model.get("link_text") || "Open";
      box.append(link);
    }
    el.append(box);
  };
  draw();
  model.on("change", draw);
}
export default { render };
