//! The way of spans out of the program: a queue that never makes anybody wait, and a task that sends what is in it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use opentelemetry::Context;
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{Span, SpanData, SpanProcessor},
};
use tokio::{
    sync::{
        Notify,
        mpsc::{self, Receiver, Sender},
    },
    task::JoinHandle,
    time::timeout,
};

use super::{
    Traces,
    collector::{Collector, Unsent},
};

/// How many spans may wait; each has about a kilobyte.
const MOST: usize = 8192;
/// How many are sent together, and how long the first of them waits for others.
const BATCH: usize = 512;
const GATHERING: Duration = Duration::from_secs(1);
/// How long the program's end waits for it.
const LAST: Duration = Duration::from_secs(3);

/// What has become of this process's spans, for which there is one way out.
static SENT: AtomicU64 = AtomicU64::new(0);
static LOST: AtomicU64 = AtomicU64::new(0);

/// Where spans wait that have ended.
#[derive(Debug)]
pub(super) struct Queue {
    spans: Sender<SpanData>,
    lost: Arc<AtomicU64>,
}

/// What sends them.
#[derive(Debug)]
pub(super) struct Export {
    task: JoinHandle<()>,
    stop: Arc<Notify>,
}

impl Export {
    /// Begins to send whatever comes into the queue.
    pub(super) fn start(traces: &Traces, resource: &Resource) -> (Queue, Self) {
        let (sender, spans) = mpsc::channel(MOST);
        let (lost, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(Notify::new()));
        let collector = Collector::new(traces, resource);
        let task = tokio::spawn(send_all(spans, collector, Arc::clone(&lost), Arc::clone(&stop)));
        (Queue { spans: sender, lost }, Self { task, stop })
    }

    /// Sends what is in the queue, as far as there is time.
    pub(super) async fn finish(self) {
        self.stop.notify_one();
        if timeout(LAST, self.task).await.is_err() {
            tracing::warn!("the collector was too slow: the last spans are lost");
        }
    }
}

/// How many of this process's spans a collector has taken, and how many are lost.
#[must_use]
pub fn spans() -> (u64, u64) {
    (SENT.load(Ordering::Relaxed), LOST.load(Ordering::Relaxed))
}

impl SpanProcessor for Queue {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        // Whoever answers a request does not wait for a collector.
        if span.span_context.is_sampled() && self.spans.try_send(span).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

async fn send_all(mut spans: Receiver<SpanData>, collector: Collector, lost: Arc<AtomicU64>, stop: Arc<Notify>) {
    let mut health = Health::default();
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        tokio::select! {
            _ = gather(&mut spans, &mut batch) => {}
            // What is in the queue is still gathered.
            () = stop.notified() => spans.close(),
        }
        if batch.is_empty() {
            if spans.is_closed() && spans.is_empty() {
                return health.end(lost.swap(0, Ordering::Relaxed));
            }
            continue;
        }
        let count = batch.len() as u64;
        let sent = collector.send(std::mem::take(&mut batch)).await;
        let (unsent, dropped) = (*sent.as_ref().unwrap_or(&count), lost.swap(0, Ordering::Relaxed));
        SENT.fetch_add(count.saturating_sub(unsent), Ordering::Relaxed);
        LOST.fetch_add(unsent + dropped, Ordering::Relaxed);
        health.note(sent, dropped);
    }
}

/// Waits for spans, and then a while for more of them. What has come stays, whenever the waiting ends.
async fn gather(spans: &mut Receiver<SpanData>, batch: &mut Vec<SpanData>) {
    if batch.is_empty() && spans.recv_many(batch, BATCH).await == 0 {
        return;
    }
    let more = async {
        while batch.len() < BATCH {
            if spans.recv_many(batch, BATCH - batch.len()).await == 0 {
                return;
            }
        }
    };
    let _ = timeout(GATHERING, more).await;
}

/// How the sending goes. The log hears of a change, not of each failure.
#[derive(Default)]
struct Health {
    ails: bool,
    lost: u64,
}

impl Health {
    /// `sent`: how many of them the collector has not taken, or why it has taken none. `dropped`: how many found no place in the
    /// queue meanwhile.
    fn note(&mut self, sent: Result<u64, Unsent>, dropped: u64) {
        let (unsent, why) = match sent {
            Ok(rejected) => (rejected, (rejected > 0).then(|| "it rejects spans".to_owned())),
            Err(Unsent { spans, why }) => (spans, Some(why)),
        };
        let why = why.or_else(|| (dropped > 0).then(|| "it takes spans more slowly than they come".to_owned()));
        self.lost += unsent + dropped;
        match (why, self.ails) {
            (Some(why), false) => {
                self.ails = true;
                tracing::warn!(why, "the collector does not take every span: traces have gaps");
            }
            (None, true) => {
                tracing::info!(lost = self.lost, "the collector takes every span again");
                *self = Self::default();
            }
            (Some(_), true) | (None, false) => {}
        }
    }

    fn end(&self, dropped: u64) {
        let lost = self.lost + dropped;
        if lost > 0 {
            tracing::warn!(lost, "the collector has not taken every span");
        }
    }
}
