// How old an answer is, and why it is that old.

// `Cache-Status` (RFC 9211): `contact-gateway; hit; ttl=42`.
function readStatus(text) {
  const parts = (text ?? "").split(";").map((part) => part.trim()).slice(1);
  return Object.fromEntries(parts.map((part) => (part.includes("=") ? part.split(/=(.*)/s, 2) : [part, true])));
}

// In one word, in a tone, and in a sentence.
function judge(status, provider) {
  const { hit, ttl, fwd, detail, collapsed } = status;
  const asked = provider ? "the provider was asked" : "the providers were asked";
  if (detail) return { word: "Old", tone: "warn", why: `It was too old, so ${asked} – in vain. This is the contact as it was.` };
  if (hit && Number(ttl) < 0) {
    return { word: "Stale", tone: "warn", why: "From the gateway's memory. It is older than wished, so the provider is being asked for a newer one right now." };
  }
  if (hit) return { word: "Fresh", tone: "good", why: "From the gateway's memory: young enough that nobody had to be asked." };
  const shared = collapsed ? " Somebody else was asking already, and the answer was shared." : "";
  if (fwd === "uri-miss") return { word: "New", tone: "good", why: `The gateway had nothing in memory, so ${asked}.${shared}` };
  if (fwd === "stale") return { word: "New", tone: "good", why: `What the gateway had in memory was too old, so ${asked}.${shared}` };
  if (fwd === "request") return { word: "New", tone: "good", why: `You wanted a new answer, so ${asked}.${shared}` };
  return { word: "Unknown", tone: "plain", why: "The answer doesn't say how it was come by." };
}

function freshness(answer, contact) {
  const header = answer.headers.get("Cache-Status");
  const status = readStatus(header);
  const { word, tone, why } = judge(status, contact.provider);
  const got = answer.at - Number(answer.headers.get("Age") ?? 0) * 1000;
  const ttl = Number(status.ttl ?? /max-age=(\d+)/.exec(answer.headers.get("Cache-Control") ?? "")?.[1]);
  const { waited_for_rate_limit_ms: waited, upstream_ms: upstream } = contact.explain ?? {};
  return make("section", { class: "card freshness", "aria-labelledby": "freshness" },
    make("h3", { id: "freshness", class: "unseen" }, "How fresh"),
    make("div", { class: "explained" },
      make("p", { class: "verdict" }, badge(word, tone), " ", make("strong", {}, "As of ", since(got))),
      make("p", {}, why),
      status.detail && make("p", {}, codeLink(status.detail)), status.detail && explained(status.detail)),
    make("dl", { class: "small facts" },
      ttl > 0 && fact("Fresh for another", until(answer.at + ttl * 1000, "moment: the next answer may be newer")),
      fact("The provider took", short((upstream ?? 0) / 1000)),
      fact("Waited for its limit", waited >= 1 ? short(waited / 1000) : "not at all"),
      fact("Cache-Status", make("code", {}, header ?? "nothing"))));
}

function badge(word, tone) {
  return make("span", { class: `badge ${tone}` }, word);
}
