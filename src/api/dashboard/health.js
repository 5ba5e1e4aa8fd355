// Whether a provider answers, as a person would put it.

const BREAKERS = { closed: ["closed", "good"], "half-open": ["half open", "warn"], open: ["open", "bad"] };

// In how many of the history's steps a failure is news.
const LATELY = 8;

// A word, a tone, and a sentence where there is something to add. The breaker comes first: it decides whether the provider is asked at all.
function condition({ breaker, routes, history: { steps, step_seconds: step, until: over }, last_error: error }) {
  const shut = routes.filter((route) => route.breaker.state !== "closed");
  const names = shut.map(({ route }) => `\`${route}\``).join(", ");
  if (breaker === "open") {
    return shut.length === routes.length
      ? ["Down", "bad", "Too many of its last calls failed. It is left in peace for a while, and contacts in memory are answered all the same."]
      : ["Partly down", "bad", `Too many calls to ${names} failed. They are left out for a while; all else works.`];
  }
  if (breaker === "half-open") return ["Being tried again", "warn", `One call to ${names} finds out whether it answers again.`];
  const lately = steps.slice(-LATELY);
  const count = (key) => lately.reduce((all, one) => all + one[key], 0);
  // What has failed since the last step ended is in none of them yet.
  const failing = error && Date.parse(error.at) >= Date.parse(over) - LATELY * step * 1000;
  if (failing && count("calls") === count("failures")) return ["Failing", "bad", "None of its last calls brought an answer."];
  if (failing) return ["Failing at times", "warn", "Some of its last calls failed. Those that can wait are repeated."];
  return count("calls") ? ["Working", "good"] : ["Ready", "good"];
}

// The breaker of the whole provider, and when it lets a call through.
function breakerLine({ breaker, routes }, at) {
  const waits = routes.map((route) => route.breaker.retry_seconds).filter((seconds) => seconds > 0);
  return make("p", { class: "line" }, make("span", {}, "Breaker"),
    make("span", {}, waits.length > 0 && make("span", { class: "hint" }, "next try in ", until(at + Math.min(...waits) * 1000, "a moment"), " "),
      breakerBadge(breaker)));
}

function breakerBadge(state) {
  return badge(...(BREAKERS[state] ?? [state, "plain"]));
}
