//! Defaults, file and environment, of which the later wins.

use std::{ffi::OsString, os::unix::ffi::OsStringExt, time::Duration};

use contact_gateway::{config::Config, gateway::Ages};
use providers::Rate;

use crate::{LEAST, complaint, file, kinds, load};

#[test]
fn a_provider_alone_is_a_configuration_and_the_rest_has_defaults() {
    let config = load("least.toml", LEAST, &[]).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!((config.server.workers, config.server.deadline), (0, Duration::from_secs(10)));
    assert_eq!((config.cache.capacity, config.auth.open), (256 << 20, false));
    let chat = &config.providers[0];
    assert_eq!((&*chat.instance.name, chat.kind.name), ("chat", "rocketchat"));
    assert_eq!(chat.instance.base_url.as_str(), "https://chat.example.com/");
    assert_eq!(chat.instance.rate, chat.kind.default_rate);
    assert_eq!((chat.instance.timeout, chat.instance.default_region.as_deref()), (Duration::from_secs(5), None));
    assert_eq!(chat.cache, Ages::default());
    assert_eq!((chat.settings.text("auth_token"), chat.settings.text("generation")), (Some("t1"), None));
}

#[test]
fn the_file_wins_over_the_defaults() {
    let text = r#"
        server = { listen = "[::1]:0", workers = 3, deadline = "250ms" }
        cache = { capacity = "1.5GiB" }
        [providers.chat]
        kind = "rocketchat"
        base_url = "http://localhost:3000/chat"
        rate = { calls = 120, per = "1m 30s" }
        timeout = "900ms"
        cache = { fresh = "0s", absent = "2m" }
        default_region = "BR"
        settings = { user_id = "u1", auth_token = "t1", generation = "legacy" }
    "#;
    let config = load("file.toml", text, &[]).unwrap();
    assert_eq!((config.server.workers, config.server.deadline), (3, Duration::from_millis(250)));
    assert_eq!(config.cache.capacity, 3 << 29);
    let chat = &config.providers[0];
    assert_eq!(chat.instance.rate, Rate::per_seconds(120, 90));
    assert_eq!(chat.instance.default_region.as_deref(), Some("BR"));
    let kept = Ages { fresh: Duration::ZERO, absent: Duration::from_secs(120), ..Ages::default() };
    assert_eq!(chat.cache, kept);
}

#[test]
fn an_account_that_nobody_counts_has_no_limit() {
    let rate = |lines: &str, environment: &[(&str, &str)]| {
        load("unlimited.toml", &format!("{LEAST}\n{lines}"), environment).unwrap().providers[0].instance.rate
    };
    assert_eq!(rate("[providers.chat.rate]\ncalls = 5", &[]).calls, 5);
    let unlimited = rate("", &[("GATEWAY__PROVIDERS__CHAT__RATE", "unlimited")]);
    assert_eq!(unlimited.calls, Rate::UNLIMITED);
}

#[test]
fn the_environment_wins_over_the_file_key_by_key() {
    let environment = [
        ("GATEWAY__SERVER__LISTEN", "0.0.0.0:80"),
        ("GATEWAY__SERVER__WORKERS", "2"),
        ("GATEWAY__AUTH__OPEN", "true"),
        ("GATEWAY__PROVIDERS__CHAT__RATE__CALLS", "7"),
        ("GATEWAY__PROVIDERS__CHAT__CACHE__STALE", "1h"),
        ("GATEWAY__PROVIDERS__CHAT__SETTINGS__AUTH_TOKEN", "12345"),
        ("GATEWAY_CONFIG", "not one of these"),
        ("PATH", "/bin"),
    ];
    let config = load("environment.toml", LEAST, &environment).unwrap();
    assert_eq!((config.server.listen.to_string().as_str(), config.server.workers), ("0.0.0.0:80", 2));
    let chat = &config.providers[0];
    assert_eq!(chat.instance.rate, Rate::per_seconds(7, 60));
    assert_eq!(chat.cache, Ages { stale: Duration::from_secs(3600), ..Ages::default() });
    assert_eq!((chat.settings.text("user_id"), chat.settings.text("auth_token")), (Some("u1"), Some("12345")));
}

#[test]
fn the_environment_alone_is_enough() {
    let environment = [
        ("GATEWAY__PROVIDERS__WHATS_APP__KIND", "periskope"),
        ("GATEWAY__PROVIDERS__WHATS_APP__BASE_URL", "https://api.periskope.app/v1"),
        ("GATEWAY__PROVIDERS__WHATS_APP__SETTINGS__API_KEY", "k1"),
    ];
    let config = Config::load(None, environment, kinds::KINDS).unwrap();
    assert_eq!(&*config.providers[0].instance.name, "whats_app");
}

#[test]
fn providers_come_sorted_by_name() {
    let one = |name| LEAST.replace("providers.chat", name);
    let text = ["providers.c", "providers.a", "providers.b"].map(one).concat();
    let config = load("sorted.toml", &text, &[]).unwrap();
    let names: Vec<_> = config.providers.iter().map(|provider| &*provider.instance.name).collect();
    assert_eq!(names, ["a", "b", "c"]);
}

#[test]
fn variables_that_are_not_utf8_are_a_mistake_where_they_are_ours_and_nothing_elsewhere() {
    let garbage = || OsString::from_vec(b"\xff\xfe".to_vec());
    let file = file("utf8.toml", LEAST);
    let theirs = [(OsString::from("LANG"), garbage()), (garbage(), OsString::from("x"))];
    assert!(Config::load(Some(&file), theirs, kinds::KINDS).is_ok());
    let ours = [(OsString::from("GATEWAY__SERVER__LISTEN"), garbage())];
    let said = Config::load(Some(&file), ours, kinds::KINDS).unwrap_err().to_string();
    assert!(said.starts_with("configuration: GATEWAY__SERVER__LISTEN: is not UTF-8 text;"), "{said}");
}

#[test]
fn variables_that_can_be_no_key_are_mistakes() {
    let environment = [
        ("GATEWAY__", "x"),
        ("GATEWAY__SERVER____LISTEN", "x"),
        ("GATEWAY__SERVER__LISTEN[0]", "x"),
        ("GATEWAY__AUTH", "x"),
        ("GATEWAY__AUTH__OPEN", "true"),
        ("GATEWAY__SERVER__PORT", "80"),
        ("GATEWAY__CACHE", "1GiB"),
        ("GATEWAY__SERVER__DEADLINE", "10"),
    ];
    insta::assert_snapshot!(complaint("no-key.toml", LEAST, &environment));
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_do_no_harm() {
    assert!(load("windows.toml", &format!("\u{feff}{}", LEAST.replace('\n', "\r\n")), &[]).is_ok());
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let none: [(&str, &str); 0] = [];
    let said = Config::load(Some("no/such.toml".as_ref()), none, kinds::KINDS).unwrap_err().to_string();
    assert!(said.starts_with("configuration: no/such.toml: can't be read (No such file"), "{said}");
}

#[test]
fn a_syntax_error_names_file_line_and_column_and_quotes_nothing() {
    let text = format!("{LEAST}\n[providers.other.settings]\nauth_token = s3cret\n");
    insta::assert_snapshot!(complaint("syntax.toml", &text, &[]));
    for text in [
        "a = \"s3cret",
        "s3cret",
        "a = 's3cret'\na = 1",
        "a = 99999999999999999999",
        "\"s3cret\" = { ",
        "a = \"s3cret\\q\"",
    ] {
        let said = complaint("syntaxes.toml", text, &[]);
        assert!(said.starts_with("configuration: syntaxes.toml: ") && !said.contains("s3cret"), "{said}");
    }
}
