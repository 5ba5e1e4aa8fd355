//! What every provider must do: one test for each promise of `ContactProvider` and each server that can be emulated.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should stop")]

#[macro_use]
mod subject;
mod failing;
mod finding;
mod hearing;
mod limits;
mod listing;
mod moving;
mod reading;
mod registering;
mod since;
#[path = "../support/mod.rs"]
mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use providers::{KINDS, Kind, emulator::Emulation};

use crate::subject::{Promise, Subject};

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for kind in KINDS {
        for emulation in kind.emulations {
            let promises = promises().into_iter().filter(|promise| (promise.concerns)(&kind.capabilities));
            trials.extend(promises.map(|promise| trial(kind, emulation, promise)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn trial(kind: &'static Kind, emulation: &'static Emulation, promise: Promise) -> Trial {
    Trial::test(format!("{}: {}", emulation.instance, promise.words), move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.map_err(Failed::from)?.block_on(async {
            (promise.check)(Subject::new(kind, emulation).await).await;
        });
        Ok(())
    })
}

fn promises() -> Vec<Promise> {
    [
        reading::promises(),
        failing::promises(),
        limits::promises(),
        finding::promises(),
        listing::promises(),
        moving::promises(),
        since::promises(),
        registering::promises(),
        hearing::promises(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
