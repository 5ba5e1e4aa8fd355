//! An upstream's words, fit for the log.

use http::HeaderMap;

use super::Request;

const LONGEST: usize = 160;
/// No longer word is one of a language, or of a program; secrets are.
const LONGEST_WORD: usize = 24;
/// From this length on, a word with more of these than the words of programs have is as random as an id or a secret.
const LONG_WORD: usize = 12;
const MOST_CAPITALS: usize = 3;
/// Longer numbers may be somebody's.
const LONGEST_NUMBER: usize = 4;
/// Nobody is known by less.
const SHORTEST_SENT: usize = 3;

/// What an upstream was sent, word by word, and may repeat when it says what is wrong with that.
///
/// No `Debug`: these are a contact's data and the credentials.
#[derive(Default)]
pub(super) struct Sent(Vec<String>);

impl Sent {
    pub(super) fn new(request: &Request<'_>, credentials: &HeaderMap) -> Self {
        let mut sent = Self::default();
        request.texts(&mut |text| sent.add(text));
        for value in credentials.values().filter_map(|value| value.to_str().ok()) {
            // Without the scheme (`Bearer`), which is no secret.
            sent.add(value.rsplit(' ').next().unwrap_or(value));
        }
        sent
    }

    fn add(&mut self, text: &str) {
        self.0.extend(parts(text).filter(|part| part.len() >= SHORTEST_SENT).map(str::to_lowercase));
    }

    fn has(&self, word: &str) -> bool {
        !self.0.is_empty() && parts(word).any(|part| self.0.contains(&part.to_lowercase()))
    }
}

/// An upstream's words, fit for the log: short, on one line, and without what it was sent, and what else may be a contact's or a
/// secret: numbers, addresses, names, what stands in quotation marks, and what is no word.
pub(super) fn quote(text: &str, sent: &Sent) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    let mut mark = None;
    let line: Vec<_> = (0..words.len())
        .map(|at| {
            let hides = is_in_quotes(words[at], &mut mark)
                || sent.has(words[at])
                || !is_word(words[at])
                || is_of_number(&words, at)
                || is_of_name(&words, at);
            if hides { "…" } else { words[at] }
        })
        .collect();
    line.join(" ").chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

/// What of a text is letters and digits.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty())
}

/// Whether a word is one of several in the same quotation marks; `mark` is the one that is open.
fn is_in_quotes(word: &str, mark: &mut Option<char>) -> bool {
    let closes = |mark: char| word.trim_end_matches(|c: char| c.is_ascii_punctuation() && c != mark).ends_with(mark);
    match *mark {
        Some(open) => {
            if closes(open) {
                *mark = None;
            }
            true
        }
        None => {
            *mark = word.chars().next().filter(|first| matches!(first, '\'' | '"' | '`') && !closes(*first));
            mark.is_some()
        }
    }
}

fn is_word(word: &str) -> bool {
    let core = core(word);
    let capitals = core.bytes().filter(u8::is_ascii_uppercase).count();
    let is_random = core.len() >= LONG_WORD && (digits(core) > 0 || capitals > MOST_CAPITALS) && !core.contains('_');
    core.is_ascii() && core.len() <= LONGEST_WORD && !is_random && !word.contains(['@', '+'])
}

/// Whether a word belongs to a number that may be somebody's. Groups of digits are one number together.
fn is_of_number(words: &[&str], at: usize) -> bool {
    let is_group = |at: usize| words.get(at).is_some_and(|word| is_all(core(word), |c| c.is_ascii_digit()));
    let beside = is_group(at) && (is_group(at + 1) || at.checked_sub(1).is_some_and(is_group));
    beside || digits(words[at]) > LONGEST_NUMBER
}

/// Whether a word is one of several with capitals. A text's first word has one in any case, and so may its title, as in
/// `Missing Header: …`.
fn is_of_name(words: &[&str], at: usize) -> bool {
    let is_capital = |word: &str| core(word).starts_with(|c: char| c.is_ascii_uppercase());
    let run = |words: &mut dyn Iterator<Item = &&str>| words.take_while(|word| is_capital(word)).count();
    let before = run(&mut words[..at].iter().rev());
    let is_title = before == at && (at == 0 || words[at].ends_with(':'));
    is_capital(words[at]) && !is_title && before + run(&mut words[at + 1..].iter()) > 0
}

fn core(word: &str) -> &str {
    word.trim_matches(|c: char| c.is_ascii_punctuation())
}

fn digits(word: &str) -> usize {
    word.bytes().filter(u8::is_ascii_digit).count()
}

fn is_all(word: &str, are: impl Fn(char) -> bool) -> bool {
    !word.is_empty() && word.chars().all(are)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        quote(text, &Sent::default())
    }

    #[test]
    fn what_helps_is_kept() {
        for text in [
            "You must be logged in to do this.",
            "must pass \"isNotEmpty\" keyword validation [invalid-params]",
            "Invalid bearer auth token",
            "Match error: Missing key 'contactId'",
            "Missing Header: {x-phone}",
            "Limit should be less than ${MAX_LIMIT}",
            "Custom field cf3 is not allowed",
            "This is an enterprise feature [error-action-not-allowed]",
            "wait 42 seconds",
        ] {
            assert_eq!(plain(text), text);
        }
        assert_eq!(plain("TOTP Required [totp-required]"), "TOTP … [totp-required]");
    }

    #[test]
    fn what_the_upstream_was_told_is_not() {
        let mut sent = Sent::default();
        for text in ["Doe, Jane", "jane@example.com", "s3cret"] {
            sent.add(text);
        }
        for (text, quoted) in [
            ("Jane is there already", "… is there already"),
            ("no such name: name=doe", "no such name: …"),
            ("refused: 'S3CRET'", "refused: …"),
            ("domain example.com", "domain …"),
        ] {
            assert_eq!(quote(text, &sent), quoted);
        }
    }

    #[test]
    fn what_may_be_another_contacts_is_not() {
        for (text, quoted) in [
            ("Contact 919537851844@c.us not\r\nfound for +55 51 5555-5555", "Contact … not found for … … …"),
            ("(51) 99 87 65 43 is taken", "… … … … … is taken"),
            ("Contact John Doe exists", "Contact … … exists"),
            ("it is known as John Doe, or José", "it is known as … … or …"),
            ("duplicate of Doe, John <j@example.com>", "duplicate of … … …"),
            ("text 'see you there': refused", "text … … … refused"),
            ("text \"see you there", "text … … …"),
        ] {
            assert_eq!(plain(text), quoted);
        }
    }

    #[test]
    fn secrets_are_no_words() {
        for secret in
            ["rbAXPnMktTFbNpwtJ", "RScctEHSmLGZGywfIhWyRpyofhKOiMoUIpimhvheU3f", "a-key-of-some-thirty-letters-or-so"]
        {
            assert_eq!(plain(&format!("refused: {secret}")), "refused: …");
        }
    }

    #[test]
    fn it_is_short() {
        assert!(plain(&"x ".repeat(1000)).len() <= LONGEST);
    }
}
