//! The gateway as a process of its own, so that its memory and time are its alone.

use std::{
    io::{self, BufRead as _, BufReader},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, ChildStderr, Command, ExitStatus, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use crate::connection::{Connection, get};

const START: Duration = Duration::from_secs(20);

/// A running gateway. It is killed when dropped.
pub(crate) struct Process {
    child: Child,
    file: PathBuf,
    pub(crate) address: SocketAddr,
    panics: Arc<AtomicUsize>,
}

impl Process {
    /// Starts the gateway that was built beside this program, on these cores (any, if there are none), and waits until it
    /// is ready.
    pub(crate) async fn start(configuration: &str, cores: &str) -> io::Result<Self> {
        let file = std::env::temp_dir().join(format!("contact-gateway-soak-{}.toml", std::process::id()));
        std::fs::write(&file, configuration)?;
        let program = program()?;
        let mut command = if cores.is_empty() {
            Command::new(&program)
        } else {
            let mut command = Command::new("taskset");
            command.args(["-c", cores]).arg(&program);
            command
        };
        command.args(["serve", "--config"]).arg(&file);
        // What the caller's environment configures is another gateway.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GATEWAY__")) {
            command.env_remove(name);
        }
        command.env("RUST_LOG", "info").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| io::Error::other(format!("{}: {error}", program.display())))?;
        let (panics, (send, receive)) = (Arc::<AtomicUsize>::default(), mpsc::channel());
        if let Some(log) = child.stderr.take() {
            let panics = Arc::clone(&panics);
            std::thread::spawn(move || follow(log, &send, &panics));
        }
        let heard = tokio::task::spawn_blocking(move || receive.recv_timeout(START)).await.map_err(io::Error::other)?;
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut process = Self { child, file, address, panics };
        process.address = heard.map_err(|_| io::Error::other("the gateway does not start; its log is above"))?;
        process.until_ready().await?;
        Ok(process)
    }

    async fn until_ready(&self) -> io::Result<()> {
        let until = Instant::now() + START;
        while Instant::now() < until {
            let mut connection = Connection::open(self.address).await?;
            if connection.ask(&get("/health/ready", "")).await?.status == 200 {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(io::Error::other("the gateway does not get ready"))
    }

    /// The bytes of memory that it has (`VmRSS`); 0 if it is gone.
    pub(crate) fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or_default() * 1024
    }

    /// The time that it has spent on processors, in hundredths of a second.
    pub(crate) fn ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        // The name, in brackets, may hold anything; user and system time are the 12th and 13th behind it.
        let fields = stat.rsplit_once(')').map(|(_, fields)| fields).unwrap_or_default().split_ascii_whitespace();
        fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum()
    }

    /// How many panics its log tells of.
    pub(crate) fn panics(&self) -> usize {
        self.panics.load(Ordering::Relaxed)
    }

    /// Asks it to stop, as an orchestrator does, and waits for that.
    pub(crate) async fn stop(mut self) -> io::Result<ExitStatus> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        let until = Instant::now() + START;
        loop {
            match self.child.try_wait()? {
                Some(status) => return Ok(status),
                None if Instant::now() > until => return Err(io::Error::other("the gateway does not stop")),
                None => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(&self.file);
    }
}

/// Reads the log to its end: finds the address, counts panics, and shows what is neither routine nor provoked.
fn follow(log: ChildStderr, address: &mpsc::Sender<SocketAddr>, panics: &AtomicUsize) {
    for line in BufReader::new(log).lines().map_while(Result::ok) {
        if let Some((_, found)) = line.split_once("listening address=") {
            if let Ok(found) = found.trim().parse() {
                let _ = address.send(found);
            }
        } else if line.contains("panicked at") {
            panics.fetch_add(1, Ordering::Relaxed);
            eprintln!("gateway: {line}");
        } else if !line.contains(" WARN ") && !line.contains(" INFO ") {
            eprintln!("gateway: {line}");
        }
    }
}

/// The gateway lies beside the folder of the examples.
fn program() -> io::Result<PathBuf> {
    let examples = std::env::current_exe()?;
    let place = examples.ancestors().nth(2).ok_or_else(|| io::Error::other("this program lies nowhere"))?;
    Ok(place.join("contact-gateway"))
}
