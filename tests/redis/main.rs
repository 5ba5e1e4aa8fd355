//! Several gateways that act as one, over a real Redis that is also killed, frozen, filled, slowed down and cut off.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should stop")]

mod budget;
mod check;
mod coalescing;
mod fleet;
mod gateway;
mod load;
mod news;
mod pages;
mod proxy;
mod redis;
mod registration;
mod tls;
mod trouble;
