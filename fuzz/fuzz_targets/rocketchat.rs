//! Rocket.Chat answers anything: a status, headers, a body (`input::answer`).
#![no_main]

use contact_gateway_fuzz::{
    INSTANCE, input,
    outcome::{check, show},
};
use libfuzzer_sys::{Corpus, fuzz_target};
use providers::{LocalId, fuzzing::rocketchat, upstream::Answer};
use serde_json::Value;

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some(answer) = input::answer(input) else { return Corpus::Reject };
    let document: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    // Else the answer is about another contact, always.
    let asked = document["contact"]["_id"].as_str().unwrap_or("673c76df47a6c9b89dd263d8");
    let Ok(id) = LocalId::parse(asked) else { return Corpus::Reject };

    let outcomes = rocketchat(&answer, &id, &INSTANCE);
    for outcome in &outcomes {
        check(outcome);
        if let Ok(Some(contact)) = outcome {
            assert_eq!(contact.native_id.as_deref(), Some(id.as_str()));
        }
    }
    assert_eq!(outcomes.map(|outcome| show(&outcome)), shown(&answer, &id), "another outcome the second time");
    tokens_are_not_read(answer, document, &id);
    Corpus::Keep
});

/// With a visitor's token everybody could read the visitor's chats.
fn tokens_are_not_read(mut answer: Answer, mut document: Value, id: &LocalId) {
    answer.body = document.to_string().into();
    let before = shown(&answer, id);
    for place in ["/contact", "/contact/contactManager", "/contact/channels/0", "/contact/channels/0/visitor"] {
        if let Some(Value::Object(object)) = document.pointer_mut(place) {
            object.insert("token".to_owned(), "434lxd7iss8yh8c4m80wh".into());
        }
    }
    answer.body = document.to_string().into();
    assert_eq!(shown(&answer, id), before, "a token changes what is shown");
}

fn shown(answer: &Answer, id: &LocalId) -> [String; 2] {
    rocketchat(answer, id, &INSTANCE).map(|outcome| show(&outcome))
}
