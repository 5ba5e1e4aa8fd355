//! `contact-gateway openapi`

use std::{io::Write as _, process::ExitCode};

use super::fail;
use crate::api::openapi;

pub(super) fn run() -> ExitCode {
    match writeln!(std::io::stdout().lock(), "{:#}", openapi::document()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(error),
    }
}
