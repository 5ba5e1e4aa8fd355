// The description as a page: every operation, and every schema.

const METHODS = ["get", "post", "put", "patch", "delete"];

function operation({ path, method, item }) {
  const one = item[method], whose = `${method.toUpperCase()} ${path}`;
  const rows = (one.parameters ?? []).map((parameter) => [
    parameter.name, [` ${parameter.in}, ${parameter.required ? "required, " : ""}`, kind(parameter.schema)], prose(parameter.description)]);
  const methods = method === "get" && item.head ? "GET, HEAD" : method.toUpperCase();
  return make("details", { class: "card operation", id: one.operationId },
    make("summary", {}, make("span", { class: `method ${method}` }, methods), make("code", { class: "path" }, path), make("h3", {}, one.summary)),
    prose(one.description),
    rows.length > 0 && [make("h4", {}, "Parameters"), entries(rows)],
    one.requestBody && [make("h4", {}, "Body"), prose(one.requestBody.description), bodies(one.requestBody.content, whose)].flat(),
    make("h4", {}, "Answers"), make("div", { class: "answers" }, answers(one.responses, whose)),
    make("h4", {}, "Try it"), trial(path, method, one));
}

function contents(tags, all) {
  const links = make("ul", {}, tags.map(({ name }) => make("li", {}, make("a", { href: `#tag-${name}` }, name),
    make("ul", {}, all.filter(({ tag }) => tag === name).map(({ path, method, item }) =>
      make("li", {}, make("a", { href: `#${item[method].operationId}`, title: item[method].summary },
        make("span", { class: `method ${method}` }, method.toUpperCase()), " ", path)))))),
    make("li", {}, make("a", { href: "#schemas" }, "Schemas")));
  return make("details", { open: matchMedia("(min-width: 60rem)").matches }, make("summary", {}, "Contents"), links);
}

// What a link leads to is opened, and everything around it.
function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
  target?.scrollIntoView();
  (target?.querySelector("summary") ?? target)?.focus({ preventScroll: true });
}

async function show() {
  const main = document.getElementById("main");
  const answer = await ask("openapi.json", { key: false });
  described = answer?.status === 200 && json(answer);
  if (!described) {
    main.replaceChildren(make("div", { class: "panel bad", role: "alert" }, make("h1", {}, "The description can't be read"),
      make("p", {}, answer ? `The gateway answered ${answer.status}.` : "The gateway can't be reached."),
      make("div", { class: "actions" }, make("button", { type: "button", click: show }, "Try again"))));
    return;
  }
  const { info, tags, paths, components } = described;
  const all = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({ path, method, item, tag: item[method].tags[0] })));
  main.replaceChildren(
    make("header", {}, make("h1", {}, "The API"),
      make("p", { class: "hint" }, `Version ${info.version}, OpenAPI ${described.openapi} · `, make("a", { href: "openapi.json" }, "openapi.json"))),
    prose(info.description),
    ...tags.flatMap(({ name, description }) => [make("h2", { id: `tag-${name}`, tabindex: "-1" }, name), prose(description),
      ...all.filter(({ tag }) => tag === name).map(operation)]),
    make("h2", { id: "schemas", tabindex: "-1" }, "Schemas"),
    make("div", { class: "schemas" }, Object.entries(components.schemas).sort(([one], [other]) => one.localeCompare(other)).map(([name, value]) => schema(name, value))));
  document.getElementById("contents").replaceChildren(contents(tags, all));
  if (location.hash) open();
}

addEventListener("hashchange", open);
startKey();
show();
