// The page: what the house is like now, fetched anew whenever the server says that something changed.

import { makeChat } from "./chat.js";
import { makeDay } from "./day.js";
import { makeDesk } from "./desk.js";
import { $, api, el, toast } from "./dom.js";
import { HEALTH, SAY } from "./words.js";

const house = { info: null, room: null, chats: {}, flags: [], tickets: [], showSide };
let chosen = "";
let fetching = false;
let again = false;
let stream = null;
let chat;
let desk;

function showSide(side) {
  document.querySelector(".sides").dataset.side = side;
  for (const button of document.querySelectorAll(".switch button")) button.setAttribute("aria-pressed", String(button.dataset.side === side));
}

function showHealth(state) {
  const node = $("health");
  node.textContent = HEALTH[state] ?? state;
  node.dataset.state = state;
}

async function refresh() {
  if (fetching) {
    again = true;
    return;
  }
  fetching = true;
  try {
    const state = await api(`/api/state?room=${encodeURIComponent(chosen)}`);
    const moved = house.room && house.room.id !== state.room.id;
    Object.assign(house, state);
    $("room-name").replaceChildren(state.room.name, el("small", {}, SAY.people(state.room.members.length)));
    showHealth(state.health);
    if (moved) chat.start();
    chat?.render();
    desk?.render();
  } catch {
    showHealth("offline");
  } finally {
    fetching = false;
  }
  if (again) {
    again = false;
    await refresh();
  }
}

/** Listen while the page can be seen: a hidden one holds no connection and looks anew when it comes back. */
function listen() {
  stream?.close();
  stream = null;
  if (document.hidden) return;
  stream = new EventSource("/api/changes");
  stream.addEventListener("open", refresh);
  stream.addEventListener("changed", refresh);
  stream.addEventListener("error", () => {
    showHealth("offline");
    if (stream?.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  });
}

async function start() {
  try {
    house.info = await api("/api/info");
  } catch (error) {
    showHealth("offline");
    toast(error.message, true);
    setTimeout(start, 2000);
    return;
  }
  $("pace").textContent = SAY.pace(house.info.quiet, house.info.staff);
  const rooms = $("room-choice");
  rooms.append(...house.info.rooms.map((room) => el("option", { value: room.id }, room.name)));
  rooms.hidden = house.info.rooms.length < 2;
  rooms.addEventListener("change", () => { chosen = rooms.value; refresh(); });
  chosen = house.info.rooms[0]?.id ?? "";
  await refresh();
  if (!house.room) {
    setTimeout(() => location.reload(), 2000);
    return;
  }
  chat = makeChat(house);
  desk = makeDesk(house, chat);
  makeDay(house);
  chat.start();
  desk.start();
  for (const button of document.querySelectorAll(".switch button")) button.addEventListener("click", () => showSide(button.dataset.side));
  document.addEventListener("visibilitychange", listen);
  listen();
}

start();
