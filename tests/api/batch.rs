//! Many contacts at once.

use serde_json::{Value, json};

use crate::site::{Site, upstream};

const READ: &str = "/contacts/batch/read";

#[tokio::test]
async fn every_id_has_one_result_in_the_order_asked_for() {
    let site = Site::start().await;
    let ids =
        ["periskope:919537851844", "periskope:10000000001", "nobody:1", "..", "rocketchat:673c76df47a6c9b89dd263d8"];
    let answer = site.post(READ, &json!({ "ids": ids })).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let results = answer.json()["results"].as_array().unwrap().clone();
    let asked: Vec<_> = results.iter().map(|result| result["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(asked, ids);
    let codes: Vec<_> = results.iter().map(|result| result["problem"]["code"].clone()).collect();
    assert_eq!(
        codes,
        [Value::Null, json!("contact-not-found"), json!("unknown-provider"), json!("invalid-contact-id"), Value::Null]
    );
    assert_eq!(results[0]["contact"], site.get("/contacts/periskope:919537851844").await.json());
    assert!(results[1].as_object().unwrap().keys().eq(["id", "problem"]));
    assert!(results[0].as_object().unwrap().keys().eq(["id", "contact"]));
}

#[tokio::test]
async fn one_that_fails_does_not_fail_the_others() {
    let site = Site::start().await;
    let ids = ["periskope:fault-status-503", "periskope:919537851844"];
    let results = site.post(READ, &json!({ "ids": ids })).await.json();
    assert_eq!(results["results"][0]["problem"]["code"], "provider-unavailable");
    assert_eq!(results["results"][1]["contact"]["name"], "BK Local1");
}

#[tokio::test]
async fn spellings_of_one_id_are_asked_for_once_and_answered_each() {
    let site = Site::start().await;
    let ids =
        ["919289665999", "+919289665999", "periskope:919289665999@c.us", "919289665999", "periskope:919289665999"];
    let results = site.post(READ, &json!({ "ids": ids })).await.json();
    for (place, id) in ids.iter().enumerate() {
        assert_eq!(results["results"][place]["id"], *id);
        assert_eq!(results["results"][place]["contact"]["native_id"], "919289665999@c.us");
    }
    assert_eq!(site.calls("periskope"), 1);
}

#[tokio::test]
async fn lines_come_as_soon_as_their_contacts_do() {
    let site = Site::over([upstream("quick", "periskope"), upstream("slow", "periskope")], "").await;
    site.upstream("slow").hold();
    let request = site.request(reqwest::Method::POST, READ).header("accept", "application/x-ndjson");
    let body = json!({ "ids": ["slow:919537851844", "quick:919537851844"] }).to_string();
    let mut response = request.header("content-type", "application/json").body(body).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/x-ndjson");
    let first = response.chunk().await.unwrap().unwrap();
    let first: Value = serde_json::from_slice(&first).unwrap();
    assert_eq!(first["id"], "quick:919537851844", "it waits for nobody");
    site.upstream("slow").release();
    let rest: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!((&rest["id"], &rest["contact"]["name"]), (&json!("slow:919537851844"), &json!("BK Local1")));
}

#[tokio::test]
async fn what_is_no_batch_is_told_where_it_is_wrong() {
    let site = Site::start().await;
    let many: Vec<_> = (0..1001).map(|number| number.to_string()).collect();
    for (document, word) in [
        (json!({ "ids": [] }), "1 to 1000"),
        (json!({ "ids": many }), "1001"),
        (json!({ "ids": ["a", 3] }), "ids[1]"),
        (json!({ "id": ["a"] }), "`id`"),
        (json!(["a"]), "body"),
    ] {
        let answer = site.post(READ, &document).await;
        assert_eq!((answer.problem().as_str(), answer.status.as_u16()), ("invalid-request", 400));
        assert!(answer.json()["detail"].as_str().unwrap().contains(word), "{word} in {}", answer.text);
    }
    let plain = site.request(reqwest::Method::POST, READ).body("{\"ids\":[\"a\"]}").send().await.unwrap();
    assert_eq!(plain.status(), 415);
    let large = json!({ "ids": ["x".repeat(3 << 20)] });
    assert_eq!(site.post(READ, &large).await.problem(), "too-large");
}
