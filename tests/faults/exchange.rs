//! One request that came through the proxy, and the upstream's answer to it, byte by byte.

use std::io;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::fault::{Places, Step};

/// A request and its answer.
#[derive(Debug)]
pub(crate) struct Exchange {
    /// Which request it is since this fault began, counted from 0.
    pub(crate) number: usize,
    /// Everything up to and with the empty line.
    pub(crate) head: Bytes,
    /// As long as the head says.
    pub(crate) body: Bytes,
    pub(crate) places: Places,
}

impl Exchange {
    /// The whole answer.
    pub(crate) fn whole(&self) -> Bytes {
        [&self.head[..], &self.body].concat().into()
    }

    /// The answer, cut in the middle of its body.
    pub(crate) fn half(&self) -> Step {
        let whole = self.whole();
        Step::Send(whole.slice(..self.head.len() + self.body.len() / 2))
    }

    /// The answer with other words in its head.
    pub(crate) fn reworded(&self, word: impl Fn(&str, &str) -> Option<String>) -> Bytes {
        let head = std::str::from_utf8(&self.head).unwrap();
        let mut lines = head.trim_end().split("\r\n");
        let mut new = format!("{}\r\n", lines.next().unwrap());
        for line in lines {
            let (name, value) = line.split_once(": ").unwrap();
            let value = word(&name.to_ascii_lowercase(), value).unwrap_or_else(|| value.to_owned());
            new += &format!("{name}: {value}\r\n");
        }
        [new.as_bytes(), b"\r\n", &self.body].concat().into()
    }
}

/// An answer of the proxy's own.
pub(crate) fn answer(status: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Step {
    let body = body.into();
    let mut head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    Step::Send([head.as_bytes(), b"\r\n", &body].concat().into())
}

/// Reads one message, head and body. `None` at the end of the connection.
pub(crate) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<(Bytes, Bytes)>> {
    const END: &[u8] = b"\r\n\r\n";
    let mut bytes = BytesMut::new();
    let head = loop {
        if let Some(end) = bytes.windows(END.len()).position(|window| window == END) {
            break bytes.split_to(end + END.len());
        }
        if from.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let text = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
    while bytes.len() < length {
        if from.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
    Ok(Some((head.freeze(), bytes.freeze())))
}
