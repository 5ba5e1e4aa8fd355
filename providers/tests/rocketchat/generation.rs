//! Which of Rocket.Chat's two APIs is asked, and when that is found out anew.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use bytes::Bytes;
use providers::{
    Draft, ErrorKind, Handle, Query, Rate,
    emulator::{Canned, Emulated, Request, Response, Setup},
};

use crate::{
    site::{FULL, SETTINGS, VISITOR, era, kind, provider},
    support::{call, connect, id, start},
};

/// A server behind a proxy that lets nobody see `/api/info`, and that can be replaced by a newer one.
#[derive(Debug)]
struct Site {
    info: Option<Response>,
    legacy: Box<dyn Emulated>,
    modern: Box<dyn Emulated>,
    upgraded: Arc<AtomicBool>,
}

impl Site {
    fn new(info: Option<Response>, upgraded: &Arc<AtomicBool>) -> Box<Self> {
        Box::new(Self { info, legacy: era(1), modern: era(0), upgraded: Arc::clone(upgraded) })
    }
}

impl Emulated for Site {
    fn answer(&self, request: &Request) -> Response {
        match &self.info {
            Some(blocked) if request.uri().path() == "/api/info" => blocked.clone(),
            _ if self.upgraded.load(Ordering::SeqCst) => self.modern.answer(request),
            _ => self.legacy.answer(request),
        }
    }
}

/// A server whose version and answers contradict each other.
#[derive(Debug)]
struct Insisting {
    info: Box<dyn Emulated>,
    page: Canned,
}

impl Emulated for Insisting {
    fn answer(&self, request: &Request) -> Response {
        if request.uri().path() == "/api/info" { self.info.answer(request) } else { self.page.answer(request) }
    }
}

fn page(status: u16) -> Response {
    http::Response::builder()
        .status(status)
        .header("content-type", "text/html")
        .body(Bytes::from_static(b"<html></html>"))
        .unwrap()
}

#[tokio::test]
async fn the_server_is_asked_once_for_its_version() {
    for (index, contact, name) in [(0, FULL, "modern"), (1, VISITOR, "legacy")] {
        let server = start(era(index)).await;
        let provider = provider(&server);
        assert_eq!(provider.generation(), None);
        let asked = (0..10).map(|_| async { provider.contact(&id(contact), &call()).await.unwrap().is_some() });
        for found in asked.collect::<Vec<_>>() {
            assert!(found.await);
        }
        assert_eq!(server.calls("/api/info"), 1);
        assert_eq!(provider.generation(), Some(name));
    }
}

#[tokio::test]
async fn where_the_version_is_blocked_the_modern_route_is_probed() {
    for blocked in [page(403), page(404), page(200), page(502)] {
        for (upgraded, contact, name) in [(true, FULL, "modern"), (false, VISITOR, "legacy")] {
            let server = start(Site::new(Some(blocked.clone()), &Arc::new(AtomicBool::new(upgraded)))).await;
            let provider = provider(&server);
            assert!(provider.contact(&id(contact), &call()).await.unwrap().is_some(), "{} {name}", blocked.status());
            assert_eq!(provider.generation(), Some(name));
        }
    }
}

#[tokio::test]
async fn an_answer_that_only_the_other_generation_gives_makes_it_ask_again() {
    let upgraded = Arc::new(AtomicBool::new(true));
    let server = start(Site::new(None, &upgraded)).await;
    let provider = provider(&server);
    assert!(provider.contact(&id(FULL), &call()).await.unwrap().is_some());
    // The server is set back to an old version, which answers the modern route with its web page.
    upgraded.store(false, Ordering::SeqCst);
    assert!(provider.contact(&id(VISITOR), &call()).await.unwrap().is_some());
    assert_eq!((server.calls("/api/info"), provider.generation()), (2, Some("legacy")));
}

#[tokio::test]
async fn every_call_that_shows_the_other_generation_makes_it_ask_again() {
    let handle = Handle::parse("mailto:person404@example.com").unwrap().unwrap();
    let draft = Draft { name: "Ada Byron".to_owned(), nonce: "x".to_owned(), ..Draft::default() };
    for asking in 0..3 {
        let upgraded = Arc::new(AtomicBool::new(true));
        let server = start(Site::new(None, &upgraded)).await;
        let provider = provider(&server);
        provider.prepare(&call()).await.unwrap();
        upgraded.store(false, Ordering::SeqCst);
        match asking {
            0 => assert_eq!(provider.find(&handle, &call()).await.unwrap().len(), 1),
            1 => {
                let page = provider.list(&Query { limit: 10, ..Query::default() }, &call()).await.unwrap();
                assert_eq!(page.contacts.len(), 11);
            }
            _ => assert!(provider.register(&draft, &call()).await.unwrap().username.is_some()),
        }
        assert_eq!((server.calls("/api/info"), provider.generation()), (2, Some("legacy")));
    }
}

#[tokio::test]
async fn a_page_of_maintenance_makes_no_legacy_server_of_a_modern_one() {
    let server = start(era(0)).await;
    let provider = provider(&server);
    assert!(provider.contact(&id(FULL), &call()).await.unwrap().is_some());
    for fault in ["html", "status-404", "status-405", "status-503", "garbage"] {
        server.set_fault(Some(fault.parse().unwrap()));
        assert!(provider.contact(&id(FULL), &call()).await.is_err(), "{fault}");
        server.set_fault(None);
        assert!(provider.contact(&id(FULL), &call()).await.unwrap().is_some(), "found again after {fault}");
    }
    assert_eq!(provider.generation(), Some("modern"));
}

#[tokio::test]
async fn under_maintenance_from_the_start_nothing_is_learned() {
    let server = start(era(0)).await;
    server.set_fault(Some("html".parse().unwrap()));
    let provider = provider(&server);
    assert_eq!(provider.prepare(&call()).await.unwrap_err().kind(), ErrorKind::InvalidAnswer);
    assert_eq!(provider.generation(), None);
    server.set_fault(None);
    assert!(provider.contact(&id(FULL), &call()).await.unwrap().is_some());
}

#[tokio::test]
async fn a_server_that_insists_is_not_asked_over_and_over() {
    // It says that it is modern, and answers every question with a web page.
    let page = Canned::new("", 200, "text/html", "<html></html>");
    let info = (kind().emulations[0].build)(Setup::default());
    let server = start(Box::new(Insisting { info, page })).await;
    let provider = provider(&server);
    for _ in 0..5 {
        let error = provider.contact(&id(FULL), &call()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidAnswer);
    }
    assert_eq!(server.calls("/api/info"), 2, "at the start, and after the first odd answer");
}

#[tokio::test]
async fn an_upgrade_is_noticed_within_hours() {
    tokio::time::pause();
    let upgraded = Arc::new(AtomicBool::new(false));
    let server = start(Site::new(None, &upgraded)).await;
    let provider = provider(&server);
    assert!(provider.contact(&id(VISITOR), &call()).await.unwrap().is_some());
    upgraded.store(true, Ordering::SeqCst);
    tokio::time::advance(std::time::Duration::from_secs(5 * 3600)).await;
    assert!(provider.contact(&id(FULL), &call()).await.unwrap().is_some());
    assert_eq!(provider.generation(), Some("modern"));
}

#[tokio::test]
async fn a_configured_generation_is_never_asked_for() {
    let server = start(era(0)).await;
    let settings = [SETTINGS, &[("generation", "legacy")]].concat();
    let provider = connect(kind(), &server, &settings, Rate::per_seconds(1000, 1));
    assert!(
        provider.contact(&id(VISITOR), &call()).await.unwrap().is_some(),
        "a modern server still has the legacy route"
    );
    assert_eq!((server.calls("/api/info"), server.calls("contacts.get")), (0, 0));

    let old = start(era(1)).await;
    let settings = [SETTINGS, &[("generation", "modern")]].concat();
    let provider = connect(kind(), &old, &settings, Rate::per_seconds(1000, 1));
    let error = provider.contact(&id(VISITOR), &call()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidAnswer);
    assert_eq!(old.calls("/api/info"), 0);
}

#[tokio::test]
async fn an_erased_contact_is_absent() {
    let server = start(era(0)).await;
    let erased = "67a0c4f2b3d1e45f8a9c0eee";
    let provider = provider(&server);
    let answer = provider.contact(&id(erased), &call()).await.unwrap();
    assert!(answer.is_none());
}
