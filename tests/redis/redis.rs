//! A Redis of the test's own, on a socket that no other has.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

use redis::{Client, Connection};

/// A Redis that ends with the test.
pub(crate) struct Redis {
    folder: PathBuf,
    options: Vec<String>,
    child: Option<Child>,
}

impl Redis {
    /// Starts it, empty.
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    /// Starts it with these options.
    pub(crate) fn with(options: &[&str]) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        // A socket's path must be short.
        let folder = std::env::temp_dir().join(format!("gateway-redis-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let options = options.iter().map(ToString::to_string).collect();
        let mut redis = Self { folder, options, child: None };
        redis.restart();
        redis
    }

    /// For `redis.url`.
    pub(crate) fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.join("socket")
    }

    /// Starts it again, with what is on its disk.
    pub(crate) fn restart(&mut self) {
        self.kill();
        let _ = std::fs::remove_file(self.socket());
        let mut command = Command::new("redis-server");
        command.args(["--port", "0", "--save", "", "--unixsocket"]).arg(self.socket());
        command.arg("--dir").arg(&self.folder).args(&self.options);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.child = Some(child.expect("redis-server is installed: `make test` does that"));
        while self.connect().is_none() {
            let ended = self.child.as_mut().unwrap().try_wait().unwrap();
            assert!(ended.is_none(), "redis-server has ended: {ended:?}");
            std::thread::yield_now();
        }
    }

    /// Ends it without a warning.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// It stands still, and its connections stay.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    /// It goes on.
    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }

    /// A connection for the test itself, once it answers.
    pub(crate) fn connect(&self) -> Option<Connection> {
        let mut connection = Client::open(self.url()).unwrap().get_connection().ok()?;
        match redis::cmd("PING").query::<String>(&mut connection) {
            Err(error) if error.code() != Some("NOAUTH") => None,
            _ => Some(connection),
        }
    }

    /// What it answers to a command.
    pub(crate) fn ask<T: redis::FromRedisValue>(&self, command: &str) -> T {
        let mut words = command.split(' ');
        let mut question = redis::cmd(words.next().unwrap());
        for word in words {
            question.arg(word);
        }
        question.query(&mut self.connect().unwrap()).unwrap()
    }

    /// How many scripts it has run.
    pub(crate) fn scripts(&self) -> u64 {
        let commands: String = self.ask("INFO commandstats");
        let calls = |line: &str| line.strip_prefix("cmdstat_evalsha:calls=")?.split(',').next()?.parse::<u64>().ok();
        commands.lines().find_map(calls).unwrap()
    }

    fn signal(&self, signal: &str) {
        let id = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
