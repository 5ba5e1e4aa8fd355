"use strict";
// The caller's key lives as long as the tab, in no URL and in no cookie.

const KEY = "contact-gateway-key";
let spareKey = null;

function currentKey() {
  try { return sessionStorage.getItem(KEY); } catch { return spareKey; }
}

function keepKey(key) {
  spareKey = key || null;
  try {
    if (key) sessionStorage.setItem(KEY, key);
    else sessionStorage.removeItem(KEY);
  } catch { /* It is lost with the page, then. */ }
  showKey();
  dispatchEvent(new Event("key"));
}

// What a header can carry: a key has nothing else.
function isPossibleKey(key) {
  return /^[\x21-\x7e]+$/.test(key);
}

function keyForm(id, close) {
  const input = make("input", {
    id, type: "password", autocomplete: "off", spellcheck: "false", required: true, "aria-describedby": `${id}-hint`,
  });
  const hint = make("p", { id: `${id}-hint`, class: "hint" }, "Kept until this tab is closed, and sent to this gateway only.");
  const form = make("form", { class: "key" }, make("label", { for: id }, "Key"), input, hint,
    make("div", { class: "actions" }, make("button", { class: "first" }, "Use this key"),
      currentKey() && make("button", { type: "button", click: () => { keepKey(""); close?.(); } }, "Forget the key"),
      close && make("button", { type: "button", class: "quiet", click: close }, "Cancel")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const key = input.value.trim();
    if (!isPossibleKey(key)) {
      hint.textContent = "A key is made of letters, digits and signs, without spaces: this can't be one.";
      input.setAttribute("aria-invalid", "true");
      input.focus();
      return;
    }
    close?.();
    keepKey(key);
  });
  return form;
}

function showKey() {
  const button = document.getElementById("open-key");
  button.textContent = currentKey() ? "Key: set" : "Key: none";
  button.setAttribute("aria-label", currentKey() ? "Key: set. Change it" : "Key: none. Enter one");
}

// A dialog of the browser's own keeps the focus, and gives it back.
function openKey() {
  const dialog = make("dialog", { "aria-labelledby": "key-title" }, make("h2", { id: "key-title" }, "The key for this gateway"));
  dialog.append(keyForm("dialog-key", () => dialog.close()));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function startKey() {
  document.querySelector(".tools").prepend(make("button", { type: "button", id: "open-key", class: "quiet", click: openKey }));
  showKey();
}
