//! `contact-gateway health`: a container's health check, without a shell and without curl.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    process::ExitCode,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::fail;

const LIMIT: Duration = Duration::from_secs(3);
const QUESTION: &[u8] = b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The address that the gateway listens on
    #[arg(long, value_name = "ADDRESS", env = "GATEWAY__SERVER__LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

pub(super) async fn run(options: Options) -> ExitCode {
    match tokio::time::timeout(LIMIT, ask(reachable(options.listen))).await {
        Ok(Ok(true)) => ExitCode::SUCCESS,
        Ok(Ok(false)) => fail("not ready"),
        Ok(Err(error)) => fail(error),
        Err(_) => fail("no answer within 3 s"),
    }
}

/// "All addresses" can be listened on but not be called.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

async fn ask(address: SocketAddr) -> io::Result<bool> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(QUESTION).await?;
    let mut answer = Vec::new();
    stream.take(1024).read_to_end(&mut answer).await?;
    Ok(answer.starts_with(b"HTTP/1.1 200"))
}
