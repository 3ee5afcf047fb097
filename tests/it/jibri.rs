//! The recorder's side: `reflector jibri-finalize` as Jibri calls it, the spool of what could not be told, and what
//! recorders tell of themselves.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Server, Start, WEBHOOK_SECRET, eventually, json as answer, problem, program};

/// The longest that the recorder may be kept waiting.
const AT_MOST: Duration = Duration::from_secs(5);

/// A recorder's directories, as Jibri leaves them; its media are not looked into by anybody.
struct Recorder {
    root: TempDir,
}

impl Recorder {
    fn new() -> Self {
        Self { root: tempfile::tempdir().unwrap() }
    }

    /// The line that lets a server take recordings from here.
    fn config(&self) -> String {
        format!("[recordings]\ndirectories = [\"{}\"]\n", self.root.path().display())
    }

    /// What Jibri leaves of a session.
    fn session(&self, id: &str, room: &str) -> PathBuf {
        let session = self.root.path().join(id);
        std::fs::create_dir(&session).unwrap();
        let metadata = json!({
            "meeting_url": format!("https://meet.example.com/{room}"),
            "participants": [{ "user": { "id": "ada", "name": "Ada" } }],
            "share": true,
        });
        std::fs::write(session.join("metadata.json"), metadata.to_string()).unwrap();
        std::fs::write(session.join(format!("{room}_2025-01-15-10-30-00.mp4")), b"moov").unwrap();
        session
    }

    fn spool(&self) -> PathBuf {
        self.root.path().join(".reflector-spool")
    }

    /// The requests that wait.
    fn waiting(&self) -> Vec<PathBuf> {
        requests(&self.spool())
    }

    /// Those that were refused for good, with the reason of each.
    fn refused(&self) -> Vec<String> {
        let reason = |path: PathBuf| -> String {
            // What was no request at all has no reason in it.
            let kept: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap_or_default();
            kept["refused"]["reason"].as_str().unwrap_or_default().to_owned()
        };
        requests(&self.spool().join("refused")).into_iter().map(reason).collect()
    }
}

fn requests(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|ext| ext == "json")).collect();
    found.sort();
    found
}

/// The command as Jibri's environment has it, with no configuration but that.
fn finalize(base: &str) -> Command {
    let mut command = program();
    command.args(["jibri-finalize", "--config", "/dev/null"]);
    command.env("REFLECTOR_API_URL", base).env("JITSI_WEBHOOK_SECRET", WEBHOOK_SECRET);
    command
}

/// Runs it. Whatever became of it, it exits 0 and in time.
fn run(command: &mut Command) -> (String, String) {
    let begun = now();
    let Output { status, stdout, stderr } = command.output().unwrap();
    let (told, said) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    assert!(begun.elapsed() < AT_MOST, "it took {:?}: {said}", begun.elapsed());
    assert!(status.success(), "{status}: {said}");
    (told, said)
}

#[expect(clippy::disallowed_methods, reason = "a real process is timed")]
fn now() -> Instant {
    Instant::now()
}

/// Every finished recording in the log.
async fn completed(server: &Server) -> Vec<Value> {
    let log = server.get("/v1/events?limit=200").await;
    let events = log["items"].as_array().unwrap().clone();
    events.into_iter().filter(|event| event["type"] == "recording_completed").collect()
}

/// An address where nobody listens.
fn nobody() -> String {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    format!("http://127.0.0.1:{port}")
}

#[tokio::test]
async fn a_recording_is_told_as_jibri_calls_the_script() {
    let recorder = Recorder::new();
    let server = Start::default().config(&recorder.config()).run();
    let session = recorder.session("8f2e", "weekly-sync");
    let (told, said) = run(finalize(&server.base).arg(&session));
    let file = session.join("weekly-sync_2025-01-15-10-30-00.mp4");
    assert_eq!(told, format!("told {} of {} (room weekly-sync)\n", server.base, file.display()));
    assert_eq!(said, "");
    assert_eq!(recorder.waiting(), Vec::<PathBuf>::new());

    let events = completed(&server).await;
    assert_eq!(events.len(), 1);
    assert_eq!((&events[0]["source"], &events[0]["room_name"]), (&json!("jibri"), &json!("weekly-sync")));
    let data = &events[0]["data"];
    assert_eq!(data["recording_file"], file.to_str().unwrap());
    assert_eq!(data["recording_status"], "completed");
    assert_eq!((&data["session_id"], &data["size_bytes"]), (&json!("8f2e"), &json!(4)));
    assert_eq!(data["metadata"]["participants"][0]["user"]["name"], "Ada");
    assert_eq!(data["metadata"]["share"], true);
    let found = server.get("/v1/meetings?q=weekly-sync").await;
    let id = found["items"][0]["id"].as_str().unwrap().to_owned();
    let recordings = &server.get(&format!("/v1/meetings/{id}")).await["recordings"];
    assert_eq!((&recordings[0]["status"], &recordings[0]["file"]), (&json!("completed"), &json!(file)));

    // Told again, by hand or by whoever retries, it is the same.
    run(finalize(&server.base).arg(&session));
    assert_eq!(completed(&server).await.len(), 1);
}

#[tokio::test]
async fn the_time_is_that_of_the_recording_and_our_own_metadata_name_the_room() {
    let recorder = Recorder::new();
    let server = Start::default().config(&recorder.config()).run();
    let session = recorder.session("s", "filed");
    let metadata = json!({ "meeting_url": "https://meet.example.com/addressed", "reflector": { "room_name": "ours" } });
    std::fs::write(session.join("metadata.json"), metadata.to_string()).unwrap();
    let media = std::fs::File::options().write(true).open(session.join("filed_2025-01-15-10-30-00.mp4")).unwrap();
    media.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(1_736_937_000)).unwrap();
    run(finalize(&server.base).arg(&session));
    let events = completed(&server).await;
    assert_eq!(events[0]["room_name"], "ours");
    assert_eq!(events[0]["data"]["timestamp"], "2025-01-15T10:30:00.000Z");
}

#[tokio::test]
async fn the_guides_form_and_a_name_of_its_own_work() {
    let recorder = Recorder::new();
    let server = Start::default().config(&recorder.config()).run();
    let file = recorder.root.path().join("recording.mp4");
    std::fs::write(&file, b"moov").unwrap();
    let (told, said) = run(finalize(&server.base).arg(&file).arg("test-room"));
    assert!(told.ends_with("recording.mp4 (room test-room)\n"), "{told}{said}");
    // The guide's script hands on an empty room where Jibri gave it one argument.
    let session = recorder.session("8f2e", "weekly-sync");
    let (told, _) = run(finalize(&server.base).arg(&session).arg(""));
    assert!(told.ends_with("(room weekly-sync)\n"), "{told}");
    // A file that nobody knows of, as the guide tries it out.
    let (told, said) = run(finalize(&server.base).arg(recorder.root.path().join("gone.mp4")).arg("test-room"));
    assert!(told.contains("gone.mp4") && said.contains("there is no file"), "{told}{said}");

    // `finalize-script` is a path without arguments: a link of that name is the command.
    let link = recorder.root.path().join("reflector-jibri-finalize");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_reflector"), &link).unwrap();
    let mut linked = Command::new(&link);
    linked.env_clear().env("REFLECTOR_CONFIG", "/dev/null");
    linked.env("REFLECTOR_API_URL", &server.base).env("JITSI_WEBHOOK_SECRET", WEBHOOK_SECRET);
    let (told, said) = run(linked.arg(recorder.session("9a3f", "retro")));
    assert!(told.ends_with("(room retro)\n"), "{told}{said}");
    assert_eq!(completed(&server).await.len(), 4);
}

#[tokio::test]
async fn what_cannot_be_told_waits_and_the_next_run_tells_it() {
    let recorder = Recorder::new();
    let (first, second) = (recorder.session("s1", "one"), recorder.session("s2", "two"));
    let (told, said) = run(finalize(&nobody()).arg(&first));
    assert_eq!(told, "");
    assert!(said.contains("cannot be reached") && said.contains("it waits in"), "{said}");
    assert_eq!(recorder.waiting().len(), 1);

    let server = Start::default().config(&recorder.config()).run();
    // The server looks into the spool as well, so who takes it is not said here; that each comes once is.
    let (_, said) = run(finalize(&server.base).arg(&second));
    assert_eq!(said, "");
    assert_eq!(recorder.waiting(), Vec::<PathBuf>::new());
    let events = completed(&server).await;
    let mut rooms: Vec<&str> = events.iter().map(|event| event["room_name"].as_str().unwrap()).collect();
    rooms.sort_unstable();
    assert_eq!(rooms, ["one", "two"]);
}

#[tokio::test]
async fn the_next_run_tells_the_oldest_first() {
    let recorder = Recorder::new();
    let spool = tempfile::tempdir().unwrap();
    let with_spool = |base: &str, session: &Path| {
        let mut command = finalize(base);
        command.env("REFLECTOR_JIBRI__SPOOL_DIR", spool.path()).arg(session);
        run(&mut command)
    };
    with_spool(&nobody(), &recorder.session("s1", "one"));
    with_spool(&nobody(), &recorder.session("s2", "two"));
    assert_eq!(requests(spool.path()).len(), 2);
    // This server knows nothing of that spool.
    let server = Start::default().config(&recorder.config()).run();
    let (told, _) = with_spool(&server.base, &recorder.session("s3", "three"));
    let rooms: Vec<&str> = told.lines().map(|line| line.rsplit_once("room ").unwrap().1).collect();
    assert_eq!(rooms, ["one)", "two)", "three)"]);
    assert_eq!(requests(spool.path()), Vec::<PathBuf>::new());
    assert_eq!(completed(&server).await.len(), 3);
}

#[tokio::test]
async fn a_wrong_or_missing_secret_is_named_and_nothing_is_lost() {
    let recorder = Recorder::new();
    let spool = tempfile::tempdir().unwrap();
    let server = Start::default().config(&recorder.config()).run();
    let with = |secret: Option<&str>, session: &Path| {
        let mut command = finalize(&server.base);
        match secret {
            Some(secret) => command.env("JITSI_WEBHOOK_SECRET", secret),
            None => command.env_remove("JITSI_WEBHOOK_SECRET"),
        };
        run(command.env("REFLECTOR_JIBRI__SPOOL_DIR", spool.path()).arg(session))
    };
    let (_, said) = with(Some("another-secret-of-enough-length"), &recorder.session("s1", "one"));
    assert!(said.contains("does not take the signature") && said.contains("JITSI_WEBHOOK_SECRET"), "{said}");
    assert!(!said.contains("another-secret"), "{said}");
    let (_, said) = with(None, &recorder.session("s2", "two"));
    assert_eq!(said.matches("JITSI_WEBHOOK_SECRET").count(), 1, "{said}");
    assert_eq!(requests(spool.path()).len(), 2);
    assert_eq!(completed(&server).await.len(), 0);
    // Mended, everything is signed anew.
    let (told, said) = with(Some(WEBHOOK_SECRET), &recorder.session("s3", "three"));
    assert_eq!((told.lines().count(), said.as_str()), (3, ""));
    assert_eq!(completed(&server).await.len(), 3);
}

#[tokio::test]
async fn a_path_outside_is_refused_once_and_lies_aside_with_the_reason() {
    let (recorder, elsewhere) = (Recorder::new(), Recorder::new());
    let server = Start::default().config(&elsewhere.config()).run();
    let (told, said) = run(finalize(&server.base).arg(recorder.session("s1", "one")));
    assert_eq!(told, "");
    assert!(said.contains("recordings.directories") && said.contains("/refused/"), "{said}");
    assert_eq!(recorder.waiting(), Vec::<PathBuf>::new());
    assert_eq!(recorder.refused().len(), 1);
    assert!(recorder.refused()[0].contains("recordings.directories"), "{:?}", recorder.refused());
    let (_, said) = run(finalize(&server.base).arg(recorder.session("s2", "two")));
    assert_eq!(said.lines().count(), 1, "the first is not sent again: {said}");
    assert_eq!(completed(&server).await.len(), 0);
}

#[test]
fn what_is_wrong_with_a_session_is_said() {
    let recorder = Recorder::new();
    let base = nobody();
    let without = recorder.root.path().join("without");
    std::fs::create_dir(&without).unwrap();
    let (_, said) = run(finalize(&base).arg(&without));
    assert!(said.contains("there is no recording in"), "{said}");
    let (_, said) = run(finalize(&base).arg(recorder.root.path().join("nowhere")));
    assert!(said.contains("cannot be looked at"), "{said}");
    assert_eq!(recorder.waiting(), Vec::<PathBuf>::new());

    // Metadata that cannot be read do no harm where the file's name tells the room.
    let session = recorder.session("s", "named");
    std::fs::write(session.join("metadata.json"), "{\"meeting_url\":").unwrap();
    let (_, said) = run(finalize(&base).arg(&session));
    assert!(said.contains("metadata.json") && said.contains("is no JSON object"), "{said}");
    let kept: Value = serde_json::from_slice(&std::fs::read(&recorder.waiting()[0]).unwrap()).unwrap();
    let body: Value = serde_json::from_str(kept["body"].as_str().unwrap()).unwrap();
    assert_eq!((&body["room_name"], &body["metadata"]), (&json!("named"), &Value::Null));
    std::fs::rename(session.join("named_2025-01-15-10-30-00.mp4"), session.join("a.mp4")).unwrap();
    let (_, said) = run(finalize(&base).arg(&session));
    assert!(said.contains("nothing tells the room"), "{said}");
}

#[test]
fn a_configuration_that_is_not_good_keeps_the_request() {
    let recorder = Recorder::new();
    let config = recorder.root.path().join("config.toml");
    std::fs::write(&config, "[nonsense]\n").unwrap();
    // The environment is good: it counts alone, and nobody listens there.
    let mut command = finalize(&nobody());
    let (_, said) = run(command.env("REFLECTOR_CONFIG", &config).arg(recorder.session("s1", "one")));
    assert!(said.contains("cannot be reached"), "{said}");
    // A wrong URL: nothing is sent anywhere, and the request is signed all the same.
    let (_, said) = run(finalize("localhost:1250").arg(recorder.session("s2", "two")));
    assert!(said.contains("REFLECTOR_API_URL") && said.contains("it waits in"), "{said}");
    assert_eq!(recorder.waiting().len(), 2);
    for path in recorder.waiting() {
        let kept: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(kept["signature"].as_str().unwrap().len(), 64);
    }
    // Something else that is content with anything has not taken it.
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", other.local_addr().unwrap());
    let serve = std::thread::Builder::new().spawn(move || {
        let (mut stream, _) = other.accept().unwrap();
        let mut buffer = [0; 4_096];
        let _ = stream.read(&mut buffer).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").unwrap();
    });
    let (_, said) = run(finalize(&base).arg(recorder.session("s3", "three")));
    serve.unwrap().join().unwrap();
    assert!(said.contains("is no Reflector"), "{said}");
    assert_eq!(recorder.waiting().len(), 3);
}

#[test]
fn a_server_that_never_answers_does_not_hold_the_recorder_up() {
    let recorder = Recorder::new();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", silent.local_addr().unwrap());
    let (_, said) = run(finalize(&base).arg(recorder.session("s1", "one")));
    assert!(said.contains("did not answer within 4 s") && said.contains("it waits in"), "{said}");
    assert_eq!(recorder.waiting().len(), 1);
    drop(silent);
}

#[tokio::test]
async fn two_at_once_tell_each_recording_once() {
    let recorder = Recorder::new();
    let spool = tempfile::tempdir().unwrap();
    let server = Start::default().config(&recorder.config()).run();
    let sessions: Vec<PathBuf> = (0..6).map(|n| recorder.session(&format!("s{n}"), &format!("room-{n}"))).collect();
    let threads: Vec<_> = sessions
        .into_iter()
        .map(|session| {
            let mut command = finalize(&server.base);
            command.env("REFLECTOR_JIBRI__SPOOL_DIR", spool.path()).arg(session);
            std::thread::Builder::new().spawn(move || run(&mut command)).unwrap()
        })
        .collect();
    let told: Vec<String> = threads.into_iter().flat_map(|thread| lines(&thread.join().unwrap().0)).collect();
    assert_eq!(told.len(), 6, "{told:?}");
    assert_eq!(completed(&server).await.len(), 6);
    assert_eq!(requests(spool.path()), Vec::<PathBuf>::new());
    // Where one hangs, the other ends in time as well, and both requests are kept.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", silent.local_addr().unwrap());
    let hang = [recorder.session("h1", "one"), recorder.session("h2", "two")].map(|session| {
        let mut command = finalize(&base);
        command.env("REFLECTOR_JIBRI__SPOOL_DIR", spool.path()).arg(session);
        std::thread::Builder::new().spawn(move || run(&mut command)).unwrap()
    });
    for thread in hang {
        assert!(thread.join().unwrap().1.contains("it waits in"));
    }
    assert_eq!(requests(spool.path()).len(), 2);
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn the_server_takes_what_waits_at_its_start_and_later_each_once() {
    let recorder = Recorder::new();
    run(finalize(&nobody()).arg(recorder.session("s1", "one")));
    let unsigned = recorder.session("s2", "two");
    run(finalize(&nobody()).env_remove("JITSI_WEBHOOK_SECRET").arg(&unsigned));
    std::fs::write(recorder.spool().join("0000000000001-0000000000000001.json"), "{").unwrap();
    assert_eq!(recorder.waiting().len(), 3);
    let spool = tempfile::tempdir().unwrap();
    let config = format!("{}[jibri]\nspool_dir = \"{}\"\n", recorder.config(), spool.path().display());
    let server = Start::default().config(&config).run();
    eventually("the first recording", async || (completed(&server).await.len() == 1).then_some(())).await;
    // What is not signed is not believed, and what is no request lies aside.
    eventually("the rest judged", async || {
        (recorder.waiting().len() == 1 && recorder.refused().len() == 1).then_some(())
    })
    .await;
    eventually("the log says so", async || server.log().contains("is not signed with").then_some(())).await;

    // What comes later, into the configured spool, is taken too, once, and with it nothing twice.
    let mut outside = finalize(&nobody());
    outside.env("REFLECTOR_JIBRI__SPOOL_DIR", spool.path()).arg(recorder.session("s3", "three"));
    run(&mut outside);
    eventually("the later recording", async || requests(spool.path()).is_empty().then_some(())).await;
    let events = completed(&server).await;
    let mut rooms: Vec<&str> = events.iter().map(|event| event["room_name"].as_str().unwrap()).collect();
    rooms.sort_unstable();
    assert_eq!(rooms, ["one", "three"]);
    assert_eq!(server.log().matches("is not signed with").count(), 1, "it is not told again and again");
}

/// What Jibri posts every minute.
fn status(id: &str, busy: &str, health: &str) -> Value {
    json!({ "jibriId": id, "status": { "busyStatus": busy, "health": { "healthStatus": health, "details": {} } } })
}

async fn tell(server: &Server, path: &str, body: &Value) {
    let told = server.anonymous(Method::POST, path).json(body).send().await.unwrap();
    assert_eq!(answer(told, StatusCode::OK).await, json!({ "status": "ok" }));
}

#[tokio::test]
async fn recorders_are_listed_by_what_they_tell_of_themselves() {
    let mut server = Start::default().run();
    tell(&server, "/v1/status", &status("jibri-2", "IDLE", "HEALTHY")).await;
    let mut broken = status("jibri-1", "IDLE", "UNHEALTHY");
    broken["status"]["health"]["details"] =
        json!({ "Browser": { "healthStatus": "UNHEALTHY", "detail": "no display" } });
    tell(&server, "/v1/status", &broken).await;
    tell(&server, "/v1/status", &status("jibri-3", "EXPIRED", "HEALTHY")).await;
    let list = server.get("/v1/recorders").await;
    let states: Vec<(&str, &str)> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|recorder| (recorder["id"].as_str().unwrap(), recorder["state"].as_str().unwrap()))
        .collect();
    assert_eq!(states, [("jibri-1", "unhealthy"), ("jibri-2", "idle"), ("jibri-3", "expired")]);
    let first = &list["items"][0];
    assert_eq!(first["health"], json!([{ "name": "Browser", "healthy": false, "message": "no display" }]));
    assert_eq!((&first["address"], &first["meeting"]), (&json!("127.0.0.1"), &Value::Null));
    assert_eq!(first["since"], first["last_seen_at"]);
    assert_eq!(server.get("/v1/recorders?state=idle").await["items"].as_array().unwrap().len(), 1);
    let page = server.get("/v1/recorders?limit=2").await;
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = server.get(&format!("/v1/recorders?limit=2&cursor={cursor}")).await;
    assert_eq!((&rest["items"][0]["id"], &rest["next_cursor"]), (&json!("jibri-3"), &Value::Null));

    // Told again, it is so since the first time; and all of it outlasts a restart.
    tell(&server, "/v1/status", &broken).await;
    let again = server.get("/v1/recorders").await["items"][0].clone();
    assert_eq!(again["since"], first["since"]);
    assert!(again["last_seen_at"].as_str() >= first["last_seen_at"].as_str());
    server.stop();
    let server = Start::default().data(&server.data).token(&server.token).run();
    assert_eq!(server.get("/v1/recorders").await["items"][0], again);
}

#[tokio::test]
async fn a_busy_recorder_is_shown_with_its_meeting_where_that_is_known() {
    let server = Start::default().run();
    let meeting = server.meeting("weekly").await;
    let room = meeting["room_name"].as_str().unwrap();
    let event = |kind: &str, room: &str, id: &str| {
        let now = "2030-01-15T10:30:00.000Z";
        json!({ "event": kind, "room": room, "timestamp": now, "data": { "recording_id": id, "initiator": "ada" } })
    };
    let busy_with = async |id: &str| {
        let list = server.get("/v1/recorders").await;
        let found = list["items"].as_array().unwrap().iter().find(|recorder| recorder["id"] == id).cloned();
        found.unwrap()["meeting"].clone()
    };
    tell(&server, "/v1/status", &status("a", "BUSY", "HEALTHY")).await;
    assert_eq!(busy_with("a").await, Value::Null, "nothing is recorded that we know of");
    server.event(&event("jibri-recording-on", room, "session-1")).await;
    let expected = json!({ "id": meeting["id"], "room_id": meeting["room_id"], "room_name": room });
    assert_eq!(busy_with("a").await, expected);
    // With two of each it is a guess, so nothing is said, until a recorder tells its session.
    tell(&server, "/v1/status", &status("b", "BUSY", "HEALTHY")).await;
    server.event(&event("jibri-recording-on", "other-room", "session-2")).await;
    assert_eq!((busy_with("a").await, busy_with("b").await), (Value::Null, Value::Null));
    let session = json!({ "jibriId": "b", "session": { "sessionId": "session-1", "status": "ON", "failure": null } });
    tell(&server, "/v1/session/status", &session).await;
    assert_eq!(busy_with("b").await, expected);
    assert_eq!(busy_with("a").await["room_name"], "other-room");
    server.event(&event("jibri-recording-off", room, "session-1")).await;
    assert_eq!(busy_with("b").await, Value::Null);
}

#[tokio::test]
async fn only_recorders_tell_how_recorders_are() {
    let server = Start::default().run();
    let good = status("a", "IDLE", "HEALTHY");
    for path in ["/v1/status", "/v1/session/status"] {
        let proxied = server.anonymous(Method::POST, path).header("X-Forwarded-For", "203.0.113.9").json(&good);
        let refused = problem(proxied.send().await.unwrap(), StatusCode::FORBIDDEN).await;
        assert!(refused["detail"].as_str().unwrap().contains("jibri.networks"), "{refused}");
    }
    // From a network that was named, by way of a proxy that is trusted; and with a token from anywhere.
    let config = "[server]\ntrusted_proxies = [\"127.0.0.1\"]\n[jibri]\nnetworks = [\"198.51.100.0/24\"]\n";
    let near = Start::default().config(config).run();
    for (address, expected) in [("198.51.100.7", StatusCode::OK), ("203.0.113.9", StatusCode::FORBIDDEN)] {
        let sent = near.anonymous(Method::POST, "/v1/status").header("X-Forwarded-For", address).json(&good).send();
        assert_eq!(sent.await.unwrap().status(), expected, "{address}");
    }
    assert_eq!(near.get("/v1/recorders").await["items"][0]["address"], "198.51.100.7");
    let token = near.token_for(&["events:write"]);
    let sent = near.anonymous(Method::POST, "/v1/status").header("X-Forwarded-For", "203.0.113.9");
    assert_eq!(sent.bearer_auth(token).json(&good).send().await.unwrap().status(), StatusCode::OK);

    for (body, field) in [
        (json!({}), "jibriId"),
        (json!({ "jibriId": "", "status": {} }), "jibriId"),
        (json!({ "jibriId": "a", "status": 5 }), "status"),
        (json!({ "jibriId": "a", "status": {} }), "status.busyStatus"),
    ] {
        let sent = server.anonymous(Method::POST, "/v1/status").json(&body).send().await.unwrap();
        let refused = problem(sent, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert_eq!(refused["errors"][0]["field"], field, "{body}");
    }
    let sent = server.anonymous(Method::POST, "/v1/status").body("{").send().await.unwrap();
    problem(sent, StatusCode::BAD_REQUEST).await;
}

#[tokio::test]
async fn recorders_have_a_limit_of_their_own_and_there_are_so_many_at_most() {
    let limits = "[limits]\nanonymous_per_minute = 1\nrecorder_per_minute = 3\ntoken_per_minute = 0\n";
    let server = Start::bare().config(limits).run();
    let send = async || {
        let sent = server.anonymous(Method::POST, "/v1/status").json(&status("a", "IDLE", "HEALTHY"));
        sent.send().await.unwrap().status()
    };
    // Others have used up what nobody in particular may ask.
    for _ in 0..3 {
        server.anonymous(Method::GET, "/v1/version").send().await.unwrap();
    }
    let statuses = [send().await, send().await, send().await, send().await];
    assert_eq!(statuses, [200, 200, 200, 429].map(|status| StatusCode::from_u16(status).unwrap()));

    let server = Start::bare().config("[limits]\nrecorder_per_minute = 0\ntoken_per_minute = 0\n").run();
    for number in 0..256 {
        tell(&server, "/v1/status", &status(&format!("jibri-{number:03}"), "IDLE", "HEALTHY")).await;
    }
    let one_more = server.anonymous(Method::POST, "/v1/status").json(&status("one-more", "IDLE", "HEALTHY"));
    problem(one_more.send().await.unwrap(), StatusCode::CONFLICT).await;
    tell(&server, "/v1/status", &status("jibri-000", "BUSY", "HEALTHY")).await;
}
