// The latest events, newest first. Many are drawn a few times a second; those that would not be seen are only counted.
import { atMostEvery, byId, count, el, orderLink, plural, rate, say, when, words } from "./dom.js";

const ROWS = 40;
const READ_OUT = 10_000;
const SECONDS = 3; // What speeds are the mean of.

const HAPPENED = {
  "order.created": () => "created",
  "order.held": (event) => `put on hold${event.reason ? `: ${event.reason}` : ""}`,
  "order.released": () => "released",
  "order.amended": () => "got other items",
  "order.corrected": (event) => `corrected, is ${words(event.state)}`,
};

const moved = (event) => `${words(event.previous_state ?? "")} → ${words(event.state)}`;

export class Latest {
  constructor() {
    this.body = byId("events");
    this.pause = byId("pause");
    this.draw = atMostEvery(250, () => this.paint());
    Object.assign(this, { fresh: [], seen: 0, passed: 0, untold: 0, last: null, seconds: [] });
    this.pause.addEventListener("click", () => {
      const on = this.pause.getAttribute("aria-pressed") !== "true";
      this.pause.setAttribute("aria-pressed", String(on));
      if (!on) this.draw();
    });
    setInterval(() => this.second(), 1000);
    setInterval(() => this.readOut(), READ_OUT);
  }

  get held() {
    return this.pause.getAttribute("aria-pressed") === "true";
  }

  take(events) {
    this.seen += events.length;
    this.untold += events.length;
    this.last = events.at(-1);
    const waiting = this.fresh.length + events.length;
    this.fresh = [...this.fresh, ...events.slice(-ROWS)].slice(-ROWS);
    this.passed += waiting - this.fresh.length;
    this.draw();
  }

  paint() {
    if (this.held) return;
    this.body.prepend(...this.fresh.reverse().map(row));
    this.fresh = [];
    // Who is on a row stays there.
    const old = [...this.body.rows].slice(ROWS).filter((row) => !row.contains(document.activeElement));
    for (const row of old) row.remove();
  }

  second() {
    this.seconds = [...this.seconds, [this.seen, this.passed]].slice(-SECONDS);
    this.seen = this.passed = 0;
    const [seen, passed] = [0, 1].map((part) => this.seconds.reduce((sum, each) => sum + each[part], 0) / SECONDS);
    const left = this.held ? "; the list stands still" : passed >= 1 ? `, ${count(passed)} of them not listed` : "";
    say(byId("rate"), seen ? `${rate(seen)} per second${left}` : "");
  }

  // Not each event: one sentence now and then.
  readOut() {
    if (!this.untold) return;
    say(byId("events-said"), `${plural(this.untold, "event")}; the latest: order ${this.last.order_id} is ${words(this.last.state)}.`);
    this.untold = 0;
  }
}

function row(event) {
  const happened = (HAPPENED[event.type] ?? moved)(event);
  return el(
    "tr",
    {},
    el("td", { class: "dim nowrap" }, when(event.occurred_at)),
    el("td", {}, orderLink(event.order_id)),
    el("td", {}, happened),
    el("td", { class: "dim cut", title: event.client_id }, event.client_id),
  );
}
