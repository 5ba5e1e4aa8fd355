//! Everybody, page by page and as one stream.

use std::collections::BTreeSet;

use providers::emulator::Change;
use serde_json::Value;

use crate::site::{Answer, Site, upstream};

fn ids(page: &Value) -> Vec<String> {
    page["contacts"].as_array().unwrap().iter().map(|contact| contact["id"].as_str().unwrap().to_owned()).collect()
}

fn lines(answer: &Answer) -> Vec<String> {
    let contact = |line: &str| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned();
    answer.text.lines().map(contact).collect()
}

async fn small() -> Site {
    Site::over([upstream("periskope", "periskope").people(30)], "").await
}

/// Follows the cursors from this path on.
async fn follow(site: &Site, path: &str) -> Vec<String> {
    let (mut all, mut next) = (Vec::new(), Some(path.to_owned()));
    while let Some(path) = next {
        let answer = site.get(&path).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let page = answer.json();
        all.extend(ids(&page));
        next = page["next_cursor"].as_str().map(|cursor| format!("/contacts?limit=7&cursor={cursor}"));
        let link = answer.header("link");
        assert_eq!(next.as_ref().map(|next| format!("<{next}>; rel=\"next\"")).unwrap_or_default(), link);
    }
    all
}

#[tokio::test]
async fn pages_lead_from_one_to_the_next_until_everybody_was_there_once() {
    let site = small().await;
    let all = follow(&site, "/contacts?provider=periskope&limit=7").await;
    let different: BTreeSet<_> = all.iter().collect();
    assert_eq!(different.len(), all.len());
    assert_eq!(all.len(), 30 + 6);
}

#[tokio::test]
async fn a_stream_has_everybody_one_a_line() {
    let site = small().await;
    let answer = site.get_with("/contacts?provider=periskope", "accept", "application/x-ndjson").await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/x-ndjson"));
    let by_page: BTreeSet<_> = follow(&site, "/contacts?provider=periskope&limit=7").await.into_iter().collect();
    assert_eq!(lines(&answer).into_iter().collect::<BTreeSet<_>>(), by_page);
}

#[tokio::test]
async fn without_a_provider_every_instance_comes_in_turn() {
    let both = ["first", "second"].map(|name| upstream(name, "periskope").people(5));
    let site = Site::over(both, "").await;
    let all = follow(&site, "/contacts?limit=7").await;
    assert_eq!(all.len(), 2 * (5 + 6));
    let turn = all.iter().position(|id| id.starts_with("second:")).unwrap();
    assert!(
        all[..turn].iter().all(|id| id.starts_with("first:")) && all[turn..].iter().all(|id| id.starts_with("second:"))
    );
}

#[tokio::test]
async fn updated_since_gives_exactly_those() {
    let site = small().await;
    let touched = site.upstream("periskope").change(Change::Touch(3));
    let since = follow(&site, "/contacts?provider=periskope&limit=7&updated_since=2026-06-01T00:00:00Z").await;
    assert_eq!(since, [format!("periskope:{touched}")]);
}

#[tokio::test]
async fn a_cursor_that_nobody_gave_opens_no_page() {
    let site = small().await;
    let page = site.get("/contacts?provider=periskope&limit=7").await.json();
    let cursor = page["next_cursor"].as_str().unwrap();
    let forged = format!("{}{}", &cursor[..cursor.len() - 1], if cursor.ends_with('A') { 'B' } else { 'A' });
    for wrong in [&forged, "", "abc", "%00", &cursor[1..]] {
        assert_eq!(site.get(&format!("/contacts?cursor={wrong}")).await.problem(), "invalid-request", "{wrong}");
    }
    let other = format!("/contacts?cursor={cursor}&provider=rocketchat");
    assert_eq!(site.get(&other).await.problem(), "invalid-request");
    let elsewhere = small().await;
    assert_eq!(
        elsewhere.get(&format!("/contacts?cursor={cursor}")).await.problem(),
        "invalid-request",
        "another configuration's"
    );
}

#[tokio::test]
async fn what_cannot_be_wanted_is_refused() {
    let site = small().await;
    for query in
        ["limit=0", "limit=2001", "limit=x", "updated_since=yesterday", "page=2", "provider=periskope&provider=x"]
    {
        assert_eq!(site.get(&format!("/contacts?{query}")).await.problem(), "invalid-request", "{query}");
    }
    assert_eq!(site.get("/contacts?provider=nobody").await.problem(), "unknown-provider");
    assert_eq!(site.get_with("/contacts", "accept", "text/vcard").await.problem(), "not-acceptable");
}

#[tokio::test]
async fn a_stream_that_cannot_go_on_says_why_and_is_cut() {
    let site = small().await;
    site.upstream("periskope").set_fault("status-401".parse().ok());
    let request =
        site.request(reqwest::Method::GET, "/contacts?provider=periskope").header("accept", "application/x-ndjson");
    let mut response = request.send().await.unwrap();
    let last = response.chunk().await.unwrap().unwrap();
    let last: Value = serde_json::from_slice(&last).unwrap();
    assert_eq!(last["problem"]["code"], "provider-rejected-credentials");
    assert!(last["cursor"].as_str().is_some_and(|cursor| !cursor.is_empty()));
    assert!(response.chunk().await.is_err(), "nobody takes it for a whole one");
}
