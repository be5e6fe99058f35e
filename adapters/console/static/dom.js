// Small helpers: making elements, asking the server, telling the time.

import { SAY } from "./words.js";

/** An element with properties, data, listeners and children; children are texts or nodes, never markup. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (key === "data") Object.assign(node.dataset, value);
    else if (key === "class") node.className = value;
    else if (key in node && key !== "list") node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

export const $ = (id) => document.getElementById(id);

/** An answer of the server; throws an Error with a sentence that can be shown. */
export async function api(path, body) {
  const options = body === undefined ? {}
    : body instanceof Blob ? { method: "POST", body, headers: { "Content-Type": body.type || "application/octet-stream" } }
    : { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Error(SAY.offline);
  }
  const told = await response.json().catch(() => ({ error: SAY.offline }));
  if (!response.ok) throw new Error(told.error || SAY.offline);
  return told;
}

/** 09:05, as on the clock of the neighbourhood (the instant carries its offset). */
export const clock = (at) => (at || "").slice(11, 16);
export const day = (at) => `${Number((at || "").slice(5, 7))}月${Number((at || "").slice(8, 10))}日 ${clock(at)}`;

/** A key that makes a deed happen once. */
export const key = () => `page-${Array.from(crypto.getRandomValues(new Uint8Array(12)), (one) => one.toString(16).padStart(2, "0")).join("")}`;

let toasting;
export function toast(sentence, wrong = false) {
  const node = $("toast");
  node.textContent = sentence;
  node.classList.toggle("wrong", wrong);
  node.hidden = false;
  clearTimeout(toasting);
  toasting = setTimeout(() => { node.hidden = true; }, 5000);
}

/** Children of a list as they should be, keeping those nodes whose signature is the same (and what is typed in them). */
export function keep(parent, items, { id, signature, make }) {
  const held = new Map(Array.from(parent.children, (node) => [node.dataset.keep, node]));
  let before = parent.firstElementChild;
  for (const item of items) {
    const name = id(item);
    const sign = signature(item);
    let node = held.get(name);
    held.delete(name);
    if (!node || node.dataset.sign !== sign) {
      const fresh = make(item);
      fresh.dataset.keep = name;
      fresh.dataset.sign = sign;
      if (node) {
        if (before === node) before = fresh;
        node.replaceWith(fresh);
      }
      node = fresh;
    }
    if (node === before) before = before.nextElementSibling;
    else parent.insertBefore(node, before);
  }
  for (const node of held.values()) node.remove();
}

/** Arrow keys in a list of tabs. */
export function tabs(list, chosen) {
  const all = Array.from(list.querySelectorAll('[role="tab"]'));
  const choose = (tab, focus) => {
    for (const one of all) {
      one.setAttribute("aria-selected", String(one === tab));
      one.tabIndex = one === tab ? 0 : -1;
    }
    if (focus) tab.focus();
    chosen(tab.id);
  };
  for (const [place, tab] of all.entries()) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) choose(all[(place + step + all.length) % all.length], true);
    });
  }
  return (id) => choose(all.find((tab) => tab.id === id));
}
