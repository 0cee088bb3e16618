// What stands where something is missing: on the panel that would show it, and once for all at the top.
import { byId, clock, el, say } from "./dom.js";

export class Panel {
  constructor(id) {
    this.note = el("p", { class: "note", hidden: true });
    byId(id).querySelector(".head").after(this.note);
    this.known = null;
  }

  fine() {
    this.known = Date.now();
    this.note.hidden = true;
  }

  // What was shown before stays, and says how old it is.
  missing(text) {
    const said = this.known ? `As of ${clock(this.known)}. ${text}` : text;
    this.note.classList.toggle("stale", this.known !== null);
    say(this.note, said);
    this.note.hidden = false;
  }
}

// A refusal in the words of who looks at the page.
export function reason(refusal) {
  const { scope, client_id: client } = refusal.problem;
  if (refusal.status === 401) return "Nobody has said who asks.";
  if (refusal.status === 403 && client) return `Your key may not see this: it is for orders of the client ${client} only.`;
  if (refusal.status === 403) return `Your key may not see this: it lacks the scope ${scope ?? "for it"}.`;
  return refusal.message;
}

const standing = new Map();

// What is missing, by its name; nothing when it is there again.
export function notice(name, text) {
  if ((standing.get(name) ?? "") === (text ?? "")) return;
  if (text) standing.set(name, text);
  else standing.delete(name);
  byId("notices").replaceChildren(...[...standing.values()].map((said) => el("p", { class: "notice" }, said)));
}
