//! What a new configuration changes.

use contact_gateway::{auth::Digest, config::Changes};

use crate::{LEAST, load};

fn changes(before: &str, after: &str) -> Changes {
    // Named after the test, which runs beside others.
    let name = std::thread::current().name().unwrap_or_default().replace("::", "-");
    let load = |text| load(&format!("{name}.toml"), text, &[]).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    load(before).changes(&load(after))
}

#[track_caller]
fn assert_changes(before: &str, after: &str, now: &[&str]) {
    let expected = Changes { now: now.iter().map(|key| (*key).to_owned()).collect(), ..Changes::default() };
    assert_eq!(changes(before, after), expected);
}

#[test]
fn what_is_written_in_another_way_is_no_change() {
    assert_changes(LEAST, LEAST, &[]);
    let same = LEAST.replace("settings", "rate = { calls = 10, per = \"1m\" }\ncache = { fresh = \"1m\" }\nsettings");
    assert_changes(LEAST, &format!("server.deadline = \"10000ms\"\n{same}"), &[]);
}

#[test]
fn every_change_is_named() {
    let other = LEAST.replace("providers.chat", "providers.other");
    assert_changes(LEAST, &format!("{LEAST}{other}"), &["providers.other"]);
    assert_changes(&format!("{LEAST}{other}"), LEAST, &["providers.other"]);
    for (from, to) in
        [("t1", "t2"), ("u1", "u2"), ("chat.example", "talk.example"), ("settings", "timeout = \"1s\"\nsettings")]
    {
        assert_changes(LEAST, &LEAST.replace(from, to), &["providers.chat"]);
    }
    assert_changes(LEAST, &LEAST.replace("settings", "cache.fresh = \"1s\"\nsettings"), &["providers.chat.cache"]);
    assert_changes(
        LEAST,
        &format!("server.deadline = \"1s\"\nauth.open = true\n{LEAST}"),
        &["auth.open", "server.deadline"],
    );
    let log = format!("log = {{ level = \"debug\", slow = \"1s\", sample = 0.5 }}\n{LEAST}");
    assert_changes(LEAST, &log, &["log.level", "log.sample", "log.slow"]);
}

#[test]
fn keys_are_named_and_their_hashes_are_not() {
    let key = |name: &str, key: &str| format!("[auth.keys.{name}]\nhash = \"{}\"\n", Digest::of(key.as_bytes()));
    let (one, two) = (key("one", "1"), key("two", "2"));
    assert_changes(LEAST, &format!("{LEAST}{one}"), &["auth.keys.one"]);
    assert_changes(&format!("{LEAST}{one}{two}"), &format!("{LEAST}{two}"), &["auth.keys.one"]);
    assert_changes(&format!("{LEAST}{one}"), &format!("{LEAST}{}", key("one", "2")), &["auth.keys.one"]);
    assert_changes(&format!("{LEAST}{one}"), &format!("{LEAST}{one}priority = \"batch\"\n"), &["auth.keys.one"]);
}

#[test]
fn what_must_wait_for_the_next_start_is_told_apart() {
    let after = format!("server = {{ listen = \"[::1]:0\", workers = 3 }}\ncache.capacity = \"1GiB\"\n{LEAST}");
    let seen = "log = { format = \"json\", ids = \"plain\" }\ntraces.endpoint = \"http://127.0.0.1:4318\"";
    let after = format!("{seen}\n{after}");
    let Changes { now, at_the_next_start } = changes(LEAST, &after);
    assert!(now.is_empty(), "{now:?}");
    assert_eq!(
        Vec::from_iter(at_the_next_start),
        ["cache.capacity", "log.format", "log.ids", "server.listen", "server.workers", "traces"]
    );
}

#[test]
fn another_redis_waits_for_the_next_start_and_its_password_is_not_named() {
    let redis = |password: &str| format!("redis.url = \"redis://:{password}@localhost\"\n{LEAST}");
    for (before, after) in [(LEAST, &*redis("s3cret")), (&redis("one"), &redis("two"))] {
        assert_eq!(Vec::from_iter(changes(before, after).at_the_next_start), ["redis"]);
    }
    assert_changes(&redis("one"), &redis("one"), &[]);
}
