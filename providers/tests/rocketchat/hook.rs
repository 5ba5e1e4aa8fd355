//! What the webhook's messages say.

use std::sync::Arc;

use http::HeaderMap;
use providers::{Changed, ContactProvider, Event, Unheard};
use serde_json::json;

use crate::{
    site::{LEGACY, MODERN, era, serve},
    support::{call, id},
};

fn hear(provider: &Arc<dyn ContactProvider>, body: &str) -> Result<Event, Unheard> {
    let token = "emulated-webhook-token-of-no-use-elsewhere".parse().unwrap();
    let headers = HeaderMap::from_iter([("x-rocketchat-livechat-token".parse().unwrap(), token)]);
    provider.event(&headers, body.as_bytes())
}

#[tokio::test]
async fn a_visitor_is_a_channel_or_a_contact_by_the_generation_and_both_while_that_is_unknown() {
    let message = json!({ "type": "LivechatSession", "visitor": { "_id": "67b5d0c2a1f3e4d5c6b7a892" } }).to_string();
    let contact = Changed::Contact(id("67b5d0c2a1f3e4d5c6b7a892"));
    let channel = Changed::Channel("67b5d0c2a1f3e4d5c6b7a892".to_owned());
    for (era_index, known) in [(MODERN, &channel), (LEGACY, &contact)] {
        let (_server, provider) = serve(era(era_index)).await;
        assert_eq!(hear(&provider, &message).unwrap().changed, [contact.clone(), channel.clone()]);
        provider.prepare(&call()).await.unwrap();
        assert_eq!(hear(&provider, &message).unwrap().changed, std::slice::from_ref(known));
    }
}

#[tokio::test]
async fn every_message_has_one_of_few_names() {
    let (_server, provider) = serve(era(MODERN)).await;
    let named = |name: serde_json::Value| hear(&provider, &json!({ "type": name }).to_string()).unwrap();
    for name in ["LivechatSessionStart", "LivechatSession", "LivechatEdit", "Message", "LivechatOfflineMessage"] {
        assert_eq!(named(name.into()).name, name);
    }
    for other in [json!("Somebody's secret"), json!(null), json!(["Message"]), json!("message")] {
        assert_eq!(named(other), Event { name: "other", changed: Vec::new() });
    }
}

#[tokio::test]
async fn the_servers_test_message_is_understood_and_rubbish_is_not() {
    let (_server, provider) = serve(era(MODERN)).await;
    provider.prepare(&call()).await.unwrap();
    // Plain texts instead of lists of objects.
    let test = json!({
        "_id": "fasd6f5a4sd6f8a4sdf",
        "type": "LivechatSession",
        "visitor": { "_id": "abc", "email": "test@example.com", "phone": "+5511999999999", "department": null },
        "messages": [{ "u": 7 }],
    });
    assert_eq!(hear(&provider, &test.to_string()).unwrap().changed, [Changed::Channel("abc".to_owned())]);
    for rubbish in ["", "{", "null", "[]", "\"LivechatSession\"", "7"] {
        assert_eq!(hear(&provider, rubbish).unwrap_err(), Unheard::Unreadable, "{rubbish}");
    }
    for nobody in ["{}", r#"{"visitor":"abc"}"#, r#"{"visitor":{"_id":""}}"#, r#"{"visitor":{"_id":{}}}"#] {
        assert_eq!(hear(&provider, nobody).unwrap().changed, [], "{nobody}");
    }
}
