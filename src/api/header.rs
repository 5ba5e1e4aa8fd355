//! Values of headers, made for each answer.

use std::{fmt, io::Write as _};

use actix_web::http::header::HeaderValue;

/// The longest value that is made this way; what is longer takes a detour.
const USUAL: usize = 128;

/// A text as a header's value; nothing, if it is none that a header can have.
///
/// Written on the stack first: a `String` would be an allocation, and making it a value two more.
pub(super) fn value(text: fmt::Arguments<'_>) -> HeaderValue {
    let mut room = [0; USUAL];
    let mut rest = &mut room[..];
    let made = match rest.write_fmt(text) {
        Ok(()) => {
            let left = rest.len();
            HeaderValue::from_bytes(&room[..USUAL - left])
        }
        Err(_) => HeaderValue::try_from(text.to_string()),
    };
    made.unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_what_was_written_however_long() {
        for length in [0, 1, USUAL - 1, USUAL, USUAL + 1, 5 * USUAL] {
            let text = "x".repeat(length);
            assert_eq!(value(format_args!("{text}")), text.as_str());
        }
        assert_eq!(value(format_args!("a\nb")), "");
    }
}
