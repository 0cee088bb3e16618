// The dashboard: what is asked, how often, and who shows it.
import { Access } from "./access.js";
import { Source } from "./api.js";
import { Chart } from "./chart.js";
import { Counts, STATES, sumOf } from "./counts.js";
import { Detail } from "./detail.js";
import { atLeast, atMostEvery, byId, clock, count, duration, el, rate, say, words } from "./dom.js";
import { Fleet, showServers } from "./fleet.js";
import { Flow } from "./flow.js";
import { Latest } from "./latest.js";
import { Letters } from "./letters.js";
import { notice, Panel, reason } from "./panels.js";
import { Search } from "./search.js";
import { Stream } from "./stream.js";
import { Stuck } from "./stuck.js";
import { Tally } from "./tally.js";

const lifecycle = new Panel("lifecycle");
const minutes = new Panel("minutes");
const latestPanel = new Panel("latest");
const counts = new Counts();
const flow = new Flow(byId("flow"));
const latest = new Latest();
const fleet = new Fleet();
const stuckOrders = new Stuck();
const search = new Search();
const detail = new Detail();
const letters = new Letters();
const changes = new Chart("minutes", { title: "Changes of state per minute", series: ["per minute"], format: rate, span: 3600 });

const drawCounts = atMostEvery(250, () => {
  if (!counts.known) return;
  const now = counts.now();
  const { stuck = {}, time_in_state: stay = {} } = counts.stats;
  flow.show(now, stuck, counts.capped);
  say(byId("f-total"), atLeast(sumOf(now), counts.capped.size));
  say(byId("f-held"), count(counts.stats.on_hold));
  say(byId("f-stuck"), counts.stats.stuck ? count(sumOf(stuck)) : "–");
  const number = (state) => atLeast(now[state], counts.capped.has(state));
  byId("states").replaceChildren(...STATES.map((state) => stateRow(number(state), stay[state], stuck[state], state)));
});

function stateRow(number, stay, stuck, state) {
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, words(state)),
    el("td", { class: "number" }, number),
    el("td", { class: "number" }, duration(stay?.mean_seconds)),
    el("td", { class: "number" }, stuck ? count(stuck) : ""),
  );
}

function showStats(stats) {
  if (!stats.as_of) return withoutStats("No instance of insights counts orders now.", true);
  lifecycle.fine();
  counts.take(stats);
  const age = `as of ${clock(stats.as_of)}`;
  say(byId("as-of"), `${age}${stats.complete ? "" : "; some partitions are not counted"}`);
  say(byId("flow-desc"), `${STATES.map((state) => `${words(state)} ${count(stats.by_state[state])}`).join(", ")}; ${age}.`);
  drawCounts();
  stuckOrders.show(stats.stuck_orders ?? [], sumOf(stats.stuck ?? {}));
  if (!stats.transitions_per_minute) return minutes.missing("These are known for all clients together only.");
  minutes.fine();
  const first = stats.transitions_per_minute.findIndex(({ transitions }) => transitions > 0);
  const known = first < 0 ? [] : stats.transitions_per_minute.slice(first);
  changes.show(known.map(({ minute, transitions }) => ({ at: Date.parse(minute), values: [transitions] })));
}

const tally = new Tally((counted) => {
  counts.recount(counted);
  say(byId("as-of"), `counted in the database at ${clock(counted.as_of)}`);
  drawCounts();
});

function withoutStats(why, countable) {
  for (const panel of [lifecycle, minutes]) panel.missing(why);
  if (countable) tally.count();
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
  new Source({ path: "stats", seconds: 2, show: showStats, refused: (refusal) => withoutStats(reason(refusal), !refusal.lasting) }),
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

for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}

window.addEventListener("hashchange", () => {
  const [, state] = location.hash.match(/^#state\/(\w+)$/) ?? [];
  if (!state) return;
  history.replaceState(null, "", location.pathname + location.search);
  search.listState(state);
});

new Access(() => {
  for (const source of sources) source.start();
  detail.follow();
}).enter();
