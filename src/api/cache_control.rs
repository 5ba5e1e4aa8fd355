//! The request's `Cache-Control` (RFC 9111, 5.2.1): which answers from the cache the caller accepts.

use std::time::Duration;

use actix_web::http::header::CACHE_CONTROL;

use super::{code::Code, head::Head, problem::Problem};
use crate::gateway::Demand;

/// Larger numbers of seconds mean this one (RFC 9111, 1.2.2).
const LARGEST: u64 = 1 << 31;

/// A directive whose value can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` in the header `Cache-Control` must be a whole number of seconds, such as `{0}=60`")]
pub struct Malformed(&'static str);

/// Reads the header's values. Directives that are not known are left out, as the RFC wants it; where one is repeated, the
/// strictest counts.
///
/// # Errors
/// If a value that must be a number of seconds is none.
pub fn parse<'a>(values: impl IntoIterator<Item = &'a str>) -> Result<Demand, Malformed> {
    let mut demand = Demand::default();
    for directive in values.into_iter().flat_map(directives) {
        let (name, value) = match directive.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim())),
            None => (directive.trim(), None),
        };
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if is("no-cache") {
            demand.no_cache = true;
        } else if is("only-if-cached") {
            demand.only_if_cached = true;
        } else if is("max-age") {
            let most = value.and_then(seconds).ok_or(Malformed("max-age"))?;
            demand.max_age = Some(demand.max_age.map_or(most, |other| other.min(most)));
        } else if is("max-stale") {
            // Without a value: however stale.
            let most = value.map_or(Some(Duration::MAX), seconds).ok_or(Malformed("max-stale"))?;
            demand.max_stale = Some(demand.max_stale.map_or(most, |other| other.min(most)));
        }
    }
    Ok(demand)
}

/// Reads the request's header.
pub(super) fn demand(request: &impl Head) -> Result<Demand, Problem> {
    parse(request.texts(&CACHE_CONTROL))
        .map_err(|malformed| Problem::new(Code::InvalidRequest, format!("{malformed}.")))
}

/// What stands between the commas of a value, except those in quoted texts (RFC 9110, 5.6.4).
fn directives(value: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    value.split(move |character| {
        let literal = escaped;
        escaped = quoted && !literal && character == '\\';
        quoted ^= character == '"' && !literal;
        character == ',' && !quoted
    })
}

/// A number, quoted or not (RFC 9111, 5.2).
fn seconds(text: &str) -> Option<Duration> {
    let digits = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    // What does not fit into 64 bits is larger than the largest, too.
    is_number.then(|| Duration::from_secs(digits.parse().unwrap_or(LARGEST).min(LARGEST)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Option<Duration> {
        Some(Duration::from_secs(seconds))
    }

    #[test]
    fn every_directive_is_read_however_it_is_written() {
        assert_eq!(parse(["no-cache"]), Ok(Demand { no_cache: true, ..Demand::default() }));
        assert_eq!(parse(["No-Cache, ONLY-IF-CACHED"]).map(|d| (d.no_cache, d.only_if_cached)), Ok((true, true)));
        assert_eq!(parse(["max-age=5"]).map(|d| d.max_age), Ok(seconds(5)));
        assert_eq!(
            parse([" max-age = \"5\" ,", "max-stale=7"]).map(|d| (d.max_age, d.max_stale)),
            Ok((seconds(5), seconds(7)))
        );
        assert_eq!(parse(["max-stale"]).map(|d| d.max_stale), Ok(Some(Duration::MAX)));
        assert_eq!(parse(["max-age=99999999999999999999"]).map(|d| d.max_age), Ok(seconds(LARGEST)));
    }

    #[test]
    fn the_strictest_of_several_counts_and_what_is_not_known_does_not() {
        assert_eq!(parse(["max-age=9, max-age=3", "max-age=6"]).map(|d| d.max_age), Ok(seconds(3)));
        assert_eq!(parse(["", "no-transform, , stale-if-error=5, x=\"a\""]), Ok(Demand::default()));
    }

    #[test]
    fn what_is_quoted_is_no_directive() {
        for quoted in [r#"x="a, no-cache, max-age=soon""#, r#"x="\", no-cache""#, r#"x="a, no-cache"#] {
            assert_eq!(parse([quoted]), Ok(Demand::default()), "{quoted}");
        }
        assert_eq!(parse([r#"x="\\", max-age="5", y="""#]).map(|demand| demand.max_age), Ok(seconds(5)));
    }

    #[test]
    fn a_number_that_is_none_is_named() {
        for wrong in ["max-age", "max-age=", "max-age=-1", "max-age=1.5", "max-age=\"", "max-stale=", "max-stale=soon"]
        {
            let said = parse([wrong]).unwrap_err().to_string();
            assert!(said.contains(wrong.split('=').next().unwrap()), "{said}");
        }
    }
}
