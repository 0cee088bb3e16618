// The lifecycle as a picture: a box for each state, and a line for each way that orders take.
import { sumOf } from "./counts.js";
import { atLeast, count, svg, words } from "./dom.js";

const [WIDTH, HEIGHT, STEP] = [140, 76, 172];
const SHARE = WIDTH - 24;
const MAIN = ["created", "confirmed", "assigned", "picked_up", "in_transit", "out_for_delivery", "delivered"];
const BELOW = { cancelled: 1, returned: 3, returning: 4, attempt_failed: 5, failed: 6 };
const END = ["delivered", "returned", "cancelled", "failed"];
const DRAWN = [
  ...MAIN.slice(1).map((state, place) => [MAIN[place], state]),
  ["created", "cancelled"], ["confirmed", "cancelled"], ["assigned", "cancelled"],
  ["picked_up", "returning"], ["in_transit", "returning"], ["out_for_delivery", "returning"],
  ["out_for_delivery", "attempt_failed"], ["attempt_failed", "out_for_delivery"], ["attempt_failed", "returning"],
  ["returning", "returned"],
];
const SECONDS = 6; // So long a line is seen to be in use.

const box = (place, row) => ({ x: 4 + place * STEP, y: row ? 224 : 64, row, place });
const PLACES = new Map([
  ...MAIN.map((state, place) => [state, box(place, 0)]),
  ...Object.entries(BELOW).map(([state, place]) => [state, box(place, 1)]),
]);

// From the middle of one box's side to that of another's; what skips states goes above or below the row.
function path(from, to) {
  const [a, b] = [PLACES.get(from), PLACES.get(to)];
  const [left, right] = [a.x + WIDTH / 2, b.x + WIDTH / 2];
  if (a.row === b.row && Math.abs(a.place - b.place) === 1) {
    const ahead = b.place > a.place;
    return `M${ahead ? a.x + WIDTH : a.x} ${a.y + HEIGHT / 2}H${ahead ? b.x - 5 : b.x + WIDTH + 5}`;
  }
  if (a.row === b.row) {
    const [edge, depth] = a.row ? [a.y + HEIGHT, 42] : [a.y, -Math.min(72, 16 + 14 * Math.abs(a.place - b.place))];
    return `M${left} ${edge}C${left} ${edge + depth} ${right} ${edge + depth} ${right} ${edge + Math.sign(depth) * 5}`;
  }
  const down = b.row > a.row;
  const shift = down ? -16 : 16; // Two lines between the same boxes stand side by side.
  const [begin, end] = down ? [a.y + HEIGHT, b.y - 5] : [a.y, b.y + HEIGHT + 5];
  const middle = (begin + end) / 2;
  return `M${left + shift} ${begin}C${left + shift} ${middle} ${right + shift} ${middle} ${right + shift} ${end}`;
}

export class Flow {
  constructor(picture) {
    this.lines = new Map();
    this.boxes = new Map();
    this.under = svg("g");
    picture.append(svg("defs", {}, marker("arrow"), marker("arrow-busy", "busy")), this.under);
    for (const [from, to] of DRAWN) this.line(from, to);
    for (const state of PLACES.keys()) picture.append(this.box(state));
    const { x, y } = PLACES.get("failed");
    picture.append(svg("text", { x: x + 2, y: y - 7, class: "hint" }, "from any state"));
  }

  box(state) {
    const { x, y } = PLACES.get(state);
    const parts = {
      link: svg("a", { href: `#state/${state}` }),
      number: svg("text", { x: x + 12, y: y + 52, class: "count" }, "–"),
      stuck: svg("text", { x: x + 2, y: y - 7, class: "stuck" }),
      share: svg("rect", { x: x + 12, y: y + HEIGHT - 10, width: 0, height: 3, rx: 1.5, class: "share" }),
    };
    parts.link.append(
      svg("rect", { x, y, width: WIDTH, height: HEIGHT, rx: 9, class: "box" }),
      svg("text", { x: x + 12, y: y + 24 }, words(state)),
      svg("rect", { x: x + 12, y: y + HEIGHT - 10, width: SHARE, height: 3, rx: 1.5, class: "whole" }),
      parts.number, parts.stuck, parts.share,
    );
    this.boxes.set(state, parts);
    return svg("g", { class: END.includes(state) ? "end" : "" }, parts.link);
  }

  line(from, to, seldom = false) {
    const drawn = svg("path", { d: path(from, to), class: seldom ? "edge skip-ahead" : "edge", "marker-end": seldom ? null : "url(#arrow)" });
    this.under.append(drawn);
    const line = { drawn, seldom, recent: [] };
    this.lines.set(`${from} ${to}`, line);
    return line;
  }

  show(counts, stuck, capped) {
    const total = sumOf(counts);
    for (const [state, { link, number, stuck: hint, share }] of this.boxes) {
      const held = stuck[state] ?? 0;
      const counted = atLeast(counts[state], capped.has(state));
      number.textContent = counted;
      hint.textContent = held ? `${count(held)} stuck` : "";
      share.setAttribute("width", total ? ((SHARE * counts[state]) / total).toFixed(1) : 0);
      const said = `${words(state)}: ${counted}${held ? `, ${count(held)} stuck` : ""}. List the newest.`;
      link.setAttribute("aria-label", said);
    }
  }

  // So many orders went from one state to another in the last second.
  move(from, to, times) {
    if (!PLACES.has(from) || !PLACES.has(to)) return;
    const line = this.lines.get(`${from} ${to}`) ?? this.line(from, to, true);
    line.recent.push([performance.now(), times]);
  }

  // Lines in use are thicker, by the logarithm of how much goes over them.
  fade() {
    const begin = performance.now() - SECONDS * 1000;
    for (const { drawn, seldom, recent } of this.lines.values()) {
      while (recent.length && recent[0][0] < begin) recent.shift();
      const moved = recent.reduce((sum, [, times]) => sum + times, 0) / SECONDS;
      drawn.classList.toggle("busy", moved > 0);
      drawn.style.strokeWidth = moved ? String(Math.min(6, 2 + Math.log10(1 + moved))) : "";
      if (moved) drawn.setAttribute("marker-end", "url(#arrow-busy)");
      else if (seldom) drawn.removeAttribute("marker-end");
      else drawn.setAttribute("marker-end", "url(#arrow)");
    }
  }
}

function marker(id, look = "") {
  const shape = svg("path", { d: "M0 0L10 5L0 10z" });
  const size = { viewBox: "0 0 10 10", refX: 5, refY: 5, markerWidth: 9, markerHeight: 9, markerUnits: "userSpaceOnUse" };
  return svg("marker", { id, class: look, orient: "auto", ...size }, shape);
}
