//! The forms of contacts, from a page's bytes to the bytes of each form.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should stop")]

mod awkward;
mod documented;
mod fields;
mod people;
mod properties;
mod secrets;
mod table;

use bytes::Bytes;
use contact_gateway::forms::{Fields, Form, render};
use providers::Contact;

const ALL: [Form; 5] = [Form::Json, Form::JsContact, Form::VCard, Form::Ndjson, Form::Csv];

/// What the gateway keeps of a contact.
fn page(contact: &Contact) -> Bytes {
    serde_json::to_vec(contact).unwrap().into()
}

/// One contact in one form.
fn written(contact: &Contact, form: Form, fields: Fields) -> String {
    String::from_utf8(render(&page(contact), form, &fields).unwrap().to_vec()).unwrap()
}

/// The form of every contact, one after the other, readable in review.
fn readable(contacts: &[Contact], form: Form) -> String {
    let texts = contacts.iter().map(|contact| {
        let text = written(contact, form, Fields::default());
        match form {
            Form::JsContact => {
                serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(&text).unwrap()).unwrap()
            }
            _ => text.replace("\r\n", "\n"),
        }
    });
    texts.collect::<Vec<_>>().join("\n")
}
