// How many orders are in each state: what the statistics said last, and what has happened since.
export const STATES = [
  "created", "confirmed", "assigned", "picked_up", "in_transit", "out_for_delivery",
  "attempt_failed", "returning", "delivered", "returned", "cancelled", "failed",
];

export const sumOf = (counts) => Object.values(counts).reduce((sum, each) => sum + each, 0);

const KEPT_SECONDS = 120;
const NONE = new Set();

export class Counts {
  constructor() {
    this.stats = null;
    this.since = new Map(); // By second: how each state has changed.
  }

  get known() {
    return this.stats !== null;
  }

  // States of which there may be more than is shown.
  get capped() {
    return this.stats?.capped ?? NONE;
  }

  // From somewhere else, just now: whatever has happened is in it.
  recount(stats) {
    this.stats = stats;
    this.since.clear();
  }

  // Statistics come every few seconds; what they include is not counted twice.
  take(stats) {
    this.stats = stats;
    const second = Math.floor(Date.parse(stats.as_of) / 1000);
    for (const each of this.since.keys()) if (each <= second) this.since.delete(each);
  }

  happen(event) {
    if (event.previous_state === event.state) return;
    const second = Math.floor(Date.parse(event.occurred_at) / 1000);
    let changes = this.since.get(second);
    if (!changes) {
      this.since.set(second, (changes = {}));
      if (this.since.size > KEPT_SECONDS) this.since.delete(this.since.keys().next().value);
    }
    changes[event.state] = (changes[event.state] ?? 0) + 1;
    if (event.previous_state) changes[event.previous_state] = (changes[event.previous_state] ?? 0) - 1;
  }

  // By state, never below nothing.
  now() {
    const found = Object.fromEntries(STATES.map((state) => [state, this.stats?.by_state[state] ?? 0]));
    for (const changes of this.since.values()) {
      for (const [state, change] of Object.entries(changes)) found[state] = (found[state] ?? 0) + change;
    }
    for (const state of Object.keys(found)) found[state] = Math.max(0, found[state]);
    return found;
  }
}
