// A contact as a file, in any form.

const FORMS = [["JSON", "application/json", "json"], ["vCard", "text/vcard", "vcf"], ["JSContact", "application/jscontact+json", "jscontact.json"]];

function downloads(contact, linked) {
  const problem = make("p", { class: "hint" });
  return make("section", { class: "card", "aria-labelledby": "downloads" }, make("h3", { id: "downloads" }, "Take it along"),
    make("div", { class: "actions" }, FORMS.map(([name, type, ending]) =>
      make("button", { type: "button", click: () => download(contact, linked, type, ending, problem) }, make("span", { class: "unseen" }, "Download as "), name))), problem);
}

async function download({ id }, linked, type, ending, problem) {
  const answer = await ask(`contacts/${encodeURIComponent(id)}${linked ? "?linked=true" : ""}`, { headers: { Accept: type } });
  if (answer?.status !== 200) {
    problem.textContent = `Not to be had now: ${answer ? json(answer)?.title ?? answer.status : "the gateway can't be reached"}.`;
    say(problem.textContent);
    return;
  }
  problem.textContent = "";
  const url = URL.createObjectURL(new Blob([answer.text], { type }));
  make("a", { href: url, download: `${id.replace(/[^\p{L}\p{N}.@+-]+/gu, "-")}.${ending}` }).click();
  URL.revokeObjectURL(url);
}
