// Elements, numbers and times. What comes over the line is only ever set as text, so none of it can be markup.
const SVG = "http://www.w3.org/2000/svg";

export const byId = (name) => document.getElementById(name);

export function el(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// Sets a text only where it is another one: nothing is drawn, or read out, for the same again.
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// A function that asks for `draw`: it comes with the next frame, and not more often than every so many milliseconds.
export function atMostEvery(milliseconds, draw) {
  let asked = false;
  let last = -Infinity;
  const frame = () => {
    asked = false;
    last = performance.now();
    draw();
  };
  return () => {
    if (asked) return;
    asked = true;
    const pause = last + milliseconds - performance.now();
    if (pause > 0) setTimeout(() => requestAnimationFrame(frame), pause);
    else requestAnimationFrame(frame);
  };
}

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const FINE = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });
const CLOCK = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });

export const count = (number) => (Number.isFinite(number) ? WHOLE.format(number) : "–");
export const atLeast = (number, more) => count(number) + (more ? "+" : "");
export const rate = (number) => (Number.isFinite(number) && number < 10 ? FINE.format(number) : count(number));
export const words = (name) => String(name).replaceAll("_", " ");
export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

// Seconds as people say them: 4.2 ms, 12 s, 3 min, 2 h 5 min, 4 d 2 h.
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 1) return `${rate(seconds * 1000)} ms`;
  if (seconds < 60) return `${rate(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export const clock = (moment) => CLOCK.format(new Date(moment));

// A moment of today by its time alone, another one with its date.
export function when(moment) {
  if (!moment) return "–";
  const date = new Date(moment);
  const today = date.toDateString() === new Date().toDateString();
  const text = today ? CLOCK.format(date) : `${DAY.format(date)}, ${CLOCK.format(date)}`;
  return el("time", { datetime: moment, title: moment }, text);
}

export const ORDER = "#order/";
export const orderHash = (orderId) => ORDER + encodeURIComponent(orderId);
export const orderLink = (orderId) => el("a", { href: orderHash(orderId) }, orderId);
