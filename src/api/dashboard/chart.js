// Small pictures of the last 15 minutes. Who doesn't see them gets the same in words.

const WIDTH = 240, HEIGHT = 44;

// A bar for each step: how high, and how high the darker part of it.
function bars(name, steps, most, tone) {
  const width = WIDTH / Math.max(steps.length, 1);
  const high = (part) => (part > 0 ? Math.max((part / most) * (HEIGHT - 2), 1.5) : 0);
  const bar = (place, part, kind) => draw("rect", {
    class: kind, x: (place * width + 0.4).toFixed(1), y: (HEIGHT - high(part)).toFixed(1), width: Math.max(width - 0.8, 0.5).toFixed(1), height: high(part).toFixed(1),
  });
  return draw("svg", { class: `chart ${tone}`, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": name, preserveAspectRatio: "none" },
    draw("line", { class: "ground", x1: 0, x2: WIDTH, y1: HEIGHT - 0.5, y2: HEIGHT - 0.5 }),
    steps.flatMap(({ all, part, failed }, place) => [all > 0 && bar(place, all, failed ? "all failed" : "all"), part > 0 && bar(place, part, "part")]));
}

// Where nothing has happened, the caption says so.
function chart(title, figure, name, steps, tone, minutes, highest) {
  const most = Math.max(...steps.map(({ all }) => all), 0);
  const caption = make("figcaption", { class: "line" }, make("span", {}, title), make("strong", {}, figure));
  if (!most) return make("figure", {}, caption);
  return make("figure", {}, caption, bars(name, steps, most, tone),
    make("div", { class: "axis", "aria-hidden": "true" }, make("span", {}, `${minutes} min ago`), make("span", {}, highest(most)), make("span", {}, "now")));
}

// Requests, and the part of them that memory answered.
function hitChart({ steps, step_seconds: length }) {
  const sum = (key) => steps.reduce((all, step) => all + step[key], 0);
  const [requests, hits, minutes] = [sum("requests"), sum("hits"), Math.round((steps.length * length) / 60)];
  const rate = `${Math.round((hits / requests) * 100)} %`;
  const name = `In the last ${minutes} minutes, memory answered ${hits} of ${several(requests, "request")}: ${rate}.`;
  return chart("Hit rate", requests ? `${rate} of ${several(requests, "request")}` : `no requests in ${minutes} minutes`, name,
    steps.map(({ requests: all, hits: part }) => ({ all, part })), "hits", minutes, (most) => `at most ${most} in ${length} s`);
}

// How long the provider's answers took; the steps with failures stand out.
function latencyChart({ steps, step_seconds: length }, latency) {
  const [minutes, failures] = [Math.round((steps.length * length) / 60), steps.reduce((all, step) => all + step.failures, 0)];
  const slowest = Math.max(...steps.map((step) => step.latency_seconds ?? 0));
  const figure = latency ? `median ${short(latency.median_seconds)}, p95 ${short(latency.p95_seconds)}` : `no calls in ${minutes} minutes`;
  const name = `The provider's answers in the last ${minutes} minutes: ${figure}. The slowest ${length} seconds took ${short(slowest)} on average. ` +
    `${several(failures, "call")} failed.`;
  return chart("Latency", figure, name, steps.map((step) => ({ all: step.latency_seconds ?? 0, failed: step.failures > 0 })), "latency", minutes,
    (most) => `at most ${short(most)}${failures ? `, ${amount(failures)} failed` : ""}`);
}
