//! All contacts, of a server where nothing changes.

use std::collections::{BTreeMap, BTreeSet};

use providers::{Listed, Query, Time};

use crate::{subject::Subject, support::call};

promises! { |can| can.list;
    "a list has every contact once, in pages of any size" => every_contact_comes_once,
    "a listed contact is what it is by its id" => listed_contacts_are_the_contacts,
    "a page asked for again is the same" => a_page_is_repeatable,
    "a page makes a bounded number of calls" => a_page_makes_few_calls,
    "a count, where there is one, is that of the list, erased contacts aside" => a_count_is_that_of_the_list,
    "a position that can't be read is an error" => a_strange_position_is_refused,
}

/// Follows a list to its end, and calls `between` after each page.
pub(crate) async fn follow(
    subject: &Subject,
    since: Option<&Time>,
    mut limit: impl FnMut() -> u16,
    mut between: impl FnMut(),
) -> Vec<Listed> {
    let (mut all, mut from) = (Vec::new(), None);
    for _ in 0..2000 {
        let query = Query { since: since.cloned(), limit: limit(), from };
        let page = subject.provider.list(&query, &call()).await.unwrap();
        all.extend(page.contacts);
        from = page.next;
        if from.is_none() {
            return all;
        }
        between();
    }
    panic!("the list has no end");
}

/// How often each id came.
pub(crate) fn counted(listed: &[Listed]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for one in listed {
        *counts.entry(one.contact.native_id.clone().unwrap()).or_default() += 1;
    }
    counts
}

/// The made-up people who are contacts.
pub(crate) async fn contacts(subject: &Subject, people: u32) -> BTreeSet<String> {
    let mut contacts = BTreeSet::new();
    for id in subject.ids(people) {
        if let Some(contact) = subject.contact(&id).await {
            contacts.insert(contact.native_id.unwrap());
        }
    }
    contacts
}

async fn every_contact_comes_once(subject: Subject) {
    let subject = subject.with_people(230).await;
    let expected = contacts(&subject, 230).await;
    assert!(expected.len() > 200);
    for limit in [1, 7, 100, 1000] {
        let counts = counted(&follow(&subject, None, || limit, || {}).await);
        let missing: Vec<_> = expected.iter().filter(|id| !counts.contains_key(*id)).collect();
        assert!(missing.is_empty(), "missing in pages of {limit}: {missing:?}");
        assert!(counts.values().all(|count| *count == 1), "twice in pages of {limit}");
    }
}

async fn listed_contacts_are_the_contacts(subject: Subject) {
    let subject = subject.with_people(40).await;
    for listed in follow(&subject, None, || 100, || {}).await {
        let contact = subject.contact(listed.contact.native_id.as_deref().unwrap()).await.unwrap();
        if listed.is_whole {
            assert_eq!(serde_json::to_value(&listed.contact).unwrap(), serde_json::to_value(&contact).unwrap());
        }
        assert_eq!((&listed.contact.id, &listed.contact.name), (&contact.id, &contact.name));
        let json = serde_json::to_string(&listed.contact).unwrap();
        assert!(!json.contains("token") && !json.contains("credential"), "{json}");
    }
}

async fn a_page_is_repeatable(subject: Subject) {
    let first = subject.provider.list(&Query { limit: 10, ..Query::default() }, &call()).await.unwrap();
    let again = Query { limit: 10, from: first.next, ..Query::default() };
    let pages =
        [subject.provider.list(&again, &call()).await.unwrap(), subject.provider.list(&again, &call()).await.unwrap()];
    let ids = pages.each_ref().map(|page| page.contacts.iter().map(|one| one.contact.id.clone()).collect::<Vec<_>>());
    assert!(!ids[0].is_empty());
    assert_eq!((&ids[0], &pages[0].next), (&ids[1], &pages[1].next));
}

async fn a_page_makes_few_calls(subject: Subject) {
    subject.provider.prepare(&call()).await.unwrap();
    for since in [None, Time::parse("2025-03-01T00:00:00Z")] {
        let before = subject.server.seen().len();
        let mut pages = 0;
        follow(&subject, since.as_ref(), || 100, || pages += 1).await;
        let calls = subject.server.seen().len() - before;
        assert!(calls <= 12 * (pages + 1), "{calls} calls for {pages} pages");
    }
}

async fn a_count_is_that_of_the_list(subject: Subject) {
    let subject = subject.with_people(230).await;
    let before = subject.server.seen().len();
    let Some(count) = subject.provider.count(&call()).await.unwrap() else { return };
    assert!(subject.server.seen().len() - before <= 4, "learning the generation, and two calls");
    let listed = follow(&subject, None, || 100, || {}).await.len() as u64;
    assert!((listed..=listed + 4).contains(&count), "{count} of {listed}");
}

async fn a_strange_position_is_refused(subject: Subject) {
    for text in ["", "{}", "7"] {
        let query = Query { limit: 10, from: Some(providers::Position(text.to_owned())), ..Query::default() };
        assert!(subject.provider.list(&query, &call()).await.is_err(), "{text}");
    }
}
