//! The pages as people meet them: the real program, in Chromium, over WebDriver.
//!
//! Chromium and its driver are Debian's, which `make test` installs; the checker of accessibility comes from npm, in the version
//! that `package-lock.json` pins, and is installed below `target/`. Pictures of every view lie in `target/tmp/screenshots` afterwards.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should stop")]

mod axe;
mod browser;
mod contacts;
mod description;
mod driver;
mod failures;
#[path = "../faults/gateway.rs"]
#[expect(dead_code, reason = "the fault matrix needs more of it")]
mod gateway;
mod hostile;
mod keyboard;
mod keys;
mod overview;
mod stage;
mod themes;
mod views;
