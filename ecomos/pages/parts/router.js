// The address, the navigation, the search field, scans, the heartbeat and toasts of one shell.
const ASK_EVERY = 10000;
const WAIT = 5000;
const SCAN_GAP = 50;

function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

function read(search) {
  const params = Object.fromEntries(new URLSearchParams(search));
  const page = params.page || "";
  delete params.page;
  return { page, params };
}

function written({ page, params }) {
  return "?" + new URLSearchParams({ page, ...params }).toString();
}

function render({ model, el }) {
  const ending = new AbortController();
  const on = (target, kind, call, capture) =>
    target.addEventListener(kind, call, { signal: ending.signal, capture: Boolean(capture) });
  const served = Boolean(document.getElementById("eco-head"));
  let head = document.getElementById("eco-head");
  if (!served) head = ownHead(el, model);
  const nav = head.querySelector("nav");
  const lost = document.getElementById("eco-lost") || head.querySelector(".eco-lost");
  const toasts = make("div", "eco-toasts");
  toasts.setAttribute("role", "status");
  toasts.setAttribute("aria-live", "polite");
  document.body.append(toasts);

  // where we are
  const go = (target) => {
    if (served) {
      const address = written(target);
      if (address !== location.search) history.pushState(null, "", address);
    }
    mark(target.page);
    model.send({ go: target });
  };
  const mark = (page) => {
    for (const link of head.querySelectorAll("nav a, .eco-news")) {
      if (link.dataset.page === page) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  };
  const arrived = () => {
    const target = model.get("address");
    if (!target.page) return;
    if (served) {
      const here = written(target);
      const was = read(location.search);
      if (!was.page) history.replaceState(null, "", here);
      else if (here !== written(was)) history.pushState(null, "", here);
      document.title = `${target.title} · ${model.get("store")}`;
    }
    mark(target.page);
  };
  model.on("change:address", () => {
    arrived();
    window.scrollTo(0, 0);
  });
  if (served) on(window, "popstate", () => {
    const target = read(location.search);
    mark(target.page);
    model.send({ go: target });
  });
  on(document, "click", (event) => {
    const link = event.target instanceof Element && event.target.closest('a[href^="?page="]');
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(read(link.getAttribute("href")));
  });

  // the navigation
  const drawNav = () => {
    const pages = model.get("pages");
    const links = new Map([...nav.querySelectorAll("a")].map((link) => [link.dataset.page, link]));
    for (const page of pages) {
      let link = links.get(page.name);
      if (!link) {
        link = make("a", "", page.title);
        link.href = written({ page: page.name, params: {} });
        link.dataset.page = page.name;
        link.append(make("span", "eco-badge"));
        nav.append(link);
      }
      const badge = link.querySelector(".eco-badge");
      badge.hidden = !page.badge;
      badge.textContent = page.badge ? String(page.badge) : "";
    }
  };
  model.on("change:pages", drawNav);
  drawNav();

  // what is new to this person
  const news = head.querySelector(".eco-news");
  const drawNews = () => {
    const count = model.get("news");
    news.textContent = `${count > 99 ? "99+" : count} new`;
    news.classList.toggle("eco-some", count > 0);
  };
  model.on("change:news", drawNews);
  drawNews();
  arrived();

  // search and scans
  const form = head.querySelector("form[role=search]");
  const field = form.elements.q;
  const fits = suggesting(form, field, on, model, go);
  on(form, "submit", (event) => {
    event.preventDefault();
    if (fits.open()) return;
    const text = field.value.trim();
    if (text) model.send({ search: text });
    fits.close();
    field.select();
  });
  let typed = "";
  let gaps = [];
  let last = 0;
  on(document, "keydown", (event) => {
    const at = event.target;
    if (at instanceof Element && at.closest("input, textarea, select, [contenteditable=true]")) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "/" && !typed) {
      event.preventDefault();
      field.focus();
      field.select();
      return;
    }
    const now = performance.now();
    if (now - last > 2000) { typed = ""; gaps = []; }
    if (event.key.length === 1 && event.key !== " ") {
      if (typed) gaps.push(now - last);
      typed += event.key;
      last = now;
    } else if (event.key === "Enter" && typed) {
      const quick = typed.length >= 4 && gaps.every((gap) => gap <= SCAN_GAP);
      if (quick || /^#?\d{1,}$/.test(typed)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        model.send({ search: typed });
      }
      typed = "";
      gaps = [];
    }
  }, true);

  // is the kernel there?
  let asked = 0;
  let answered = 0;
  const say = (gone) => {
    if (!lost || lost.hidden === !gone) return;
    lost.replaceChildren();
    if (gone) {
      const again = make("button", "", "Reload");
      again.type = "button";
      again.addEventListener("click", () => location.reload());
      lost.append(make("span", "", "Connection lost, reload. What you typed is still here to copy."), again);
    }
    lost.hidden = !gone;
  };
  const ask = () => {
    asked += 1;
    const mine = asked;
    try {
      model.send({ ping: mine });
    } catch {
      say(true);
    }
    setTimeout(() => { if (answered < mine) say(true); }, WAIT);
  };
  const beat = setInterval(ask, ASK_EVERY);

  model.on("msg:custom", (message) => {
    if (message.pong) {
      answered = Math.max(answered, message.pong);
      if (answered === asked) say(false);
    }
    if (message.hits) fits.show(message.hits, message.for);
    if (message.toast) {
      const node = make("p", `eco-toast eco-${message.kind || "fine"}`, message.toast);
      toasts.append(node);
      setTimeout(() => node.remove(), message.kind === "late" ? 12000 : 5000);
    }
  });

  document.getElementById("eco-loading")?.remove();
  return () => {
    ending.abort();
    clearInterval(beat);
    toasts.remove();
  };
}

// what fits while somebody types: arrows choose, Enter opens, Esc closes
function suggesting(form, field, on, model, go) {
  const list = make("ul", "eco-fits");
  list.id = "eco-fits";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "What fits");
  form.querySelector(".eco-fits")?.remove();
  form.append(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", "eco-fits"], ["aria-expanded", "false"]]) {
    field.setAttribute(name, value);
  }
  let hits = [];
  let at = -1;
  let waiting = 0;
  const close = () => {
    clearTimeout(waiting);
    list.hidden = true;
    at = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    at = index;
    [...list.children].forEach((node, n) => node.setAttribute("aria-selected", String(n === at)));
    if (at < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", `eco-fit-${at}`);
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const choose = (index) => {
    const hit = hits[index];
    close();
    field.value = "";
    field.blur();
    go({ page: hit.page, params: hit.params });
  };
  const show = (found, text) => {
    if (text !== field.value.trim() || document.activeElement !== field) return;
    hits = found;
    list.replaceChildren();
    found.forEach((hit, n) => {
      const line = make("li", "");
      line.id = `eco-fit-${n}`;
      line.setAttribute("role", "option");
      line.append(make("small", "", hit.kind), make("strong", "", hit.text), make("span", "", hit.detail));
      line.addEventListener("mousedown", (event) => event.preventDefault());
      line.addEventListener("click", () => choose(n));
      list.append(line);
    });
    if (!found.length) {
      const none = make("li", "eco-sub", "Nothing fits.");
      list.append(none);
    }
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    mark(-1);
  };
  on(field, "input", () => {
    clearTimeout(waiting);
    const text = field.value.trim();
    if (!text) close();
    else waiting = setTimeout(() => model.send({ suggest: text }), 120);
  });
  on(field, "keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      if (list.hidden) {
        field.value = "";
        field.blur();
      }
      close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !list.hidden && hits.length) {
      event.preventDefault();
      mark((at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1) + hits.length) % hits.length);
    }
  });
  on(field, "blur", close);
  return {
    show,
    close,
    open: () => {
      if (at < 0 || list.hidden) return false;
      choose(at);
      return true;
    },
  };
}

function ownHead(el, model) {
  // in JupyterLab there is no server-drawn head
  if (model.get("css")) el.append(make("style", "", model.get("css")));
  const head = make("header", "eco-head");
  const nav = make("nav");
  nav.setAttribute("aria-label", "Pages");
  const form = make("form");
  form.setAttribute("role", "search");
  const field = make("input");
  field.type = "search";
  field.name = "q";
  field.placeholder = "Find ( / )";
  field.setAttribute("aria-label", "Find anything: order, customer, SKU, ticket, procedure, colleague");
  form.append(field);
  const lost = make("div", "eco-lost");
  lost.setAttribute("role", "alert");
  lost.hidden = true;
  const news = make("a", "eco-news", "");
  news.href = written({ page: "news", params: {} });
  news.dataset.page = "news";
  head.append(make("span", "eco-brand", "ecomos"), nav, news, form, lost);
  el.append(head);
  return head;
}
export default { render };
