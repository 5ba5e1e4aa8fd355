//! Which keys are shown.

use std::collections::HashSet;

use contact_gateway::forms::{Fields, Form};
use providers::Contact;
use serde_json::Value;

use crate::{people, written};

fn keys(contact: &Contact, fields: Fields) -> Vec<String> {
    let value: Value = serde_json::from_str(&written(contact, Form::Json, fields)).unwrap();
    value.as_object().unwrap().keys().cloned().collect()
}

fn merged() -> Contact {
    let mut contact = people::everybody();
    contact.unreachable = people::merged().unreachable;
    contact
}

#[test]
fn only_those_asked_for_are_shown_in_the_usual_order() {
    let contact = people::everybody();
    assert_eq!(keys(&contact, Fields::asked("phones,name").unwrap()), ["id", "name", "phones"]);
    assert_eq!(keys(&contact, Fields::asked(" id , name , name ").unwrap()), ["id", "name"]);
}

#[test]
fn every_key_can_be_asked_for_and_shows_what_it_always_shows() {
    let contact = merged();
    let whole = serde_json::to_value(&contact).unwrap();
    for (name, value) in whole.as_object().unwrap() {
        let fields = Fields::asked(name).unwrap();
        let shown: Value = serde_json::from_str(&written(&contact, Form::Json, fields)).unwrap();
        assert_eq!(&shown[name], value, "{name}");
        assert_eq!(keys(&contact, fields).into_iter().collect::<HashSet<_>>(), [name.clone(), "id".to_owned()].into());
    }
    let everything = whole.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(",");
    assert!(Fields::asked(&everything).unwrap().is_all());
}

#[test]
fn an_unknown_name_is_told_with_those_that_there_are() {
    let error = Fields::asked("name,phone").unwrap_err().to_string();
    assert!(
        error.starts_with("There is no field `phone`. Fields are: id, provider, native_id, type, name,"),
        "{error}"
    );
    assert!(Fields::asked("").unwrap_err().to_string().starts_with("There is no field ``."));
    let long = Fields::allowed([format!("\u{1b}[0m\n{}", "x".repeat(500)).as_str()]).unwrap_err().to_string();
    assert!(long.starts_with(r"There is no field `\u{1b}[0m\nxxx") && long.len() < 400, "{long}");
}

#[test]
fn other_forms_show_what_is_left() {
    let contact = people::everybody();
    let fields = Fields::asked("name,emails").unwrap();
    let written = [Form::VCard, Form::JsContact, Form::Csv].map(|form| written(&contact, form, fields));
    insta::assert_snapshot!(written.join("\n").replace("\r\n", "\n"));
}

#[test]
fn both_lists_hold_where_there_are_two() {
    let fields = Fields::asked("name,phones").unwrap().and(Fields::allowed(["name", "emails"]).unwrap());
    assert_eq!(keys(&people::everybody(), fields), ["id", "name"]);
    assert!(!fields.allows_everything() && Fields::asked("name").unwrap().allows_everything());
}
