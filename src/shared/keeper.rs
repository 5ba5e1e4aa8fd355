//! Keeping the connection to Redis: connecting, joining the others, and starting anew when it is lost.

use std::{sync::Arc, time::Duration};

use redis::{ErrorKind, PushInfo, PushKind, RedisError, RedisResult, Value, aio::MultiplexedConnection};
use tokio::time::{interval, sleep, timeout};

use super::{
    Shared, State,
    link::{self, Line, SILENCE},
    members::{ABSENT, BEAT, FORGOTTEN, STALE},
    micros,
    news::Message,
    scripts,
};

/// The pauses between attempts to connect.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

impl Shared {
    /// Connects, and connects again whenever the connection is lost.
    pub(super) async fn keep(self: Arc<Self>) {
        let (mut pause, mut is_told) = (SHORTEST_PAUSE, false);
        loop {
            match self.link.connect().await {
                Ok(line) => match self.serve(line).await {
                    Ok(()) => (pause, is_told) = (SHORTEST_PAUSE, true),
                    Err(error) => tell(&error, &mut is_told),
                },
                Err(error) => tell(&error, &mut is_told),
            }
            self.state.send_if_modified(|state| std::mem::replace(state, State::Down) != State::Down);
            // Many gateways lose one Redis at the same moment.
            sleep(pause.mul_f64(0.5 + fastrand::f64())).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Uses a connection for as long as it lasts. An error: it could not be used at all.
    async fn serve(self: &Arc<Self>, mut line: Line) -> RedisResult<()> {
        let joined = self.join(&mut line).await;
        if joined.is_ok() {
            tracing::info!("connected to Redis");
            self.link.open(&line);
            self.state.send_replace(State::Up);
            // Whatever happened while nobody listened has not been heard.
            self.doubt();
            self.catch_up();
            self.hold(&mut line).await;
            self.state.send_replace(State::Down);
            self.link.close();
            self.members.lose();
            self.doubt();
            tracing::warn!("the connection to Redis is lost: this gateway goes on alone");
        }
        self.budgets.lock().lose();
        joined
    }

    /// Tells Redis of every call that may still count, and then that this gateway is there.
    async fn join(&self, line: &mut Line) -> RedisResult<()> {
        let (counts, has_called) = self.budgets.lock().rejoin();
        let name = uuid::Uuid::new_v4().simple().to_string();
        let mut question = scripts::JOIN.key(self.members.key("epoch"));
        question.key(self.members.key("gateways")).key(self.members.key("seen"));
        question.arg(&line.run).arg(name).arg(self.members.at_least(has_called));
        let (epoch, time): (String, u64) = question.invoke_async(&mut line.connection).await?;
        self.members.enter(&epoch, time);
        let epoch = self.members.epoch();
        for report in counts.iter().filter_map(|count| count.report(&epoch)) {
            let _: u8 = report.invoke_async(&mut line.connection).await?;
        }
        line.connection.subscribe(self.channel()).await?;
        let beat = self.beat(&mut line.connection).await;
        if beat.is_err() {
            // The others may take it to be there.
            self.members.lose();
        }
        if beat? { Ok(()) } else { Err(forgetful()) }
    }

    /// Tells Redis that this gateway is there. False if Redis has forgotten something.
    async fn beat(&self, connection: &mut MultiplexedConnection) -> RedisResult<bool> {
        let mut question = scripts::BEAT.key(self.members.key("epoch"));
        question.key(self.members.key("gateways")).key(self.members.key("seen"));
        question.arg(&*self.members.epoch()).arg(&self.members.gateway).arg(self.members.time());
        question.arg(micros(STALE)).arg(micros(ABSENT)).arg(micros(FORGOTTEN));
        let (gateways, time): (u32, u64) = question.invoke_async(connection).await?;
        if gateways > 0 {
            self.members.count(gateways, time);
        }
        Ok(gateways > 0)
    }

    /// Returns once the connection is lost.
    async fn hold(self: &Arc<Self>, line: &mut Line) {
        let mut beats = interval(BEAT);
        loop {
            tokio::select! {
                pushed = line.pushes.recv() => match pushed {
                    Some(PushInfo { kind: PushKind::Disconnection, .. }) | None => return,
                    Some(PushInfo { kind: PushKind::Message, data }) => {
                        if let Some(Value::BulkString(text)) = data.get(1)
                            && let Some(message) = Message::read(text)
                        {
                            self.hear(&message);
                        }
                    }
                    Some(_) => {}
                },
                () = self.link.broken() => return,
                _ = beats.tick() => {
                    let beat = timeout(SILENCE, self.beat(&mut line.connection)).await;
                    if !matches!(beat, Ok(Ok(true))) {
                        return;
                    }
                }
            }
        }
    }
}

fn forgetful() -> RedisError {
    (ErrorKind::Client, "it forgets").into()
}

fn tell(error: &RedisError, is_told: &mut bool) {
    if !std::mem::replace(is_told, true) {
        tracing::warn!(error = %link::kind(error), "Redis can't be used: this gateway goes on alone");
    }
}
