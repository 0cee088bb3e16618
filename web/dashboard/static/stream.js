// Server-Sent Events by fetch: an EventSource cannot say who asks. Comes back by itself, after the last event it had.
import { identified, pause, place, Refusal, refusalOf, visible } from "./api.js";

const SILENCE = 45_000; // Three times the facade's sign of life.
const PAUSE_SECONDS = 2;

export class Stream {
  // `seen` is given the events of a chunk, `told` true when the stream is open, and a Refusal when it is not.
  constructor({ path, seen, told }) {
    Object.assign(this, { path, seen, told });
    this.lastId = "";
    this.control = null;
  }

  async start() {
    this.control?.abort();
    const control = (this.control = new AbortController());
    this.lastId = "";
    while (!control.signal.aborted) {
      await visible();
      const refusal = await this.listen(control.signal);
      if (control.signal.aborted) return;
      if (document.hidden) continue; // A browser has few connections to a host: others need this one.
      if (refusal) {
        this.told(refusal);
        if (refusal.lasting) return;
        if (refusal.status === 400 || refusal.status === 422) this.lastId = "";
      }
      await pause(Math.max(PAUSE_SECONDS, refusal?.retryAfter ?? 0));
    }
  }

  // Until the stream ends; a Refusal where it did not begin, or broke.
  async listen(signal) {
    const end = new AbortController();
    const hide = () => document.hidden && end.abort();
    let timer = setTimeout(() => end.abort(), SILENCE);
    document.addEventListener("visibilitychange", hide);
    try {
      const headers = identified(this.lastId ? { "Last-Event-ID": this.lastId } : {});
      const answer = await fetch(place(this.path), { headers, cache: "no-store", signal: AbortSignal.any([signal, end.signal]) });
      if (!answer.ok) return await refusalOf(answer);
      this.told(true);
      const blocks = new Blocks();
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let { value, done } = await reader.read(); !done; { value, done } = await reader.read()) {
        clearTimeout(timer);
        timer = setTimeout(() => end.abort(), SILENCE);
        this.take(blocks.of(value));
      }
      return null;
    } catch {
      return new Refusal(0);
    } finally {
      document.removeEventListener("visibilitychange", hide);
      clearTimeout(timer);
    }
  }

  take(blocks) {
    const events = [];
    for (const { id, type, data } of blocks) {
      if (id !== null) this.lastId = id;
      if (data && type === "message") events.push(JSON.parse(data));
    }
    if (events.length) this.seen(events);
  }
}

// Cuts what comes into whole events (HTML Living Standard, 9.2.6); our data never has a line break.
class Blocks {
  constructor() {
    this.rest = "";
  }

  *of(chunk) {
    this.rest += chunk;
    let begin = 0;
    for (let end = this.rest.indexOf("\n\n"); end >= 0; end = this.rest.indexOf("\n\n", begin)) {
      yield this.read(this.rest.slice(begin, end));
      begin = end + 2;
    }
    this.rest = this.rest.slice(begin);
  }

  read(block) {
    const found = { id: null, type: "message", data: "" };
    for (const line of block.split("\n")) {
      if (line.startsWith("data: ")) found.data += line.slice(6);
      else if (line.startsWith("id: ")) found.id = line.slice(4);
      else if (line.startsWith("event: ")) found.type = line.slice(7);
    }
    return found;
  }
}
