//! An upstream says anything of its rate limit, answer after answer, and is believed as far as that makes sense.
//!
//! An empty line stands between two answers; `Step` reads one.
#![no_main]

use std::time::Duration;

use bytes::Bytes;
use contact_gateway_fuzz::{
    INSTANCE, input,
    outcome::{LONGEST_WAIT, check},
};
use http::StatusCode;
use libfuzzer_sys::{Corpus, fuzz_target};
use providers::{
    Call, ErrorKind, LocalId, Rate,
    fuzzing::{periskope, rocketchat},
    upstream::{Answer, Budget, Exhausted, Limits, Permit, ResetUnit},
};
use tokio::time::{Instant, advance};

/// No window is believed to be longer than so many that are configured.
const LONGEST_WINDOW: u32 = 16;
/// What the budget adds for the clocks.
const GUARD: Duration = Duration::from_millis(25);

const UNLIMITED: Rate = Rate { calls: Rate::UNLIMITED, per: Duration::from_secs(60) };
/// What is configured, and the unit in which the upstream tells of its window's end.
const CONFIGURED: [(Rate, ResetUnit); 3] = [
    (Rate::per_seconds(10, 60), ResetUnit::Milliseconds),
    (Rate::per_seconds(10, 1), ResetUnit::Seconds),
    (UNLIMITED, ResetUnit::Seconds),
];

fuzz_target!(|input: &[u8]| -> Corpus {
    let lines: Vec<_> = input::lines(input).collect();
    let Some(steps) = lines.split(|line| line.is_empty()).map(Step::read).collect::<Option<Vec<_>>>() else {
        return Corpus::Reject;
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        for (rate, unit) in CONFIGURED {
            replay(&steps, rate, unit).await;
        }
    });
    Corpus::Keep
});

/// One call: after how many milliseconds, how many it takes, and the answer.
struct Step {
    pause: Duration,
    latency: Duration,
    answer: Answer,
}

impl Step {
    /// Reads a line such as `200 1500 80` (status, pause, latency) and the headers in the lines behind it.
    fn read(lines: &[&[u8]]) -> Option<Self> {
        let (first, headers) = lines.split_first()?;
        let mut numbers = std::str::from_utf8(first).ok()?.split(' ').map(str::parse::<u16>);
        let mut number = || numbers.next()?.ok();
        let (status, pause, latency) = (number()?, number()?, number()?);
        let headers = input::headers(headers.iter().copied());
        let answer = Answer::new(StatusCode::from_u16(status).ok()?, headers, Bytes::new());
        Some(Self { pause: milliseconds(pause), latency: milliseconds(latency), answer })
    }
}

fn milliseconds(number: u16) -> Duration {
    Duration::from_millis(number.into())
}

/// Makes the calls, as the one caller that there is.
async fn replay(steps: &[Step], rate: Rate, unit: ResetUnit) {
    let longest_turn = LONGEST_WAIT.max(rate.per * LONGEST_WINDOW) + GUARD;
    let budget = Budget::new(rate);
    let mut allowance = Allowance { rate, calls: rate.calls, sent: Vec::new() };
    for Step { pause, latency, answer } in steps {
        advance(*pause).await;
        let permit = match acquire(&budget).await {
            Ok(permit) => permit,
            Err(Exhausted { retry_after }) => {
                assert!(retry_after <= longest_turn, "absurd: {retry_after:?}");
                advance(retry_after).await;
                acquire(&budget).await.expect("the turn comes when it was told to come")
            }
        };
        allowance.send();
        advance(*latency).await;
        let limits = Limits::read(&answer.headers, unit);
        assert!(limits.limit != Some(0));
        permit.answered(&limits);
        allowance.learn(&limits);
        if let Some(wait) = refusal(answer, unit) {
            budget.refused(wait);
        }
    }
}

async fn acquire(budget: &Budget) -> Result<Permit<'_>, Exhausted> {
    budget.acquire(&Call::within(Duration::from_secs(2))).await
}

/// How long the provider's dialect says to wait, if the answer is a refusal.
fn refusal(answer: &Answer, unit: ResetUnit) -> Option<Duration> {
    let id = LocalId::parse("919537851844").expect("an id");
    let outcome = match unit {
        ResetUnit::Seconds => periskope(answer, &id, &INSTANCE),
        ResetUnit::Milliseconds => rocketchat(answer, &id, &INSTANCE).into_iter().next().expect("a modern server's"),
    };
    check(&outcome);
    outcome.err().filter(|error| error.kind() == ErrorKind::RateLimited).and_then(|error| error.retry_after())
}

/// The most that may be sent, by a reading of the headers that is simpler than the budget's and never stricter.
struct Allowance {
    rate: Rate,
    calls: u32,
    sent: Vec<Instant>,
}

impl Allowance {
    fn send(&mut self) {
        let now = Instant::now();
        self.sent.retain(|sent| now - *sent < self.rate.per);
        self.sent.push(now);
        assert!(self.sent.len() <= self.calls as usize, "{} calls in a window of {}", self.sent.len(), self.calls);
    }

    fn learn(&mut self, said: &Limits) {
        if said.reset_at.is_some() {
            // From now on windows may be learned to be shorter, and lengths are the budget's business.
            self.rate.per = Duration::ZERO;
        }
        if let Some(limit) = said.limit {
            if self.calls == Rate::UNLIMITED {
                // Nobody counts calls without a limit: only the one that told of it is known.
                self.sent.drain(..self.sent.len() - 1);
            }
            self.calls = limit.min(self.calls.saturating_add(1));
        }
    }
}
