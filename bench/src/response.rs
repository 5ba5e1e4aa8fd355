//! Where an answer ends, without keeping its body.

use std::io;

/// The end of a body whose length nobody knew before.
const LAST_CHUNK: &[u8] = b"\r\n0\r\n\r\n";

/// An answer that is being read.
#[derive(Default)]
pub(crate) struct Response {
    head: Vec<u8>,
    status: u16,
    rest: Rest,
}

#[derive(Default)]
enum Rest {
    #[default]
    Head,
    Bytes(usize),
    /// The last bytes that were seen.
    Chunks(Vec<u8>),
}

impl Response {
    /// Takes what has been read; the status, once the answer is whole. Nothing may follow: nobody has asked for more.
    pub(crate) fn take(&mut self, mut bytes: &[u8]) -> io::Result<Option<u16>> {
        if matches!(self.rest, Rest::Head) {
            // Usually the head comes as a whole.
            let begin = self.head.len();
            self.head.extend_from_slice(bytes);
            let Some(end) = find(&self.head, b"\r\n\r\n") else { return Ok(None) };
            bytes = &bytes[end + 4 - begin..];
            self.begin(end)?;
        }
        let done = match &mut self.rest {
            Rest::Head => false,
            Rest::Bytes(left) => {
                *left = left.checked_sub(bytes.len()).ok_or_else(|| io::Error::other("more than was announced"))?;
                *left == 0
            }
            Rest::Chunks(tail) => {
                tail.extend_from_slice(&bytes[bytes.len().saturating_sub(LAST_CHUNK.len())..]);
                tail.drain(..tail.len().saturating_sub(LAST_CHUNK.len()));
                tail == LAST_CHUNK
            }
        };
        if !done {
            return Ok(None);
        }
        self.head.clear();
        self.rest = Rest::Head;
        Ok(Some(self.status))
    }

    fn begin(&mut self, end: usize) -> io::Result<()> {
        let head = self.head[..end].to_ascii_lowercase();
        let status = head.get(9..12).and_then(|text| std::str::from_utf8(text).ok()?.parse().ok());
        self.status = status.ok_or_else(|| io::Error::other("no status line"))?;
        self.rest = match find(&head, b"\r\ncontent-length: ") {
            _ if self.status == 304 => Rest::Bytes(0),
            Some(at) => {
                let digits = head[at + 18..].iter().take_while(|byte| byte.is_ascii_digit());
                Rest::Bytes(digits.fold(0, |number, digit| 10 * number + usize::from(digit - b'0')))
            }
            None => Rest::Chunks(Vec::new()),
        };
        Ok(())
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    let first = *what.first()?;
    (0..text.len().checked_sub(what.len() - 1)?).find(|at| text[*at] == first && text[*at..].starts_with(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_ends_where_it_says_however_it_comes() {
        let answers: [(&str, u16); 3] = [
            ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200),
            ("HTTP/1.1 304 Not Modified\r\ncontent-length: 3\r\n\r\n", 304),
            ("HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 404),
        ];
        let mut response = Response::default();
        for (text, status) in answers {
            assert_eq!(response.take(text.as_bytes()).unwrap(), Some(status));
            for (at, byte) in text.bytes().enumerate() {
                let whole = at + 1 == text.len();
                assert_eq!(response.take(&[byte]).unwrap(), whole.then_some(status), "{text}: {at}");
            }
        }
    }
}
