//! The disks as they fill: what the meter shows, the alarm, and its end.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::disk_full::Disk;
use crate::harness::{Server, Start, eventually, json as answer, problem};
use crate::recordings::{media, only};

/// The disk on which the recordings of the test lie, once it is so with it.
async fn disk_at(server: &Server, directory: &str, level: &str) -> Value {
    eventually(&format!("a disk that is {level}"), async || {
        let storage = server.get("/v1/storage").await;
        let disks = storage["disks"].as_array().unwrap().clone();
        disks.into_iter().find(|disk| disk["directories"] == json!([directory]) && disk["level"] == level)
    })
    .await
}

async fn kinds(server: &Server) -> Vec<String> {
    let log = server.get("/v1/events?limit=200").await;
    let kinds = log["items"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap().to_owned());
    kinds.filter(|kind| kind.starts_with("disk.")).collect()
}

#[tokio::test]
async fn a_disk_that_fills_is_told_of_everywhere_until_it_has_room_again() {
    let disk = Disk::new("64m");
    let directory = disk.path().to_str().unwrap().to_owned();
    let lines = format!("[recordings]\ndirectories = [\"{directory}\"]\nkeep_days = 90\n");
    let server = Start::default().config(&lines).env("REFLECTOR_DISK__FLOOR_MIB", "16").run();
    let bytes = media(&[]);
    std::fs::create_dir(disk.path().join("8f2e")).unwrap();
    std::fs::write(disk.path().join("8f2e/standup_2025-01-15-10-30-00.mp4"), &bytes).unwrap();
    let found = only(&server, "ready").await;
    let fine = disk_at(&server, &directory, "fine").await;
    assert_eq!((&fine["total_bytes"], &fine["floor_bytes"]), (&json!(64 << 20), &json!(16 << 20)));
    assert_eq!((&fine["has_recordings"], &fine["has_data"]), (&json!(true), &json!(false)));
    assert_eq!(
        (&fine["fills_bytes_per_day"], &fine["days_left"]),
        (&Value::Null, &Value::Null),
        "nothing is known yet"
    );
    let storage = eventually("the sums", async || {
        let storage = server.get("/v1/storage").await;
        (storage["recordings"]["count"] == 1 && storage["recordings"]["states"][0]["state"] == "ready")
            .then_some(storage)
    })
    .await;
    let sum = json!({ "count": 1, "bytes": bytes.len() });
    assert_eq!(storage["recordings"]["bytes"], bytes.len());
    assert_eq!(storage["recordings"]["places"][0], json!({ "place": directory, "count": 1, "bytes": sum["bytes"] }));
    let retention = &storage["retention"];
    assert_eq!((&retention["keep_days"], &retention["trash_days"]), (&json!(90), &json!(30)));
    assert!(retention["waits_until"].is_string(), "its clock has not been seen to run yet: {retention}");
    assert_eq!(retention["to_trash"], json!({ "count": 0, "bytes": 0 }));

    let ballast = disk.path().join(".ballast");
    std::fs::write(&ballast, vec![1; 50 << 20]).unwrap();
    let full = disk_at(&server, &directory, "critical").await;
    let told = full["explanation"].as_str().unwrap();
    assert!(told.starts_with("Only 1") && told.contains("and 16 should stay free"), "{told}");
    let ready = server.anonymous(Method::GET, "/ready").send().await.unwrap();
    let failing = problem(ready, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(failing["errors"][0]["field"], "recordings_disk");
    let doctor = server.get("/v1/doctor").await;
    let check = doctor["checks"].as_array().unwrap().iter().find(|check| check["id"] == "disks.last").unwrap();
    assert_eq!(check["verdict"], "failed", "{check}");
    let metrics = server.anonymous(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    let free = metrics.lines().find(|line| line.starts_with("reflector_disk_free_bytes") && line.contains(&directory));
    let free: u64 = free.unwrap().rsplit(' ').next().unwrap().parse().unwrap();
    assert!(free < 16 << 20, "{free}");
    // What is there is still played, and listed.
    answer(
        server.request(Method::GET, &format!("/v1/recordings/{}", found["id"].as_str().unwrap())).send().await.unwrap(),
        StatusCode::OK,
    )
    .await;

    std::fs::remove_file(&ballast).unwrap();
    disk_at(&server, &directory, "fine").await;
    answer(server.anonymous(Method::GET, "/ready").send().await.unwrap(), StatusCode::OK).await;
    assert_eq!(kinds(&server).await, ["disk.critical", "disk.fine"]);
    server.verify();
}
