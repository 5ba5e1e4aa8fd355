// One provider, as a card.

const ABILITIES = {
  contact: "contacts by id", "find-by-phone": "search by phone", "find-by-email": "search by e-mail", list: "lists", register: "registration", webhooks: "webhooks",
};

function providerCard(provider, at, opened) {
  const { provider: name, kind, generation, capabilities, budget, latency, cache, last_error: error, routes, history } = provider;
  const [word, tone, more] = condition(provider);
  const id = `provider-${name}`;
  const fold = (about, title, ...inside) => make("details", { class: `fold ${about}`, "data-name": `${name} ${about}`, open: opened.has(`${name} ${about}`) },
    make("summary", {}, title), inside);
  return make("article", { class: `card provider ${tone}`, "aria-labelledby": id },
    make("div", { class: "top" }, make("h3", { id }, name), badge(word, tone),
      make("p", { class: "hint" }, generation ? `${kind}, ${generation} API` : kind)),
    more && make("div", { class: "condition" }, prose(more)),
    breakerLine(provider, at),
    budget && budgetBar(name, budget, at),
    hitChart(history), latencyChart(history, latency),
    error && fold("error", ["Last failure: ", make("code", {}, error.code), " ", since(Date.parse(error.at))],
      explained(error.code), make("p", {}, codeLink(error.code))),
    fold("more", "Routes, memory and abilities",
      make("ul", { class: "items" }, routes.map((route) => make("li", {}, routeItem(route, at)))),
      make("dl", { class: "small facts" },
        fact("In memory", `${several(cache.entries, "answer")}, ${size(cache.bytes)}`),
        fact("From memory", `${amount(cache.hits)} fresh, ${amount(cache.stale)} stale, ${amount(cache.fallbacks)} old because the provider failed`),
        fact("Asked for", `${amount(cache.misses)}, and ${amount(cache.collapsed)} shared such an answer`),
        fact("Able to do", capabilities.map((one) => ABILITIES[one] ?? one).join(", ")))));
}

function routeItem({ route, breaker, budget, calls, failures, latency }, at) {
  const left = budget.limit === null ? "no limit" : `${amount(budget.left)} of ${several(budget.limit, "call")} left`;
  return make("div", { class: "route" }, make("p", { class: "line" }, make("code", {}, route), breakerBadge(breaker.state)),
    make("p", { class: "hint" }, `${left}; ${several(calls, "call")} since the start, ${amount(failures)} failed`, latency && `; median ${short(latency.median_seconds)}`,
      breaker.retry_seconds > 0 && ["; next try in ", until(at + breaker.retry_seconds * 1000, "a moment")]));
}

function amount(count) {
  return count.toLocaleString("en");
}

function several(count, what) {
  return `${amount(count)} ${what}${count === 1 ? "" : "s"}`;
}

function size(bytes) {
  if (bytes < 1024) return several(bytes, "byte");
  return bytes < 1_048_576 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1_048_576).toFixed(1)} MiB`;
}
