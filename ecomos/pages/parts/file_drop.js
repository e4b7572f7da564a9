// Takes files and sends them in pieces; the kernel answers each piece before the next is sent.
const PIECE = 1024 * 1024;

function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

function render({ model, el }) {
  const card = make("section", "eco-card eco-drop");
  const label = make("strong");
  const limit = make("p", "eco-sub");
  const button = make("button", "eco-button", "Choose a file");
  button.type = "button";
  const field = make("input");
  field.type = "file";
  field.multiple = true;
  field.hidden = true;
  field.setAttribute("aria-label", "File");
  const progress = make("progress");
  progress.max = 1;
  progress.hidden = true;
  const says = make("p");
  says.setAttribute("role", "status");
  card.append(label, limit, button, field, progress, says);
  el.append(card);

  const waiting = [];
  let current = null;
  let sent = 0;

  const next = () => {
    current = waiting.shift() || null;
    progress.hidden = !current;
    button.disabled = Boolean(current);
    if (!current) return;
    if (current.size > model.get("limit_mb") * 1024 * 1024) {
      says.textContent = `${current.name} is too large: at most ${model.get("limit_mb")} MB are taken here.`;
      next();
      return;
    }
    says.textContent = `Sending ${current.name} …`;
    progress.value = 0;
    sent = 0;
    model.send({ begin: { name: current.name, size: current.size, modified: current.lastModified } });
  };
  const piece = async (from) => {
    const data = await current.slice(from, from + PIECE).arrayBuffer();
    sent = from + data.byteLength;
    if (sent >= current.size) {
      says.textContent = `Reading ${current.name} …`;
      progress.removeAttribute("value");
    }
    model.send({ piece: from }, undefined, [data]);
  };
  model.on("msg:custom", (message) => {
    if (!current) return;
    if ("got" in message) {
      progress.value = message.got / current.size;
      piece(message.got);
    } else if ("progress" in message) {
      says.textContent = message.says;
      if (message.progress === null) progress.removeAttribute("value");
      else progress.value = message.progress;
    } else if ("done" in message) {
      says.textContent = message.says;
      says.className = message.done ? "" : "eco-error";
      next();
    }
  });

  const take = (files) => {
    says.className = "";
    waiting.push(...files);
    if (!current) next();
  };
  button.addEventListener("click", () => field.click());
  field.addEventListener("change", () => { take(field.files); field.value = ""; });
  card.addEventListener("dragover", (event) => { event.preventDefault(); card.classList.add("eco-over"); });
  card.addEventListener("dragleave", () => card.classList.remove("eco-over"));
  card.addEventListener("drop", (event) => {
    event.preventDefault();
    card.classList.remove("eco-over");
    take(event.dataTransfer.files);
  });
  const draw = () => {
    label.textContent = model.get("label");
    limit.textContent = `At most ${model.get("limit_mb")} MB a file.`;
    field.accept = model.get("accept");
    if (!current && model.get("says")) says.textContent = model.get("says");
  };
  draw();
  model.on("change", draw);
}
export default { render };
