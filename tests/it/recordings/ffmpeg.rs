//! What ffmpeg does for recordings: pictures, and the repair of files that end in the middle.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use super::{Pile, list, media, only, told};
use crate::harness::{Server, Start, eventually, json as answer, problem};

const REAL: &str = "/usr/bin/ffmpeg";
const FRAGMENTED: [&str; 4] = ["-g", "2", "-movflags", "frag_keyframe+empty_moov"];

/// A program that stands in for ffmpeg, and the path on which it is found first.
fn stand_in(directory: &Path, script: &str) -> String {
    let program = directory.join("ffmpeg");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:/usr/bin:/bin", directory.display())
}

async fn poster(server: &Server, id: &Value) -> reqwest::Response {
    server.request(Method::GET, &format!("/v1/recordings/{}/poster", id.as_str().unwrap())).send().await.unwrap()
}

async fn repair(server: &Server, id: &Value) -> reqwest::Response {
    server.post(&format!("/v1/recordings/{}/repair", id.as_str().unwrap()), &json!({})).await
}

async fn recording(server: &Server, id: &Value) -> Value {
    server.get(&format!("/v1/recordings/{}", id.as_str().unwrap())).await
}

/// The pictures that are kept.
fn kept(server: &Server) -> usize {
    std::fs::read_dir(server.data.join("cache/posters")).map_or(0, Iterator::count)
}

/// The names in a directory that begin with a dot.
fn hidden(directory: &Path) -> Vec<PathBuf> {
    let names = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    names.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with('.')).collect()
}

#[tokio::test]
async fn a_recording_has_a_picture_that_is_made_with_next_to_nothing() {
    let (pile, tools) = (Pile::new(), tempfile::tempdir().unwrap());
    // Last in the queue of the processor, unable to write a file, and not told where the recording lies.
    let script = format!(
        "[ \"$(nice)\" = 19 ] && [ \"$(ulimit -f)\" = 0 ] && [ \"$(ulimit -v)\" != unlimited ] || exit 9\n\
         case \"$* $(env)\" in *{}*) exit 9;; esac\nexec {REAL} \"$@\"",
        pile.path().file_name().unwrap().to_str().unwrap()
    );
    let server = Start::default().config(&pile.config()).env("PATH", &stand_in(tools.path(), &script)).run();
    pile.session("8f2e", "standup", &media(&["-t", "3"]));
    let found = only(&server, "ready").await;
    assert_eq!(found["poster_url"], format!("/v1/recordings/{}/poster", found["id"].as_str().unwrap()));
    eventually("the picture, before anybody asks", async || (kept(&server) == 1).then_some(())).await;
    let picture = poster(&server, &found["id"]).await;
    assert_eq!((picture.status(), told(&picture, header::CONTENT_TYPE)), (StatusCode::OK, "image/jpeg"));
    let tag = told(&picture, header::ETAG).to_owned();
    let bytes = picture.bytes().await.unwrap();
    assert!(bytes.starts_with(&[0xFF, 0xD8, 0xFF]) && bytes.ends_with(&[0xFF, 0xD9]), "{} bytes", bytes.len());
    let path = found["poster_url"].as_str().unwrap();
    let known = server.request(Method::GET, path).header(header::IF_NONE_MATCH, &tag).send().await.unwrap();
    assert_eq!((known.status(), told(&known, header::ETAG)), (StatusCode::NOT_MODIFIED, tag.as_str()));

    // One that went is made again.
    std::fs::remove_dir_all(server.data.join("cache")).unwrap();
    assert_eq!(poster(&server, &found["id"]).await.bytes().await.unwrap(), bytes);
    let path = format!("/v1/recordings/{}", found["id"].as_str().unwrap());
    assert_eq!(server.request(Method::DELETE, &path).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    answer(server.post(&format!("{path}/purge"), &json!({})).await, StatusCode::ACCEPTED).await;
    only(&server, "deleted").await;
    assert_eq!(kept(&server), 0, "deleted for good is deleted with its picture");
    problem(poster(&server, &found["id"]).await, StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn where_there_is_no_picture_it_is_said_why() {
    let (pile, tools) = (Pile::new(), tempfile::tempdir().unwrap());
    let whole = media(&[]);
    pile.old_file("endless.mp4", &whole);
    pile.old_file("no-index.mp4", &whole[..whole.len() / 2]);
    pile.old_file("sound.m4a", &media(&["-vn", "-map", "1:a"]));
    pile.old_file("list.mp4", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n");
    let server =
        Start::default().config(&pile.config()).env("PATH", &stand_in(tools.path(), "exec cat /dev/zero")).run();
    let all = eventually("four recordings", async || {
        let all = [list(&server, "").await, list(&server, "?state=truncated").await].concat();
        let settled = all.iter().all(|one| one["state"] != "growing");
        let names: std::collections::BTreeSet<_> = all.iter().map(|one| one["file"]["path"].to_string()).collect();
        (names.len() == 4 && settled).then_some(all)
    })
    .await;
    for (file, why) in [
        ("endless.mp4", "ffmpeg found none"),
        ("no-index.mp4", "no pictures that a player could show"),
        ("sound.m4a", "no pictures"),
        ("list.mp4", "no pictures"),
    ] {
        let one = all.iter().find(|one| one["file"]["path"] == file).unwrap();
        let told = problem(poster(&server, &one["id"]).await, StatusCode::NOT_FOUND).await;
        assert!(told["detail"].as_str().unwrap().contains(why), "{file}: {told}");
        assert_eq!(one["poster_url"].is_string(), file == "endless.mp4", "{one}");
    }
    assert_eq!(server.get("/v1/jobs?state=given_up").await["items"], json!([]));
}

#[tokio::test]
async fn without_ffmpeg_all_else_works() {
    let pile = Pile::new();
    let whole = media(&FRAGMENTED);
    pile.old_file("whole.mp4", &whole);
    let server = Start::default().config(&pile.config()).env("PATH", "/nowhere").run();
    let found = only(&server, "ready").await;
    assert_eq!(found["poster_url"], Value::Null);
    let told = problem(poster(&server, &found["id"]).await, StatusCode::NOT_FOUND).await;
    assert!(told["detail"].as_str().unwrap().contains("ffmpeg is not installed"), "{told}");
    pile.old_file("cut.mp4", &whole[..whole.len() - 100]);
    answer(server.post("/v1/recordings/scan", &json!({})).await, StatusCode::OK).await;
    let cut = only(&server, "truncated").await;
    let told = problem(repair(&server, &cut["id"]).await, StatusCode::CONFLICT).await;
    assert!(told["detail"].as_str().unwrap().contains("apt install ffmpeg"), "{told}");
    let doctor = server.get("/v1/doctor").await;
    let check = doctor["checks"].as_array().unwrap().iter().find(|check| check["id"] == "recordings.ffmpeg").unwrap();
    assert_eq!(check["verdict"], "warning", "{check}");
}

/// A place from the second to the last tenth of `length`, another one each time.
fn anywhere(length: usize) -> usize {
    let chance = usize::try_from(RandomState::new().build_hasher().finish() % 1_000).unwrap();
    length * 2 / 10 + length * 7 / 10 * chance / 1_000
}

#[tokio::test]
async fn what_is_cut_off_is_repaired_beside_the_original() {
    let pile = Pile::new();
    let server = pile.server();
    let meeting = server.meeting("standup").await;
    let faststart = ["-movflags", "+faststart"];
    let video = ["-t", "6", "-g", "5"];
    for (name, made) in [
        ("pieces.mp4", media(&[&video[..], &FRAGMENTED[2..]].concat())),
        ("front.mp4", media(&[&video[..], &faststart].concat())),
        ("tape.mkv", media(&[&video[..], &["-f", "matroska"]].concat())),
    ] {
        let at = anywhere(made.len());
        let file = pile.old_file(name, &made[..at]);
        answer(server.post("/v1/recordings/scan", &json!({})).await, StatusCode::OK).await;
        let cut = eventually(&format!("{name}, cut at {at} of {}", made.len()), async || {
            list(&server, "?state=truncated").await.into_iter().find(|one| one["file"]["path"] == name)
        })
        .await;
        assert_eq!(cut["reason"], "cut_off", "{name} at {at}");
        let assigned = server.request(Method::PATCH, &format!("/v1/recordings/{}", cut["id"].as_str().unwrap()));
        answer(assigned.json(&json!({ "meeting_id": meeting["id"] })).send().await.unwrap(), StatusCode::OK).await;
        answer(repair(&server, &cut["id"]).await, StatusCode::ACCEPTED).await;
        let repaired = eventually(&format!("the repair of {name}, cut at {at} of {}", made.len()), async || {
            let jobs = server.get("/v1/jobs?state=given_up").await;
            assert_eq!(jobs["items"], json!([]), "{name} at {at} of {}", made.len());
            let all = list(&server, "?state=ready").await;
            all.into_iter().find(|one| one["repaired_from"] == cut["id"])
        })
        .await;
        let (stem, end) = name.rsplit_once('.').unwrap();
        assert_eq!(repaired["file"]["path"], format!("{stem}.repaired.{end}"));
        assert_eq!((&repaired["meeting_id"], &repaired["matched_by"]), (&meeting["id"], &json!("hand")));
        assert_eq!((&repaired["reason"], &repaired["file"]["damage"]), (&json!("whole"), &Value::Null));
        let seconds = repaired["file"]["duration_seconds"].as_f64().unwrap();
        assert!((0.2..6.0).contains(&seconds), "{name} at {at}: {seconds} s");
        let playing = server.request(Method::GET, repaired["media_url"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(playing.status(), StatusCode::OK);
        assert_eq!(std::fs::read(&file).unwrap(), made[..at], "the original is as it was");
        assert_eq!(recording(&server, &cut["id"]).await["repaired_as"], repaired["id"]);
        let again = problem(repair(&server, &cut["id"]).await, StatusCode::CONFLICT).await;
        assert!(again["detail"].as_str().unwrap().contains("repaired already"), "{again}");
        let whole = problem(repair(&server, &repaired["id"]).await, StatusCode::CONFLICT).await;
        assert!(whole["detail"].as_str().unwrap().contains("nothing to repair"), "{whole}");
        assert_eq!(hidden(pile.path()), Vec::<PathBuf>::new());
    }
    let plain = media(&[]);
    pile.old_file("killed.mp4", &plain[..plain.len() / 2]);
    answer(server.post("/v1/recordings/scan", &json!({})).await, StatusCode::OK).await;
    let all = list(&server, "?state=truncated").await;
    let killed = all.iter().find(|one| one["file"]["path"] == "killed.mp4").unwrap();
    let told = problem(repair(&server, &killed["id"]).await, StatusCode::CONFLICT).await;
    assert!(told["detail"].as_str().unwrap().contains("untrunc"), "{told}");
    server.verify();
}

#[tokio::test]
async fn a_repair_that_is_killed_leaves_nothing_half_and_is_done_in_the_end() {
    let (pile, tools) = (Pile::new(), tempfile::tempdir().unwrap());
    let begun = tools.path().join("begun");
    // The first one writes something and does not come to its end.
    let script = format!(
        "case \"$*\" in *mjpeg*) exec {REAL} \"$@\";; esac\n\
         if [ ! -e {begun} ]; then head -c 5000 /dev/urandom; : > {begun}; exec sleep 20; fi\nexec {REAL} \"$@\"",
        begun = begun.display()
    );
    let path = stand_in(tools.path(), &script);
    let whole = media(&FRAGMENTED);
    pile.old_file("8f2e/cut.mp4", &whole[..whole.len() - 100]);
    let mut server = Start::default().config(&pile.config()).env("PATH", &path).run();
    let cut = only(&server, "truncated").await;
    answer(repair(&server, &cut["id"]).await, StatusCode::ACCEPTED).await;
    eventually("the first half", async || begun.exists().then_some(())).await;
    let session = pile.path().join("8f2e");
    assert_eq!(hidden(&session).len(), 1);
    server.kill();
    assert!(!session.join("cut.repaired.mp4").exists());
    let server =
        Start::default().config(&pile.config()).data(&server.data).token(&server.token).env("PATH", &path).run();
    let repaired = only(&server, "ready").await;
    assert_eq!((&repaired["repaired_from"], &repaired["file"]["path"]), (&cut["id"], &json!("8f2e/cut.repaired.mp4")));
    assert_eq!(hidden(&session), Vec::<PathBuf>::new());
    assert_eq!(list(&server, "?state=truncated").await.len(), 1);
}
