//! All contacts of servers that list them in odd ways.

use std::collections::BTreeSet;

use providers::{
    Contact, ContactProvider, ErrorKind, Position, Query, Rate, Time,
    emulator::{Canned, Change},
};
use serde_json::{Value, json};

use crate::{
    site::{Answer, FULL, LEGACY, MODERN, Odd, Question, SETTINGS, VISITOR, kind, people, serve},
    support::{call, connect, start},
};

/// Every contact of a list, one after the other.
pub(crate) async fn all(provider: &dyn ContactProvider, since: Option<&str>, limit: u16) -> Vec<Contact> {
    let (mut all, mut from) = (Vec::new(), None);
    for _ in 0..500 {
        let query = Query { since: since.and_then(Time::parse), limit, from };
        let page = provider.list(&query, &call()).await.unwrap();
        all.extend(page.contacts.into_iter().map(|listed| listed.contact));
        from = page.next;
        if from.is_none() {
            return all;
        }
    }
    panic!("the list has no end");
}

pub(crate) fn ids(contacts: &[Contact]) -> BTreeSet<String> {
    contacts.iter().filter_map(|contact| contact.native_id.clone()).collect()
}

#[tokio::test]
async fn documented_contacts_are_listed_but_for_those_without_any_text() {
    for (era, documented) in [(MODERN, [FULL, "123"]), (LEGACY, [VISITOR, "gAoxwhBGgEh8cyKx4"])] {
        let (_server, provider) = serve(people(era, 10)).await;
        let listed = all(&*provider, None, 100).await;
        let ids = ids(&listed);
        assert!(documented.iter().all(|id| ids.contains(*id)));
        assert!(!ids.contains("67c1f00dbeef0badcafe0001"), "neither a name nor an address nor a number");
        assert!(!ids.contains("67a0c4f2b3d1e45f8a9c0eee"), "erased");
        assert_eq!(ids.len(), listed.len());
    }
}

#[tokio::test]
async fn who_is_named_while_the_unknown_are_listed_comes_among_the_known() {
    let (server, provider) = serve(people(MODERN, 100)).await;
    let first = provider.list(&Query { limit: 3, ..Query::default() }, &call()).await.unwrap();
    assert!(first.contacts.iter().all(|listed| listed.contact.provider_data["unknown"] == true));
    let named: BTreeSet<_> = (0..100).map(|number| server.change(Change::Touch(number))).collect();
    let (mut listed, mut from) = (Vec::new(), first.next);
    while let Some(position) = from {
        let query = Query { limit: 3, from: Some(position), ..Query::default() };
        let page = provider.list(&query, &call()).await.unwrap();
        listed.extend(page.contacts.into_iter().map(|listed| listed.contact));
        from = page.next;
    }
    // The hundredth is erased.
    assert_eq!(named.difference(&ids(&listed)).count(), 1);
}

#[tokio::test]
async fn a_server_that_gives_less_than_asked_for_or_counts_wrongly_still_gives_all() {
    let few: Question = |target| target.replace("count=100", "count=7");
    let odd: [(Question, Answer); 3] = [
        (few, |_, body| body),
        // All of 7.1's minor versions count; a proxy may not.
        (few, |_, mut body| {
            body["total"] = Value::Null;
            body
        }),
        (str::to_owned, |_, mut body| {
            body["total"] = 0.into();
            body["count"] = 1.into();
            body
        }),
    ];
    for era in [MODERN, LEGACY] {
        let (_server, expected) = serve(people(era, 250)).await;
        let expected = all(&*expected, None, 100).await;
        for (question, answer) in odd {
            let (_server, provider) = serve(Box::new(Odd { question, answer, ..Odd::new(people(era, 250)) })).await;
            let listed = all(&*provider, None, 100).await;
            assert_eq!((listed.len(), ids(&listed)), (expected.len(), ids(&expected)));
            let since = Some("2001-01-01T00:00:00Z");
            assert!(all(&*provider, since, 100).await.len() >= 240);
        }
    }
}

#[tokio::test]
async fn a_server_with_an_order_of_its_own_gives_all_even_if_some_vanish() {
    let question: Question = |target| match target.split_once("&sort=") {
        Some((path, rest)) => {
            let rest = rest.split_once('&').map_or("", |(_, rest)| rest);
            format!("{path}&sort=%7B%22createdAt%22%3A1%7D&{rest}")
        }
        None => target.to_owned(),
    };
    for since in [None, Some("2025-05-05T00:00:00Z")] {
        let (_server, ordered) = serve(people(MODERN, 250)).await;
        let expected = ids(&all(&*ordered, since, 100).await);
        assert!(expected.len() > 100);
        let (server, provider) = serve(Box::new(Odd { question, ..Odd::new(people(MODERN, 250)) })).await;
        assert_eq!(ids(&all(&*provider, since, 20).await), expected);

        let (mut listed, mut from, mut vanished) = (Vec::new(), None, BTreeSet::new());
        for page in 0.. {
            let query = Query { since: since.and_then(Time::parse), limit: 60, from };
            let answer = provider.list(&query, &call()).await.unwrap();
            listed.extend(answer.contacts.into_iter().map(|listed| listed.contact));
            from = answer.next;
            if from.is_none() {
                break;
            }
            if page == 3 {
                vanished.extend((0..30).map(|number| server.change(Change::Vanish(number))));
            }
        }
        let listed = ids(&listed);
        let missing: Vec<_> = expected.iter().filter(|id| !listed.contains(*id) && !vanished.contains(*id)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}

/// Whether a contact is spoilt by the server below.
fn is_odd(id: &str) -> bool {
    id.ends_with(['2', '3', '4', '7', 'c'])
}

#[tokio::test]
async fn what_is_no_contact_costs_no_other_contact() {
    let answer: Answer = |_, mut body| {
        let odd = [json!(null), json!(7), json!({}), json!({ "_id": " " }), json!({ "_id": ["x"] }), json!([])];
        for list in ["contacts", "visitors"] {
            for (at, contact) in body[list].as_array_mut().into_iter().flatten().enumerate() {
                if contact["_id"].as_str().is_some_and(is_odd) {
                    *contact = odd[at % odd.len()].clone();
                }
            }
        }
        // So that only the contacts themselves tell where the list ends.
        body["total"] = Value::Null;
        body
    };
    for era in [MODERN, LEGACY] {
        for count in [200, 203, 204, 207, 208] {
            let (_server, usual) = serve(people(era, count)).await;
            let mut expected = ids(&all(&*usual, None, 100).await);
            expected.retain(|id| !is_odd(id));
            let (_server, provider) = serve(Box::new(Odd { answer, ..Odd::new(people(era, count)) })).await;
            let listed = all(&*provider, None, 20).await;
            assert_eq!((listed.len(), ids(&listed)), (expected.len(), expected));
        }
    }
}

#[tokio::test]
async fn only_a_list_in_a_successful_answer_is_a_list() {
    let bodies = [
        json!({}),
        json!([]),
        json!({ "success": true }),
        json!({ "success": true, "contacts": null, "visitors": null }),
        json!({ "success": true, "contacts": {}, "visitors": "x" }),
        json!({ "contacts": [], "visitors": [] }),
        json!({ "success": false, "contacts": [], "visitors": [] }),
    ];
    for generation in ["modern", "legacy"] {
        for body in &bodies {
            let server = start(Box::new(Canned::new("", 200, "application/json", body.to_string()))).await;
            let settings = [SETTINGS, &[("generation", generation)]].concat();
            let provider = connect(kind(), &server, &settings, Rate::per_seconds(1000, 1));
            let error = provider.list(&Query { limit: 10, ..Query::default() }, &call()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidAnswer, "{body}");
        }
    }
}

#[tokio::test]
async fn a_position_is_of_one_generation() {
    let (_server, modern) = serve(people(MODERN, 50)).await;
    let (_server, legacy) = serve(people(LEGACY, 50)).await;
    let first = Query { limit: 5, ..Query::default() };
    let position = modern.list(&first, &call()).await.unwrap().next;
    let error = legacy.list(&Query { from: position, ..first.clone() }, &call()).await.unwrap_err();
    assert_eq!((error.kind(), error.detail()), (ErrorKind::Unsupported, "a position of another version"));
    let unreadable = Query { from: Some(Position("{".to_owned())), ..first };
    assert_eq!(modern.list(&unreadable, &call()).await.unwrap_err().kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn a_listed_visitor_is_not_whole() {
    let (_server, provider) = serve(people(LEGACY, 5)).await;
    let page = provider.list(&Query { limit: 100, ..Query::default() }, &call()).await.unwrap();
    assert!(page.contacts.iter().all(|listed| !listed.is_whole));
}
