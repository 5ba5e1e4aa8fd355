//! The API's description as others read it: two linters, and clients that usual generators make of it.
//!
//! What this needs comes from PyPI and npm, in the versions that `requirements.txt` and `package-lock.json` pin. It is installed
//! below `target/`, once.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should stop")]

mod room;
mod sandbox;

use std::fs;

use room::Room;
use sandbox::Sandbox;

#[test]
fn spectral_finds_nothing_wrong() {
    let room = Room::open();
    fs::write(room.path("spectral.yaml"), "extends: [\"spectral:oas\"]\n").unwrap();
    room.npx("spectral", &["lint", "openapi.json", "--ruleset", "spectral.yaml"]);
}

#[test]
fn redocly_finds_nothing_wrong() {
    Room::open().npx("redocly", &["lint", "openapi.json", "--extends", "recommended"]);
}

#[test]
fn a_typescript_client_compiles_and_reads_contacts() {
    let (room, sandbox) = (Room::open(), Sandbox::start());
    room.npx("openapi-typescript", &["openapi.json", "--output", "api.d.ts"]);
    room.npx("tsc", &["--project", "tsconfig.json"]);
    assert_eq!(room.run("node", &["read.js", &sandbox.url]).trim(), "BK Local1");
}

#[test]
fn a_python_client_compiles_and_reads_contacts() {
    let (room, sandbox) = (Room::open(), Sandbox::start());
    let client = "contact_gateway_client";
    let arguments = ["generate", "--path", "openapi.json", "--meta", "none", "--output-path", client, "--overwrite"];
    room.run("openapi-python-client", &[&arguments[..], &["--fail-on-warning"]].concat());
    room.run("python", &["-m", "compileall", "-q", client]);
    assert_eq!(room.run("python", &["read.py", &sandbox.url]).trim(), "BK Local1");
}
