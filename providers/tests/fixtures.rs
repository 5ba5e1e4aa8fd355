//! What becomes of each body that an upstream has been seen to send, or can be expected to.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should stop")]

mod support;

use std::{fs, path::PathBuf};

use providers::{KINDS, Rate, emulator::Canned};
use serde_json::{Map, Value, json};
use support::{call, connect, id, start};

/// A kind's folder, the name under which it is known, and how its API is addressed.
struct Server {
    kind: &'static str,
    base_path: &'static str,
    settings: &'static [(&'static str, &'static str)],
    content_type: &'static str,
}

const MODERN: Server = Server {
    kind: "rocketchat",
    base_path: "",
    settings: &[("user_id", "u"), ("auth_token", "t"), ("generation", "modern")],
    content_type: "application/json",
};

const LEGACY: Server =
    Server { settings: &[("user_id", "u"), ("auth_token", "t"), ("generation", "legacy")], ..MODERN };

const PERISKOPE: Server = Server {
    kind: "periskope",
    base_path: "/v1",
    settings: &[("api_key", "k")],
    content_type: "application/json; charset=utf-8",
};

fn folder(kind: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src").join(kind).join("fixtures")
}

/// Asks for the contact that the body is about (or for any other, where it is about none), and says what came of it.
async fn outcome(server: &Server, file: &str, status: u16) -> Value {
    let body = fs::read(folder(server.kind).join(file)).unwrap();
    let document: Value = serde_json::from_slice(&body).unwrap_or_default();
    let about = [&document["contact"]["_id"], &document["contact_id"]].into_iter().find_map(Value::as_str);
    let asked = about.unwrap_or("919876543210");

    let content_type = if file.ends_with(".html") { "text/html" } else { server.content_type };
    let emulator = start(Box::new(Canned::new(server.base_path, status, content_type, body))).await;
    let kind = KINDS.iter().find(|kind| kind.name == server.kind).unwrap();
    let provider = connect(kind, &emulator, server.settings, Rate::per_seconds(10, 60));
    match provider.contact(&id(asked), &call()).await {
        Ok(Some(found)) => serde_json::to_value(found.contact).unwrap(),
        Ok(None) => json!("absent"),
        Err(error) => json!({
            "error": error.kind().to_string(),
            "detail": error.detail(),
            "retry_after": error.retry_after().map(|wait| wait.as_secs_f64().round()),
        }),
    }
}

/// The status with which a body comes, told by its name.
fn status(file: &str) -> u16 {
    let number = file.strip_prefix("error-").and_then(|rest| rest.get(..3)).and_then(|number| number.parse().ok());
    number.unwrap_or(if file == "login-failure.json" { 401 } else { 200 })
}

/// The outcome for every fixture of a kind.
async fn outcomes(server: &Server) -> Value {
    let mut files: Vec<_> = fs::read_dir(folder(server.kind))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|file| !file.starts_with("headers-"))
        .collect();
    files.sort_unstable();
    assert!(!files.is_empty());
    let outcomes = files.iter().map(async |file| (file.clone(), outcome(server, file, status(file)).await));
    let mut all = Map::new();
    for one in outcomes {
        let (file, outcome) = one.await;
        all.insert(file, outcome);
    }
    Value::Object(all)
}

#[tokio::test]
async fn every_rocketchat_body_as_an_answer_of_a_modern_server() {
    insta::assert_json_snapshot!(outcomes(&MODERN).await);
}

#[tokio::test]
async fn every_rocketchat_body_as_an_answer_of_a_legacy_server() {
    insta::assert_json_snapshot!(outcomes(&LEGACY).await);
}

#[tokio::test]
async fn every_periskope_body() {
    insta::assert_json_snapshot!(outcomes(&PERISKOPE).await);
}
