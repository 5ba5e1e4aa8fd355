//! The gateway among faults: the real program, real sockets and real TLS, and everything that can go wrong behind it.
//!
//! A fault is one row in `rows.rs`. What must hold for each of them stands in `promises.rs`.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should stop")]

mod answer;
mod bomb;
mod callers;
mod certificates;
mod exchange;
mod fault;
mod gateway;
mod promises;
mod proxy;
mod row;
mod rows;
mod scene;
mod stale;
mod stopping;

use libtest_mimic::{Arguments, Failed, Trial};

/// More than there are processors, because a fault is mostly waited for; but not so many that a machine with two of them takes
/// longer over what is not to be waited for than the time limits of the scene allow.
const AT_ONCE: usize = 8;

fn main() {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    let mut trials: Vec<_> = rows::ROWS.iter().map(|row| trial(row.name, || promises::check(row))).collect();
    trials.extend([
        trial("a process that is asked to stop finishes what is in flight", stopping::in_order),
        trial(
            "a process that is asked to stop ends a connection that is asked over without a pause",
            stopping::under_hits,
        ),
        trial("a process that was killed under load is replaced without a storm", stopping::without),
        trial("a caller that sends a byte per second is cut off", callers::slow_head),
        trial("a caller whose headers do not end is refused", callers::huge_head),
        trial("a caller whose body does not end is bounded", callers::endless_body),
        trial("a caller that reads no answers holds nobody up", callers::no_reader),
        trial("a connection that is asked over is not silent, and a silent one is ended", callers::busy_for_long),
    ]);
    libtest_mimic::run(&arguments, trials).exit();
}

fn trial<T: Future<Output = ()>>(name: &str, test: impl FnOnce() -> T + Send + 'static) -> Trial {
    Trial::test(name, move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.map_err(Failed::from)?.block_on(test());
        Ok(())
    })
}
