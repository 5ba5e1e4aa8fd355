//! What comes with the gateway for Compose, Kubernetes and systemd, held against the program and each other.

#![expect(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod compose;
mod configurations;
mod kubernetes;
mod systemd;

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// Where a file of `deploy/` is.
fn path(of: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(of)
}

fn text(of: &str) -> String {
    fs::read_to_string(path(of)).unwrap_or_else(|error| panic!("{of}: {error}"))
}

/// The documents of a YAML file.
fn documents(of: &str) -> Vec<Value> {
    serde_saphyr::from_multiple(&text(of)).unwrap_or_else(|error| panic!("{of}: {error}"))
}

/// The texts of a list.
fn texts(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}
