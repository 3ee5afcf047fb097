//! A room that moves to the other platform: told before, done in one place however it is asked for, or refused with what is missing.

use std::path::Path;
use std::process::Command;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::fake::Fake;
use super::rooms::{start, started, text};
use crate::harness::{Server, Start, json as answer, problem};

async fn patched(server: &Server, change: Value) -> reqwest::Response {
    server.request(Method::PATCH, "/v1/rooms/standup").json(&change).send().await.unwrap()
}

/// What `reflector room migrate` prints.
fn migrate(server: &Server, to: &str, more: &[&str]) -> String {
    let output = server.cli(&[&["room", "migrate", "standup", "--to", to], more].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn a_room_is_moved_and_what_is_under_way_stays() {
    let fake = Fake::start();
    let server = start(&fake).run();
    let at_jitsi = server.meeting("standup").await;
    let dry = migrate(&server, "whereby", &["--dry-run"]);
    assert!(dry.starts_with("standup would move from jitsi to whereby\n"), "{dry}");
    for told in ["stays at Jitsi until it is over", "/r/standup lets nobody in", "up to 4 people", "Whereby's events"] {
        assert!(dry.contains(told), "{told}: {dry}");
    }
    assert_eq!(server.get("/v1/rooms/standup").await["platform"], "jitsi");
    let moved = migrate(&server, "whereby", &[]);
    assert_eq!(moved, dry.replace("would move", "moved"));
    assert_eq!(migrate(&server, "whereby", &[]), "standup is at whereby already: nothing changes\n");
    let kinds = server.get("/v1/events?limit=200").await["items"].to_string();
    assert_eq!(kinds.matches("\"room.updated\"").count(), 1, "{kinds}");

    // What is under way goes on; what comes next is there.
    let same = answer(server.post("/v1/rooms/standup/meeting", &json!({})).await, StatusCode::OK).await;
    assert_eq!((&same["id"], &same["platform"], fake.made()), (&at_jitsi["id"], &json!("jitsi"), 0));
    answer(server.post(&format!("/v1/meetings/{}/end", text(&same, "id")), &json!({})).await, StatusCode::OK).await;
    let next = started(&server, "standup").await;
    assert_eq!((&next["platform"], &next["room_id"], fake.made()), (&json!("whereby"), &same["room_id"], 1));

    // And back, by the API: the same words.
    let asked = json!({ "platform": "jitsi", "dry_run": true });
    let told = answer(server.post("/v1/rooms/standup/migrate", &asked).await, StatusCode::OK).await;
    assert_eq!((&told["from"], &told["active_meeting"]), (&json!("whereby"), &next["id"]));
    let about: Vec<&str> =
        told["changes"].as_array().unwrap().iter().map(|change| change["about"].as_str().unwrap()).collect();
    assert_eq!(about, ["meetings", "links", "guests", "links", "events"]);
    assert_eq!(server.get("/v1/rooms/standup").await["platform"], "whereby");
    assert_eq!(
        answer(patched(&server, json!({ "platform": "jitsi" })).await, StatusCode::OK).await["platform"],
        "jitsi"
    );
    server.verify();
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_what_is_missing() {
    let server = Start::default().env("RECORDING_STORAGE_AWS_BUCKET_NAME", "b").run();
    server.meeting("standup").await;
    let detail =
        text(&problem(patched(&server, json!({ "platform": "whereby" })).await, StatusCode::CONFLICT).await, "detail")
            .to_owned();
    assert_eq!(detail, "Whereby is not set up: set whereby.api_key.");
    for more in [[].as_slice(), &["--dry-run"]] {
        let output = server.cli(&[&["room", "migrate", "standup", "--to", "whereby"], more].concat());
        assert_eq!(output.status.code(), Some(64));
        assert!(String::from_utf8_lossy(&output.stderr).contains("set whereby.api_key"), "{output:?}");
    }
    assert_eq!(server.get("/v1/rooms/standup").await["platform"], "jitsi");
    drop(server);

    // With a key: what it needs for its recordings, as it is to be after the change.
    let fake = Fake::start();
    let server = start(&fake).env("RECORDING_STORAGE_AWS_BUCKET_NAME", "b").run();
    server.meeting("standup").await;
    let cloud = patched(&server, json!({ "platform": "whereby", "recording_type": "cloud" })).await;
    assert!(text(&problem(cloud, StatusCode::CONFLICT).await, "detail").contains("storage.aws_access_key_id"));
    assert_eq!(server.get("/v1/rooms/standup").await["recording_type"], "none");
    answer(patched(&server, json!({ "platform": "whereby" })).await, StatusCode::OK).await;
    drop(server);

    // The other way, where there is no Jitsi.
    let bare = Start::bare().env("WHEREBY_API_KEY", "k").run();
    super::rooms::room(&bare, "standup").await;
    let detail =
        text(&problem(patched(&bare, json!({ "platform": "jitsi" })).await, StatusCode::CONFLICT).await, "detail")
            .to_owned();
    assert_eq!(detail, "Jitsi is not set up: set jitsi.domain and jitsi.jwt_secret.");
    let unheard = bare.post("/v1/rooms/standup/migrate", &json!({ "platform": "zoom" })).await;
    problem(unheard, StatusCode::UNPROCESSABLE_ENTITY).await;
    let output = bare.cli(&["room", "migrate", "nobody", "--to", "whereby"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("no such room"), "{output:?}");
}

#[tokio::test]
async fn the_guide_works_as_it_is_printed() {
    let fake = Fake::start();
    let server = start(&fake).run();
    super::rooms::room(&server, "standup").await;
    super::rooms::room(&server, "second").await;
    let document = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/migration.md")).unwrap();
    let blocks: Vec<&str> = document.split("```bash\n").skip(1).map(|rest| rest.split_once("```").unwrap().0).collect();
    assert_eq!(blocks.len(), 6);
    started(&server, "standup").await;
    let programs = Path::new(env!("CARGO_BIN_EXE_reflector")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let run = |block: &str| {
        let script = block.replace("https://your-reflector-domain.com", &server.base);
        let mut shell = Command::new("bash");
        shell.args(["-euo", "pipefail", "-c", &script]).env("PATH", &path).env("AUTH_TOKEN", &server.token);
        shell.env("REFLECTOR_CONFIG", &server.config).env("REFLECTOR_DATA_DIR", &server.data);
        let output = shell.output().unwrap();
        assert!(output.status.success(), "{script}\n{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let platform = async |room: &str| server.get(&format!("/v1/rooms/{room}")).await["platform"].clone();
    // The example is what it says.
    let example = document.split_once("```text\n").unwrap().1.split_once("```").unwrap().0.replace("\n   ", "\n");
    assert_eq!(example.trim(), run(blocks[0]).trim());
    assert_eq!(platform("standup").await, "whereby");
    run(blocks[1]);
    assert_eq!((platform("standup").await, platform("second").await), (json!("jitsi"), json!("whereby")));
    assert_eq!(run(blocks[2]).lines().next().unwrap(), "second moved from whereby to jitsi");
    let meeting: Value = serde_json::from_str(&run(blocks[3])).unwrap();
    assert_eq!(meeting["platform"], "whereby", "what is under way stays");
    assert_eq!(serde_json::from_str::<Value>(&run(blocks[4])).unwrap()["dry_run"], true);
    assert_eq!(platform("standup").await, "jitsi");
    run(blocks[5]);
    assert_eq!(platform("standup").await, "whereby");
}
