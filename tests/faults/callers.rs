//! Callers that do harm: each is bounded, and holds nobody else up.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, sleep, timeout},
};

use crate::{answer::FINE, scene::Scene};

/// By when each of them must have been dealt with.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a connection may be silent.
const SILENCE: Duration = Duration::from_secs(5);
const MIB: usize = 1 << 20;
const KNOWN: &str = "well:673c76df47a6c9b89dd263d8";

/// A request's head, one byte per second.
pub(crate) async fn slow_head() {
    let scene = Scene::quiet().await;
    let (mut from, mut to) = connect(&scene).await.into_split();
    let drip = async {
        for byte in b"GET /contacts/ailing:919537851844 HTTP/1.1\r\nhost: gateway\r\n".iter().cycle() {
            if to.write_all(&[*byte]).await.is_err() {
                break;
            }
            sleep(Duration::from_secs(1)).await;
        }
    };
    let mut answer = Vec::new();
    let ended = async {
        let _ = from.read_to_end(&mut answer).await;
    };
    let cut = async {
        tokio::select! { () = drip => {}, () = ended => {} }
    };
    timeout(PATIENCE, cut).await.expect("whoever asks so slowly is cut off");
    assert_eq!(scene.contact(KNOWN).await.code(), FINE);
}

/// Headers without end, in one and in many.
pub(crate) async fn huge_head() {
    let scene = Scene::quiet().await;
    let before = scene.gateway.memory();
    for header in ["x-more: and more\r\n".repeat(MIB / 18), format!("x-long: {}", "x".repeat(MIB))] {
        let request = format!("GET /contacts/{KNOWN} HTTP/1.1\r\nhost: gateway\r\n{header}");
        let answer = flood(&scene, request.as_bytes(), header.as_bytes()).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
        assert!(!answer.contains(" 200 "), "{answer}");
    }
    is_modest(&scene, before);
    assert_eq!(scene.contact(KNOWN).await.code(), FINE);
}

/// A body without end, of which nobody wants to know anything.
pub(crate) async fn endless_body() {
    let scene = Scene::quiet().await;
    let before = scene.gateway.memory();
    // One that is answered before its body is sent, and one that is not.
    for id in [KNOWN, "ailing:fault-delay-300ms"] {
        let head = format!("GET /contacts/{id} HTTP/1.1\r\nhost: gateway\r\ntransfer-encoding: chunked\r\n\r\n");
        let chunk = format!("100000\r\n{}\r\n", "x".repeat(MIB));
        flood(&scene, head.as_bytes(), chunk.as_bytes()).await;
        is_modest(&scene, before);
        assert_eq!(scene.contact(KNOWN).await.code(), FINE);
    }
}

/// Request after request on one connection, and no answer is ever read.
pub(crate) async fn no_reader() {
    let scene = Scene::quiet().await;
    assert_eq!(scene.contact(KNOWN).await.code(), FINE);
    let before = scene.gateway.memory();
    let request = format!("GET /contacts/{KNOWN} HTTP/1.1\r\nhost: gateway\r\n\r\n");
    // As many as there are workers, and more.
    let mut unread = Vec::new();
    for _ in 0..4 {
        let mut stream = connect(&scene).await;
        // The first answer is the server's. Those from memory come after it.
        stream.write_all(request.as_bytes()).await.unwrap();
        assert!(stream.read(&mut [0; 1 << 12]).await.unwrap() > 0);
        let fill = async { while stream.write_all(request.repeat(100).as_bytes()).await.is_ok() {} };
        // Full when no more bytes are taken for a while.
        let _ = timeout(Duration::from_secs(1), fill).await;
        unread.push(stream);
    }
    assert_eq!(scene.contact(KNOWN).await.code(), FINE);
    assert_eq!(scene.contact("ailing:919537851844").await.code(), FINE);
    is_modest(&scene, before);
    drop(unread);
}

/// One contact again and again over one connection, for longer than a connection may be silent; and then silence.
pub(crate) async fn busy_for_long() {
    let scene = Scene::quiet().await;
    let mut stream = connect(&scene).await;
    let request = format!("GET /contacts/{KNOWN} HTTP/1.1\r\nhost: gateway\r\n\r\n");
    let (end, mut answer) = (Instant::now() + 2 * SILENCE, vec![0; 1 << 16]);
    while Instant::now() < end {
        stream.write_all(request.as_bytes()).await.unwrap();
        let length = stream.read(&mut answer).await.unwrap();
        assert!(answer[..length].starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&answer[..length]));
        sleep(SILENCE / 20).await;
    }
    let silent = timeout(PATIENCE, stream.read(&mut answer)).await;
    assert_eq!(silent.expect("whoever is silent is cut off").unwrap(), 0);
}

/// Sends this and then more without end, until it is not taken any more. Returns what was answered.
async fn flood(scene: &Scene, first: &[u8], more: &[u8]) -> String {
    let (mut from, mut to) = connect(scene).await.into_split();
    let send = async {
        let _ = to.write_all(first).await;
        while to.write_all(more).await.is_ok() {}
    };
    let mut answer = Vec::new();
    let read = async {
        let _ = from.read_to_end(&mut answer).await;
    };
    let end = async {
        tokio::select! {
            () = read => {}
            () = send => {}
        }
    };
    timeout(PATIENCE, end).await.expect("the connection is ended");
    String::from_utf8_lossy(&answer).into_owned()
}

async fn connect(scene: &Scene) -> TcpStream {
    TcpStream::connect(scene.gateway.address).await.unwrap()
}

/// The process holds hardly more than before.
fn is_modest(scene: &Scene, before: Option<usize>) {
    // What one burst took, the allocator keeps for the next.
    if let (Some(before), Some(now)) = (before, scene.gateway.memory()) {
        assert!(now < before + 128 * MIB, "from {} to {} MiB", before / MIB, now / MIB);
    }
}
