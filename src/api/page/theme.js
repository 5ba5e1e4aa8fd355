"use strict";
// Runs before anything is drawn, so that nobody sees the other theme first.

const THEMES = { auto: "as the system", light: "light", dark: "dark" };

function chosenTheme() {
  // A browser that keeps nothing for anybody refuses by throwing.
  try { return THEMES[localStorage.getItem("theme")] ? localStorage.getItem("theme") : "auto"; } catch { return "auto"; }
}

function showTheme(theme) {
  document.documentElement.dataset.theme = theme;
  const button = document.getElementById("theme");
  if (!button) return;
  button.textContent = `Theme: ${theme}`;
  button.setAttribute("aria-label", `Theme: ${theme}, ${theme === "auto" ? THEMES.auto : "always"}. Change it`);
}

showTheme(chosenTheme());
addEventListener("DOMContentLoaded", () => {
  showTheme(chosenTheme());
  for (const link of document.querySelectorAll(".bar nav a")) {
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
  }
  document.getElementById("theme").addEventListener("click", () => {
    const all = Object.keys(THEMES);
    const next = all[(all.indexOf(document.documentElement.dataset.theme) + 1) % all.length];
    try { localStorage.setItem("theme", next); } catch { /* It holds for this page, then. */ }
    showTheme(next);
  });
});
