//! The gateway as its callers see it: black box, over HTTP, with emulated upstreams.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should stop")]

mod breaker;
mod budget;
mod caching;
mod cli;
mod contacts;
mod directives;
mod failures;
mod forms;
mod ids;
mod mutation;
mod site;
mod stale;
