// A field that is read at Enter, as a scanner types it; what it did is said in words, and the field is empty again.
function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

let numbers = 0;

function field(label, input) {
  const box = make("div", "eco-field");
  input.id = `eco-scan-${(numbers += 1)}`;
  const name = make("label", "", label);
  name.htmlFor = input.id;
  box.append(name, input);
  return box;
}

function render({ model, el }) {
  const card = make("section", "eco-card eco-step");
  const title = make("h1", "", model.get("title"));
  const form = make("form");
  const code = make("input");
  code.type = "text";
  code.autocomplete = "off";
  code.autocapitalize = "characters";
  code.spellcheck = false;
  const pieces = make("input");
  pieces.type = "text";
  pieces.inputMode = "numeric";
  pieces.value = "1";
  const choices = make("fieldset", "eco-field");
  choices.append(make("legend", "", "State"));
  const pair = make("div", "eco-choices");
  const radios = ["good", "damaged"].map((word, at) => {
    const label = make("label");
    const radio = make("input");
    radio.type = "radio";
    radio.name = `eco-scan-state-${numbers}`;
    radio.checked = at === 0;
    label.append(radio, word);
    pair.append(label);
    return radio;
  });
  choices.append(pair);
  const submit = make("button", "eco-primary", "Count it");
  submit.type = "submit";
  const says = make("p", "eco-told");
  says.setAttribute("role", "status");
  says.setAttribute("aria-live", "assertive");
  const deeds = make("div", "eco-deeds");
  deeds.append(submit);
  const fields = make("div", "eco-fields");
  fields.append(field("Barcode or SKU", code), field("Pieces", pieces), choices);
  form.append(fields, says, deeds);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!code.value.trim()) return;
    model.send({ code: code.value, pieces: pieces.value, damaged: radios[1].checked });
    code.value = "";
    pieces.value = "1";
    radios[0].checked = true; // the next piece is good unless somebody says so
    code.focus();
  });
  card.append(title, form);
  el.append(card);
  const words = () => {
    title.textContent = model.get("title");
    says.textContent = model.get("says");
    says.className = model.get("kind") === "late" ? "eco-error" : "eco-told";
    says.hidden = !model.get("says");
  };
  words();
  model.on("change", words);
  if (window.innerWidth > 760) requestAnimationFrame(() => code.focus());
}
export default { render };
