//! Lists that nobody touches while they are read.

use bytes::Bytes;
use providers::{
    ContactProvider, ErrorKind, Position, Query, Time,
    emulator::{Canned, Change},
};
use serde_json::json;

use super::{
    connect, people, read_all,
    reordered::{Reordered, by_creation, by_id, newest_first, oldest_first},
    sorted, start,
    support::{call, id},
};

fn time(text: &str) -> Time {
    Time::parse(text).unwrap()
}

/// When a contact was changed.
async fn changed(provider: &dyn ContactProvider, native_id: &str) -> Time {
    provider.contact(&id(native_id), &call()).await.unwrap().unwrap().contact.updated_at.unwrap()
}

fn no_twins(mut ids: Vec<String>) -> usize {
    let all = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), all, "some came twice");
    all
}

#[tokio::test]
async fn every_contact_comes_exactly_once_in_pages_of_any_size() {
    let (_server, provider) = start(people(150)).await;
    for limit in [1, 7, 100, 156, 157, 2000, u16::MAX] {
        let contacts = read_all(&*provider, limit, None, |_| {}).await;
        assert_eq!(no_twins(sorted(&contacts)), 156, "{limit}");
    }
}

#[tokio::test]
async fn every_contact_comes_exactly_once_in_any_order_and_from_any_base() {
    for order in [by_id, oldest_first, newest_first] {
        for (base, most) in [(0, 2000), (1, 2000), (0, 50), (1, 30)] {
            let server = Reordered::new(people(150), order).habits(base, most);
            let (_server, provider) = start(Box::new(server)).await;
            for limit in [9, 2000] {
                let contacts = read_all(&*provider, limit, None, |_| {}).await;
                assert_eq!(no_twins(sorted(&contacts)), 156, "{base} {most} {limit}");
            }
        }
    }
}

#[tokio::test]
async fn a_listed_contact_is_the_whole_one_without_its_chats() {
    let (_server, provider) = start(people(20)).await;
    for listed in read_all(&*provider, 2000, None, |_| {}).await {
        let native_id = listed.native_id.clone().unwrap();
        let mut whole = provider.contact(&id(&native_id), &call()).await.unwrap().unwrap().contact;
        whole.chat_ids.clear();
        assert!(listed == whole, "{native_id}");
    }
}

#[tokio::test]
async fn contacts_changed_since_come_and_no_others_in_any_order() {
    let orders = [by_id, oldest_first, newest_first];
    for server in orders.map(|order| Box::new(Reordered::new(people(400), order))) {
        let (_server, provider) = start(server).await;
        let all = read_all(&*provider, 2000, None, |_| {}).await;
        let exact = all.iter().filter_map(|contact| contact.updated_at.clone()).nth(37).unwrap();
        for since in [exact, time("2025-06-01T00:00:00Z"), time("1970-01-01T00:00:00Z"), time("2100-01-01T00:00:00Z")] {
            let is_late = |changed: &Time| changed.moment() >= since.moment();
            let expected: Vec<_> =
                all.iter().filter(|contact| contact.updated_at.as_ref().is_some_and(is_late)).cloned().collect();
            for limit in [10, 2000] {
                let since = read_all(&*provider, limit, Some(&since), |_| {}).await;
                assert_eq!(sorted(&since), sorted(&expected));
            }
        }
    }
}

#[tokio::test]
async fn once_the_order_is_known_a_list_of_changes_ends_at_the_first_older_one() {
    let (server, provider) = start(Box::new(Reordered::new(people(6000), newest_first))).await;
    let mut touched = vec![server.change(Change::Touch(4711)), server.change(Change::Touch(3))];
    let since = changed(&*provider, &touched[0]).await;
    touched.sort();
    for calls in [8, 1] {
        let before = server.calls("/v1/contacts?");
        let changed = read_all(&*provider, 100, Some(&since), |_| {}).await;
        assert_eq!(sorted(&changed), touched);
        let asked = server.calls("/v1/contacts?") - before;
        assert!(asked <= calls, "{asked} calls");
    }
}

#[tokio::test]
async fn a_list_that_only_begins_like_one_of_changes_is_read_to_its_end() {
    let (server, provider) = start(Box::new(Reordered::new(people(3000), by_creation))).await;
    let touched = server.change(Change::Touch(1234));
    let since = changed(&*provider, &touched).await;
    for _ in 0..2 {
        let changed = read_all(&*provider, 100, Some(&since), |_| {}).await;
        assert!(sorted(&changed).contains(&touched));
    }
}

#[tokio::test]
async fn thirty_thousand_contacts_are_listed_in_two_dozen_calls() {
    let (server, provider) = start(people(30_000)).await;
    let contacts = read_all(&*provider, 1984, None, |_| {}).await;
    assert_eq!(no_twins(sorted(&contacts)), 30_006);
    let calls = server.calls("/v1/contacts?");
    assert!(calls <= 24, "{calls} calls");
}

#[tokio::test]
async fn odd_entries_are_left_out_and_an_answer_without_a_list_is_invalid() {
    let list = |body: String| Box::new(Canned::new("/v1", 200, "application/json", body));
    let odd = json!({ "contacts": [null, 7, "x", [], {}, { "contact_id": "" }, { "contact_id": "a\u{7}" },
        { "contact_id": "919537851844@c.us", "labels": 7, "updated_at": {} }] });
    let (_server, provider) = start(list(odd.to_string())).await;
    let contacts = provider.list(&Query { limit: 100, ..Query::default() }, &call()).await.unwrap().contacts;
    assert_eq!(contacts.len(), 1);

    for body in ["{}", "null", "[]", "", r#"{"contacts":{}}"#, r#"{"contacts":null}"#, "<html>"] {
        let (_server, provider) = start(list(body.to_owned())).await;
        let error = provider.list(&Query { limit: 100, ..Query::default() }, &call()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidAnswer, "{body}");
    }
}

#[tokio::test]
async fn faults_of_a_page_are_told_apart() {
    let (server, _) = start(people(3)).await;
    for (fault, expected) in [
        ("status-500", ErrorKind::Unavailable),
        ("status-404", ErrorKind::InvalidAnswer),
        ("html", ErrorKind::InvalidAnswer),
        ("garbage", ErrorKind::InvalidAnswer),
        ("truncate", ErrorKind::Unavailable),
        ("status-401", ErrorKind::RejectedCredentials),
        ("redirect", ErrorKind::InvalidAnswer),
    ] {
        server.set_fault(Some(fault.parse().unwrap()));
        let error = connect(&server).list(&Query { limit: 10, ..Query::default() }, &call()).await.unwrap_err();
        assert_eq!(error.kind(), expected, "{fault}");
    }
}

#[tokio::test]
async fn a_position_of_another_version_is_told_apart_and_a_good_one_holds_nobodys_data() {
    let (_server, provider) = start(people(60)).await;
    for wrong in ["", "7", "{}", r#"{"offset":0}"#, "[1]"] {
        let query = Query { limit: 10, from: Some(Position(wrong.to_owned())), since: None };
        let error = provider.list(&query, &call()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.detail()),
            (ErrorKind::Unsupported, "a position of another version"),
            "{wrong}"
        );
    }
    let listing = provider.list(&Query { limit: 40, ..Query::default() }, &call()).await.unwrap();
    let Position(text) = listing.next.unwrap();
    assert!(text.len() < 1200, "{}", text.len());
    for listed in listing.contacts {
        let native_id = listed.contact.native_id.unwrap();
        assert!(!text.contains(native_id.split('@').next().unwrap()));
    }
}

#[tokio::test]
async fn a_server_refuses_pages_that_are_too_long() {
    let server = people(3);
    let request = |target: &str| {
        let key = super::emulation().settings[0].1;
        http::Request::get(target).header("authorization", format!("Bearer {key}")).body(Bytes::new()).unwrap()
    };
    assert_eq!(server.answer(&request("/v1/contacts?limit=2001")).status(), 422);
    assert_eq!(server.answer(&request("/v1/contacts?limit=2000")).status(), 200);
    assert_eq!(server.answer(&request("/v1/contacts?offset=x")).status(), 422);
}
