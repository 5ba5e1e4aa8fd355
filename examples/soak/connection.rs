//! A kept-alive HTTP/1.1 connection, cheap enough for the gateway to be what is measured.

use std::{io, net::SocketAddr};

use bytes::{Bytes, BytesMut};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// One connection, with what has been read beyond the last answer.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: BytesMut,
}

/// One whole answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Bytes,
    head: String,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: BytesMut::with_capacity(8192) })
    }

    /// Sends a request, or a part of one.
    pub(crate) async fn send(&mut self, request: &[u8]) -> io::Result<()> {
        self.stream.write_all(request).await
    }

    /// Sends a request and reads the answer.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> io::Result<Reply> {
        self.send(request).await?;
        let end = loop {
            if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            self.read().await?;
        };
        let head = String::from_utf8(self.buffer.split_to(end).to_vec()).map_err(io::Error::other)?;
        let status = head.get(9..12).and_then(|text| text.parse().ok());
        let status = status.ok_or_else(|| io::Error::other("no status line"))?;
        let mut reply = Reply { status, body: Bytes::new(), head };
        let length = match (status, reply.header("content-length")) {
            (204 | 304, _) => 0,
            (_, Some(length)) => length.parse().map_err(io::Error::other)?,
            (_, None) => return Err(io::Error::other("an answer that does not say how long it is")),
        };
        while self.buffer.len() < length {
            self.read().await?;
        }
        reply.body = self.buffer.split_to(length).freeze();
        Ok(reply)
    }

    async fn read(&mut self) -> io::Result<()> {
        self.buffer.reserve(4096);
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

impl Reply {
    /// An answer with these lines of headers, and nothing more.
    #[cfg(test)]
    pub(crate) fn new(status: u16, head: String) -> Self {
        Self { status, body: Bytes::new(), head }
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let is_wanted = |line: &&str| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        let lines = self.head.lines().filter(is_wanted);
        lines.filter_map(|line| line[name.len()..].strip_prefix(':')).map(str::trim).next()
    }
}

/// A GET request for this path, with these lines of headers, each with its line end.
pub(crate) fn get(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: gateway\r\n{headers}\r\n").into_bytes()
}
