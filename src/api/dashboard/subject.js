// What somebody means by what they have typed.

const WHATSAPP = /@(c\.us|g\.us|s\.whatsapp\.net|lid|newsletter|broadcast)$/i;

// The id to ask for, and what that means.
function meant(typed) {
  const text = typed.trim();
  if (/^(tel|mailto):/i.test(text)) return { id: text.replace(/^[^:]+/, (scheme) => scheme.toLowerCase()), as: text.split(":")[0].toLowerCase() };
  if (isPhone(text)) return { id: `tel:${text.replace(/[^\d+]/g, "").replace(/^00/, "+")}`, as: "tel" };
  if (isAddress(text)) return { id: `mailto:${text}`, as: "mailto" };
  return { id: text, as: "id" };
}

// Digits alone are an id of WhatsApp's as well, and are taken for that.
function isPhone(text) {
  const digits = text.replace(/\D/g, "").length;
  return /^(\+|00|\()?[\d\s().\-/]+$/.test(text) && /^\+|^00|[\s()\-/.]/.test(text) && digits >= 5 && digits <= 17;
}

function isAddress(text) {
  return /^[^\s@:]+@[^\s@:]+\.[^\s@:]+$/.test(text) && !WHATSAPP.test(text);
}

function explainMeant({ id, as }) {
  if (!id) return "An id of a provider's, a phone number with its country code, or an e-mail address.";
  if (as === "tel") return `A phone number: asks every provider that can search, for ${id}.`;
  if (as === "mailto") return `An e-mail address: asks every provider that can search, for ${id}.`;
  return "An id: asks the provider that it names, or those that have ids like this.";
}

// The part of this page's address that leads to a contact.
function linkTo(id, linked) {
  return `#/contacts/${encodeURIComponent(id)}${linked ? "?linked=true" : ""}`;
}

// What the address leads to.
function readLink(hash) {
  const found = /^#\/contacts\/([^?]*)(\?linked=true)?$/.exec(hash);
  if (!found) return null;
  try { return { id: decodeURIComponent(found[1]), linked: Boolean(found[2]) }; } catch { return { id: found[1], linked: Boolean(found[2]) }; }
}
