//! Chromium's driver as a process, on a port that is free.

use std::{
    io::{BufRead as _, BufReader},
    os::unix::process::CommandExt as _,
    process::{Child, Command, Stdio},
};

/// A driver that runs until it is dropped, and the browsers that it has started with it.
pub(crate) struct Driver {
    process: Child,
    pub(crate) url: String,
}

impl Driver {
    pub(crate) fn start() -> Self {
        // It finds a port that is free in IPv6, wants the same one in IPv4, and gives up if somebody else has that.
        (0..10).find_map(|_| Self::on_any_port()).expect("chromedriver starts")
    }

    fn on_any_port() -> Option<Self> {
        let mut command = Command::new("chromedriver");
        // A group of its own, so that browsers can be ended together with it.
        command.arg("--port=0").process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let missing = "there is no chromedriver; it is in Debian's package chromium-driver, which `make test` installs";
        let mut driver = Self { process: command.spawn().expect(missing), url: String::new() };
        let mut lines = BufReader::new(driver.process.stdout.take()?).lines().map_while(Result::ok);
        let port =
            lines.find_map(|line| Some(line.split_once("successfully on port ")?.1.trim_matches('.').to_owned()))?;
        driver.url = format!("http://127.0.0.1:{port}");
        // Whatever else it says has somewhere to go.
        std::thread::spawn(move || lines.for_each(drop));
        Some(driver)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let group = format!("-{}", self.process.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.process.wait();
    }
}
