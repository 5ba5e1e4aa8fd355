// Which view is shown: the address after the # decides.

const field = document.getElementById("id"), hint = document.getElementById("hint"), view = document.getElementById("view");
const overview = new Overview(view);
let asking = null;

function showHint() {
  hint.textContent = explainMeant(meant(field.value));
}

async function lookUp({ id, linked }, { anew = false, focus = true } = {}) {
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  const retry = () => lookUp({ id, linked });
  view.setAttribute("aria-busy", "true");
  if (!anew) view.replaceChildren(make("p", { class: "waiting" }, "Asking …"));
  let answer;
  try {
    answer = await ask(`contacts/${encodeURIComponent(id)}?explain=true${linked ? "&linked=true" : ""}`,
      { signal, headers: anew ? { "Cache-Control": "no-cache" } : {} });
  } catch { return; }
  view.removeAttribute("aria-busy");
  const contact = answer?.status === 200 && json(answer);
  if (anew && !contact && view.querySelector(".contact")) {
    // The contact that is there stays, marked as what it is.
    view.querySelector(".contact").classList.add("old");
    view.querySelector(".failure")?.remove();
    view.prepend(make("div", { class: "failure" }, failed(answer, () => lookUp({ id, linked }, { anew: true })), make("p", { class: "hint" }, "Below is the contact as it was before.")));
  } else {
    view.replaceChildren(contact ? contactView(contact, answer, { linked, refresh: () => lookUp({ id, linked }, { anew: true }) })
      : failed(answer, retry, answer?.status === 404 && suggestions(id)));
  }
  const outcome = document.getElementById("outcome");
  const title = plain(contact ? contact.name ?? contact.id : outcome.textContent);
  document.title = `${title} – contact-gateway`;
  if (focus) outcome.focus();
  say(contact ? `Found ${title}.` : `${title}.`);
}

// What else the same text may have meant.
function suggestions(id) {
  const digits = /^\+?(\d{7,15})(@(c\.us|s\.whatsapp\.net))?$/.exec(id)?.[1];
  if (!digits) return null;
  return make("p", {}, "Digits alone are taken for an id. ", make("a", { href: linkTo(`tel:+${digits}`) }, `Look for the phone number +${digits}`));
}

function route(focus) {
  const target = readLink(location.hash);
  // What others say after the # is no view of this page.
  if (!target && !/^#?\/?$/.test(location.hash)) return;
  overview.stop();
  if (target) {
    if (meant(field.value).id !== target.id) field.value = target.id;
    showHint();
    lookUp(target, { focus });
    return;
  }
  asking?.abort();
  view.removeAttribute("aria-busy");
  document.title = "contact-gateway";
  overview.start();
  if (focus) document.getElementById("providers").focus();
}

document.getElementById("look-up").addEventListener("submit", (event) => {
  event.preventDefault();
  const { id } = meant(field.value);
  // A browser would take these for a way up, and ask for something else.
  if (/^\.{1,2}$/.test(id)) hint.textContent = "Dots alone are no id.";
  else if (!id) {
    location.hash = "#/";
    field.focus();
  } else if (location.hash === linkTo(id)) route(true);
  else location.hash = linkTo(id);
});
field.addEventListener("input", showHint);
addEventListener("hashchange", () => route(true));
// A new key may see what the old one may not.
addEventListener("key", () => { overview.shown = null; route(true); });
addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.target.closest("input, textarea, select, dialog")) {
    event.preventDefault();
    field.focus();
  }
});
startKey();
showHint();
route(false);
