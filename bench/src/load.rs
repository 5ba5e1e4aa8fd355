//! Who asks: one thread per core, many connections each, either as fast as they are answered or at a fixed rate.

use std::{
    io::{self, Read as _, Write as _},
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use mio::{Events, Interest, Poll, Token, net::TcpStream};

use crate::{Outcome, requests::Requests, response::Response};

/// How it is asked.
#[derive(Clone, Copy)]
pub(crate) struct Load<'a> {
    pub(crate) address: SocketAddr,
    pub(crate) requests: Requests<'a>,
    /// The number of the first request.
    pub(crate) from: u64,
    pub(crate) connections: usize,
    /// Requests a second in all, in equal steps, whoever is late; `None`: each connection asks again once it is answered.
    pub(crate) rate: Option<f64>,
    pub(crate) length: Duration,
    /// What every answer must have.
    pub(crate) status: u16,
    /// How many threads ask.
    pub(crate) threads: usize,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// How many answers there were.
    pub(crate) answers: u64,
    /// Bytes that were read, heads included.
    pub(crate) bytes: u64,
    pub(crate) seconds: f64,
    /// Nanoseconds from the time at which a request was due to the end of its answer; sorted.
    times: Vec<u32>,
}

impl Seen {
    /// The time that this part of all requests took at most.
    pub(crate) fn quantile(&self, part: f64) -> Duration {
        let last = self.times.len().saturating_sub(1);
        let place = (last as f64 * part).round() as usize;
        Duration::from_nanos(self.times.get(place).copied().unwrap_or_default().into())
    }

    /// Answers a second.
    pub(crate) fn throughput(&self) -> f64 {
        self.answers as f64 / self.seconds
    }
}

impl Load<'_> {
    /// Asks for as long as is said.
    pub(crate) fn run(&self) -> Outcome<Seen> {
        let mut all = Seen::default();
        thread::scope(|scope| {
            let askers: Vec<_> =
                (0..self.threads).map(|thread| scope.spawn(move || Asker::new(self, thread)?.run())).collect();
            for asker in askers {
                let seen = asker.join().map_err(|_| "a thread of the load has panicked")??;
                all.answers += seen.answers;
                all.bytes += seen.bytes;
                all.seconds = all.seconds.max(seen.seconds);
                all.times.extend(seen.times);
            }
            Outcome::Ok(())
        })?;
        all.times.sort_unstable();
        if all.answers == 0 {
            return Err(format!("{} answers nothing", self.address).into());
        }
        Ok(all)
    }

    /// Asks each of so many requests once.
    pub(crate) fn once(&self, requests: u64) -> Outcome<()> {
        let mut stream = std::net::TcpStream::connect(self.address)?;
        let (mut text, mut bytes, mut response) = (Vec::new(), vec![0; BUFFER], Response::default());
        for number in self.from..self.from + requests {
            text.clear();
            (self.requests)(number, &mut text);
            stream.write_all(&text)?;
            let status = loop {
                let length = stream.read(&mut bytes)?;
                if length == 0 {
                    return Err("a connection has ended".into());
                }
                if let Some(status) = response.take(&bytes[..length])? {
                    break status;
                }
            };
            self.check(status)?;
        }
        Ok(())
    }

    fn check(&self, status: u16) -> io::Result<()> {
        let wrong = || io::Error::other(format!("{} answers {status} instead of {}", self.address, self.status));
        (status == self.status).then_some(()).ok_or_else(wrong)
    }
}

const BUFFER: usize = 1 << 18;

/// One thread's share of the load.
struct Asker<'a> {
    load: &'a Load<'a>,
    poll: Poll,
    connections: Vec<Connection>,
    /// Which connections have nothing to do.
    idle: Vec<usize>,
    next: u64,
    text: Vec<u8>,
    bytes: Vec<u8>,
    seen: Seen,
}

struct Connection {
    stream: TcpStream,
    response: Response,
    due: Instant,
}

impl<'a> Asker<'a> {
    fn new(load: &'a Load<'a>, thread: usize) -> io::Result<Self> {
        let poll = Poll::new()?;
        let mut connections = Vec::new();
        for number in 0..(load.connections / load.threads).max(1) {
            let stream = std::net::TcpStream::connect(load.address)?;
            stream.set_nodelay(true)?;
            stream.set_nonblocking(true)?;
            let mut stream = TcpStream::from_std(stream);
            poll.registry().register(&mut stream, Token(number), Interest::READABLE)?;
            connections.push(Connection { stream, response: Response::default(), due: Instant::now() });
        }
        let (idle, bytes) = ((0..connections.len()).collect(), vec![0; BUFFER]);
        let next = load.from + thread as u64;
        Ok(Self { load, poll, connections, idle, next, text: Vec::new(), bytes, seen: Seen::default() })
    }

    fn run(mut self) -> io::Result<Seen> {
        let (start, mut events, mut steps) = (Instant::now(), Events::with_capacity(1024), 0_u32);
        let end = start + self.load.length;
        let step = self.load.rate.map(|rate| Duration::from_secs_f64(self.load.threads as f64 / rate));
        loop {
            let now = Instant::now();
            if now >= end {
                break;
            }
            while let Some(connection) = self.idle.pop() {
                let due = step.map_or(now, |step| start + step * steps);
                if due > now {
                    self.idle.push(connection);
                    break;
                }
                steps += 1;
                self.ask(connection, due)?;
            }
            // With a rate, it never sleeps: it would wake up too late.
            let wait = if step.is_some() { Duration::ZERO } else { end - now };
            self.poll.poll(&mut events, Some(wait))?;
            for event in &events {
                self.hear(event.token().0)?;
            }
        }
        self.seen.seconds = start.elapsed().as_secs_f64();
        Ok(self.seen)
    }

    fn ask(&mut self, connection: usize, due: Instant) -> io::Result<()> {
        self.text.clear();
        (self.load.requests)(self.next, &mut self.text);
        self.next += self.load.threads as u64;
        let connection = &mut self.connections[connection];
        connection.due = due;
        let mut rest = &self.text[..];
        while !rest.is_empty() {
            match connection.stream.write(rest) {
                Ok(written) => rest = &rest[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::yield_now(),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads what has come. Whatever it leaves there would not be told of again.
    fn hear(&mut self, number: usize) -> io::Result<()> {
        let connection = &mut self.connections[number];
        loop {
            let length = match connection.stream.read(&mut self.bytes) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            };
            self.seen.bytes += length as u64;
            if let Some(status) = connection.response.take(&self.bytes[..length])? {
                self.load.check(status)?;
                self.seen.answers += 1;
                let time = connection.due.elapsed().as_nanos();
                self.seen.times.push(u32::try_from(time).unwrap_or(u32::MAX));
                self.idle.push(number);
            }
            if length < self.bytes.len() {
                return Ok(());
            }
        }
    }
}
