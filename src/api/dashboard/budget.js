// How many calls a provider still allows, as a bar that refills.

function budgetBar(name, { limit, left, reset_seconds: reset, window_seconds: span, waiting }, at) {
  if (limit === null) return make("p", { class: "line" }, make("span", {}, "Budget"), make("strong", {}, "unlimited"));
  const full = at + (left < limit ? reset : 0) * 1000;
  const meter = make("div", { class: `meter${left ? "" : " empty"}`, role: "meter", "aria-valuemin": 0, "aria-valuemax": limit, "aria-valuenow": left,
    "aria-label": `${name}: calls left`, "aria-valuetext": `${amount(left)} of ${several(limit, "call")} left` }, make("div"));
  refill(meter.firstChild, limit ? left / limit : 0, full);
  return make("div", { class: "budget" },
    make("p", { class: "line" }, make("span", {}, "Budget"), make("strong", {}, `${amount(left)} of ${several(limit, "call")} left`)), meter,
    make("p", { class: "hint" }, `${amount(limit)} in ${lasting(span)}`, left < limit && [", all of them again in ", until(full, "a moment")], queue(waiting)));
}

function queue({ live, batch }) {
  return live + batch > 0 && make("strong", {}, `; ${several(live + batch, "call")} in the queue${batch ? `, ${batch} of them in no hurry` : ""}`);
}

// From its part to the whole, in the time that it takes; at once as it is for whoever wants no movement.
function refill(bar, part, full) {
  bar.style.transform = `scaleX(${part})`;
  const wait = full - Date.now();
  if (part >= 1 || wait <= 0 || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  bar.animate([{ transform: `scaleX(${part})` }, { transform: "scaleX(1)" }], { duration: wait, fill: "forwards" });
}
