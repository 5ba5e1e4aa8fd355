//! New contacts and new visitors.

use providers::{
    Draft, ErrorKind, Rate,
    emulator::{Canned, Change, Emulated, Request, Response},
};
use serde_json::json;

use crate::{
    site::{Answer, LEGACY, MODERN, Odd, SETTINGS, era, kind, provider, serve},
    support::{call, connect, id, start},
};

fn draft() -> Draft {
    Draft {
        name: "Ada Byron".to_owned(),
        emails: vec!["ada@example.com".to_owned()],
        phones: vec!["+44 20 7031 3000".to_owned()],
        custom_fields: json!({ "plan": "gold", "seats": 3, "vip": true }).as_object().unwrap().clone(),
        nonce: "a nonce that nobody can guess".to_owned(),
    }
}

#[tokio::test]
async fn a_refusal_is_told_in_the_servers_words() {
    let (_server, provider) = serve(era(MODERN)).await;
    let mut refused = draft();
    refused.custom_fields.insert("cf3".to_owned(), "x".into());
    let error = provider.register(&refused, &call()).await.unwrap_err();
    assert_eq!((error.kind(), error.detail()), (ErrorKind::Refused, "400: Custom field cf3 is not allowed"));
    assert!(!error.is_unsure());
}

#[tokio::test]
async fn the_same_draft_is_the_same_visitor_whose_token_nobody_sees() {
    let (_server, provider) = serve(era(LEGACY)).await;
    let first = provider.register(&draft(), &call()).await.unwrap();
    // A second attempt, after the first whose outcome was unknown.
    let moved = Draft { phones: Vec::new(), emails: Vec::new(), ..draft() };
    let second = provider.register(&moved, &call()).await.unwrap();
    assert_eq!(first.id, second.id);
    let found = provider.contact(&id(first.native_id.as_deref().unwrap()), &call()).await.unwrap().unwrap();
    let shown = format!("{} {}", serde_json::to_string(&found.contact).unwrap(), found.document.raw());
    assert!(!shown.contains("token") && !shown.contains("nonce"), "{shown}");
    assert_eq!(
        found.contact.custom_fields,
        *json!({ "plan": "gold", "seats": "3", "vip": "true" }).as_object().unwrap()
    );
    let other = Draft { nonce: "another".to_owned(), ..moved };
    assert_ne!(provider.register(&other, &call()).await.unwrap().id, first.id);
}

#[tokio::test]
async fn a_contact_that_can_be_registered_but_not_read_is_what_was_registered() {
    /// A server whose contacts nobody can read.
    #[derive(Debug)]
    struct Blind(Box<dyn Emulated>);
    impl Emulated for Blind {
        fn answer(&self, request: &Request) -> Response {
            let is_read = request.uri().path().ends_with("contacts.get");
            let page = || Canned::new("", 403, "text/html", "<html></html>").answer(request);
            if is_read { page() } else { self.0.answer(request) }
        }
        fn change(&self, change: Change) -> String {
            self.0.change(change)
        }
    }
    let (server, provider) = serve(Box::new(Blind(era(MODERN)))).await;
    let contact = provider.register(&draft(), &call()).await.unwrap();
    assert_eq!(contact.name.as_deref(), Some("Ada Byron"));
    assert_eq!(contact.phones[0].e164.as_deref(), Some("+442070313000"));
    assert_eq!((contact.custom_fields.len(), contact.created_at), (3, None));
    assert_eq!(server.seen().iter().filter(|seen| seen.method == http::Method::POST).count(), 1);
}

#[tokio::test]
async fn a_success_that_names_nobody_is_unsure() {
    let nobody: Answer = |target, body| {
        if target.contains("info") { body } else { json!({ "success": true, "contactId": null, "visitor": {} }) }
    };
    for era_index in [MODERN, LEGACY] {
        let (_server, provider) = serve(Box::new(Odd { answer: nobody, ..Odd::new(era(era_index)) })).await;
        let error = provider.register(&draft(), &call()).await.unwrap_err();
        assert_eq!((error.kind(), error.is_unsure()), (ErrorKind::InvalidAnswer, true));
    }
}

#[tokio::test]
async fn on_a_server_of_the_other_generation_nothing_is_registered_twice() {
    let settings = [SETTINGS, &[("generation", "modern")]].concat();
    let server = start(era(LEGACY)).await;
    let fixed = connect(kind(), &server, &settings, Rate::per_seconds(1000, 1));
    let error = fixed.register(&draft(), &call()).await.unwrap_err();
    // The server's web page comes with a 200.
    assert_eq!((error.kind(), error.is_unsure()), (ErrorKind::InvalidAnswer, true));
    assert_eq!(server.calls("/api/v1/"), 1);
}

#[tokio::test]
async fn the_credentials_are_not_shown_to_the_open_route() {
    let server = start(era(LEGACY)).await;
    provider(&server).register(&draft(), &call()).await.unwrap();
    let seen = server.seen();
    let post = seen.iter().find(|seen| seen.target.ends_with("livechat/visitor")).unwrap();
    assert!(!post.headers.contains_key("x-auth-token"));
}

#[tokio::test]
async fn the_open_route_has_a_limit_of_its_own() {
    let server = start((kind().emulations[LEGACY].build)(providers::emulator::Setup::default())).await;
    let provider = connect(kind(), &server, SETTINGS, Rate::per_seconds(1000, 1));
    for attempt in 0..6 {
        let call = providers::Call::within(std::time::Duration::from_secs(3));
        let outcome = provider.register(&draft(), &call).await;
        assert_eq!(outcome.map_err(|error| error.kind()).err(), (attempt == 5).then_some(ErrorKind::RateLimited));
    }
    assert!(server.seen().iter().all(|seen| seen.status != 429));
}
