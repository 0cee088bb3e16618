// A line chart of a few minutes: no library, one path for each series, and a legend that follows the pointer.
import { atMostEvery, byId, clock, el, svg } from "./dom.js";

const PAD = { left: 44, right: 6, top: 8, bottom: 18 };
const STEPS = [1, 2, 5, 10];

// The next round number from here up, so that a scale stays when its values change a little.
function round(highest) {
  if (!(highest > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  return STEPS.find((step) => step * power >= highest) * power;
}

export class Chart {
  // `series`: the names of the lines, the first one filled; `format` writes a value; `span` is the longest, in seconds.
  constructor(id, { title, series, format, span }) {
    Object.assign(this, { title, series, format, span, points: [], pointed: null });
    this.desc = svg("desc", { id: `${id}-desc` });
    this.drawn = svg("g");
    const name = svg("title", { id: `${id}-name` }, title);
    this.picture = svg("svg", { role: "img", "aria-labelledby": `${id}-name ${id}-desc` }, name, this.desc, this.drawn);
    this.legend = el("p", { class: "legend", "aria-hidden": "true" });
    const place = byId(id).querySelector(".chart");
    place.append(this.picture);
    place.before(this.legend);
    this.draw = atMostEvery(250, () => this.paint());
    this.picture.addEventListener("pointermove", (event) => this.point(event.offsetX));
    this.picture.addEventListener("pointerleave", () => this.point(null));
    new ResizeObserver(this.draw).observe(place);
  }

  push(values) {
    const now = Date.now();
    this.points.push({ at: now, values });
    while (this.points[0].at < now - this.span * 1000) this.points.shift();
    this.draw();
  }

  show(points) {
    this.points = points;
    this.draw();
  }

  // Seconds that are shown: whole minutes, at least a fifth of the longest span, so that a beginning is no mere dot.
  get shown() {
    const seconds = this.points.length ? (this.points.at(-1).at - this.points[0].at) / 1000 : 0;
    return Math.min(this.span, Math.max(this.span / 5, 60 * Math.ceil(seconds / 60)));
  }

  point(x) {
    this.pointed = x;
    this.draw();
  }

  paint() {
    const [width, height] = [this.picture.clientWidth, this.picture.clientHeight];
    if (!width || !height) return;
    this.picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const last = this.points.at(-1);
    const [end, span] = [last?.at ?? Date.now(), this.shown];
    const highest = round(Math.max(0, ...this.points.flatMap(({ values }) => values.filter(Number.isFinite))));
    const scale = {
      x: (at) => width - PAD.right - ((end - at) / (span * 1000)) * (width - PAD.left - PAD.right),
      y: (value) => height - PAD.bottom - (value / highest) * (height - PAD.top - PAD.bottom),
    };
    const chosen = this.chosen(scale) ?? last;
    this.drawn.replaceChildren(...this.axes(scale, highest, width, height), ...this.lines(scale, height));
    if (chosen && chosen !== last) {
      const x = scale.x(chosen.at);
      this.drawn.append(svg("line", { x1: x, x2: x, y1: PAD.top, y2: height - PAD.bottom, class: "mark" }));
    }
    this.tell(chosen, chosen === last ? "now" : clock(chosen.at));
    this.desc.textContent = this.described(last);
  }

  // The point nearest to the pointer.
  chosen(scale) {
    if (this.pointed === null || !this.points.length) return null;
    const off = (point) => Math.abs(scale.x(point.at) - this.pointed);
    return this.points.reduce((best, point) => (off(point) < off(best) ? point : best));
  }

  axes(scale, highest, width, height) {
    const drawn = [0, 0.5, 1].flatMap((part) => {
      const y = scale.y(highest * part);
      const label = svg("text", { x: PAD.left - 6, y: y + 4, "text-anchor": "end" }, this.format(highest * part));
      return [svg("line", { x1: PAD.left, x2: width - PAD.right, y1: y, y2: y, class: "grid" }), label];
    });
    const begin = `${this.shown / 60} min ago`;
    drawn.push(svg("text", { x: PAD.left, y: height - 3 }, begin));
    drawn.push(svg("text", { x: width - PAD.right, y: height - 3, "text-anchor": "end" }, "now"));
    return drawn;
  }

  lines(scale, height) {
    return this.series.flatMap((_, place) => {
      const known = this.points.filter(({ values }) => Number.isFinite(values[place]));
      if (!known.length) return [];
      const line = known.map(({ at, values }) => `${scale.x(at).toFixed(1)} ${scale.y(values[place]).toFixed(1)}`).join("L");
      const drawn = svg("path", { d: `M${line}`, class: place ? "line second" : "line" });
      const floor = height - PAD.bottom;
      const [first, last] = [scale.x(known[0].at), scale.x(known.at(-1).at)];
      return place ? [drawn] : [svg("path", { d: `M${first} ${floor}L${line}L${last} ${floor}z`, class: "under" }), drawn];
    });
  }

  tell(point, time) {
    const parts = this.series.map((name, place) => {
      const value = point?.values[place];
      return el("span", {}, `${name} `, el("strong", {}, Number.isFinite(value) ? this.format(value) : "–"));
    });
    this.legend.replaceChildren(...(point ? [el("span", {}, time), ...parts] : [el("span", {}, "nothing yet")]));
  }

  described(last) {
    if (!last) return "Nothing is known yet.";
    const parts = this.series.map((name, place) => {
      const known = this.points.map(({ values }) => values[place]).filter(Number.isFinite);
      const now = Number.isFinite(last.values[place]) ? this.format(last.values[place]) : "unknown";
      return known.length ? `${name}: now ${now}, highest ${this.format(Math.max(...known))}` : `${name}: unknown`;
    });
    return `The last ${this.shown / 60} minutes. ${parts.join(". ")}.`;
  }
}
