//! `contact-gateway export`, as it is started, and as it is killed.

use std::{collections::BTreeSet, fs, path::PathBuf, process::Stdio};

use serde_json::Value;

use crate::{
    cli::{Running, config, gateway, run},
    site::{Site, temporary_file, upstream},
};

const PEOPLE: u32 = 9_000;
/// Those and the documented ones.
const ALL: usize = PEOPLE as usize + 6;

async fn site(people: u32) -> Site {
    Site::over([upstream("periskope", "periskope").people(people)], "").await
}

/// A path at which nothing is.
fn nowhere(name: &str) -> PathBuf {
    let path = temporary_file(name, "");
    fs::remove_file(&path).unwrap();
    path
}

fn ids(text: &str) -> Vec<String> {
    let id = |line: &str| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned();
    text.lines().map(id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_is_killed_and_resumed_loses_nobody_and_has_nobody_twice() {
    let site = site(PEOPLE).await;
    let (config, file) = (config(&site), nowhere("killed.ndjson"));
    let output = file.to_str().unwrap();
    let arguments = ["export", "--provider", "periskope", "--output", output, "--config", &config];
    for calls in [2, 4] {
        let mut arguments = arguments.to_vec();
        if calls > 2 {
            arguments.push("--resume");
        }
        let mut running = Running(gateway(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        // The page before has been written; the one that is asked for never comes.
        site.upstream("periskope").wait_for_calls(calls).await;
        site.upstream("periskope").hold();
        site.upstream("periskope").wait_for_calls(calls + 1).await;
        running.0.kill().unwrap();
        running.0.wait().unwrap();
        site.upstream("periskope").release();
    }
    // What was written but not marked will come again.
    let mut text = fs::read(&file).unwrap();
    text.extend_from_slice(b"{\"id\":\"periskope:half a li");
    fs::write(&file, text).unwrap();

    let (code, _, said) = run(&[&arguments[..], &["--resume"]].concat());
    assert_eq!(code, 0, "{said}");
    let ids = ids(&fs::read_to_string(&file).unwrap());
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "somebody is there twice");
    assert_eq!(ids.len(), ALL);
    let (code, _, said) = run(&[&arguments[..], &["--resume"]].concat());
    assert!(code == 1 && said.contains("nothing to resume"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_has_everybody() {
    let site = site(20).await;
    let config = config(&site);
    for (format, begins, contacts) in [
        ("ndjson", "{\"id\":", "\"id\":\"periskope:"),
        ("csv", "\"id\",", "\n\"periskope:"),
        ("vcard", "BEGIN:VCARD", "BEGIN:VCARD"),
        ("jscontact", "{\"@type\":\"Card\"", "\"@type\":\"Card\""),
    ] {
        let (code, out, said) = run(&["export", "--provider", "periskope", "--format", format, "--config", &config]);
        assert_eq!(code, 0, "{said}");
        assert!(out.starts_with(begins), "{format}: {}", &out[..80]);
        assert_eq!(out.matches(contacts).count(), 26, "{format}");
        assert!(said.contains("26 contacts"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_there_is_not_written_over() {
    let site = site(1).await;
    let (config, file) = (config(&site), temporary_file("mine.txt", "mine"));
    let output = file.to_str().unwrap();
    let export = |more: &[&str]| {
        run(&[&["export", "--provider", "periskope", "--config", &config, "--output", output], more].concat())
    };
    let (code, _, said) = export(&[]);
    assert!(code == 1 && said.contains("is there already"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(export(&["--resume"]).0, 1);
    let (code, _, said) = run(&["export", "--provider", "nobody", "--config", &config]);
    assert!(code == 1 && said.contains("periskope"), "{said}");
    assert_eq!(run(&["export", "--provider", "periskope", "--updated-since", "yesterday"]).0, 2);
}
