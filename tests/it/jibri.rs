//! The recorder's side: `reflector jibri-finalize` as Jibri calls it, and the spool of what could not be told.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Server, Start, WEBHOOK_SECRET, eventually, program};

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
    let metadata = json!({ "meeting_url": "https://meet.example.com/addressed", "reflector_room_name": "ours" });
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
async fn one_that_cannot_be_read_holds_up_no_other() {
    let recorder = Recorder::new();
    run(finalize(&nobody()).arg(recorder.session("s1", "one")));
    // As another user's file would be, the oldest of all: the tests may run as root, who can read every file.
    let unreadable = recorder.spool().join("0000000000001-0000000000000001.json");
    let _socket = std::os::unix::net::UnixListener::bind(&unreadable).unwrap();
    let server = Start::default().run();
    let (told, said) = run(finalize(&server.base).arg(recorder.session("s2", "two")));
    assert!(said.contains("cannot be read") && told.is_empty(), "{told}{said}");
    assert_eq!(recorder.refused().len(), 2, "this server's directories are others: {said}");

    run(finalize(&nobody()).arg(recorder.session("s3", "three")));
    let server = Start::default().config(&recorder.config()).run();
    eventually("the server takes the other", async || (completed(&server).await.len() == 1).then_some(())).await;
    eventually("the log says so", async || server.log().contains("cannot be read").then_some(())).await;
    assert!(unreadable.exists());
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

/// What stands before a server and speaks TLS, as nginx does: it hands a request on, with its headers and its body.
const TLS_PROXY: &str = r#"
import http.client, http.server, ssl, sys
certificate, key, target = sys.argv[1:]
class Proxy(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        there = http.client.HTTPConnection(target)
        there.request("POST", self.path, body, dict(self.headers))
        answer = there.getresponse()
        text = answer.read()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.getheader("Content-Type"))
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
server = http.server.HTTPServer(("127.0.0.1", 0), Proxy)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
"#;

/// A process that ends with the test.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An authority, and a certificate of it for this machine.
const CERTIFICATES: &str = r#"
new() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -subj "/CN=$1" "${@:2}"; }
new authority -x509 -days 2 -out authority.pem
new localhost -out localhost.csr
echo "subjectAltName=DNS:localhost,IP:127.0.0.1" > names
openssl x509 -req -in localhost.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 -extfile names -out localhost.pem
"#;

#[tokio::test]
async fn a_server_behind_tls_is_told_where_its_authority_is_trusted() {
    let recorder = Recorder::new();
    let scratch = tempfile::tempdir().unwrap();
    let made = Command::new("bash").args(["-euc", CERTIFICATES]).current_dir(scratch.path()).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let server = Start::default().config(&recorder.config()).run();
    let proxy = Command::new("python3")
        .args(["-c", TLS_PROXY, "localhost.pem", "localhost.key", server.base.trim_start_matches("http://")])
        .current_dir(scratch.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut proxy = Ends(proxy.unwrap());
    let mut port = String::new();
    BufReader::new(proxy.0.stdout.take().unwrap()).read_line(&mut port).unwrap();
    let base = format!("https://localhost:{}", port.trim());
    let spool = scratch.path().join("spool");
    let with = |authority: &str, session: &str| {
        let mut command = finalize(&base);
        command.env("SSL_CERT_FILE", scratch.path().join(authority)).env_remove("SSL_CERT_DIR");
        command.env("REFLECTOR_JIBRI__SPOOL_DIR", &spool);
        run(command.arg(recorder.session(session, session)))
    };
    let (_, said) = with("nothing.pem", "one");
    assert!(said.contains("no authority is trusted here"), "{said}");
    let (told, said) = with("authority.pem", "two");
    assert_eq!((told.lines().count(), said.as_str()), (2, ""), "{told}");
    // The key of another authority, of the same name.
    let again = Command::new("bash").args(["-euc", CERTIFICATES]).current_dir(scratch.path()).output().unwrap();
    assert!(again.status.success());
    let (told, said) = with("authority.pem", "three");
    assert!(told.is_empty() && said.contains("no secure connection") && said.contains("it waits in"), "{told}{said}");
    assert_eq!((completed(&server).await.len(), requests(&spool).len()), (2, 1));
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
