//! Ids in all their forms, and hostile ones.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use crate::site::{Site, upstream};

#[tokio::test]
async fn a_bare_id_goes_to_the_kind_that_recognises_its_shape() {
    let site = Site::start().await;
    for (bare, qualified) in [
        ("919537851844", "periskope:919537851844@c.us"),
        ("919537851844@c.us", "periskope:919537851844@c.us"),
        ("+919537851844", "periskope:919537851844@c.us"),
        ("120363231636311517@g.us", "periskope:120363231636311517@g.us"),
        ("673c76df47a6c9b89dd263d8", "rocketchat:673c76df47a6c9b89dd263d8"),
        ("gAoxwhBGgEh8cyKx4", "rocketchat_legacy:gAoxwhBGgEh8cyKx4"),
    ] {
        let answer = site.get(&format!("/contacts/{bare}")).await;
        assert_eq!(answer.json()["id"], qualified, "{bare}");
    }
    assert!(site.upstream("periskope").seen().iter().all(|seen| !seen.target.contains("673c")));
}

#[tokio::test]
async fn a_bare_id_of_no_known_shape_goes_to_all() {
    let site = Site::start().await;
    let answer = site.get("/contacts/nobody%20knows%20this").await;
    assert_eq!(answer.problem(), "contact-not-found");
    assert_eq!((&answer.json()["origin"], answer.json()["provider"].is_null()), (&"provider".into(), true));
    let answer = site.get("/contacts/nobody%20knows%20this?provider=periskope").await;
    assert_eq!((answer.problem().as_str(), &answer.json()["provider"]), ("contact-not-found", &"periskope".into()));
    for name in ["rocketchat", "rocketchat_legacy", "periskope"] {
        assert_eq!(site.calls(name), 1, "{name}");
    }
}

#[tokio::test]
async fn the_answers_id_finds_the_same_contact_again() {
    let site = Site::start().await;
    for id in ["919537851844", "gAoxwhBGgEh8cyKx4", "status@broadcast"] {
        let first = site.get(&format!("/contacts/{id}")).await;
        let id = first.json()["id"].as_str().unwrap().to_owned();
        let again = site.get(&format!("/contacts/{id}")).await;
        assert!(again.header("cache-status").starts_with("contact-gateway; hit"), "{again:?}");
        assert_eq!(again.text, first.text);
    }
}

#[tokio::test]
async fn spellings_of_one_id_share_one_entry() {
    let site = Site::start().await;
    let spellings = [
        "919537851844",
        "+919537851844",
        "%2B919537851844",
        "919537851844@c.us",
        "919537851844%40c.us",
        "919537851844@s.whatsapp.net",
        "919537851844:7@s.whatsapp.net",
        "periskope:919537851844",
        "periskope:+919537851844",
        "919537851844?provider=periskope",
        "periskope:919537851844?provider=periskope",
    ];
    let first = site.get("/contacts/919537851844").await.text;
    for spelling in spellings {
        assert_eq!(site.get(&format!("/contacts/{spelling}")).await.text, first, "{spelling}");
    }
    assert_eq!(site.calls("periskope"), 1);
}

#[tokio::test]
async fn an_id_that_two_instances_have_is_ambiguous() {
    let site = Site::over([upstream("one", "rocketchat"), upstream("two", "rocketchat")], "").await;
    let answer = site.get("/contacts/673c76df47a6c9b89dd263d8").await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (409, "ambiguous-contact-id"));
    let candidates = ["one:673c76df47a6c9b89dd263d8", "two:673c76df47a6c9b89dd263d8"];
    assert_eq!(answer.json()["candidates"], serde_json::json!(candidates));
    let one = site.get("/contacts/673c76df47a6c9b89dd263d8?provider=two").await;
    assert_eq!(one.json()["id"], candidates[1]);
}

#[tokio::test]
async fn an_id_that_one_of_two_instances_has_is_found_even_if_the_other_is_down_or_silent() {
    let site = Site::over([upstream("modern", "rocketchat"), upstream("old", "rocketchat_legacy")], "").await;
    site.upstream("old").set_fault(Some("status-503".parse().unwrap()));
    assert_eq!(site.get("/contacts/673c76df47a6c9b89dd263d8").await.json()["provider"], "modern");
    site.upstream("old").set_fault(None);
    site.upstream("old").hold();
    assert_eq!(site.get("/contacts/67a0c4f2b3d1e45f8a9c0d12").await.json()["provider"], "modern");
}

#[tokio::test]
async fn none_found_and_one_failed_is_that_failure() {
    let site = Site::over([upstream("modern", "rocketchat"), upstream("old", "rocketchat_legacy")], "").await;
    assert_eq!(site.get("/contacts/ffffffffffffffffffffffff").await.problem(), "contact-not-found");
    site.upstream("old").set_fault(Some("status-401".parse().unwrap()));
    let answer = site.get("/contacts/fffffffffffffffffffffffe").await;
    assert_eq!(answer.problem(), "provider-rejected-credentials");
    assert_eq!(answer.json()["provider"], "old");
}

#[tokio::test]
async fn names_of_instances_that_there_are_not_are_told() {
    let site = Site::start().await;
    for path in ["/contacts/rocketchatt:673c76df47a6c9b89dd263d8", "/contacts/919537851844?provider=nobody"] {
        let answer = site.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (404, "unknown-provider"));
        assert!(answer.json()["detail"].as_str().unwrap().contains("`rocketchat_legacy`"));
    }
    let answer = site.get("/contacts/rocketchat:1?provider=periskope").await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (400, "invalid-request"));
}

#[tokio::test]
async fn what_is_no_id_is_refused_before_any_call() {
    let site = Site::start().await;
    let long = "x".repeat(257);
    for id in ["", "%20", "a%00b", "%0d%0aX:y", "%C2%85", "%ff", "rocketchat:", "rocketchat:%2E%2e", &long] {
        let answer = site.get(&format!("/contacts/{id}")).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (400, "invalid-contact-id"), "{id}");
    }
    for name in ["rocketchat", "rocketchat_legacy", "periskope"] {
        assert_eq!(site.calls(name), 0, "{name}");
    }
}

#[tokio::test]
async fn hostile_ids_reach_the_provider_as_one_segment() {
    let site = Site::over([upstream("periskope", "periskope")], "").await;
    let edge = "y".repeat(256);
    for (id, sent) in [
        ("..%2F..%2Fadmin", "/v1/contacts/..%2F..%2Fadmin"),
        ("%252e%252e", "/v1/contacts/%252e%252e"),
        ("a%2Fb%3Fc%3Dd%23e", "/v1/contacts/a%2Fb%3Fc=d%23e"),
        ("%E2%80%AEabc", "/v1/contacts/%E2%80%AEabc"),
        (edge.as_str(), format!("/v1/contacts/{edge}").as_str()),
    ] {
        assert_eq!(site.get(&format!("/contacts/periskope:{id}")).await.problem(), "contact-not-found", "{id}");
        assert_eq!(site.upstream("periskope").seen().last().unwrap().target, sent);
    }
}

/// A client that does not tidy paths up.
#[tokio::test(flavor = "multi_thread")]
async fn raw_dots_and_slashes_are_part_of_the_id() {
    let site = Site::over([upstream("periskope", "periskope")], "").await;
    for (target, status) in
        [("/contacts/..", "400"), ("/contacts/.", "400"), ("/contacts/%2e%2E", "400"), ("/contacts/../../admin", "404")]
    {
        let mut stream = TcpStream::connect(site.address).unwrap();
        write!(stream, "GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{target}: {answer}");
    }
    assert_eq!(site.upstream("periskope").seen().last().unwrap().target, "/v1/contacts/..%2F..%2Fadmin");
}
