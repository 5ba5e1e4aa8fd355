//! Connections that go on: whatever is asked over one, in which order and in which pieces, is answered as if it were asked alone.

use reqwest::{StatusCode, header::HeaderMap};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
};

use crate::{
    described,
    site::{Answer, Site, key, upstream},
};

const KNOWN: &str = "rocketchat:673c76df47a6c9b89dd263d8";
const OTHER: &str = "periskope:919537851844";
const ABSENT: &str = "rocketchat:673c76df47a6c9b89dd26300";
/// In which order the headers of a contact stand that was answered before the server read the request: the server's have none.
const ORDER: [&str; 11] = [
    "content-length",
    "age",
    "cache-control",
    "cache-status",
    "x-request-id",
    "ratelimit-policy",
    "ratelimit",
    "etag",
    "vary",
    "content-type",
    "date",
];
/// Different with each answer, and in a problem's document too.
const VOLATILE: [&str; 4] = ["date", "x-request-id", "ratelimit", "age"];

/// A connection of a client that says exactly what it is told to.
struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    async fn to(site: &Site) -> Self {
        Self::over(TcpStream::connect(site.address).await.unwrap())
    }

    fn over(stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        Self { stream, read: Vec::new() }
    }

    async fn say(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    /// The next answer, which may be a contact's.
    async fn hear(&mut self) -> Answer {
        let end = loop {
            if let Some(end) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            assert!(self.stream.read_buf(&mut self.read).await.unwrap() > 0, "the connection has ended");
        };
        let head = String::from_utf8(self.read.drain(..end + 4).collect()).unwrap();
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse::<StatusCode>().unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in lines.map(|line| line.split_once(": ").unwrap()) {
            headers.append(name.parse::<reqwest::header::HeaderName>().unwrap(), value.parse().unwrap());
        }
        let length = headers.get("content-length").map_or(0, |length| length.to_str().unwrap().parse().unwrap());
        while self.read.len() < length {
            assert!(self.stream.read_buf(&mut self.read).await.unwrap() > 0, "the connection has ended");
        }
        let text = String::from_utf8(self.read.drain(..length).collect()).unwrap();
        Answer { status, headers, text }
    }

    async fn ask(&mut self, text: &str) -> Answer {
        self.say(text).await;
        self.hear().await
    }
}

fn get(target: &str, headers: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer key-of-crm\r\n{headers}\r\n")
}

fn contact(id: &str) -> String {
    get(&format!("/contacts/{id}"), "")
}

async fn site(rate: &str) -> Site {
    let upstreams = [upstream("rocketchat", "rocketchat"), upstream("periskope", "periskope")];
    let site = Site::over(upstreams, &key("crm", rate)).await;
    // Before, the server looks at all connections.
    while site.get("/health/ready").await.status != StatusCode::OK {}
    site
}

/// What of an answer is always the same.
fn lasting(answer: &Answer) -> (StatusCode, Vec<(String, String)>, String) {
    let all = answer.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let mut headers: Vec<_> = all.filter(|(name, _)| !VOLATILE.contains(&name.as_str())).collect();
    headers.sort();
    (answer.status, headers, answer.text.replace(answer.header("x-request-id"), ""))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_request_of_a_connection_and_every_later_one_have_the_same_answer() {
    let site = site("rate = { calls = 100000, per = \"1h\" }").await;
    let etag = Connection::to(&site).await.ask(&contact(KNOWN)).await.header("etag").to_owned();
    Connection::to(&site).await.ask(&contact(ABSENT)).await;
    let path = format!("/contacts/{KNOWN}");
    let requests = [
        contact(KNOWN),
        contact(ABSENT),
        get(&path, "Connection: keep-alive\r\nAccept: application/json, text/plain, */*\r\nUser-Agent: axios\r\n"),
        get(&path, &format!("If-None-Match: \"other\", W/{etag}\r\n")),
        get(&path, "If-None-Match: *\r\n"),
        get(&path, "If-None-Match: \"other\"\r\n"),
        get(&path, "X-Request-Id: abc-123\r\n"),
        get(&path, "X-Request-Id: two words\r\n"),
        get(&path, "Cache-Control: max-stale=60, max-age=60\r\n"),
        get(&path, "Cache-Control: only-if-cached\r\n"),
        get(&path, "Cache-Control: max-age=soon\r\n"),
        get(&path, "Accept: text/vcard\r\n"),
        get(&path, "Accept: image/png\r\n"),
        get(&path, "Content-Length: 0\r\n"),
        get(&format!("{path}?fields=name"), ""),
        get(&format!("{path}?nonsense"), ""),
        get(&path.replace(":673c", ":%36%373c"), ""),
        get("/contacts/nobody:1", ""),
        get("/contacts/%ff", ""),
        get("/contacts/batch/read", ""),
        get("/contactsx", ""),
        get("/health/live", ""),
        contact(KNOWN).replace("key-of-crm", "another"),
        contact(KNOWN).replace("Authorization", "Authorisation"),
        get(&path, "Authorization: Bearer key-of-crm\r\n"),
    ];
    for request in requests {
        let first = Connection::to(&site).await.ask(&request).await;
        let mut connection = Connection::to(&site).await;
        connection.ask(&contact(KNOWN)).await;
        connection.ask(&contact(KNOWN)).await;
        let later = connection.ask(&request).await;
        assert_eq!(lasting(&first), lasting(&later), "{request}");
        assert_eq!(first.headers.contains_key("date"), later.headers.contains_key("date"), "{request}");
        let quotas = [&first, &later].map(|answer| answer.headers.contains_key("ratelimit"));
        assert_eq!(quotas[0], quotas[1], "{request}");
        if !request.contains("fields=") {
            described::check(request.split([' ', '?']).nth(1).unwrap(), true, &later);
        }
        // And the connection goes on.
        assert_eq!(connection.ask(&contact(KNOWN)).await.header("etag"), etag, "{request}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_answered_in_their_order_however_they_are_cut_into_pieces() {
    let body = format!("{{\"ids\":[\"{KNOWN}\"]}}");
    let batch = format!(
        "POST /contacts/batch/read HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer key-of-crm\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    // Before the batch, and after it, from memory and from the provider.
    let requests = [
        (contact(KNOWN), KNOWN),
        (contact(KNOWN), KNOWN),
        (contact(ABSENT), "contact-not-found"),
        (contact(OTHER), OTHER),
        (contact(KNOWN), KNOWN),
        (contact(OTHER), OTHER),
        (batch, "\"results\""),
        (contact(OTHER), OTHER),
        (contact(KNOWN), KNOWN),
    ];
    let all: String = requests.iter().map(|(request, _)| request.as_str()).collect();
    for size in [1, 7, 100, 333, all.len()] {
        let site = site("").await;
        let mut connection = Connection::to(&site).await;
        for piece in all.as_bytes().chunks(size) {
            connection.say(std::str::from_utf8(piece).unwrap()).await;
        }
        for (number, (_, said)) in requests.iter().enumerate() {
            let answer = connection.hear().await;
            let id = said.split_once(':').map_or(*said, |(_, id)| id);
            assert!(answer.text.contains(id), "{number} of pieces of {size}: {answer:?}");
        }
        assert_eq!(connection.ask(&contact(KNOWN)).await.status, 200);
        assert_eq!((site.calls("rocketchat"), site.calls("periskope")), (2, 1), "pieces of {size}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_looks_like_a_request_is_a_body() {
    let site = site("").await;
    let mut connection = Connection::to(&site).await;
    connection.ask(&contact(KNOWN)).await;
    connection.ask(&contact(KNOWN)).await;
    let (hidden, chunked) = (contact(OTHER), "Transfer-Encoding: chunked");
    let length = format!("Content-Length: {}", hidden.len());
    for framing in [length.as_str(), chunked] {
        let head = format!(
            "POST /contacts/batch/read HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer key-of-crm\r\n\
             Content-Type: application/json\r\n{framing}\r\n\r\n"
        );
        connection.say(&head).await;
        if framing == chunked {
            connection.say(&format!("{:x}\r\n", hidden.len())).await;
        }
        // As a piece of its own, as if nothing stood before it.
        connection.say(&hidden).await;
        if framing == chunked {
            connection.say("\r\n0\r\n\r\n").await;
        }
        assert_eq!(connection.hear().await.problem(), "invalid-request", "{framing}");
        assert!(connection.ask(&contact(KNOWN)).await.text.contains("673c76df47a6c9b89dd263d8"), "{framing}");
    }
    assert_eq!(site.calls("periskope"), 0, "nobody has asked for that contact");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_memory_has_is_answered_before_the_server_reads_the_request() {
    let site = site("rate = { calls = 100000, per = \"1h\" }").await;
    let mut connection = Connection::to(&site).await;
    connection.ask(&contact(KNOWN)).await;
    let is_short = |answer: &Answer| answer.headers.keys().map(|name| name.as_str()).eq(ORDER);
    for _ in 0..3 {
        assert!(is_short(&connection.ask(&contact(KNOWN)).await));
        // Who could only be answered by the provider is no reason to go the long way from then on, nor are many at once.
        connection.ask(&get(&format!("/contacts/{KNOWN}"), "Cache-Control: no-cache\r\n")).await;
        connection.say(&[contact(OTHER), contact(KNOWN), contact(OTHER), get("/health/live", "")].concat()).await;
        for _ in 0..4 {
            assert_eq!(connection.hear().await.status, 200);
        }
        let long = get(&format!("/contacts/{KNOWN}"), &format!("X-Baggage: {}\r\n", "x".repeat(5000)));
        assert!(is_short(&connection.ask(&long).await));
    }
    // Once only the server can know where the next request begins, it answers all.
    connection.ask(&get(&format!("/contacts/{KNOWN}"), "Content-Length: 0\r\n")).await;
    let later = [connection.ask(&contact(KNOWN)).await, connection.ask(&contact(KNOWN)).await];
    assert!(later.iter().all(|answer| answer.status == 200 && !is_short(answer)));
}

/// How many contacts have been answered with.
async fn answered(site: &Site) -> u64 {
    let metrics = site.get_as("key-of-crm", "/metrics").await.text;
    let line = |line: &&str| line.starts_with("contact_gateway_requests_total") && line.contains("{id}");
    metrics.lines().filter(line).map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_on_without_reading_has_every_answer_in_the_end() {
    const AT_ONCE: u64 = 40;
    let site = site("").await;
    let socket = TcpSocket::new_v4().unwrap();
    // Little of what is answered has room on the way.
    socket.set_recv_buffer_size(4096).unwrap();
    let mut connection = Connection::over(socket.connect(site.address).await.unwrap());
    connection.ask(&contact(KNOWN)).await;
    let (before, mut asked, mut stuck) = (answered(&site).await, 0, 0);
    // Until none is answered any more, because the answers before are not taken.
    while stuck < 50 {
        if before + asked == answered(&site).await {
            connection.say(&contact(KNOWN).repeat(AT_ONCE as usize)).await;
            (asked, stuck) = (asked + AT_ONCE, 0);
        } else {
            stuck += 1;
        }
    }
    // In the end, what only the provider can answer; and whoever has nothing more to say still hears what was asked for.
    connection.say(&contact(OTHER)).await;
    connection.stream.shutdown().await.unwrap();
    for number in 0..asked {
        assert!(connection.hear().await.text.contains(&KNOWN[11..]), "{number} of {asked}");
    }
    assert!(connection.hear().await.text.contains(OTHER));
    assert_eq!(connection.stream.read_buf(&mut connection.read).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_of_a_connection_is_taken_from_the_quota_and_counted_once() {
    let site = site("rate = { calls = 20, per = \"1h\" }").await;
    let mut connection = Connection::to(&site).await;
    let mut left = Vec::new();
    for _ in 0..20 {
        let answer = connection.ask(&contact(KNOWN)).await;
        let limit = answer.header("ratelimit").to_owned();
        left.push(limit.split([';', '=']).nth(2).unwrap().parse::<u32>().unwrap());
    }
    assert!(left.iter().copied().eq((0..20).rev()), "{left:?}");
    for _ in 0..3 {
        assert_eq!(connection.ask(&contact(KNOWN)).await.problem(), "too-many-requests");
    }
    assert_eq!(connection.ask(&contact(KNOWN).replace("key-of-crm", "none")).await.problem(), "unauthorized");
}
