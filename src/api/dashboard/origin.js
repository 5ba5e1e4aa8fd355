// Where each value came from.

class Origins {
  constructor(explain) {
    this.sources = Object.entries(explain?.sources ?? {}).map(([id, origins]) =>
      ({ id, origins: new Map(origins.map((origin) => [origin.key, origin])) }));
    this.merge = explain?.merge;
  }

  // A line that opens: the provider's field first, then the rule.
  of(key) {
    const known = this.sources.filter(({ origins }) => origins.get(key)).map(({ id, origins }) => ({ id, ...origins.get(key) }));
    if (!known.length) return null;
    const several = this.sources.length > 1;
    const said = several ? `${known.length} sources` : known[0].field === "*" ? "every other field" : known[0].field || "a rule";
    return make("details", { class: "origin" },
      make("summary", {}, unseen(`${label(key)} comes from `), make("code", {}, said)),
      make("div", { class: "rules" }, known.map(({ id, field, rule }) => make("p", {}, several && make("strong", {}, `${instanceOf(id)}: `),
        field && field !== "*" && make("code", {}, field), field && field !== "*" && rule && " – ", rule))));
  }

  // Why there is nothing.
  why(key) {
    return this.sources.map(({ id, origins }) => {
      const { rule, field } = origins.get(key) ?? {};
      const text = field ? `${field} is empty` : capital(rule?.replace(/^(null|empty): /, "") ?? "");
      return text && (this.sources.length > 1 ? `${instanceOf(id)}: ${text}` : text);
    }).filter(Boolean).join("; ");
  }
}

function instanceOf(id) {
  return id.split(":")[0];
}

const LABELS = {
  id: "Id", native_id: "The provider's id", chat_ids: "Chats", custom_fields: "Custom fields", avatar_url: "Picture",
  created_at: "Created", updated_at: "Changed", last_active_at: "Last active", provider_data: "Other provider data", emails: "E-mail",
};

function label(key) {
  const text = LABELS[key] ?? key.replaceAll("_", " ");
  return capital(text);
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
