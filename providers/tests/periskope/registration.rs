//! Registering contacts.

use std::sync::Arc;

use providers::{
    Contact, ContactProvider, Draft, ErrorKind, Result,
    emulator::{Emulator, Fault},
};
use serde_json::json;

use super::{
    connect, emulation, kind, people, start,
    support::{self, call, id},
};

fn draft() -> Draft {
    Draft { name: " Ana Silva ".into(), phones: vec!["+49 151 2345 6789".into()], ..Draft::default() }
}

/// Registers with a fault that begins after the look whether the contact is there.
async fn register_with(server: &Emulator, provider: &Arc<dyn ContactProvider>, fault: Fault) -> Result<Contact> {
    server.hold();
    let before = server.seen().len();
    let registering = tokio::spawn({
        let provider = Arc::clone(provider);
        async move { provider.register(&draft(), &call()).await }
    });
    server.wait_for_calls(before + 1).await;
    server.set_fault(Some(fault));
    server.release();
    registering.await.unwrap()
}

#[tokio::test]
async fn a_registered_contact_is_the_one_that_is_read_afterwards() {
    let (server, provider) = start(people(5)).await;
    let contact = provider.register(&draft(), &call()).await.unwrap();
    assert_eq!((contact.id.as_str(), contact.name.as_deref()), ("here:4915123456789@c.us", Some("Ana Silva")));
    assert_eq!((server.seen().len(), server.calls("/contacts/create")), (2, 1));
    let read = provider.contact(&id("4915123456789"), &call()).await.unwrap().unwrap().contact;
    assert!(read == contact);
}

#[tokio::test]
async fn one_that_is_there_already_in_any_spelling_is_returned_and_not_written_over() {
    let (server, provider) = start(people(5)).await;
    let known = Draft { phones: vec!["+919537851844".into()], ..draft() };
    let contact = provider.register(&known, &call()).await.unwrap();
    assert_eq!(contact.name.as_deref(), Some("BK Local1"));

    let mexican = |number: &str| Draft { phones: vec![number.to_owned()], ..draft() };
    let first = provider.register(&mexican("+5215512345678"), &call()).await.unwrap();
    let second = provider.register(&mexican("+52 55 1234 5678"), &call()).await.unwrap();
    assert!(first == second);
    assert_eq!(server.calls("/contacts/create"), 1);
}

#[tokio::test]
async fn an_unknown_outcome_is_told_and_never_repeated() {
    let faults = ["reset", "delay-5s", "status-500", "status-502", "truncate", "garbage", "html", "content-type"];
    for fault in faults {
        let (server, provider) = start(people(5)).await;
        let error = register_with(&server, &provider, fault.parse().unwrap()).await.unwrap_err();
        assert!(error.is_unsure(), "{fault}: {error}");
        assert_eq!(server.calls("/contacts/create"), 1, "{fault}");
        // A second attempt finds what the first has made.
        server.set_fault(None);
        assert!(connect(&server).register(&draft(), &call()).await.is_ok(), "{fault}");
        assert_eq!(server.calls("/contacts/create"), 1, "{fault}");
    }
}

#[tokio::test]
async fn an_answer_about_somebody_else_leaves_the_outcome_unknown() {
    let (server, provider) = start(people(5)).await;
    let body = json!({ "contact_id": "919537851844@c.us" }).to_string().into();
    let fault = Fault::Answer { status: 200, content_type: "application/json", body };
    let error = register_with(&server, &provider, fault).await.unwrap_err();
    assert!(error.is_unsure() && error.kind() == ErrorKind::InvalidAnswer, "{error}");
}

#[tokio::test]
async fn what_periskope_refuses_is_refused_for_sure() {
    for (status, field) in [(422, "contact_id"), (422, "body.contact_name"), (400, "x"), (409, "x")] {
        let (server, provider) = start(people(5)).await;
        let body = json!({ "code": "VALIDATION_ERROR", "message": "no", "fields": { field: { "message": "no" } } });
        let fault = Fault::Answer { status, content_type: "application/json", body: body.to_string().into() };
        let error = register_with(&server, &provider, fault).await.unwrap_err();
        assert_eq!((error.kind(), error.is_unsure()), (ErrorKind::Refused, false), "{status} {field}");
    }
}

#[tokio::test]
async fn a_missing_phone_of_ours_is_a_mistake_in_the_settings() {
    let server = support::start(people(5)).await;
    let settings = [("api_key", emulation().settings[0].1)];
    let provider = support::connect(kind(), &server, &settings, super::FAST);
    let error = provider.register(&draft(), &call()).await.unwrap_err();
    assert_eq!((error.kind(), error.is_unsure()), (ErrorKind::RejectedCredentials, false), "{error}");
}

#[tokio::test]
async fn mistakes_are_found_without_asking_anybody() {
    let (server, provider) = start(people(5)).await;
    let mistakes = |draft: Draft| provider.mistakes(&draft).into_iter().map(|m| m.field).collect::<Vec<_>>();
    assert!(mistakes(draft()).is_empty());
    assert_eq!(mistakes(Draft::default()), ["name", "phones"]);
    assert_eq!(mistakes(Draft { phones: vec!["151 2345 6789".into()], ..draft() }), ["phones[0]"]);
    assert_eq!(mistakes(Draft { phones: vec!["+4915123456789".into(); 2], ..draft() }), ["phones"]);
    let fields = json!({ "zip": 1 }).as_object().unwrap().clone();
    let more = Draft { emails: vec!["mail@example.com".into()], custom_fields: fields, name: " \t".into(), ..draft() };
    assert_eq!(mistakes(more), ["name", "emails", "custom_fields"]);
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn all_routes_share_one_budget() {
    let rate = providers::Rate::per_seconds(3, 1);
    let setup = providers::emulator::Setup { rate: Some(rate), people: Some(5) };
    let server = support::start((emulation().build)(setup)).await;
    let provider = support::connect(kind(), &server, emulation().settings, rate);
    for digit in 0..3 {
        let draft = Draft { phones: vec![format!("+491512345678{digit}")], ..draft() };
        provider.register(&draft, &call()).await.unwrap();
        provider.list(&providers::Query { limit: 9, ..Default::default() }, &call()).await.unwrap();
    }
    assert!(server.seen().iter().all(|seen| seen.status != 429));
}
