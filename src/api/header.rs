//! Values of headers, made for each answer.

use std::fmt;

use actix_web::http::header::HeaderValue;

/// The longest value that is made this way; what is longer takes a detour.
const USUAL: usize = 128;

/// A text as a header's value; nothing, if it is none that a header can have.
///
/// Written on the stack first: a `String` would be an allocation, and making it a value two more.
pub(super) fn value(text: fmt::Arguments<'_>) -> HeaderValue {
    let mut room = Room { bytes: [0; USUAL], used: 0 };
    let made = match fmt::write(&mut room, text) {
        Ok(()) => HeaderValue::from_bytes(&room.bytes[..room.used]),
        Err(fmt::Error) => HeaderValue::try_from(text.to_string()),
    };
    made.unwrap_or(HeaderValue::from_static(""))
}

struct Room {
    bytes: [u8; USUAL],
    used: usize,
}

impl fmt::Write for Room {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.used + text.len();
        self.bytes.get_mut(self.used..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.used = end;
        Ok(())
    }
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
