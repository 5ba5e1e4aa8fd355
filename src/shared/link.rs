//! The connection to Redis: one for questions and messages, left alone by requests while it is not well.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwapOption;
use redis::{
    AsyncConnectionConfig, Client, ConnectionInfo, ErrorKind, FromRedisValue, PushInfo, RedisError, RedisResult,
    ScriptInvocation, aio::MultiplexedConnection,
};
use tokio::{
    sync::{Notify, mpsc},
    time::{Instant, timeout},
};

/// How long an answer to a caller waits for Redis. A Redis that was late is left alone for longer than this answer needs.
const PATIENCE: Duration = Duration::from_millis(50);
/// For how long nobody asks a Redis that was late, or refused: its trouble must not cost each request anew.
const REST: Duration = Duration::from_millis(100);
/// A Redis that has said nothing for so long is as good as gone.
pub(super) const SILENCE: Duration = Duration::from_millis(500);
/// How long a connection may take to come about.
const CONNECTING: Duration = Duration::from_secs(2);
/// The first version with scripts that say how they behave when memory is full.
const OLDEST: u32 = 7;

/// The connection to Redis, where there is one.
pub(super) struct Link {
    client: Client,
    line: ArcSwapOption<MultiplexedConnection>,
    began: Instant,
    /// In milliseconds since it began.
    rests_until: AtomicU64,
    unanswered: AtomicU64,
    broken: Notify,
}

/// A new connection.
pub(super) struct Line {
    pub(super) connection: MultiplexedConnection,
    /// Which process answers: another one may have forgotten something.
    pub(super) run: String,
    /// What comes without being asked for.
    pub(super) pushes: mpsc::UnboundedReceiver<PushInfo>,
}

impl Link {
    pub(super) fn new(info: ConnectionInfo) -> RedisResult<Self> {
        Ok(Self {
            client: Client::open(info)?,
            line: ArcSwapOption::empty(),
            began: Instant::now(),
            rests_until: AtomicU64::new(0),
            unanswered: AtomicU64::new(0),
            broken: Notify::new(),
        })
    }

    /// Connects.
    pub(super) async fn connect(&self) -> RedisResult<Line> {
        timeout(CONNECTING, self.reach()).await.unwrap_or_else(|_| Err(late()))
    }

    async fn reach(&self) -> RedisResult<Line> {
        let (send, pushes) = mpsc::unbounded_channel();
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECTING))
            .set_response_timeout(Some(SILENCE))
            .set_push_sender(send);
        let mut connection = self.client.get_multiplexed_async_connection_with_config(&config).await?;
        let server: String = redis::cmd("INFO").arg("server").query_async(&mut connection).await?;
        let said = |key: &str| server.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':')).map(str::trim);
        let major = said("redis_version").and_then(|version| version.split('.').next()?.parse::<u32>().ok());
        if major.is_none_or(|major| major < OLDEST) {
            return Err((ErrorKind::Client, "it is older than Redis 7").into());
        }
        let run = said("run_id").unwrap_or_default().to_owned();
        Ok(Line { connection, run, pushes })
    }

    /// Questions go this way from now on.
    pub(super) fn open(&self, line: &Line) {
        self.rests_until.store(0, Ordering::Relaxed);
        self.line.store(Some(Arc::new(line.connection.clone())));
    }

    /// There is no way for questions any more.
    pub(super) fn close(&self) {
        self.line.store(None);
    }

    /// Whether there is a way for questions.
    pub(super) fn is_open(&self) -> bool {
        self.line.load().is_some()
    }

    /// How many questions had no answer in time, or none that is one.
    pub(super) fn unanswered(&self) -> u64 {
        self.unanswered.load(Ordering::Relaxed)
    }

    /// Says that the connection is no good any more.
    pub(super) fn break_off(&self) {
        self.broken.notify_one();
    }

    /// Returns once somebody has said so.
    pub(super) async fn broken(&self) {
        self.broken.notified().await;
    }

    /// Asks on behalf of an answer that can do without. `None`: Redis has not answered in time, or not well, or is being left
    /// alone.
    pub(super) async fn ask<T: FromRedisValue>(&self, question: &ScriptInvocation<'_>) -> Option<T> {
        if self.rests() {
            return None;
        }
        let answer = self.send(PATIENCE, question).await;
        if answer.is_none() {
            self.rest();
        }
        answer
    }

    /// Asks for what must be known. `None`: Redis can't be asked; one that says nothing for long counts as lost.
    pub(super) async fn insist<T: FromRedisValue>(&self, question: &ScriptInvocation<'_>) -> Option<T> {
        let began = Instant::now();
        let answer = self.send(SILENCE, question).await;
        if answer.is_none() && began.elapsed() >= SILENCE {
            self.break_off();
        }
        answer
    }

    async fn send<T: FromRedisValue>(&self, limit: Duration, question: &ScriptInvocation<'_>) -> Option<T> {
        let mut connection = MultiplexedConnection::clone(self.line.load_full()?.as_ref());
        let answer = timeout(limit, question.invoke_async(&mut connection)).await;
        if !matches!(answer, Ok(Ok(_))) {
            self.unanswered.fetch_add(1, Ordering::Relaxed);
        }
        match answer.ok()? {
            Ok(answer) => Some(answer),
            Err(error) => {
                tracing::debug!(error = %kind(&error), "Redis has failed");
                if error.is_io_error() || error.is_unrecoverable_error() {
                    self.break_off();
                }
                None
            }
        }
    }

    fn rest(&self) {
        let until = (self.began.elapsed() + REST).as_millis();
        self.rests_until.fetch_max(u64::try_from(until).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn rests(&self) -> bool {
        self.began.elapsed().as_millis() < self.rests_until.load(Ordering::Relaxed).into()
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("is_open", &self.is_open()).finish_non_exhaustive()
    }
}

fn late() -> RedisError {
    std::io::Error::from(std::io::ErrorKind::TimedOut).into()
}

/// What kind of error it is: its words may repeat a key or a value.
pub(super) fn kind(error: &RedisError) -> String {
    match error.code() {
        Some("NOAUTH" | "WRONGPASS" | "NOPERM") => "it does not admit this user with this password".to_owned(),
        _ if error.kind() == ErrorKind::AuthenticationFailed => {
            "it does not admit this user with this password".to_owned()
        }
        _ if error.is_timeout() => "it does not answer in time".to_owned(),
        _ if error.is_io_error() => "it can't be reached".to_owned(),
        Some(code) => format!("{:?} ({code})", error.kind()),
        None => format!("{:?}", error.kind()),
    }
}
