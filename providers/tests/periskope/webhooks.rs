//! What Periskope tells of its own accord.

use std::sync::Arc;

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use providers::{Changed, ContactProvider, Event, Unheard};
use sha2::Sha256;

use super::{
    FAST, emulation, kind, people, start,
    support::{self, id},
};

const CREATED: &str = include_str!("../../src/periskope/fixtures/webhook-chat-created.json");
const NOTIFIED: &str = include_str!("../../src/periskope/fixtures/webhook-chat-notification-created.json");
const MESSAGE: &str = include_str!("../../src/periskope/fixtures/webhook-message-created.json");

fn key() -> &'static str {
    emulation().settings.iter().find(|(name, _)| *name == "webhook_key").unwrap().1
}

/// The headers of a body that is signed with this key.
fn signed(key: &str, body: &str) -> HeaderMap {
    let hash = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap().chain_update(body);
    let signature = hex::encode(hash.finalize().into_bytes());
    [(http::header::HeaderName::from_static("x-periskope-signature"), signature.parse().unwrap())].into_iter().collect()
}

async fn provider() -> Arc<dyn ContactProvider> {
    start(people(1)).await.1
}

async fn hear(body: &str) -> Result<Event, Unheard> {
    provider().await.event(&signed(key(), body), body.as_bytes())
}

fn contact(text: &str) -> Changed {
    Changed::Contact(id(text))
}

#[tokio::test]
async fn the_signature_is_the_one_that_others_compute() {
    // By Python: hmac.new(b"emulated-webhook-key-of-no-use-elsewhere", b"{}", "sha256").hexdigest()
    let expected = "997efa487468c3e79e675f145d1f24cc6ac9d17e6a642ff4f481fe28c4aee08e";
    assert_eq!(signed(key(), "{}")["x-periskope-signature"], expected);
}

#[tokio::test]
async fn documented_messages_tell_whom_they_concern() {
    let heard = hear(NOTIFIED).await.unwrap();
    assert_eq!(heard, Event { name: "chat.notification.created", changed: vec![contact("919537851844")] });
    let heard = hear(CREATED).await.unwrap();
    assert_eq!(heard, Event { name: "chat.created", changed: vec![contact("919537851844")] });
    let heard = hear(MESSAGE).await.unwrap();
    assert_eq!(heard, Event { name: "message.created", changed: vec![] });
}

#[tokio::test]
async fn ids_come_in_their_one_spelling_and_once() {
    let body = r#"{"event":"chat.notification.created","data":{"recipientids":
        ["919537851844@c.us","919537851844@s.whatsapp.net","+919537851844","213456789012345@lid","",7,null]}}"#;
    let heard = hear(body).await.unwrap();
    assert_eq!(heard.changed, [contact("919537851844"), contact("213456789012345@lid")]);
}

#[tokio::test]
async fn other_messages_change_nothing_and_have_a_name_of_a_fixed_set() {
    for (event, name) in [("reaction.created", "reaction.created"), ("contact.exploded", "other"), ("", "other")] {
        let body = format!(r#"{{"event":"{event}","data":{{"recipientids":["919537851844@c.us"]}},"timestamp":1}}"#);
        assert_eq!(hear(&body).await.unwrap(), Event { name, changed: vec![] });
    }
}

#[tokio::test]
async fn a_message_that_is_not_signed_with_our_key_over_these_bytes_is_not_believed() {
    let provider = provider().await;
    let whole = signed(key(), NOTIFIED);
    let text = whole["x-periskope-signature"].to_str().unwrap();
    let with = |text: &str| {
        let mut headers = whole.clone();
        headers.insert("x-periskope-signature", text.parse().unwrap());
        headers
    };
    let (shorter, longer) = (with(&text[2..]), with(&format!("{text}00")));
    let prefixed = with(&format!("sha256={text}"));
    for headers in [HeaderMap::new(), with(""), with("zz"), shorter, longer, prefixed, signed("wrong", NOTIFIED)] {
        assert_eq!(provider.event(&headers, NOTIFIED.as_bytes()), Err(Unheard::Unverified));
    }
    // The same document in other bytes.
    let respelled = NOTIFIED.replace('\n', "");
    assert_eq!(provider.event(&whole, respelled.as_bytes()), Err(Unheard::Unverified));
}

#[tokio::test]
async fn a_signed_message_that_is_none_of_the_documented_form_can_not_be_read() {
    for body in ["", "{}", "[]", "null", "x", r#"{"event":7,"data":{}}"#, r#"{"event":"chat.created"}"#] {
        assert_eq!(hear(body).await, Err(Unheard::Unreadable), "{body}");
    }
}

#[tokio::test]
async fn the_same_message_says_the_same_again() {
    let provider = provider().await;
    let message = emulation().webhook.unwrap()("919537851844");
    let once = provider.event(&message.headers, &message.body).unwrap();
    assert_eq!(once.changed, [contact("919537851844")]);
    assert_eq!(provider.event(&message.headers, &message.body).unwrap(), once);
    for documented in emulation().documented {
        let message = emulation().webhook.unwrap()(documented);
        assert_eq!(provider.event(&message.headers, &message.body).unwrap().changed, [contact(documented)]);
    }
}

#[tokio::test]
async fn without_a_key_nothing_is_believed() {
    let server = support::start(people(1)).await;
    let provider = support::connect(kind(), &server, &[("api_key", "k")], FAST);
    assert_eq!(provider.event(&signed("", NOTIFIED), NOTIFIED.as_bytes()), Err(Unheard::NotConfigured));
}

#[tokio::test]
async fn neither_the_key_nor_anybodys_id_is_in_debug() {
    let provider = provider().await;
    let shown = format!("{provider:?} {provider:#?} {:?}", hear(NOTIFIED).await.unwrap());
    assert!(!shown.contains(key()) && !shown.contains("9195"), "{shown}");
}
