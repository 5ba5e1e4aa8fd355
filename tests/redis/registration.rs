//! One contact for one key, whichever gateway is asked; and exports that go on elsewhere.

use std::{fs, process::Command};

use futures_util::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    fleet::{Fleet, PLENTY},
    gateway::{Gateway, temporary_file},
    redis::Redis,
};

async fn register(gateway: &Gateway, name: &str, key: &str) -> (StatusCode, Value) {
    let draft = json!({ "provider": "periskope", "name": name, "phones": ["+55 11 91234-0000"] });
    let request = gateway.request(Method::POST, "/contacts").header("content-type", "application/json");
    let answer = request.header("idempotency-key", key).body(draft.to_string()).send().await.unwrap();
    (answer.status(), serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}

#[tokio::test]
async fn one_key_registers_one_contact_whichever_gateways_are_asked() {
    let redis = Redis::start();
    let fleet = Fleet::start(&redis.url(), PLENTY).await;
    let together = join_all(fleet.gateways.iter().map(|gateway| register(gateway, "Nova Pessoa", "key"))).await;
    let later = register(&fleet.gateways[1], "Nova Pessoa", "key").await;
    for (status, contact) in together.iter().chain([&later]) {
        assert_eq!((*status, &contact["id"]), (StatusCode::CREATED, &later.1["id"]));
    }
    assert_eq!(fleet.provider.calls("contacts/create"), 1);
    let (status, problem) = register(&fleet.gateways[2], "Outra Pessoa", "key").await;
    assert!(status.is_client_error(), "{problem}");
}

#[tokio::test]
async fn a_wish_whose_gateway_is_lost_is_looked_up_before_it_is_tried_again() {
    let redis = Redis::start();
    let fleet = Fleet::start(&redis.url(), PLENTY).await;
    fleet.provider.hold();
    let before = fleet.provider.seen().len();
    let lost = async {
        fleet.provider.wait_for_calls(before + 1).await;
        fleet.gateways[0].kill();
        fleet.provider.release();
    };
    let draft = json!({ "provider": "periskope", "name": "Nova Pessoa", "phones": ["+55 11 91234-0000"] });
    let request = fleet.gateways[0].request(Method::POST, "/contacts").header("content-type", "application/json");
    let (gone, ()) = tokio::join!(request.header("idempotency-key", "key").body(draft.to_string()).send(), lost);
    assert!(gone.is_err());
    let (status, _) = register(&fleet.gateways[1], "Nova Pessoa", "key").await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(
        fleet.provider.calls("contacts/create"),
        1,
        "the second gateway has found what the first had registered"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_goes_on_from_what_redis_knows_where_its_own_note_is_lost() {
    let redis = Redis::start();
    let fleet = Fleet::start(&redis.url(), PLENTY).await;
    let config = temporary_file("export.toml", &fleet.configuration);
    let file = temporary_file("export.ndjson", "");
    fs::remove_file(&file).unwrap();
    let mut export = Command::new(env!("CARGO_BIN_EXE_contact-gateway"));
    export.env_clear().args(["export", "--provider", "periskope", "--config"]).arg(&config);
    export.arg("--output").arg(&file);
    let first = fleet.provider.seen().len();
    let mut running = export.spawn().unwrap();
    // The page before has been written; the one that is asked for never comes.
    fleet.provider.wait_for_calls(first + 2).await;
    fleet.provider.hold();
    fleet.provider.wait_for_calls(first + 3).await;
    running.kill().unwrap();
    running.wait().unwrap();
    fleet.provider.release();
    let mut note = file.clone().into_os_string();
    note.push(".resume");
    fs::remove_file(&note).unwrap();
    let resumed = export.arg("--resume").output().unwrap();
    assert!(resumed.status.success(), "{}", String::from_utf8_lossy(&resumed.stderr));
    let text = fs::read_to_string(&file).unwrap();
    let mut ids: Vec<_> =
        text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].to_string()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert!(all > 1000 && ids.len() == all, "{all} lines, {} contacts", ids.len());
    assert!(redis.ask::<Vec<String>>("KEYS *:export:*").is_empty());
}
