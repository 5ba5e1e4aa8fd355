//! A whole answer, for those who want to look at one.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

use crate::{Outcome, requests::Requests, response::Response};

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    text: Vec<u8>,
    head: usize,
}

/// Asks for the first of these.
pub(crate) fn ask(address: SocketAddr, requests: Requests<'_>) -> Outcome<Answer> {
    let (mut stream, mut request, mut text) = (TcpStream::connect(address)?, Vec::new(), vec![0; 1 << 16]);
    requests(0, &mut request);
    stream.write_all(&request)?;
    let (mut response, mut length) = (Response::default(), 0);
    loop {
        let more = stream.read(&mut text[length..])?;
        if let Some(status) = response.take(&text[length..length + more])? {
            text.truncate(length + more);
            let head = text.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or_default();
            let text = Answer { text, head };
            return if status == 200 { Ok(text) } else { Err(format!("{address} answers {status}").into()) };
        }
        length += more;
        if more == 0 {
            return Err("an answer that does not end".into());
        }
    }
}

impl Answer {
    pub(crate) fn body(&self) -> &[u8] {
        &self.text[self.head + 4..]
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let head = std::str::from_utf8(&self.text[..self.head]).ok()?;
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}
