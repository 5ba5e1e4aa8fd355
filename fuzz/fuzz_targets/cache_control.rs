//! A caller's `Cache-Control`: one value per line.
#![no_main]

use std::time::Duration;

use contact_gateway::{api::cache_control::parse, gateway::Demand};
use libfuzzer_sys::{Corpus, fuzz_target};

/// The largest number of seconds that is told apart from larger ones.
const LARGEST: Duration = Duration::from_secs(1 << 31);

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some(text) = std::str::from_utf8(input).ok().filter(|text| text.bytes().all(may_stand_in_a_header)) else {
        return Corpus::Reject;
    };
    let read = parse(text.lines());

    assert_eq!(parse(text.to_ascii_uppercase().lines()), read, "case matters");
    assert_eq!(parse(text.lines().chain(text.lines())), read, "repeating matters");
    assert_eq!(parse(text.lines().rev()).ok(), read.ok(), "order matters");
    assert_eq!(parse(text.lines().chain(["x=\"a, no-cache, max-age=soon\""])), read, "a quoted text matters");
    if !text.contains('"') {
        assert_eq!(parse([&*text.replace('\n', ",")]), read, "one line or several matters");
    }
    match read {
        Ok(demand) => {
            assert!(demand.max_age.is_none_or(|most| most <= LARGEST));
            assert!(demand.max_stale.is_none_or(|most| most <= LARGEST || most == Duration::MAX));
            assert_eq!(parse([&*write(&demand)]), Ok(demand), "what is read can't be written");
        }
        Err(malformed) => {
            let said = malformed.to_string();
            assert!(["max-age", "max-stale"].iter().any(|name| text.to_ascii_lowercase().contains(name)), "{said}");
        }
    }
    Corpus::Keep
});

/// What is let through to the reader; the end of a line stands for the next value.
fn may_stand_in_a_header(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n')
}

fn write(demand: &Demand) -> String {
    let mut directives = Vec::new();
    directives.extend(demand.no_cache.then(|| "no-cache".to_owned()));
    directives.extend(demand.only_if_cached.then(|| "only-if-cached".to_owned()));
    directives.extend(demand.max_age.map(|most| format!("max-age={}", most.as_secs())));
    directives.extend(demand.max_stale.map(|most| match most {
        Duration::MAX => "max-stale".to_owned(),
        most => format!("max-stale=\"{}\"", most.as_secs()),
    }));
    directives.join(", ")
}
