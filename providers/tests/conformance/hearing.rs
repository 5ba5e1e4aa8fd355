//! Messages that a provider sends of its own accord.

use http::HeaderValue;
use providers::{Changed, Unheard, emulator::Message};

use crate::{
    subject::{OFTEN, Subject},
    support::{self, connect},
};

promises! { |can| can.webhooks;
    "a message says which contact has changed, and says it again" => a_message_is_understood,
    "a message without the secret is not believed" => a_forged_message_is_not_believed,
    "a message with another's secret is not believed" => another_secret_is_not_believed,
    "without a secret in the configuration, nothing is believed" => no_secret_is_no_trust,
}

fn message(subject: &Subject, id: &str) -> Message {
    (subject.emulation.webhook.expect("a kind with webhooks emulates them"))(id)
}

async fn a_message_is_understood(subject: Subject) {
    let mut understood = 0;
    for id in subject.emulation.documented.iter().map(|id| (*id).to_owned()).chain(subject.ids(20)) {
        let Message { headers, body } = message(&subject, &id);
        // Before anything is known of the server, and after.
        let early = connect(subject.kind, &subject.server, subject.emulation.settings, OFTEN);
        let Some(contact) = subject.contact(&id).await else { continue };
        let native_id = contact.native_id.unwrap();
        let canonical = (subject.kind.canonical)(&support::id(&native_id));
        for provider in [early, subject.provider.clone()] {
            let event = provider.event(&headers, &body).unwrap();
            assert_eq!(provider.event(&headers, &body).unwrap(), event);
            let is_about = |changed: &Changed| match changed {
                Changed::Contact(id) => *id == canonical,
                Changed::Channel(id) => contact.channels.iter().any(|channel| channel.id.as_ref() == Some(id)),
            };
            understood += usize::from(event.changed.iter().any(is_about));
            assert!(
                event.changed.is_empty() || contact.channels.is_empty() || event.changed.iter().any(is_about),
                "{id}"
            );
            let shown = format!("{event:?}");
            assert!(!shown.contains(&native_id) && !shown.contains("example.com"), "{shown}");
        }
    }
    assert!(understood > 10, "{understood}");
}

async fn a_forged_message_is_not_believed(subject: Subject) {
    let Message { headers, body } = message(&subject, subject.emulation.documented[0]);
    let refused = |headers: &http::HeaderMap| {
        assert_eq!(subject.provider.event(headers, &body).unwrap_err(), Unheard::Unverified);
    };
    refused(&http::HeaderMap::new());
    for spoil in [
        (|text: &str| format!("{text}0")) as fn(&str) -> String,
        |text| text[1..].to_owned(),
        |_| String::new(),
        |text| text.chars().rev().collect(),
    ] {
        let spoilt = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(&spoil(value.to_str().unwrap())).unwrap()));
        refused(&spoilt.collect());
    }
}

async fn another_secret_is_not_believed(subject: Subject) {
    let others: Vec<_> = subject.emulation.settings.iter().map(|(name, _)| (*name, "another")).collect();
    let provider = connect(subject.kind, &subject.server, &others, OFTEN);
    let Message { headers, body } = message(&subject, subject.emulation.documented[0]);
    assert_eq!(provider.event(&headers, &body).unwrap_err(), Unheard::Unverified);
}

async fn no_secret_is_no_trust(subject: Subject) {
    let settings = subject.emulation.settings.iter().filter(|(name, _)| !name.starts_with("webhook"));
    let settings: Vec<_> = settings.copied().collect();
    let provider = connect(subject.kind, &subject.server, &settings, OFTEN);
    let Message { headers, body } = message(&subject, subject.emulation.documented[0]);
    assert_eq!(provider.event(&headers, &body).unwrap_err(), Unheard::NotConfigured);
}
