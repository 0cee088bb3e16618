// One order with its timeline, in a dialog that its address opens; it follows what happens to the order.
import { ask, Refusal } from "./api.js";
import { atMostEvery, byId, count, duration, el, ORDER, plural, say, when, words } from "./dom.js";
import { reason } from "./panels.js";

const ITEMS = 20;

export class Detail {
  constructor() {
    this.dialog = byId("order");
    this.body = byId("order-body");
    this.orderId = null;
    this.again = atMostEvery(1000, () => this.read());
    this.dialog.addEventListener("close", () => this.closed());
    window.addEventListener("hashchange", () => this.follow());
  }

  // What the address names is shown.
  follow() {
    const named = location.hash.startsWith(ORDER) ? decoded(location.hash.slice(ORDER.length)) : "";
    if (!named) {
      if (this.dialog.open) this.dialog.close();
      return;
    }
    this.orderId = named;
    say(byId("order-title"), `Order ${named}`);
    this.body.replaceChildren(el("p", { class: "said" }, "Looking …"));
    if (!this.dialog.open) this.dialog.showModal();
    byId("order-title").focus();
    this.read();
  }

  closed() {
    this.orderId = null;
    if (location.hash.startsWith(ORDER)) history.replaceState(null, "", location.pathname + location.search);
  }

  happened(events) {
    if (this.orderId && events.some((event) => event.order_id === this.orderId)) this.again();
  }

  async read() {
    const orderId = this.orderId;
    if (!orderId) return;
    const path = `orders/${encodeURIComponent(orderId)}`;
    try {
      const [order, { history: changes }] = await Promise.all([ask(path), ask(`${path}/history`)]);
      if (orderId === this.orderId) this.show(order, changes);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      if (orderId === this.orderId) this.body.replaceChildren(el("p", { class: "note", role: "alert" }, reason(refusal)));
    }
  }

  show(order, changes) {
    const timeline = el("ol", { class: "timeline" }, ...changes.map((change, place) => entry(change, changes[place - 1])));
    this.body.replaceChildren(facts(order), el("h3", {}, `Timeline, ${plural(changes.length, "change")}`), timeline, ...items(order));
  }
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // Somebody wrote the address by hand.
  }
}

function facts(order) {
  const next = order.allowed_transitions.map(words).join(", ") || "nowhere: this is its end";
  const pairs = [
    ["State", el("strong", {}, words(order.state))],
    ["May move to", next],
    order.on_hold ? ["On hold", el("span", { class: "warn" }, order.hold_reason)] : null,
    ["Client", order.client_id],
    order.external_ref ? ["Reference", order.external_ref] : null,
    ["Total", `${money(order.total)} ${order.currency}, ${plural(order.items.length, "item")}`],
    order.failed_attempts ? ["Failed attempts", count(order.failed_attempts)] : null,
    order.placed_at ? ["Placed", when(order.placed_at)] : null,
    ["Created", when(order.created_at)],
    ["Changed", when(order.updated_at)],
    ["Version", count(order.version)],
  ];
  return el("dl", { class: "facts" }, ...pairs.filter(Boolean).flatMap(([name, said]) => [el("dt", {}, name), el("dd", {}, said)]));
}

const KINDS = {
  "order.created": () => "Created",
  "order.held": () => "Put on hold",
  "order.released": () => "Released",
  "order.amended": () => "Got other items",
  "order.corrected": (change) => `Corrected${change.from === change.to ? "" : `: ${words(change.from)} → ${words(change.to)}`}`,
};

function entry(change, before) {
  const what = (KINDS[change.type] ?? (() => `${words(change.from)} → ${words(change.to)}`))(change);
  const later = before ? `, ${duration((Date.parse(change.at) - Date.parse(before.at)) / 1000)} later` : "";
  const place = change.location?.label ?? (change.location ? `${change.location.lat}, ${change.location.lon}` : null);
  const by = change.actor ? `, by ${change.actor}` : "";
  const more = [change.reason && `because: ${change.reason}`, change.note, place && `at ${place}`];
  return el(
    "li",
    {},
    el("strong", {}, what),
    el("p", {}, when(change.at), later, by),
    ...more.filter(Boolean).map((line) => el("p", {}, line)),
    el("p", {}, "command ", el("code", {}, change.command_id)),
  );
}

function items(order) {
  const head = ["Article", "Quantity", "Price"].map((name, place) => el("th", { scope: "col", class: place ? "number" : "" }, name));
  const rows = order.items.slice(0, ITEMS).map(({ sku, name, quantity, price }) =>
    el(
      "tr",
      {},
      el("td", {}, name, el("span", { class: "dim" }, ` ${sku}`)),
      el("td", { class: "number" }, count(quantity)),
      el("td", { class: "number" }, money(price)),
    ),
  );
  const left = order.items.length - rows.length;
  const table = el("table", {}, el("caption", { class: "unseen" }, "Items"), el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows));
  return [el("h3", {}, "Items"), table, left > 0 ? el("p", { class: "said" }, `and ${count(left)} more`) : null].filter(Boolean);
}

const MONEY = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 4 });
const money = (amount) => MONEY.format(amount);
