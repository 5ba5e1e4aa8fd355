//! What the list of those costs that have changed, and contacts that have changed together.

use providers::emulator::Change;
use serde_json::Value;

use crate::{
    lists::{all, ids},
    site::{Answer, LEGACY, MODERN, Odd, Question, era, people, serve},
    support::{call, id},
};

/// Changes some contacts, and asks for those: how many calls, and to which routes.
async fn calls(era_index: usize, changed: u32) -> (usize, usize) {
    let (server, provider) = serve(era(era_index)).await;
    let mut since = None;
    for number in 0..changed {
        let touched = server.change(Change::Touch(number * 3));
        if since.is_none() {
            since = provider.contact(&id(&touched), &call()).await.unwrap().unwrap().contact.updated_at;
        }
    }
    let since = since.map_or_else(|| "2026-06-01T00:00:00Z".to_owned(), |time| time.as_str().to_owned());
    let reads = || server.calls("contact?") + server.calls("contacts.get");
    let lists = || server.calls("visitors.search") + server.calls("contacts.search");
    let before = (lists(), reads());
    assert_eq!(all(&*provider, Some(&since), 100).await.len(), changed as usize);
    (lists() - before.0, reads() - before.1)
}

#[tokio::test]
async fn a_few_changes_cost_one_page_of_each_list() {
    assert_eq!(calls(MODERN, 0).await, (2, 0));
    assert_eq!(calls(MODERN, 7).await, (2, 0));
}

#[tokio::test]
async fn the_boundary_among_visitors_is_found_by_reading_few_of_them() {
    assert_eq!(calls(LEGACY, 0).await, (1, 1));
    assert_eq!(calls(LEGACY, 1).await, (1, 3));
    for (changed, reads) in [(5, 6), (60, 12)] {
        let (lists, read) = calls(LEGACY, changed).await;
        assert!(lists == 1 && read <= reads, "{changed} changes: {lists} lists, {read} reads");
    }
    // More than three pages, and each but the first and the last shows by one visitor that it has no end.
    let (lists, read) = calls(LEGACY, 350).await;
    assert!(lists <= 8 && read <= 30, "{lists} lists, {read} reads");
}

#[tokio::test]
async fn contacts_that_changed_together_all_come_once() {
    // An import gives all the same moment.
    let answer: Answer = |_, mut body| {
        let same = |contact: &mut Value| contact["_updatedAt"] = "2026-02-02T02:02:02.000Z".into();
        body["contacts"].as_array_mut().into_iter().flatten().for_each(same);
        if body["contact"].is_object() {
            same(&mut body["contact"]);
        }
        body
    };
    let question: Question = |target| target.replace("_updatedAt%22%3A-1", "_id%22%3A1");
    for era in [MODERN, LEGACY] {
        let odd = Odd { answer, question, ..Odd::new(people(era, 300)) };
        let (_server, provider) = serve(Box::new(odd)).await;
        let expected = ids(&all(&*provider, None, 100).await);
        for (since, count) in [("2026-02-02T02:02:02Z", expected.len()), ("2026-02-02T02:02:02.001Z", 0)] {
            for limit in [9, 100] {
                let listed = all(&*provider, Some(since), limit).await;
                assert_eq!((listed.len(), ids(&listed).len()), (count, count), "since {since} in pages of {limit}");
            }
        }
    }
}
