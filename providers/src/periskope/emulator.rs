//! An emulated Periskope.

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::jid;
use crate::{
    Rate,
    emulator::{Emulated, Emulation, Person, Request, Response, Window, respond, set},
};

const API_KEY: &str = "emulated-key-of-no-use-elsewhere";
const ORG: &str = "2997dd64-89bf-48d3-9a22-b314fca017e5";
const RATE: Rate = Rate::per_seconds(10, 1);
const BASE: &str = "/v1";
/// Whom the server knows. It has some people in common with the emulated Rocket.Chats.
const PEOPLE: std::ops::Range<u32> = 200..1400;

/// A server of January 2025.
pub(crate) const EMULATION: Emulation = Emulation {
    instance: "periskope",
    settings: &[("api_key", API_KEY), ("phone", "919876543210")],
    documented: &[
        "919537851844",
        "919289665999",
        "120363231636311517@g.us",
        "120363144038483540@newsletter",
        "status@broadcast",
    ],
    absent: "10000000001",
    made_up: || PEOPLE.map(|index| Person::number(index).phone).collect(),
    build: |rate| Box::new(Server { window: Window::new(rate.unwrap_or(RATE)) }),
};

/// The documented bodies, as they go over the wire.
const DOCUMENTED: &[&str] = &[
    include_str!("fixtures/contact-user-doc-wire-bytes.json"),
    include_str!("fixtures/contact-business-doc.json"),
    include_str!("fixtures/contact-group-types.json"),
    include_str!("fixtures/contact-newsletter.json"),
    include_str!("fixtures/contact-broadcast.json"),
    include_str!("fixtures/contact-null-fields.json"),
];

#[derive(Debug)]
struct Server {
    window: Window,
}

impl Emulated for Server {
    fn base_path(&self) -> &'static str {
        BASE
    }

    fn answer(&self, request: &Request) -> Response {
        let path = request.uri().path();
        let Some(id) = path.strip_prefix("/v1/contacts/").filter(|id| !id.is_empty() && !id.contains('/')) else {
            let page = format!(
                "<!DOCTYPE html>\n<html lang=\"en\">\n<body>\n<pre>Cannot GET {path}</pre>\n</body>\n</html>\n"
            );
            return respond(404, "text/html; charset=utf-8", page);
        };
        // One limit for the whole key.
        let count = self.window.count("key");
        let mut response = if count.exceeded {
            let words = format!("You can only make {} requests per second", count.limit);
            let mut response = failure(429, "RATE_LIMIT_ERROR", &words);
            set(&mut response, "retry-after", &(count.left().as_secs() + 1).to_string());
            response
        } else if request.headers().get("authorization").is_none_or(|value| value != &format!("Bearer {API_KEY}")) {
            failure(401, "UNAUTHORIZED_ERROR", "Invalid bearer auth token")
        } else {
            contact(&percent_decode_str(id).decode_utf8_lossy())
        };
        set(&mut response, "x-powered-by", "Express");
        set(&mut response, "access-control-allow-origin", "*");
        set(&mut response, "x-ratelimit-limit", &count.limit.to_string());
        set(&mut response, "x-ratelimit-remaining", &count.remaining.to_string());
        // Whole seconds, rounded up.
        set(&mut response, "x-ratelimit-reset", &count.epoch().as_millis().div_ceil(1000).to_string());
        set(&mut response, "x-periskope-org-id", ORG);
        response
    }
}

fn contact(id: &str) -> Response {
    let wanted = jid::digits(id).unwrap_or(id);
    let is_wanted = |body: &&&str| {
        let document: Value = serde_json::from_str(body).unwrap_or_default();
        document["contact_id"].as_str().is_some_and(|id| jid::digits(id).unwrap_or(id) == wanted)
    };
    if let Some(body) = DOCUMENTED.iter().find(is_wanted) {
        return respond(200, "application/json; charset=utf-8", *body);
    }
    match PEOPLE.map(Person::number).find(|person| person.phone == wanted) {
        Some(person) => respond(200, "application/json; charset=utf-8", made_up(&person).to_string()),
        None => failure(404, "NOT_FOUND_ERROR", "Contact not found"),
    }
}

fn made_up(person: &Person) -> Value {
    let jid = format!("{}@c.us", person.phone);
    let groups = (0..person.index % 7).map(|group| format!("12036330000000{group:04}@g.us"));
    let mut contact = json!({
        "org_id": ORG,
        "chat_ids": groups.chain([jid.clone()]).collect::<Vec<_>>(),
        "label_ids": { "label-ukjqhqngnakncalm": true },
        "labels": ["customer"],
        "contact_id": jid,
        "updated_at": person.time(1).replace('Z', "000+00:00"),
        "is_imported": null,
        "is_internal": false,
        "contact_name": person.name,
        "contact_type": if person.index.is_multiple_of(10) { "business" } else { "user" },
        "contact_color": "#25D366",
        "contact_image": null,
        "is_my_contact": null,
        "is_wa_contact": true,
    });
    match person.index % 4 {
        1 => {
            for field in ["contact_name", "updated_at", "label_ids", "is_internal", "contact_type"] {
                contact[field] = Value::Null;
            }
        }
        2 => contact["contact_lid"] = format!("2304630{:08}@lid", person.index).into(),
        _ => {}
    }
    contact
}

fn failure(status: u16, code: &str, message: &str) -> Response {
    let body = json!({ "code": code, "message": message, "status": status });
    respond(status, "application/json; charset=utf-8", body.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_contact_is_served_byte_for_byte() {
        let response = contact("919537851844");
        assert_eq!(response.body().len(), 1122);
    }

    #[test]
    fn there_are_more_than_a_thousand_contacts() {
        assert!(PEOPLE.map(Person::number).filter(|person| contact(&person.phone).status() == 200).count() > 1_000);
    }
}
