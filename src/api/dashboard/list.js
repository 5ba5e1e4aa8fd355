// Lists that stay readable when they are long.

const SHORT = 8;

// Each item is its text, for the filter, and its element. Beyond a few, they are folded, can be filtered, and scroll.
function collection(what, items) {
  const list = make("ul", { class: "items" }, items.map(({ element }) => make("li", {}, element)));
  if (items.length <= SHORT) return list;
  const rows = [...list.children].map((row, place) => ({ row, text: items[place].text.toLowerCase() }));
  const count = make("span", { class: "hint" });
  const name = `filter-${what.toLowerCase().replaceAll(" ", "-")}`;
  const filter = make("input", { id: name, type: "search", autocomplete: "off", spellcheck: "false" });
  const show = () => {
    const wanted = filter.value.trim().toLowerCase();
    let shown = 0;
    for (const { row, text } of rows) {
      row.hidden = !text.includes(wanted);
      if (!row.hidden) shown += 1;
    }
    count.textContent = wanted ? `${shown} of ${items.length}` : `${items.length} in all`;
    if (wanted) say(`${shown} of ${items.length} ${what.toLowerCase()}.`);
  };
  filter.addEventListener("input", show);
  show();
  return make("details", { class: "fold" }, make("summary", {}, `Show all ${items.length}`),
    make("div", { class: "filter" }, make("label", { for: name }, "Filter"), filter, count),
    make("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": what }, list));
}

// Any JSON, as a person reads it.
function value(any) {
  if (any === null || any === undefined) return make("span", { class: "soft" }, "nothing");
  if (Array.isArray(any)) {
    if (!any.length) return make("span", { class: "soft" }, "nothing");
    return any.every((one) => typeof one !== "object") ? any.join(", ") : make("ul", { class: "items" }, any.map((one) => make("li", {}, value(one))));
  }
  if (typeof any === "object") return pairs(any);
  return typeof any === "boolean" ? (any ? "yes" : "no") : String(any);
}

function pairs(map) {
  const all = Object.entries(map);
  if (!all.length) return make("span", { class: "soft" }, "nothing");
  return make("dl", { class: "pairs" }, all.map(([key, any]) => make("div", {}, make("dt", {}, key), make("dd", {}, value(any)))));
}
