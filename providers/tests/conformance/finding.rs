//! Contacts by phone number or e-mail address.

use providers::{Capabilities, Contact, Handle};

use crate::{subject::Subject, support::call};

promises! { |can| can.find_by_phone || can.find_by_email;
    "whoever has a number or an address is found by it, whole" => everybody_is_found,
    "what nobody has finds nobody" => nobody_is_found,
    "part of an address is not the address" => a_part_is_not_the_whole,
    "a look-up makes few calls" => a_look_up_makes_few_calls,
}

fn can(capabilities: &Capabilities, handle: &Handle) -> bool {
    match handle {
        Handle::Phone(_) => capabilities.find_by_phone,
        Handle::Email(_) => capabilities.find_by_email,
    }
}

async fn find(subject: &Subject, handle: &Handle) -> Vec<Contact> {
    subject.provider.find(handle, &call()).await.unwrap()
}

async fn everybody_is_found(subject: Subject) {
    let subject = subject.with_people(60).await;
    let documented = subject.emulation.documented.iter().map(|id| (*id).to_owned());
    let mut looked_up = 0;
    for id in documented.chain(subject.ids(60)) {
        let Some(contact) = subject.contact(&id).await else { continue };
        for handle in Handle::all_of(&contact).filter(|handle| can(&subject.kind.capabilities, handle)) {
            let found = find(&subject, &handle).await;
            assert!(found.iter().all(|found| handle.is_of(found)), "{id}");
            assert_eq!(found.iter().filter(|found| **found == contact).count(), 1, "{id} by {}", handle.uri());
            looked_up += 1;
        }
    }
    assert!(looked_up > 40, "{looked_up}");
}

async fn nobody_is_found(subject: Subject) {
    for text in ["tel:+15005550006", "mailto:nobody@example.com", "mailto:.*@example.com", "tel:+8613012345678"] {
        let handle = Handle::parse(text).unwrap().unwrap();
        if can(&subject.kind.capabilities, &handle) {
            assert!(find(&subject, &handle).await.is_empty(), "{text}");
        }
    }
}

async fn a_part_is_not_the_whole(subject: Subject) {
    for id in subject.ids(20) {
        let Some(contact) = subject.contact(&id).await else { continue };
        for handle in Handle::all_of(&contact).filter(|handle| can(&subject.kind.capabilities, handle)) {
            let shorter = match &handle {
                Handle::Email(address) => Handle::email(&address[1..]),
                Handle::Phone(number) => Handle::phone(&number[..number.len() - 1]),
            };
            let Some(shorter) = shorter else { continue };
            let found = find(&subject, &shorter).await;
            assert!(!found.contains(&contact), "{id} by {}", shorter.uri());
        }
    }
}

async fn a_look_up_makes_few_calls(subject: Subject) {
    subject.provider.prepare(&call()).await.unwrap();
    for text in ["tel:+919812345678", "mailto:person1@example.com", "tel:+15005550006"] {
        let handle = Handle::parse(text).unwrap().unwrap();
        if can(&subject.kind.capabilities, &handle) {
            let before = subject.server.seen().len();
            find(&subject, &handle).await;
            let calls = subject.server.seen().len() - before;
            assert!((1..=6).contains(&calls), "{calls} for {text}");
        }
    }
}
