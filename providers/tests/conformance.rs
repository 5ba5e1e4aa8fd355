//! What every provider must do: one test for each promise of `ContactProvider` and each server that can be emulated.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should stop")]

mod support;

use std::{sync::Arc, time::Duration};

use libtest_mimic::{Arguments, Failed, Trial};
use providers::{
    Call, ContactProvider, ErrorKind, KINDS, Kind, LocalId, Rate, Result,
    emulator::{Canned, Emulation, Emulator, Fault},
};
use support::{call, connect, id, start};
use tokio::time::Instant;

/// What a check is given.
struct Subject {
    kind: &'static Kind,
    emulation: &'static Emulation,
    server: Emulator,
    provider: Arc<dyn ContactProvider>,
}

type Checking = std::pin::Pin<Box<dyn Future<Output = ()>>>;
type Check = Box<dyn Fn(Subject) -> Checking + Send + Sync>;

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for kind in KINDS {
        for emulation in kind.emulations {
            for (promise, check) in promises() {
                let name = format!("{}: {promise}", emulation.instance);
                trials.push(Trial::test(name, move || {
                    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
                    runtime.map_err(Failed::from)?.block_on(async {
                        let (server, provider) = unlimited(kind, emulation).await;
                        check(Subject { kind, emulation, server, provider }).await;
                    });
                    Ok(())
                }));
            }
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// Starts an emulation that allows any number of calls, and a provider for it.
async fn unlimited(kind: &Kind, emulation: &Emulation) -> (Emulator, Arc<dyn ContactProvider>) {
    let rate = Rate { calls: 100_000, per: Duration::from_secs(1) };
    let server = start((emulation.build)(Some(rate))).await;
    let provider = connect(kind, &server, emulation.settings, rate);
    (server, provider)
}

macro_rules! promises {
    ($($promise:literal => $check:expr),* $(,)?) => {
        fn promises() -> Vec<(&'static str, Check)> {
            vec![$(($promise, Box::new(|subject| Box::pin($check(subject)) as Checking) as Check)),*]
        }
    };
}

promises! {
    "documented contacts are found, under an id that finds them again" => documented_contacts_are_found,
    "an unknown id is absent, not an error" => an_unknown_id_is_absent,
    "documented ids are recognised and foreign ones are not" => ids_are_recognised,
    "canonical ids are canonical" => canonical_ids_are_canonical,
    "a hostile id reaches the server as one segment or value" => hostile_ids_stay_whole,
    "wrong credentials are told apart" => wrong_credentials_are_told_apart,
    "the check proves the credentials" => the_check_proves_the_credentials,
    "each fault is the error that it should be" => faults_are_classified,
    "an answer about another contact is never passed on" => another_contact_is_refused,
    "a server that is silent costs no more than the deadline" => silence_is_bounded,
    "a foreseen rate limit is waited for and never exceeded" => the_limit_is_never_exceeded,
    "an announced rate limit is obeyed" => an_announced_limit_is_obeyed,
    "nothing secret or personal is in Debug" => debug_shows_nothing,
    "credentials go to the server and are not followed elsewhere" => redirects_are_not_followed,
}

async fn ask(subject: &Subject, text: &str) -> Result<Option<providers::Contact>> {
    subject.provider.contact(&id(text), &call()).await
}

async fn documented_contacts_are_found(subject: Subject) {
    for documented in subject.emulation.documented {
        let contact = ask(&subject, documented).await.unwrap().unwrap_or_else(|| panic!("{documented} is absent"));
        assert_eq!(contact.id, format!("here:{}", contact.native_id));
        assert_eq!(contact.provider, "here");
        assert_eq!(contact.sources, std::slice::from_ref(&contact.id));
        let again = ask(&subject, &contact.native_id).await.unwrap();
        assert!(again.is_some_and(|again| again == contact), "{documented} is another contact the second time");

        let json = serde_json::to_string(&contact).unwrap();
        assert!(!json.contains("token") && !json.contains("credential"), "{json}");
    }
}

async fn an_unknown_id_is_absent(subject: Subject) {
    assert!(ask(&subject, subject.emulation.absent).await.unwrap().is_none());
}

async fn ids_are_recognised(subject: Subject) {
    let recognises = |kind: &Kind, text: &str| (kind.recognises)(&id(text));
    for documented in subject.emulation.documented.iter().chain([&subject.emulation.absent]) {
        assert!(recognises(subject.kind, documented), "{documented}");
        for other in KINDS.iter().filter(|other| other.name != subject.kind.name) {
            assert!(!recognises(other, documented), "{documented} by {}", other.name);
        }
    }
    for foreign in ["x", "a/b", "hello world", "☎", "12"] {
        assert!(!recognises(subject.kind, foreign), "{foreign}");
    }
}

async fn canonical_ids_are_canonical(subject: Subject) {
    let canonical = subject.kind.canonical;
    for text in subject.emulation.documented.iter().chain(HOSTILE) {
        let once: LocalId = canonical(&id(text));
        assert_eq!(canonical(&once), once);
    }
}

const HOSTILE: &[&str] = &[
    "../../admin",
    "%2e%2e",
    "a/b?c=d#e",
    "a\\b",
    "a&contactId=b",
    "a;b",
    " a ",
    "a+b",
    "\u{202e}abc\u{200f}",
    "ünï😀",
    "'\"<>`{}|^",
    "labels",
];

async fn hostile_ids_stay_whole(subject: Subject) {
    // Learns the server's generation, so that only the calls for contacts are looked at.
    subject.provider.prepare(&call()).await.unwrap();
    for text in HOSTILE {
        let before = subject.server.seen().len();
        let answer = ask(&subject, text).await;
        assert!(matches!(answer, Ok(None)), "{text:?}: {answer:?}");
        let seen = subject.server.seen();
        assert_eq!(seen.len(), before + 1, "{text:?}");
        let url = subject.server.base_url().join(&seen[before].target).unwrap();
        let in_query: Vec<_> = url.query_pairs().map(|(_, value)| value.into_owned()).collect();
        let last = url.path_segments().unwrap().next_back().unwrap().to_owned();
        let in_path = percent_encoding::percent_decode_str(&last).decode_utf8().unwrap().into_owned();
        assert!(
            in_query == [*text] || (in_query.is_empty() && in_path == *text),
            "{text:?} became {}",
            seen[before].target
        );
    }
}

async fn wrong_credentials_are_told_apart(subject: Subject) {
    let wrong: Vec<_> = subject.emulation.settings.iter().map(|(name, _)| (*name, "wrong")).collect();
    let rate = Rate::per_seconds(1000, 1);
    let provider = connect(subject.kind, &subject.server, &wrong, rate);
    let error = provider.contact(&id(subject.emulation.documented[0]), &call()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RejectedCredentials);
    assert_eq!(provider.check(&call()).await.unwrap_err().kind(), ErrorKind::RejectedCredentials);
}

async fn the_check_proves_the_credentials(subject: Subject) {
    subject.provider.check(&call()).await.unwrap();
    for (fault, expected) in [
        ("html", ErrorKind::InvalidAnswer),
        ("status-404", ErrorKind::InvalidAnswer),
        ("status-500", ErrorKind::Unavailable),
    ] {
        subject.server.set_fault(Some(fault.parse().unwrap()));
        assert_eq!(subject.provider.check(&call()).await.unwrap_err().kind(), expected, "{fault}");
    }
}

async fn faults_are_classified(subject: Subject) {
    subject.provider.prepare(&call()).await.unwrap();
    let json =
        |status, body: &'static str| Fault::Answer { status, content_type: "application/json", body: body.into() };
    let faults = [
        (Fault::Status(500), ErrorKind::Unavailable),
        (Fault::Status(502), ErrorKind::Unavailable),
        (Fault::Status(503), ErrorKind::Unavailable),
        (Fault::Reset, ErrorKind::Unavailable),
        (Fault::Truncate, ErrorKind::Unavailable),
        (Fault::Delay(Duration::from_secs(3600)), ErrorKind::Timeout),
        (Fault::Garbage, ErrorKind::InvalidAnswer),
        (Fault::ContentType, ErrorKind::InvalidAnswer),
        (Fault::Html, ErrorKind::InvalidAnswer),
        (Fault::Redirect, ErrorKind::InvalidAnswer),
        // An absent route is no absent contact.
        (Fault::Status(404), ErrorKind::InvalidAnswer),
        (Fault::Status(405), ErrorKind::InvalidAnswer),
        (Fault::Status(401), ErrorKind::RejectedCredentials),
        (Fault::Status(403), ErrorKind::RejectedCredentials),
        (json(200, "[]"), ErrorKind::InvalidAnswer),
        (json(200, "{}"), ErrorKind::InvalidAnswer),
        (json(200, "\"contact\""), ErrorKind::InvalidAnswer),
        (json(200, r#"{"success":false,"error":"no"}"#), ErrorKind::InvalidAnswer),
        (json(200, r#"{"contact":[1],"success":true}"#), ErrorKind::InvalidAnswer),
        (json(418, "{}"), ErrorKind::InvalidAnswer),
    ];
    for (fault, expected) in faults {
        subject.server.set_fault(Some(fault.clone()));
        // A new one each time, which has not learned from the fault before to spare the server.
        let provider = connect(subject.kind, &subject.server, subject.emulation.settings, Rate::per_seconds(100, 1));
        let answer =
            provider.contact(&id(subject.emulation.documented[0]), &Call::within(Duration::from_secs(3))).await;
        match answer {
            Err(error) => assert_eq!(error.kind(), expected, "{fault}: {error}"),
            Ok(found) => panic!("{fault}: no error but {found:?}"),
        }
    }
    subject.server.set_fault(None);
    assert!(ask(&subject, subject.emulation.documented[0]).await.unwrap().is_some(), "the faults are over");
}

async fn another_contact_is_refused(subject: Subject) {
    let [one, other, ..] = subject.emulation.documented else { panic!("two documented contacts are needed") };
    ask(&subject, one).await.unwrap();
    // The right answer to the wrong question.
    let asked = subject.server.seen().last().unwrap().target.clone();
    let request = http::Request::get(&asked);
    let headers = subject.server.seen().last().unwrap().headers.clone();
    let mut request = request.body(bytes::Bytes::new()).unwrap();
    *request.headers_mut() = headers;
    let emulated = (subject.emulation.build)(None);
    let body = emulated.answer(&request).into_body();
    subject.server.set_fault(Some(Fault::Answer { status: 200, content_type: "application/json", body }));
    let error = ask(&subject, other).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidAnswer);
}

async fn silence_is_bounded(subject: Subject) {
    subject.server.hold();
    let start = Instant::now();
    let call = Call::within(Duration::from_millis(900));
    let error = subject.provider.contact(&id(subject.emulation.documented[0]), &call).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(start.elapsed() < Duration::from_secs(3));
}

async fn the_limit_is_never_exceeded(subject: Subject) {
    let rate = Rate { calls: 5, per: Duration::from_millis(500) };
    let server = start((subject.emulation.build)(Some(rate))).await;
    let provider = connect(subject.kind, &server, subject.emulation.settings, rate);
    let asked = subject.emulation.absent;
    let calls = (0..20).map(|_| {
        let provider = Arc::clone(&provider);
        tokio::spawn(async move { provider.contact(&id(asked), &Call::within(Duration::from_secs(30))).await })
    });
    for one in calls.collect::<Vec<_>>() {
        assert!(one.await.unwrap().unwrap().is_none());
    }
    let refused = server.seen().iter().filter(|seen| seen.status == 429).count();
    assert_eq!(refused, 0);
}

async fn an_announced_limit_is_obeyed(subject: Subject) {
    // We believe in more than the server allows, and do not know of the calls that were made before us.
    let rate = Rate::per_seconds(2, 60);
    let server = start((subject.emulation.build)(Some(rate))).await;
    let stranger = connect(subject.kind, &server, subject.emulation.settings, Rate::per_seconds(100, 1));
    for _ in 0..2 {
        stranger.contact(&id(subject.emulation.absent), &call()).await.unwrap();
    }
    let provider = connect(subject.kind, &server, subject.emulation.settings, Rate::per_seconds(100, 1));
    let error = provider.contact(&id(subject.emulation.absent), &call()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    let wait = error.retry_after().unwrap();
    assert!((Duration::from_secs(1)..=Duration::from_secs(61)).contains(&wait), "{wait:?}");
    let asked = server.seen().len();
    let error = provider.contact(&id(subject.emulation.absent), &call()).await.unwrap_err();
    assert_eq!((error.kind(), server.seen().len()), (ErrorKind::RateLimited, asked), "not asked again");
}

async fn debug_shows_nothing(subject: Subject) {
    let contact = ask(&subject, subject.emulation.documented[0]).await.unwrap().unwrap();
    let shown = format!("{:#?} {contact:#?} {:?}", subject.provider, id(subject.emulation.documented[0]));
    for (name, value) in subject.emulation.settings {
        assert!(!shown.contains(value), "{name} is in {shown}");
    }
    assert!(!shown.contains(&contact.native_id) && !shown.contains("example.com"), "{shown}");
}

async fn redirects_are_not_followed(subject: Subject) {
    let base_path = (subject.emulation.build)(None).base_path();
    let (elsewhere, _) = unlimited(subject.kind, subject.emulation).await;
    let redirect = Canned::new(base_path, 302, "text/plain", "").header("location", elsewhere.base_url().as_str());
    let server = start(Box::new(redirect)).await;
    let provider = connect(subject.kind, &server, subject.emulation.settings, Rate::per_seconds(100, 1));
    let error = provider.contact(&id(subject.emulation.documented[0]), &call()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidAnswer);
    assert!(!server.seen().is_empty());
    assert!(elsewhere.seen().is_empty(), "the credentials were carried elsewhere");
}
