// What the description says of values: their schemas, examples and answers.

// The description, once it has been read.
let described;

function resolve(value) {
  if (!value?.$ref) return value ?? {};
  const steps = value.$ref.slice(2).split("/").map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return resolve(steps.reduce((place, step) => place?.[step], described));
}

// The schema in few words, with links to those that have names.
function kind(schema) {
  if (!schema) return ["anything"];
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    return [make("a", { href: `#schema-${name}` }, name)];
  }
  const several = schema.oneOf ?? schema.anyOf;
  if (several) return several.flatMap((one, place) => (place ? [" or ", ...kind(one)] : kind(one)));
  if (schema.enum) return [schema.enum.map((one) => JSON.stringify(one)).join(" | ")];
  if (schema.type === "array") return ["list of ", ...kind(schema.items)];
  const format = schema.format ? ` (${schema.format})` : "";
  return [[schema.type ?? "anything"].flat().join(" or ") + format];
}

// Rows that become blocks where there is no room for a table: each a name, some words, and prose.
function entries(rows) {
  return make("dl", { class: "entries" }, rows.map(([name, facts, more]) =>
    make("div", {}, make("dt", {}, make("code", {}, name), make("span", { class: "hint" }, facts)), make("dd", {}, more))));
}

// Long texts scroll, also by keyboard. `what` is their name, which no other one on the page has.
function example(value, what) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return make("div", { class: "example" }, copier(text, what), make("pre", { tabindex: "0", role: "group", "aria-label": what }, text));
}

// The media types of a body, each with its schema and examples; `whose` says which body it is.
function bodies(content, whose) {
  return Object.entries(content ?? {}).flatMap(([type, { schema, examples }]) => [
    make("p", {}, make("code", {}, type), ": ", kind(schema)),
    Object.values(examples ?? {}).map(resolve).map(({ summary, value }) =>
      make("details", { class: "fold" }, make("summary", {}, `Example: ${summary}`), example(value, `${whose}, ${type}: ${summary}`))),
  ]).flat();
}

function answers(responses, whose) {
  return Object.entries(responses).map(([status, answer]) => {
    const headers = Object.keys(answer.headers ?? {}).flatMap((name, place) => [place ? ", " : "", make("code", {}, name)]);
    const said = make("summary", {}, make("span", { class: `status s${status[0]}` }, status), " ", [...prose(answer.description).firstChild.childNodes]);
    return make("details", { class: "answer" }, said, make("p", { class: "hint" }, "Headers: ", headers), bodies(answer.content, `${whose}, ${status}`));
  });
}

function schema(name, value) {
  const rows = Object.entries(value.properties ?? {}).map(([key, property]) => [
    key, [" ", kind(property), value.required?.includes(key) ? "" : ", may be missing"],
    prose(property.description ?? property.oneOf?.[0].description)]);
  return make("details", { class: "card", id: `schema-${name}` }, make("summary", {}, make("h3", {}, name)), prose(value.description),
    rows.length ? entries(rows) : make("p", {}, kind(value)));
}
