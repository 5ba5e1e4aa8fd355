// A form that asks the gateway.

function trial(path, method, operation) {
  const whose = `${method.toUpperCase()} ${path}`;
  const id = (name) => `try-${operation.operationId}-${name}`;
  const fields = (operation.parameters ?? []).map((parameter) => {
    const { name, schema, required } = parameter;
    const choices = resolve(schema).enum ?? (schema.type === "boolean" ? ["true", "false"] : undefined);
    const input = choices
      ? make("select", { id: id(name) }, !required && make("option", { value: "" }, "–"), choices.map((one) => make("option", {}, one)))
      : make("input", { id: id(name), autocomplete: "off", spellcheck: "false", required });
    if (required && !choices) input.value = parameter.example ?? "";
    return { ...parameter, input, element: labelled(input, name, !required) };
  });
  const types = Object.keys(operation.responses["200"]?.content ?? {});
  const accept = make("select", { id: id("accept") }, types.map((type) => make("option", {}, type)));
  const sent = operation.requestBody && Object.entries(operation.requestBody.content)[0];
  const body = sent && make("textarea", { id: id("body"), spellcheck: "false", rows: 8 },
    JSON.stringify(resolve(Object.values(sent[1].examples)[0]).value, null, 2));
  const shown = make("div", { class: "shown" });
  const [needed, optional] = [fields.filter(({ required }) => required), fields.filter(({ required }) => !required)];
  const form = make("form", { class: "trial", "aria-label": `Try ${whose}` }, needed.map(({ element }) => element),
    types.length > 1 && labelled(accept, "Accept"), body && labelled(body, "Body"),
    optional.length > 0 && make("details", { class: "fold" }, make("summary", {}, "Optional parameters and headers"),
      make("div", { class: "fields" }, optional.map(({ element }) => element))),
    make("div", { class: "actions" }, make("button", { class: "first" }, "Send")), shown);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    shown.replaceChildren(make("p", { class: "hint" }, "Asking …"));
    const { target, headers } = request(path, fields);
    if (types.length) headers.set("Accept", `${accept.value || types[0]}, application/problem+json;q=0.1`);
    if (sent) headers.set("Content-Type", sent[0]);
    // The browser's own memory would hide what the gateway answers; and going around it, the browser would add a wish for a new
    // contact, unless there is another one. This one means nothing to the gateway.
    if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-transform");
    const answer = await ask(target, { method: method.toUpperCase(), headers, body: body?.value, key: !operation.security, cache: "no-store" });
    shown.replaceChildren(...answered(answer, target, whose));
    say(answer ? `The answer is ${answer.status}.` : "No answer: the gateway can't be reached.");
  });
  return form;
}

function labelled(input, name, optional) {
  return make("div", { class: "labelled" }, make("label", { for: input.id }, name, optional && make("span", { class: "hint" }, " optional")), input);
}

// Where the request goes, and with which headers.
function request(path, fields) {
  const headers = new Headers(), query = new URLSearchParams();
  let target = path.slice(1);
  for (const { name, in: place, input } of fields.filter(({ input }) => input.value !== "")) {
    if (place === "path") target = target.replace(`{${name}}`, () => encodeURIComponent(input.value));
    else if (place === "query") query.set(name, input.value);
    else headers.set(name, input.value);
  }
  return { target: `./${target}${query.size ? `?${query}` : ""}`, headers };
}

function answered(answer, target, whose) {
  if (!answer) return [make("p", {}, make("strong", {}, "No answer."), " The gateway can't be reached, or a header has a character that it can't have.")];
  const lines = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  return [
    make("p", {}, make("span", { class: `status s${String(answer.status)[0]}` }, `${answer.status} ${answer.statusText}`), " ", make("code", {}, target.slice(1))),
    make("details", { class: "fold" }, make("summary", {}, "Headers"), example(lines, `the headers of the answer to ${whose}`)),
    answer.text ? example(json(answer) ?? answer.text, `the answer to ${whose}`) : make("p", { class: "hint" }, "It has no body."),
  ];
}
