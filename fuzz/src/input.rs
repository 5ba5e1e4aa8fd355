//! Inputs are text, so that a seed can be read and a finding can be understood.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use providers::upstream::Answer;

/// Reads an answer: the status, one header per line, an empty line, the body.
#[must_use]
pub fn answer(input: &[u8]) -> Option<Answer> {
    let end = input.windows(2).position(|two| two == b"\n\n")?;
    let mut lines = lines(&input[..end]);
    let status = StatusCode::from_bytes(lines.next()?).ok()?;
    Some(Answer::new(status, headers(lines), Bytes::copy_from_slice(&input[end + 2..])))
}

/// Reads one header per line, and leaves out what HTTP doesn't allow: no client lets it through.
pub fn headers<'a>(lines: impl Iterator<Item = &'a [u8]>) -> HeaderMap {
    let header = |line: &[u8]| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        Some((name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?))
    };
    lines.filter_map(header).collect()
}

/// The lines of an input.
pub fn lines(input: &[u8]) -> impl Iterator<Item = &[u8]> {
    input.split(|byte| *byte == b'\n')
}
