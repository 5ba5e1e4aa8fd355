// What reaches a contact, and who says so.

// Where a value is from, of a person that several contacts make up.
function sourced(sources) {
  return sources.map((source) => make("a", { class: "source", href: linkTo(source) }, unseen("from "), instanceOf(source)));
}

// The same number or address of several sources is one line.
function once(all, key) {
  const found = new Map();
  for (const one of all) {
    const known = found.get(key(one)) ?? { ...one, sources: [] };
    if (one.source) known.sources.push(one.source);
    found.set(key(one), known);
  }
  return [...found.values()];
}

function reach(contact, origins) {
  const phones = (all) => collection("Phones", once(all, ({ number, e164 }) => e164 ?? number).map(({ number, e164, sources }) => ({
    text: `${number} ${e164 ?? ""}`,
    element: make("div", { class: "item" }, make("span", { class: "value" }, e164 ?? number),
      e164 && e164.replace(/\D/g, "") !== number.replace(/\D/g, "") && make("span", { class: "soft" }, `written ${number}`), sourced(sources),
      make("span", { class: "ways" }, copier(e164 ?? number, "the number"),
        e164 && make("a", { href: linkTo(`tel:${e164}`) }, "Everybody with this number"))),
  })));
  const emails = (all) => collection("E-mail addresses", once(all, ({ address }) => address.toLowerCase()).map(({ address, sources }) => ({
    text: address,
    element: make("div", { class: "item" }, make("span", { class: "value" }, address), sourced(sources),
      make("span", { class: "ways" }, copier(address, "the address"), make("a", { href: linkTo(`mailto:${address}`) }, "Everybody with this address"))),
  })));
  const channels = (all) => collection("Channels", all.map((channel) => ({ text: JSON.stringify(channel), element: channelItem(channel) })));
  return [block("Phones", "phones", contact.phones, phones, origins), block("E-mail", "emails", contact.emails, emails, origins),
    block("Channels", "channels", contact.channels, channels, origins)];
}

const CHANNELS = new Map([["whatsapp", "WhatsApp"], ["livechat", "Live chat"], ["widget", "Widget"], ["email", "E-mail"], ["sms", "SMS"], ["app", "App"],
  ["api", "API"], ["other", "Other"]]);

function channelItem({ type, name, id, address, destination, verified, blocked, last_chat_id: chat, last_active_at: active, source }) {
  const kind = CHANNELS.get(type) ?? type ?? "Kind unknown";
  const title = name && name !== type ? `${name} (${kind})` : kind;
  return make("div", { class: "channel" },
    make("p", {}, make("strong", {}, title), " ", verified && badge("Verified", "good"), " ", blocked && badge("Blocked", "bad"), source && sourced([source])),
    make("dl", { class: "small facts" }, fact("Address", address), fact("Reaches us at", destination),
      fact("Last active", active && moment(active)), fact("Last chat", chat && make("code", {}, chat)), fact("Id there", id && make("code", {}, id))));
}
