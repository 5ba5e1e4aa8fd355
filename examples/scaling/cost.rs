//! What Redis's steps take.

use std::{
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use contact_gateway::{
    config::Redis,
    shared::{Intent, Shared, Store, Stored},
};
use providers::{
    OpenLedger as _, Priority, Rate, Spent,
    upstream::{Ended, Entry},
};
use redis::IntoConnectionInfo as _;

const TIMES: u32 = 2_000;
const TOGETHER: usize = 64;

/// Measures each step, and prints it.
pub(crate) async fn measure() {
    let socket = std::env::temp_dir().join(format!("scaling-{}.socket", std::process::id()));
    let mut server = Command::new("redis-server");
    server.args(["--port", "0", "--save", "", "--unixsocket"]).arg(&socket).stdout(Stdio::null());
    let mut server = server.spawn().unwrap();
    let info = format!("redis+unix://{}", socket.display()).into_connection_info().unwrap();
    let settings = info.redis_settings().clone().set_protocol(redis::ProtocolVersion::RESP3);
    let connection = info.set_redis_settings(settings);
    let config = Redis { connection, prefix: "scaling".to_owned(), gateways: 1 };
    while !socket.exists() {
        std::thread::yield_now();
    }
    let shared = Shared::start(&config, &tokio::runtime::Handle::current()).unwrap();
    shared.started().await;
    let store = Arc::new(Store::new(&shared, "account", "account#0:"));
    let body = vec![b'x'; 2_000].into();
    let page =
        Stored { kind: "found".to_owned(), body, asked: Duration::ZERO, age: Duration::ZERO, spent: Spent::default() };
    store.keep("known", page, Duration::from_secs(3600), Duration::from_secs(3600));

    let looks = async |id: &str, intent| drop(store.look(id, intent).await.unwrap());
    report("a page of 2 kB", async || looks("known", None).await).await;
    let intent = Intent { priority: Priority::Live, longest: Duration::from_secs(10), oldest: Duration::MAX };
    report("a lease", async || looks("unknown", Some(intent)).await).await;
    let ledger = shared.open("account", "route");
    let rate = Rate::per_seconds(1_000_000, 1);
    let entry = Entry { rate, longest: Duration::from_secs(6), priority: Priority::Live, is_own: true };
    report("a turn to call, and its end", async || {
        let number = ledger.begin(entry).await.unwrap().turn.unwrap();
        let reached = Some(tokio::time::Instant::now());
        ledger.end(number, Ended { rate, reached, learned: None, counted: None });
    })
    .await;
    let other = Shared::start(&config, &tokio::runtime::Handle::current()).unwrap();
    other.started().await;
    let elsewhere = Store::new(&other, "account", "account#0:");
    report("news, until the other has it", async || {
        let mut ear = elsewhere.listen();
        store.forget(Some("known"));
        elsewhere.moved("known", &mut ear).await;
    })
    .await;
    other.leave().await;
    shared.leave().await;
    server.kill().unwrap();
    server.wait().unwrap();
    let _ = std::fs::remove_file(&socket);
}

async fn report(name: &str, step: impl AsyncFn()) {
    let began = Instant::now();
    for _ in 0..TIMES {
        step().await;
    }
    let alone = began.elapsed() / TIMES;
    let began = Instant::now();
    for _ in 0..TIMES as usize / TOGETHER {
        futures_util::future::join_all((0..TOGETHER).map(|_| step())).await;
    }
    let rate = f64::from(TIMES) / began.elapsed().as_secs_f64();
    println!("  {name:<29} {:>5} µs; {rate:>8.0} a second together", alone.as_micros());
}
