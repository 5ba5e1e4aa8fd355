//! Whatever happens, those who run the gateway are told no secret and nothing of a contact: neither in what it and its commands
//! print, nor in its traces, nor in what it says of its own state.

mod needles;
mod scene;
mod traffic;

use std::process::Output;

use self::{
    needles::{found, normal},
    scene::Scene,
    traffic::{DIGITS, EMAIL, NAME},
};
use crate::cli::gateway;

/// Everything that is told to others than callers.
async fn told(scene: &mut Scene) -> String {
    let mut told = String::new();
    for path in ["/metrics", "/providers", "/health/ready", "/problems/provider-unavailable"] {
        told += &scene.get(path).await.text;
    }
    told += &commands(scene);
    traffic::misconfigure(scene).await;
    told += &run(scene, &["check"]).1;
    let (log, spans) = scene.end().await;
    assert!(log.contains("a provider could not answer") && spans.contains("ask periskope"), "something is told: {log}");
    told + &log + &spans
}

/// What commands print beside contacts.
fn commands(scene: &Scene) -> String {
    let (check, errors) = run(scene, &["check", "--connect"]);
    assert!(check.contains("periskope") && errors.contains("_wrong"), "{check}{errors}");
    let mut told = check + &errors;
    for id in ["periskope:919537851844", "periskope_wrong:919537851844", "tel:+919537851844", "periskope:fault-html"] {
        told += &run(scene, &["get", id]).1;
    }
    for name in ["periskope", "rocketchat_wrong"] {
        told += &run(scene, &["export", "--provider", name]).1;
    }
    told
}

/// Runs a command with the same configuration; what it prints, on standard output and on standard error.
fn run(scene: &Scene, arguments: &[&str]) -> (String, String) {
    let mut command = gateway(arguments);
    let Output { stdout, stderr, .. } =
        command.args(["--config", scene.configuration()]).env("RUST_LOG", "trace").output().unwrap();
    (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// Goes through all that can happen, and looks for what must not be told of it.
async fn nothing_is_told(lines: &str, environment: &[(&str, &str)]) {
    let mut scene = Scene::start(lines, environment).await;
    let mut needles = traffic::go(&mut scene).await;
    assert!(needles.len() > 500, "{needles:#?}");
    let (answered, sent) = (normal(scene.answered()), normal(&scene.sent()));
    let nowhere: Vec<_> = needles.iter().filter(|needle| !answered.contains(*needle)).collect();
    assert!(nowhere.is_empty(), "what is looked for is what callers have got: {nowhere:#?}");
    for secret in scene.credentials() {
        assert!(sent.contains(&normal(&secret)), "{secret} is what was sent");
        needles.insert(normal(&secret));
    }
    needles.extend(scene.secrets().into_iter().chain(traffic::unsaid()));
    let told = told(&mut scene).await;
    let found = found(&told, &needles);
    assert!(found.is_empty(), "{found:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn text_at_level_debug_and_traces_tell_no_secret_and_nothing_of_a_contact() {
    nothing_is_told("log = { level = \"debug\", slow = \"0s\" }", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn json_at_level_trace_and_traces_tell_no_secret_and_nothing_of_a_contact() {
    nothing_is_told("log = { format = \"json\", sample = 1.0 }", &[("RUST_LOG", "trace")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_is_found() {
    let mut scene = Scene::start("log = { ids = \"plain\", sample = 1.0 }", &[]).await;
    for path in
        [format!("periskope:{DIGITS}"), format!("mailto:{EMAIL}"), format!("rocketchat:{}", NAME.replace(' ', "%20"))]
    {
        scene.get(&format!("/contacts/{path}")).await;
    }
    let (log, _) = scene.end().await;
    let needles = [DIGITS, EMAIL, NAME].map(normal).into();
    assert_eq!(found(&log, &needles).len(), 3, "{log}");
}
