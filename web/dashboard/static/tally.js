// Counts without statistics: the database counts the orders of each state, one after the other and not often.
import { ask, Refusal } from "./api.js";
import { STATES } from "./counts.js";

const PAUSE = 15_000;

export class Tally {
  // `take` is given what looks like statistics; `capped` holds the states of which there may be more.
  constructor(take) {
    this.take = take;
    this.next = 0;
  }

  async count() {
    if (performance.now() < this.next) return;
    this.next = Infinity;
    try {
      const [by_state, capped] = [{}, new Set()];
      for (const state of STATES) {
        const { total } = await ask(`orders?state=${state}&limit=1&fields=order_id&total=estimated`);
        by_state[state] = total.value;
        if (total.relation === "gte") capped.add(state);
      }
      this.take({ by_state, capped, as_of: new Date().toISOString(), complete: true });
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal; // The panel says already that there are no counts.
    } finally {
      this.next = performance.now() + PAUSE;
    }
  }
}
