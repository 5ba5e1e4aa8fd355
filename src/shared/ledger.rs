//! The calls of all gateways to one route of one account, counted in Redis, and this gateway's own beside it.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use parking_lot::Mutex;
use providers::{
    Ledger, Priority, Rate,
    upstream::{Ended, Entry, Learned, Word},
};
use redis::ScriptInvocation;
use tokio::{runtime::Handle, time::Instant};

use super::{
    link::Link,
    members::{ABSENT, FORGOTTEN, Members},
    micros, scripts,
};

/// For how much longer than a window calls are remembered here, for the clocks' granularity.
const LONGER: Duration = Duration::from_secs(1);

/// The calls of all gateways to one route of one account.
pub(super) struct Count {
    link: Arc<Link>,
    members: Arc<Members>,
    runtime: Handle,
    calls: String,
    book: String,
    own: Mutex<Own>,
}

/// This gateway's calls that may still count, for a Redis that does not know of them.
#[derive(Default)]
struct Own {
    /// Whether Redis can't be asked.
    is_alone: bool,
    next: u64,
    calls: BTreeMap<u64, OwnCall>,
    /// The longest window that they may have to count for.
    window: Duration,
    /// The epoch in which Redis has heard of them.
    epoch: Arc<str>,
}

struct OwnCall {
    /// When it will have reached the upstream at the latest.
    reached: Instant,
    is_under_way: bool,
}

impl Count {
    pub(super) fn new(link: &Arc<Link>, members: &Arc<Members>, runtime: Handle, name: &str, is_alone: bool) -> Self {
        let (calls, book) = (members.key(&format!("calls:{name}")), members.key(&format!("book:{name}")));
        let own = Mutex::new(Own { is_alone, ..Own::default() });
        Self { link: Arc::clone(link), members: Arc::clone(members), runtime, calls, book, own }
    }

    /// Redis can't be asked any more.
    pub(super) fn lose(&self) {
        self.own.lock().is_alone = true;
    }

    /// No call is made from now on without asking Redis. Returns whether some may still count.
    pub(super) fn rejoin(&self) -> bool {
        let mut own = self.own.lock();
        own.is_alone = false;
        own.forget(Instant::now());
        !own.calls.is_empty()
    }

    /// What tells Redis of the calls that it may not know of; `None` if there are none.
    pub(super) fn report(&self, epoch: &Arc<str>) -> Option<ScriptInvocation<'static>> {
        let (now, mut own) = (Instant::now(), self.own.lock());
        if own.calls.is_empty() {
            return None;
        }
        own.epoch = Arc::clone(epoch);
        let mut question = scripts::REPORT.key(self.members.key("epoch"));
        question.key(&self.calls).arg(&**epoch).arg(marker(epoch));
        for (number, call) in &own.calls {
            question.arg(self.name(*number)).arg(ago(call.reached, now));
        }
        Some(question)
    }

    fn settle(&self, number: Option<u64>, wait: Duration, ended: &Ended) {
        let epoch = self.members.epoch();
        let reached = ended.reached.map_or_else(String::new, |reached| ago(reached, Instant::now()).to_string());
        let mut question = scripts::SETTLE.key(self.members.key("epoch"));
        question.key(&self.calls).key(&self.book).arg(&*epoch);
        question.arg(number.map_or_else(String::new, |number| self.name(number))).arg(reached);
        question.arg(ended.rate.calls).arg(micros(ended.rate.per)).arg(micros(wait));
        match ended.counted {
            Some((used, left)) => question.arg(used).arg(micros(left)),
            None => question.arg("").arg(0),
        };
        for (calls, window) in ended.learned.iter().flat_map(|learned| [learned.before, learned.after]) {
            question.arg(calls).arg(micros(window));
        }
        let link = Arc::clone(&self.link);
        self.runtime.spawn(async move { link.insist::<()>(&question).await });
    }

    fn name(&self, number: u64) -> String {
        format!("{}:{number}", self.members.gateway)
    }
}

#[async_trait]
impl Ledger for Count {
    async fn begin(&self, entry: Entry) -> Option<Word> {
        if !self.link.is_open() {
            return None;
        }
        let epoch = self.members.epoch();
        let (number, is_known) = {
            let mut own = self.own.lock();
            own.window = own.window.max(entry.rate.per);
            (own.begin(entry.longest), own.epoch == epoch)
        };
        let mut pending = Pending { count: self, number, rate: entry.rate, is_granted: None };
        let mut question = scripts::BEGIN.key(self.members.key("epoch"));
        question.key(self.members.key("gateways")).key(self.members.key("seen")).key(&self.calls).key(&self.book);
        question.arg(&*epoch).arg(marker(&epoch)).arg(u8::from(is_known)).arg(self.name(number));
        question.arg(entry.rate.calls).arg(micros(entry.rate.per)).arg(micros(entry.longest));
        question.arg(if entry.priority == Priority::Live { "live" } else { "batch" }).arg(u8::from(entry.is_own));
        question.arg(micros(ABSENT)).arg(micros(FORGOTTEN));
        let answer = self.link.insist::<Vec<u64>>(&question).await?;
        let [granted, wait, is_whole, calls, window, used] = answer[..] else {
            // It has forgotten something.
            self.link.break_off();
            return None;
        };
        pending.is_granted = Some(granted == 1);
        let limit = (u32::try_from(calls).unwrap_or(u32::MAX), Duration::from_micros(window));
        {
            let mut own = self.own.lock();
            (own.epoch, own.window) = (epoch, own.window.max(limit.1));
        }
        let turn = if granted == 1 { Ok(number) } else { Err(Duration::from_micros(wait)) };
        Some(Word { turn, is_whole: is_whole == 1, limit, used: u32::try_from(used).unwrap_or(u32::MAX) })
    }

    fn begin_alone(&self, longest: Duration) -> Option<u64> {
        let mut own = self.own.lock();
        own.is_alone.then(|| own.begin(longest))
    }

    fn end(&self, number: u64, ended: Ended) {
        self.own.lock().end(number, ended.reached);
        self.settle(Some(number), Duration::ZERO, &ended);
    }

    fn pause(&self, rate: Rate, wait: Duration, learned: Learned) {
        self.settle(None, wait, &Ended { rate, reached: None, learned: Some(learned), counted: None });
    }

    fn unknown_until(&self) -> Option<Instant> {
        self.members.unknown_until()
    }

    fn share(&self, calls: u32) -> u32 {
        calls / self.members.gateways()
    }
}

impl fmt::Debug for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Count").field("calls", &self.calls).finish_non_exhaustive()
    }
}

impl Own {
    fn begin(&mut self, longest: Duration) -> u64 {
        let now = Instant::now();
        self.forget(now);
        self.next += 1;
        self.calls.insert(self.next, OwnCall { reached: now + longest, is_under_way: true });
        self.next
    }

    fn end(&mut self, number: u64, reached: Option<Instant>) {
        match (self.calls.get_mut(&number), reached) {
            (Some(call), Some(reached)) => *call = OwnCall { reached, is_under_way: false },
            _ => drop(self.calls.remove(&number)),
        }
    }

    /// Forgets what counts no more.
    fn forget(&mut self, now: Instant) {
        while let Some(first) = self.calls.first_entry()
            && !first.get().is_under_way
            && first.get().reached + self.window + LONGER < now
        {
            first.remove();
        }
    }
}

/// A question to which there is no answer yet.
struct Pending<'a> {
    count: &'a Count,
    number: u64,
    rate: Rate,
    is_granted: Option<bool>,
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        match self.is_granted {
            Some(true) => {}
            Some(false) => self.count.own.lock().end(self.number, None),
            // If there is the right after all, nobody uses it.
            None => self.count.end(self.number, Ended { rate: self.rate, reached: None, learned: None, counted: None }),
        }
    }
}

/// What stands among the calls for as long as none of them is lost.
fn marker(epoch: &str) -> String {
    format!("epoch {epoch}")
}

/// How long ago something was, in microseconds; less than nothing for what is yet to come.
fn ago(then: Instant, now: Instant) -> i64 {
    let signed = |time: Duration| i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
    signed(now.saturating_duration_since(then)) - signed(then.saturating_duration_since(now))
}
