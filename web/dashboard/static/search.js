// Orders by their id, their client, their client and reference, or their state.
import { ask, Refusal } from "./api.js";
import { byId, el, orderHash, orderLink, plural, say, when, words } from "./dom.js";
import { STATES } from "./counts.js";
import { reason } from "./panels.js";

const LABELS = { order: "Order id", client: "Client id", reference: "Client id", state: "State" };
const FIELDS = "order_id,client_id,state,created_at";
const PAGE = 20;

export class Search {
  constructor() {
    this.by = byId("by");
    this.wanted = byId("wanted");
    this.reference = byId("reference");
    this.more = byId("more");
    this.query = null;
    const states = STATES.map((state) => el("option", { value: state }));
    byId("search").append(el("datalist", { id: "state-names" }, ...states));
    this.by.addEventListener("change", () => this.chosen());
    byId("search").querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.find();
    });
    this.more.addEventListener("click", () => this.page(this.more.value));
  }

  chosen() {
    say(byId("wanted-label"), LABELS[this.by.value]);
    byId("reference-part").hidden = this.by.value !== "reference";
    this.reference.required = this.by.value === "reference";
    if (this.by.value === "state") this.wanted.setAttribute("list", "state-names");
    else this.wanted.removeAttribute("list");
  }

  // From the picture of the lifecycle.
  listState(state) {
    this.by.value = "state";
    this.chosen();
    this.wanted.value = state;
    this.find();
    byId("search").scrollIntoView({ block: "nearest" });
  }

  find() {
    const wanted = this.wanted.value.trim();
    if (this.by.value === "order") {
      location.hash = orderHash(wanted);
      return;
    }
    const filters = {
      client: { client_id: wanted },
      reference: { client_id: wanted, external_ref: this.reference.value.trim() },
      state: { state: wanted.toLowerCase().replaceAll(" ", "_") },
    };
    this.query = new URLSearchParams({ ...filters[this.by.value], limit: PAGE, fields: FIELDS });
    byId("found").replaceChildren();
    this.page("");
  }

  async page(cursor) {
    const query = new URLSearchParams(this.query);
    if (cursor) query.set("cursor", cursor);
    const asked = this.query;
    say(byId("found-said"), "Looking …");
    try {
      const { orders, next_cursor: next } = await ask(`orders?${query}`);
      if (asked === this.query) this.show(orders, next);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      const errors = refusal.problem.errors?.map(({ parameter, detail }) => `${parameter} ${detail}`) ?? [];
      say(byId("found-said"), [reason(refusal), ...errors].join(" "));
      this.more.hidden = true;
    }
  }

  show(orders, next) {
    byId("found").append(...orders.map(item));
    const shown = byId("found").children.length;
    say(byId("found-said"), shown ? `${plural(shown, "order")}, the newest first${next ? "; there are more" : ""}` : "No orders found.");
    this.more.hidden = !next;
    this.more.value = next ?? "";
  }
}

function item(order) {
  const about = el("span", { class: "dim nowrap" }, `${words(order.state)}, `, when(order.created_at));
  return el("li", {}, orderLink(order.order_id), about);
}
