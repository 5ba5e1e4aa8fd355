// What the gateway could not do, and what that means.

const explanations = new Map();

// The explanation of a code; `null` where the gateway has none, or can't be reached.
async function explanation(code) {
  if (!explanations.has(code)) {
    const answer = await ask(`problems/${encodeURIComponent(code)}`, { headers: { Accept: "application/json" }, key: false });
    if (answer?.status !== 200) return null;
    explanations.set(code, json(answer));
  }
  return explanations.get(code);
}

function explained(code) {
  const place = make("div", { class: "meaning" });
  explanation(code).then((known) => {
    if (known) place.append(prose(known.explanation));
  });
  return place;
}

function codeLink(code) {
  return make("a", { href: `problems/${encodeURIComponent(code)}` }, make("code", {}, code));
}

// A failed answer, whole.
function problemPanel(answer, retry, more) {
  const problem = json(answer) ?? {};
  const { title, detail, code, provider, retryable, request_id: request, candidates } = problem;
  const wait = Number(answer.headers.get("Retry-After"));
  const again = make("button", { type: "button", click: retry }, "Try again");
  const tone = answer.status < 500 && !retryable ? "plain" : "bad";
  return make("section", { class: `panel problem ${tone}`, "aria-labelledby": "outcome" },
    make("h2", { id: "outcome", tabindex: "-1" }, title ?? `The gateway answered ${answer.status}`),
    make("div", { class: "lead" }, prose(detail ?? "That is no answer that this page knows. Something may stand between it and the gateway.")),
    candidates && make("ul", { class: "candidates" }, candidates.map((id) => make("li", {}, make("a", { href: linkTo(id) }, id)))),
    more,
    code && make("div", { class: "explained" }, make("h3", {}, "What this means"), explained(code)),
    make("div", { class: "actions" }, again, wait > 0 && make("p", { class: "hint" }, "Makes sense in ",
      until(answer.at + wait * 1000, "a moment: now", () => say("It makes sense to try again now.")))),
    make("dl", { class: "small facts" },
      fact("Problem", code && codeLink(code)), fact("Status", String(answer.status)), fact("Provider", provider),
      fact("Request", request && [make("code", {}, request), " ", copier(request, "the request's id")])));
}

function fact(name, value) {
  return value ? make("div", {}, make("dt", {}, name), make("dd", {}, value)) : null;
}

// The key is missing or not known.
function keyPanel() {
  const wrong = Boolean(currentKey());
  return make("section", { class: "panel problem plain", "aria-labelledby": "outcome" },
    make("h2", { id: "outcome", tabindex: "-1" }, wrong ? "The gateway doesn't know this key" : "This gateway needs a key"),
    make("p", { class: "lead" }, wrong
      ? "It may have been replaced, or mistyped. Enter it again, or ask whoever runs the gateway."
      : "Enter the key that whoever runs the gateway has given you."),
    keyForm("panel-key"));
}

// Nobody answers.
function awayPanel(retry) {
  return make("section", { class: "panel problem bad", "aria-labelledby": "outcome" },
    make("h2", { id: "outcome", tabindex: "-1" }, "The gateway can't be reached"),
    make("p", { class: "lead" }, "No answer came from the address that this page is from. It may be restarting, or the connection may be down."),
    make("div", { class: "actions" }, make("button", { type: "button", click: retry }, "Try again")));
}

// The panel for an answer that is none of a contact, nor of providers.
function failed(answer, retry, more) {
  if (!answer) return awayPanel(retry);
  return answer.status === 401 ? keyPanel() : problemPanel(answer, retry, more);
}
