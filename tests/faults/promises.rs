//! What holds for every fault alike.

use std::time::{Duration, Instant};

use crate::{
    answer::{Answer, FINE},
    fault::Fault,
    row::Row,
    scene::{DEADLINE, Scene, Way},
    stale::{self, Known},
};

/// Contacts of the ailing upstream: one that is asked for before the fault, and one that is not.
pub(crate) const CACHED: &str = "919537851844";
const UNCACHED: &str = "919289665999";
/// Contacts of the other one, likewise.
const WELL_BEFORE: &str = "well:673c76df47a6c9b89dd263d8";
const WELL: &str = "well:67a0c4f2b3d1e45f8a9c0d12";

/// For a busy machine.
const SLACK: Duration = Duration::from_secs(4);
/// More than the program and one largest body, and less than what the faults would have it hold.
const MEMORY: usize = 192 << 20;

/// Checks all promises for one fault.
pub(crate) async fn check(row: &Row) {
    let scene = Scene::start(row.way).await;
    assert_eq!(scene.contact(WELL_BEFORE).await.code(), FINE);
    // Whoever was never there has no before and no after.
    let reachable = row.way != Way::Nowhere;
    let known = if reachable { Some(before(&scene).await) } else { None };
    scene.proxy.set(row.fault).await;
    let mut answer = during(&scene, row).await;
    if row.opens_the_breaker() && reachable {
        answer = peace(&scene, row).await;
    }
    if let Some(known) = known {
        stale::check(&scene, row, &known).await;
        scene.proxy.set(Fault::None).await;
        after(&scene, row, answer).await;
    }
    silence(&scene).await;
}

/// All is well. Returns what is cached from now on.
async fn before(scene: &Scene) -> Known {
    let ailing = scene.contact(format!("ailing:{CACHED}")).await;
    let expired = scene.contact(format!("expired:{CACHED}")).await;
    assert_eq!((ailing.code().as_str(), expired.code().as_str()), (FINE, FINE));
    Known { ailing: ailing.text, expired: expired.text }
}

/// What is not cached fails as it should and in time, and holds nobody else up.
async fn during(scene: &Scene, row: &Row) -> Answer {
    let mut ailing = Box::pin(scene.contact(format!("ailing:{UNCACHED}")));
    let others = async {
        if row.hangs() && row.can_be_met() {
            scene.proxy.has_been_met().await;
        }
        assert_eq!(scene.contact(WELL).await.code(), FINE);
        if row.way != Way::Nowhere {
            let cached = scene.contact(format!("ailing:{CACHED}")).await;
            assert_eq!(cached.code(), FINE);
            assert!(cached.header("cache-status").starts_with("contact-gateway; hit; ttl="), "{cached:?}");
        }
    };
    let ailing = if row.hangs() {
        tokio::select! {
            biased;
            () = others => {}
            early = &mut ailing => panic!("the others were held up, or it did not hang: {early:?}"),
        }
        only_the_deadline_ends_it(scene, row).await;
        ailing.await
    } else {
        tokio::join!(ailing, others).0
    };
    failed(&ailing, row);
    assert!(scene.proxy.met() > 0 || !row.can_be_met(), "the fault was not there");
    ailing
}

/// However long an attempt may take, the answer comes by the deadline.
async fn only_the_deadline_ends_it(scene: &Scene, row: &Row) {
    let answer = scene.contact(format!("patient:{UNCACHED}")).await;
    assert!(row.allows(&answer.code()), "{answer:?}");
    assert!(answer.took < DEADLINE * 2, "it took {:?}", answer.took);
}

/// The upstream is left in peace before long, and whoever asks is told at once when to come back.
async fn peace(scene: &Scene, row: &Row) -> Answer {
    // How many asked in vain is counted, not how often: so each round asks for as many contacts as it takes.
    for round in 0..4 {
        let many = (0..5).map(|number| scene.contact(format!("ailing:100000000{round}{number}")));
        futures_util::future::join_all(many).await.iter().for_each(|answer| failed(answer, row));
        let met = scene.proxy.met();
        let answer = scene.contact(format!("ailing:{UNCACHED}")).await;
        failed(&answer, row);
        let told = answer.retry_after().is_some_and(|wait| wait <= row.pause + Duration::from_secs(1));
        if told && scene.proxy.met() == met {
            return answer;
        }
    }
    panic!("it is asked again and again:\n{}", scene.gateway.log());
}

/// The upstream is asked again within one pause.
async fn after(scene: &Scene, row: &Row, mut answer: Answer) {
    let start = Instant::now();
    while answer.code() != FINE {
        failed(&answer, row);
        assert!(start.elapsed() < row.pause + SLACK, "still away {:?} after the fault: {answer:?}", start.elapsed());
        // Whoever is not told when to come back comes back soon.
        tokio::time::sleep(answer.retry_after().unwrap_or(Duration::from_millis(50))).await;
        answer = scene.contact(format!("ailing:{UNCACHED}")).await;
    }
    assert!(answer.text.contains(UNCACHED), "{}", answer.text);
}

/// An answer came by the deadline, and with one of the row's codes.
fn failed(answer: &Answer, row: &Row) {
    let code = answer.code();
    assert!(row.allows(&code), "{code}, not one of {:?}: {}", row.codes, answer.text);
    in_time(answer);
}

/// An answer came by the deadline.
pub(crate) fn in_time(answer: &Answer) {
    assert!(answer.took < DEADLINE + SLACK, "{} took {:?}", answer.status, answer.took);
}

/// Nothing was sent, said or kept that should not have been.
async fn silence(scene: &Scene) {
    assert_eq!(scene.contacted_elsewhere(), 0, "the other host was contacted");
    if let Some(memory) = scene.gateway.memory() {
        assert!(memory < MEMORY, "{} MiB", memory >> 20);
    }
    let log = scene.gateway.kill().await;
    for word in scene.secrets().into_iter().chain([CACHED, UNCACHED]) {
        assert!(!log.contains(word), "{word:?} in the log:\n{log}");
    }
}
