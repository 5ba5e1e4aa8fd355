// All providers, looked at again every few seconds while somebody looks.

const PAUSE = 5000;

class Overview {
  constructor(place) {
    this.place = place;
    this.cards = make("div", { class: "grid" });
    this.updated = make("p", { class: "hint" });
    this.shown = null;
    this.words = new Map();
    // A hidden page asks nothing.
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) clearTimeout(this.timer);
      else if (this.running) this.look();
    });
  }

  start() {
    this.running = true;
    this.place.replaceChildren(make("section", { "aria-labelledby": "providers" },
      make("div", { class: "top" }, make("h2", { id: "providers", tabindex: "-1" }, "Providers"), this.updated), this.cards));
    if (!this.shown) this.cards.replaceChildren(make("p", { class: "hint", role: "status" }, "Asking the gateway …"));
    this.look();
  }

  stop() {
    this.running = false;
    clearTimeout(this.timer);
  }

  async look() {
    clearTimeout(this.timer);
    const answer = await ask("providers");
    if (!this.running) return;
    this.show(answer);
    // Another look may have been taken meanwhile.
    clearTimeout(this.timer);
    if (!document.hidden && answer?.status !== 401) this.timer = setTimeout(() => this.look(), PAUSE);
  }

  show(answer) {
    reached(answer, () => this.look());
    const providers = answer?.status === 200 && json(answer)?.providers;
    if (providers) {
      this.shown = answer.at;
      this.updated.replaceChildren("As of ", since(this.shown));
      this.cards.classList.remove("old");
      this.draw(providers, answer.at);
    } else if (this.shown && (!answer || answer.status >= 500)) {
      // What was there is better than nothing, if it says how old it is.
      this.cards.classList.add("old");
      this.updated.replaceChildren(badge("Old", "warn"), " as of ", since(this.shown));
    } else {
      this.updated.textContent = "";
      this.cards.replaceChildren(failed(answer, () => this.look()));
    }
  }

  // What is open stays open, and the focus stays where it is.
  draw(providers, at) {
    const focused = this.cards.contains(document.activeElement) && path(this.cards, document.activeElement);
    const opened = new Set([...this.cards.querySelectorAll("details[open]")].map((fold) => fold.dataset.name));
    this.cards.replaceChildren(...providers.map((provider) => providerCard(provider, at, opened)));
    this.tell(new Map(providers.map((provider) => [provider.provider, condition(provider)[0]])));
    if (!providers.length) this.cards.replaceChildren(make("p", { class: "panel" }, "Your key admits to no provider."));
    if (focused) focused.reduce((element, place) => element?.children[place], this.cards)?.focus();
  }

  // Only what has changed is news for those who don't see it.
  tell(words) {
    const news = [...words].filter(([name, word]) => this.words.has(name) && this.words.get(name) !== word);
    if (news.length) say(news.map(([name, word]) => `${name}: ${word}.`).join(" "));
    this.words = words;
  }
}

// Which child of which child it is.
function path(root, element) {
  const places = [];
  for (let at = element; at !== root; at = at.parentElement) places.unshift([...at.parentElement.children].indexOf(at));
  return places;
}

// Whether the gateway answers at all is said once, above everything.
function reached(answer, retry) {
  const away = document.getElementById("away");
  if (answer) away.replaceChildren();
  else if (!away.firstChild) {
    away.append(make("div", { class: "panel bad" }, make("p", {}, make("strong", {}, "The gateway can't be reached."), " What is shown is as it was."),
      make("div", { class: "actions" }, make("button", { type: "button", click: retry }, "Try again"))));
  }
}
