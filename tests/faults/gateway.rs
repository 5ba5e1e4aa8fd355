//! The gateway as a process of its own: started with a configuration, stopped by signals, killed when dropped.

use std::{
    fmt::Write as _,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStderr, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
};

use tokio::sync::watch;

/// A running gateway.
pub(crate) struct Gateway {
    pub(crate) address: SocketAddr,
    child: Arc<Mutex<Child>>,
    id: u32,
    said: watch::Receiver<Said>,
}

/// What a process has written to its log, and whether it can still write more.
#[derive(Debug, Default)]
struct Said {
    text: String,
    ended: bool,
}

/// A configuration in the making.
pub(crate) struct Configuration(String);

impl Configuration {
    /// Two workers, and these lines at the top.
    pub(crate) fn new(lines: &str) -> Self {
        Self(format!("server.listen = \"127.0.0.1:0\"\nserver.workers = 2\n{lines}\n"))
    }

    /// With one more instance.
    pub(crate) fn instance(
        mut self,
        name: &str,
        kind: &str,
        url: &str,
        lines: &str,
        settings: &[(&str, &str)],
    ) -> Self {
        let _ = write!(self.0, "[providers.{name}]\nkind = {kind:?}\nbase_url = {url:?}\n{lines}\n");
        let _ = writeln!(self.0, "[providers.{name}.settings]");
        for (setting, value) in settings {
            let _ = writeln!(self.0, "{setting} = {value:?}");
        }
        self
    }

    /// As a file.
    pub(crate) fn write(&self) -> PathBuf {
        temporary_file("gateway.toml", &self.0)
    }
}

impl Gateway {
    /// Starts the program, and returns once it is ready. It logs this much and trusts this authority; no variable of ours reaches it.
    pub(crate) async fn start(configuration: &Path, log: &str, authority: Option<&Path>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_contact-gateway"));
        command.env_clear().args(["serve", "--config"]).arg(configuration).env("RUST_LOG", log);
        if let Some(authority) = authority {
            command.env("SSL_CERT_FILE", authority);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let id = child.id();
        let (say, mut said) = watch::channel(Said::default());
        let stderr = child.stderr.take().unwrap();
        let child = Arc::new(Mutex::new(child));
        std::thread::spawn(move || listen(stderr, &say));
        let started = |said: &Said| said.ended || said.text.lines().any(|line| line.ends_with(": ready"));
        let address = said.wait_for(started).await.unwrap().address();
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        // Made before anything can fail, so that the process is not left behind.
        let mut running = Self { address: nowhere, child, id, said };
        running.address = address.unwrap_or_else(|| panic!("it did not start: {}", running.log()));
        running
    }

    /// What it has written to its log so far.
    pub(crate) fn log(&self) -> String {
        self.said.borrow().text.clone()
    }

    /// Asks it to stop, as an orchestrator does.
    pub(crate) fn terminate(&self) {
        assert!(Command::new("kill").args(["-TERM", &self.id.to_string()]).status().unwrap().success());
    }

    /// Waits until it says that it wants no more requests. False if it ends, or refuses to answer, before it says so.
    pub(crate) async fn turns_unready(&self) -> bool {
        loop {
            // A connection of its own each time, as an orchestrator's.
            match reqwest::get(format!("http://{}/health/ready", self.address)).await {
                Ok(answer) if answer.status() == 503 => return true,
                Ok(_) => tokio::task::yield_now().await,
                Err(_) => return false,
            }
        }
    }

    /// Waits for its end.
    pub(crate) async fn ended(&self) -> ExitStatus {
        // Only once the log has ended, so that the lock is held for a moment.
        self.said.clone().wait_for(|said| said.ended).await.unwrap();
        let child = Arc::clone(&self.child);
        tokio::task::spawn_blocking(move || child.lock().unwrap().wait().unwrap()).await.unwrap()
    }

    /// Ends it without a warning (SIGKILL), and returns everything that it wrote.
    pub(crate) async fn kill(&self) -> String {
        let _ = self.child.lock().unwrap().kill();
        self.ended().await;
        self.log()
    }

    /// How much memory it has, in bytes; `None` where the system doesn't say.
    pub(crate) fn memory(&self) -> Option<usize> {
        let pages = std::fs::read_to_string(format!("/proc/{}/statm", self.id)).ok()?;
        pages.split(' ').nth(1)?.parse::<usize>().ok().map(|pages| pages * 4096)
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        if let Ok(mut child) = self.child.lock() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Said {
    fn address(&self) -> Option<SocketAddr> {
        let (_, rest) = self.text.split_once("listening address=")?;
        rest.split_whitespace().next()?.parse().ok()
    }
}

fn listen(stderr: ChildStderr, say: &watch::Sender<Said>) {
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        say.send_modify(|said| {
            said.text += &line;
            said.text.push('\n');
        });
    }
    say.send_modify(|said| said.ended = true);
}

/// Writes a file that no other test writes.
pub(crate) fn temporary_file(name: &str, text: &str) -> PathBuf {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{number}-{name}", std::process::id()));
    std::fs::write(&path, text).unwrap();
    path
}
