//! Periskope answers anything: a status, headers, a body (`input::answer`).
#![no_main]

use contact_gateway_fuzz::{
    INSTANCE, input,
    outcome::{check, show},
};
use libfuzzer_sys::{Corpus, fuzz_target};
use providers::{KINDS, LocalId, fuzzing::periskope};
use serde_json::Value;

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some(answer) = input::answer(input) else { return Corpus::Reject };
    let document: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let kind = KINDS.iter().find(|kind| kind.name == "periskope").expect("there is Periskope");
    // Whoever asks knows the contact by one of these.
    let names = [document["contact_id"].as_str(), document["contact_lid"].as_str(), Some("919537851844")];
    for asked in names.into_iter().flatten().filter_map(|id| LocalId::parse(id).ok()) {
        let asked = (kind.canonical)(&asked);
        let outcome = periskope(&answer, &asked, &INSTANCE);
        check(&outcome);
        assert_eq!(show(&outcome), show(&periskope(&answer, &asked, &INSTANCE)), "another outcome the second time");
        if let Ok(Some(contact)) = outcome {
            let found = LocalId::parse(contact.native_id.as_deref().unwrap_or_default()).expect("a legal id");
            let by_linked_id = document["contact_lid"].as_str() == Some(asked.as_str());
            assert!((kind.canonical)(&found) == asked || by_linked_id, "another contact");
            let e164 = contact.phones.iter().map(|phone| phone.e164.as_deref());
            assert!(e164.eq(contact.channels.iter().map(|c| c.address.as_deref()).filter(Option::is_some)));
        }
    }
    Corpus::Keep
});
