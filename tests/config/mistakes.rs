//! What is said about a configuration that is wrong.

use contact_gateway::config::Config;

use crate::{LEAST, complaint, kinds, load};

/// As wrong as can be.
const WRONG: &str = r#"
colour = "red"

[server]
listen = "localhost:8080"
wrokers = 4
workers = -1
deadline = 10

[auth]
open = "yes"
[auth.keys.crm]
hash = "cg_s3cret"
priority = "high"
rate = { calls = 0, burst = 3 }
providers = ["chat", "whatsap"]
fields = ["names", "phone number", "emails"]
colour = "red"
[auth.keys.Crm-2]
rate = { calls = 1, per = "1500ms" }
providers = []
fields = [1]
[auth.keys.list]
hash_file = "/no/such/file"
rate = 600
providers = "nobody"
[auth.keys.one]
hash = "sha256:5d2f6eaa1c0b8e0b0a4a5d6e3cf2ab7b94a1d8c3e7f60f1b2a9c8d7e6f504132"
rate = { calls = 1000001, per = "2days" }
[auth.keys.two]
hash = "sha256:5D2F6EAA1C0B8E0B0A4A5D6E3CF2AB7B94A1D8C3E7F60F1B2A9C8D7E6F504132"
[auth.keys.three]
hash = "sha256:5d2f6eaa1c0b8e0b0a4a5d6e3cf2ab7b94a1d8c3e7f60f1b2a9c8d7e6f504132"

[cache]
capacity = "256"

[log]
format = "xml"
level = "loud"
slow = "11m"
sample = 1.5
ids = "hidden"
colour = "red"

[traces]
sample = -0.5
service_name = ""
protocol = "grpc"
[traces.headers]
"an odd name" = "s3cret"
authorization = "two\nlines of s3cret"
x-token_file = "/no/such/file"

[redis]
url = "http://me:s3cret@127.0.0.1"
password = "s3cret"
prefix = "Contact gateway"
gateways = 0

[providers.RocketChat]
kind = "rocket-chat"
base_url = "http://chat.example.com"
rate = { calls = 0, per = "2days", burst = 3 }
timeout = "0s"
cache = { fresh = 60, stale = "ten minutes", stale_if_error = "2years", absent = true }
default_region = "br"
"an odd\nkey" = 1

[providers.mailto]
kind = 1
base_ulr = "https://chat.example.com"
allow_http = 1
settings = "none"

[providers.chat]
kind = "rocketchat"
base_url = "https://me:s3cret@chat.example.com"
default_region = "001"
[providers.chat.settings]
user_id = ""
generation = "s3cret"
auth_tokn = "s3cret"
webhook_token = 12345

[providers.whatsapp]
kind = "periskope"
base_url = "https://api.periskope.app/v1"
[providers.whatsapp.settings]
api_key_file = "/no/such/file"
phone = 919876543210

[providers]
list = []
"#;

#[test]
fn every_mistake_is_told_at_once_with_its_key_and_a_remedy() {
    insta::assert_snapshot!(complaint("wrong.toml", WRONG, &[]));
}

#[test]
fn a_configuration_without_a_provider_is_a_mistake() {
    let none: [(&str, &str); 0] = [];
    insta::assert_snapshot!(Config::load(None, none, kinds::KINDS).unwrap_err());
}

#[test]
fn every_mistake_has_a_key_a_problem_and_a_remedy_on_one_line() {
    let mistakes = load("wrong-parts.toml", WRONG, &[]).unwrap_err();
    for mistake in mistakes.iter() {
        assert!(!mistake.key.is_empty() && !mistake.problem.is_empty() && !mistake.remedy.is_empty(), "{mistake}");
        assert_eq!(mistake.to_string().lines().count(), 1, "{mistake}");
    }
    assert_eq!(mistakes.to_string().lines().count(), mistakes.iter().len() + 1);
}

#[test]
fn strangers_are_let_in_only_where_the_configuration_says_so() {
    for listen in ["0.0.0.0:8080", "[::]:8080", "192.168.1.1:80"] {
        let closed = format!("server.listen = \"{listen}\"\n{LEAST}");
        let said = complaint("strangers.toml", &closed, &[]);
        assert!(said.starts_with("configuration: server.listen: ") && said.contains("auth.open = true"), "{said}");
        assert!(load("strangers.toml", &closed, &[("GATEWAY__AUTH__OPEN", "true")]).is_ok());
    }
}

#[test]
fn a_collectors_address_that_cannot_be_used_is_refused_with_what_to_write_instead() {
    let traces = |lines: &str| format!("[traces]\n{lines}\n{LEAST}");
    for good in [
        "endpoint = \"http://127.0.0.1:4318\"",
        "endpoint = \"http://collector:4318/\"\nsample = 0",
        "endpoint = \"https://collector.example.com/base\"\nheaders = { authorization = \"Bearer t0ken\" }",
        "endpoint = \"http://localhost:4318\"\nheaders = { x-token = \"t0ken\" }",
    ] {
        load("traces.toml", &traces(good), &[]).unwrap_or_else(|mistakes| panic!("{good}\n{mistakes}"));
    }
    for (bad, key, remedy) in [
        ("sample = 1.0", "endpoint", "4318"),
        ("endpoint = \"127.0.0.1:4318\"", "endpoint", "http://127.0.0.1:4318"),
        ("endpoint = \"grpc://127.0.0.1:4317\"", "endpoint", "http://127.0.0.1:4318"),
        ("endpoint = \"https://me:s3cret@collector.example.com\"", "endpoint", "traces.headers"),
        ("endpoint = \"https://collector.example.com?key=s3cret\"", "endpoint", "end it after the path"),
        ("endpoint = \"https://collector.example.com/v1/traces\"", "endpoint", "leave that out"),
        ("endpoint = \"http://collector:4318\"\nheaders = { a = \"s3cret\" }", "endpoint", "https://"),
    ] {
        let said = complaint("traces.toml", &traces(bad), &[]);
        assert!(said.starts_with(&format!("configuration: traces.{key}: ")) && said.contains(remedy), "{said}");
        assert!(said.ends_with("configuration: 1 mistake") && !said.contains("s3cret"), "{said}");
    }
}

#[test]
fn limits_belong_to_what_they_limit() {
    let provider = |keys: &str| LEAST.replace("settings", &format!("{keys}\nsettings"));
    for good in [
        format!("server = {{ deadline = \"10m\", workers = 1024 }}\ncache.capacity = \"1MiB\"\n{LEAST}"),
        provider("rate = { calls = 1, per = \"24h\" }"),
        provider("rate = { calls = 4294967295, per = \"1ms\" }"),
        provider("cache = { fresh = \"0s\", stale = \"0s\", stale_if_error = \"0s\", absent = \"1year\" }"),
    ] {
        load("limits.toml", &good, &[]).unwrap_or_else(|mistakes| panic!("{good}\n{mistakes}"));
    }
    for bad in [
        format!("server.deadline = \"601s\"\n{LEAST}"),
        format!("server.workers = 1025\n{LEAST}"),
        format!("server.workers = \"two\"\n{LEAST}"),
        format!("cache.capacity = \"1023KiB\"\n{LEAST}"),
        format!("cache.capacity = \"0\"\n{LEAST}"),
        provider("rate = { calls = 4294967296 }"),
        provider("rate = { per = \"999us\" }"),
        provider("timeout = \"0\""),
        provider("timeout = \"99999999999999999999s\""),
        provider("cache = { stale = \"367days\" }"),
        provider("default_region = \"ZZ\""),
    ] {
        let said = complaint("limits.toml", &bad, &[]);
        assert!(said.ends_with("configuration: 1 mistake"), "{bad}\n{said}");
    }
}
