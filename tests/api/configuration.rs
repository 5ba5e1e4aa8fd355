//! The configuration: every mistake at once, secrets nowhere.

use std::collections::HashMap;

use contact_gateway::config::Config;
use providers::KINDS;

use crate::site::temporary_file;

fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let file = temporary_file("gateway.toml", text);
    let environment: HashMap<_, _> = environment.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    Config::load_with(Some(&file), environment, KINDS).map_err(|mistakes| mistakes.to_string())
}

const GOOD: &str = r#"
[providers.periskope]
kind = "periskope"
base_url = "https://api.periskope.app/v1"
[providers.periskope.settings]
api_key = "s3cret-key"
"#;

#[test]
fn a_small_configuration_gets_all_defaults() {
    let config = load(GOOD, &[]).unwrap();
    insta::assert_debug_snapshot!(config);
}

#[test]
fn every_mistake_is_reported_at_once_with_its_key() {
    let text = r#"
nonsense = 1
[server]
listen = "0.0.0.0:8080"
workers = -1
deadline = "0s"
deadlin = "5s"
[auth]
keys = 1
[cache]
capacity = "256"
[redis]
url = "redis://127.0.0.1"
[providers.Rocket]
kind = "rocketchatt"
base_url = "ftp://chat.example.com"
[providers.tel]
kind = "periskope"
base_url = "http://api.periskope.app/v1"
rate = { calls = 0 }
timeout = 5
default_region = "XX"
cache = { fresh = "1 fortnight", stael = "1s" }
[providers.tel.settings]
api_key = "s3cret key with spaces"
phonee = "1"
[providers.rocketchat]
base_url = "https://user:s3cret@chat.example.com"
[providers.rocketchat.settings]
auth_token = "s3cret"
[providers.legacy]
kind = "rocketchat"
base_url = "https://chat.example.com/?x=s3cret"
[providers.legacy.settings]
auth_token = "s3cret"
auth_token_file = "/nowhere"
generation = "old"
[providers.filed]
kind = "periskope"
base_url = "https://api.periskope.app/v1"
allow_http = "maybe"
[providers.filed.settings]
api_key_file = "/nowhere/at/all"
"#;
    let mistakes = load(text, &[]).unwrap_err();
    assert!(!mistakes.contains("s3cret"), "{mistakes}");
    insta::assert_snapshot!(mistakes);
}

#[test]
fn the_environment_goes_before_the_file() {
    let config = load(
        GOOD,
        &[
            ("GATEWAY__SERVER__DEADLINE", "3s"),
            ("GATEWAY__SERVER__WORKERS", "4"),
            ("GATEWAY__PROVIDERS__PERISKOPE__BASE_URL", "https://other.example.com/v1"),
            ("GATEWAY__PROVIDERS__PERISKOPE__SETTINGS__PHONE", "919876543210"),
            ("GATEWAY__PROVIDERS__PERISKOPE__RATE__CALLS", "100"),
            ("GATEWAY__PROVIDERS__PERISKOPE__RATE__PER", "1s"),
            ("GATEWAY_CONFIG", "elsewhere.toml"),
        ],
    )
    .unwrap();
    assert_eq!((config.server.deadline.as_secs(), config.server.workers), (3, 4));
    let provider = &config.providers[0];
    assert_eq!(provider.instance.base_url.host_str(), Some("other.example.com"));
    assert_eq!((provider.settings.text("phone"), provider.instance.rate.calls), (Some("919876543210"), 100));
}

#[test]
fn a_secret_may_come_from_a_file() {
    let secret = temporary_file("key", "s3cret-from-file\n");
    let text = GOOD.replace("api_key = \"s3cret-key\"", &format!("api_key_file = {:?}", secret.display().to_string()));
    let config = load(&text, &[]).unwrap();
    assert_eq!(config.providers[0].settings.text("api_key"), Some("s3cret-from-file"));
    assert!(!format!("{config:?}").contains("s3cret"));
}

#[test]
fn http_is_for_loopback_unless_it_is_allowed() {
    for (url, more, good) in [
        ("http://127.0.0.1:3000", "", true),
        ("http://[::1]:3000", "", true),
        ("http://localhost/chat", "", true),
        ("http://10.0.0.1", "", false),
        ("http://localhost.example.com", "", false),
        ("http://10.0.0.1", "allow_http = true", true),
    ] {
        let text = GOOD.replace("base_url = \"https://api.periskope.app/v1\"", &format!("base_url = {url:?}\n{more}"));
        assert_eq!(load(&text, &[]).is_ok(), good, "{url}");
    }
}

#[test]
fn beyond_loopback_is_only_listened_on_when_that_is_meant() {
    let closed = load(GOOD, &[("GATEWAY__SERVER__LISTEN", "0.0.0.0:8080")]).unwrap_err();
    assert!(closed.contains("server.listen") && closed.contains("auth.open = true"), "{closed}");
    let open = [("GATEWAY__SERVER__LISTEN", "0.0.0.0:8080"), ("GATEWAY__AUTH__OPEN", "true")];
    assert!(load(GOOD, &open).is_ok());
    assert!(load(GOOD, &[("GATEWAY__SERVER__LISTEN", "[::1]:8080")]).is_ok());
}

#[test]
fn a_syntax_error_names_its_place_and_quotes_nothing() {
    let error = load("[server]\nlisten = \"127.0.0.1:1\"\ntoken = s3cret\n", &[]).unwrap_err();
    assert!(error.contains("line 3") && !error.contains("s3cret"), "{error}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let path = std::path::Path::new("/nowhere/gateway.toml");
    let error = Config::load_with(Some(path), HashMap::new(), KINDS).unwrap_err().to_string();
    assert!(error.contains("/nowhere/gateway.toml"), "{error}");
}

#[test]
fn the_example_loads_and_shows_every_setting_of_every_kind() {
    let example = include_str!("../../config/example.toml");
    load(example, &[]).unwrap();
    for kind in KINDS {
        assert!(example.contains(&format!("kind = {:?}", kind.name)));
        for setting in kind.settings {
            assert!(example.contains(setting.name), "{} of {}", setting.name, kind.name);
            assert!(setting.file.is_none_or(|file| setting.name != "api_key" || example.contains(file)));
        }
    }
}
