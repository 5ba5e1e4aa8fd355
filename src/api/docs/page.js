"use strict";
// Texts become text nodes and nothing else: what a description or an answer says can't become markup.

const METHODS = ["get", "post", "put", "patch", "delete"];
let document_;

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

// Descriptions use paragraphs, `code` and **bold** of Markdown.
function prose(text) {
  const parts = (line) => line.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith("`")) return make("code", {}, part.slice(1, -1));
    return part.startsWith("**") ? make("strong", {}, part.slice(2, -2)) : part;
  });
  return make("div", {}, ...(text ?? "").split(/\n{2,}/).map((line) => make("p", {}, ...parts(line))));
}

function resolve(value) {
  if (!value?.$ref) return value ?? {};
  const steps = value.$ref.slice(2).split("/").map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return resolve(steps.reduce((place, step) => place?.[step], document_));
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

function table(heads, rows) {
  const row = (cells, name) => make("tr", {}, ...cells.map((cell) => make(name, {}, ...[cell].flat())));
  return make("table", {}, make("thead", {}, row(heads, "th")), make("tbody", {}, ...rows.map((cells) => row(cells, "td"))));
}

function example(value) {
  return make("pre", { tabindex: "0" }, typeof value === "string" ? value : JSON.stringify(value, null, 2));
}

// The media types of a body, each with its schema and examples.
function bodies(content) {
  return Object.entries(content ?? {}).flatMap(([type, { schema, examples }]) => [
    make("p", {}, make("code", {}, type), ": ", ...kind(schema)),
    ...Object.values(examples ?? {}).map(resolve).map(({ summary, value }) =>
      make("details", {}, make("summary", {}, `Example: ${summary}`), example(value))),
  ]);
}

function answers(responses) {
  return Object.entries(responses).map(([status, answer]) => {
    const headers = Object.keys(answer.headers ?? {}).join(", ");
    const said = make("summary", {}, make("strong", {}, status), " ", ...prose(answer.description).firstChild.childNodes);
    return make("details", {}, said, make("p", { class: "soft" }, `Headers: ${headers}`), ...bodies(answer.content));
  });
}

// A form that asks the gateway.
function trial(path, method, operation) {
  const fields = (operation.parameters ?? []).map((parameter) => {
    const { name, schema, required } = parameter;
    const choices = resolve(schema).enum ?? (schema.type === "boolean" ? ["true", "false"] : undefined);
    const input = choices
      ? make("select", {}, ...(required ? [] : [make("option", { value: "" }, "–")]), ...choices.map((one) => make("option", {}, one)))
      : make("input", { autocomplete: "off", spellcheck: "false" });
    if (required) input.required = true;
    if (required && !choices) input.value = parameter.example ?? "";
    return { ...parameter, input, label: make("label", {}, `${name}${required ? "" : " (optional)"}`, input) };
  });
  const types = Object.keys(operation.responses["200"]?.content ?? {});
  const accept = make("select", {}, ...types.map((type) => make("option", {}, type)));
  const sent = operation.requestBody && Object.entries(operation.requestBody.content)[0];
  const body = sent && make("textarea", { spellcheck: "false" }, JSON.stringify(resolve(Object.values(sent[1].examples)[0]).value, null, 2));
  const shown = make("div", { role: "status" });
  const form = make("form", {}, ...fields.map(({ label }) => label),
    types.length > 1 ? make("label", {}, "Accept", accept) : undefined,
    body ? make("label", {}, "Body", body) : undefined,
    make("button", {}, "Send"), shown);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const headers = new Headers(), query = new URLSearchParams();
    let target = path.slice(1);
    for (const { name, in: place, input } of fields.filter(({ input }) => input.value !== "")) {
      if (place === "path") target = target.replace(`{${name}}`, encodeURIComponent(input.value));
      else if (place === "query") query.set(name, input.value);
      else headers.set(name, input.value);
    }
    if (types.length) headers.set("Accept", `${accept.value || types[0]}, application/problem+json;q=0.1`);
    if (sent) headers.set("Content-Type", sent[0]);
    const key = document.getElementById("key").value;
    if (key && !operation.security) headers.set("Authorization", `Bearer ${key}`);
    shown.replaceChildren("…");
    try {
      const url = new URL(target + (query.size ? `?${query}` : ""), new URL(".", location.href));
      const answer = await fetch(url, { method: method.toUpperCase(), headers, body: body?.value, cache: "no-store" });
      const text = await answer.text();
      const lines = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
      let value = text;
      try { value = JSON.parse(text); } catch { /* Not every form is JSON. */ }
      shown.replaceChildren(make("p", {}, make("strong", {}, `${answer.status} ${answer.statusText}`), ` ${url.pathname}${url.search}`),
        example(lines), example(value));
    } catch (error) {
      shown.replaceChildren(make("p", {}, `No answer: ${error.message}`));
    }
  });
  return form;
}

function operation(path, method, item) {
  const one = item[method];
  const rows = (one.parameters ?? []).map((parameter) => [
    make("code", {}, parameter.name), `${parameter.in}${parameter.required ? ", required" : ""}`,
    kind(parameter.schema), prose(parameter.description)]);
  const methods = method === "get" && item.head ? "GET, HEAD" : method.toUpperCase();
  return make("details", { id: one.operationId },
    make("summary", {}, make("span", { class: "method" }, methods), " ", make("span", { class: "path" }, path), " ",
      make("h3", {}, one.summary)),
    prose(one.description),
    rows.length ? make("h4", {}, "Parameters") : undefined,
    rows.length ? table(["Name", "In", "Type", ""], rows) : undefined,
    one.requestBody ? make("h4", {}, "Body") : undefined,
    ...(one.requestBody ? [prose(one.requestBody.description), ...bodies(one.requestBody.content)] : []),
    make("h4", {}, "Answers"), ...answers(one.responses),
    make("h4", {}, "Try it"), trial(path, method, one));
}

function schema(name, value) {
  const rows = Object.entries(value.properties ?? {}).map(([key, property]) => [
    make("code", {}, key), value.required?.includes(key) ? "always" : "", kind(property),
    prose(property.description ?? property.oneOf?.[0].description)]);
  return make("details", { id: `schema-${name}` }, make("summary", {}, make("h3", {}, name)), prose(value.description),
    rows.length ? table(["Key", "", "Type", ""], rows) : make("p", {}, ...kind(value)));
}

// What a link leads to is opened.
function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
  target?.scrollIntoView();
}

async function show() {
  const main = document.getElementById("main");
  try {
    document_ = await (await fetch("openapi.json")).json();
  } catch (error) {
    main.replaceChildren(make("p", { role: "alert" }, `The description can't be read: ${error.message}`));
    return;
  }
  const { info, tags, paths, components } = document_;
  document.getElementById("version").textContent = `version ${info.version}, OpenAPI ${document_.openapi}`;
  const all = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({ path, method, item, tag: item[method].tags[0] })));
  main.replaceChildren(prose(info.description),
    ...tags.flatMap(({ name, description }) => [make("h2", { id: `tag-${name}` }, name), prose(description),
      ...all.filter(({ tag }) => tag === name).map(({ path, method, item }) => operation(path, method, item))]),
    make("h2", { id: "schemas" }, "Schemas"),
    ...Object.entries(components.schemas).map(([name, value]) => schema(name, value)));
  document.getElementById("contents").replaceChildren(
    ...tags.map(({ name }) => make("a", { href: `#tag-${name}` }, name)), make("a", { href: "#schemas" }, "Schemas"));
  addEventListener("hashchange", open);
  if (location.hash) open();
}

show();
