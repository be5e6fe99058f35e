// A recorded day, or a chat that somebody brought: it runs past in a few seconds and ends with one line.

import { $, api, clock, el } from "./dom.js";
import { DAY, KINDS, MEDIA, SCORES, STATUSES } from "./words.js";

const RUN_MS = 7000;
const SHOWN = 40;
const ORIGINS = 4;
const LARGEST = 4 * 1024 * 1024 * 0.9;

export function makeDay(house) {
  let running = null;

  for (const sheet of document.querySelectorAll("dialog.sheet")) {
    sheet.querySelector("[data-close]").addEventListener("click", () => sheet.close());
  }
  $("day").addEventListener("close", () => { running?.(false); });

  $("play-day").addEventListener("click", async () => {
    openDay(DAY.day);
    try {
      run(await api("/api/rehearse", { day: house.info.days[0] ?? "" }));
    } catch (error) {
      $("day-body").replaceChildren(el("p", { class: "fault", role: "alert" }, error.message));
    }
  });

  // One's own chat

  $("try-own").addEventListener("click", () => { ownFault(""); $("own").showModal(); $("own-text").focus(); });
  $("own-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.target.querySelector('[type="submit"]');
    ownFault("");
    button.disabled = true;
    try {
      const told = await api("/api/rehearse", { text: $("own-text").value });
      $("own").close();
      openDay(DAY.own);
      run(told);
    } catch (error) {
      ownFault(error.message);
    } finally {
      button.disabled = false;
    }
  });
  $("own-file").addEventListener("change", (event) => { take(event.target.files[0]); event.target.value = ""; });
  const drop = $("drop");
  for (const name of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
      if (name === "drop") take(event.dataTransfer.files[0]);
    });
  }

  async function take(file) {
    if (!file) return;
    if (file.size > LARGEST) return ownFault(DAY.tooLarge);
    const bytes = await file.arrayBuffer();
    let text;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      text = new TextDecoder("gb18030").decode(bytes);
    }
    $("own-text").value = text;
    ownFault("");
  }

  function ownFault(sentence) {
    $("own-fault").textContent = sentence;
    $("own-fault").hidden = !sentence;
  }

  // The running picture

  function openDay(title) {
    $("day-title").textContent = title;
    $("day-body").replaceChildren(el("p", { class: "reading", role: "status" }, DAY.reading));
    $("day").showModal();
  }

  function run(told) {
    const said = new Map(told.lines.map((line) => [line.id, line]));
    const counters = Object.fromEntries(Object.keys(DAY.counters).map((name) => [name, el("strong", {}, "0")]));
    const list = el("ol", { class: "running", "aria-hidden": "true" });
    const clockFace = el("span", { class: "clock" });
    const skip = el("button", { type: "button", class: "button plain small", on: { click: () => running?.(true) } }, DAY.skip);
    $("day-body").replaceChildren(
      el("div", { class: "meter" }, clockFace, Object.entries(DAY.counters).map(([name, label]) => el("span", {}, counters[name], ` ${label}`)), skip),
      list);
    skip.focus();
    const steps = inOrder(told, said);
    const count = { messages: 0, flags: 0, posts: 0 };
    let next = 0;
    const started = performance.now();
    const advance = (until) => {
      const first = Math.max(next, until - SHOWN);
      for (; next < until; next += 1) {
        const step = steps[next];
        count.messages += step.line ? 1 : 0;
        count.flags += step.row?.type === "flag" ? 1 : 0;
        count.posts += step.row?.type === "say" ? 1 : 0;
        if (next >= first) list.append(step.line ? lineItem(step.line) : rowItem(step.row));
      }
      while (list.children.length > SHOWN) list.firstElementChild.remove();
      list.scrollTop = list.scrollHeight;
      for (const [name, value] of Object.entries(count)) counters[name].textContent = String(value);
      counters.silent.textContent = String(Math.max(0, count.messages - count.flags - count.posts));
      clockFace.textContent = clock(steps[next - 1]?.at);
    };
    let frame = 0;
    running = (show) => {
      cancelAnimationFrame(frame);
      running = null;
      if (show) end(told, said);
    };
    const tick = (now) => {
      advance(Math.min(steps.length, Math.ceil(((now - started) / RUN_MS) * steps.length)));
      if (next < steps.length) frame = requestAnimationFrame(tick);
      else running?.(true);
    };
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) running(true);
    else frame = requestAnimationFrame(tick);
  }

  function inOrder(told) {
    const rows = told.rows.filter((row, index) => row.type !== "ticket" || told.rows.findIndex((other) => other.number === row.number && other.type === "ticket") === index);
    return [...told.lines.map((line) => ({ at: line.at, line })), ...rows.map((row) => ({ at: row.at, row }))]
      .sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  }

  const lineItem = (line) => el("li", {}, el("time", {}, clock(line.at)), el("b", {}, line.name), line.text || MEDIA[line.kind] || "");
  const rowItem = (row) => el("li", { class: `event ${row.type}` }, el("time", {}, clock(row.at)), el("b", {}, DAY.rows[row.type] ?? row.type), short(row));
  const leaf = (code) => house.info.categories.find((one) => one.code === code)?.name;

  function short(row) {
    if (row.type === "say" || row.type === "whisper") return row.text;
    if (row.type === "alert") return house.info.signals[row.signal] ?? row.signal;
    if (row.type === "rating") return SCORES[row.score] ?? row.score;
    return leaf(row.category) ?? KINDS[row.kind] ?? "";
  }

  // How it ends

  function end(told, said) {
    const body = $("day-body");
    const numbers = (told.summary.match(/\d+/g) ?? []).map(Number);
    const finals = new Map(told.rows.filter((row) => row.type === "ticket").map((row) => [row.number, row]));
    const of = {
      alert: told.rows.filter((row) => row.type === "alert"),
      ticket: [...finals.values()],
      say: told.rows.filter((row) => row.type === "say"),
      whisper: told.rows.filter((row) => row.type === "whisper"),
      flag: told.rows.filter((row) => row.type === "flag"),
      rating: told.rows.filter((row) => row.type === "rating"),
    };
    const some = Object.entries(of).filter(([, rows]) => rows.length);
    body.replaceChildren(
      el("p", { class: "summary", id: "summary", role: "status", tabIndex: -1 }, told.summary),
      numbers.length > 1 && numbers[0] > 0 ? el("p", { class: "quietly share" }, DAY.share(numbers[1], numbers[0])) : "",
      some.length ? "" : el("p", {}, DAY.nothing),
      el("div", { class: "results" }, some.map(([type, rows]) => el("section", { class: `result ${type}` },
        el("h3", {}, DAY.sections[type], el("span", { class: "count" }, String(rows.length))),
        el("ul", {}, rows.map((row) => item(row, said, told.names)))))));
    $("summary").focus({ preventScroll: true });
  }

  function item(row, said, names) {
    const ids = row.type === "say" || row.type === "whisper" ? row.about : row.messages ?? [];
    const lines = ids.map((id) => said.get(id)).filter(Boolean);
    const to = [row.to].flat().map((id) => names[id]).filter(Boolean);
    const head = row.type === "ticket"
      ? [el("b", {}, leaf(row.category) ?? KINDS[row.kind]), ` ${row.facts.place ?? ""} `, el("span", { class: "quietly" }, `${row.number} · ${row.urgency} · ${STATUSES[row.status] ?? row.status}`)]
      : row.type === "rating" ? [`${names[row.by] ?? row.by}：${SCORES[row.score] ?? row.score}`]
      : [row.type === "say" || row.type === "whisper" ? el("b", {}, to.map((name) => `@${name} `).join("")) : "", row.type === "say" || row.type === "whisper" ? row.text : el("b", {}, short(row))];
    return el("li", {},
      el("p", {}, el("time", {}, clock(row.at)), head),
      lines.length ? el("p", { class: "origin" }, origin(lines)) : "");
  }

  /** Who said what, each name once in a row. */
  function origin(lines) {
    const shown = lines.slice(0, ORIGINS).map((line, place) => {
      const again = lines[place - 1]?.sender === line.sender;
      const name = again ? "" : `${line.name}${line.private ? DAY.private : ""}：`;
      return `${place && !again ? "　" : ""}${again ? " / " : ""}${name}${line.text || MEDIA[line.kind] || ""}`;
    });
    return shown.join("") + (lines.length > ORIGINS ? DAY.more(lines.length) : "");
  }
}
