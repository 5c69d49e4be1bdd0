"use strict";
/* The page at work: draws the pictures, narrows them to what is picked, sorts tables, shows
   definitions. Texts reach the page as text nodes only. */
(() => {
  const all = (where, selector) => [...where.querySelectorAll(selector)];
  const make = (tag, text) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const { views, names, texts, tables } = JSON.parse(document.getElementById("data").textContent);

  /* --- data: columns to rows, texts by their numbers ------------------------------------- */
  /* Vega stumbles over groups that are called like what every object has: "constructor" */
  const toVega = (name) => name in {} ? `${name}\u200b` : name;
  const fromVega = (name) => name.replace(/\u200b$/, "");
  const rowsOf = (table) => {
    const columns = Object.entries(tables[table]);
    const isText = new Set(texts[table]);
    const length = columns.length ? columns[0][1].length : 0;
    return Array.from({ length }, (_, i) => {
      const row = {};
      for (const [name, values] of columns) row[name] = isText.has(name) ? toVega(names[values[i]]) : values[i];
      return row;
    });
  };

  /* --- pictures ---------------------------------------------------------------------------- */
  const drawn = new Map(); // name -> promise of its view
  const placeOf = (name) => document.querySelector(`[data-view="${name}"]`);
  const picked = {}; // field -> name, or nothing
  const hasSignal = (spec, name) => (spec.signals || []).some((one) => one.name === name);
  const widthSignal = (spec) => hasSignal(spec, "childWidth") ? "childWidth" : "width";

  const fit = async (name) => {
    const view = await draw(name);
    const place = placeOf(name);
    const room = place.clientWidth;
    if (!room) return;
    const signal = widthSignal(views[name].vega);
    if (hasSignal(views[name].vega, "narrow")) await view.signal("narrow", room < 600).runAsync();
    for (let round = 0; round < 6; round++) { // labels may take another width when drawn anew
      const around = Number(place.querySelector("svg").getAttribute("width")) - view.signal(signal);
      const width = Math.max(80, Math.min(1000, Math.floor(room - around) - 1));
      if (Math.abs(width - view.signal(signal)) > 1) await view.signal(signal, width).runAsync();
    }
  };

  const draw = (name) => {
    if (!drawn.has(name)) drawn.set(name, begin(name));
    return drawn.get(name);
  };

  const begin = async (name) => {
    const { vega, filters, data: sources } = views[name];
    const data = vega.data.map((one) => one.name in sources ? { ...one, values: rowsOf(sources[one.name]) } : one);
    const options = { mode: "vega", renderer: "svg", actions: false, defaultStyle: false, hover: true, tooltip: tell };
    const { view } = await vegaEmbed(placeOf(name), { ...vega, data }, options);
    for (const field of filters) if (picked[field]) view.signal(field, toVega(picked[field]));
    view.addEventListener("click", (_, item) => item && item.datum && clicked(item.datum));
    return view.runAsync();
  };

  const visible = (name) => !placeOf(name).closest("[hidden], details.part:not([open])");
  const watcher = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting && !drawn.has(target.dataset.view)) fit(target.dataset.view);
  }, { rootMargin: "600px" });
  for (const place of all(document, "[data-view]")) watcher.observe(place);
  addEventListener("resize", () => drawn.forEach((_, name) => visible(name) && fit(name)));
  /* on paper: what is open, and of the parts that are folded their main tables */
  addEventListener("beforeprint", () => {
    Object.keys(views).filter(visible).forEach(draw);
    for (const part of all(document, "details.part:not([open])"))
      if (part.querySelector(".table.main")) part.open = part.classList.toggle("outline", true);
  });
  addEventListener("afterprint", () => {
    for (const part of all(document, "details.part.outline")) part.open = part.classList.toggle("outline", false);
  });

  /* --- what the pointer is on ---------------------------------------------------------------- */
  const tip = document.getElementById("tooltip");
  const tell = (_, event, __, value) => {
    tip.hidden = !value;
    if (!value) return;
    const list = make("dl");
    for (const [label, text] of Object.entries(value)) list.append(make("dt", label), make("dd", text));
    tip.replaceChildren(list);
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(event.clientX + 12, innerWidth - width - 8))}px`;
    tip.style.top = `${event.clientY + 16 + height > innerHeight ? event.clientY - height - 10 : event.clientY + 16}px`;
  };

  /* --- filters ------------------------------------------------------------------------------- */
  const fields = all(document, ".filters fieldset").map((one) => one.dataset.field);
  const labelOf = (field) => document.querySelector(`.filters [data-field="${field}"] legend`).textContent;
  const known = (field, name) => {
    const place = document.querySelector(`.filters [data-field="${field}"]`);
    return all(place, "[data-name], option").some((one) => (one.dataset.name ?? one.value) === name);
  };

  const pick = (field, name) => {
    picked[field] = name;
    const place = document.querySelector(`.filters [data-field="${field}"]`);
    for (const button of all(place, "button")) button.setAttribute("aria-pressed", String(button.dataset.name === name));
    for (const select of all(place, "select")) select.value = name;
    for (const label of all(document, ".tabs [data-field]"))
      if (name && label.dataset.field === field && label.dataset.name === name) label.querySelector("input").click();
    show();
  };

  const show = () => {
    const active = fields.filter((field) => picked[field]);
    const words = active.map((field) => `${labelOf(field)}: ${picked[field]}`).join(", ");
    document.querySelector(".picked").textContent = words && `Shown: ${words}`;
    drawn.forEach(async (promise, name) => {
      const view = await promise;
      for (const field of views[name].filters) view.signal(field, toVega(picked[field] || ""));
      await view.runAsync();
      tabulate(name);
    });
    for (const figure of all(document, "figure.chart")) {
      const obeys = figure.dataset.filters.split(" ");
      const own = all(document, `[value="${figure.id}"]`).map((one) => one.parentElement.dataset.field);
      const deaf = active.filter((field) => !obeys.includes(field) && !own.includes(field)).map((field) => labelOf(field).toLowerCase());
      note(figure, deaf.length && active.length ? `Of everything: this picture is not split by ${deaf.join(" or ")}.` : "");
    }
    for (const table of all(document, ".table")) {
      let hidden = 0;
      const lines = all(table, "tbody tr");
      for (const line of lines) {
        line.hidden = active.some((field) => field in line.dataset && line.dataset[field] !== picked[field]);
        hidden += line.hidden;
      }
      note(table, hidden ? `${lines.length - hidden} of ${lines.length} lines shown.` : "");
    }
  };

  const note = (where, text) => {
    const place = where.querySelector(".note");
    place.textContent = text;
    place.hidden = !text;
  };

  const clicked = (datum) => {
    for (const field of fields) {
      const name = typeof datum[field] === "string" ? fromVega(datum[field]) : "";
      if (name && known(field, name)) return pick(field, picked[field] === name ? "" : name);
    }
  };

  for (const fieldset of all(document, ".filters fieldset")) {
    const { field } = fieldset.dataset;
    fieldset.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (button) pick(field, picked[field] === button.dataset.name ? "" : button.dataset.name);
    });
    fieldset.addEventListener("change", ({ target }) => pick(field, target.value));
  }

  /* --- one of several pictures ------------------------------------------------------------------ */
  for (const choice of all(document, ".choice"))
    choice.addEventListener("change", ({ target }) => {
      for (const place of all(choice, ".chosen")) place.hidden = place.dataset.choice !== target.value;
      fit(target.value);
    });

  /* --- a link to a picture that is not the chosen one chooses it -------------------------------- */
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const part = target && target.closest("details.part");
    if (part && !part.open) { part.open = true; target.scrollIntoView(); }
    const input = target && document.querySelector(`.tabs input[value="${target.id}"]`);
    if (input && !input.checked) { input.click(); target.scrollIntoView(); }
  };
  addEventListener("hashchange", reveal);
  reveal();

  /* --- the numbers of a picture ------------------------------------------------------------------ */
  const formatted = (value, format) => {
    if (value === null || value === undefined) return "–";
    if (!format) return String(value);
    const digits = Number((format.match(/\.(\d)/) || [0, 0])[1]);
    const style = format.endsWith("%") ? "percent" : "decimal";
    const signDisplay = format.startsWith("+") ? "exceptZero" : "auto";
    const least = format.includes("~") ? 0 : digits;
    return value.toLocaleString("en", { style, signDisplay, minimumFractionDigits: least, maximumFractionDigits: digits });
  };

  const tabulate = async (name) => {
    const details = document.querySelector(`[id="${name}"] details.numbers`);
    if (!details || !details.open) return;
    const { table, columns } = views[name];
    const element = make("table");
    const head = element.createTHead().insertRow();
    for (const [, label] of columns) {
      const cell = make("th", label);
      cell.scope = "col";
      head.append(cell);
    }
    const body = element.createTBody();
    for (const datum of (await draw(name)).data(table)) {
      const line = body.insertRow();
      for (const [field, , format] of columns) {
        const cell = make("td", formatted(datum[field], format));
        if (format) cell.className = "number";
        line.append(cell);
      }
    }
    details.querySelector(".scroll").replaceChildren(element);
  };
  for (const details of all(document, "details.numbers"))
    details.addEventListener("toggle", () => tabulate(details.closest("figure").id));

  /* --- sorting --------------------------------------------------------------------------------------- */
  for (const table of all(document, "table.sortable")) {
    const heads = all(table, "thead th");
    heads.forEach((head, column) => {
      head.setAttribute("aria-sort", "none");
      head.querySelector("button.sort").addEventListener("click", () => {
        const number = head.classList.contains("number");
        const now = head.getAttribute("aria-sort");
        const down = now === "none" ? number : now === "ascending";
        for (const other of heads) other.setAttribute("aria-sort", "none");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const key = (line) => line.cells[column].dataset.sort;
        const body = table.tBodies[0];
        const lines = [...body.rows];
        lines.sort((a, b) => {
          const [x, y] = [key(a), key(b)];
          if (x === "" || y === "") return (x === "") - (y === ""); // nothing is last
          const order = number ? Number(x) - Number(y) : x.localeCompare(y);
          return down ? -order : order;
        });
        body.append(...lines);
      });
    });
  }

  /* --- definitions ------------------------------------------------------------------------------------ */
  const dialog = document.getElementById("definition");
  for (const link of all(document, "a.measure"))
    link.addEventListener("click", (event) => {
      const target = document.getElementById(link.getAttribute("href").slice(1));
      if (!target) return;
      event.preventDefault();
      const list = make("dl");
      for (const child of target.children) list.append(child.cloneNode(true));
      dialog.querySelector(".body").replaceChildren(list);
      dialog.showModal();
    });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

  document.documentElement.dataset.ready = "true";
})();
