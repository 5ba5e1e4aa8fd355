"use strict";
// What this page asks the gateway, with the key that there is.

// The answer: its status, headers and text. `null` where there is none, because the gateway can't be reached.
async function ask(target, { method = "GET", headers = {}, body, key = true, cache = "default", signal } = {}) {
  try {
    const all = new Headers(headers);
    if (key && currentKey()) all.set("Authorization", `Bearer ${currentKey()}`);
    const answer = await fetch(target, { method, headers: all, body, cache, signal });
    const text = await answer.text();
    return { status: answer.status, statusText: answer.statusText, headers: answer.headers, text, at: Date.now() };
  } catch (error) {
    if (error.name === "AbortError") throw error;
    return null;
  }
}

// JSON, where it is.
function json(answer) {
  try { return JSON.parse(answer.text); } catch { return null; }
}
