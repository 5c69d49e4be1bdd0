"use strict";
/* The live page: keeps what the planner has changed (in the address, so nothing is lost), sends it,
   and shows what comes back. Texts reach the page as text nodes only. */
(() => {
  const get = (id) => document.getElementById(id);
  const make = (tag, text, className) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  };
  const button = (text, act, className) => {
    const element = make("button", text, className);
    element.type = "button";
    element.addEventListener("click", act);
    return element;
  };
  const token = new URLSearchParams(location.search).get("token") || "";
  // of this page alone: a duplicated tab has a copy of all that is stored
  const session = [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");

  /* --- what the planner has said: kept in the address --------------------------------------- */
  const state = { file: "", option: "", changes: {}, variants: {}, pins: [], measure: "service_level" };
  const history_ = JSON.parse(sessionStorage.moves || '{"past":[],"future":[]}');
  let opened = null; // what the server says of the file
  let last = null; // the newest answer
  let number = 0; // of the newest move that the server took

  const remember = () => {
    const said = new URLSearchParams();
    for (const [name, value] of Object.entries(state)) {
      said.set(name, typeof value === "string" ? value : JSON.stringify(value));
    }
    history.replaceState(null, "", `${location.pathname}${location.search}#${said}`);
    sessionStorage.moves = JSON.stringify(history_);
    get("undo").disabled = !history_.past.length;
    get("redo").disabled = !history_.future.length;
    get("reset").disabled = !Object.keys(state.changes).length;
    get("compare").disabled = !Object.keys(state.variants).length;
  };
  const recall = () => {
    const said = new URLSearchParams(location.hash.slice(1));
    for (const [name, old] of Object.entries(state)) {
      if (!said.has(name)) continue;
      try {
        const value = typeof old === "string" ? said.get(name) : JSON.parse(said.get(name));
        if (value !== null && typeof value === typeof old && Array.isArray(value) === Array.isArray(old)) state[name] = value;
      } catch { /* an address cut short: what is left of it holds */ }
    }
    if (!state.file) state.file = document.body.dataset.first;
  };

  /* --- asking the server ---------------------------------------------------------------------- */
  const alarm = (text) => { get("alarm").textContent = text; get("alarm").hidden = !text; };
  const status = (text) => { get("status").textContent = text; };

  const ask = async (what, said) => {
    let answer;
    try {
      answer = await fetch(`/api/${what}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Token": token },
        body: JSON.stringify(said),
      });
    } catch {
      away();
      return null;
    }
    const told = await answer.json().catch(() => ({ message: "the server does not answer as expected" }));
    if (answer.ok) return told;
    if (told.faults) showFaults(told.faults);
    else alarm(told.message);
    return null;
  };
  const work = () => ({ file: state.file, option: state.option || undefined });

  let gone = false;
  const away = () => {
    gone = true;
    alarm("The server is not there. Your changes are kept; start `sim live` again in the same folder and this page goes on.");
  };
  let events = null;
  const watch = () => {
    if (document.hidden || (events && events.readyState !== EventSource.CLOSED)) return;
    events = new EventSource(`/api/watch?${new URLSearchParams({ session, token })}`);
    events.addEventListener("hello", () => {
      if (gone) { gone = false; alarm(""); open(); } else play();
    });
    events.addEventListener("view", (event) => shown(JSON.parse(event.data)));
    events.addEventListener("failed", (event) => {
      const told = JSON.parse(event.data);
      if (told.number === number) alarm(`This could not be played: ${told.message}`);
    });
    events.addEventListener("error", () => {
      away();
      if (events.readyState === EventSource.CLOSED) { events.close(); setTimeout(watch, 2000); }
    });
  };
  // a browser has six connections to a server, for all of its tabs: who is not seen lets go of one
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && events) events.close();
    watch();
  });

  /* --- moves ------------------------------------------------------------------------------------ */
  let under = false; // a request is under way
  let again = false; // and something has changed since
  const play = async () => {
    if (!opened) return;
    if (under) { again = true; return; }
    under = true;
    get("results").classList.add("stale");
    status("Playing …");
    clearFaults();
    const taken = await ask("play", { ...work(), session, changes: state.changes });
    under = false;
    if (taken && taken.compiling) status("Compiling the engine, once on this machine …");
    if (taken) { number = taken.number; if (last && last.number >= number) shown(last); }
    else if (!faulty) status("");
    if (again) { again = false; play(); }
  };

  const move = (changes, record = true) => {
    if (record) { history_.past.push(state.changes); history_.future = []; }
    if (history_.past.length > 200) history_.past.shift();
    state.changes = changes;
    remember();
    play();
  };
  const back = (from, to) => {
    if (!history_[from].length) return;
    history_[to].push(state.changes);
    state.changes = history_[from].pop();
    remember();
    showKnobs();
    play();
  };
  const reset = () => { move({}); showKnobs(); };

  /* --- knobs ------------------------------------------------------------------------------------ */
  const tidy = (value) => String(Number(value.toPrecision(6)));
  const spans = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
  const duration = (seconds) => {
    if (seconds < 120) return `${tidy(seconds)} s`;
    let rest = Math.round(seconds);
    const parts = [];
    for (const [unit, size] of spans) {
      const whole = Math.floor(rest / size);
      if (whole) parts.push(`${whole} ${unit}`);
      rest -= whole * size;
    }
    return parts.join(" ");
  };
  const written = (knob, value) => knob.kind === "duration" ? duration(value) : `${tidy(value)}${knob.unit}`;
  const understood = (knob, text) => {
    const said = text.trim();
    if (knob.kind === "duration") {
      let sum = 0, found = false;
      for (const [, amount, unit] of said.matchAll(/([0-9.]+)\s*(d|h|min|ms|s)(?![a-z])/g)) {
        sum += Number(amount) * (unit === "ms" ? 0.001 : Object.fromEntries(spans)[unit]);
        found = true;
      }
      return found ? sum : NaN;
    }
    return said.endsWith(knob.unit.trim()) ? parseFloat(said) : NaN;
  };

  // who takes more of a split takes it from the others, each by its part of what they had
  const balance = (knob, changes, from) => {
    const others = opened.knobs.filter((one) => knob.split.includes(one.path) && one.path !== knob.path);
    const had = others.map((one) => understood(one, from[one.path] ?? one.text));
    const sum = had.reduce((total, share) => total + share, 0);
    let left = 100 - understood(knob, changes[knob.path] ?? knob.text);
    if (!others.length || !(left >= 0 && left <= 100) || Number.isNaN(sum)) return;
    const all = left;
    others.forEach((one, place) => {
      const part = sum > 0 ? had[place] / sum : 1 / others.length;
      const share = place === others.length - 1 ? left : Math.round(10 * all * part) / 10;
      left -= share;
      const text = `${tidy(share)} %`;
      if (text === one.text) delete changes[one.path]; else changes[one.path] = text;
    });
  };

  let shownAs = {}; // path -> shows in its place what is said now
  const showKnobs = () => {
    const list = get("list");
    const focus = document.activeElement && document.activeElement.dataset.path;
    list.replaceChildren();
    shownAs = {};
    let group = "";
    for (const knob of opened.knobs) {
      if (knob.group !== group) { group = knob.group; list.append(make("h2", group)); }
      list.append(knobOf(knob));
    }
    search();
    if (focus) list.querySelector(`input.value[data-path="${CSS.escape(focus)}"]`)?.focus();
  };
  const knobOf = (knob) => {
    const place = make("div", undefined, "knob");
    place.dataset.path = knob.path;
    const label = make("label");
    label.append(make("bdi", knob.label));
    const value = make("input", undefined, "value");
    value.id = `knob-${knob.path}`;
    value.dataset.path = knob.path;
    value.autocomplete = "off";
    label.htmlFor = value.id;
    const row = make("div", undefined, "row");
    const slider = knob.kind === "text" ? null : make("input");
    let before = null; // what was said before the slider was taken
    const change = (text, record) => {
      const changes = { ...state.changes };
      if (text.trim() === knob.text || text.trim() === "") delete changes[knob.path];
      else changes[knob.path] = text.trim();
      balance(knob, changes, before ?? state.changes);
      move(changes, record);
      for (const path of [knob.path, ...knob.split]) shownAs[path]?.();
    };
    const show = shownAs[knob.path] = () => {
      const said = state.changes[knob.path] ?? knob.text;
      if (value.value.trim() !== said) value.value = said;
      place.classList.toggle("changed", knob.path in state.changes);
      was.hidden = !(knob.path in state.changes);
      const now = slider ? understood(knob, said) : NaN;
      if (Number.isNaN(now)) return;
      if (now > Number(slider.max)) slider.max = now;
      if (before === null) slider.value = now; // while it is held it stays where it is held
    };
    if (slider) {
      slider.type = "range";
      slider.setAttribute("aria-label", knob.label);
      slider.min = knob.low;
      slider.max = knob.high;
      slider.step = "any";
      slider.value = knob.value;
      slider.addEventListener("input", () => {
        const asked = Math.min(Number(slider.max), Math.round(Number(slider.value) / knob.step) * knob.step);
        const text = written(knob, asked);
        if (text === value.value) return;
        if (before === null) { before = state.changes; history_.past.push(before); history_.future = []; }
        value.value = text;
        slider.setAttribute("aria-valuetext", text);
        change(text, false);
      });
      slider.addEventListener("change", () => { before = null; });
      slider.addEventListener("keydown", (event) => {
        const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
        if (!way) return;
        event.preventDefault();
        const next = Number(slider.value) + way * knob.step;
        slider.value = Math.min(Number(slider.max), Math.max(Number(slider.min), next));
        slider.dispatchEvent(new Event("input"));
        slider.dispatchEvent(new Event("change"));
      });
      row.append(slider);
    } else row.append(make("span"));
    value.addEventListener("change", () => change(value.value, true));
    row.append(value);
    const was = make("p", undefined, "was");
    was.append(`baseline: ${knob.text || "not said"} `, button("put back", () => { change("", true); value.focus(); }, "link"));
    place.append(label, row, was);
    show();
    return place;
  };
  const search = () => {
    const words = get("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    let heading = null;
    for (const one of get("list").children) {
      if (one.tagName === "H2") { heading = one; heading.hidden = true; continue; }
      const text = `${one.dataset.path} ${one.textContent} ${heading ? heading.textContent : ""}`.toLowerCase();
      one.hidden = !words.every((word) => text.includes(word));
      if (!one.hidden && heading) heading.hidden = false;
    }
  };

  const FAULTY = "The variant has a fault; the numbers are those before it.";
  let faulty = false; // what is said has a fault: the numbers are of something else
  const clearFaults = () => {
    faulty = false;
    for (const one of document.querySelectorAll(".knob .fault")) one.remove();
    for (const one of document.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
    if (!gone) alarm("");
  };
  const showFaults = (faults) => {
    const rest = [];
    for (const fault of faults) {
      const near = [...document.querySelectorAll(".knob.changed")].filter(({ dataset: { path } }) =>
        fault.path === path || fault.path.startsWith(`${path}.`) || (fault.path && path.startsWith(`${fault.path}.`)));
      if (!near.length) { rest.push(fault.path ? `${fault.path}: ${fault.message}` : fault.text); continue; }
      const told = make("p", fault.message, "fault");
      told.id = `fault-${near[0].dataset.path}`;
      near[0].append(told);
      const value = near[0].querySelector("input.value");
      value.setAttribute("aria-invalid", "true");
      value.setAttribute("aria-describedby", told.id);
    }
    if (rest.length) alarm(rest.join(" · "));
    faulty = true;
    status(FAULTY);
  };

  const pin = async (path) => {
    if (!opened.knobs.some((knob) => knob.path === path)) {
      const knob = await ask("pin", { ...work(), path });
      if (!knob) return;
      opened.knobs.unshift(knob);
    }
    if (!state.pins.includes(path)) state.pins.push(path);
    remember();
    showKnobs();
    get("list").querySelector(`input.value[data-path="${CSS.escape(path)}"]`)?.focus();
  };

  /* --- results ------------------------------------------------------------------------------------ */
  const tell = (difference) => {
    if (!difference) return ["as the baseline", "same"];
    if (!difference.apart) return [`${difference.text} (${difference.interval}): not told apart`, "same"];
    const way = { 1: "better", "-1": "worse", 0: "" }[difference.better];
    return [`${difference.text} (${difference.interval})${way ? `: ${way}` : ""}`, way || "same"];
  };
  const LEAD = [["service_level", "answer_rate"], ["margin", "cost", "unanswered"], ["abandonment", "contacts"]];

  const shown = (answer) => {
    last = answer;
    if (answer.number < number) return;
    const results = get("results");
    const by = Object.fromEntries(answer.measures.map((one) => [one.name, one]));
    const sells = by.sales && by.sales.base.value + by.sales.variant.value > 0;
    const figures = get("figures");
    figures.replaceChildren();
    for (const names of LEAD) {
      const name = names.find((one) => one in by && (one !== "margin" || sells));
      if (!name) continue;
      const { label, base, variant, difference } = by[name];
      const [text, className] = tell(difference);
      const place = make("div");
      const value = make("dd");
      value.append(make("strong", variant.text), make("span", `${variant.interval}`, "interval"),
        make("span", `baseline ${base.text}`, "base"), make("span", text, `difference ${className}`));
      place.append(make("dt", label), value);
      place.dataset.measure = name;
      figures.append(place);
    }
    results.classList.remove("stale");
    results.dataset.number = answer.number;
    results.dataset.replications = answer.replications;
    const done = answer.replications >= answer.goal;
    status(faulty ? FAULTY : done ? "Done" : `${answer.replications} of ${answer.goal} replications …`);
    get("about").textContent = `${answer.replications} replications of ${opened.days} day${opened.days > 1 ? "s" : ""}, ` +
      (answer.same ? "" : "the same customers on both sides, totals and ratios for average arrivals as in a comparison; ") + `${Math.round(100 * opened.confidence)} % intervals of chance alone, not of what the scenario assumes.`;
    requestAnimationFrame(() => setTimeout(() => { if (last === answer) rest(answer); }));
  };

  const rest = (answer) => {
    const body = get("measures").tBodies[0];
    body.replaceChildren(...answer.measures.map((one) => {
      const row = make("tr");
      const head = make("th", one.label);
      head.scope = "row";
      const cells = [one.base, one.variant].map((side) => {
        const cell = make("td", side.text, "number");
        cell.append(make("small", side.interval));
        return cell;
      });
      const [text, className] = tell(one.difference);
      row.append(head, ...cells, make("td", text, `number ${className}`));
      return row;
    }));
    const names = ["Service level", "Abandonment", "ASA", "Contacts"];
    const head = make("tr");
    head.append(make("th", "Channel"), ...names.map((name) => make("th", name, "number")));
    for (const cell of head.children) cell.scope = "col";
    get("channels").tHead.replaceChildren(head);
    get("channels").tBodies[0].replaceChildren(...answer.channels.map(({ channel, cells }) => {
      const row = make("tr");
      const first = make("th");
      first.scope = "row";
      first.append(make("bdi", channel));
      row.append(first, ...cells.map(([base, variant]) => {
        const cell = make("td", variant, "number");
        if (!answer.same && base !== variant) cell.append(make("small", `baseline ${base}`));
        return cell;
      }));
      return row;
    }));
    pictures(answer);
  };

  /* --- pictures ------------------------------------------------------------------------------------- */
  const views = {};
  let charts = null;
  const toVega = (name) => name in {} ? `${name}\u200b` : name;
  const draw = async (name, rows, unit) => {
    charts = charts || fetch("/static/charts.json").then((answer) => answer.json());
    const specs = await charts;
    if (!(name in views)) { // the first picture is drawn with its data: without, it has no size
      const data = specs[name].data.map((one) => one.name === "rows" ? { ...one, values: rows } : one);
      const signals = (specs[name].signals || []).map((one) => one.name === "unit" ? { ...one, value: unit } : one);
      views[name] = window.vegaEmbed(get(name), { ...specs[name], data, signals }, { mode: "vega", renderer: "svg", actions: false, defaultStyle: false });
      await views[name];
      return;
    }
    const { view } = await views[name];
    view.signal("unit", unit);
    await view.data("rows", rows).resize().runAsync(); // labels may be wider than before
  };
  let drawing = null; // one at a time: the newest answer waits for the picture under way
  let drawn = 0; // the move of which there are pictures
  const breathe = () => new Promise((go) => setTimeout(go)); // who turns a knob now comes first
  const pictures = async (answer) => {
    // of a move at once and at its end: what comes between looks the same
    if (answer.number === drawn && answer.replications < answer.goal) return;
    drawn = answer.number;
    if (drawing) { drawing = answer; return; }
    drawing = answer;
    while (drawing) {
      const now = drawing;
      for (const picture of await picturesOf(now)) {
        if (drawing !== now) break;
        await draw(...picture);
        await breathe();
      }
      drawing = drawing === now ? null : drawing;
    }
  };
  const picturesOf = async (answer) => {
    const specs = await (charts = charts || fetch("/static/charts.json").then((one) => one.json()));
    const { share } = specs.measures[state.measure] || specs.measures.service_level;
    const unit = share ? " %" : "";
    const hours = answer.hours.filter((row) => row[state.measure] !== null).map((row) => {
      const value = share ? 100 * row[state.measure] : row[state.measure];
      const text = share ? `${Math.round(value)} %` : value.toFixed(1);
      return { hour: row.hour, side: row.side, shown: value, text };
    });
    const parts = (rows) => rows.map((row) => ({ ...row, part: toVega(row.part) }));
    return [["hours", hours, unit], ["week", hours, unit], ["ends", parts(answer.ends), ""], ["costs", parts(answer.costs), ` ${toVega(opened.currency)}`]];
  };

  /* --- variants --------------------------------------------------------------------------------------- */
  const tellSaid = (text) => { get("said").textContent = text; };
  const labelOf = (path) => opened.knobs.find((knob) => knob.path === path)?.label || path;
  const showVariants = () => {
    get("kept").replaceChildren(...Object.entries(state.variants).map(([name, changes]) => {
      const row = make("li");
      const use = button("", () => { move(changes); get("name").value = name; showKnobs(); }, "link");
      use.append(make("bdi", name));
      const what = Object.entries(changes).map(([path, text]) => `${labelOf(path)}: ${text}`).join("; ") || "as the baseline";
      row.append(use, make("small", what), button("Forget", () => {
        delete state.variants[name];
        remember();
        showVariants();
      }));
      return row;
    }));
  };
  const nameOf = () => {
    const name = get("name").value.trim();
    if (!name) { tellSaid("Give the variant a name first."); get("name").focus(); }
    return name;
  };
  const keep = () => {
    const name = nameOf();
    if (!name) return;
    if (name === "baseline") { tellSaid("“baseline” is the name of what variants are compared with."); return; }
    state.variants[name] = state.changes;
    remember();
    showVariants();
    tellSaid(`Kept as “${name}”.`);
  };
  const save = async () => {
    const name = nameOf();
    if (!name) return;
    const answer = await ask("save", { ...work(), name, changes: state.changes });
    if (!answer) { tellSaid(get("alarm").textContent); return; }
    keep();
    tellSaid(`Saved as ${answer.file}; run it with: sim run ${answer.file}`);
  };
  const copy = async () => {
    const name = get("name").value.trim() || "variant";
    const answer = await ask("yaml", { ...work(), name, changes: state.changes });
    if (!answer) return;
    get("yaml").value = answer.text;
    get("yaml").hidden = false;
    get("yaml").select();
    const done = navigator.clipboard && await navigator.clipboard.writeText(answer.text).then(() => true, () => false);
    tellSaid(done ? "Copied." : "Select and copy the text below.");
  };
  const show = async (what, said) => {
    const place = get(what === "compare" ? "compared" : "report");
    place.textContent = "Working …";
    const answer = await ask(what, said);
    place.textContent = "";
    if (!answer) return;
    const link = make("a", "Open the report");
    link.href = answer.page;
    link.target = "_blank";
    link.rel = "noopener";
    const save = make("a", "Download it");
    save.href = answer.page;
    save.download = "report.html";
    place.replaceChildren(link, " · ", save);
    link.focus();
  };

  /* --- files -------------------------------------------------------------------------------------------- */
  const ticked = () => [...document.querySelectorAll("#browse input:checked")].map((one) => one.value);
  const tick = (file, can) => {
    const box = make("input");
    Object.assign(box, { type: "checkbox", value: file, disabled: !can });
    box.setAttribute("aria-label", `Compare ${file}`);
    box.addEventListener("change", () => { get("together").disabled = ticked().length < 2; });
    return box;
  };
  const browse = async () => {
    get("together").disabled = true;
    const found = await ask("folder", {});
    if (!found) return;
    const files = found.files.map(({ file, kind }) => {
      const row = make("li");
      row.append(tick(file, kind === "scenario"), button(file, () => { start(file); }, "link"), make("small", kind));
      return row;
    });
    get("scenarios").replaceChildren(...(files.length ? files : [make("li", "none below this folder; `sim new FILE` writes one")]));
    const results = found.results.map(({ file, kind }) => {
      const row = make("li");
      row.append(tick(file, kind === "run"), button(file, () => show("result", { file }), "link"), make("small", kind), button("Delete", async () => {
        if (confirm(`Delete the result ${file}?`) && await ask("delete", { file })) browse();
      }));
      return row;
    });
    get("finished").replaceChildren(...(results.length ? results : [make("li", "none yet")]));
  };
  const toggle = (on) => {
    get("browse").hidden = !on;
    get("files").setAttribute("aria-expanded", String(on));
    if (on) browse();
  };
  const start = (file) => {
    Object.assign(state, { file, option: "", changes: {}, variants: {}, pins: [] });
    history_.past = [];
    history_.future = [];
    toggle(false);
    open();
  };

  const open = async () => {
    if (!state.file) { status(""); toggle(true); return; }
    alarm("");
    status("Loading …");
    const answer = await ask("open", work());
    if (!answer) { if (!gone) { get("work").hidden = true; toggle(true); } return; }
    opened = answer;
    state.option = answer.options.length > 1 ? answer.option : "";
    document.title = `${answer.name || answer.file} · sim live`;
    get("title").textContent = answer.question || answer.name || answer.file;
    get("options").hidden = answer.options.length < 2;
    get("option").replaceChildren(...answer.options.map((name) => {
      const one = make("option", name);
      one.value = name;
      one.selected = name === answer.option;
      return one;
    }));
    for (const path of [...state.pins]) await pin(path);
    get("work").hidden = false;
    remember();
    showKnobs();
    showVariants();
    play();
  };

  /* --- beginning ------------------------------------------------------------------------------------------- */
  const measures = async () => {
    charts = charts || fetch("/static/charts.json").then((answer) => answer.json());
    const { measures: known } = await charts;
    get("measure").replaceChildren(...Object.entries(known).map(([name, { label }]) => {
      const one = make("option", label);
      one.value = name;
      one.selected = name === state.measure;
      return one;
    }));
  };
  get("undo").addEventListener("click", () => back("past", "future"));
  get("redo").addEventListener("click", () => back("future", "past"));
  get("reset").addEventListener("click", reset);
  get("files").addEventListener("click", () => toggle(get("browse").hidden));
  get("search").addEventListener("input", search);
  get("pin").addEventListener("submit", (event) => {
    event.preventDefault();
    const path = get("path").value.trim();
    if (path) pin(path).then(() => { get("path").value = ""; });
  });
  get("keep").addEventListener("submit", (event) => { event.preventDefault(); keep(); });
  get("save").addEventListener("click", save);
  get("copy").addEventListener("click", copy);
  get("together").addEventListener("click", () => show("files", { files: ticked() }));
  get("compare").addEventListener("click", () => show("compare", { ...work(), variants: state.variants }));
  get("measure").addEventListener("change", () => {
    state.measure = get("measure").value;
    remember();
    drawn = 0;
    if (last) pictures(last);
  });
  get("option").addEventListener("change", () => {
    Object.assign(state, { option: get("option").value, changes: {} });
    history_.past = [];
    history_.future = [];
    open();
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.matches("input.value, textarea")) return;
    if (event.key === "z" && !event.shiftKey) { event.preventDefault(); back("past", "future"); }
    if (event.key === "y" || (event.key === "Z" && event.shiftKey)) { event.preventDefault(); back("future", "past"); }
  });
  window.addEventListener("hashchange", () => { recall(); open(); });
  recall();
  remember();
  measures();
  open();
  watch();
})();
