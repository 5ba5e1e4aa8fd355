//! The keys that callers must have.

use std::collections::BTreeSet;

use contact_gateway::auth::Digest;
use providers::{Priority, Rate};

use crate::{LEAST, complaint, file, load};

fn with(lines: &str) -> String {
    format!("{LEAST}[auth.keys.crm]\nhash = \"{}\"\n{lines}\n", Digest::of(b"a key"))
}

#[test]
fn a_hash_alone_is_a_key_without_a_restriction() {
    let config = load("key.toml", &with(""), &[]).unwrap();
    let [crm] = &*config.auth.keys else { panic!("{:?}", config.auth) };
    assert_eq!((&*crm.name, crm.digest, crm.rate), ("crm", Digest::of(b"a key"), None));
    assert_eq!((crm.caller.name.as_deref(), crm.caller.priority), (Some("crm"), Priority::Live));
    assert_eq!((&crm.caller.providers, &crm.caller.fields), (&None, &None));
}

#[test]
fn a_key_may_be_limited() {
    let lines = "priority = \"batch\"\nrate = { calls = 5, per = \"1m\" }\nproviders = [\"chat\"]\nfields = [\"name\", \"phones\"]";
    let config = load("limited-key.toml", &with(lines), &[]).unwrap();
    let crm = &config.auth.keys[0];
    assert_eq!((crm.rate, crm.caller.priority), (Some(Rate::per_seconds(5, 60)), Priority::Batch));
    let set = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>());
    assert_eq!((&crm.caller.providers, &crm.caller.fields), (&set(&["chat"]), &set(&["name", "phones"])));
}

#[test]
fn variables_alone_can_make_a_key() {
    let hash = Digest::of(b"a key").to_string();
    let environment = [
        ("GATEWAY__AUTH__KEYS__CRM__HASH", &*hash),
        ("GATEWAY__AUTH__KEYS__CRM__RATE__CALLS", "5"),
        ("GATEWAY__AUTH__KEYS__CRM__RATE__PER", "1s"),
        ("GATEWAY__AUTH__KEYS__CRM__PROVIDERS", "chat"),
        ("GATEWAY__AUTH__KEYS__CRM__FIELDS", "name, phones"),
    ];
    let config = load("key-variables.toml", LEAST, &environment).unwrap();
    let crm = &config.auth.keys[0];
    assert_eq!((crm.digest, crm.rate), (Digest::of(b"a key"), Some(Rate::per_seconds(5, 1))));
    assert_eq!(crm.caller.fields.as_ref().map(BTreeSet::len), Some(2));
    // A variable wins over a list in the file.
    let config = load("key-both.toml", &with("fields = [\"emails\", \"phones\"]"), &environment[4..]).unwrap();
    assert!(config.auth.keys[0].caller.fields.as_ref().is_some_and(|fields| fields.contains("name")));
}

#[test]
fn a_hash_may_stand_in_a_file_of_its_own() {
    let path = file("hash", format!("{}\n", Digest::of(b"a key")));
    let text = format!("{LEAST}[auth.keys.crm]\nhash_file = {path:?}\n");
    assert_eq!(load("hash-file.toml", &text, &[]).unwrap().auth.keys[0].digest, Digest::of(b"a key"));
}

#[test]
fn where_callers_must_have_keys_any_address_can_be_listened_on() {
    let listen = [("GATEWAY__SERVER__LISTEN", "0.0.0.0:8080")];
    assert!(load("key-listen.toml", &with(""), &listen).is_ok());
    let said = complaint("key-wrong.toml", &with("priority = \"\""), &listen);
    assert!(said.contains("priority: is empty") && said.ends_with("configuration: 1 mistake"), "{said}");
}

#[test]
fn a_gateway_is_not_open_and_closed_at_once() {
    let said = complaint("key-open.toml", &with(""), &[("GATEWAY__AUTH__OPEN", "true")]);
    assert!(said.starts_with("configuration: auth.open: admits whoever comes, and there are keys"), "{said}");
    assert!(said.ends_with("configuration: 1 mistake"), "{said}");
}

#[test]
fn every_key_of_a_contact_may_be_a_field() {
    let contact = providers::Contact::new("chat", "1", providers::ContactType::Person);
    let serde_json::Value::Object(contact) = serde_json::to_value(contact).unwrap() else { panic!("it is an object") };
    let fields: Vec<_> = contact.keys().collect();
    let config = load("key-fields.toml", &with(&format!("fields = {fields:?}")), &[]).unwrap();
    assert_eq!(config.auth.keys[0].caller.fields.as_ref().map(BTreeSet::len), Some(fields.len()));
}
