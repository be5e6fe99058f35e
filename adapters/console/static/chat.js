// The phone: who speaks, what was said, and why the bot said what it said.

import { $, api, clock, day, el, keep, tabs, toast } from "./dom.js";
import { ASKED, MEDIA, PICTURES, ROLES, SAMPLES, SAY, UNASKED, WHYS } from "./words.js";

const LULL_MS = 5 * 60 * 1000;

export function makeChat(house) {
  let who = null;
  let place = "group";
  let mode = "text";
  let mention = false;
  let quote = null;
  let heardUntil = 0;
  let heardTimer;
  let lit = [];
  const read = {};
  const whys = new Map();

  const member = (id) => house.room.members.find((one) => one.id === id);
  const speaker = () => member(who) ?? house.room.members[0];
  const chat = () => (place === "group" ? house.room.id : `@${speaker().id}`);
  const said = (name) => house.chats[name] ?? [];
  const nameOf = (message) => (message.sender === house.info.bot.id ? house.info.bot.name : member(message.sender)?.name || message.name || message.sender);

  const showTab = tabs(document.querySelector(".phone .pair"), (id) => {
    place = id === "tab-group" ? "group" : "private";
    $("log").setAttribute("aria-labelledby", id);
    setQuote(null);
    setMode("text");
    $("tool-mention").hidden = place === "private";
    render(true);
  });

  // Who speaks

  function renderChips() {
    keep($("chips"), house.room.members, {
      id: (one) => one.id,
      signature: (one) => `${one.name}|${one.role}`,
      make: (one) => el("label", { class: `chip ${one.role}` },
        el("input", { type: "radio", name: "who", value: one.id, on: { change: () => choose(one.id) } }),
        el("span", { class: "chip-name" }, one.name),
        one.role === "resident" ? "" : el("span", { class: "chip-role" }, ROLES[one.role]),
        el("span", { class: "dot", hidden: true }, el("span", { class: "unseen" }, "私聊有新消息"))),
    });
    for (const label of $("chips").children) {
      const id = label.dataset.keep;
      label.querySelector("input").checked = id === speaker().id;
      label.querySelector(".dot").hidden = !unread(`@${id}`);
    }
    $("tab-private").querySelector(".dot").hidden = !unread(`@${speaker().id}`);
  }

  function choose(id) {
    who = id;
    if (quote && place === "private") setQuote(null);
    render(place === "private");
    document.querySelector(`#chips [value="${CSS.escape(id)}"]`)?.closest("label").scrollIntoView({ block: "nearest", inline: "center" });
  }

  function unread(name) {
    const last = said(name).filter((one) => one.sender === house.info.bot.id).at(-1);
    return Boolean(last) && read[name] !== last.id && !(place === "private" && name === chat());
  }

  // What was said

  function render(toEnd = false) {
    const log = $("log");
    const atEnd = toEnd || log.scrollHeight - log.scrollTop - log.clientHeight < 60;
    const bubbles = said(chat());
    if (place === "private") read[chat()] = bubbles.filter((one) => one.sender === house.info.bot.id).at(-1)?.id;
    keep($("bubbles"), bubbles.map((one, index) => ({ ...one, before: bubbles[index - 1] })), {
      id: (one) => one.id,
      signature: (one) => [one.recalled, one.sender === speaker().id, lull(one), nameOf(one), quotedBy(one)?.recalled].join("|"),
      make: bubble,
    });
    showEmpty(bubbles.length === 0);
    renderChips();
    if (mode === "text") $("words").placeholder = place === "group" ? SAY.wordsGroup(speaker().name) : SAY.wordsPrivate(speaker().name);
    showListening();
    if (atEnd) requestAnimationFrame(() => { log.scrollTop = bubbles.length ? log.scrollHeight : 0; });
  }

  const quotedBy = (one) => (one.quote ? said(chat()).find((other) => other.id === one.quote) : undefined);
  const lull = (one) => !one.before || Date.parse(one.at) - Date.parse(one.before.at) > LULL_MS;

  function bubble(one) {
    const mine = one.sender === speaker().id;
    const bot = one.sender === house.info.bot.id;
    const row = el("li", { class: `said ${mine ? "mine" : ""} ${bot ? "bot" : ""}`, data: { message: one.id } },
      lull(one) ? el("p", { class: "time" }, day(one.at)) : "");
    if (one.recalled) {
      row.append(el("p", { class: "time" }, SAY.recalled(nameOf(one))));
      return row;
    }
    const role = bot ? SAY.auto : ROLES[member(one.sender)?.role] ?? "";
    row.append(el("div", { class: "row" },
      el("span", { class: `face ${bot ? "bot" : tint(one.sender)}`, "aria-hidden": "true" }, bot ? "邻" : initial(nameOf(one))),
      el("div", { class: "words" },
        el("p", { class: "name" }, nameOf(one), role && role !== ROLES.resident ? el("span", { class: "role" }, role) : ""),
        el("button", { type: "button", class: `bubble ${one.kind}`, "aria-label": `${nameOf(one)}：${one.text || MEDIA[one.kind] || ""}。点一下引用`, on: { click: () => setQuote(one) } }, content(one)),
        el("div", { class: "under" },
          mine ? el("button", { type: "button", class: "link", on: { click: () => recall(one) } }, SAY.recall) : "",
          bot ? el("button", { type: "button", class: "link", "aria-expanded": "false", on: { click: (event) => toggleWhy(one, event.currentTarget) } }, SAY.why) : "",
          el("span", { class: "when" }, clock(one.at))))));
    return row;
  }

  function content(one) {
    const parts = [];
    const quoted = quotedBy(one);
    if (one.quote) parts.push(el("span", { class: "quoted" }, quoted ? `${nameOf(quoted)}：${quoted.recalled ? SAY.gone : quoted.text || MEDIA[quoted.kind]}` : SAY.gone));
    if (one.kind === "image") {
      parts.push(el("img", { class: "picture", src: `/api/media/${encodeURIComponent(one.media[0] ?? "")}`, alt: MEDIA.image, loading: "lazy" }));
      if (one.text) parts.push(one.text);
      return parts;
    }
    if (one.kind === "voice") parts.push(el("span", { class: "tag" }, SAY.voice));
    if (one.kind === "location") parts.push(el("span", { class: "tag" }, SAY.place_label));
    for (const id of one.mentions) {
      const name = id === house.info.bot.id ? house.info.bot.name : member(id)?.name ?? id;
      if (!one.text.includes(`@${name}`)) parts.push(el("span", { class: "at" }, `@${name}`), " ");
    }
    parts.push(one.text);
    return parts;
  }

  function showEmpty(empty) {
    const box = $("empty");
    box.hidden = !empty;
    if (!empty) return;
    const [title, hint] = place === "group" ? SAY.emptyGroup : SAY.emptyPrivate(speaker().name);
    box.replaceChildren(el("h3", {}, title), el("p", {}, hint), ...(place === "group" ? [samples()] : []));
  }

  function samples() {
    return el("div", { class: "samples" }, SAMPLES.map((one) => el("button", { type: "button", class: "sample", on: { click: () => sample(one) } },
      el("strong", {}, one.label), el("span", {}, one.text), el("em", {}, one.shows))));
  }

  async function sample(one) {
    const people = house.room.members.filter((other) => other.role === one.who);
    if (place !== "group") showTab("tab-group");
    choose((people[one.nth] ?? people[0] ?? speaker()).id);
    open("tool-samples", false);
    await send({ text: one.text });
  }

  // Why the bot spoke

  async function toggleWhy(one, button) {
    const words = button.closest(".words");
    const open = words.querySelector(".why");
    if (open) {
      open.remove();
      button.setAttribute("aria-expanded", "false");
      return;
    }
    let found = whys.get(one.id);
    if (!found) {
      try {
        found = await api(`/api/why/${encodeURIComponent(one.id)}`);
        whys.set(one.id, found);
      } catch {
        found = null;
      }
    }
    if (words.querySelector(".why")) return;
    button.setAttribute("aria-expanded", "true");
    words.append(el("div", { class: "why" }, ...(found ? [
      el("p", {}, WHYS[found.why] ?? ""),
      el("p", {}, found.unasked ? UNASKED : ["emergency", "answer", "clarify", "private", "receipt"].includes(found.why) ? ASKED : ""),
      found.number ? el("p", {}, SAY.number, el("span", { class: "number" }, found.number)) : "",
      found.about.length ? el("p", {}, SAY.about, found.about.map((line) => source(line))) : "",
    ] : [el("p", {}, SAY.noWhy)])));
  }

  /** A button that shows where something was said. */
  function source(line) {
    const sender = line.gone ? "" : nameOf(line);
    const text = line.gone ? SAY.visited : line.text || MEDIA[line.kind] || SAY.gone;
    return el("button", { type: "button", class: "source", title: `${sender} ${clock(line.at)} ${text}`, on: {
      click: () => light([line.id], true), mouseenter: () => light([line.id]), mouseleave: dim, focus: () => light([line.id]), blur: dim,
    } }, sender ? el("b", {}, sender) : "", text);
  }

  function light(ids, go = false) {
    dim();
    const where = Object.entries(house.chats).find(([, list]) => list.some((one) => ids.includes(one.id)))?.[0];
    if (go && where) {
      house.showSide("phone");
      if (where !== chat()) {
        if (where.startsWith("@")) choose(where.slice(1));
        showTab(where.startsWith("@") ? "tab-private" : "tab-group");
      }
    }
    lit = ids.map((id) => document.querySelector(`[data-message="${CSS.escape(id)}"]`)).filter(Boolean);
    for (const node of lit) node.classList.add("lit");
    if (lit.length) {
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      const log = $("log");
      log.scrollTo({ top: lit[0].offsetTop - log.offsetTop - log.clientHeight / 3, behavior: calm ? "auto" : "smooth" });
    }
    if (go && !lit.length) toast(SAY.scrolledAway, true);
    if (go) setTimeout(dim, 2500);
  }

  function dim() {
    for (const node of lit) node.classList.remove("lit");
    lit = [];
  }

  // Saying something

  async function send({ text = "", kind = "text", media = null }) {
    fault("");
    const body = { sender: speaker().id, room: place === "group" ? house.room.id : null, text, kind, media, mention: mention && place === "group", quote: quote?.id };
    try {
      await api("/api/say", body);
    } catch (error) {
      fault(error.message);
      return false;
    }
    if (place === "group" && speaker().role === "resident" && !mention) {
      heardUntil = Date.now() + house.info.quiet * 1000;
      showListening();
    }
    setQuote(null);
    setMention(false);
    setMode("text");
    $("log").scrollTop = $("log").scrollHeight;
    return true;
  }

  function showListening() {
    const left = heardUntil - Date.now();
    $("listening").hidden = left <= 0 || place !== "group";
    $("listening").textContent = SAY.listening(house.info.quiet);
    clearTimeout(heardTimer);
    if (left > 0) heardTimer = setTimeout(showListening, left + 50);
  }

  async function recall(one) {
    try {
      await api("/api/recall", { id: one.id, sender: one.sender });
    } catch (error) {
      toast(error.message, true);
    }
  }

  function setQuote(one) {
    quote = one;
    $("quoting").hidden = !one;
    if (one) {
      $("quoting").firstElementChild.textContent = `${SAY.quoting}${nameOf(one)}：${one.text || MEDIA[one.kind]}`;
      $("words").focus();
    }
  }

  function setMention(on) {
    mention = on;
    $("tool-mention").setAttribute("aria-pressed", String(on));
  }

  function setMode(next) {
    const before = mode;
    mode = next;
    for (const name of ["voice", "location"]) $(`tool-${name}`).setAttribute("aria-pressed", String(mode === name));
    const words = $("words");
    if (mode === "location" && !words.value) words.value = SAY.place;
    if (before === "location" && mode !== "location" && words.value === SAY.place) words.value = "";
    words.placeholder = mode === "voice" ? SAY.wordsVoice : mode === "location" ? SAY.wordsLocation
      : place === "group" ? SAY.wordsGroup(speaker().name) : SAY.wordsPrivate(speaker().name);
    if (mode !== "text") words.focus();
    grow();
  }

  function open(tool, on) {
    for (const name of ["tool-image", "tool-samples"]) {
      const here = name === tool && on;
      $(name).setAttribute("aria-expanded", String(here));
      $($(name).getAttribute("aria-controls")).hidden = !here;
    }
  }

  async function sendPicture(blob) {
    fault("");
    try {
      const { name } = await api("/api/media", blob);
      if (await send({ kind: "image", media: name })) open("tool-image", false);
    } catch (error) {
      fault(error.message);
    }
  }

  function fault(sentence) {
    $("say-fault").textContent = sentence;
    $("say-fault").hidden = !sentence;
  }

  function grow() {
    const words = $("words");
    words.rows = Math.min(5, Math.max(1, words.value.split("\n").length));
  }

  $("composer").addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = $("words").value.trim();
    if (text && await send({ text, kind: mode })) {
      $("words").value = "";
      grow();
    }
    $("words").focus();
  });
  $("words").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      $("composer").requestSubmit();
    }
  });
  $("words").addEventListener("input", grow);
  $("quoting").querySelector("button").addEventListener("click", () => setQuote(null));
  $("tool-mention").addEventListener("click", () => { setMention(!mention); $("words").focus(); });
  for (const name of ["voice", "location"]) $(`tool-${name}`).addEventListener("click", () => setMode(mode === name ? "text" : name));
  for (const name of ["tool-image", "tool-samples"]) $(name).addEventListener("click", () => open(name, $(name).getAttribute("aria-expanded") !== "true"));
  $("samples").append(samples());
  const picked = el("input", { type: "file", accept: "image/*", on: { change: () => { if (picked.files[0]) sendPicture(picked.files[0]); picked.value = ""; } } });
  $("pictures").append(
    ...PICTURES.map((one) => el("button", { type: "button", class: "thumb", on: { click: async () => sendPicture(await (await fetch(`/static/${one.file}`)).blob()) } },
      el("img", { src: `/static/${one.file}`, alt: "" }), one.label)),
    el("label", { class: "button plain file" }, SAY.upload, picked));

  return {
    render, light, dim, source, nameOf,
    start() {
      who = house.room.members[0]?.id;
      render(true);
    },
    personName: (id) => member(id)?.name ?? (id === house.info.bot.id ? house.info.bot.name : id),
  };
}

const tint = (id) => `tint${Array.from(id).reduce((sum, one) => (sum * 31 + one.codePointAt(0)) % 997, 7) % 6}`;
const initial = (name) => Array.from(name.replace(/^[\d\-.#栋单元号 ]+/u, "") || name)[0] ?? "";
