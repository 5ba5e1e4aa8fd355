//! What needs a clock that can be turned: who waits for whom, and for how long.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use providers::{
    Call, Contact, ContactProvider, ContactType, Error, ErrorKind, Found, KINDS, LocalId, Result,
    measure::{STEP, STEPS},
    upstream::{Route, Upstream},
};
use tokio::{
    runtime::Handle,
    time::{Instant, sleep, sleep_until, timeout_at},
};

use super::{Ages, Caller, Failure, Gateway, Instance, Via, Wish};

const ID: &str = "919537851844";

/// Has its contact, or has it not, and says so after a while, or once a moment has come.
struct Fake {
    has_it: bool,
    takes: Duration,
    not_before: Option<Instant>,
}

impl fmt::Debug for Fake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fake")
    }
}

#[async_trait]
impl ContactProvider for Fake {
    async fn contact(&self, id: &LocalId, call: &Call) -> Result<Option<Found>> {
        let answer = async {
            sleep(self.takes).await;
            sleep_until(self.not_before.unwrap_or_else(Instant::now)).await;
        };
        let late = |_| Error::new(ErrorKind::Timeout, "no answer");
        timeout_at(call.deadline, answer).await.map_err(late)?;
        Ok(self.has_it.then(|| Contact::new("fake", id.as_str(), ContactType::Person).into()))
    }

    fn upstream(&self) -> Option<(&Upstream, &'static Route)> {
        None
    }

    async fn check(&self, _: &Call) -> Result<()> {
        Ok(())
    }
}

fn gateway(fakes: Vec<(&str, Fake)>) -> Gateway {
    let kind = KINDS.iter().find(|kind| kind.name == "periskope").unwrap();
    let instance = |(name, fake): (&str, Fake)| {
        Instance::new(name.into(), kind, Arc::new(fake), Ages::default(), Duration::from_secs(60))
    };
    let instances = fakes.into_iter().map(instance).collect();
    Gateway::new(instances, 1 << 20, Duration::from_secs(10), Handle::current())
}

fn quick(has_it: bool) -> Fake {
    Fake { has_it, takes: Duration::ZERO, not_before: None }
}

fn slow(has_it: bool, seconds: u64) -> Fake {
    Fake { takes: Duration::from_secs(seconds), ..quick(has_it) }
}

/// How long the answer took, and whether the contact was there.
async fn ask(gateway: &Gateway, id: &str) -> (Duration, Result<bool, Failure>) {
    let start = Instant::now();
    let outcome =
        gateway.contact(&Wish::new(id, &Caller::default(), |_| "")).await.map(|served| served.page.is_found());
    (start.elapsed(), outcome)
}

#[tokio::test(start_paused = true)]
async fn who_does_not_say_whether_a_bare_id_is_its_own_is_waited_for_once() {
    let gateway = gateway(vec![("one", quick(true)), ("other", slow(false, 3600))]);
    let (took, found) = ask(&gateway, ID).await;
    assert!(found.unwrap() && took >= Duration::from_millis(500), "{took:?}");
    for _ in 0..3 {
        let (took, found) = ask(&gateway, ID).await;
        assert!(found.unwrap() && took < Duration::from_millis(10), "{took:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_said_late_that_it_has_the_contact_too_is_heard_the_next_time() {
    let gateway = gateway(vec![("one", quick(true)), ("other", slow(true, 2))]);
    assert!(ask(&gateway, ID).await.1.unwrap());
    sleep(Duration::from_secs(3)).await;
    assert!(matches!(ask(&gateway, ID).await.1, Err(Failure::Ambiguous { .. })));
}

#[tokio::test(start_paused = true)]
async fn who_joins_late_has_the_own_time() {
    let start = Instant::now();
    let answers_then = Fake { not_before: Some(start + Duration::from_secs(12)), ..quick(true) };
    let gateway = Arc::new(gateway(vec![("one", answers_then)]));
    let first = tokio::spawn({
        let gateway = Arc::clone(&gateway);
        async move { ask(&gateway, ID).await.1 }
    });
    sleep(Duration::from_secs(8)).await;
    let late = gateway.contact(&Wish::new(ID, &Caller::default(), |_| "")).await.unwrap();
    assert!(first.await.unwrap().is_err());
    assert!(late.page.is_found());
    assert!(matches!(late.via, Via::Provider { collapsed: false, .. }));
    assert_eq!(start.elapsed().as_secs(), 12);
}

#[tokio::test(start_paused = true)]
async fn what_was_asked_is_told_by_the_step_in_which_it_was_answered() {
    let gateway = gateway(vec![("one", quick(true))]);
    let lookups = &gateway.instances()[0].lookups;
    let told = || lookups.steps(Instant::now()).map(|looked| (looked.all(), looked.answered())).collect::<Vec<_>>();
    for _ in 0..3 {
        assert!(ask(&gateway, ID).await.1.unwrap());
    }
    assert!(told().iter().all(|step| *step == (0, 0)), "the step is not over yet");
    sleep(STEP).await;
    ask(&gateway, ID).await.1.unwrap();
    assert_eq!((told()[STEPS - 2], told()[STEPS - 1]), ((0, 0), (3, 2)));
    sleep(STEP * 59).await;
    assert_eq!((told()[0], told()[1]), ((3, 2), (1, 1)));
    sleep(STEP * 2).await;
    assert!(told().iter().all(|step| *step == (0, 0)), "a quarter of an hour is over");
    assert_eq!(lookups.total().all(), 4);
}
