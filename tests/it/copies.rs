//! Copies of recordings through the real server: to a store that speaks S3 and to another directory, proved, played, moved and
//! deleted, whatever breaks.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::bad_way::{BadWay, Way};
use crate::disk_full::Disk;
use crate::harness::{Server, Start, eventually, json as answer, now, problem};
use crate::moto::{self, Moto};
use crate::recordings::media;

/// A directory of recordings, one for copies, and what the server is told of both.
struct Disks {
    scratch: TempDir,
}

impl Disks {
    fn new() -> Self {
        let scratch = tempfile::tempdir().unwrap();
        for name in ["pile", "copies"] {
            std::fs::create_dir(scratch.path().join(name)).unwrap();
        }
        Self { scratch }
    }

    fn pile(&self) -> PathBuf {
        self.scratch.path().join("pile")
    }

    fn copies(&self) -> PathBuf {
        self.scratch.path().join("copies")
    }

    fn start(&self, storage: &str) -> Start {
        let directories = format!("[recordings]\ndirectories = [\"{}\"]\n", self.pile().display());
        Start::default().config(&format!("{directories}{storage}")).data(&self.scratch.path().join("data"))
    }

    fn directory_config(&self) -> String {
        format!("[storage]\ndirectory = \"{}\"\n", self.copies().display())
    }

    /// A session of a recorder in a room.
    fn session(&self, id: &str, room: &Value, bytes: &[u8]) -> PathBuf {
        let room = room["room_name"].as_str().unwrap();
        let folder = self.pile().join(id);
        std::fs::create_dir(&folder).unwrap();
        let file = folder.join(format!("{room}_2025-01-15-10-30-00.mp4"));
        std::fs::write(&file, bytes).unwrap();
        file
    }
}

/// Media that is larger by so many bytes behind it, which players pass over (a `free` box).
pub(crate) fn large(more: usize) -> Vec<u8> {
    let mut bytes = media(&[]);
    bytes.extend(u32::try_from(more + 8).unwrap().to_be_bytes());
    bytes.extend(b"free");
    bytes.extend((0..more).map(|at| (at / 7 % 251) as u8));
    bytes
}

fn sum(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

async fn cloud_meeting(server: &Server, room: &str) -> Value {
    let made = server.post("/v1/rooms", &json!({ "name": room, "recording_type": "cloud" })).await;
    answer(made, StatusCode::CREATED).await;
    let started = server.request(Method::POST, &format!("/v1/rooms/{room}/meeting")).send().await.unwrap();
    answer(started, StatusCode::CREATED).await
}

/// The only recording, once it stands there.
async fn only(server: &Server, state: &str) -> Value {
    eventually(&format!("one recording that is {state}"), async || {
        let all = server.get(&format!("/v1/recordings?state={state}")).await;
        let all = all["items"].as_array().unwrap().clone();
        assert!(all.len() <= 1, "{all:?}");
        all.into_iter().next()
    })
    .await
}

/// The only recording, once this is so of it.
async fn once(server: &Server, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    eventually(what, async || {
        let all = server.get("/v1/recordings").await;
        all["items"].as_array().unwrap().iter().find(|one| is_so(one)).cloned()
    })
    .await
}

fn path_of(recording: &Value) -> String {
    format!("/v1/recordings/{}", recording["id"].as_str().unwrap())
}

fn key_of(recording: &Value) -> String {
    let location = recording["copies"][0]["location"].as_str().unwrap();
    location.strip_prefix(&format!("s3://{}/", moto::BUCKET)).unwrap().to_owned()
}

async fn part(server: &Server, recording: &Value, range: &str) -> Vec<u8> {
    let path = format!("{}/media", path_of(recording));
    let sent = server.request(Method::GET, &path).header(header::RANGE, range).send().await.unwrap();
    assert_eq!(sent.status(), StatusCode::PARTIAL_CONTENT);
    sent.bytes().await.unwrap().to_vec()
}

#[tokio::test]
async fn a_recording_of_a_cloud_room_is_copied_to_s3_proved_played_and_purged() {
    let (disks, moto, bytes) = (Disks::new(), Moto::start().await, large(12 << 20));
    let (id, secret) = moto.key().await;
    let storage = moto::config_with(&moto.url, (&id, &secret));
    moto.check_signatures().await;
    let server = disks.start(&format!("{storage}after_copy = \"delete\"\npart_mib = 5\n")).run();
    let meeting = cloud_meeting(&server, "standup").await;
    let file = disks.session("8f2e", &meeting, &bytes);
    let stored = once(&server, "the copy alone", |one| one["reason"] == "in_storage").await;
    assert!(!file.exists());
    assert_eq!((&stored["state"], &stored["sha256"]), (&json!("stored"), &json!(sum(&bytes))));
    let key = key_of(&stored);
    assert!(key.starts_with("recordings/"), "{key}");

    // Played as a file is.
    for (range, expected) in [("bytes=10-19", 10..20), ("bytes=-5", bytes.len() - 5..bytes.len())] {
        assert_eq!(part(&server, &stored, range).await, bytes[expected]);
    }
    let path = path_of(&stored);
    let head = server.request(Method::HEAD, &format!("{path}/media")).send().await.unwrap();
    assert_eq!(head.headers()[header::CONTENT_LENGTH], bytes.len().to_string());
    assert_eq!(head.headers()[header::CONTENT_TYPE], "video/mp4");
    let tag = head.headers()[header::ETAG].to_str().unwrap().to_owned();
    let whole = server.request(Method::GET, &format!("{path}/media")).send().await.unwrap();
    assert_eq!(whole.headers()[header::ETAG].to_str().unwrap(), tag);
    assert_eq!(whole.bytes().await.unwrap(), bytes);
    let media = async |name: header::HeaderName, value: &str, range: &str| {
        let request = server.request(Method::GET, &format!("{path}/media")).header(name, value);
        request.header(header::RANGE, range).send().await.unwrap().status()
    };
    assert_eq!(media(header::IF_RANGE, &tag, "bytes=0-0").await, StatusCode::PARTIAL_CONTENT);
    assert_eq!(media(header::IF_RANGE, "\"another\"", "bytes=0-0").await, StatusCode::OK);
    assert_eq!(media(header::IF_NONE_MATCH, &tag, "bytes=0-0").await, StatusCode::NOT_MODIFIED);
    assert_eq!(media(header::ACCEPT, "*/*", "bytes=999999999-").await, StatusCode::RANGE_NOT_SATISFIABLE);

    // Its events, each state once.
    let log = server.get("/v1/events?limit=200").await;
    let kinds: Vec<_> = log["items"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect();
    let states = ["recording.ready", "recording.uploading", "recording.stored"];
    assert_eq!(states.map(|state| kinds.iter().filter(|kind| **kind == state).count()), [1, 1, 1], "{kinds:?}");

    // Deleted for good: gone, looked at, and written down.
    server.request(Method::DELETE, &path).send().await.unwrap().error_for_status().unwrap();
    answer(server.request(Method::POST, &format!("{path}/purge")).send().await.unwrap(), StatusCode::ACCEPTED).await;
    only(&server, "deleted").await;
    moto.believe_everybody().await;
    assert_eq!((moto.object(&key).await, moto.objects().await, moto.unfinished().await), (None, 0, 0));
    let audit = server.get("/v1/audit?limit=20").await;
    let receipts: Vec<_> =
        audit["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == "recording.purged").collect();
    assert_eq!(receipts.len(), 1, "{audit}");
    let copy = &receipts[0]["details"]["copies"][0];
    assert_eq!((&copy["sha256"], &copy["size"]), (&json!(sum(&bytes)), &json!(bytes.len())));
    problem(server.request(Method::GET, &format!("{path}/media")).send().await.unwrap(), StatusCode::CONFLICT).await;
    server.verify();
}

#[tokio::test]
async fn what_somebody_asks_for_is_moved_by_hand_and_players_are_sent_to_the_bucket() {
    let (disks, moto, bytes) = (Disks::new(), Moto::start().await, large(0));
    let server = disks.start(&format!("{}redirect_minutes = 5\n", moto.config())).run();
    let meeting = server.meeting("standup").await;
    let file = disks.session("8f2e", &meeting, &bytes);
    let ready = only(&server, "ready").await;
    assert_eq!((&ready["copies"], &ready["copying"]), (&json!([]), &Value::Null));
    let id = ready["id"].as_str().unwrap();
    let moved = server.cli(&["recordings", "move", id]);
    let said = String::from_utf8(moved.stdout).unwrap();
    assert!(moved.status.success(), "{}", String::from_utf8_lossy(&moved.stderr));
    assert!(said.contains(&format!("s3://{}/recordings/", moto::BUCKET)) && !file.exists(), "{said}");
    let stored = only(&server, "stored").await;
    assert_eq!((&stored["id"], &stored["reason"]), (&ready["id"], &json!("in_storage")));

    let path = format!("{}/media", path_of(&stored));
    let alone = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let ask = |name: &str, value: &str| {
        alone.get(format!("{}{path}", server.base)).bearer_auth(&server.token).header(name, value).send()
    };
    let sent = ask("accept", "*/*").await.unwrap();
    assert_eq!(
        (sent.status(), sent.headers()[header::CACHE_CONTROL].to_str().unwrap()),
        (StatusCode::FOUND, "private, no-store")
    );
    let link = sent.headers()[header::LOCATION].to_str().unwrap();
    assert!(
        link.starts_with(&format!("{}/{}/recordings/", moto.url, moto::BUCKET)) && link.contains("X-Amz-Expires=300"),
        "{link}"
    );
    let fetched = reqwest::get(link).await.unwrap();
    assert_eq!(fetched.headers()[header::CONTENT_TYPE], "video/mp4");
    assert_eq!(fetched.bytes().await.unwrap(), bytes);
    // A page of ours may fetch nothing from elsewhere.
    let embedded = ask("sec-fetch-dest", "video").await.unwrap();
    assert_eq!((embedded.status(), embedded.bytes().await.unwrap()), (StatusCode::OK, bytes.into()));

    // An object that somebody takes away is missed, and said to be gone.
    moto.ask(Method::DELETE, &key_of(&stored), "").await;
    problem(ask("sec-fetch-dest", "video").await.unwrap(), StatusCode::CONFLICT).await;
    let missing = only(&server, "missing").await;
    assert_eq!((&missing["reason"], missing["copies"][0]["gone_at"].is_string()), (&json!("gone"), true));
    let copy = server.post(&format!("{}/copy", path_of(&stored)), &json!({})).await;
    let why = problem(copy, StatusCode::CONFLICT).await;
    assert!(why["detail"].as_str().unwrap().contains("no complete file"), "{why}");
}

#[tokio::test]
async fn a_recording_is_copied_to_another_directory_and_played_from_there() {
    let (disks, bytes) = (Disks::new(), large(9 << 20));
    let server = disks.start(&disks.directory_config()).run();
    let meeting = cloud_meeting(&server, "standup").await;
    let file = disks.session("8f2e", &meeting, &bytes);
    let stored = only(&server, "stored").await;
    assert_eq!((&stored["reason"], file.exists()), (&json!("copied"), true));
    let location = PathBuf::from(stored["copies"][0]["location"].as_str().unwrap());
    assert!(location.starts_with(disks.copies()) && std::fs::read(&location).unwrap() == bytes);
    assert_eq!(stored["sha256"], sum(&bytes));
    std::fs::remove_file(&file).unwrap();
    let alone = once(&server, "the copy alone", |one| one["reason"] == "in_storage").await;
    assert_eq!(part(&server, &alone, "bytes=100-199").await, bytes[100..200]);
    let path = path_of(&alone);
    server.request(Method::DELETE, &path).send().await.unwrap().error_for_status().unwrap();
    server.request(Method::POST, &format!("{path}/purge")).send().await.unwrap().error_for_status().unwrap();
    only(&server, "deleted").await;
    assert_eq!(std::fs::read_dir(disks.copies()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_copy_waits_where_the_disk_is_full_and_leaves_nothing_there() {
    for (floor_mib, why) in [("0", "No space left on device"), ("1", "disk.floor_mib")] {
        let (disks, disk, bytes) = (Disks::new(), Disk::new("8m"), large(12 << 20));
        let storage = format!("[storage]\ndirectory = \"{}\"\n", disk.path().display());
        let server = disks.start(&storage).env("REFLECTOR_DISK__FLOOR_MIB", floor_mib).run();
        let meeting = cloud_meeting(&server, "standup").await;
        let file = disks.session("8f2e", &meeting, &bytes);
        let waits = once(&server, "a copy that waits", |one| one["reason"] == "copy_waits").await;
        assert!(waits["explanation"].as_str().unwrap().contains(why), "{waits}");
        assert!(std::fs::read_dir(disk.path()).unwrap().next().is_none() && file.exists());
        disk.resize("64m");
        let job = format!("/v1/jobs/copy-recording:{}/retry", waits["id"].as_str().unwrap());
        let stored = eventually("the copy", async || {
            let _ = server.request(Method::POST, &job).send().await.unwrap();
            server.get("/v1/recordings?state=stored").await["items"].as_array().unwrap().first().cloned()
        })
        .await;
        assert_eq!(std::fs::read(stored["copies"][0]["location"].as_str().unwrap()).unwrap(), bytes);
    }
}

/// Has the copy tried now, and gives the recording when it has failed of this.
async fn fails_of(server: &Server, recording: &Value, why: &str) -> Value {
    let job = format!("/v1/jobs/copy-recording:{}/retry", recording["id"].as_str().unwrap());
    eventually(&format!("a copy that fails of {why}"), async || {
        let now = server.get(&path_of(recording)).await;
        let is_said = now["copying"]["problem"].as_str().is_some_and(|problem| problem.contains(why));
        if is_said {
            assert_eq!((&now["state"], &now["reason"]), (&json!("uploading"), &json!("copy_waits")));
            return Some(now);
        }
        // It may run at this moment.
        let _ = server.request(Method::POST, &job).send().await.unwrap();
        None
    })
    .await
}

#[tokio::test]
async fn a_storage_that_is_merely_slow_is_waited_for() {
    let (disks, moto, bytes) = (Disks::new(), Moto::start().await, large(6 << 20));
    let way = BadWay::to(&moto.url);
    way.set(Way::Slow);
    let server = disks.start(&format!("{}part_mib = 5\n", moto::config(&way.url))).run();
    let meeting = cloud_meeting(&server, "standup").await;
    disks.session("8f2e", &meeting, &bytes);
    let begun = now();
    let mut looks = 0;
    let stored = eventually("the copy", async || {
        let all = server.get("/v1/recordings").await;
        let one = all["items"].as_array().unwrap().first()?.clone();
        looks += usize::from(one["state"] == "uploading");
        assert_eq!(one["copying"]["problem"], Value::Null, "{one}");
        (one["state"] == "stored").then_some(one)
    })
    .await;
    assert!(looks > 0 && begun.elapsed() > Duration::from_secs(2), "it was not slow enough to show anything");
    assert_eq!(stored["copies"][0]["sha256"], sum(&bytes));
    // Once, and never begun anew.
    assert!(!server.log().contains("a job failed"), "{}", server.log());
}

#[tokio::test]
async fn whatever_the_storage_does_the_file_stays_until_its_copy_is_proved() {
    let (disks, moto, bytes) = (Disks::new(), Moto::start().await, large(12 << 20));
    let way = BadWay::to(&moto.url);
    let storage = format!("{}after_copy = \"delete\"\npart_mib = 5\n", moto::config(&way.url));
    way.set(Way::Closed);
    let server = disks.start(&storage).run();
    let meeting = cloud_meeting(&server, "standup").await;
    let file = disks.session("8f2e", &meeting, &bytes);
    let waits = once(&server, "a copy that waits", |one| one["reason"] == "copy_waits").await;
    for (bad, why) in [
        (Way::Failing, "SlowDown: Later"),
        (Way::Cut, "cannot do it now"),
        (Way::Changed, "something else than what was sent"),
    ] {
        way.set(bad);
        fails_of(&server, &waits, why).await;
        assert_eq!(std::fs::read(&file).unwrap(), bytes, "{bad:?}");
    }
    // Denied: the store knows no keys any more. What is said holds no secret.
    way.set(Way::Good);
    moto.check_signatures().await;
    let denied = fails_of(&server, &waits, "refuses").await;
    assert!(!denied.to_string().contains(moto::KEY_SECRET) && !server.log().contains(moto::KEY_SECRET));
    assert!(file.exists());
    moto.believe_everybody().await;
    // Once more by itself it would be tried much later.
    let stored = eventually("the copy alone", async || {
        server.signal("HUP");
        let all = server.get("/v1/recordings?state=stored").await;
        all["items"].as_array().unwrap().iter().find(|one| one["reason"] == "in_storage").cloned()
    })
    .await;
    assert_eq!(moto.object(&key_of(&stored)).await.unwrap(), bytes);
    assert_eq!(moto.unfinished().await, 0);
    server.verify();
}

#[tokio::test]
async fn a_file_that_is_deleted_while_it_is_copied_leaves_nothing_half() {
    let (disks, moto, bytes) = (Disks::new(), Moto::start().await, large(22 << 20));
    let storage = format!("{}part_mib = 5\nbandwidth_mib = 5\n", moto.config());
    let mut server = disks.start(&storage).run();
    let meeting = cloud_meeting(&server, "standup").await;
    let under_way = |one: &Value| one["copying"]["done_bytes"].as_u64().is_some_and(|done| done > 0);
    // It is open, and so its copy is made of what nobody else can read any more.
    let mut stream = server.request(Method::GET, "/v1/events/stream").send().await.unwrap();
    let file = disks.session("8f2e", &meeting, &bytes);
    let first = once(&server, "a copy that is under way", under_way).await;
    std::fs::remove_file(&file).unwrap();
    let told = format!("{{\"done_bytes\":10485760,\"recording_id\":{},\"size_bytes\":{}}}", first["id"], bytes.len());
    let mut heard = String::new();
    while !heard.contains(&told) {
        heard.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().expect("the stream goes on")).unwrap());
    }
    assert!(heard.contains("event: recording.progress"), "{heard}");
    let saved = only(&server, "stored").await;
    assert_eq!(moto.object(&key_of(&saved)).await.unwrap(), bytes);

    // After a crash there is nothing left of it.
    let file = disks.session("9a3f", &meeting, &bytes);
    once(&server, "another copy that is under way", under_way).await;
    server.kill();
    std::fs::remove_file(&file).unwrap();
    let server = disks.start(&storage).token(&server.token).run();
    let missing =
        once(&server, "a recording that is missing", |one| one["state"] == "missing" && one["copying"].is_null()).await;
    assert_eq!((&missing["reason"], &missing["copies"]), (&json!("gone"), &json!([])));
    assert_eq!(moto.unfinished().await, 0);
}

/// Kills the server this often while it copies recordings, then lets it end, and sees to it that each is there once.
async fn killed_while_it_copies(
    disks: &Disks,
    storage: &str,
    kills: usize,
    seed: u64,
) -> (Server, Vec<(Value, Vec<u8>)>) {
    let mut server = disks.start(storage).run();
    let meeting = cloud_meeting(&server, "standup").await;
    let template = media(&[]);
    let bytes_of = |number: usize| {
        let mut bytes = template.clone();
        bytes.extend((6_u32 << 20).to_be_bytes());
        bytes.extend(b"free");
        bytes.extend((8..6 << 20).map(|at: usize| (at * (number + 1) / 7 % 251) as u8));
        bytes
    };
    let mut chance = seed;
    let mut made = 0;
    for round in 0..kills {
        if round % 3 == 0 {
            disks.session(&format!("session-{made}"), &meeting, &bytes_of(made));
            made += 1;
        }
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        tokio::time::sleep(Duration::from_millis((chance >> 32) % 300)).await;
        server.kill();
        server = disks.start(storage).token(&server.token).run();
    }
    let found = eventually("every recording in storage alone", async || {
        let all = server.get("/v1/recordings?limit=200").await;
        let all = all["items"].as_array().unwrap().clone();
        (all.len() == made && all.iter().all(|one| one["reason"] == "in_storage")).then_some(all)
    })
    .await;
    let number = |one: &Value| {
        let folder = one["file"]["path"].as_str().unwrap().split('/').next().unwrap().to_owned();
        folder.trim_start_matches("session-").parse::<usize>().unwrap()
    };
    let found = found.into_iter().map(|one| (bytes_of(number(&one)), one)).map(|(bytes, one)| (one, bytes)).collect();
    (server, found)
}

#[tokio::test]
async fn killed_while_it_uploads_it_loses_nothing_and_doubles_nothing() {
    let (disks, moto) = (Disks::new(), Moto::start().await);
    let storage = format!("{}after_copy = \"delete\"\npart_mib = 5\n", moto.config());
    let (server, found) = killed_while_it_copies(&disks, &storage, 50, 7).await;
    for (recording, bytes) in &found {
        assert_eq!(recording["sha256"], sum(bytes));
        assert!(moto.object(&key_of(recording)).await.unwrap() == *bytes, "{recording}");
    }
    assert_eq!((moto.objects().await, moto.unfinished().await), (found.len(), 0));
    server.verify();
}

#[tokio::test]
async fn killed_while_it_copies_to_a_directory_it_loses_nothing_and_doubles_nothing() {
    let disks = Disks::new();
    let storage = format!("{}after_copy = \"delete\"\n", disks.directory_config());
    let (server, found) = killed_while_it_copies(&disks, &storage, 50, 8).await;
    for (recording, bytes) in &found {
        assert!(std::fs::read(recording["copies"][0]["location"].as_str().unwrap()).unwrap() == *bytes, "{recording}");
    }
    assert_eq!(files_under(&disks.copies()), found.len());
    server.verify();
}

fn files_under(directory: &Path) -> usize {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files_under(&path) } else { 1 }).sum()
}

#[tokio::test]
async fn copies_wait_while_a_recorder_runs() {
    let (disks, bytes) = (Disks::new(), large(0));
    let server = disks.start(&format!("{}pause_while_recording = true\n", disks.directory_config())).run();
    let meeting = cloud_meeting(&server, "standup").await;
    let told =
        |kind: &str| json!({ "event": kind, "room": meeting["room_name"], "data": { "recording_id": "another@x" } });
    server.event(&told("jibri-recording-on")).await.error_for_status().unwrap();
    disks.session("8f2e", &meeting, &bytes);
    let waits = once(&server, "a copy that waits", |one| one["reason"] == "copy_waits").await;
    assert!(waits["explanation"].as_str().unwrap().contains("storage.pause_while_recording"), "{waits}");
    server.event(&told("jibri-recording-off")).await.error_for_status().unwrap();
    only(&server, "stored").await;
}
