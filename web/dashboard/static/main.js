// The dashboard: what is asked, how often, and who shows it.
import { key, Source } from "./api.js";
import { Chart } from "./chart.js";
import { Counts, STATES } from "./counts.js";
import { Detail } from "./detail.js";
import { atMostEvery, byId, clock, count, duration, el, rate, say, words } from "./dom.js";
import { Fleet, showServers } from "./fleet.js";
import { Flow } from "./flow.js";
import { Latest } from "./latest.js";
import { Letters } from "./letters.js";
import { forgetNotices, notice, Panel, reason } from "./panels.js";
import { Search } from "./search.js";
import { Stream } from "./stream.js";

const lifecycle = new Panel("lifecycle");
const minutes = new Panel("minutes");
const latestPanel = new Panel("latest");
const counts = new Counts();
const flow = new Flow(byId("flow"));
const latest = new Latest();
const fleet = new Fleet();
const search = new Search();
const detail = new Detail();
const letters = new Letters();
const changes = new Chart("minutes", { title: "Changes of state per minute", series: ["per minute"], format: rate, span: 3600 });

const drawCounts = atMostEvery(250, () => {
  if (!counts.known) return;
  const now = counts.now();
  const { stuck = {}, time_in_state: stay = {} } = counts.stats;
  flow.show(now, stuck);
  say(byId("f-total"), count(Object.values(now).reduce((sum, each) => sum + each, 0)));
  say(byId("f-held"), count(counts.stats.on_hold));
  say(byId("f-stuck"), counts.stats.stuck ? count(Object.values(stuck).reduce((sum, each) => sum + each, 0)) : "–");
  byId("states").replaceChildren(...STATES.map((state) => stateRow(state, now[state], stay[state], stuck[state])));
});

function stateRow(state, number, stay, stuck) {
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, words(state)),
    el("td", { class: "number" }, count(number)),
    el("td", { class: "number" }, duration(stay?.mean_seconds)),
    el("td", { class: "number" }, stuck ? count(stuck) : ""),
  );
}

function showStats(stats) {
  lifecycle.fine();
  counts.take(stats);
  const age = stats.as_of ? `as of ${clock(stats.as_of)}` : "nobody counts them yet";
  say(byId("as-of"), `${age}${stats.complete ? "" : "; some partitions are not counted"}`);
  say(byId("flow-desc"), `${STATES.map((state) => `${words(state)} ${count(stats.by_state[state])}`).join(", ")}; ${age}.`);
  drawCounts();
  if (!stats.transitions_per_minute) return minutes.missing("These are known for all clients together only.");
  minutes.fine();
  changes.show(stats.transitions_per_minute.map(({ minute, transitions }) => ({ at: Date.parse(minute), values: [transitions] })));
}

function withoutStats(refusal) {
  for (const panel of [lifecycle, minutes]) panel.missing(reason(refusal));
}

let moves = new Map();

function happened(events) {
  for (const event of events) {
    counts.happen(event);
    const way = `${event.previous_state} ${event.state}`;
    if (event.previous_state !== event.state) moves.set(way, (moves.get(way) ?? 0) + 1);
  }
  latest.take(events);
  detail.happened(events);
  drawCounts();
}

setInterval(() => {
  for (const [way, times] of moves) flow.move(...way.split(" "), times);
  moves = new Map();
  flow.fade();
}, 1000);

const sources = [
  new Source({ path: "stats", seconds: 2, show: showStats, refused: withoutStats }),
  new Source({
    path: "admin/status",
    seconds: 2,
    show: (status) => fleet.show(status),
    refused: (refusal) => fleet.missing(reason(refusal)),
  }),
  new Source({
    path: "readyz",
    seconds: 5,
    show: ({ checks }) => (notice("facade", null), showServers(checks)),
    refused: (refusal) => {
      notice("facade", refusal.problem.checks ? null : refusal.message);
      if (refusal.problem.checks) showServers(refusal.problem.checks);
    },
  }),
  letters.source,
  new Stream({
    path: "events",
    seen: happened,
    told: (answer) => (answer === true ? latestPanel.fine() : latestPanel.missing(reason(answer))),
  }),
];

function start() {
  byId("access").hidden = true;
  byId("content").hidden = false;
  byId("forget").hidden = !key.get();
  for (const source of sources) source.start();
}

// Nothing of what one key may see stays for the next.
function forget() {
  for (const source of sources) source.stop();
  for (const part of [counts, latest, fleet, search, letters, changes]) part.forget();
  forgetNotices();
}

document.addEventListener("unidentified", ({ detail: refusal }) => {
  if (!byId("access").hidden) return;
  forget();
  if (byId("order").open) byId("order").close();
  byId("content").hidden = true;
  byId("access").hidden = false;
  byId("forget").hidden = true;
  say(byId("key-said"), key.get() ? refusal.message : "");
  key.forget();
  byId("key").value = "";
  byId("key").focus();
});

byId("access").querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  key.set(byId("key").value.trim());
  start();
});

byId("forget").addEventListener("click", () => {
  key.forget();
  location.reload();
});

for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}

window.addEventListener("hashchange", () => {
  const [, state] = location.hash.match(/^#state\/(\w+)$/) ?? [];
  if (!state) return;
  history.replaceState(null, "", location.pathname + location.search);
  search.listState(state);
});

start();
detail.follow();
