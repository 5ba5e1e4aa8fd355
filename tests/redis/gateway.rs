//! A gateway as a process of its own, killed when dropped.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStderr, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use reqwest::{Client, Method, RequestBuilder, Response};
use tokio::sync::watch;

/// A running gateway.
pub(crate) struct Gateway {
    address: SocketAddr,
    client: Client,
    child: Mutex<Child>,
    log: watch::Receiver<Arc<str>>,
}

impl Gateway {
    /// Starts the program with this configuration, and returns once it is ready.
    pub(crate) async fn start(configuration: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_contact-gateway"));
        command.env_clear().args(["serve", "--config"]).arg(temporary_file("gateway.toml", configuration));
        // As much as it ever says of its own: what is not in this log is in none.
        command.env("RUST_LOG", "debug");
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let (say, log) = watch::channel(Arc::from(""));
        let stderr = child.stderr.take().unwrap();
        std::thread::spawn(move || listen(stderr, &say));
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        // The gateway closes idle connections after some five seconds: whoever asks just then would have no answer.
        let client = Client::builder().pool_idle_timeout(Duration::from_secs(2)).build().unwrap();
        // Made before anything can fail, so that the process is not left behind.
        let mut gateway = Self { address: nowhere, client, child: Mutex::new(child), log };
        gateway.says(": ready").await;
        let log = gateway.log();
        let (_, rest) = log.split_once("listening address=").unwrap();
        gateway.address = rest.split_whitespace().next().unwrap().parse().unwrap();
        gateway
    }

    /// Everything that it has written to its log.
    pub(crate) fn log(&self) -> Arc<str> {
        Arc::clone(&self.log.borrow())
    }

    /// Waits until this stands in its log.
    pub(crate) async fn says(&self, text: &str) {
        self.says_times(text, 1).await;
    }

    /// Waits until this stands in its log so many times.
    pub(crate) async fn says_times(&self, text: &str, times: usize) {
        let mut log = self.log.clone();
        let said = log.wait_for(|log| log.matches(text).count() >= times).await.is_ok();
        assert!(said, "it has ended without {text:?}: {}", self.log());
    }

    /// A request to it.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.address))
    }

    /// GETs a path.
    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    /// GETs a contact that there is, and tells what the gateway says of its cache, and the body.
    pub(crate) async fn contact(&self, id: &str) -> (String, String) {
        let answer = self.get(&format!("/contacts/{id}")).await;
        let status = answer.headers().get("cache-status").map(|status| status.to_str().unwrap().to_owned());
        assert_eq!(answer.status(), 200);
        (status.unwrap_or_default(), answer.text().await.unwrap())
    }

    /// Whether it has the contact in its cache, fresh.
    pub(crate) async fn has_fresh(&self, id: &str) -> bool {
        let (status, _) = self.contact(id).await;
        status.starts_with("contact-gateway; hit; ttl=") && !status.contains("ttl=-")
    }

    /// Ends it without a warning.
    pub(crate) fn kill(&self) {
        let mut child = self.child.lock();
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.kill();
    }
}

fn listen(stderr: ChildStderr, say: &watch::Sender<Arc<str>>) {
    let mut text = String::new();
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        text += &line;
        text.push('\n');
        say.send_replace(text.as_str().into());
    }
}

/// Writes a file that no other test writes.
pub(crate) fn temporary_file(name: &str, text: &str) -> PathBuf {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("redis-{}-{number}-{name}", std::process::id()));
    std::fs::write(&path, text).unwrap();
    path
}
