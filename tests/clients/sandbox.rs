//! The program over emulated providers.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

/// A sandbox that runs until it is dropped.
pub(crate) struct Sandbox {
    pub(crate) url: String,
    program: Child,
}

impl Sandbox {
    pub(crate) fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_contact-gateway"));
        command.args(["sandbox", "--listen", "127.0.0.1:0"]).env_remove("RUST_LOG").stdout(Stdio::piped());
        let mut program = command.spawn().unwrap();
        let mut first = String::new();
        BufReader::new(program.stdout.as_mut().unwrap()).read_line(&mut first).unwrap();
        let url = first.split_whitespace().find(|word| word.starts_with("http://")).expect("it says its address");
        Self { url: url.to_owned(), program }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
