//! Examples: the documented contacts, and what is made from them.

use serde_json::{Value, json};
use utoipa::openapi::{ComponentsBuilder, example::ExampleBuilder};

use super::super::{code::Code, problems::Explained};
use crate::forms::{self, Fields, Form};

// What the sandbox answers with: a test asks it.
const CONTACT: &str = include_str!("examples/rocketchat.json");
const WHATSAPP: &str = include_str!("examples/periskope.json");
const REGISTERED: &str = include_str!("examples/registered.json");
const PROVIDERS: &str = include_str!("examples/providers.json");
const EXPLANATION: &str = include_str!("examples/explanation.json");

/// Adds every example.
pub(super) fn add(components: ComponentsBuilder) -> ComponentsBuilder {
    let problems = Code::ALL.map(|code| (code.name(), code.entry().title, super::problems::example(code)));
    contacts().into_iter().chain(others()).chain(problems).fold(components, |components, (name, summary, value)| {
        components.example(name, ExampleBuilder::new().summary(summary).value(Some(value)).build())
    })
}

type Example = (&'static str, &'static str, Value);

fn contacts() -> [Example; 7] {
    let whole = read(CONTACT);
    let mut explained = read(WHATSAPP);
    explained["explain"] = read(EXPLANATION);
    let part = Fields::asked("name,emails").ok().and_then(|fields| form(Form::Json, &fields));
    let text = |form_| form(form_, &Fields::default());
    [
        ("contact", "A contact of Rocket.Chat", whole),
        ("whatsapp-contact", "A contact of Periskope", read(WHATSAPP)),
        ("part-of-a-contact", "With `fields=name,emails`", json_of(part)),
        ("explained-contact", "With `explain=true`", explained),
        ("jscontact", "As JSContact", json_of(text(Form::JsContact))),
        ("vcard", "As a vCard", text(Form::VCard).unwrap_or_default().into()),
        ("registered-contact", "A contact that was just registered", read(REGISTERED)),
    ]
}

fn others() -> [Example; 12] {
    let (contact, whatsapp) = (read(CONTACT), read(WHATSAPP));
    let found = json!({ "id": "673c76df47a6c9b89dd263d8", "contact": contact });
    let failed = json!({ "id": "periskope:10000000001", "problem": super::problems::example(Code::ContactNotFound) });
    let page = json!({ "contacts": [contact, whatsapp], "next_cursor": null });
    let new = json!({ "provider": "periskope", "name": "Nova Pessoa", "phones": ["+55 11 91234-0000"] });
    let message = json!({ "event": "chat.updated", "org_id": "2997dd64-89bf-48d3-9a22-b314fca017e5", "data": {} });
    let explained = serde_json::to_value(Explained::of(Code::NotCached)).unwrap_or_default();
    [
        ("page", "The only page of a short list", page),
        ("lines", "Two contacts", format!("{contact}\n{whatsapp}\n").into()),
        ("ids", "Two ids", json!({ "ids": ["673c76df47a6c9b89dd263d8", "periskope:10000000001"] })),
        ("results", "One contact, and one that there is not", json!({ "results": [found, failed] })),
        ("result-lines", "The same as lines", format!("{failed}\n{found}\n").into()),
        ("new-contact", "Somebody with a phone", new),
        ("webhook", "A message of Periskope", message),
        ("providers", "One provider", read(PROVIDERS)),
        ("live", "It runs", json!({ "status": "live" })),
        ("ready", "Ready", json!({ "status": "ready" })),
        ("starting", "Not yet", json!({ "status": "starting" })),
        ("explanation", "What `not-cached` means", explained),
    ]
}

fn form(form: Form, fields: &Fields) -> Option<String> {
    let page = serde_json::to_vec(&read(CONTACT)).ok()?;
    let bytes = forms::render(&page, form, fields).ok()?;
    String::from_utf8(bytes.into()).ok()
}

fn json_of(text: Option<String>) -> Value {
    text.map(|text| read(&text)).unwrap_or_default()
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}
