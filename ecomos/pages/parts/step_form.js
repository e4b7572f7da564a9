// One step as a form. What was typed is kept by the step's key, over updates and over a reload.
const LARGEST = 10 * 1024 * 1024;

function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

let numbers = 0;
const fresh = () => `eco-field-${(numbers += 1)}`;

const drafts = {
  name: (key) => `eco-draft:${document.body.dataset.person || ""}:${key}`,
  read(key) {
    try {
      return JSON.parse(sessionStorage.getItem(this.name(key))) || {};
    } catch {
      return {};
    }
  },
  write(key, draft) {
    try {
      sessionStorage.setItem(this.name(key), JSON.stringify(draft));
    } catch { /* a full or forbidden storage only costs the draft */ }
  },
  drop(key) {
    sessionStorage.removeItem(this.name(key));
  },
};

function control(field, value, changed, files) {
  const group = field.kind === "yes or no" || (field.kind === "one of" && field.choices.length <= 5);
  const box = make(group ? "fieldset" : "div", `eco-field${group || field.long || (field.choices || []).some((c) => c.length > 24) ? " eco-wide" : ""}`);
  const id = fresh();
  const label = make(group ? "legend" : "label", "", field.label + (field.optional ? " (optional)" : ""));
  if (!group) label.htmlFor = id;
  box.append(label);
  box.dataset.name = field.name;
  if (group) {
    const pairs = field.kind === "yes or no" ? [["yes", true], ["no", false]] : field.choices.map((c) => [c, c]);
    const choices = make("div", "eco-choices");
    for (const [word, means] of pairs) {
      const one = make("label");
      const radio = make("input");
      radio.type = "radio";
      radio.name = id;
      radio.checked = value === means;
      radio.addEventListener("change", () => changed(means));
      one.append(radio, word);
      choices.append(one);
    }
    box.append(choices);
  } else if (field.kind === "one of") {
    const select = make("select");
    select.id = id;
    select.append(new Option("", ""), ...field.choices.map((choice) => new Option(choice, choice)));
    select.value = value ?? "";
    select.addEventListener("change", () => changed(select.value));
    box.append(select);
  } else if (field.kind === "file") {
    const input = make("input");
    input.type = "file";
    input.id = id;
    const said = make("small", "", files.get(field.name) ? files.get(field.name).name : "At most 10 MB.");
    input.addEventListener("change", () => {
      const file = input.files[0];
      if (file && file.size > LARGEST) {
        input.value = "";
        said.textContent = `${file.name} is too large: at most 10 MB.`;
        files.delete(field.name);
      } else if (file) {
        files.set(field.name, file);
        said.textContent = file.name;
      }
    });
    box.append(input, said);
  } else if (field.kind === "text" && field.long) {
    const area = make("textarea");
    area.id = id;
    area.rows = 3;
    area.value = value ?? "";
    area.addEventListener("input", () => changed(area.value));
    box.append(area);
  } else {
    const input = make("input");
    input.id = id;
    input.type = field.kind === "day" ? "date" : "text";
    input.autocomplete = "off";
    if (field.kind === "number" || field.kind === "money") input.inputMode = "decimal";
    input.value = value ?? "";
    input.addEventListener("input", () => changed(input.value));
    const unit = field.kind === "money" ? field.currency : field.unit;
    if (unit) {
      const beside = make("div", "eco-unit");
      const word = make("span", "", unit);
      word.id = `${id}-unit`;
      input.setAttribute("aria-describedby", word.id);
      beside.append(input, word);
      box.append(beside);
    } else box.append(input);
  }
  if (field.hint) box.append(make("small", "", field.hint));
  return box;
}

function render({ model, el }) {
  const card = make("section", `eco-card eco-step${model.get("pinned") ? " eco-pinned" : ""}`);
  el.append(card);
  let key = null;
  let draft = {};
  let files = new Map();
  let told = null;
  let open = null;
  const shape = () => JSON.stringify({ ...model.get("step"), error: "", wrong: [], told: "", sub: "", next: "", state: null });
  let drawn = "";

  let hushed = "", seen = "";
  const keep = () => {
    if (key) drafts.write(key, draft);
    const step = model.get("step");
    if (!step.error || (step.buttons || []).some((button) => button.deed === "go-on")) return;
    hushed = step.error; // what was said of it is answered by typing, until it is sent again
    card.querySelector(".eco-says")?.replaceChildren();
  };

  const tell = async (button, note, asked, askedFiles) => {
    const answers = { ...draft.answers };
    const buffers = [];
    const put = async (target, map) => {
      for (const [name, file] of map) {
        target[name] = { name: file.name, buffer: buffers.length };
        buffers.push(await file.arrayBuffer());
      }
    };
    await put(answers, files);
    await put(asked, askedFiles);
    told = key;
    hushed = "";
    busy(true);
    model.send({ deed: button.deed, key, answers, checks: draft.checks, note, asked }, undefined, buffers);
  };
  const busy = (yes) => {
    for (const button of card.querySelectorAll(".eco-deeds button, .eco-note button")) button.disabled = yes;
    card.setAttribute("aria-busy", String(yes));
  };

  const ask = (button, at) => {
    card.querySelector(".eco-note")?.remove();
    open = button.deed;
    const box = make("form", "eco-note");
    const asked = {};
    const askedFiles = new Map();
    if (button.confirm) box.append(make("p", "", button.confirm));
    for (const field of button.ask || []) {
      asked[field.name] = field.value;
      box.append(control(field, field.value, (value) => { asked[field.name] = value; }, askedFiles));
    }
    let area = null;
    if (button.note) {
      const label = make("label", "", button.note);
      area = make("textarea");
      area.id = fresh();
      area.rows = 3;
      area.value = (draft.notes || {})[button.deed] || "";
      area.addEventListener("input", () => {
        draft.notes = { ...draft.notes, [button.deed]: area.value };
        keep();
      });
      label.htmlFor = area.id;
      box.append(label, area);
    }
    const line = make("div", "eco-row-of");
    const yes = make("button", "eco-primary", button.label);
    yes.type = "submit";
    const no = make("button", "eco-quiet", "Cancel");
    no.type = "button";
    no.addEventListener("click", () => { open = null; box.remove(); at.focus(); });
    line.append(yes, no);
    box.append(line);
    box.addEventListener("submit", (event) => {
      event.preventDefault();
      tell(button, area ? area.value : "", asked, askedFiles);
    });
    card.querySelector(".eco-deeds").before(box);
    (box.querySelector("input, select, textarea") || yes).focus();
    box.scrollIntoView({ block: "nearest" });
  };

  const whole = () => {
    const step = model.get("step");
    card.replaceChildren();
    open = null;
    el.hidden = !step.title && !model.get("empty");
    if (!step.title) {
      card.append(make("p", "eco-empty", model.get("empty")));
      return;
    }
    const head = make("div", "eco-step-head");
    const title = make("h1", "", step.title);
    head.append(title);
    if (step.where) head.append(make("p", "eco-sub", step.where));
    card.append(head, make("p", "eco-sub eco-by"), make("p", "eco-told"));
    if (step.prose) {
      const prose = make("div", "eco-prose");
      prose.innerHTML = step.prose; // made by our own renderer, which lets no raw HTML through
      card.append(prose);
    }
    if (step.facts && step.facts.length) {
      const list = make("dl");
      for (const [name, value] of step.facts) list.append(make("dt", "", name), make("dd", "", value));
      const facts = make("div", "eco-facts");
      facts.append(list);
      card.append(facts);
    }
    draft.checks = (step.checks || []).map((_, i) => Boolean((draft.checks || [])[i]));
    draft.answers = { ...draft.answers };
    if ((step.checks || []).length) {
      const set = make("fieldset", "eco-checks");
      set.append(make("legend", "", "Check"));
      step.checks.forEach((text, i) => {
        const line = make("label", "eco-check");
        const tick = make("input");
        tick.type = "checkbox";
        tick.checked = draft.checks[i];
        tick.addEventListener("change", () => { draft.checks[i] = tick.checked; keep(); });
        line.append(tick, make("span", "", text));
        set.append(line);
      });
      card.append(set);
    }
    if ((step.fields || []).length) {
      const set = make("div", "eco-fields");
      for (const field of step.fields) {
        if (!(field.name in draft.answers) && field.value !== undefined && field.value !== null && field.kind !== "file") {
          draft.answers[field.name] = field.value;
        }
        set.append(control(field, draft.answers[field.name], (value) => {
          draft.answers[field.name] = value;
          keep();
        }, files));
      }
      card.append(set);
    }
    card.append(make("div", "eco-says"));
    if ((step.buttons || []).length) {
      const deeds = make("div", "eco-deeds");
      const more = make("details", "eco-more");
      const rest = make("div");
      more.append(make("summary", "eco-button", "More"), rest);
      more.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || !more.open) return;
        more.open = false;
        more.querySelector("summary").focus();
      });
      for (const button of step.buttons) {
        const node = make("button", button.primary ? "eco-primary" : "eco-button", button.label);
        node.type = "button";
        node.dataset.deed = button.deed;
        node.addEventListener("click", () => {
          more.open = false;
          if (button.note || (button.ask || []).length || button.confirm) ask(button, button.more ? more.querySelector("summary") : node);
          else tell(button, "", {}, new Map());
        });
        (button.more ? rest : deeds).append(node);
      }
      if (rest.childElementCount) deeds.append(more);
      deeds.append(make("span", "eco-next"));
      card.append(deeds);
    }
  };

  const words = () => {
    const step = model.get("step");
    if (!step.title) return;
    const by = card.querySelector(".eco-by");
    by.replaceChildren();
    if (step.state && step.state.text) by.append(make("span", `eco-chip eco-${step.state.kind || "plain"}`, step.state.text), " ");
    by.append(step.sub || "");
    by.hidden = !by.textContent;
    const next = card.querySelector(".eco-next");
    if (next) next.textContent = step.next || "";
    const says = card.querySelector(".eco-says");
    says.replaceChildren();
    if (step.error && step.error !== hushed) {
      const line = make("p", "eco-error", step.error);
      line.setAttribute("role", "alert");
      says.append(line);
      if (line.textContent !== seen) requestAnimationFrame(() => card.querySelector(".eco-error")?.scrollIntoView({ block: "center" }));
    }
    seen = step.error && step.error !== hushed ? step.error : "";
    const told = card.querySelector(".eco-told");
    told.textContent = step.told || "";
    told.hidden = !step.told;
    told.setAttribute("role", "status");
    const wrong = new Set(step.wrong || []);
    for (const box of card.querySelectorAll(".eco-field")) {
      box.classList.toggle("eco-wrong", wrong.has(box.dataset.name));
      for (const input of box.querySelectorAll("input, select, textarea")) {
        if (wrong.has(box.dataset.name)) input.setAttribute("aria-invalid", "true");
        else input.removeAttribute("aria-invalid");
      }
    }
  };

  const draw = () => {
    const step = model.get("step");
    const now = step.key || null;
    const moved = key !== null && now !== null && now !== key;
    if (now !== key) {
      if (told && told === key) drafts.drop(key);
      told = null;
      key = now;
      draft = key ? drafts.read(key) : {};
      files = new Map();
      drawn = "";
    }
    if (shape() !== drawn) {
      const held = !moved && card.contains(document.activeElement) ? document.activeElement.closest("[data-name]")?.dataset.name : null;
      whole();
      drawn = shape();
      if (held) card.querySelector(`[data-name="${CSS.escape(held)}"] :is(input, select, textarea)`)?.focus();
    }
    words();
    if (moved && window.innerWidth <= 760) (card.closest(".eco-work") || card).scrollIntoView();
    if (step.error) {
      const wrong = card.querySelector(".eco-wrong :is(input, select, textarea)");
      if (wrong) wrong.focus();
      else card.querySelector(".eco-error")?.scrollIntoView({ block: "nearest" });
    }
  };
  model.on("msg:custom", (message) => {
    if (!message.ready) return;
    busy(false);
    words();
  });
  draw();
  model.on("change", draw);
}
export default { render };
