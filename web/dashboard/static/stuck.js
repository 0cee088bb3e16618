// The orders that are in a state for longer than they should be: those that the statistics name.
import { byId, count, el, orderLink, say, when, words } from "./dom.js";

const HEADS = ["Order", "State", "Since", "Client"];

export class Stuck {
  constructor() {
    this.drawn = "";
    this.summary = el("summary");
    this.body = el("tbody");
    const heads = HEADS.map((name) => el("th", { scope: "col" }, name));
    const caption = el("caption", { class: "unseen" }, "Stuck orders");
    const table = el("table", {}, caption, el("thead", {}, el("tr", {}, ...heads)), this.body);
    this.details = el("details", { hidden: true }, this.summary, el("div", { class: "scroll" }, table));
    byId("lifecycle").append(this.details);
  }

  show(orders, total) {
    this.details.hidden = !orders.length;
    say(this.summary, `Stuck orders: ${orders.length < total ? `${count(orders.length)} of ${count(total)}` : count(total)}`);
    const drawn = JSON.stringify(orders);
    if (drawn === this.drawn) return; // Who has come to one of them by keyboard stays there.
    this.drawn = drawn;
    this.body.replaceChildren(...orders.map(row));
  }
}

function row({ order_id: orderId, client_id: client, state, since }) {
  const cells = [orderLink(orderId), words(state), when(since), client];
  return el("tr", {}, ...cells.map((cell) => el("td", {}, cell)));
}
