//! How often a server may be asked.

use std::{sync::Arc, time::Duration};

use providers::{Call, ErrorKind, Rate, emulator::Setup};

use crate::{
    subject::Subject,
    support::{call, connect, id, start},
};

promises! { |_| true;
    "a foreseen rate limit is waited for and never exceeded" => the_limit_is_never_exceeded,
    "an announced rate limit is obeyed" => an_announced_limit_is_obeyed,
}

async fn the_limit_is_never_exceeded(subject: Subject) {
    let rate = Rate { calls: 5, per: Duration::from_millis(500) };
    let server = start((subject.emulation.build)(Setup::limited(rate))).await;
    let provider = connect(subject.kind, &server, subject.emulation.settings, rate);
    let asked = subject.emulation.absent;
    let calls = (0..20).map(|_| {
        let provider = Arc::clone(&provider);
        tokio::spawn(async move { provider.contact(&id(asked), &Call::within(Duration::from_secs(30))).await })
    });
    for one in calls.collect::<Vec<_>>() {
        assert!(one.await.unwrap().unwrap().is_none());
    }
    let refused = server.seen().iter().filter(|seen| seen.status == 429).count();
    assert_eq!(refused, 0);
}

async fn an_announced_limit_is_obeyed(subject: Subject) {
    // We believe in more than the server allows, and do not know of the calls that were made before us.
    let rate = Rate::per_seconds(2, 60);
    let server = start((subject.emulation.build)(Setup::limited(rate))).await;
    let stranger = connect(subject.kind, &server, subject.emulation.settings, Rate::per_seconds(100, 1));
    for _ in 0..2 {
        stranger.contact(&id(subject.emulation.absent), &call()).await.unwrap();
    }
    let provider = connect(subject.kind, &server, subject.emulation.settings, Rate::per_seconds(100, 1));
    let error = provider.contact(&id(subject.emulation.absent), &call()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    let wait = error.retry_after().unwrap();
    assert!((Duration::from_secs(1)..=Duration::from_secs(61)).contains(&wait), "{wait:?}");
    let asked = server.seen().len();
    let error = provider.contact(&id(subject.emulation.absent), &call()).await.unwrap_err();
    assert_eq!((error.kind(), server.seen().len()), (ErrorKind::RateLimited, asked), "not asked again");
}
