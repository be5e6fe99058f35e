// The desk: flags to decide, tickets to move, journals to verify, and the form of a visit.

import { $, api, clock, day, el, keep, key, tabs, toast } from "./dom.js";
import {
  ENTRY_REASONS, FACTS, FLAG_STATES, KINDS, MOVES, REASON_OTHER, REASON_SIGNAL, REASONS, REFUSE_FOR_GOOD, SAY, SCORES, SOURCES,
  STATUSES, TO, URGENCIES,
} from "./words.js";

export function makeDesk(house, chat) {
  let journalOf = null;
  let journalRead = "";

  const show = tabs(document.querySelector(".desk .tabs"), (id) => {
    for (const name of ["flags", "tickets", "journal"]) $(`panel-${name}`).hidden = id !== `tab-${name}`;
    if (id === "tab-journal") renderJournal();
  });

  const leaf = (code) => house.info.categories.find((one) => one.code === code);
  const worker = () => house.room.members.find((one) => one.role === "worker") ?? house.room.members.find((one) => one.role !== "resident") ?? house.room.members[0];

  const flagPanel = $("panel-flags");
  const flagEmpty = el("div", { class: "nothing" });
  const flagList = el("ul", { class: "cards" });
  flagPanel.append(flagEmpty, flagList);

  const ticketPanel = $("panel-tickets");
  const ticketEmpty = el("div", { class: "nothing" });
  const ticketList = el("ul", { class: "cards" });

  function render() {
    const open = house.flags.filter((one) => one.state === "open");
    nothing(flagEmpty, house.flags.length === 0, SAY.noFlags);
    keep(flagList, [...open, ...house.flags.filter((one) => one.state !== "open")], {
      id: (one) => `${one.matter}:${one.reason}:${one.state}`, signature: (one) => JSON.stringify(one), make: flagCard,
    });
    nothing(ticketEmpty, house.tickets.length === 0, SAY.noTickets);
    keep(ticketList, house.tickets, { id: (one) => one.number, signature: (one) => JSON.stringify(one), make: ticketCard });
    const going = house.tickets.filter((one) => one.moves.length > 0).length;
    count("#tab-flags .count", open.length);
    count("#tab-tickets .count", going);
    count("#desk-count", open.length + going);
    if (!$("panel-journal").hidden) renderJournal();
  }

  // Flags

  function flagCard(one) {
    const open = one.state === "open";
    return el("li", { class: `card flag ${open ? "" : "over"}` },
      el("div", { class: "card-head" },
        el("h3", {}, leaf(one.category)?.name ?? KINDS[one.kind] ?? SAY.nobody),
        open ? el("span", { class: "badge amber" }, TO[one.to] ?? one.to) : el("span", { class: "badge" }, FLAG_STATES[one.state] ?? one.state),
        el("span", { class: "quietly" }, `${KINDS[one.kind] ?? ""} · ${SAY.confidence(one.confidence)} · ${day(one.at)}`)),
      el("p", { class: "reason" }, reason(one.reason)),
      evidence(one.messages),
      open ? decision(one) : "");
  }

  function decision(one) {
    const choice = categories(one.category, SAY.category);
    const decide = (verdict) => act(() => api(`/api/flags/${encodeURIComponent(one.matter)}/decide`, { verdict, by: worker().id, category: verdict === "accept" ? choice.value : undefined }), `${verdict === "accept" ? SAY.accept : SAY.reject} · ${SAY.done}`);
    return el("div", { class: "deeds" }, choice,
      el("button", { type: "button", class: "button small", on: { click: () => decide("accept") } }, SAY.accept),
      el("button", { type: "button", class: "button plain small", on: { click: () => decide("reject") } }, SAY.reject));
  }

  function reason(code) {
    if (code.startsWith("signal:")) return REASON_SIGNAL + (house.info.signals[code.slice(7)] ?? "");
    return REASONS[code] ?? REASON_OTHER;
  }

  // Tickets

  function ticketCard(one) {
    const supporters = one.supporters ?? [];
    return el("li", { class: `card ticket ${one.moves.length ? "" : "over"}`, data: { number: one.number } },
      el("div", { class: "card-head" },
        el("h3", {}, leaf(one.category)?.name ?? house.info.signals[one.signal] ?? KINDS[one.kind]),
        el("span", { class: `badge status ${one.status}` }, STATUSES[one.status]),
        el("span", { class: `badge ${one.urgency}` }, `${one.urgency} ${URGENCIES[one.urgency] ?? ""}`),
        one.private ? el("span", { class: "badge plum" }, SAY.private) : "",
        el("span", { class: "quietly" }, el("span", { class: "number" }, one.number), ` · ${KINDS[one.kind]} · ${SOURCES[one.source] ?? one.source} · ${day(one.opened)}`)),
      el("dl", { class: "people" },
        el("div", {}, el("dt", {}, SAY.reporter), el("dd", {}, one.reporter ? chat.personName(one.reporter) : SAY.nobody)),
        supporters.length ? el("div", {}, el("dt", {}, SAY.supporters), el("dd", {}, supporters.map(chat.personName).join("、"))) : ""),
      el("dl", { class: "facts" }, inOrder(one.facts).map((fact) => factRow(fact, one))),
      one.asked ? el("p", { class: "reason" }, SAY.waitsFor(FACTS[one.asked] ?? one.asked)) : "",
      one.source === "visit" ? "" : evidence(one.messages, one.masked),
      one.ratings.length ? el("p", { class: "reason" }, one.ratings.map((rating) => SAY.rating(chat.personName(rating.by), SCORES[rating.score])).join("；")) : "",
      moves(one));
  }

  const inOrder = (facts) => Object.keys(FACTS).flatMap((name) => facts.filter((fact) => fact.name === name));

  function factRow(fact, one) {
    const lines = fact.messages.map((id) => one.messages.find((line) => line.id === id)).filter(Boolean);
    const ids = lines.map((line) => line.id);
    const words = lines.length
      ? el("button", { type: "button", class: "fact", title: SAY.from + lines.map((line) => `${chat.nameOf(line)} ${clock(line.at)}`).join("、"), on: {
        click: () => chat.light(ids, true), mouseenter: () => chat.light(ids), mouseleave: chat.dim, focus: () => chat.light(ids), blur: chat.dim,
      } }, fact.text)
      : fact.text;
    return el("div", {}, el("dt", {}, FACTS[fact.name] ?? fact.name), el("dd", {}, words));
  }

  function evidence(messages, masked = []) {
    if (!messages.length) return "";
    return el("div", { class: "evidence" }, el("span", { class: "label" }, SAY.evidence),
      messages.map((line) => (masked.includes(line.id) ? el("span", { class: "source" }, SAY.gone) : chat.source(line))));
  }

  function moves(one) {
    const note = el("input", { type: "text", maxLength: 200, placeholder: SAY.noteHint, "aria-label": SAY.noteLabel });
    const go = (move, prefix = "") => act(() => api(`/api/tickets/${encodeURIComponent(one.number)}/move`, {
      move, by: worker().id, note: [prefix, note.value.trim()].filter(Boolean).join("："), key: key(),
    }), `${prefix || MOVES[move]} · ${SAY.done}`);
    const deeds = one.moves.map((move) => el("button", { type: "button", class: "button plain small", data: { move }, on: { click: () => go(move) } }, MOVES[move]));
    if (one.moves.includes("refused")) deeds.push(el("button", { type: "button", class: "button plain small", on: { click: () => go("refused", REFUSE_FOR_GOOD) } }, REFUSE_FOR_GOOD));
    return el("div", { class: "deeds" },
      deeds.length ? el("label", { class: "note" }, el("span", { class: "label" }, SAY.noteLabel), note) : "",
      ...deeds,
      el("button", { type: "button", class: "link", on: { click: () => { journalOf = one.number; show("tab-journal"); $("tab-journal").focus(); } } }, SAY.openJournal));
  }

  // A visit

  function visitForm() {
    const what = el("textarea", { rows: 2, maxLength: 500, required: true, placeholder: SAY.whatHint });
    const place = el("input", { type: "text", maxLength: 100, placeholder: SAY.whereHint });
    const choice = categories("0104", SAY.category);
    let once = key();
    const form = el("form", { on: { submit: (event) => {
      event.preventDefault();
      act(async () => {
        const { number } = await api("/api/visits", { room: house.room.id, by: worker().id, category: choice.value, what: what.value, place: place.value, key: once });
        once = key();
        form.reset();
        box.open = false;
        return SAY.filed(number);
      });
    } } },
    el("p", { class: "quietly" }, SAY.visitHint),
    el("label", {}, el("span", { class: "label" }, SAY.what), what),
    el("label", {}, el("span", { class: "label" }, SAY.whereLabel), place),
    el("label", {}, el("span", { class: "label" }, SAY.category), choice),
    el("div", { class: "deeds" }, el("button", { type: "submit", class: "button small" }, SAY.file), el("span", { class: "quietly by" })));
    const box = el("details", { class: "visit" }, el("summary", {}, SAY.visit), form);
    box.addEventListener("toggle", () => { box.querySelector(".by").textContent = SAY.by(worker().name); });
    return box;
  }

  function categories(chosen, label) {
    const groups = Object.entries(KINDS).map(([kind, name]) => {
      const mine = house.info.categories.filter((one) => one.kind === kind);
      return mine.length ? el("optgroup", { label: name }, mine.map((one) => el("option", { value: one.code, selected: one.code === chosen }, one.name))) : "";
    });
    return el("select", { "aria-label": label }, groups);
  }

  // The journal

  async function renderJournal() {
    const panel = $("panel-journal");
    if (!house.tickets.some((one) => one.number === journalOf)) journalOf = house.tickets[0]?.number ?? null;
    if (!journalOf) {
      journalRead = "";
      panel.replaceChildren(el("div", { class: "nothing" }, el("h3", {}, SAY.noJournal[0]), el("p", {}, SAY.noJournal[1])));
      return;
    }
    let told;
    try {
      told = await api(`/api/tickets/${encodeURIComponent(journalOf)}/journal`);
    } catch (error) {
      toast(error.message, true);
      return;
    }
    const now = JSON.stringify([told, house.tickets.map((one) => one.number)]);
    if (now === journalRead) return;
    journalRead = now;
    const choice = el("select", { "aria-label": SAY.pick, on: { change: () => { journalOf = choice.value; renderJournal(); } } },
      house.tickets.map((one) => el("option", { value: one.number, selected: one.number === journalOf }, `${leaf(one.category)?.name ?? ""} ${one.number}`)));
    panel.replaceChildren(
      choice,
      el("p", { class: `verdict ${told.broken.length ? "bad" : "good"}`, role: "status" },
        el("strong", {}, told.broken.length ? SAY.broken(told.broken.join("、")) : SAY.verified),
        told.broken.length ? "" : el("span", {}, SAY.verifiedNote(told.entries.length))),
      el("ol", { class: "chain" }, told.entries.map((one) => el("li", {},
        el("div", { class: "chain-head" },
          el("span", { class: "seq" }, String(one.seq)),
          el("strong", {}, MOVES[one.move] ?? one.move),
          one.was === one.status ? "" : el("span", { class: "path" }, `${one.was ? STATUSES[one.was] : ""} → ${STATUSES[one.status] ?? one.status}`)),
        el("p", { class: "quietly" }, `${day(one.at)} · ${chat.personName(one.by)}${one.reason ? ` · ${ENTRY_REASONS[one.reason] ?? one.reason}` : ""} · `, el("code", { title: one.hash }, one.hash.slice(0, 10))),
        one.words ? el("p", { class: "note-words" }, one.words) : ""))));
  }

  async function act(deed, done) {
    try {
      const told = await deed();
      toast(done ?? (typeof told === "string" ? told : SAY.done));
    } catch (error) {
      toast(error.message, true);
    }
  }

  function nothing(box, empty, [title, hint]) {
    box.hidden = !empty;
    box.replaceChildren(el("h3", {}, title), el("p", {}, hint));
  }

  function count(where, number) {
    document.querySelector(where).textContent = number ? String(number) : "";
  }

  return {
    render,
    start() {
      ticketPanel.append(visitForm(), ticketEmpty, ticketList);
      render();
    },
  };
}
