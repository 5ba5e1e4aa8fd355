//! The example file: it works as it stands, and leaves nothing out.

use std::collections::BTreeSet;

use providers::Kind;

use crate::{kinds, load};

const EXAMPLE: &str = include_str!("../../config/example.toml");
const TRACED: &str = r#"
traces.endpoint = "http://127.0.0.1:4318"
[providers.periskope]
kind = "periskope"
base_url = "https://api.periskope.app/v1"
settings.api_key = "k"
"#;

/// The example with every optional key switched on.
fn in_full() -> String {
    let is_key = |rest: &str| rest.starts_with(|first: char| first.is_ascii_lowercase() || first == '[');
    let line = |line| match str::strip_prefix(line, "#") {
        Some(rest) if is_key(rest) => rest,
        _ => line,
    };
    EXAMPLE.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_is_a_configuration_as_it_stands() {
    let config = load("example.toml", EXAMPLE, &[]).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let names: Vec<_> = config.providers.iter().map(|provider| &*provider.instance.name).collect();
    assert_eq!(names, ["periskope", "rocketchat"]);
}

#[test]
fn the_example_is_a_configuration_with_every_optional_key_too() {
    let config = load("example-in-full.toml", &in_full(), &[]).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    assert_eq!(config.providers[1].instance.default_region.as_deref(), Some("BR"));
    let crm = &config.auth.keys[0];
    assert_eq!((&*crm.name, crm.rate), ("crm", Some(providers::Rate::per_seconds(600, 60))));
}

#[test]
fn the_defaults_that_the_example_shows_are_the_defaults() {
    let (plain, full) =
        (load("example-plain.toml", EXAMPLE, &[]).unwrap(), load("example-full.toml", &in_full(), &[]).unwrap());
    assert_eq!(format!("{:?}", (plain.server, plain.cache, plain.auth.open)), {
        format!("{:?}", (full.server, full.cache, full.auth.open))
    });
    assert_eq!(plain.log, full.log);
    let (traces, alone) = (full.traces.unwrap(), load("example-traces.toml", TRACED, &[]).unwrap().traces.unwrap());
    assert_eq!((traces.sample, traces.service), (alone.sample, alone.service));
    assert_eq!(full.auth.keys[0].caller.priority, contact_gateway::gateway::Caller::default().priority);
    for (plain, full) in plain.providers.iter().zip(&full.providers) {
        assert_eq!((plain.cache, plain.instance.timeout), (full.cache, full.instance.timeout));
    }
    assert_eq!(plain.providers[1].instance.rate, full.providers[1].instance.rate);
}

#[test]
fn the_example_mentions_every_setting_of_every_kind() {
    let full = in_full();
    for kind in providers::KINDS.iter().chain(kinds::KINDS) {
        assert_eq!(missing(&full, kind), BTreeSet::new(), "of {}", kind.name);
    }
}

fn missing(full: &str, kind: &Kind) -> BTreeSet<&'static str> {
    let (_, section) = full.split_once(&format!("kind = {:?}", kind.name)).unwrap_or_default();
    // Up to the next instance.
    let section = section.split("\nkind = ").next().unwrap_or_default();
    let is_there = |key: &str| section.lines().any(|line| line.starts_with(&format!("{key} = ")));
    let settings = kind.settings.iter().filter(|setting| {
        !is_there(setting.name) || (setting.secret && !section.contains(&format!("{}_file", setting.name)))
    });
    settings.map(|setting| setting.name).collect()
}

#[test]
fn the_sandbox_starts_from_the_same_defaults() {
    let loaded = load("example-sandbox.toml", EXAMPLE, &[]).unwrap();
    let bare = contact_gateway::config::Config::bare(loaded.server.listen);
    assert_eq!(format!("{:?}{:?}", loaded.server, loaded.cache), format!("{:?}{:?}", bare.server, bare.cache));
}
