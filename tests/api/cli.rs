//! The program as it is started.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Output, Stdio},
};

use crate::site::{Site, temporary_file, upstream};

pub(crate) fn gateway(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_contact-gateway"));
    command.args(arguments).env_remove("GATEWAY__SERVER__LISTEN").env_remove("GATEWAY_CONFIG").env_remove("RUST_LOG");
    command
}

pub(crate) fn run(arguments: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = gateway(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

pub(crate) fn config(site: &Site) -> String {
    let url = site.upstream("periskope").base_url();
    let text = format!(
        "[providers.periskope]\nkind = \"periskope\"\nbase_url = {:?}\n[providers.periskope.settings]\napi_key = \"emulated-key-of-no-use-elsewhere\"\n",
        url.as_str()
    );
    temporary_file("cli.toml", &text).display().to_string()
}

/// A process that is not left behind.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn every_command_explains_itself() {
    let (code, help, _) = run(&["--help"]);
    assert_eq!(code, 0);
    for command in ["serve", "sandbox", "check", "get", "export", "key", "health", "completions"] {
        assert!(help.contains(command), "{command}");
        let (code, help, _) = run(&[command, "--help"]);
        assert!(code == 0 && help.contains("Usage:"), "{command}");
    }
    assert!(run(&["completions", "bash"]).1.contains("contact-gateway"));
    assert_eq!(run(&["srve"]).0, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn get_prints_one_contact() {
    let site = Site::over([upstream("periskope", "periskope")], "").await;
    let config = config(&site);
    let (code, out, _) = run(&["get", "919537851844", "--config", &config]);
    assert_eq!(
        (code, serde_json::from_str::<serde_json::Value>(&out).unwrap()["name"].as_str()),
        (0, Some("BK Local1"))
    );
    let (code, out, error) = run(&["get", "10000000001", "--config", &config]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(error.starts_with("contact-gateway: contact-not-found"), "{error}");
    let (code, _, error) = run(&["get", "..", "--config", &config]);
    assert!(code == 1 && error.contains("invalid-contact-id"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_reports_mistakes_and_asks_the_providers() {
    let site = Site::over([upstream("periskope", "periskope")], "").await;
    let good = config(&site);
    let (code, out, _) = run(&["check", "--config", &good, "--connect"]);
    assert_eq!(code, 0);
    assert!(out.contains("providers.periskope: works"), "{out}");

    let wrong = std::fs::read_to_string(&good).unwrap().replace("emulated-key", "wrong-key");
    let wrong = temporary_file("wrong.toml", &wrong).display().to_string();
    assert_eq!(run(&["check", "--config", &wrong]).0, 0);
    let (code, _, error) = run(&["check", "--config", &wrong, "--connect"]);
    assert!(code == 1 && error.contains("credentials are wrong") && !error.contains("wrong-key"), "{error}");

    let (code, _, error) = run(&["check", "--config", "/nowhere.toml"]);
    assert!(code == 1 && error.contains("/nowhere.toml"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_admitted_by_the_lines_that_come_with_it() {
    let (code, out, said) = run(&["key", "crm", "--priority", "batch", "--rate", "5/60s"]);
    let (key, lines) = out.split_once("\n\n").unwrap();
    assert!(code == 0 && key.starts_with("cg_") && key.len() == 46, "{key}");
    assert!(!lines.contains(key) && !said.contains(key), "it is shown once");
    let site = Site::over([upstream("periskope", "periskope")], lines).await;
    let answer = site.get_as(key, "/contacts/periskope:919537851844").await;
    assert_eq!((answer.status.as_u16(), answer.header("ratelimit-policy")), (200, "\"crm\";q=5;w=60"));
    assert!(lines.contains("priority = \"batch\""), "{lines}");

    let other = run(&["key", "crm"]).1;
    assert!(!other.starts_with(key) && !other.contains("rate"), "{other}");
    for wrong in [
        &["key"][..],
        &["key", "CRM"],
        &["key", "a.b"],
        &["key", "a", "--rate", "5"],
        &["key", "a", "--priority", "no"],
    ] {
        assert_eq!(run(wrong).0, 2, "{wrong:?}");
    }
}

#[test]
fn the_sandbox_prints_lines_that_work_and_stops_when_told() {
    let child = gateway(&["sandbox", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut running = Running(child);
    let mut lines = BufReader::new(running.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut urls = Vec::new();
    for line in lines.by_ref() {
        urls.extend(line.trim().strip_prefix("curl ").map(str::to_owned));
        if line.contains("Ctrl-C") {
            break;
        }
    }
    assert_eq!(urls.len(), 3);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for url in &urls {
        let status = runtime.block_on(async { reqwest::get(url).await.unwrap().status() });
        assert_eq!(status, 200, "{url}");
    }
    let address = urls[0].strip_prefix("http://").unwrap().split('/').next().unwrap();
    // The start-up checks may still be under way.
    while run(&["health", "--listen", address]).0 != 0 {}
    let pid = running.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert_eq!(running.0.wait().unwrap().code(), Some(0), "SIGTERM is a clean end");
    assert_eq!(run(&["health", "--listen", address]).0, 1);
}
