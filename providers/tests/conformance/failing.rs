//! What goes wrong, and what it is called.

use std::time::Duration;

use providers::{
    Call, ErrorKind, Rate,
    emulator::{Canned, Fault, Setup},
};
use tokio::time::Instant;

use crate::{
    subject::{Subject, ask, unlimited},
    support::{call, connect, id, start},
};

promises! { |_| true;
    "wrong credentials are told apart" => wrong_credentials_are_told_apart,
    "the check proves the credentials" => the_check_proves_the_credentials,
    "each fault is the error that it should be" => faults_are_classified,
    "an answer about another contact is never passed on" => another_contact_is_refused,
    "a server that is silent costs no more than the deadline" => silence_is_bounded,
    "credentials go to the server and are not followed elsewhere" => redirects_are_not_followed,
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
    let emulated = (subject.emulation.build)(Setup::default());
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

async fn redirects_are_not_followed(subject: Subject) {
    let base_path = (subject.emulation.build)(Setup::default()).base_path();
    let (elsewhere, _) = unlimited(subject.kind, subject.emulation).await;
    let redirect = Canned::new(base_path, 302, "text/plain", "").header("location", elsewhere.base_url().as_str());
    let server = start(Box::new(redirect)).await;
    let provider = connect(subject.kind, &server, subject.emulation.settings, Rate::per_seconds(100, 1));
    let error = provider.contact(&id(subject.emulation.documented[0]), &call()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidAnswer);
    assert!(!server.seen().is_empty());
    assert!(elsewhere.seen().is_empty(), "the credentials were carried elsewhere");
}
