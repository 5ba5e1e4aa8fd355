//! Secrets: where they may come from, and that they go nowhere.

use crate::{LEAST, complaint, file, load};

const WITHOUT: &str = r#"
[providers.chat]
kind = "rocketchat"
base_url = "https://chat.example.com"
settings = { user_id = "u1" }
"#;
const TOKEN: &str = "GATEWAY__PROVIDERS__CHAT__SETTINGS__AUTH_TOKEN";
const TOKEN_FILE: &str = "GATEWAY__PROVIDERS__CHAT__SETTINGS__AUTH_TOKEN_FILE";

#[test]
fn a_secret_may_stand_in_a_file_of_its_own() {
    for (name, content) in [("bare", "t0ken"), ("unix", "t0ken\n"), ("windows", "t0ken\r\n")] {
        let path = file(&format!("secret-{name}"), content);
        let text = WITHOUT.replace("u1\"", &format!("u1\", auth_token_file = {path:?}"));
        let config = load(&format!("secret-{name}.toml"), &text, &[]).unwrap();
        assert_eq!(config.providers[0].settings.text("auth_token"), Some("t0ken"), "{name}");
    }
}

#[test]
fn a_variable_may_name_the_file() {
    let path = file("secret-variable", "t0ken\n");
    let config = load("secret-variable.toml", WITHOUT, &[(TOKEN_FILE, path.to_str().unwrap())]).unwrap();
    assert_eq!(config.providers[0].settings.text("auth_token"), Some("t0ken"));
}

#[test]
fn a_secret_that_is_given_twice_is_a_mistake() {
    insta::assert_snapshot!(complaint("secret-twice.toml", LEAST, &[(TOKEN_FILE, "/run/secrets/token")]));
}

#[test]
fn a_file_that_holds_no_secret_is_a_mistake() {
    let cases: [(&str, &[u8]); 5] = [
        ("empty", b""),
        ("blank", b" \n"),
        ("binary", b"\xff\xfe\n"),
        ("endless", &[b'x'; 100_000]),
        ("two-lines", b"t0ken\nt0ken\n"),
    ];
    for (name, content) in cases {
        let path = file(&format!("no-secret-{name}"), content);
        let said = complaint(&format!("no-secret-{name}.toml"), WITHOUT, &[(TOKEN_FILE, path.to_str().unwrap())]);
        let key = "configuration: providers.chat.settings.auth_token_file: ";
        assert!(said.starts_with(key) && said.ends_with("configuration: 1 mistake"), "{said}");
    }
}

#[test]
fn what_stands_where_a_file_should_be_named_is_not_repeated() {
    let said = complaint("secret-as-path.toml", WITHOUT, &[(TOKEN_FILE, "s3cret")]);
    assert!(said.contains("auth_token_file: names a file that can't be read") && !said.contains("s3cret"), "{said}");
}

#[test]
fn only_secrets_may_come_from_files() {
    let text = LEAST.replace("user_id", "user_id_file");
    insta::assert_snapshot!(complaint("no-secret-file.toml", &text, &[]));
}

#[test]
fn debug_shows_no_secret() {
    let traces = "traces = { endpoint = \"https://collector\", headers = { authorization = \"s3cret\" } }";
    let config = load("debug.toml", &format!("{traces}\n{}", LEAST.replace("t1", "s3cret")), &[]).unwrap();
    let shown = format!("{config:?} {config:#?}");
    assert!(shown.contains("chat") && !shown.contains("s3cret"), "{shown}");
}

#[test]
fn no_mistake_repeats_a_secret() {
    let texts = [
        LEAST.replace("\"t1\"", "\"s3cret with a space\""),
        LEAST.replace("\"u1\"", "\"s3cret with a space\""),
        LEAST.replace("\"t1\"", "[\"s3cret\"]"),
        LEAST.replace("\"t1\"", "{ s3cre = \"s3cret\" }"),
        LEAST.replace("auth_token", "auth_tokn").replace("t1", "s3cret"),
        LEAST.replace("https://", "https://user:s3cret@"),
        LEAST.replace("example.com", "example.com?key=s3cret"),
        LEAST.replace("https://", "http://s3cret."),
        LEAST.replace("https://chat.example.com", "https://s3cret@:x"),
        format!("redis = {{ url = \"redis://:s3cret@localhost:port\" }}\n{LEAST}"),
        format!("redis = {{ url = \"redis://:s3cret@localhost\", password = \"s3cret\" }}\n{LEAST}"),
        format!("redis = {{ url = [\"s3cret\"] }}\n{LEAST}"),
        format!("{LEAST}[auth.keys.crm]\nhash = \"s3cret\"\n"),
        LEAST.replace("settings", "setings").replace("t1", "s3cret"),
    ];
    for text in texts {
        let mistakes = load("repeat.toml", &text, &[]).unwrap_err();
        let said = format!("{mistakes} {mistakes:?}");
        assert!(!said.contains("s3cret"), "{said}");
    }
    let mistakes = load("repeat.toml", LEAST, &[(TOKEN, "s3cret with a space")]).unwrap_err();
    assert!(!format!("{mistakes} {mistakes:?}").contains("s3cret"), "{mistakes}");
}

#[test]
fn a_configuration_shows_neither_user_nor_password_of_redis() {
    for redis in ["url = \"rediss://us3r:s3cret@localhost\"", "url = \"redis://localhost\", password = \"s3cret\""] {
        let config = load("redis.toml", &format!("redis = {{ {redis} }}\n{LEAST}"), &[]).unwrap();
        let shown = format!("{config:?}");
        assert!(shown.contains("localhost") && !shown.contains("s3cret") && !shown.contains("us3r"), "{shown}");
        let settings = config.redis.unwrap().connection.redis_settings().clone();
        assert_eq!(settings.password(), Some("s3cret"));
    }
}
