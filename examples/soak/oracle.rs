//! Whether an answer is right.

use std::time::Duration;

use contact_gateway::{
    api::Code,
    gateway::{Ages, Demand},
};
use serde_json::Value;

use crate::{
    cache_status::{CacheStatus, Source},
    catalogue::{Entry, Known},
    connection::Reply,
    question::{Expected, Question},
};

/// What every answer is held to.
#[derive(Clone, Copy)]
pub(crate) struct Oracle {
    /// The longest that an answer may take.
    pub(crate) latest: Duration,
    /// How long the instances' answers hold.
    pub(crate) ages: Ages,
    /// What may become of a question that a provider has to be asked: status and code.
    pub(crate) troubles: &'static [(u16, &'static str)],
}

/// What a page of one kind may be used for.
struct Holds {
    fresh: Duration,
    /// Beyond that, where the caller doesn't say how long.
    stale: Duration,
    /// Where the provider can't answer.
    at_most: Duration,
}

impl Oracle {
    /// The problem's code, if it is one and the answer is right. `entry` is what was known of the contact's page before
    /// the question was sent.
    ///
    /// # Errors
    /// What is wrong with the answer.
    pub(crate) fn judge(
        self,
        question: &Question,
        entry: Entry,
        reply: &Reply,
        took: Duration,
    ) -> Result<Option<String>, String> {
        if took > self.latest {
            return Err(format!("{} after {took:?}", reply.status));
        }
        if reply.header("x-request-id").is_none_or(str::is_empty) {
            return Err("no request id".to_owned());
        }
        match (&question.expected, reply.status) {
            (Expected::Contact(known), 200) => {
                body(known, reply)?;
                self.found(question, entry, reply, took).map(|()| None)
            }
            (Expected::Unchanged(known), 304) if reply.header("etag") == Some(&known.etag) => {
                self.found(question, entry, reply, took).map(|()| None)
            }
            (_, 200..400) => Err(format!("{} with {}", reply.status, excerpt(reply))),
            (expected, status) => {
                let (code, document) = problem(reply)?;
                let named = (status, &*code);
                match expected {
                    Expected::Absent if named == (404, "contact-not-found") => self.absent(question, reply, took)?,
                    Expected::Refusal(status, code) if named == (*status, *code) => {}
                    Expected::Refusal(..) => return Err(format!("{status} {code}")),
                    _ if question.demand.only_if_cached && named == (504, "not-cached") => {}
                    // Nobody was asked, so that nobody can have failed.
                    _ if question.demand.only_if_cached => return Err(format!("{status} {code} for only-if-cached")),
                    _ if self.troubles.contains(&named) => blames(question, &code, &document)?,
                    _ => return Err(format!("{status} {code}")),
                }
                let is_contact = matches!(expected, Expected::Contact(_) | Expected::Unchanged(_));
                if is_contact && self.must(question).is_some_and(|limit| entry.is_younger(limit)) {
                    return Err(format!("{status} {code} instead of the contact in memory"));
                }
                Ok(Some(code))
            }
        }
    }

    /// Up to which age a page in memory must be answered with, whatever the provider does.
    fn must(self, question: &Question) -> Option<Duration> {
        let (holds, demand) = (self.contacts(), &question.demand);
        match demand {
            Demand { only_if_cached: true, no_cache: true, .. } => None,
            Demand { only_if_cached: true, .. } => Some(holds.accepted(demand)),
            _ => Some(holds.at_most),
        }
    }

    /// What is said of the age and origin of a contact.
    fn found(self, question: &Question, entry: Entry, reply: &Reply, took: Duration) -> Result<(), String> {
        let status = self.page(&self.contacts(), question, reply, took)?;
        if status.source == Source::Asked("uri-miss") && entry.is_younger(self.contacts().at_most) {
            return Err("asked for, and not known to be in memory".to_owned());
        }
        if matches!(status.source, Source::Asked(_)) && !status.stored && status.detail.is_none() {
            return Err("an answer that is not stored".to_owned());
        }
        Ok(())
    }

    /// What is said of the age and origin of a provider's word that there is no such contact.
    fn absent(self, question: &Question, reply: &Reply, took: Duration) -> Result<(), String> {
        let holds = Holds { fresh: self.ages.absent, stale: Duration::ZERO, at_most: self.ages.absent };
        let status = self.page(&holds, question, reply, took)?;
        if status.detail.is_some() {
            return Err("a failure told as absence".to_owned());
        }
        Ok(())
    }

    fn contacts(self) -> Holds {
        let Ages { fresh, stale, stale_if_error, .. } = self.ages;
        Holds { fresh, stale, at_most: (fresh + stale).max(stale_if_error) }
    }

    /// Whether this page may be the answer to this demand: the table of ages, read backwards. An answer is given `took`
    /// after it was decided on, at most, and has become older by that.
    fn page(self, holds: &Holds, question: &Question, reply: &Reply, took: Duration) -> Result<CacheStatus, String> {
        let said = reply.header("cache-status").ok_or("no Cache-Status")?;
        let wrong = |what: &str| format!("{what}: {said}, age {}", reply.header("age").unwrap_or("unknown"));
        let status = CacheStatus::parse(said).ok_or_else(|| wrong("unreadable"))?;
        let age = reply.header("age").and_then(|age| age.parse::<u64>().ok()).ok_or_else(|| wrong("no age"))?;
        let left = reply.header("cache-control").and_then(|said| said.strip_prefix("private, max-age="));
        let left = left.and_then(|left| left.parse::<u64>().ok());
        if left.is_none_or(|left| left > 0 && age + left >= holds.fresh.as_secs()) {
            return Err(wrong("the wrong Cache-Control"));
        }
        if status.detail.as_ref().is_some_and(|detail| !self.troubles.iter().any(|(_, code)| code == detail)) {
            return Err(wrong("a strange detail"));
        }
        let (demand, age_is) = (&question.demand, Duration::from_secs(age));
        // When it was decided on, it was `age_is` old less `took`, or older; and less old than a second more than `age_is`.
        let at_most = |limit: Duration| age_is <= limit.saturating_add(took);
        let at_least = |limit: Duration| age_is + Duration::from_secs(1) > limit;
        let in_time = match (&status.source, status.detail.is_some()) {
            (Source::Memory(_), _) if demand.no_cache => false,
            (Source::Memory(_), _) if demand.max_age.is_some_and(|most| !at_most(most)) => false,
            (Source::Memory(ttl @ 0..), false) => age + ttl.unsigned_abs() < holds.fresh.as_secs(),
            (Source::Memory(0..), true) => false,
            (Source::Memory(ttl), failed) => {
                let stale = (age + 1).saturating_sub(holds.fresh.as_secs());
                let limit = if failed { holds.at_most } else { holds.accepted(demand) };
                (stale..=stale + 1).contains(&ttl.unsigned_abs()) && at_most(limit)
            }
            (Source::Asked(_), _) if demand.only_if_cached => false,
            (Source::Asked("request"), _) if !demand.no_cache && demand.max_age.is_none() => false,
            (Source::Asked(_), false) => at_most(Duration::ZERO),
            (Source::Asked(_), true) if status.stored => false,
            (Source::Asked("request"), true) => at_most(holds.fresh),
            (Source::Asked("stale"), true) => {
                at_most(holds.at_most) && at_least(holds.fresh) && (demand.no_cache || at_least(holds.accepted(demand)))
            }
            (Source::Asked(_), true) => false,
        };
        if in_time { Ok(status) } else { Err(wrong("not what the caller should be given")) }
    }
}

impl Holds {
    /// The oldest that is answered without the provider.
    fn accepted(&self, demand: &Demand) -> Duration {
        let limit = self.fresh.saturating_add(demand.max_stale.unwrap_or(self.stale));
        limit.min(demand.max_age.unwrap_or(Duration::MAX)).min(self.at_most)
    }
}

fn body(known: &Known, reply: &Reply) -> Result<(), String> {
    if reply.body != known.body {
        return Err(format!("200 with another body: {}", excerpt(reply)));
    }
    if reply.header("etag") != Some(&known.etag) || reply.header("content-type") != Some("application/json") {
        return Err("200 with the wrong entity tag or content type".to_owned());
    }
    Ok(())
}

/// Whether a provider's failure is put down to one that was asked.
fn blames(question: &Question, code: &str, document: &Value) -> Result<(), String> {
    let origin = if code == "overloaded" { "gateway" } else { "provider" };
    let provider = document["provider"].as_str();
    let is_asked = provider.is_some_and(|name| question.instance.is_none_or(|asked| asked == name));
    if document["origin"] != origin || !is_asked {
        return Err(format!("{code} of {} {}", document["origin"], document["provider"]));
    }
    Ok(())
}

/// The code of a problem that is whole, and the problem.
fn problem(reply: &Reply) -> Result<(String, Value), String> {
    let wrong = |what: &str| format!("{} whose {what} is wrong: {}", reply.status, excerpt(reply));
    if reply.header("content-type") != Some("application/problem+json") {
        return Err(wrong("content type"));
    }
    let document: Value = serde_json::from_slice(&reply.body).map_err(|_| wrong("JSON"))?;
    let code = document["code"].as_str().filter(|code| Code::named(code).is_some()).ok_or_else(|| wrong("code"))?;
    if document["status"] != reply.status || !document["retryable"].is_boolean() {
        return Err(wrong("status or retryability"));
    }
    if document["request_id"].as_str() != reply.header("x-request-id") {
        return Err(wrong("request id"));
    }
    let wait = reply.header("retry-after").map(|wait| wait.parse::<u64>().ok());
    if wait.is_some_and(|wait| wait.is_none_or(|seconds| seconds == 0))
        || (wait.is_none() && ["provider-rate-limited", "overloaded"].contains(&code))
    {
        return Err(wrong("Retry-After"));
    }
    let code = code.to_owned();
    Ok((code, document))
}

fn excerpt(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.body).chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::ANY;

    const SECOND: Duration = Duration::from_secs(1);
    const ORACLE: Oracle = Oracle {
        latest: SECOND,
        ages: Ages {
            fresh: SECOND,
            stale: Duration::from_secs(3),
            stale_if_error: Duration::from_secs(30),
            absent: SECOND,
        },
        troubles: &[(502, "provider-unavailable")],
    };

    /// Whether a contact of this age may be answered with so, at once.
    fn is_right(demand: Demand, age: u64, said: &str) -> bool {
        let mut question = Question::absent(None, "1");
        question.demand = demand;
        let head =
            format!("Age: {age}\r\nCache-Control: private, max-age=0\r\nCache-Status: contact-gateway; {said}\r\n");
        ORACLE.page(&ORACLE.contacts(), &question, &Reply::new(200, head), Duration::from_millis(1)).is_ok()
    }

    #[test]
    fn memory_answers_for_as_long_as_the_ages_say() {
        assert!(is_right(ANY, 0, "hit; ttl=0"));
        assert!(!is_right(ANY, 1, "hit; ttl=0"));
        assert!(is_right(ANY, 4, "hit; ttl=-4"));
        assert!(!is_right(ANY, 5, "hit; ttl=-5"));
        assert!(is_right(ANY, 5, "hit; ttl=-5; detail=provider-unavailable"));
        assert!(!is_right(ANY, 31, "hit; ttl=-31; detail=provider-unavailable"));
    }

    #[test]
    fn the_provider_is_asked_when_memory_does_not_do_and_only_then() {
        assert!(is_right(ANY, 0, "fwd=uri-miss; stored"));
        assert!(!is_right(ANY, 1, "fwd=uri-miss; stored"));
        assert!(!is_right(ANY, 0, "fwd=request; stored"));
        assert!(is_right(ANY, 4, "fwd=stale; detail=provider-unavailable"));
        assert!(!is_right(ANY, 2, "fwd=stale; detail=provider-unavailable"));
        assert!(!is_right(ANY, 31, "fwd=stale; detail=provider-unavailable"));
        assert!(!is_right(ANY, 5, "fwd=stale; detail=not-found"));
        assert!(!is_right(ANY, 5, "fwd=stale; stored; detail=provider-unavailable"));
    }

    #[test]
    fn the_callers_demand_counts() {
        let no_cache = Demand { no_cache: true, ..ANY };
        assert!(!is_right(no_cache, 0, "hit; ttl=0"));
        assert!(is_right(no_cache, 0, "fwd=request; stored"));
        assert!(is_right(no_cache, 2, "fwd=stale; detail=provider-unavailable"));
        let young = Demand { max_age: Some(2 * SECOND), ..ANY };
        assert!(is_right(young, 2, "hit; ttl=-2"));
        assert!(!is_right(young, 3, "hit; ttl=-3"));
        let old = Demand { max_stale: Some(9 * SECOND), ..ANY };
        assert!(is_right(old, 10, "hit; ttl=-10"));
        assert!(!is_right(old, 11, "hit; ttl=-11"));
        let kept = Demand { only_if_cached: true, ..ANY };
        assert!(!is_right(kept, 0, "fwd=uri-miss; stored"));
    }
}
