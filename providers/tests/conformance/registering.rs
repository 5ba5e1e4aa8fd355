//! New contacts.

use std::time::Duration;

use http::Method;
use providers::{Call, Draft, emulator::Fault};
use serde_json::json;

use crate::{
    subject::{OFTEN, Subject},
    support::{call, connect},
};

promises! { |can| can.register;
    "a registered contact is there" => a_registered_contact_is_there,
    "a registration of unknown outcome is not repeated, and is said to be unsure" => unknown_outcomes_are_final,
    "a registration that surely wasn't carried out is not unsure" => known_outcomes_are_sure,
    "an empty draft has mistakes, a usual one has none, and neither asks anybody" => mistakes_are_known,
}

/// A draft with everything that providers of this kind take.
fn draft(subject: &Subject) -> Draft {
    let mut draft = Draft {
        name: "Ada Byron".to_owned(),
        emails: vec!["ada@example.com".to_owned()],
        phones: vec!["+44 20 7031 3000".to_owned()],
        custom_fields: json!({ "plan": "gold" }).as_object().unwrap().clone(),
        nonce: "a nonce that nobody can guess".to_owned(),
    };
    for mistake in subject.provider.mistakes(&draft) {
        match mistake.field.split(['[', '.']).next().unwrap() {
            "emails" => draft.emails.clear(),
            "custom_fields" => draft.custom_fields.clear(),
            other => panic!("{other}: {}", mistake.problem),
        }
    }
    draft
}

fn posts(subject: &Subject) -> usize {
    subject.server.seen().iter().filter(|seen| seen.method == Method::POST).count()
}

async fn a_registered_contact_is_there(subject: Subject) {
    let contact = subject.provider.register(&draft(&subject), &call()).await.unwrap();
    let again = subject.contact(contact.native_id.as_deref().unwrap()).await;
    assert_eq!(serde_json::to_value(&again).unwrap(), serde_json::to_value(&contact).unwrap());
    assert_eq!(contact.name.as_deref(), Some("Ada Byron"));
    assert!(contact.phones.iter().any(|phone| phone.e164.as_deref() == Some("+442070313000")));
    assert_eq!(posts(&subject), 1);
    let json = serde_json::to_string(&contact).unwrap();
    assert!(!json.contains("token") && !json.contains("nonce"), "{json}");
    assert!(!format!("{:?}", draft(&subject)).contains("Ada"));
}

async fn unknown_outcomes_are_final(subject: Subject) {
    let faults = [
        Fault::Reset,
        Fault::Delay(Duration::from_secs(3600)),
        Fault::Truncate,
        Fault::Status(500),
        Fault::Status(502),
        Fault::Garbage,
        Fault::Html,
        Fault::ContentType,
        Fault::Redirect,
    ];
    for fault in faults {
        // New ones each time: a server that does not know the contact yet, and a provider that has not learned from the fault
        // before to spare it.
        let subject = subject.with_people(1).await;
        let provider = connect(subject.kind, &subject.server, subject.emulation.settings, OFTEN);
        provider.prepare(&call()).await.unwrap();
        let before = posts(&subject);
        subject.server.set_fault_on(&http::Method::POST, Some(fault.clone()));
        let error = provider.register(&draft(&subject), &Call::within(Duration::from_secs(2))).await.unwrap_err();
        subject.server.set_fault(None);
        assert!(error.is_unsure(), "{fault}: {error}");
        assert_eq!(posts(&subject), before + 1, "{fault}");
    }
}

async fn known_outcomes_are_sure(subject: Subject) {
    for fault in [Fault::Status(401), Fault::Status(403), Fault::Status(404), Fault::Status(405)] {
        let provider = connect(subject.kind, &subject.server, subject.emulation.settings, OFTEN);
        provider.prepare(&call()).await.unwrap();
        subject.server.set_fault(Some(fault.clone()));
        let error = provider.register(&draft(&subject), &Call::within(Duration::from_secs(2))).await.unwrap_err();
        subject.server.set_fault(None);
        assert!(!error.is_unsure(), "{fault}: {error}");
    }
}

async fn mistakes_are_known(subject: Subject) {
    assert!(!subject.provider.mistakes(&Draft::default()).is_empty());
    assert_eq!(subject.provider.mistakes(&draft(&subject)), []);
    assert!(subject.server.seen().is_empty());
}
