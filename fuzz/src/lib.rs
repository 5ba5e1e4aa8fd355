//! What the targets share: how an input is read, and what must hold of every outcome.

pub mod input;
pub mod outcome;

use std::{sync::LazyLock, time::Duration};

use providers::{Instance, Rate};

/// The instance that all answers come from. Its region lets every phone number be looked up.
pub static INSTANCE: LazyLock<Instance> = LazyLock::new(|| Instance {
    name: "fuzzed".into(),
    base_url: "https://api.example.com/v1".parse().expect("a URL"),
    rate: Rate::per_seconds(10, 60),
    timeout: Duration::from_secs(5),
    default_region: Some("BR".to_owned()),
    ledgers: providers::Ledgers::default(),
});
