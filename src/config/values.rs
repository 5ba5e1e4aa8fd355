//! The types that a value can have, each with the mistakes that people make in writing it.

use std::{ops::RangeInclusive, time::Duration};

use bytesize::ByteSize;
use config::ValueKind;

use super::reader::Table;

const DURATIONS: &str = "write a number and a unit in quotes, such as \"500ms\", \"60s\", \"10m\" or \"24h\"";
const SIZES: &str = "write a number and a unit in quotes, such as \"256MiB\"";

impl Table<'_> {
    /// A text with something in it. No mistake repeats it: it may be a secret.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        match self.take(key)?.kind {
            ValueKind::String(text) if text.trim().is_empty() => {
                self.mistake(key, "is empty", "give it a value, or remove it");
                None
            }
            ValueKind::String(text) => Some(text),
            _ => {
                self.mistake(key, "must be a text", "put its value in quotes");
                None
            }
        }
    }

    /// A text that has a meaning. A wrong one is repeated in the mistake: this is not for secrets.
    pub(super) fn parsed<T>(
        &mut self,
        key: &str,
        problem: &str,
        remedy: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(key)?;
        let value = parse(&text);
        if value.is_none() {
            self.mistake(key, format!("{text:?} {problem}"), remedy);
        }
        value
    }

    /// A length of time with its unit.
    pub(super) fn duration(&mut self, key: &str, range: RangeInclusive<Duration>) -> Option<Duration> {
        let parse = |text: &str| humantime::parse_duration(text).ok();
        let duration = self.measure(key, "is not a duration", DURATIONS, parse)?;
        if range.contains(&duration) {
            return Some(duration);
        }
        let [given, short, long] =
            [duration, *range.start(), *range.end()].map(|duration| humantime::format_duration(duration).to_string());
        self.mistake(key, format!("{given:?} is out of range"), format!("write at least {short:?}, at most {long:?}"));
        None
    }

    /// A number of bytes with its unit.
    pub(super) fn size(&mut self, key: &str, least: u64) -> Option<u64> {
        let size: ByteSize = self.measure(key, "is not a size", SIZES, |text| text.parse().ok())?;
        if size.as_u64() >= least {
            return Some(size.as_u64());
        }
        self.mistake(key, format!("{size} is too little"), format!("write at least {}", ByteSize::b(least)));
        None
    }

    /// A whole number; from the environment it comes as a text.
    pub(super) fn integer(&mut self, key: &str, range: RangeInclusive<u64>) -> Option<u64> {
        let kind = self.take(key)?.kind;
        let number = match &kind {
            ValueKind::I64(number) => u64::try_from(*number).ok(),
            ValueKind::String(text) => text.parse().ok(),
            _ => None,
        };
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let remedy = format!("write a whole number from {} to {}", range.start(), range.end());
            self.mistake(key, format!("{} is no number that can stand here", quoted(&kind)), remedy);
        }
        number
    }

    /// A part of something, from 0 to 1; from the environment it comes as a text.
    pub(super) fn part(&mut self, key: &str) -> Option<f64> {
        let kind = self.take(key)?.kind;
        let part = match &kind {
            ValueKind::Float(number) => Some(*number),
            ValueKind::I64(0) => Some(0.0),
            ValueKind::I64(1) => Some(1.0),
            ValueKind::String(text) => text.parse().ok(),
            _ => None,
        };
        let part = part.filter(|part| (0.0..=1.0).contains(part));
        if part.is_none() {
            let problem = format!("{} is no part of a whole", quoted(&kind));
            self.mistake(key, problem, "write a number from 0 (none) to 1 (all), such as 0.01");
        }
        part
    }

    /// `true` or `false`; from the environment it comes as a text.
    pub(super) fn boolean(&mut self, key: &str) -> Option<bool> {
        let kind = self.take(key)?.kind;
        let flag = match &kind {
            ValueKind::Boolean(flag) => Some(*flag),
            ValueKind::String(text) => text.parse().ok(),
            _ => None,
        };
        if flag.is_none() {
            self.mistake(key, format!("{} is neither true nor false", quoted(&kind)), "write true or false");
        }
        flag
    }

    fn measure<T>(
        &mut self,
        key: &str,
        problem: &str,
        remedy: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        // The libraries read a bare `0`, and bare bytes. A unit that is needed only sometimes is a trap.
        let number = self.peek(key).and_then(bare_number);
        if let Some(number) = number {
            self.take(key);
            self.mistake(key, format!("{number} has no unit"), remedy);
            return None;
        }
        self.parsed(key, problem, remedy, parse)
    }
}

fn bare_number(kind: &ValueKind) -> Option<String> {
    match kind {
        ValueKind::I64(number) => Some(number.to_string()),
        ValueKind::Float(number) => Some(number.to_string()),
        ValueKind::String(text) if text.trim().parse::<f64>().is_ok() => Some(text.trim().to_owned()),
        _ => None,
    }
}

fn quoted(kind: &ValueKind) -> String {
    match kind {
        ValueKind::String(text) => format!("{text:?}"),
        ValueKind::Table(_) => "a table".to_owned(),
        ValueKind::Array(_) => "a list".to_owned(),
        other => other.to_string(),
    }
}
