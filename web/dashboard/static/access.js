// Who asks: the page begins when the facade lets it, asks for a key where it has to, and leaves one key nothing of another.
import { ask, key, Refusal } from "./api.js";
import { byId, say } from "./dom.js";

const WHY = "orderflow.why";

export class Access {
  constructor(begin) {
    this.begin = begin;
    this.begun = false;
    this.why = sessionStorage.getItem(WHY) ?? "";
    sessionStorage.removeItem(WHY);
    document.addEventListener("unidentified", ({ detail: refusal }) => this.refused(refusal));
    byId("forget").addEventListener("click", () => this.leave(""));
    byId("access").querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      key.set(byId("key").value.trim());
      this.enter();
    });
  }

  // One question first: where somebody has to say who they are, all the others would be refused as well.
  async enter() {
    try {
      await ask("stats");
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      if (refusal.status === 401) return;
      if (refusal.status === 429) say(byId("key-said"), refusal.message);
      if (refusal.status === 429 && !byId("access").hidden) return;
    }
    this.begun = true;
    byId("access").hidden = true;
    byId("content").hidden = false;
    byId("forget").hidden = !key.get();
    this.begin();
  }

  refused(refusal) {
    const why = key.get() ? refusal.message : this.why;
    if (this.begun) {
      this.leave(why);
      return;
    }
    key.forget();
    byId("content").hidden = true;
    byId("access").hidden = false;
    say(byId("key-said"), why);
    byId("key").value = "";
    byId("key").focus();
  }

  // By a fresh page, so that nothing stays of what the key could see.
  leave(why) {
    key.forget();
    if (why) sessionStorage.setItem(WHY, why);
    location.reload();
  }
}
