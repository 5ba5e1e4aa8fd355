//! Upstream bodies that nobody has ever seen.

use std::sync::atomic::{AtomicU64, Ordering};

use providers::emulator::{Emulated, Request, Response};

use crate::site::{Site, upstream};

const BODIES: &[&str] = &[
    include_str!("../../providers/src/rocketchat/fixtures/contacts-get-full.json"),
    include_str!("../../providers/src/rocketchat/fixtures/contacts-get-null-fields.json"),
    include_str!("../../providers/src/rocketchat/fixtures/contacts-get-erased.json"),
    include_str!("../../providers/src/periskope/fixtures/contact-user-doc.json"),
    include_str!("../../providers/src/periskope/fixtures/contact-group-types.json"),
];

/// What takes the place of a value or of a piece of the text.
const PIECES: &[&str] =
    &["null", "[]", "{}", "\"\"", "-1", "1e999", "true", "\"\\ud800\"", "[[[[", "\u{0}", "}", "\"_id\":1,"];

/// Answers every question with a body that was changed in a different way, but always in the same order.
#[derive(Debug, Default)]
struct Mutating(AtomicU64);

impl Emulated for Mutating {
    fn answer(&self, _: &Request) -> Response {
        let mut seed = self.0.fetch_add(1, Ordering::SeqCst);
        // SplitMix64: enough chance for a test, and the same in every run.
        let mut next = |below: usize| {
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            usize::try_from((z ^ (z >> 31)) % below as u64).unwrap()
        };
        let mut body = BODIES[next(BODIES.len())].as_bytes().to_vec();
        for _ in 0..=next(3) {
            let (from, length) = (next(body.len()), next(12));
            let until = (from + length).min(body.len());
            body.splice(from..until, PIECES[next(PIECES.len())].bytes());
        }
        let status = [200, 200, 200, 400, 404, 422][next(6)];
        http_answer(status, body)
    }
}

fn http_answer(status: u16, body: Vec<u8>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status.try_into().unwrap();
    response.headers_mut().insert("content-type", "application/json".parse().unwrap());
    response
}

#[tokio::test]
async fn whatever_a_provider_says_the_answer_is_a_contact_or_a_problem() {
    let kinds = [
        ("rocketchat", "generation = \"modern\""),
        ("rocketchat_legacy", "generation = \"legacy\""),
        ("periskope", ""),
    ];
    for (kind, setting) in kinds {
        let odd = upstream("odd", kind).server(Mutating::default()).setting(setting);
        let odd = odd
            .with("cache = { fresh = \"0s\", stale = \"0s\", stale_if_error = \"0s\", absent = \"0s\" }")
            .with("timeout = \"1s\"");
        let site = Site::over([odd], "").await;
        let ids = ["673c76df47a6c9b89dd263d8", "67c1f00dbeef0badcafe0001", "919537851844"];
        for (number, id) in (0..400).zip(ids.iter().cycle()) {
            // Nothing is kept, so that every question reaches the provider.
            let answer = site.get(&format!("/contacts/odd:{id}")).await;
            match answer.status.as_u16() {
                200 => assert_eq!(answer.json()["provider"], "odd", "{number}"),
                400 | 404 | 502 | 503 | 504 => drop(answer.problem()),
                other => panic!("{kind} {number}: {other}"),
            }
        }
        assert!(site.upstream("odd").seen().len() >= 400);
    }
}
