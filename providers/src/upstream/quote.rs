//! An upstream's words, fit for the log.

use std::sync::Arc;

use http::HeaderMap;

use super::Request;

const LONGEST: usize = 160;
/// Statuses, seconds and lengths have at most so many digits; what has more may be somebody's.
const LONGEST_NUMBER: usize = 3;
/// Nobody is known by less.
const SHORTEST_VALUE: usize = 3;

/// The words of which failures are told, all in small letters: whatever else a text has may be somebody's name, or a secret. Those
/// of the messages that both upstreams are known to send, and what such messages are made of.
const WORDS: &str = "\
    a about accept access account action active additional admin again agent all allowed already an and any api app are \
    argument array as at attempt auth authentication authorization authorized bad be bearer before being between blank \
    body boolean bot browser but by call can cannot channel character characters chat chats check code config \
    configuration conflict connect connected connection contact contacts content could country create created \
    credentials custom data database date default delete denied department disabled do does doesn domain down duplicate \
    each email emails empty enabled endpoint enterprise error errors exceed exceeded exist existing exists expected \
    expired extra fail failed failure feature field fields following for forbidden format found from full function \
    gateway get given greater group has have header headers id ids in inactive incorrect input instead integer internal \
    invalid is it item items json key keys keyword label labels least length less license limit limited list livechat \
    logged login long maintenance make many match max maximum message messages method min minimum missing mode more most \
    must name names need no not null number object of off offline old on one only operation or order organization other \
    out own page pair param parameter parameters params parse pass password path pattern per permission permissions \
    phone phones plan please plus post premium properties property provide provided proxy query rate read ready record \
    refused reject rejected request requests require required reset resource response result retry route rule same \
    schema second seconds seems send sent server service session set should size slow source space spaces start status \
    stop string subscription such support supported temporarily test text than that the there these they this time \
    timeout to token tokens too totp trial try trying type unable unauthorized unavailable undefined unexpected unique \
    unknown unprocessable unreachable unsupported up update updated url use used user username uses using validation \
    value values verified version visitor visitors wait want was webhook were whatsapp when which while will with \
    without workspace wrong x you your";

/// What an upstream was sent, which it may repeat where it says what is wrong with it. Few answers are quoted, so that nothing of
/// this is looked at before.
///
/// No `Debug`: these are a contact's data and the credentials.
#[derive(Default)]
pub(super) struct Sent {
    /// Each text with the name that it has in the body.
    texts: Vec<(Option<String>, String)>,
    credentials: Arc<HeaderMap>,
}

impl Sent {
    pub(super) fn new(request: &Request<'_>, credentials: &Arc<HeaderMap>) -> Self {
        let mut texts = Vec::new();
        request.texts(&mut |key, text| texts.push((key.map(str::to_owned), text.to_owned())));
        Self { texts, credentials: Arc::clone(credentials) }
    }

    fn words(&self) -> Words {
        // Without the scheme (`Bearer`), which is no secret.
        let secret = |text: &str| text.rsplit(' ').next().unwrap_or(text).to_owned();
        let secrets = self.credentials.values().filter_map(|value| value.to_str().ok()).map(secret);
        let words = |text: &str| -> Vec<_> {
            parts(text).filter(|part| part.len() >= SHORTEST_VALUE).map(str::to_lowercase).collect()
        };
        Words {
            values: self
                .texts
                .iter()
                .map(|(_, text)| text.clone())
                .chain(secrets)
                .flat_map(|text| words(&text))
                .collect(),
            keys: self.texts.iter().filter_map(|(key, _)| key.clone()).collect(),
        }
    }
}

/// What was sent, word by word.
struct Words {
    values: Vec<String>,
    /// Names of fields, which are somebody's no more than the words are.
    keys: Vec<String>,
}

impl Words {
    fn has_key(&self, word: &str) -> bool {
        self.keys.iter().any(|key| key == core(word))
    }

    fn has_value(&self, word: &str) -> bool {
        !self.values.is_empty() && parts(word).any(|part| self.values.contains(&part.to_lowercase()))
    }
}

/// An upstream's words, fit for the log: short, on one line, and only those that failures are told in. All else may be a contact's
/// or a secret, and so may be whatever of it was sent.
pub(super) fn quote(text: &str, sent: &Sent) -> String {
    let (words, sent): (Vec<_>, _) = (text.split_whitespace().collect(), sent.words());
    let is_fit = |at: usize| {
        let word = words[at];
        !sent.has_value(word) && (is_known(word) || sent.has_key(word) || is_short_number(&words, at))
    };
    let line: Vec<_> = (0..words.len()).map(|at| if is_fit(at) { words[at] } else { "…" }).collect();
    line.join(" ").chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

/// What of a text is letters and digits.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty())
}

/// Whether a word is made of known ones, as in `contact_name`, `isNotEmpty` and `[totp-required]`.
fn is_known(word: &str) -> bool {
    let is_word = |word: &str| WORDS.split_ascii_whitespace().any(|known| known.eq_ignore_ascii_case(word));
    word.is_ascii() && !word.contains(['@', '+']) && parts(word).all(|part| is_word(part) || humps(part).all(is_word))
}

/// The words of a name such as `isNotEmpty`.
fn humps(name: &str) -> impl Iterator<Item = &str> {
    name.as_bytes()
        .chunk_by(|a, b| !(a.is_ascii_lowercase() && b.is_ascii_uppercase()))
        .map(|hump| std::str::from_utf8(hump).unwrap_or_default())
}

/// Whether a word is a number that is nobody's. Groups of digits are one number together.
fn is_short_number(words: &[&str], at: usize) -> bool {
    let is_group = |at: usize| words.get(at).is_some_and(|word| core(word).bytes().all(|byte| byte.is_ascii_digit()));
    let is_alone = !is_group(at + 1) && !at.checked_sub(1).is_some_and(is_group);
    is_group(at) && is_alone && core(words[at]).len() <= LONGEST_NUMBER && !words[at].starts_with('+')
}

fn core(word: &str) -> &str {
    word.trim_matches(|c: char| c.is_ascii_punctuation())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        quote(text, &Sent::default())
    }

    #[test]
    fn what_upstreams_are_known_to_say_is_kept() {
        for text in [
            "API endpoint does not exist",
            "Invalid bearer auth token",
            "Invalid body. At least one of the following keys are required: contact_name, is_internal, labels",
            "Match error: Missing key 'contactId'",
            "Missing Header: {x-phone}",
            "Limit should be less than ${MAX_LIMIT}",
            "Please provide the number of the phone you want to call with this API in the header.",
            "This is an enterprise feature [error-action-not-allowed]",
            "TOTP Required [totp-required]",
            "User does not have the permissions required for this action [error-unauthorized]",
            "You can only make 100 requests per second",
            "You must be logged in to do this.",
            "You must wait 42 seconds before trying this endpoint again. [error-too-many-requests]",
            "must NOT have additional properties [invalid-params]",
            "must pass \"isNotEmpty\" keyword validation [invalid-params]",
            "visitor-not-found",
        ] {
            assert_eq!(plain(text), text);
        }
    }

    #[test]
    fn what_the_upstream_was_sent_is_not_but_for_names_of_fields() {
        let texts = vec![(Some("cf3".to_owned()), "Key, Missing".to_owned()), (None, "jane@example.com".to_owned())];
        let sent = Sent { texts, ..Sent::default() };
        for (text, quoted) in [
            ("Custom field cf3 is not allowed", "Custom field cf3 is not allowed"),
            ("key is missing", "… is …"),
            ("name=key", "…"),
            ("domain example.com", "domain …"),
        ] {
            assert_eq!(quote(text, &sent), quoted);
        }
    }

    #[test]
    fn what_may_be_anybodys_is_not() {
        for (text, quoted) in [
            ("Contact 919537851844@c.us not\r\nfound for +55 51 5555-5555", "Contact … not found for … … …"),
            ("(51) 99 87 65 43 is used", "… … … … … is used"),
            ("this number already belongs to Maria", "this number already … to …"),
            ("sent by maria silva", "sent by … …"),
            ("refused: pin 4711 of lucas", "refused: … … of …"),
            ("user Jean-Luc exists", "user … exists"),
            ("token abcdefghijk is invalid", "token … is invalid"),
            ("name José, maria_silva, mariaSilva", "name … … …"),
        ] {
            assert_eq!(plain(text), quoted);
        }
    }

    #[test]
    fn it_is_short() {
        assert!(plain(&"x ".repeat(1000)).len() <= LONGEST);
    }
}
