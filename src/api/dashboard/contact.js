// One contact, as a person would like to read it.

const KINDS = { person: "Person", business: "Business", group: "Group", newsletter: "Newsletter", broadcast: "Broadcast", unknown: "Kind unknown" };

function contactView(contact, answer, { linked, refresh }) {
  const origins = new Origins(contact.explain);
  return make("article", { class: "contact", "aria-labelledby": "outcome" },
    head(contact, linked, refresh),
    unreachable(contact), freshness(answer, contact),
    make("div", { class: "columns" },
      make("div", { class: "column" },
        reach(contact, origins), chats(contact, origins), conflicts(contact, origins),
        block("Custom fields", "custom_fields", contact.custom_fields, pairs, origins),
        block("Other provider data", "provider_data", contact.provider_data, pairs, origins)),
      make("div", { class: "column aside" },
        about(contact, origins), sources(contact, origins), downloads(contact, linked), missing(contact, origins))));
}

function head(contact, linked, refresh) {
  const name = contact.name ?? contact.username;
  const merged = contact.provider === null;
  return make("header", { class: "head" }, avatar(name, contact.id),
    make("div", { class: "who" },
      make("h2", { id: "outcome", tabindex: "-1", class: name ? "" : "soft" }, name ?? "Without a name"),
      make("p", { class: "chips" }, badge(KINDS[contact.type] ?? KINDS.unknown, "plain"),
        badge(merged ? found(contact.sources ?? []) : instanceOf(contact.id), "plain")),
      make("p", { class: "id" }, make("code", {}, contact.id), " ", copier(contact.id, "the id"))),
    make("div", { class: "actions" },
      make("button", { type: "button", click: refresh }, "Ask for a newer one"),
      !merged && !linked && make("a", { class: "button", href: linkTo(contact.id, true) }, "Merge with the same person elsewhere")));
}

function found(sources) {
  return sources.length === 1 ? `Found in ${instanceOf(sources[0])}` : `Merged from ${sources.length} contacts`;
}

// Drawn here: a picture from elsewhere would tell its server who looks at whom.
function avatar(name, id) {
  const words = (name ?? "").match(/[\p{L}\p{N}]+/gu) ?? [];
  const letters = words.length ? [...words[0]][0] + (words.length > 1 ? [...words.at(-1)][0] : "") : "?";
  const hue = [...id].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);
  const element = make("div", { class: "avatar", "aria-hidden": "true" }, letters.toUpperCase());
  element.style.setProperty("--hue", hue);
  return element;
}

function unreachable({ unreachable: away }) {
  if (!away?.length) return null;
  return make("section", { class: "panel bad", "aria-labelledby": "unreachable" },
    make("h3", { id: "unreachable" }, "Not everybody could be asked"),
    make("p", {}, "What these providers know of this person is missing here."),
    make("ul", { class: "items" }, away.map(({ provider, code }) =>
      make("li", {}, make("strong", {}, provider), " ", codeLink(code), explained(code)))));
}

// A section of one key; nothing where there is nothing.
function block(title, key, content, render, origins) {
  const empty = !content || (Array.isArray(content) ? !content.length : typeof content === "object" && !Object.keys(content).length);
  if (empty) return null;
  return make("section", { class: "card", "aria-labelledby": `title-${key}` },
    make("div", { class: "top" }, make("h3", { id: `title-${key}` }, title), origins.of(key)), render(content));
}

function chats(contact, origins) {
  const items = (all) => collection("Chats", all.map((id) => ({ text: id, element: make("code", {}, id) })));
  const count = contact.chat_ids?.length ?? 0;
  return block(count > SHORT ? `Chats (${count})` : "Chats", "chat_ids", contact.chat_ids, items, origins);
}

function conflicts(contact, origins) {
  const items = (all) => make("ul", { class: "items" }, all.map(({ field, value: other, source }) =>
    make("li", {}, make("strong", {}, field), " is also ", value(other), " ", source && sourced([source]))));
  return block("Conflicts", "conflicts", contact.conflicts, items, origins);
}

function about(contact, origins) {
  const rows = [
    ["name", contact.name], ["username", contact.username], ["type", KINDS[contact.type]], ["owner", contact.owner && owner(contact.owner)],
    ["labels", contact.labels?.length && make("span", { class: "chips" }, contact.labels.map((name) => badge(name, "plain")))],
    ["last_active_at", contact.last_active_at && moment(contact.last_active_at)],
    ["updated_at", contact.updated_at && moment(contact.updated_at)],
    ["created_at", contact.created_at && moment(contact.created_at)],
    ["avatar_url", contact.avatar_url && [make("span", { class: "url" }, contact.avatar_url), " ", copier(contact.avatar_url, "the picture's address"),
      make("p", { class: "hint" }, "Not loaded: its server would learn that you look.")]],
    ["native_id", contact.native_id && make("code", {}, contact.native_id)],
  ].filter(([, shown]) => shown);
  return make("section", { class: "card", "aria-labelledby": "about" }, make("h3", { id: "about" }, "About"),
    make("dl", { class: "about" }, rows.map(([key, shown]) =>
      make("div", {}, make("dt", {}, label(key)), make("dd", {}, shown), make("dd", { class: "from" }, origins.of(key))))));
}

function owner({ name, username, id }) {
  return [name ?? username ?? make("code", {}, id ?? "unknown"), username && name && make("span", { class: "soft" }, ` @${username}`),
    id && (name || username) && make("span", { class: "soft" }, " ", make("code", {}, id))];
}

function sources(contact, origins) {
  if (contact.provider !== null) return null;
  return make("section", { class: "card", "aria-labelledby": "sources" }, make("h3", { id: "sources" }, "Sources"),
    make("ul", { class: "items" }, (contact.sources ?? []).map((id) => make("li", {}, make("a", { href: linkTo(id) }, id)))),
    origins.merge && make("div", { class: "hint" }, prose(origins.merge)));
}

const KEYS = ["name", "username", "phones", "emails", "channels", "chat_ids", "labels", "custom_fields", "owner", "avatar_url", "conflicts",
  "created_at", "updated_at", "last_active_at", "provider_data"];

// What the provider doesn't say, and what the key doesn't show.
function missing(contact, origins) {
  const has = (any) => any !== null && (typeof any !== "object" || Object.keys(any).length);
  const [hidden, empty] = [KEYS.filter((key) => !(key in contact)), KEYS.filter((key) => key in contact && !has(contact[key]))];
  if (!hidden.length && !empty.length) return null;
  return make("section", { class: "card", "aria-labelledby": "missing" }, make("h3", { id: "missing" }, "Not there"),
    hidden.length > 0 && make("p", {}, `Your key doesn't show: ${hidden.map((key) => label(key).toLowerCase()).join(", ")}.`),
    empty.length > 0 && make("details", { class: "fold" }, make("summary", {}, `${empty.length} keys without a value, and why`),
      make("dl", { class: "small facts" }, empty.map((key) => fact(label(key), origins.why(key) || "The provider doesn't say.")))));
}
