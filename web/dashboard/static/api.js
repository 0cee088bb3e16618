// Questions to the facade that this page came from. The key stays in the tab, and goes along as a bearer token.
const STORED = "orderflow.key";
const SECONDS = 10;

// Why a question was not answered. `status` 0: nobody answered at all.
export class Refusal extends Error {
  constructor(status, problem = {}, retryAfter = 0) {
    super(problem.detail ?? (status ? `The facade answered ${status}.` : "The facade does not answer."));
    this.status = status;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  get lasting() {
    return this.status === 401 || this.status === 403 || this.status === 404;
  }
}

export const key = {
  get: () => sessionStorage.getItem(STORED) ?? "",
  set: (value) => sessionStorage.setItem(STORED, value),
  forget: () => sessionStorage.removeItem(STORED),
};

export function place(path) {
  return new URL(path, document.baseURI);
}

export function identified(headers = {}) {
  return key.get() ? { ...headers, Authorization: `Bearer ${key.get()}` } : headers;
}

export async function ask(path, { method = "GET", body } = {}) {
  const headers = identified(body ? { "Content-Type": "application/json" } : {});
  const signal = AbortSignal.timeout(SECONDS * 1000);
  let answer;
  try {
    answer = await fetch(place(path), { method, headers, signal, body: body && JSON.stringify(body), cache: "no-store" });
  } catch {
    throw new Refusal(0);
  }
  if (!answer.ok) throw await refusalOf(answer);
  return answer.json();
}

// Tells the page, too, that somebody has to say who they are.
export async function refusalOf(answer) {
  const problem = await answer.json().catch(() => ({}));
  const refusal = new Refusal(answer.status, problem, Number(answer.headers.get("Retry-After")) || 0);
  if (refusal.status === 401) document.dispatchEvent(new CustomEvent("unidentified", { detail: refusal }));
  return refusal;
}

export const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

// Until somebody looks at the page.
export function visible() {
  if (!document.hidden) return undefined;
  return new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
}

// Asks again and again while the page can be seen; ends at an answer that would stay the same.
export class Source {
  constructor({ path, seconds, show, refused }) {
    Object.assign(this, { path, seconds, show, refused });
    this.round = 0;
  }

  async start() {
    const round = ++this.round;
    for (let on = true; on && round === this.round; ) {
      await visible();
      on = await this.once(round);
    }
  }

  async once(round) {
    let wait = this.seconds;
    try {
      const said = await ask(this.path);
      if (round === this.round) this.show(said);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      if (round === this.round) this.refused(refusal);
      if (refusal.lasting) return false;
      wait = Math.max(wait, refusal.retryAfter);
    }
    if (round === this.round) await pause(wait);
    return true;
  }
}
