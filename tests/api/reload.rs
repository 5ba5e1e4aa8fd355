//! SIGHUP: another configuration under a running program.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicBool, Ordering},
};

use futures_util::future::join_all;
use providers::{
    Rate,
    emulator::{Emulator, Setup},
};
use reqwest::Client;

use crate::{
    program::Program,
    site::{PLENTY, key},
};

const ID: &str = "/contacts/whatsapp:919537851844";
const NEXT: &str = "the new configuration is in force";
const REFUSED: &str = "the new configuration is refused";

pub(crate) async fn upstream() -> Emulator {
    upstream_with(PLENTY).await
}

async fn upstream_with(rate: Rate) -> Emulator {
    let emulation = &providers::KINDS.iter().find(|kind| kind.name == "periskope").unwrap().emulations[0];
    Emulator::start((emulation.build)(Setup::limited(rate))).await.unwrap()
}

/// A configuration with one instance, `whatsapp`, over this upstream.
pub(crate) fn over(upstream: &Emulator, top: &str, lines: &str) -> String {
    let mut text = format!("server.listen = \"127.0.0.1:0\"\nserver.workers = 2\n{top}\n[providers.whatsapp]\n");
    let url = upstream.base_url();
    let _ = write!(text, "kind = \"periskope\"\nbase_url = \"{url}\"\n{lines}\n[providers.whatsapp.settings]\n");
    text + "api_key = \"emulated-key-of-no-use-elsewhere\"\n"
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_come_and_go_and_no_request_is_dropped() {
    let upstream = upstream().await;
    let without = over(&upstream, &key("crm", ""), "");
    let with = over(&upstream, &(key("crm", "priority = \"batch\"") + &key("other", "")), "");
    let mut program = Program::start(&without).await;
    let (url, ended, client) = (program.url(ID), AtomicBool::new(false), Client::new());
    let asking = join_all((0..8).map(|_| async {
        let mut answered = 0;
        while !ended.load(Ordering::Relaxed) {
            assert_eq!(client.get(&url).bearer_auth("key-of-crm").send().await.unwrap().status(), 200);
            answered += 1;
        }
        answered
    }));
    let reloading = async {
        for _ in 0..10 {
            assert_eq!(program.get("key-of-other", ID).await.status, 401);
            program.reload(&with);
            assert!(program.says(NEXT).await.contains("changed=\"auth.keys.crm, auth.keys.other\""));
            assert_eq!(program.get("key-of-other", ID).await.status, 200);
            program.reload(&without);
            program.says(NEXT).await;
        }
        ended.store(true, Ordering::Relaxed);
    };
    let (answered, ()) = tokio::join!(asking, reloading);
    assert!(answered.iter().all(|count| *count > 0), "{answered:?}");
    assert_eq!(upstream.calls("contact"), 1, "the cached contact is still there");
    let log = program.log();
    assert!(!log.contains("key-of-") && !log.contains("sha256:") && !log.contains("emulated-key"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_under_way_ends_as_it_began() {
    let (before, after) = (upstream().await, upstream().await);
    let mut program = Program::start(&over(&before, &key("crm", ""), "")).await;
    before.hold();
    let begun = Client::new().get(program.url(ID)).bearer_auth("key-of-crm").send();
    let next = over(&after, &key("other", ""), "");
    let reloading = async {
        before.wait_for_calls(1).await;
        program.reload(&next);
        program.says(NEXT).await;
        assert_eq!(program.get("key-of-crm", ID).await.status, 401);
        // It asks the server of its own configuration, although the other one is being asked for the same id.
        assert_eq!(
            program.get("key-of-other", ID).await.header("cache-status"),
            "contact-gateway; fwd=uri-miss; stored"
        );
        before.release();
    };
    let (begun, ()) = tokio::join!(begun, reloading);
    assert_eq!(begun.unwrap().status(), 200);
    assert!(program.get("key-of-other", ID).await.header("cache-status").starts_with("contact-gateway; hit"));
    assert_eq!((before.calls("contact"), after.calls("contact")), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_with_mistakes_is_refused_and_the_old_one_stays() {
    let upstream = upstream().await;
    let good = over(&upstream, &key("crm", ""), "");
    let mut program = Program::start(&good).await;
    let bad = over(&upstream, "server.deadline = \"never\"\n[auth.keys.crm]\nhash = \"s3cret\"", "colour = \"red\"");
    for (bad, said) in [(&*bad, "auth.keys.crm.hash"), ("[providers", "TOML"), ("", "providers: there is none")] {
        program.reload(bad);
        assert!(program.says("configuration: ").await.contains(said));
        program.says(REFUSED).await;
        assert_eq!(program.get("key-of-crm", ID).await.status, 200);
    }
    let log = program.log();
    for key in ["providers.whatsapp.colour", "server.deadline", "configuration: 3 mistakes"] {
        assert!(log.contains(key), "{key}");
    }
    assert!(!log.contains("s3cret"), "{log}");
    program.reload(&good);
    assert!(program.says(NEXT).await.contains("changed=\"\""), "what was refused has left no trace");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_of_an_unchanged_instance_stays_known() {
    let upstream = upstream_with(Rate::per_seconds(1, 3600)).await;
    let rate = "rate = { calls = 1, per = \"1h\" }";
    let mut program = Program::start(&over(&upstream, "server.deadline = \"10s\"", rate)).await;
    assert_eq!(program.get("", ID).await.status, 200);
    for lines in ["server.deadline = \"200ms\"", "server.deadline = \"300ms\""] {
        program.reload(&over(&upstream, lines, &format!("{rate}\ncache = {{ fresh = \"0s\" }}")));
        program.says(NEXT).await;
        let refused = program.get("", "/contacts/whatsapp:10000000001").await;
        assert_eq!(refused.problem(), "provider-rate-limited", "its budget is still used up");
        let kept = program.get("", ID).await;
        assert!(kept.header("cache-status").starts_with("contact-gateway; hit; ttl=-"), "the new ages hold: {kept:?}");
    }
    let another = self::upstream().await;
    program.reload(&over(&another, "server.deadline = \"5s\"", rate));
    assert!(program.says(NEXT).await.contains("changed=\"providers.whatsapp, server.deadline\""));
    let asked = program.get("", ID).await;
    assert_eq!(asked.header("cache-status"), "contact-gateway; fwd=uri-miss; stored", "another server's contacts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_up_quota_is_not_given_back() {
    let upstream = upstream().await;
    let lines = key("crm", "rate = { calls = 1, per = \"1h\" }");
    let mut program = Program::start(&over(&upstream, &lines, "")).await;
    assert_eq!(program.get("key-of-crm", ID).await.status, 200);
    program.reload(&over(&upstream, &(lines + &key("other", "")), ""));
    program.says(NEXT).await;
    assert_eq!(program.get("key-of-crm", ID).await.status, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_a_start_can_change_is_named_each_time() {
    let upstream = upstream().await;
    let start = over(&upstream, "", "");
    let mut program = Program::start(&start).await;
    let other = start.replace("127.0.0.1:0", "127.0.0.1:1").replace("workers = 2", "workers = 1");
    for _ in 0..2 {
        program.reload(&format!("cache.capacity = \"2MiB\"\n{other}"));
        for key in ["cache.capacity", "server.listen", "server.workers"] {
            assert!(program.says("takes effect at the next start").await.contains(key), "{key}");
        }
        program.says(NEXT).await;
    }
    assert_eq!(program.get("", ID).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_do_not_get_in_where_keys_go_but_the_address_stays() {
    let upstream = upstream().await;
    let public = over(&upstream, &key("crm", ""), "").replace("127.0.0.1:0", "0.0.0.0:0");
    let mut program = Program::start(&public).await;
    program.reload(&over(&upstream, "", ""));
    assert!(program.says("auth.keys: there are none").await.contains("0.0.0.0:0"));
    program.says(REFUSED).await;
    assert_eq!(program.get("", ID).await.status, 401);
}
