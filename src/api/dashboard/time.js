// Times as people say them, which go on while one looks.

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "always" });
// "2 Jan 2026, 15:04:05 CET". Ready-made styles can't be had together with a time zone.
const ABSOLUTE = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short",
});
const UNITS = [["year", 31_557_600], ["month", 2_629_800], ["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];

// What has to be written anew each second, for as long as it is in the page.
const ticking = new Set();

setInterval(() => {
  for (const one of ticking) {
    if (one.element.isConnected) one.write();
    else ticking.delete(one);
  }
}, 1000);

function tick(element, write) {
  write();
  ticking.add({ element, write });
  return element;
}

function ago(seconds) {
  if (Math.abs(seconds) < 1) return "just now";
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length);
  return RELATIVE.format(-Math.trunc(seconds / length), unit);
}

// "3 minutes", "1 hour".
function lasting(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const [unit, length] = UNITS.find(([, length]) => whole >= length) ?? UNITS.at(-1);
  const count = Math.round(whole / length);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

function short(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds > 0 && seconds < 0.001) return "< 1 ms";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}

// Both how long ago and when.
function moment(text) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return String(text);
  const relative = make("span");
  const element = make("time", { datetime: date.toISOString(), title: text }, relative,
    make("span", { class: "soft" }, ` · ${ABSOLUTE.format(date)}`));
  tick(element, () => { relative.textContent = ago((Date.now() - date) / 1000); });
  return element;
}

// How long ago it was.
function since(at) {
  const element = make("span");
  return tick(element, () => { element.textContent = ago((Date.now() - at) / 1000); });
}

// How long it will be; `over` once it has been.
function until(at, over, done) {
  const element = make("span");
  let told = false;
  return tick(element, () => {
    const left = (at - Date.now()) / 1000;
    element.textContent = left > 0 ? lasting(left) : over;
    if (left <= 0 && !told) {
      told = true;
      done?.();
    }
  });
}
