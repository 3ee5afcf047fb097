//! A disk that is full: events are refused so that their senders keep them, nothing that was acknowledged is lost, and
//! all goes on by itself once there is room.

use std::path::Path;
use std::process::Command;

use reqwest::StatusCode;
use serde_json::json;

use crate::harness::{Start, eventually, problem};

/// A file system in memory of a few MiB. Making one takes root, as the whole test command does.
pub(crate) struct Disk {
    directory: tempfile::TempDir,
}

impl Disk {
    pub(crate) fn new(size: &str) -> Self {
        let disk = Self { directory: tempfile::tempdir().unwrap() };
        disk.mount(&["-t", "tmpfs", "-o", &format!("size={size},mode=0700"), "tmpfs"]);
        disk
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn resize(&self, size: &str) {
        self.mount(&["-o", &format!("remount,size={size}")]);
    }

    fn mount(&self, args: &[&str]) {
        let output = Command::new("mount").args(args).arg(self.path()).output().unwrap();
        assert!(output.status.success(), "this test must run as root: {}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[tokio::test]
async fn a_full_disk_refuses_and_loses_nothing() {
    let disk = Disk::new("6m");
    let server = Start::default().data(&disk.path().join("data")).run();
    let ballast = "x".repeat(60_000);
    let event = |number: usize| {
        json!({ "event": "note", "room": "r", "timestamp": 1_736_900_000_000_u64 + number as u64,
                "data": { "number": number, "ballast": ballast } })
    };
    let (mut acked, mut refused) = (Vec::new(), None);
    for number in 0..400 {
        let response = server.event(&event(number)).await;
        match response.status() {
            StatusCode::OK => acked.push(number),
            StatusCode::SERVICE_UNAVAILABLE => {
                assert!(response.headers().contains_key("retry-after"));
                problem(response, StatusCode::SERVICE_UNAVAILABLE).await;
                refused = Some(number);
                break;
            }
            other => panic!("{other}"),
        }
    }
    let refused = refused.expect("the disk is small enough to be filled");
    assert!(acked.len() > 5, "{acked:?}");
    let ready = eventually("an answer of readiness", async || {
        let response = server.anonymous(reqwest::Method::GET, "/ready").send().await.ok()?;
        (response.status() == StatusCode::SERVICE_UNAVAILABLE).then_some(response)
    })
    .await;
    let failing = problem(ready, StatusCode::SERVICE_UNAVAILABLE).await;
    let named: Vec<_> = failing["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
    assert!(named.contains(&json!("disk")) || named.contains(&json!("store")), "{failing}");

    // What is there can be read meanwhile, but for the moments in which the files are opened again.
    let first = eventually("an event that can be read", async || {
        let response = server.request(reqwest::Method::GET, "/v1/events?limit=1").send().await.ok()?;
        if response.status() == StatusCode::OK { response.json::<serde_json::Value>().await.ok() } else { None }
    })
    .await;
    assert_eq!(first["items"][0]["data"]["number"], 0);

    disk.resize("64m");
    eventually("an event that is taken again", async || {
        (server.event(&event(refused)).await.status() == StatusCode::OK).then_some(())
    })
    .await;
    acked.push(refused);
    let mut numbers = Vec::new();
    let mut after = 0;
    loop {
        let page = server.get(&format!("/v1/events?limit=20&after={after}")).await;
        let items = page["items"].as_array().unwrap();
        numbers.extend(items.iter().filter_map(|item| item["data"]["number"].as_u64()));
        match items.last() {
            Some(item) => after = item["seq"].as_u64().unwrap(),
            None => break,
        }
    }
    let mut expected: Vec<u64> = acked.iter().map(|number| *number as u64).collect();
    expected.sort_unstable();
    numbers.sort_unstable();
    assert_eq!(numbers, expected, "each that was acknowledged, once");
    assert!(server.cli(&["rebuild", "--verify"]).status.success());
}
