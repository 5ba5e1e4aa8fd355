//! axe-core, which finds what makes a page hard to use for many.

use std::{fs, path::Path, process::Command, sync::OnceLock};

use serde_json::Value;

use crate::browser::Browser;

/// Fails if the page has anything that axe-core finds wrong.
pub(crate) async fn check(browser: &Browser, what: &str) {
    browser.load(source()).await;
    let found = browser
        .run("async () => (await axe.run(document, { resultTypes: ['violations'] })).violations", Vec::new())
        .await;
    let found = found.as_array().unwrap_or_else(|| panic!("{what}: {found}"));
    let lines = found.iter().flat_map(|rule| {
        let nodes = rule["nodes"].as_array().into_iter().flatten();
        nodes.map(move |node| {
            format!("{}: {} {}", text(&rule["id"]), text(&node["html"]), text(&node["failureSummary"]))
        })
    });
    let lines: Vec<_> = lines.collect();
    assert!(lines.is_empty(), "{what}:\n{}", lines.join("\n"));
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The checker itself, installed at its first use.
fn source() -> &'static str {
    static SOURCE: OnceLock<String> = OnceLock::new();
    SOURCE.get_or_init(|| {
        let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
        let script = room.join("node_modules/axe-core/axe.min.js");
        let lock =
            fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/package-lock.json")).unwrap();
        let stamp = room.join("installed");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
            return fs::read_to_string(script).unwrap();
        }
        fs::create_dir_all(&room).unwrap();
        for file in ["package.json", "package-lock.json"] {
            let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser").join(file);
            fs::copy(source, room.join(file)).unwrap();
        }
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&room);
        let output = npm.output().expect("there is no npm; `make test` installs Debian's");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "axe-core can't be installed; it comes from npm, which must be reachable once:\n{said}"
        );
        fs::write(stamp, lock).unwrap();
        fs::read_to_string(script).unwrap()
    })
}
