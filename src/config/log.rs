//! `[log]`: what stands in the log.

use std::time::Duration;

use tracing_subscriber::filter::LevelFilter;

use super::reader::Table;
use crate::telemetry::{Format, Ids, Lines, Log};

const LONGEST: Duration = Duration::from_secs(10 * 60);

pub(super) fn read(mut table: Table<'_>) -> Option<Log> {
    let formats = "write \"text\" or \"json\"";
    table.require("format", formats);
    let format = table.parsed("format", "is no format", formats, |text| match text {
        "text" => Some(Format::Text),
        "json" => Some(Format::Json),
        _ => None,
    });
    let levels = "write \"error\", \"warn\", \"info\", \"debug\" or \"off\"";
    table.require("level", levels);
    let level = table.parsed("level", "is no level", levels, |text| match text {
        "error" => Some(LevelFilter::ERROR),
        "warn" => Some(LevelFilter::WARN),
        "info" => Some(LevelFilter::INFO),
        "debug" => Some(LevelFilter::DEBUG),
        "off" => Some(LevelFilter::OFF),
        _ => None,
    });
    table.require("slow", "write a duration such as \"2s\"");
    let slow = table.duration("slow", Duration::ZERO..=LONGEST);
    table.require("sample", "write a number from 0 (none) to 1 (all)");
    let sample = table.part("sample");
    let looks = "write \"hashed\" or \"plain\"";
    table.require("ids", looks);
    let ids = table.parsed("ids", "is no way to show ids", looks, |text| match text {
        "hashed" => Some(Ids::Hashed),
        "plain" => Some(Ids::Plain),
        _ => None,
    });
    table.finish();
    Some(Log { format: format?, level: level?, ids: ids?, lines: Lines { slow: slow?, sample: sample? } })
}
