//! The configuration, from outside: what is read, and what is said about what can't be.

mod changes;
mod example;
mod keys;
mod kinds;
mod layers;
mod mistakes;
mod secrets;

use std::{fs, path::PathBuf};

use contact_gateway::config::{Config, Mistakes};

/// The least that is a configuration.
const LEAST: &str = r#"
[providers.chat]
kind = "rocketchat"
base_url = "https://chat.example.com"
settings = { user_id = "u1", auth_token = "t1" }
"#;

/// A file of this test's own with this content.
fn file(name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    path
}

/// Loads a text as the file `name`, with these variables.
fn load(name: &str, text: &str, environment: &[(&str, &str)]) -> Result<Config, Mistakes> {
    Config::load(Some(&file(name, text)), environment.iter().copied(), kinds::KINDS)
}

/// What is said about a text, without the place of the file.
fn complaint(name: &str, text: &str, environment: &[(&str, &str)]) -> String {
    let Err(mistakes) = load(name, text, environment) else { panic!("it loads:\n{text}") };
    mistakes.to_string().replace(&format!("{}/", env!("CARGO_TARGET_TMPDIR")), "")
}
