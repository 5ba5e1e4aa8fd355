//! What everything is measured in: a folder, the cores, the program, and the emulated upstreams.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::{
    Outcome,
    cores::Cores,
    load::Load,
    process::{Process, free_port},
    requests::Requests,
    upstream,
};

/// Over how many connections a load comes, if nothing else is said.
pub(crate) const CONNECTIONS: usize = 64;
/// How long an upstream takes where that matters.
const DELAY: Duration = Duration::from_millis(5);
/// The SHA-256 of the key that all requests have.
const HASH: &str = "sha256:311efecc606994d8b3a2fcdff962e1c199f2549f123059bc052b83a928326156";

/// What everything is measured in.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) cores: Cores,
    /// For configurations and caches; removed at the end.
    pub(crate) folder: PathBuf,
    pub(crate) program: PathBuf,
    /// Where the Node adapter is installed.
    pub(crate) node: Option<PathBuf>,
    prompt: Process,
    slow: Process,
}

impl World {
    /// Starts the upstreams.
    pub(crate) fn new(cores: Cores, node: Option<&Path>) -> Outcome<Self> {
        let program = std::env::current_exe()?.with_file_name("contact-gateway");
        let folder = std::env::temp_dir().join(format!("contact-gateway-bench-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let start = |delay: Duration| {
            let (port, mut command) = (free_port()?, Command::new(std::env::current_exe()?));
            command.args(["upstream", &port.to_string(), &delay.as_micros().to_string()]);
            Process::start(&command, &cores.others, port)
        };
        let (prompt, slow) = (start(Duration::ZERO)?, start(DELAY)?);
        Ok(Self { cores, folder, program, node: node.map(Path::to_owned), prompt, slow })
    }

    /// The port of the upstream that answers at once.
    pub(crate) fn prompt(&self) -> u16 {
        self.prompt.address.port()
    }

    /// The port of the upstream that takes its time.
    pub(crate) fn slow(&self) -> u16 {
        self.slow.address.port()
    }

    /// The upstream that takes its time, itself.
    pub(crate) fn slow_process(&self) -> &Process {
        &self.slow
    }

    /// A gateway with everything on, over so many instances, all but one of which are this Rocket.Chat.
    pub(crate) fn gateway(&self, instances: u32, upstream: u16) -> Outcome<Process> {
        let (file, port) = self.configuration(instances, upstream)?;
        let mut command = Command::new(&self.program);
        command.args(["serve", "--config"]).arg(file);
        Process::start(&command, &self.cores.measured, port)
    }

    /// The configuration of such a gateway, and the port at which it will listen.
    pub(crate) fn configuration(&self, instances: u32, upstream: u16) -> Outcome<(PathBuf, u16)> {
        let port = free_port()?;
        let mut text = format!(
            "[server]\nlisten = \"127.0.0.1:{port}\"\nworkers = {}\n[cache]\ncapacity = \"4GiB\"\n\
             [auth.keys.bench]\nhash = \"{HASH}\"\nrate = {{ calls = 1000000, per = \"1s\" }}\n",
            self.cores.measured.len(),
        );
        for instance in 0..instances - 1 {
            write!(
                text,
                "[providers.rocketchat_{instance:02}]\nkind = \"rocketchat\"\nbase_url = \"http://127.0.0.1:{upstream}\"\n\
                 rate = \"unlimited\"\ncache = {{ fresh = \"24h\", absent = \"24h\" }}\n\
                 [providers.rocketchat_{instance:02}.settings]\n",
            )?;
            for (name, value) in upstream::emulation()?.settings {
                writeln!(text, "{name} = \"{value}\"")?;
            }
        }
        write!(
            text,
            "[providers.periskope]\nkind = \"periskope\"\nbase_url = \"http://127.0.0.1:{upstream}/v1\"\n\
             [providers.periskope.settings]\napi_key = \"of-no-use\"\n"
        )?;
        let file = self.folder.join(format!("gateway-{port}.toml"));
        fs::write(&file, text)?;
        Ok((file, port))
    }

    /// As much load as [so many connections](CONNECTIONS) make, for so long.
    pub(crate) fn load<'a>(&self, process: &Process, requests: Requests<'a>, length: Duration) -> Load<'a> {
        Load {
            address: process.address,
            requests,
            from: 0,
            connections: CONNECTIONS,
            rate: None,
            length,
            status: 200,
            threads: self.cores.others.len(),
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}
