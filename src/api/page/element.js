"use strict";
// Texts become text nodes and nothing else: what a contact, a description or an answer says can't become markup.

// Nor can it look like another text: signs that nobody sees, and those that turn the direction of what follows, are shown as such.
function plain(text) {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

function make(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

// A part of a picture.
function draw(name, attributes = {}, ...children) {
  return fill(document.createElementNS(document.getElementById("mark").namespaceURI, name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  const shown = children.flat().filter((child) => child !== undefined && child !== null && child !== false);
  element.append(...shown.map((child) => (typeof child === "string" ? plain(child) : child)));
  return element;
}

// What only those hear who don't see the page.
function unseen(text) {
  return make("span", { class: "unseen" }, text);
}

// Explanations use paragraphs, `code` and **bold** of Markdown.
function prose(text) {
  const parts = (line) => line.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith("`")) return make("code", {}, part.slice(1, -1));
    return part.startsWith("**") ? make("strong", {}, part.slice(2, -2)) : part;
  });
  return make("div", { class: "prose" }, (text ?? "").split(/\n{2,}/).map((line) => make("p", {}, parts(line))));
}

// Tells those who don't see the page what has happened.
function say(text) {
  const said = document.getElementById("said");
  // The same words again are news, too.
  said.textContent = said.textContent === text ? `${text}\u00a0` : text;
}

// Only pages from a safe origin may write to the clipboard.
function copier(text, what) {
  if (!navigator.clipboard) return null;
  const button = make("button", { type: "button", class: "copy", "aria-label": `Copy ${what}`, title: `Copy ${what}` }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
      say(`Copied ${what}.`);
    } catch {
      button.textContent = "Refused";
      say("The browser doesn't let this page copy.");
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  return button;
}
