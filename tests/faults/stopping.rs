//! The end of the process, in order and without.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use providers::emulator::{Emulator, Setup};
use reqwest::Client;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::{
    answer::{Answer, FINE},
    gateway::{Configuration, Gateway},
    scene::{Scene, emulation},
};

/// SIGTERM: what is in flight is finished, and nobody is sent here any more.
pub(crate) async fn in_order() {
    let scene = Scene::quiet().await;
    scene.ailing().hold();
    let slow = scene.contact("ailing:919537851844");
    let stop = async {
        scene.ailing().wait_for_calls(1).await;
        scene.gateway.terminate();
        assert!(scene.gateway.turns_unready().await, "it stopped before it said so");
        scene.ailing().release();
    };
    let (slow, ()) = tokio::join!(slow, stop);
    assert_eq!(slow.code(), FINE, "what was in flight is finished");
    assert_eq!(scene.gateway.ended().await.code(), Some(0));
}

/// How long it may take to end where nothing is in flight.
const PROMPTLY: Duration = Duration::from_secs(20);
/// What is in flight is cut off after as long as a request may take.
const DEADLINE: &str = "server.deadline = \"1m\"";

/// SIGTERM while one connection is answered from memory without a pause: it ends between two answers.
pub(crate) async fn under_hits() {
    let (kind, emulation) = emulation("rocketchat");
    let upstream = Emulator::start((emulation.build)(Setup::default())).await.unwrap();
    let configuration =
        Configuration::new(DEADLINE).instance("well", kind, upstream.base_url().as_str(), "", emulation.settings);
    let gateway = Gateway::start(&configuration.write(), "info", None).await;
    let ended = async {
        ask_on(&gateway).await;
        gateway.ended().await
    };
    let ended = timeout(PROMPTLY, ended).await.expect("it does not wait for a connection that is busy for ever");
    assert_eq!(ended.code(), Some(0));
}

/// Asks for one contact again and again over one connection, until that is ended. Meanwhile, the process is asked to stop.
async fn ask_on(gateway: &Gateway) {
    let mut stream = TcpStream::connect(gateway.address).await.unwrap();
    let request = b"GET /contacts/673c76df47a6c9b89dd263d8 HTTP/1.1\r\nhost: gateway\r\n\r\n";
    let mut answer = vec![0; 1 << 16];
    for answers in 0.. {
        let written = stream.write_all(request).await;
        let read = stream.read(&mut answer).await.unwrap_or_default();
        if written.is_err() || read == 0 {
            break;
        }
        assert!(answer[..read].starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&answer[..read]));
        if answers == 1000 {
            gateway.terminate();
        }
    }
}

/// How many ask at once, and so how many calls can be under way before the first answer tells that the limit is used up.
const CALLERS: usize = 4;

/// SIGKILL under load: the next process serves at once. It can't know what the one before it has used of the rate limit,
/// but learns it from the first answer.
pub(crate) async fn without() {
    let (kind, emulation) = emulation("periskope");
    let rate = providers::Rate::per_seconds(10, 2);
    let upstream = Emulator::start((emulation.build)(Setup::limited(rate))).await.unwrap();
    let configuration = Configuration::new("server.deadline = \"3s\"")
        .instance("busy", kind, upstream.base_url().as_str(), "rate = { calls = 10, per = \"2s\" }", emulation.settings)
        .write();
    let gateway = Gateway::start(&configuration, "info", None).await;
    let killed = async {
        upstream.wait_for_calls(8).await;
        gateway.kill().await;
    };
    tokio::select! {
        () = load(&gateway, 0) => panic!("the load ended before the process"),
        () = killed => {}
    }
    assert!(!upstream.seen().iter().any(|seen| seen.status == 429), "one process knows what it has used");

    let gateway = Gateway::start(&configuration, "info", None).await;
    let start = Instant::now();
    let first = ask(&gateway, "919537851844").await;
    assert!(["200", "provider-rate-limited"].contains(&&*first.code()), "{first:?}");
    assert!(start.elapsed() < Duration::from_secs(6), "by the deadline");
    let until = timeout(Duration::from_secs(5), load(&gateway, 1_000));
    assert!(until.await.is_err(), "the load lasts as long as it is let");
    let refused = upstream.seen().iter().filter(|seen| seen.status == 429).count();
    assert!(refused <= CALLERS, "{refused} calls met a limit that could have been foreseen");
    assert_eq!(ask(&gateway, "919537851844").await.code(), FINE);
}

/// Callers that ask for one contact after the other, for ever.
async fn load(gateway: &Gateway, first: usize) {
    join_all((0..CALLERS).map(|caller| async move {
        for number in 0.. {
            // Nobody has these numbers, and "no such contact" is an answer as good as any.
            let id = 10_000_000_000 + (first + number) * CALLERS + caller;
            let url = format!("http://{}/contacts/busy:{id}", gateway.address);
            let Ok(answer) = Client::new().get(url).send().await else { return std::future::pending().await };
            if answer.status() == 503 {
                // A caller with manners.
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
    }))
    .await;
}

async fn ask(gateway: &Gateway, id: &str) -> Answer {
    Answer::to(Client::new().get(format!("http://{}/contacts/busy:{id}", gateway.address))).await
}
