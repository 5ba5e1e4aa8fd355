//! All that can happen to a gateway: every endpoint, right and wrong, and every way in which providers fail.

use std::collections::BTreeSet;

use providers::emulator::Fault;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{
    needles::{collect, normal},
    scene::{PATIENT, Scene},
};

/// Somebody whom only callers, and providers who repeat what they hear, tell of.
pub(super) const NAME: &str = "Maria Aparecida Quintanilha";
pub(super) const EMAIL: &str = "aparecida.quintanilha@example.org";
pub(super) const DIGITS: &str = "5551998765432";
const PHONE: &str = "+55 51 99876-5432";
const TEXT: &str = "Meet me behind the harbour at nine";
/// A secret where none should be.
const MISPLACED: &str = "s3cret-in-a-wrong-place";
/// A deadline for providers that fail, in milliseconds.
const SHORT: usize = 300;
const INSTANCES: [&str; 3] = ["rocketchat", "rocketchat_legacy", "periskope"];

/// Lets it happen, and returns what callers were told of contacts.
pub(super) async fn go(scene: &mut Scene) -> BTreeSet<String> {
    let mut told = everybody(scene).await;
    read(scene).await;
    write(scene).await;
    knock(scene).await;
    fail(scene).await;
    told.extend([NAME, EMAIL, DIGITS, PHONE].map(normal));
    told
}

/// Nobody may be told these, and nobody was.
pub(super) fn unsaid() -> impl Iterator<Item = String> {
    let words = NAME.split(' ').filter(|word| word.len() > 5);
    words.chain([TEXT, MISPLACED, "emulated-visitor-credential"]).map(normal)
}

/// Everybody whom the providers know.
async fn everybody(scene: &mut Scene) -> BTreeSet<String> {
    let mut told = BTreeSet::new();
    let list = |name: &&str| scene.request(Method::GET, format!("/contacts?provider={name}"));
    let lists: Vec<_> = INSTANCES.iter().map(list).map(|list| list.header("accept", "application/x-ndjson")).collect();
    for list in scene.ask(lists).await {
        assert!(list.text.lines().count() > 30, "{}", list.text);
        list.text.lines().for_each(|line| collect(&serde_json::from_str(line).unwrap(), &mut told));
    }
    told
}

/// Contacts in every form, and questions of every kind.
async fn read(scene: &mut Scene) {
    let documented = |name: &'static str, ids: &'static [&'static str]| {
        ids.iter().flat_map(move |id| [format!("{name}:{id}"), (*id).to_owned(), format!("{name}_wrong:{id}")])
    };
    let all = scene.upstreams.iter().flat_map(|(emulation, _)| documented(emulation.instance, emulation.documented));
    let ids: Vec<_> = all.collect();
    for query in ["", "?include=raw", "?explain=true", "?linked=true", "?fields=phones"] {
        let requests: Vec<_> =
            ids.iter().map(|id| scene.request(Method::GET, format!("/contacts/{id}{query}"))).collect();
        scene.ask(requests).await;
    }
    let forms = ["application/jscontact+json", "text/vcard", PHONE];
    let form = |form: &str| scene.request(Method::GET, format!("/contacts/{}", ids[0])).header("accept", form);
    scene.ask(forms.map(form)).await;
    for path in [
        "tel:+919537851844".to_owned(),
        "mailto:mail@example.com".to_owned(),
        format!("tel:+{DIGITS}"),
        format!("mailto:{EMAIL}"),
        "tel:12".to_owned(),
        format!("nobody:{DIGITS}?provider={EMAIL}"),
        format!("{DIGITS}%0A{DIGITS}"),
        format!("?cursor={DIGITS}&limit={EMAIL}&updated_since={PHONE}&provider={DIGITS}"),
        format!("../{EMAIL}?token={MISPLACED}"),
        format!("../webhooks/{DIGITS}"),
        format!("../problems/{DIGITS}"),
    ] {
        scene.get(&format!("/contacts/{path}")).await;
    }
    let forgotten = [format!("/{}", ids[0]), format!("/tel:{DIGITS}"), format!("?provider={EMAIL}")];
    scene.ask(forgotten.map(|what| scene.request(Method::DELETE, format!("/cache{what}")))).await;
    let odd = [format!("periskope:fault-status-500/{DIGITS}"), EMAIL.to_owned(), NAME.to_owned()];
    let batch = json!({ "ids": ids.iter().cloned().chain(odd).collect::<Vec<_>>() });
    for form in ["application/json", "application/x-ndjson"] {
        scene.ask([post(scene, "/contacts/batch/read", &batch).header("accept", form)]).await;
    }
    scene.ask([post(scene, "/contacts/batch/read", &json!({ "ids": [{ NAME: EMAIL }] }))]).await;
}

/// Registrations and messages, good and bad.
async fn write(scene: &mut Scene) {
    for name in INSTANCES {
        let (emulation, _) = scene.upstreams.iter().find(|(emulation, _)| emulation.instance == name).unwrap();
        let message = (emulation.webhook.unwrap())(emulation.documented[0]);
        let emails = if name == "periskope" { json!([]) } else { json!([EMAIL]) };
        let forged = json!({ "event": TEXT, "data": { "body": TEXT, "from": DIGITS }, "token": MISPLACED }).to_string();
        let hook =
            |body| scene.request(Method::POST, format!("/webhooks/{name}")).headers(message.headers.clone()).body(body);
        let requests = [
            post(scene, "/contacts", &json!({ "provider": name, "name": NAME, "emails": emails, "phones": [PHONE] })),
            post(scene, "/contacts", &json!({ "provider": name, "name": NAME, "emails": [NAME], "phones": [EMAIL] })),
            post(scene, "/contacts", &json!({ "provider": name, "name": NAME, TEXT: TEXT })),
            hook(message.body.clone()),
            hook(forged.clone().into()),
            scene.stranger(Method::POST, format!("/webhooks/{name}")).body(forged),
        ];
        let answers = scene.ask(requests).await;
        assert_eq!((answers[0].status, answers[3].status), (201, 204), "{}", answers[0].text);
    }
}

fn post(scene: &Scene, path: &str, document: &Value) -> RequestBuilder {
    let request = scene.request(Method::POST, path).header("content-type", "application/json");
    request.header("idempotency-key", format!("{EMAIL} {document}")).body(document.to_string())
}

/// Keys that admit nobody, wherever they stand, and one that admits to little and not for long.
async fn knock(scene: &mut Scene) {
    let path = format!("/contacts/periskope:{DIGITS}?key={MISPLACED}");
    let values = [format!("Bearer {MISPLACED}"), format!("Basic {MISPLACED}"), "Bearer key-of-poor".to_owned()];
    for value in values.iter().chain(&values) {
        let request = scene.stranger(Method::GET, &path).header("authorization", value).header("cookie", MISPLACED);
        scene.ask([request.header("user-agent", EMAIL).header("x-request-id", NAME)]).await;
    }
}

/// Providers that fail in every way, and tell in their words whom and what it is about.
async fn fail(scene: &mut Scene) {
    let credentials = scene.credentials().join(" or ");
    let words = format!("Contact {NAME} <{EMAIL}> {PHONE} {DIGITS} said '{TEXT}': refused for {credentials}");
    let body =
        json!({ "success": false, "error": words, "message": words, "code": "ERROR", "status": 400 }).to_string();
    let answer = |status, content_type| Fault::Answer { status, content_type, body: body.clone().into() };
    let named = ["reset", "truncate", "garbage", "content-type", "html", "redirect", "delay-5s", "status-503"];
    let mut faults: Vec<Fault> = named.iter().map(|name| name.parse().unwrap()).collect();
    faults.extend([200, 400, 401, 403, 404, 422, 429, 500].map(|status| answer(status, "application/json")));
    faults.push(answer(502, "text/html"));
    for (number, fault) in faults.iter().enumerate() {
        scene.spoil(Some(fault), SHORT + number).await;
        let documented = scene.upstreams.iter().map(|(it, _)| format!("{}:{}", it.instance, it.documented[1]));
        let ids =
            documented.chain([format!("tel:+{DIGITS}"), format!("mailto:{EMAIL}"), format!("periskope:{DIGITS}")]);
        let mut requests: Vec<_> =
            ids.map(|id| scene.request(Method::GET, format!("/contacts/{id}?linked=true"))).collect();
        for name in INSTANCES {
            requests.push(scene.request(Method::GET, format!("/contacts?provider={name}")));
            let draft = json!({ "provider": name, "name": NAME, "phones": [PHONE], "number": number });
            requests.push(post(scene, "/contacts", &draft));
            requests.push(post(scene, "/contacts", &json!({ "provider": name, "name": NAME, "phones": [PHONE] })));
        }
        requests
            .iter_mut()
            .for_each(|request| *request = request.try_clone().unwrap().header("cache-control", "no-cache"));
        scene.ask(requests).await;
    }
    scene.spoil(None, PATIENT + 1).await;
}

/// Secrets in configurations where they should not be.
pub(super) async fn misconfigure(scene: &mut Scene) {
    for lines in [
        format!("[auth.keys.other]\nhash = \"{MISPLACED}\""),
        format!("[providers.other]\nkind = \"periskope\"\nbase_url = \"https://me:{MISPLACED}@example.com\""),
        format!(
            "[providers.other]\nkind = \"periskope\"\nbase_url = \"https://example.com\"\nsettings.api_kee = \"{MISPLACED}\""
        ),
        format!("redis.url = \"redis://:{MISPLACED}@localhost:port\""),
        format!("[providers.other\n{MISPLACED}"),
    ] {
        scene.mistake(&lines).await;
    }
}
