//! The program as a process of its own, which can be sent signals.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use reqwest::Client;
use tokio::sync::watch;

use crate::site::{Answer, temporary_file};

/// Whatever it has to say is said by then.
const LONGEST: Duration = Duration::from_secs(30);

/// A process that runs until it is dropped.
pub(crate) struct Program {
    file: PathBuf,
    child: Child,
    log: watch::Receiver<String>,
    read: usize,
    address: String,
}

impl Program {
    /// Starts it, and returns once it is ready.
    pub(crate) async fn start(configuration: &str) -> Self {
        Self::start_with(configuration, &[("RUST_LOG", "debug")]).await
    }

    /// The same with these variables.
    pub(crate) async fn start_with(configuration: &str, environment: &[(&str, &str)]) -> Self {
        let file = temporary_file("program.toml", configuration);
        let (child, log) = serve(&file, environment);
        let mut program = Self { file, child, log, read: 0, address: String::new() };
        let listening = program.says("listening").await;
        // As text or as JSON.
        let (_, address) = listening.split_once("address=").or(listening.split_once("\"address\":\"")).unwrap();
        address.split('"').next().unwrap().trim().clone_into(&mut program.address);
        program.says("ready").await;
        program
    }

    /// Ends it as Ctrl-C does, and returns all that it has said.
    pub(crate) async fn end(mut self) -> String {
        assert!(Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap().success());
        let ended = async { while self.log.changed().await.is_ok() {} };
        tokio::time::timeout(LONGEST, ended).await.expect("it ends");
        assert!(self.child.wait().unwrap().success());
        self.log()
    }

    /// Waits for the next line of its log that has this text in it, and returns that.
    pub(crate) async fn says(&mut self, text: &str) -> String {
        let from = self.read;
        let mut log = self.log.clone();
        let said = tokio::time::timeout(LONGEST, log.wait_for(|log| log[from..].contains(text))).await;
        let log = match said {
            Ok(Ok(log)) => log.clone(),
            // Its log has ended, or does not go on.
            _ => panic!("it never says {text:?}: {}", self.log()),
        };
        let at = from + log[from..].find(text).unwrap();
        let start = log[..at].rfind('\n').map_or(0, |end| end + 1);
        let (line, _) = log[start..].split_once('\n').unwrap();
        self.read = start + line.len() + 1;
        line.to_owned()
    }

    /// Everything that it has said, on standard output too, where it has nothing to say.
    pub(crate) fn log(&self) -> String {
        self.log.borrow().clone()
    }

    /// Gives it another configuration, and the signal to read it.
    pub(crate) fn reload(&self, configuration: &str) {
        fs::write(&self.file, configuration).unwrap();
        assert!(Command::new("kill").args(["-HUP", &self.child.id().to_string()]).status().unwrap().success());
    }

    /// A path's whole address.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Where its configuration is.
    pub(crate) fn configuration(&self) -> &Path {
        &self.file
    }

    /// GETs a path with a key.
    pub(crate) async fn get(&self, key: &str, path: &str) -> Answer {
        Answer::of(Client::new().get(self.url(path)).bearer_auth(key).send().await.unwrap()).await
    }
}

fn serve(configuration: &Path, environment: &[(&str, &str)]) -> (Child, watch::Receiver<String>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_contact-gateway"));
    command.env_clear().args(["serve", "--config"]).arg(configuration).envs(environment.iter().copied());
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (say, log) = watch::channel(String::new());
    listen(child.stdout.take().unwrap(), say.clone());
    listen(child.stderr.take().unwrap(), say);
    (child, log)
}

fn listen(output: impl Read + Send + 'static, say: watch::Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            say.send_modify(|log| {
                log.push_str(&line);
                log.push('\n');
            });
        }
    });
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
