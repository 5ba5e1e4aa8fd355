//! The sandbox's Rocket.Chat, hosted so that each answer leaves at a fixed time after its question came.
//!
//! The emulator's own host tells the time in milliseconds, which is too coarse for what is measured here.

use std::{
    fs,
    io::{self, BufRead as _, BufReader, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use providers::{
    KINDS, Rate,
    emulator::{Emulated, Emulation, Request, Setup},
};

use crate::Outcome;

/// More people than anybody asks for.
const PEOPLE: u32 = 100_000_000;

/// The emulation that is measured against: contacts of Rocket.Chat.
pub(crate) fn emulation() -> Outcome<&'static Emulation> {
    let kind = KINDS.iter().find(|kind| kind.name == "rocketchat").ok_or("there is no Rocket.Chat")?;
    Ok(kind.emulations.first().ok_or("there is no emulated Rocket.Chat")?)
}

/// The user and the token that it lets in.
pub(crate) fn credentials() -> Outcome<[&'static str; 2]> {
    let settings = emulation()?.settings;
    let value = |wanted: &str| settings.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
    let missing = "the emulated Rocket.Chat lets nobody in";
    Ok([value("user_id").ok_or(missing)?, value("auth_token").ok_or(missing)?])
}

/// The id of a made-up contact. Every one that this names is of the same sort, so that all are about as long.
pub(crate) fn id(number: u32) -> Outcome<String> {
    let ids = (emulation()?.made_up)();
    let first = ids.first().and_then(|id| id.get(..16)).ok_or("there are no made-up contacts")?;
    Ok(format!("{first}{:08x}", 5 * number))
}

/// Serves until it is killed.
pub(crate) fn serve(port: u16, delay: Duration) -> Outcome<()> {
    let rate = Rate { calls: Rate::UNLIMITED, per: Duration::from_secs(1) };
    let emulated: Arc<dyn Emulated> = (emulation()?.build)(Setup { rate: Some(rate), people: Some(PEOPLE) }).into();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    loop {
        let (stream, _) = listener.accept()?;
        let emulated = Arc::clone(&emulated);
        // An error is a client that has left.
        thread::spawn(move || converse(&stream, &*emulated, delay));
    }
}

fn converse(stream: &TcpStream, emulated: &dyn Emulated, delay: Duration) -> io::Result<()> {
    // By default, the kernel lets sleepers sleep for another 50 µs.
    let _ = fs::write("/proc/thread-self/timerslack_ns", "1");
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    while let Some((request, came)) = read(&mut reader)? {
        let response = emulated.answer(&request);
        let mut text = format!("HTTP/1.1 {}\r\n", response.status()).into_bytes();
        for (name, value) in response.headers() {
            text.extend_from_slice(&[name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        text.extend_from_slice(format!("content-length: {}\r\n\r\n", response.body().len()).as_bytes());
        text.extend_from_slice(response.body());
        thread::sleep((came + delay).saturating_duration_since(Instant::now()));
        (&*stream).write_all(&text)?;
    }
    Ok(())
}

/// The next request, which has no body, and when it came; `None` at the end.
fn read(reader: &mut BufReader<&TcpStream>) -> io::Result<Option<(Request, Instant)>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let came = Instant::now();
    let mut words = line.split_ascii_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut request = http::Request::builder().method(method).uri(target);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => request = request.header(name, value.trim()),
            None => break,
        }
    }
    request.body(Bytes::new()).map(|request| Some((request, came))).map_err(io::Error::other)
}
