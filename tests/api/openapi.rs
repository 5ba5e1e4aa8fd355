//! The API's description. That answers are what it says is checked with each of them, in every test (`described.rs`).

use std::collections::BTreeSet;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use contact_gateway::api::Code;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    cli::run,
    described::{DESCRIPTION, mistakes},
    site::{Answer, Site},
};

const METHODS: [&str; 7] = ["get", "head", "post", "put", "patch", "delete", "options"];

fn operations() -> impl Iterator<Item = (&'static str, &'static str, &'static Value)> {
    let paths = DESCRIPTION["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

/// Every value of the description, with its place.
fn walk(place: String, value: &'static Value, visit: &mut dyn FnMut(&str, &'static Value)) {
    visit(&place, value);
    let escape = |text: &str| text.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(keys) => {
            keys.iter().for_each(|(key, value)| walk(format!("{place}/{}", escape(key)), value, visit));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(number, value)| walk(format!("{place}/{number}"), value, visit));
        }
        _ => {}
    }
}

fn resolve(value: &'static Value) -> &'static Value {
    let Some(reference) = value["$ref"].as_str() else { return value };
    DESCRIPTION.pointer(reference.strip_prefix('#').unwrap()).unwrap_or_else(|| panic!("{reference} leads nowhere"))
}

#[test]
fn every_reference_leads_somewhere_and_everything_shared_is_used() {
    assert_eq!(DESCRIPTION["openapi"], "3.1.0");
    let mut used = BTreeSet::from(["/components/securitySchemes/key".to_owned()]);
    walk(String::new(), &DESCRIPTION, &mut |_, value| {
        resolve(value);
        used.extend(value["$ref"].as_str().map(|reference| reference[1..].to_owned()));
    });
    for (kind, components) in DESCRIPTION["components"].as_object().unwrap() {
        for name in components.as_object().unwrap().keys() {
            assert!(used.contains(&format!("/components/{kind}/{name}")), "{kind}: {name} is used nowhere");
        }
    }
}

#[test]
fn every_example_is_what_its_schema_says() {
    let mut examples = 0;
    walk(String::new(), &DESCRIPTION, &mut |place, value| {
        if value["schema"].is_null() {
            return;
        }
        let several = value["examples"].as_object().into_iter().flat_map(|examples| examples.values());
        let several = several.map(|example| &resolve(example)["value"]);
        for example in several.chain(value.get("example")) {
            assert_eq!(mistakes(&format!("{place}/schema"), example), [""; 0], "{place}");
            examples += 1;
        }
    });
    assert!(examples > 150, "{examples}");
}

#[test]
fn every_problem_has_its_place_and_its_example() {
    let mut answered = BTreeSet::new();
    for (path, method, operation) in operations().filter(|(_, method, _)| *method != "head") {
        for (status, answer) in operation["responses"].as_object().unwrap() {
            let examples = answer["content"]["application/problem+json"]["examples"].as_object();
            for (code, example) in examples.into_iter().flatten() {
                let problem = &resolve(example)["value"];
                assert_eq!(
                    (&problem["code"], &problem["status"].to_string()),
                    (&json!(code), status),
                    "{method} {path}"
                );
                answered.insert(code.as_str());
            }
        }
    }
    assert_eq!(answered, Code::ALL.into_iter().map(Code::name).collect());
}

#[test]
fn every_path_of_the_router_is_described() {
    let source = include_str!("../../src/api/mod.rs");
    let literals = source.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| line.split('"'));
    for routed in literals.filter(|text| text.starts_with('/')) {
        // A path, or a scope's part of one.
        assert!(operations().any(|(path, ..)| path.contains(routed)), "{routed}");
    }
}

#[tokio::test]
async fn every_path_can_be_used_with_the_methods_that_are_described_and_with_no_others() {
    let site = Site::start().await;
    let paths: BTreeSet<_> = operations().map(|(path, ..)| path).collect();
    for path in paths {
        let described: BTreeSet<_> =
            operations().filter(|one| one.0 == path).map(|(_, method, _)| method.to_uppercase()).collect();
        let url = path.replace("{id}", "nobody:1").replace("{instance}", "nobody").replace("{code}", "nothing");
        for method in METHODS {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let answer = Answer::of(site.request(method.clone(), &url).send().await.unwrap()).await;
            assert_eq!(answer.status == 405, !described.contains(method.as_str()), "{method} {path}");
            if answer.status == 405 {
                let allowed = answer.header("allow").split(", ").map(str::to_owned).collect::<BTreeSet<_>>();
                assert_eq!(allowed, described, "{path}");
            }
        }
    }
}

#[tokio::test]
async fn the_documented_contacts_are_those_of_the_sandbox() {
    let site = Site::start().await;
    for name in ["contact", "whatsapp-contact"] {
        let contact = &DESCRIPTION["components"]["examples"][name]["value"];
        assert_eq!(site.get(&format!("/contacts/{}", contact["id"].as_str().unwrap())).await.json(), *contact);
    }
    let ids = &DESCRIPTION["components"]["examples"]["ids"]["value"];
    let results = site.post("/contacts/batch/read", ids).await.json();
    let example = &DESCRIPTION["components"]["examples"]["results"]["value"];
    assert_eq!(results["results"][0], example["results"][0]);
    assert_eq!(results["results"][1]["problem"]["code"], example["results"][1]["problem"]["code"]);
    let registered = &DESCRIPTION["components"]["examples"]["registered-contact"]["value"];
    let answer = site.post("/contacts", &DESCRIPTION["components"]["examples"]["new-contact"]["value"]).await;
    assert_eq!((&answer.json()["id"], &answer.json()["phones"]), (&registered["id"], &registered["phones"]));
}

/// What is not asked anywhere else in these tests; each answer is checked as it comes.
#[tokio::test]
async fn answers_that_are_rarely_asked_for_are_described_too() {
    let site = Site::start().await;
    let id = "/contacts/periskope:919537851844";
    for (path, status) in [
        (format!("{id}?linked=true&explain=true"), 200),
        (format!("{id}?explain=true&fields=name&include=raw"), 200),
        ("/contacts/tel:+919537851844?explain=true".to_owned(), 200),
        ("/contacts/tel:nobody".to_owned(), 400),
        ("/contacts/%FF".to_owned(), 400),
        ("/contacts/a/b%2Fc?provider=rocketchat".to_owned(), 404),
        ("/contacts?limit=2".to_owned(), 200),
        ("/problems/".to_owned(), 404),
        ("/problems/a/b".to_owned(), 404),
        ("/webhooks".to_owned(), 404),
    ] {
        assert_eq!(site.get(&path).await.status, status, "{path}");
    }
    for (path, kind, status) in [
        ("/contacts", "text/plain", 415),
        ("/contacts/batch/read", "text/plain", 415),
        ("/contacts/batch/read", "application/json", 413),
        ("/contacts", "application/json", 413),
        ("/webhooks/periskope", "application/json", 413),
        ("/webhooks/nobody", "", 404),
    ] {
        let body = if status == 413 { "x".repeat(5 << 20) } else { String::new() };
        let request = site.request(Method::POST, path).header("content-type", kind).body(body);
        assert_eq!(Answer::of(request.send().await.unwrap()).await.status, status, "{path}");
    }
    for path in [
        "/contacts?limit=1",
        "/contacts/nobody:1",
        "/health/live",
        "/problems/not-found",
        "/openapi.json",
        "/docs",
        "/",
    ] {
        let head = Answer::of(site.request(Method::HEAD, path).send().await.unwrap()).await;
        assert_eq!((head.status, head.text.as_str()), (site.get(path).await.status, ""), "{path}");
    }
}

#[tokio::test]
async fn the_description_is_served_and_printed_and_has_a_tag() {
    let site = Site::start().await;
    let answer = site.get("/openapi.json").await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
    let (code, printed, _) = run(&["openapi"]);
    assert_eq!((code, serde_json::from_str::<Value>(&printed).unwrap()), (0, answer.json()));
    let again = site.get_with("/openapi.json", "if-none-match", answer.header("etag")).await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
}

#[tokio::test]
async fn pages_need_nothing_from_elsewhere_and_may_load_nothing_else() {
    let site = Site::start().await;
    for path in ["/", "/docs", "/problems/overloaded"] {
        let page = site.get_with(path, "accept", "text/html,*/*;q=0.8").await;
        assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"), "{path}");
        assert!(page.text.lines().all(|line| line.starts_with("//") || !line.contains("://")), "{path}");
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
        for (name, what) in [("script", "script-src"), ("style", "style-src")] {
            let allowed = policy.split("; ").find(|directive| directive.starts_with(what)).unwrap();
            let (start, end) = (format!("<{name}>"), format!("</{name}>"));
            for rest in page.text.split(&start).skip(1) {
                let inside = rest.split_once(&end).unwrap().0;
                let hash = format!("'sha256-{}'", STANDARD.encode(Sha256::digest(inside)));
                assert!(allowed.contains(&hash), "{path}: {hash} in {allowed}");
            }
        }
        assert!(!page.text.contains("style=\"") && !page.text.contains("onclick"), "the policy would refuse it");
        assert_eq!(page.header("referrer-policy"), "no-referrer", "{path}");
        let tag = page.header("etag");
        let request = site.request(Method::GET, path).header("accept", "text/html").header("if-none-match", tag);
        assert_eq!(Answer::of(request.send().await.unwrap()).await.status, 304, "{path}");
    }
}
