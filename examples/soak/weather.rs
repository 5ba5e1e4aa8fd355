//! What goes wrong with the upstreams while the load goes on: comes by chance, and goes again.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use providers::emulator::Fault;
use tokio::time::{Instant, sleep, sleep_until};

use crate::{dice::Dice, world::Upstream};

/// One kind of trouble.
#[derive(Clone)]
enum Trouble {
    /// All answers are spoiled.
    Fault(Fault),
    /// Some are, and some not, in quick turns.
    Flapping(Fault),
    /// No answer comes until all come at once.
    Held,
    /// Nobody listens, and all connections are broken.
    Stopped,
}

/// The trouble that each upstream has at the moment, and how often it had which.
#[derive(Default)]
pub(crate) struct Weather {
    now: Mutex<BTreeMap<&'static str, String>>,
    had: Mutex<BTreeMap<String, u64>>,
}

impl Weather {
    /// Troubles an upstream until that time, and leaves it in order.
    pub(crate) async fn trouble(&self, upstream: &Upstream, mut dice: Dice, until: Instant) -> std::io::Result<()> {
        let (emulator, choice) = (&upstream.emulator, choice(upstream.kind));
        loop {
            sleep_until(until.min(Instant::now() + dice.time(500..4000))).await;
            if Instant::now() >= until {
                return Ok(());
            }
            let trouble = dice.pick(&choice).clone();
            *lock(&self.had).entry(trouble.to_string()).or_default() += 1;
            lock(&self.now).insert(upstream.name, trouble.to_string());
            let end = until.min(Instant::now() + dice.time(100..3000));
            match trouble {
                Trouble::Fault(fault) => {
                    emulator.set_fault(Some(fault));
                    sleep_until(end).await;
                }
                Trouble::Flapping(fault) => {
                    while Instant::now() < end {
                        emulator.set_fault(dice.chance(500).then(|| fault.clone()));
                        sleep(dice.time(1..20)).await;
                    }
                }
                Trouble::Held => {
                    emulator.hold();
                    sleep_until(end).await;
                    emulator.release();
                }
                Trouble::Stopped => {
                    emulator.stop().await;
                    sleep_until(end).await;
                    emulator.restart().await?;
                }
            }
            emulator.set_fault(None);
            lock(&self.now).remove(upstream.name);
        }
    }

    /// The trouble at the moment.
    pub(crate) fn now(&self) -> String {
        format!("{:?}", lock(&self.now))
    }

    /// How often there was which trouble.
    pub(crate) fn had(&self) -> BTreeMap<String, u64> {
        lock(&self.had).clone()
    }
}

/// Everything that an emulated server of this kind can have.
fn choice(kind: &str) -> Vec<Trouble> {
    let mut faults: Vec<_> = [204, 400, 401, 403, 404, 500, 502, 503, 504].map(Fault::Status).into();
    faults.extend([50, 400, 5000].map(|ms| Fault::Delay(Duration::from_millis(ms))));
    faults.extend([Fault::Reset, Fault::Truncate, Fault::Garbage, Fault::ContentType, Fault::Html, Fault::Redirect]);
    let answer = |status, body: &'static str| Fault::Answer {
        status,
        content_type: "application/json",
        body: bytes::Bytes::from_static(body.as_bytes()),
    };
    if kind == "rocketchat" {
        // A bare 429 would silence a route for a whole minute; this one says how long.
        let words = r#"{"success":false,"error":"You must wait 1 seconds before. [error-too-many-requests]"}"#;
        faults.push(answer(429, words));
        faults.push(answer(200, r#"{"success":true,"contact":{"_id":"somebody-else","name":"Somebody Else"}}"#));
    } else {
        faults.push(Fault::Status(429));
        faults.push(answer(200, r#"{"contact_id":"19999999999@c.us","contact_name":"Somebody Else"}"#));
    }
    let mut choice: Vec<_> = faults.iter().cloned().map(Trouble::Fault).collect();
    choice.extend(faults.into_iter().map(Trouble::Flapping));
    for _ in 0..5 {
        choice.extend([Trouble::Held, Trouble::Stopped]);
    }
    choice
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => fault.fmt(f),
            Self::Flapping(fault) => write!(f, "{fault}, flapping"),
            Self::Held => f.write_str("held"),
            Self::Stopped => f.write_str("stopped"),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
