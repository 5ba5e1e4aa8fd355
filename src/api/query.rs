//! The query of a request: parameters that are known, each given once.

use std::{collections::BTreeMap, ops::RangeInclusive};

use actix_web::dev::RequestHead;
use url::form_urlencoded;

use super::{code::Code, problem::Problem};
use crate::{forms::Fields, gateway::Caller};

/// The parameters of a request.
pub(super) struct Query(BTreeMap<String, String>);

impl Query {
    /// Reads the parameters, of which only these are known.
    ///
    /// # Errors
    /// A parameter that is not known, or given twice.
    pub(super) fn of(request: &RequestHead, known: &[&str]) -> Result<Self, Problem> {
        let mut given = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(request.uri.query().unwrap_or_default().as_bytes()) {
            if !known.contains(&&*name) {
                return Err(unknown(known));
            }
            if given.insert(name.clone().into_owned(), value.into_owned()).is_some() {
                return Err(invalid(format!("The parameter `{name}` is given more than once.")));
            }
        }
        Ok(Self(given))
    }

    /// A text.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    /// `true` or `false`; not given is `false`.
    pub(super) fn flag(&mut self, name: &str) -> Result<bool, Problem> {
        match self.0.remove(name).as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(invalid(format!("The parameter `{name}` must be `true` or `false`."))),
        }
    }

    /// The keys that are wanted and allowed: all, or those that `fields` names, of those that the caller may see.
    pub(super) fn fields(&mut self, caller: &Caller) -> Result<Fields, Problem> {
        let allowed = fields_of(caller)?;
        let Some(list) = self.0.remove("fields") else { return Ok(allowed) };
        let asked = Fields::asked(&list).map_err(|unknown| invalid(unknown.to_string()))?;
        Ok(asked.and(allowed))
    }

    /// A whole number in this range.
    pub(super) fn number(&mut self, name: &str, range: RangeInclusive<u16>) -> Result<Option<u16>, Problem> {
        let Some(text) = self.0.remove(name) else { return Ok(None) };
        let number = text.parse().ok().filter(|number| range.contains(number));
        let wrong = || {
            invalid(format!("The parameter `{name}` must be a whole number from {} to {}.", range.start(), range.end()))
        };
        number.map(Some).ok_or_else(wrong)
    }

    /// Whether the parameter is given, with the one value that it can have.
    pub(super) fn word(&mut self, name: &str, word: &str) -> Result<bool, Problem> {
        match self.0.remove(name) {
            None => Ok(false),
            Some(given) if given == word => Ok(true),
            Some(_) => Err(invalid(format!("The parameter `{name}` can only be `{word}`."))),
        }
    }
}

/// The keys that a caller may see. The configuration has checked their names; if one is not known all the same, nothing is
/// shown rather than everything.
pub(super) fn fields_of(caller: &Caller) -> Result<Fields, Problem> {
    let Some(allowed) = &caller.fields else { return Ok(Fields::default()) };
    let allowed = Fields::allowed(allowed.iter().map(String::as_str));
    allowed.map_err(|_| Problem::new(Code::Forbidden, "This key's fields are not known."))
}

/// The name that is not known is the caller's text; it may be anything.
fn unknown(known: &[&str]) -> Problem {
    if known.is_empty() {
        return invalid("This path has no query parameters: leave out the `?` and what follows.".to_owned());
    }
    invalid(format!("There is a parameter that is not known. Known are: `{}`.", known.join("`, `")))
}

fn invalid(detail: String) -> Problem {
    Problem::new(Code::InvalidRequest, detail)
}
