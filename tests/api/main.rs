//! The gateway as its callers see it: black box, over HTTP, with emulated upstreams.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should stop")]

mod batch;
mod breaker;
mod budget;
mod caching;
mod cli;
mod collector;
mod connections;
mod contacts;
mod described;
mod directives;
mod export;
mod failures;
mod forgetting;
mod forms;
mod ids;
mod keys;
mod lists;
mod logs;
mod look_ups;
mod metrics;
mod mutation;
mod openapi;
mod privacy;
mod program;
mod prometheus;
mod providers;
mod quota;
mod registration;
mod reload;
mod restrictions;
mod scrape;
mod site;
mod stale;
mod traces;
