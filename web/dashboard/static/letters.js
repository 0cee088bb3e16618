// Dead letters, and putting one back onto the command topic after asking once more.
import { ask, Refusal, Source } from "./api.js";
import { atLeast, byId, count, el, say, when } from "./dom.js";
import { Panel, reason } from "./panels.js";

const SHOWN = 20;
const SECONDS = 15;

export class Letters {
  constructor() {
    this.panel = new Panel("letters");
    this.dialog = byId("confirm");
    this.chosen = null;
    this.drawn = "";
    this.source = new Source({
      path: `admin/dead-letters?limit=${SHOWN}`,
      seconds: SECONDS,
      show: (said) => this.show(said),
      refused: (refusal) => this.panel.missing(reason(refusal)),
    });
    byId("look").addEventListener("click", () => this.source.start());
    byId("confirm-yes").addEventListener("click", () => this.replay());
  }

  show({ dead_letters: letters, next_cursor: next }) {
    this.panel.fine();
    say(byId("f-letters"), atLeast(letters.length, next));
    say(byId("letters-about"), letters.length ? (next ? `the first ${SHOWN}` : "") : "None: every record could be worked on.");
    const drawn = JSON.stringify(letters);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    byId("dead").replaceChildren(...letters.map((letter) => this.row(letter)));
  }

  row(letter) {
    const button = el("button", { type: "button", class: "quiet", "aria-label": `Replay dead letter ${letter.id}` }, "Replay");
    button.addEventListener("click", () => this.confirm(letter));
    return el(
      "tr",
      {},
      el("th", { scope: "row", class: "nowrap" }, letter.id),
      el("td", { class: "nowrap" }, when(letter.at)),
      el("td", {}, letter.stage ?? "unknown"),
      el("td", { class: "cut", title: letter.key ?? "" }, letter.key ?? el("span", { class: "dim" }, "none")),
      el("td", {}, letter.error_message ?? letter.error_class ?? "unknown"),
      el("td", { class: "number" }, count(letter.replays)),
      el("td", {}, button),
    );
  }

  confirm(letter) {
    this.chosen = letter;
    const origin = letter.origin ? `${letter.origin.topic}, partition ${letter.origin.partition}` : "the command topic";
    say(byId("confirm-text"), `Its record goes back onto ${origin}, unchanged. If it still cannot be worked on it comes back here.`);
    this.dialog.showModal();
  }

  async replay() {
    const letter = this.chosen;
    this.dialog.close();
    say(byId("letters-said"), `Replaying ${letter.id} …`);
    try {
      const done = await ask("admin/dead-letters/replay", { method: "POST", body: { ids: [letter.id] } });
      say(byId("letters-said"), sentence(letter.id, done));
      this.source.start();
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      say(byId("letters-said"), `${letter.id} was not replayed. ${reason(refusal)}`);
    }
  }
}

function sentence(id, done) {
  if (done.replayed) return `${id} is on the command topic again.`;
  if (done.skipped) return `${id} was not replayed: that was done too often.`;
  if (done.replaced) return `${id} was not replayed: a later letter has the same record.`;
  return `${id} was not replayed: ${done.failures[0]?.reason ?? "it is no longer there"}.`;
}
