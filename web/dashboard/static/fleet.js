// Those that work: instances with their speed and partitions, what waits in each partition, and which servers answer.
import { Chart } from "./chart.js";
import { byId, count, duration, el, plural, rate, say } from "./dom.js";
import { notice, Panel } from "./panels.js";

const SPAN = 300;

export class Fleet {
  constructor() {
    this.panels = ["workers", "lag", "throughput", "latency"].map((id) => new Panel(id));
    this.throughput = new Chart("throughput", { title: "Commands per second", series: ["per second"], format: rate, span: SPAN });
    this.latency = new Chart("latency", {
      title: "Latency of commands", series: ["p99", "p50"], format: duration, span: SPAN,
    });
  }

  missing(text) {
    for (const panel of this.panels) panel.missing(text);
    unknown("f-speed", "f-latency", "f-lag");
  }

  show(status) {
    const lost = new Map(status.missing.map(({ what, why }) => [what, why]));
    const [workers, lag, throughput, latency] = this.panels;
    if (lost.has("workers")) unknown("f-speed", "f-latency");
    if (lost.has("lag")) unknown("f-lag");
    this.told(lost.get("workers"), [workers, throughput, latency], () => this.speeds(status.workers));
    this.told(lost.get("lag"), [lag], () => this.waiting(status.lag));
  }

  told(why, panels, show) {
    for (const panel of panels) why ? panel.missing(why) : panel.fine();
    if (!why) show();
  }

  speeds(instances) {
    const workers = instances.filter(({ role }) => role === "worker");
    const speed = workers.reduce((sum, each) => sum + each.commands_per_second, 0);
    const { p50, p99 } = latencyOf(workers);
    this.throughput.push([speed]);
    this.latency.push([p99, p50]);
    say(byId("f-speed"), workers.length ? rate(speed) : "–");
    say(byId("f-latency"), duration(p99));
    say(byId("workers-about"), workers.length ? plural(workers.length, "worker") : "No worker gives a sign of life.");
    byId("instances").replaceChildren(...instances.map(instanceRow));
  }

  waiting(lag) {
    const most = Math.max(1, ...lag.map((each) => each.lag));
    const commands = lag.filter(({ group }) => group.endsWith("orderflow-worker"));
    say(byId("f-lag"), count(commands.reduce((sum, each) => sum + each.lag, 0)));
    byId("partitions").replaceChildren(...lag.map((each) => lagRow(each, most)));
  }
}

// A figure of a while ago would pass for one of now.
function unknown(...figures) {
  for (const figure of figures) say(byId(figure), "–");
}

// Half of all commands: the mean of the workers, by how much each does. 99 of 100: the slowest worker's.
function latencyOf(workers) {
  const known = workers.filter(({ latency_seconds: latency }) => latency);
  const weight = (worker) => Math.max(worker.commands_per_second, 0.001);
  const all = known.reduce((sum, each) => sum + weight(each), 0);
  return {
    p50: known.reduce((sum, each) => sum + each.latency_seconds.p50 * weight(each), 0) / (all || NaN),
    p99: known.length ? Math.max(...known.map(({ latency_seconds: latency }) => latency.p99)) : NaN,
  };
}

function instanceRow({ role, instance, host, version, partitions, commands_per_second: speed, latency_seconds: latency, lag }) {
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, instance, el("div", { class: "dim" }, `${role} ${version} on ${host}`)),
    el("td", {}, partitions.length ? ranges(partitions) : el("span", { class: "dim" }, "none")),
    el("td", { class: "number" }, rate(speed)),
    el("td", { class: "number" }, duration(latency?.p50)),
    el("td", { class: "number" }, duration(latency?.p99)),
    el("td", { class: "number" }, count(lag)),
  );
}

// 0, 1, 2, 5 as 0–2, 5.
function ranges(numbers) {
  const parts = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = parts.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([from, to]) => (from === to ? from : `${from}–${to}`)).join(", ");
}

function lagRow({ group, topic, partition, lag, member }, most) {
  const bar = el("span", { class: "long", "aria-hidden": "true" });
  bar.style.width = `${(4 * lag) / most}rem`;
  return el(
    "tr",
    {},
    el("td", { title: `read by ${group}` }, topic),
    el("td", { class: "number" }, partition),
    el("td", { class: "nowrap" }, el("span", { class: "lag" }, count(lag)), bar),
    el("td", { class: "cut", title: member ?? "" }, member ?? el("span", { class: "warn" }, "nobody")),
  );
}

const NAMES = { kafka: "Kafka", mongodb: "MongoDB", redis: "Redis" };

export function showServers(checks) {
  const shown = Object.entries(checks).map(([name, said]) => {
    const fine = said === "ok";
    return el("li", { class: fine ? "" : "bad" }, el("span", { class: fine ? "good" : "bad", "aria-hidden": "true" }, fine ? "● " : "▲ "), `${NAMES[name] ?? name} ${said}`);
  });
  byId("servers").replaceChildren(...shown);
  for (const [name, said] of Object.entries(checks)) notice(name, said === "ok" ? null : `${NAMES[name] ?? name} is away${CONSEQUENCES[name] ?? "."}${said === "away" ? "" : ` (${said})`}`);
}

const CONSEQUENCES = {
  kafka: ": nothing can be written, and no events or lags are known.",
  mongodb: ": orders cannot be found; what workers do waits.",
  redis: ": statistics and what workers tell of themselves are missing. Orders, events and dead letters are shown all the same.",
};
