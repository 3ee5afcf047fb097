//! Files that are sent in by hand, through the real server: by a strict client of the protocol, broken off, killed, garbled.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use data_encoding::BASE64;
use reqwest::{Body, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::copies::large;
use crate::disk_full::Disk;
use crate::harness::{Server, Start, eventually, json as answer, now, problem};
use crate::recordings::{Pile, media, only};

const UPLOADS: &str = "/v1/recordings/uploads";

/// A client of the protocol that takes nothing for granted that the protocol does not promise.
struct Tus<'s> {
    server: &'s Server,
    url: String,
}

fn metadata(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter().map(|(key, value)| format!("{key} {}", BASE64.encode(value.as_bytes())));
    pairs.collect::<Vec<_>>().join(",")
}

fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).unwrap_or_else(|| panic!("no {name}")).to_str().unwrap().to_owned()
}

fn announce(server: &Server, length: usize, pairs: &[(&str, &str)]) -> RequestBuilder {
    let request = server.request(Method::POST, UPLOADS).header("Tus-Resumable", "1.0.0");
    request.header("Upload-Length", length).header("Upload-Metadata", metadata(pairs))
}

impl<'s> Tus<'s> {
    async fn begin(server: &'s Server, length: usize, pairs: &[(&str, &str)]) -> Self {
        let made = announce(server, length, pairs).send().await.unwrap();
        assert_eq!((made.status(), header(&made, "tus-resumable").as_str()), (StatusCode::CREATED, "1.0.0"));
        header(&made, "upload-expires");
        Self { server, url: header(&made, "location") }
    }

    fn request(&self, method: Method) -> RequestBuilder {
        self.server.request(method, &self.url).header("Tus-Resumable", "1.0.0")
    }

    async fn offset(&self) -> usize {
        let head = self.request(Method::HEAD).send().await.unwrap();
        assert_eq!((head.status(), header(&head, "cache-control").as_str()), (StatusCode::OK, "no-store"));
        header(&head, "upload-offset").parse().unwrap()
    }

    fn part(&self, offset: usize, body: impl Into<Body>) -> RequestBuilder {
        let request = self.request(Method::PATCH).header("Upload-Offset", offset);
        request.header("Content-Type", "application/offset+octet-stream").body(body)
    }

    /// Sends a part, which must be taken.
    async fn send(&self, offset: usize, bytes: &[u8]) {
        let taken = self.part(offset, bytes.to_vec()).send().await.unwrap();
        assert_eq!(taken.status(), StatusCode::NO_CONTENT, "{}", taken.text().await.unwrap());
        assert_eq!(header(&taken, "upload-offset"), (offset + bytes.len()).to_string());
    }

    async fn state(&self) -> Value {
        self.server.get(&self.url).await
    }
}

/// A body that comes in these pieces, with this much time between them, and then breaks off or not.
fn slowly(pieces: Vec<Vec<u8>>, pause: Duration, breaks: bool) -> Body {
    let pieces = pieces.into_iter().map(Ok).chain(breaks.then(|| Err(std::io::Error::other("the way broke off"))));
    let pieces = futures_util::stream::unfold(pieces.collect::<Vec<_>>().into_iter(), move |mut rest| async move {
        let piece = rest.next()?;
        tokio::time::sleep(pause).await;
        Some((piece, rest))
    });
    Body::wrap_stream(pieces)
}

/// Everything that lies in a directory of recordings, hidden or not.
fn lies_in(place: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut left = vec![place.to_owned()];
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
async fn a_file_that_is_sent_in_becomes_one_recording_of_its_meeting() {
    let (pile, bytes) = (Pile::new(), media(&[]));
    let server = pile.server();
    let meeting = server.meeting("standup").await;
    let pairs = [
        ("filename", "Réunion 1.mp4"),
        ("title", "By hand"),
        ("meeting_id", meeting["id"].as_str().unwrap()),
        ("modified_at", "2025-01-15T11:00:00Z"),
        ("filetype", "video/mp4"),
    ];
    let upload = Tus::begin(&server, bytes.len(), &pairs).await;
    assert_eq!(upload.offset().await, 0);
    let half = bytes.len() / 2;
    upload.send(0, &bytes[..half]).await;
    assert_eq!(upload.offset().await, half);
    // What is not whole is seen by nobody.
    answer(server.post("/v1/recordings/scan", &json!({})).await, StatusCode::OK).await;
    assert_eq!(server.get("/v1/recordings").await["items"], json!([]));
    upload.send(half, &bytes[half..]).await;

    let found = only(&server, "ready").await;
    assert_eq!((&found["title"], &found["meeting_id"]), (&json!("By hand"), &meeting["id"]));
    assert_eq!((&found["matched_by"], &found["reason"]), (&json!("hand"), &json!("whole")));
    assert_eq!(found["file"]["modified_at"], "2025-01-15T11:00:00.000Z");
    assert!(found["started_at"].as_str().unwrap().starts_with("2025-01-15T10:59:5"), "{found}");
    let state = upload.state().await;
    assert_eq!((&state["recording_id"], &state["offset_bytes"]), (&found["id"], &json!(bytes.len())));
    assert_eq!(upload.offset().await, bytes.len());
    let path = format!("/v1/recordings/{}", found["id"].as_str().unwrap());
    let played = server.request(Method::GET, &format!("{path}/media")).send().await.unwrap();
    assert!(played.bytes().await.unwrap() == bytes);
    let sum = data_encoding::HEXLOWER.encode(&Sha256::digest(&bytes));
    eventually("its sum", async || (server.get(&path).await["sha256"] == sum.as_str()).then_some(())).await;

    // The last word again, as of a client that did not hear the answer; and a look by the server.
    upload.send(bytes.len(), &[]).await;
    problem(upload.request(Method::DELETE).send().await.unwrap(), StatusCode::CONFLICT).await;
    answer(server.post("/v1/recordings/scan", &json!({})).await, StatusCode::OK).await;
    assert_eq!(server.get("/v1/recordings").await["items"].as_array().unwrap().len(), 1);
    let [file]: [PathBuf; 1] = lies_in(pile.path()).try_into().unwrap();
    assert!(file.ends_with(format!("{}/Réunion 1.mp4", state["id"].as_str().unwrap())), "{}", file.display());
    let audit = server.get("/v1/audit?limit=200").await;
    for action in ["upload.create", "recording.upload"] {
        assert_eq!(audit["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == action).count(), 1);
    }
}

#[tokio::test]
async fn a_kill_in_the_middle_costs_nothing_that_was_acknowledged() {
    let (pile, bytes, data) = (Pile::new(), media(&["-t", "20"]), tempfile::tempdir().unwrap());
    let start = || Start::default().config(&pile.config()).data(data.path());
    let mut server = start().run();
    let again = |server: &Server| start().token(&server.token).listen(&server.address()).run();
    let url = Tus::begin(&server, bytes.len(), &[("filename", "a.mp4")]).await.url;
    let mut acknowledged = 0;
    // Each time a part is taken and another is under way when the program is killed.
    for turn in 1..=4 {
        let upload = Tus { server: &server, url: url.clone() };
        let from = upload.offset().await;
        assert!(from >= acknowledged, "{from} of {acknowledged} that were acknowledged");
        let to = bytes.len() * turn / 5;
        upload.send(from, &bytes[from..to]).await;
        acknowledged = to;
        let rest: Vec<Vec<u8>> = bytes[to..].chunks(1_000).map(<[u8]>::to_vec).collect();
        let under_way = upload.part(to, slowly(rest, Duration::from_millis(5), false)).send();
        let killed = async {
            tokio::time::sleep(Duration::from_millis(40 * turn as u64)).await;
            server.signal("KILL");
        };
        let (broken, ()) = tokio::join!(under_way, killed);
        assert!(broken.is_err(), "the part was taken before the program was killed");
        server.kill();
        server = again(&server);
    }
    let upload = Tus { server: &server, url };
    let from = upload.offset().await;
    assert!(from >= acknowledged);
    upload.send(from, &bytes[from..]).await;
    server.kill();
    let server = again(&server);
    let found = only(&server, "ready").await;
    let played = server.request(Method::GET, &format!("/v1/recordings/{}/media", found["id"].as_str().unwrap()));
    assert!(played.send().await.unwrap().bytes().await.unwrap() == bytes, "the file is another one");
    assert_eq!(lies_in(pile.path()).len(), 1);
    server.verify();
}

#[tokio::test]
async fn a_disk_that_fills_up_on_the_way_costs_nothing_that_was_taken() {
    const PART: usize = 512 << 10;
    let (disk, bytes) = (Disk::new("16m"), large(6 << 20));
    let config = format!("[recordings]\ndirectories = [\"{}\"]\n", disk.path().display());
    let server = Start::default().config(&config).run();
    let upload = Tus::begin(&server, bytes.len(), &[("filename", "a.mp4")]).await;
    upload.send(0, &bytes[..PART]).await;
    // Somebody else takes the room.
    let ballast = disk.path().join(".ballast");
    std::fs::write(&ballast, vec![1; 13 << 20]).unwrap();
    let mut taken = PART;
    let refused = loop {
        let sent = upload.part(taken, bytes[taken..taken + PART].to_vec()).send().await.unwrap();
        if sent.status() != StatusCode::NO_CONTENT {
            break sent;
        }
        taken += PART;
    };
    assert!(refused.headers().contains_key("retry-after"));
    let told = problem(refused, StatusCode::INSUFFICIENT_STORAGE).await;
    assert!(told["detail"].as_str().unwrap().contains("takes no more: No space left on device"), "{told}");
    assert_eq!((upload.offset().await, server.get("/v1/recordings").await["items"].clone()), (taken, json!([])));

    std::fs::remove_file(&ballast).unwrap();
    upload.send(taken, &bytes[taken..]).await;
    let found = only(&server, "ready").await;
    let played = server.request(Method::GET, &format!("/v1/recordings/{}/media", found["id"].as_str().unwrap()));
    assert!(played.send().await.unwrap().bytes().await.unwrap() == bytes, "the file is another one");
    server.verify();
}

#[tokio::test]
async fn what_came_whole_and_is_no_recording_yet_becomes_one_when_the_server_starts() {
    let (pile, bytes) = (Pile::new(), media(&[]));
    let mut server = pile.server();
    let upload = Tus::begin(&server, bytes.len(), &[("filename", "a.mp4"), ("title", "Left")]).await;
    let id = upload.state().await["id"].as_str().unwrap().to_owned();
    // Something stands where its directory will be, so that the last step fails when everything has come.
    let obstacle = pile.path().join(&id);
    std::fs::create_dir(&obstacle).unwrap();
    std::fs::write(obstacle.join("x"), "").unwrap();
    let last = upload.part(0, bytes.clone()).send().await.unwrap();
    assert!(last.headers().contains_key("retry-after"));
    problem(last, StatusCode::SERVICE_UNAVAILABLE).await;
    server.kill();
    std::fs::remove_dir_all(&obstacle).unwrap();
    let server = Start::default().config(&pile.config()).data(&server.data).token(&server.token).run();
    assert_eq!(only(&server, "ready").await["title"], "Left");
    let [file]: [PathBuf; 1] = lies_in(pile.path()).try_into().unwrap();
    assert!(file.starts_with(obstacle));
}

#[tokio::test]
async fn what_breaks_off_is_kept_and_what_is_garbled_is_not() {
    let (pile, bytes) = (Pile::new(), media(&[]));
    let server = pile.server();
    let upload = Tus::begin(&server, bytes.len(), &[("filename", "a.mp4")]).await;
    let pieces = vec![bytes[..1_000].to_vec(), bytes[1_000..3_000].to_vec()];
    assert!(upload.part(0, slowly(pieces, Duration::from_millis(50), true)).send().await.is_err());
    eventually("what came before the way broke off", async || (upload.offset().await == 3_000).then_some(())).await;

    let part = &bytes[3_000..6_000];
    let sum = format!("sha256 {}", BASE64.encode(&Sha256::digest(part)));
    let mut garbled = part.to_vec();
    garbled[1_500] ^= 1;
    let with_sum = |bytes: &[u8], sum: &str| upload.part(3_000, bytes.to_vec()).header("Upload-Checksum", sum).send();
    let refused = with_sum(&garbled, &sum).await.unwrap();
    assert_eq!((refused.status().as_u16(), upload.offset().await), (460, 3_000));
    problem(with_sum(part, "md5 AAAA").await.unwrap(), StatusCode::BAD_REQUEST).await;
    assert_eq!(with_sum(part, &sum).await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(upload.offset().await, 6_000);

    // Another place than the end, more than was said, another kind of body, another version.
    for offset in [0, 5_999, 6_001] {
        problem(upload.part(offset, vec![0; 10]).send().await.unwrap(), StatusCode::CONFLICT).await;
    }
    let more = bytes[6_000..].iter().chain(&[0]).copied().collect::<Vec<u8>>();
    problem(upload.part(6_000, more.clone()).send().await.unwrap(), StatusCode::PAYLOAD_TOO_LARGE).await;
    let unsaid = slowly(vec![more], Duration::ZERO, false);
    problem(upload.part(6_000, unsaid).send().await.unwrap(), StatusCode::PAYLOAD_TOO_LARGE).await;
    assert_eq!(upload.offset().await, 6_000);
    let other = upload.request(Method::PATCH).header("Upload-Offset", 6_000).json(&json!({}));
    problem(other.send().await.unwrap(), StatusCode::UNSUPPORTED_MEDIA_TYPE).await;
    let old = server.request(Method::HEAD, &upload.url).header("Tus-Resumable", "0.2.2").send().await.unwrap();
    assert_eq!((old.status(), header(&old, "tus-version").as_str()), (StatusCode::PRECONDITION_FAILED, "1.0.0"));

    // Two at once: one of them waits its turn.
    let slow =
        upload.part(6_000, slowly(vec![bytes[6_000..6_100].to_vec(); 1], Duration::from_millis(400), false)).send();
    let second = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        problem(upload.part(6_000, bytes[6_000..6_100].to_vec()).send().await.unwrap(), StatusCode::LOCKED).await
    };
    let (first, _) = tokio::join!(slow, second);
    assert_eq!(first.unwrap().status(), StatusCode::NO_CONTENT);

    // A proxy that lets only POST through.
    let ended = upload.request(Method::POST).header("X-HTTP-Method-Override", "DELETE").send().await.unwrap();
    assert_eq!(ended.status(), StatusCode::NO_CONTENT);
    problem(server.request(Method::GET, &upload.url).send().await.unwrap(), StatusCode::NOT_FOUND).await;
    assert_eq!(std::fs::read_dir(pile.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_with_what_to_do() {
    let pile = Pile::new();
    let directory = pile.path().join("by hand");
    let config = |more: &str| format!("{}upload_directory = \"{}\"\n{more}", pile.config(), directory.display());
    let server = Start::default().config(&config("upload_most_gib = 1\nuploads_most = 2\n")).run();
    let abilities = server.request(Method::OPTIONS, UPLOADS).send().await.unwrap();
    assert_eq!(abilities.status(), StatusCode::NO_CONTENT);
    assert_eq!(header(&abilities, "tus-extension"), "creation,expiration,checksum,termination");
    assert_eq!(
        (header(&abilities, "tus-max-size"), header(&abilities, "tus-checksum-algorithm")),
        ((1_u64 << 30).to_string(), "sha1,sha256".to_owned())
    );

    let refused = async |length: usize, pairs: &[(&str, &str)], status: StatusCode| {
        problem(announce(&server, length, pairs).send().await.unwrap(), status).await
    };
    for name in [
        "",
        "a",
        "a.txt",
        "../a.mp4",
        "a/b.mp4",
        "/etc/a.mp4",
        ".a.mp4",
        "a\nb.mp4",
        &format!("{}.mp4", "a".repeat(300)),
    ] {
        refused(10, &[("filename", name)], StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let bad = StatusCode::UNPROCESSABLE_ENTITY;
    refused(10, &[("filename", "a.mp4"), ("title", &"x".repeat(201))], bad).await;
    refused(10, &[("filename", "a.mp4"), ("meeting_id", "0193a0c0-0000-7000-8000-000000000000")], bad).await;
    refused(10, &[("filename", "a.mp4"), ("modified_at", "yesterday")], bad).await;
    refused(0, &[("filename", "a.mp4")], bad).await;
    refused((1 << 30) + 1, &[("filename", "a.mp4")], StatusCode::PAYLOAD_TOO_LARGE).await;
    assert!(!directory.exists(), "nothing was made for what was refused");

    // The same announcement with the same key is one; the third is one too many, until one is ended.
    let keyed = || announce(&server, 10, &[("filename", "a.mp4")]).header("Idempotency-Key", "k1").send();
    let (one, same) = (keyed().await.unwrap(), keyed().await.unwrap());
    assert_eq!(header(&one, "location"), header(&same, "location"));
    let two = Tus::begin(&server, 10, &[("filename", "a.mp4")]).await;
    refused(10, &[("filename", "a.mp4")], StatusCode::CONFLICT).await;
    assert_eq!(two.request(Method::DELETE).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    Tus::begin(&server, 10, &[("filename", "a.mp4")]).await;
    assert_eq!(server.get(UPLOADS).await["items"].as_array().unwrap().len(), 2);
    assert_eq!(lies_in(&directory).len(), 2);

    // Below the floor nothing is taken, neither new nor more of what has begun.
    drop(server);
    let full = Start::default().config(&config("")).env("REFLECTOR_DISK__FLOOR_MIB", "1073741824").run();
    let no_room = announce(&full, 10, &[("filename", "a.mp4")]).send().await.unwrap();
    assert!(no_room.headers().contains_key("retry-after"));
    let told = problem(no_room, StatusCode::INSUFFICIENT_STORAGE).await;
    assert!(told["detail"].as_str().unwrap().contains("disk.floor_mib"), "{told}");
    let off = Start::default().config(&config("upload_most_gib = 0\n")).run();
    problem(announce(&off, 10, &[("filename", "a.mp4")]).send().await.unwrap(), StatusCode::CONFLICT).await;
}

#[tokio::test]
async fn a_part_may_take_its_time_and_who_drips_may_not() {
    let pile = Pile::new();
    let config = format!("[server]\nrequest_timeout_seconds = 5\nhead_timeout_seconds = 1\n{}", pile.config());
    let server = Start::default().config(&config).run();
    let (pieces, total) = (vec![vec![7; 100_000]; 8], 800_000);
    let upload = Tus::begin(&server, total + 1, &[("filename", "a.mp4")]).await;
    let begun = now();
    let taken = upload.part(0, slowly(pieces, Duration::from_millis(800), false)).send().await.unwrap();
    assert_eq!((taken.status(), header(&taken, "upload-offset").as_str()), (StatusCode::NO_CONTENT, "800000"));
    assert!(begun.elapsed() > Duration::from_secs(6), "the test is not slow enough to show anything");

    let drips = Tus::begin(&server, total, &[("filename", "a.mp4")]).await;
    let begun = now();
    let cut = drips.part(0, slowly(vec![vec![7; 1_000]; 60], Duration::from_millis(250), false)).send().await;
    assert!(cut.is_err() || cut.unwrap().status() == StatusCode::REQUEST_TIMEOUT);
    assert!(begun.elapsed() < Duration::from_secs(9), "{:?}", begun.elapsed());
    // It gets on all the same.
    eventually("what had come", async || (drips.offset().await > 4_000).then_some(())).await;
}

#[tokio::test]
async fn a_client_of_others_sends_a_file_and_goes_on_with_it() {
    let (pile, bytes) = (Pile::new(), media(&[]));
    let server = pile.server();
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("file");
    std::fs::write(&file, &bytes).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(root.join("assets/node_modules/tus-js-client").exists(), "the client is missing: run tests/all");
    let mut client = Command::new("node");
    client.arg(root.join("tests/clients/tus/journey.mjs")).env("REFLECTOR_FILE", &file);
    let output = client.env("REFLECTOR_URL", &server.base).env("REFLECTOR_TOKEN", &server.token).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(said, "ok\n");
    let found = only(&server, "ready").await;
    assert_eq!(found["title"], "Sent by tus");
    let [sent]: [PathBuf; 1] = lies_in(pile.path()).try_into().unwrap();
    assert!(std::fs::read(sent).unwrap() == bytes);
}
