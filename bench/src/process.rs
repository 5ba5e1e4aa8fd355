//! A program that is measured, or that others need: started on its cores, and killed when dropped.

use std::{
    fs::{self, File},
    io::{self, Read as _, Seek as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{Outcome, cores};

const START: Duration = Duration::from_secs(20);
const STEP: Duration = Duration::from_micros(200);
/// What `/proc` counts processor time in (`sysconf(_SC_CLK_TCK)`, 100 on every Linux).
const TICK: Duration = Duration::from_millis(10);

/// A running program.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
    /// When it was started.
    pub(crate) started: Instant,
}

impl Process {
    /// Starts a program on these cores and waits until it listens at this port of loopback.
    pub(crate) fn start(command: &Command, cores: &[usize], port: u16) -> Outcome<Self> {
        let mut log = nameless()?;
        let mut pinned = Command::new("taskset");
        pinned.args(["-c", &cores::list(cores)]).arg(command.get_program()).args(command.get_args());
        // What the caller's environment configures is another gateway.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GATEWAY_")) {
            pinned.env_remove(name);
        }
        pinned.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        pinned.env_remove("RUST_LOG").stdin(Stdio::null()).stdout(Stdio::null()).stderr(log.try_clone()?);
        let name = command.get_program().to_string_lossy().into_owned();
        let started = Instant::now();
        let child = pinned.spawn().map_err(|error| format!("taskset {name}: {error}"))?;
        let mut process = Self { child, address: (Ipv4Addr::LOCALHOST, port).into(), started };
        while TcpStream::connect(process.address).is_err() {
            if let Some(status) = process.child.try_wait()? {
                let mut said = String::new();
                log.rewind()?;
                log.read_to_string(&mut said)?;
                return Err(format!("{name} ends at once: {status}\n{said}").into());
            }
            if started.elapsed() > START {
                return Err(format!("{name} does not listen at {}", process.address).into());
            }
            sleep(STEP);
        }
        Ok(process)
    }

    /// The processor time that it and its workers have spent.
    pub(crate) fn spent(&self) -> Duration {
        let own = self.child.id();
        let pids = fs::read_dir("/proc").into_iter().flatten().flatten();
        let pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        let stats = pids.filter_map(|pid| Stat::of(pid).filter(|stat| pid == own || stat.parent == own));
        TICK * stats.map(|stat| stat.ticks).sum()
    }

    /// The bytes of memory that it has (`VmRSS`).
    pub(crate) fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or_default() * 1024
    }

    /// Stops it as a terminal does, and waits for that.
    pub(crate) fn interrupt(mut self) -> io::Result<()> {
        Command::new("kill").args(["-INT", &self.child.id().to_string()]).status()?;
        self.child.wait().map(drop)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Politely, because nginx and Node have workers to stop.
        let _ = Command::new("kill").arg(self.child.id().to_string()).stderr(Stdio::null()).status();
        let until = Instant::now() + Duration::from_secs(3);
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < until {
            sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A file that nobody else sees, and that is gone with its last user.
fn nameless() -> io::Result<File> {
    let path = std::env::temp_dir().join(format!("contact-gateway-bench-{}.log", std::process::id()));
    let file = File::options().read(true).append(true).create_new(true).open(&path)?;
    fs::remove_file(path)?;
    Ok(file)
}

/// A port of loopback that nobody has.
pub(crate) fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

struct Stat {
    parent: u32,
    ticks: u32,
}

impl Stat {
    fn of(pid: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name, in brackets, may hold anything. Behind it: state, parent, …; user and system time are the 12th and 13th.
        let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
        let parent = fields.nth(1)?.parse().ok()?;
        let ticks = fields.skip(9).take(2).filter_map(|field| field.parse::<u32>().ok()).sum();
        Some(Self { parent, ticks })
    }
}
