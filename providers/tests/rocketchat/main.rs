//! What is peculiar to Rocket.Chat, and to each of its two APIs.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should stop")]

mod changes;
mod finding;
mod generation;
mod hook;
mod lists;
mod registering;
mod site;
#[path = "../support/mod.rs"]
mod support;
