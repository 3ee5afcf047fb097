//! Recordings through the real server: found whatever is lost, moved or told twice; proved, played, and deleted for good.

mod ffmpeg;
mod people;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use reqwest::{Method, Response, StatusCode, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::harness::{Server, Start, eventually, json as answer, problem};

/// A directory of recordings, and the media in it.
pub(crate) struct Pile {
    root: TempDir,
}

impl Pile {
    pub(crate) fn new() -> Self {
        Self { root: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.root.path()
    }

    pub(crate) fn config(&self) -> String {
        format!("[recordings]\ndirectories = [\"{}\"]\n", self.path().display())
    }

    pub(crate) fn server(&self) -> Server {
        Start::default().config(&self.config()).run()
    }

    /// What Jibri leaves of a session, the metadata last.
    pub(crate) fn session(&self, id: &str, room: &str, media: &[u8]) -> PathBuf {
        let file = self.path().join(id).join(format!("{room}_2025-01-15-10-30-00.mp4"));
        std::fs::create_dir(file.parent().unwrap()).unwrap();
        std::fs::write(&file, media).unwrap();
        let metadata = json!({ "meeting_url": format!("https://meet.example.com/{room}"), "participants": [] });
        std::fs::write(file.with_file_name("metadata.json"), metadata.to_string()).unwrap();
        file
    }

    /// A file with nothing beside it, last written to an hour ago.
    fn old_file(&self, path: &str, media: &[u8]) -> PathBuf {
        let file = self.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        // Under its name only when it is complete, lest it be seen while it is new.
        let unfinished = self.path().join(".unfinished");
        std::fs::write(&unfinished, media).unwrap();
        age(&unfinished);
        std::fs::rename(unfinished, &file).unwrap();
        file
    }
}

/// Makes it as if a file had last been written to an hour ago.
pub(crate) fn age(file: &Path) {
    let opened = std::fs::File::options().append(true).open(file).unwrap();
    let written = std::fs::metadata(file).unwrap().modified().unwrap();
    opened.set_modified(written - Duration::from_secs(3_600)).unwrap();
}

/// A second of pictures and sound, unless these arguments say otherwise, made by ffmpeg.
pub(crate) fn media(arguments: &[&str]) -> Vec<u8> {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("made.mp4");
    let input = ["-f", "lavfi", "-i", "testsrc=size=160x90:rate=10", "-f", "lavfi", "-i", "sine"];
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error"]).args(input).args(["-t", "1", "-c:v", "libx264", "-pix_fmt", "yuv420p"]);
    assert!(command.args(arguments).arg(&file).status().expect("these tests make media with ffmpeg").success());
    std::fs::read(&file).unwrap()
}

async fn list(server: &Server, query: &str) -> Vec<Value> {
    server.get(&format!("/v1/recordings{query}")).await["items"].as_array().unwrap().clone()
}

/// The only recording, once it stands there.
pub(crate) async fn only(server: &Server, state: &str) -> Value {
    let what = format!("one recording that is {state}");
    eventually(&what, async || {
        let all = list(server, &format!("?state={state}")).await;
        assert!(all.len() <= 1, "{all:?}");
        all.into_iter().next()
    })
    .await
}

async fn media_of(server: &Server, id: &Value, headers: &[(header::HeaderName, &str)]) -> Response {
    let path = format!("/v1/recordings/{}/media", id.as_str().unwrap());
    let request = server.request(Method::GET, &path);
    headers.iter().fold(request, |request, (name, value)| request.header(name, *value)).send().await.unwrap()
}

fn told(response: &Response, name: header::HeaderName) -> &str {
    response.headers()[name].to_str().unwrap()
}

/// Every state that a recording's events tell of, in order.
async fn states(server: &Server) -> Vec<String> {
    let log = server.get("/v1/events?limit=200").await;
    let kinds = log["items"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap().to_owned());
    kinds
        .filter_map(|kind| kind.strip_prefix("recording.").map(str::to_owned))
        .filter(|kind| kind != "updated")
        .collect()
}

#[tokio::test]
async fn a_recording_is_found_proved_and_played() {
    let (pile, bytes) = (Pile::new(), media(&[]));
    let server = pile.server();
    let meeting = server.meeting("standup").await;
    pile.session("8f2e", meeting["room_name"].as_str().unwrap(), &bytes);
    let found = only(&server, "ready").await;
    assert_eq!((&found["meeting_id"], &found["room"]), (&meeting["id"], &json!("standup")));
    assert_eq!((&found["matched_by"], &found["reason"]), (&json!("name"), &json!("whole")));
    let file = &found["file"];
    assert_eq!((&file["container"], &file["is_playable"]), (&json!("mp4"), &json!(true)));
    assert!((0.9..1.2).contains(&file["duration_seconds"].as_f64().unwrap()), "{file}");
    assert_eq!(file["tracks"][0], json!({ "kind": "video", "codec": "h264", "width": 160, "height": 90 }));

    let sum = data_encoding::HEXLOWER.encode(&Sha256::digest(&bytes));
    let path = format!("/v1/recordings/{}", found["id"].as_str().unwrap());
    eventually("its sum", async || (server.get(&path).await["sha256"] == sum.as_str()).then_some(())).await;

    let whole = media_of(&server, &found["id"], &[]).await;
    assert_eq!(whole.status(), StatusCode::OK);
    assert_eq!(told(&whole, header::CONTENT_TYPE), "video/mp4");
    assert_eq!(told(&whole, header::ACCEPT_RANGES), "bytes");
    assert_eq!(told(&whole, header::CONTENT_LENGTH), bytes.len().to_string());
    let (tag, modified) = (told(&whole, header::ETAG).to_owned(), told(&whole, header::LAST_MODIFIED).to_owned());
    assert!(told(&whole, header::CONTENT_DISPOSITION).starts_with("inline; filename=\""));
    assert_eq!(whole.bytes().await.unwrap(), bytes);

    let id = &found["id"];
    let part = media_of(&server, id, &[(header::RANGE, "bytes=10-19")]).await;
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(told(&part, header::CONTENT_RANGE), format!("bytes 10-19/{}", bytes.len()));
    assert_eq!(part.bytes().await.unwrap(), bytes[10..20]);
    let tail = media_of(&server, id, &[(header::RANGE, "bytes=-5")]).await;
    assert_eq!(tail.bytes().await.unwrap(), bytes[bytes.len() - 5..]);

    for (known, status) in [(tag.as_str(), StatusCode::PARTIAL_CONTENT), (&modified, StatusCode::PARTIAL_CONTENT)] {
        let same = media_of(&server, id, &[(header::RANGE, "bytes=0-0"), (header::IF_RANGE, known)]).await;
        assert_eq!(same.status(), status);
    }
    for other in ["\"another\"", "W/\"weak\"", "Wed, 15 Jan 2020 10:30:00 GMT"] {
        let changed = media_of(&server, id, &[(header::RANGE, "bytes=0-0"), (header::IF_RANGE, other)]).await;
        assert_eq!(changed.status(), StatusCode::OK, "{other}");
    }
    let several = media_of(&server, id, &[(header::RANGE, "bytes=0-1,5-6")]).await;
    assert_eq!((several.status(), several.bytes().await.unwrap().len()), (StatusCode::OK, bytes.len()));
    for (name, value) in [(header::IF_NONE_MATCH, tag.as_str()), (header::IF_MODIFIED_SINCE, &modified)] {
        let known = media_of(&server, id, &[(name, value)]).await;
        assert_eq!((known.status(), told(&known, header::ETAG)), (StatusCode::NOT_MODIFIED, tag.as_str()));
    }
    let beyond = media_of(&server, id, &[(header::RANGE, "bytes=999999999-")]).await;
    assert_eq!(told(&beyond, header::CONTENT_RANGE), format!("bytes */{}", bytes.len()));
    problem(beyond, StatusCode::RANGE_NOT_SATISFIABLE).await;
    let head = server.request(Method::HEAD, &format!("{path}/media")).send().await.unwrap();
    assert_eq!((head.status(), told(&head, header::ETAG)), (StatusCode::OK, tag.as_str()));
    assert_eq!(told(&head, header::CONTENT_LENGTH), bytes.len().to_string());
    assert!(head.bytes().await.unwrap().is_empty());

    let title =
        server.request(Method::PATCH, &path).json(&json!({ "title": "Réunion: \"A/B\"" })).send().await.unwrap();
    answer(title, StatusCode::OK).await;
    let named = server.request(Method::GET, &format!("{path}/media?download=true")).send().await.unwrap();
    let expected = "attachment; filename=\"R_union: _A-B_.mp4\"; filename*=UTF-8''R%C3%A9union%3A%20%22A-B%22.mp4";
    assert_eq!(told(&named, header::CONTENT_DISPOSITION), expected);
}

#[tokio::test]
async fn one_recording_is_one_however_it_becomes_known() {
    let (pile, bytes) = (Pile::new(), media(&[]));
    let server = pile.server();
    let meeting = server.meeting("standup").await;
    let room = meeting["room_name"].as_str().unwrap();
    let event = |kind: &str| json!({ "event": kind, "room": room, "data": { "recording_id": "8f2e@x" } });
    for _ in 0..2 {
        answer(server.event(&event("jibri-recording-on")).await, StatusCode::OK).await;
    }
    let runs = only(&server, "recording").await;
    assert_eq!((&runs["reason"], &runs["meeting_id"]), (&json!("runs"), &meeting["id"]));
    assert_eq!(runs["matched_by"], "session");

    // The recorder begins to write; the name of its directory is the session's, made plain.
    let file = pile.path().join("8f2e_x").join(format!("{room}_2025-01-15-10-30-00.mp4"));
    std::fs::create_dir(file.parent().unwrap()).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let grows = only(&server, "growing").await;
    assert_eq!((&grows["id"], &grows["reason"]), (&runs["id"], &json!("being_written")));
    problem(
        server
            .request(Method::DELETE, &format!("/v1/recordings/{}", runs["id"].as_str().unwrap()))
            .send()
            .await
            .unwrap(),
        StatusCode::CONFLICT,
    )
    .await;

    std::fs::write(&file, &bytes).unwrap();
    answer(server.event(&event("jibri-recording-off")).await, StatusCode::OK).await;
    let told = json!({ "room_name": room, "recording_file": file, "recording_status": "completed",
        "timestamp": meeting["start_date"] });
    let finalize = async || server.signed("/v1/jibri/recording-complete", &told.to_string()).await;
    let (one, two) = tokio::join!(finalize(), finalize());
    answer(one, StatusCode::OK).await;
    answer(two, StatusCode::OK).await;
    let ready = only(&server, "ready").await;
    assert_eq!((&ready["id"], &ready["session_id"]), (&runs["id"], &json!("8f2e@x")));
    answer(server.post("/v1/recordings/scan", &json!({})).await, StatusCode::OK).await;
    assert_eq!(list(&server, "").await.len(), 1);
    assert_eq!(states(&server).await, ["started", "growing", "ready"]);
    let by_directory =
        json!({ "room_name": room, "recording_file": file.parent().unwrap(), "recording_status": "completed" });
    answer(server.signed("/v1/jibri/recording-complete", &by_directory.to_string()).await, StatusCode::OK).await;
    assert_eq!(list(&server, "").await.len(), 1);
}

#[tokio::test]
async fn what_a_killed_recorder_leaves_is_explained() {
    let (pile, bytes) = (Pile::new(), media(&[]));
    pile.old_file("a/standup_2025-01-15-10-30-00.mp4", &bytes[..bytes.len() / 2]);
    let pieces = media(&["-g", "2", "-movflags", "frag_keyframe+empty_moov"]);
    pile.old_file("b.mp4", &pieces[..pieces.len() - 100]);
    pile.old_file("c.mp4", b"");
    let server = pile.server();
    let found = eventually("three files that are not whole", async || {
        let all = list(&server, "?state=truncated").await;
        (all.len() == 3).then_some(all)
    })
    .await;
    let by_path = |path: &str| found.iter().find(|one| one["file"]["path"] == path).unwrap();
    let no_index = by_path("a/standup_2025-01-15-10-30-00.mp4");
    assert_eq!((&no_index["reason"], &no_index["file"]["is_playable"]), (&json!("no_index"), &json!(false)));
    assert!(no_index["explanation"].as_str().unwrap().contains("killed before it could write the file's index"));
    let cut = by_path("b.mp4");
    assert_eq!((&cut["reason"], &cut["file"]["is_playable"]), (&json!("cut_off"), &json!(true)));
    assert_eq!(by_path("c.mp4")["reason"], "empty");
    let verified = server.cli(&["recordings", "verify"]);
    assert_eq!(verified.status.code(), Some(1));
    let told = String::from_utf8(verified.stdout).unwrap();
    assert!(told.starts_with("3 files: 0 new, 0 changed, 0 gone\n") && told.contains("truncated  b.mp4"), "{told}");
}

#[tokio::test]
async fn what_is_moved_removed_or_put_back_is_seen() {
    let (pile, bytes) = (Pile::new(), media(&[]));
    let mut server = pile.server();
    let file = pile.session("8f2e", "standup", &bytes);
    let first = only(&server, "ready").await;
    let moved = pile.path().join("renamed");
    std::fs::rename(file.parent().unwrap(), &moved).unwrap();
    let path = format!("/v1/recordings/{}", first["id"].as_str().unwrap());
    eventually("its new place", async || {
        let now = server.get(&path).await;
        (now["file"]["path"] == "renamed/standup_2025-01-15-10-30-00.mp4" && now["state"] == "ready").then_some(())
    })
    .await;
    // Another name of the same file is no other recording.
    std::fs::hard_link(moved.join("standup_2025-01-15-10-30-00.mp4"), pile.path().join("again.mp4")).unwrap();
    answer(server.post("/v1/recordings/scan", &json!({})).await, StatusCode::OK).await;
    assert_eq!(list(&server, "").await.len(), 1);
    std::fs::remove_file(pile.path().join("again.mp4")).unwrap();

    // Taken away while nobody looks.
    server.stop();
    let away = tempfile::tempdir_in(pile.path().parent().unwrap()).unwrap();
    std::fs::rename(&moved, away.path().join("kept")).unwrap();
    let server = Start::default().config(&pile.config()).data(&server.data).token(&server.token).run();
    let missing = only(&server, "missing").await;
    assert_eq!(
        (&missing["id"], &missing["reason"], &missing["media_url"]),
        (&first["id"], &json!("gone"), &Value::Null)
    );
    problem(media_of(&server, &first["id"], &[]).await, StatusCode::CONFLICT).await;
    std::fs::rename(away.path().join("kept"), &moved).unwrap();
    assert_eq!(only(&server, "ready").await["id"], first["id"]);
    assert_eq!(list(&server, "").await.len(), 1);
}

#[tokio::test]
async fn links_lead_nowhere() {
    let (pile, outside, bytes) = (Pile::new(), tempfile::tempdir().unwrap(), media(&[]));
    let secret = outside.path().join("secret.mp4");
    std::fs::write(&secret, &bytes).unwrap();
    std::os::unix::fs::symlink(&secret, pile.path().join("linked.mp4")).unwrap();
    std::os::unix::fs::symlink(outside.path(), pile.path().join("folder")).unwrap();
    let server = pile.server();
    let file = pile.session("8f2e", "standup", &bytes);
    let found = only(&server, "ready").await;
    let step = answer(server.post("/v1/recordings/scan", &json!({})).await, StatusCode::OK).await;
    assert_eq!((&step["files"], &step["troubles"]), (&json!(1), &json!([])));
    assert_eq!(list(&server, "").await.len(), 1);
    // Put in the place of what is known.
    std::fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink(&secret, &file).unwrap();
    assert!(media_of(&server, &found["id"], &[]).await.status().as_u16() >= 400);
    assert_eq!(only(&server, "missing").await["id"], found["id"]);
}

#[tokio::test]
async fn the_trash_gives_back_until_it_is_emptied_and_then_says_what_it_saw() {
    let (pile, bytes) = (Pile::new(), media(&[]));
    let server = pile.server();
    let file = pile.session("8f2e", "standup", &bytes);
    let id = only(&server, "ready").await["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/recordings/{id}");
    let send =
        async |method: Method, more: &str| server.request(method, &format!("{path}{more}")).send().await.unwrap();
    let hold = async |hold: bool| {
        let change = json!({ "hold": hold });
        answer(server.request(Method::PATCH, &path).json(&change).send().await.unwrap(), StatusCode::OK).await
    };
    problem(send(Method::POST, "/purge").await, StatusCode::CONFLICT).await;
    problem(send(Method::POST, "/restore").await, StatusCode::CONFLICT).await;
    assert_eq!(hold(true).await["hold"], true);
    problem(send(Method::DELETE, "").await, StatusCode::CONFLICT).await;
    hold(false).await;
    assert_eq!(send(Method::DELETE, "").await.status(), StatusCode::NO_CONTENT);
    assert_eq!(list(&server, "").await.len(), 0);
    let trashed = only(&server, "trashed").await;
    assert_eq!((&trashed["reason"], &trashed["trashed_by"]), (&json!("in_trash"), &json!("test")));
    assert!(file.exists());
    assert_eq!(answer(send(Method::POST, "/restore").await, StatusCode::OK).await["state"], "ready");

    send(Method::DELETE, "").await;
    hold(true).await;
    problem(send(Method::POST, "/purge").await, StatusCode::CONFLICT).await;
    hold(false).await;
    answer(send(Method::POST, "/purge").await, StatusCode::ACCEPTED).await;
    let deleted = only(&server, "deleted").await;
    assert_eq!((&deleted["id"], &deleted["media_url"]), (&json!(id), &Value::Null));
    assert!(!file.parent().unwrap().exists(), "the session's directory had nothing else in it");
    let audit = server.get("/v1/audit").await;
    let receipt =
        audit["items"].as_array().unwrap().iter().find(|entry| entry["action"] == "recording.purged").unwrap();
    assert_eq!((&receipt["target"], &receipt["details"]["file"]), (&json!(id), &json!(file)));
    assert_eq!(receipt["details"]["size"], bytes.len());
    assert!(receipt["details"]["seen_gone_at"].is_string());
    problem(send(Method::POST, "/restore").await, StatusCode::CONFLICT).await;
    problem(send(Method::DELETE, "").await, StatusCode::CONFLICT).await;

    // A recorder that tells of it late does not bring it back; another file at its place is another recording.
    let told = json!({ "room_name": "standup", "recording_file": file, "recording_status": "completed" });
    answer(server.signed("/v1/jibri/recording-complete", &told.to_string()).await, StatusCode::OK).await;
    assert_eq!(list(&server, "").await.len(), 0);
    pile.session("8f2e", "standup", &bytes);
    assert_ne!(only(&server, "ready").await["id"], json!(id));
}

#[tokio::test]
async fn what_matches_nothing_is_kept_and_assigned_by_hand() {
    let (pile, bytes) = (Pile::new(), media(&[]));
    let server = pile.server();
    let meeting = server.meeting("standup").await;
    pile.old_file("from-a-phone.mp4", &bytes);
    let found = only(&server, "ready").await;
    assert_eq!((&found["meeting_id"], &found["matched_by"]), (&Value::Null, &Value::Null));
    let path = format!("/v1/recordings/{}", found["id"].as_str().unwrap());
    assert_eq!(list(&server, "?matched=false").await.len(), 1);
    let change = async |change: Value| server.request(Method::PATCH, &path).json(&change).send().await.unwrap();
    problem(change(json!({ "meeting_id": "nothing" })).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    problem(change(json!({ "unknown": 1 })).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    problem(change(json!({ "hold": null })).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    let assigned = answer(change(json!({ "meeting_id": meeting["id"] })).await, StatusCode::OK).await;
    assert_eq!((&assigned["meeting_id"], &assigned["matched_by"]), (&meeting["id"], &json!("hand")));
    let id = meeting["id"].as_str().unwrap();
    for query in [format!("?meeting={id}"), "?room=standup".to_owned(), "?matched=true&q=PHONE".to_owned()] {
        assert_eq!(list(&server, &query).await.len(), 1, "{query}");
    }
    for query in ["?matched=false", "?room=nowhere", "?q=nothing", "?state=missing", "?to=2001-01-01T00:00:00Z"] {
        assert_eq!(list(&server, query).await.len(), 0, "{query}");
    }
    let apart = answer(change(json!({ "meeting_id": null, "title": "By phone" })).await, StatusCode::OK).await;
    assert_eq!((&apart["meeting_id"], &apart["title"]), (&Value::Null, &json!("By phone")));

    // Our own id in the metadata goes before the address.
    let file = pile.session("8f2e", "elsewhere", &bytes);
    let metadata =
        json!({ "meeting_url": "https://meet.example.com/elsewhere", "reflector_meeting_id": meeting["id"] });
    std::fs::write(file.with_file_name("metadata.json"), metadata.to_string()).unwrap();
    std::fs::File::options().append(true).open(&file).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
    eventually("the match by our id", async || {
        let found = list(&server, &format!("?meeting={id}")).await;
        found.into_iter().find(|one| one["matched_by"] == "own_id")
    })
    .await;
}

#[tokio::test]
async fn a_recording_that_is_unknown_is_404_and_a_list_is_paged() {
    let (pile, bytes) = (Pile::new(), media(&[]));
    for number in 0..5 {
        pile.old_file(&format!("{number}.mp4"), &bytes);
    }
    let server = pile.server();
    eventually("five recordings", async || (list(&server, "").await.len() == 5).then_some(())).await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = server.get(&format!("/v1/recordings?limit=2{cursor}")).await;
        seen.extend(page["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.is_sorted_by(|a, b| a > b), "the newest first: {seen:?}");

    let unknown = "0194a5f0-1111-7222-8333-444455556666";
    for (method, path) in [
        (Method::GET, ""),
        (Method::GET, "/media"),
        (Method::DELETE, ""),
        (Method::POST, "/restore"),
        (Method::POST, "/purge"),
    ] {
        for id in [unknown, "nothing"] {
            let path = format!("/v1/recordings/{id}{path}");
            problem(server.request(method.clone(), &path).send().await.unwrap(), StatusCode::NOT_FOUND).await;
        }
    }
    for query in ["state=gone", "limit=0", "cursor=x", "meeting=x", "from=yesterday"] {
        let response = server.request(Method::GET, &format!("/v1/recordings?{query}")).send().await.unwrap();
        problem(response, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    problem(
        server.post("/v1/recordings/scan", &json!({ "directory": "/etc" })).await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    let outside = format!("{}/../x", pile.path().display());
    problem(
        server.post("/v1/recordings/scan", &json!({ "directory": outside })).await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
}

#[tokio::test]
async fn a_pile_is_taken_in_by_one_command_with_or_without_a_server() {
    let (pile, bytes) = (Pile::new(), media(&[]));
    let mut server = pile.server();
    server.stop();
    for number in 0..40 {
        pile.session(&format!("session-{number}"), "standup", &bytes);
    }
    let imported = server.cli(&["recordings", "import", pile.path().to_str().unwrap()]);
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    assert_eq!(String::from_utf8(imported.stdout).unwrap(), "40 files: 40 new, 0 changed, 0 gone\n");
    let server = Start::default().config(&pile.config()).data(&server.data).token(&server.token).run();
    let again = server.cli(&["recordings", "scan"]);
    assert_eq!(String::from_utf8(again.stdout).unwrap(), "40 files: 0 new, 0 changed, 0 gone\n");
    // Each was summed up by a job that was set when it was taken in.
    eventually("every sum", async || {
        list(&server, "?limit=200").await.iter().all(|one| one["sha256"].is_string()).then_some(())
    })
    .await;
    let elsewhere = tempfile::tempdir().unwrap();
    let refused = server.cli(&["recordings", "import", elsewhere.path().to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(64));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("lies in none of recordings.directories"));
    assert_eq!(server.cli(&["recordings", "verify"]).status.code(), Some(0));
}

#[tokio::test]
async fn a_server_killed_at_any_moment_ends_with_the_same_list() {
    let (pile, bytes) = (Pile::new(), media(&[]));
    for number in 0..30 {
        pile.session(&format!("session-{number}"), "standup", &bytes);
    }
    // The first one's directory has the data.
    let mut first = pile.server();
    first.kill();
    let start = || Start::default().config(&pile.config()).data(&first.data).token(&first.token);
    for wait in [20, 70, 130, 210, 320, 480] {
        let mut next = start().run();
        tokio::time::sleep(Duration::from_millis(wait)).await;
        next.kill();
    }
    let server = start().run();
    let all = eventually("every sum", async || {
        let all = list(&server, "?limit=200").await;
        let is_done = all.len() >= 30 && all.iter().all(|one| one["sha256"].is_string());
        is_done.then_some(all)
    })
    .await;
    assert_eq!(all.len(), 30);
    assert!(all.iter().all(|one| one["state"] == "ready"));
    let ready = states(&server).await.into_iter().filter(|state| state == "ready").count();
    assert_eq!(ready, 30, "each became ready once");
    let rebuilt = server.cli(&["rebuild", "--verify"]);
    assert!(rebuilt.status.success(), "{}", String::from_utf8_lossy(&rebuilt.stdout));
}

#[tokio::test]
async fn a_job_that_fails_is_seen_and_tried_again() {
    let (pile, elsewhere, bytes) = (Pile::new(), Pile::new(), media(&[]));
    let server = pile.server();
    let file = pile.session("8f2e", "standup", &bytes);
    let id = only(&server, "ready").await["id"].as_str().unwrap().to_owned();
    let sum = async || server.get(&format!("/v1/recordings/{id}")).await["sha256"].is_string().then_some(());
    eventually("its sum", sum).await;
    // The directory is taken out of the configuration, so that nothing in it may be touched.
    let with_pile = std::fs::read_to_string(&server.config).unwrap();
    std::fs::write(&server.config, with_pile.replace(&pile.config(), &elsewhere.config())).unwrap();
    server.signal("HUP");
    eventually("the other configuration", async || {
        let path = format!("/v1/recordings/{id}/media");
        let status = server.request(Method::GET, &path).send().await.unwrap().status();
        (status == StatusCode::SERVICE_UNAVAILABLE).then_some(())
    })
    .await;
    let delete = server.request(Method::DELETE, &format!("/v1/recordings/{id}")).send().await.unwrap();
    assert_eq!(delete.status(), StatusCode::NO_CONTENT);
    answer(server.post(&format!("/v1/recordings/{id}/purge"), &json!({})).await, StatusCode::ACCEPTED).await;
    let job = eventually("a job that failed", async || {
        let jobs = server.get("/v1/jobs?kind=purge-recording&state=retrying").await;
        jobs["items"].as_array().unwrap().first().cloned()
    })
    .await;
    assert!(job["problem"].as_str().unwrap().contains("no longer among recordings.directories"), "{job}");
    assert_eq!((&job["recording_id"], &job["lane"]), (&json!(id), &json!("files")));
    assert!(file.exists());
    problem(server.post("/v1/jobs/nothing/retry", &json!({})).await, StatusCode::NOT_FOUND).await;

    std::fs::write(&server.config, with_pile).unwrap();
    server.signal("HUP");
    eventually("the purge", async || {
        // Refused while it waits for its first try or runs, which is as well.
        let _ = server.post(&format!("/v1/jobs/{}/retry", job["id"].as_str().unwrap()), &json!({})).await;
        list(&server, "?state=deleted").await.first().map(drop)
    })
    .await;
    assert!(!file.exists());
    let done = async || (server.get("/v1/jobs?kind=purge-recording").await["items"] == json!([])).then_some(());
    eventually("the end of the job", done).await;
}
