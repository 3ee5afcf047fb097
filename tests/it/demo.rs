//! The demonstration, started as a newcomer starts it.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::harness::{eventually, json, problem, program};

/// A running demonstration, and what it said.
struct Demo {
    child: Child,
    base: String,
    said: String,
    /// The system's directory for what is temporary, as far as the demonstration knows.
    temporary: TempDir,
    http: reqwest::Client,
}

impl Demo {
    /// Starts one and reads what it says, up to the last line.
    fn start(args: &[&str]) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let mut command = program();
        command.arg("demo").args(args).env("TMPDIR", temporary.path()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let first = lines.next().expect("it says where it listens");
        let base = first.strip_prefix("listening on ").unwrap_or_else(|| panic!("{first}")).to_owned();
        let mut said = String::new();
        while !said.contains("Ctrl-C") {
            said.push_str(&lines.next().unwrap_or_else(|| panic!("it broke off: {said}")));
            said.push('\n');
        }
        Self { child, base, said, temporary, http: reqwest::Client::new() }
    }

    /// What it said on the line that begins so, without that beginning.
    fn line(&self, beginning: &str) -> &str {
        let line = self.said.lines().find_map(|line| line.trim().strip_prefix(beginning));
        line.unwrap_or_else(|| panic!("no line {beginning}: {}", self.said)).trim()
    }

    async fn ask(&self, method: Method, path: &str) -> Value {
        let request = self.http.request(method, format!("{}{path}", self.base)).bearer_auth(self.line("TOKEN="));
        json(request.send().await.unwrap(), StatusCode::OK).await
    }

    async fn meetings(&self) -> Vec<Value> {
        let page = self.ask(Method::GET, "/v1/meetings?limit=200").await;
        let mut meetings = Vec::new();
        for item in page["items"].as_array().unwrap() {
            meetings.push(self.ask(Method::GET, &format!("/v1/meetings/{}", item["id"].as_str().unwrap())).await);
        }
        meetings
    }

    /// Sends it a signal and waits for its end.
    async fn stop(&mut self, signal: &str) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([format!("-{signal}"), pid]).status().unwrap().success());
        eventually("its end", async || self.child.try_wait().unwrap()).await
    }

    fn leftovers(&self) -> usize {
        std::fs::read_dir(self.temporary.path()).unwrap().count()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What of a meeting is the same in every run of a seed: nothing of when the run was.
fn told(meeting: &Value) -> Value {
    let people = meeting["participants"].as_array().unwrap().iter();
    let is_over = meeting["ended_at"].is_string();
    let people = people.map(|person| {
        let time = if is_over { person["seconds"].clone() } else { Value::Null };
        json!([person["name"], person["user_id"], person["role"], person["segments"].as_array().unwrap().len(), time])
    });
    // The first part of the id is the time.
    let id = meeting["id"].as_str().unwrap().rsplit('-').next().unwrap();
    let duration = if is_over { meeting["duration_seconds"].clone() } else { Value::Null };
    json!({
        "id": id,
        "room": meeting["room"],
        "room_name": meeting["room_name"],
        "duration": duration,
        "end_reason": meeting["end_reason"],
        "recordings": meeting["recordings"].as_array().unwrap().len(),
        "people": people.collect::<Vec<_>>(),
    })
}

async fn told_by(seed: &str) -> Vec<Value> {
    let demo = Demo::start(&["--no-live", "--listen", "127.0.0.1:0", "--seed", seed]);
    demo.meetings().await.iter().map(told).collect()
}

#[tokio::test]
async fn a_newcomer_gets_in_and_finds_a_week_of_meetings() {
    let mut demo = Demo::start(&["--no-live", "--listen", "127.0.0.1:0", "--seed", "7"]);
    assert_eq!(demo.leftovers(), 1);

    let console = demo.http.get(demo.line("Console")).send().await.unwrap();
    assert_eq!(console.status(), StatusCode::OK);
    assert!(console.text().await.unwrap().contains("<html"));

    let (name, password) = demo.line("Log in").split_once("  ").unwrap();
    let log_in = demo.http.post(format!("{}/v1/session", demo.base));
    let session =
        json(log_in.json(&json!({ "name": name, "password": password })).send().await.unwrap(), StatusCode::OK);
    assert_eq!(session.await["user"]["name"], "demo");

    // The link makes an account of one's own, once.
    let invitation = demo.line("Or once").rsplit('/').next().unwrap().to_owned();
    let account = json!({ "name": "Ada", "password": "a-long-unusual-one", "token": invitation });
    let set_up = || demo.http.post(format!("{}/v1/setup", demo.base)).json(&account).send();
    assert_eq!(set_up().await.unwrap().status(), StatusCode::CREATED);
    problem(set_up().await.unwrap(), StatusCode::NOT_FOUND).await;

    let meetings = demo.meetings().await;
    assert!(meetings.len() >= 30, "{}", meetings.len());
    let reasons: std::collections::BTreeSet<_> = meetings.iter().filter_map(|m| m["end_reason"].as_str()).collect();
    assert_eq!(reasons.into_iter().collect::<Vec<_>>(), ["destroyed", "empty", "ended", "expired"]);
    assert_eq!(meetings.iter().filter(|meeting| meeting["is_active"] == true).count(), 2);
    let townhall = meetings.iter().find(|meeting| meeting["room"] == "townhall").unwrap();
    let people = townhall["participants"].as_array().unwrap();
    assert_eq!(people.len(), 40);
    assert!(people.iter().all(|person| person["minutes"].as_f64().unwrap() > 5.0), "{townhall}");
    assert_eq!(townhall["recordings"][0]["status"], "completed");
    let file = townhall["recordings"][0]["file"].as_str().unwrap();
    assert!(std::path::Path::new(file).starts_with(demo.temporary.path()) && std::fs::exists(file).unwrap(), "{file}");
    let class = meetings.iter().find(|meeting| meeting["room"] == "english-class").unwrap();
    assert!(class["participants"].to_string().contains("\"breakout\":\"small-talk\""), "{class}");
    assert!(meetings.iter().any(|meeting| meeting["ad_hoc"] == true && meeting["room"].is_null()));

    let verified = demo.ask(Method::POST, "/v1/verify").await;
    assert_eq!(verified["differences"], json!([]));

    assert_eq!(demo.stop("TERM").await.code(), Some(0));
    assert_eq!(demo.leftovers(), 0);
}

#[tokio::test]
async fn one_seed_is_one_past() {
    let mut runs = (told_by("7").await, told_by("7").await);
    if runs.0 != runs.1 {
        // The day may have changed between the two; it does not do so twice.
        runs.0 = told_by("7").await;
    }
    assert_eq!(runs.0, runs.1);
    assert_ne!(runs.0, told_by("8").await);
}

#[tokio::test]
async fn people_come_and_go_and_recordings_are_finished() {
    let mut demo = Demo::start(&["--listen", "127.0.0.1:0", "--speed", "600"]);
    let last =
        |page: &Value| page["items"].as_array().unwrap().last().map_or(0, |event| event["seq"].as_u64().unwrap());
    let mut after = 0;
    loop {
        let page = demo.ask(Method::GET, &format!("/v1/events?limit=200&after={after}")).await;
        if page["items"].as_array().unwrap().is_empty() {
            break;
        }
        after = last(&page);
    }
    let mut kinds = std::collections::BTreeSet::new();
    eventually("a meeting from its beginning to its end, with a recording", async || {
        let page = demo.ask(Method::GET, &format!("/v1/events?limit=200&after={after}")).await;
        after = after.max(last(&page));
        kinds.extend(page["items"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap().to_owned()));
        let active = demo.ask(Method::GET, "/v1/meetings?active=true").await;
        assert!(active["items"].as_array().unwrap().len() >= 2, "{active}");
        let wanted =
            ["meeting.created", "muc-occupant-joined", "muc-occupant-left", "meeting.ended", "recording_completed"];
        wanted.iter().all(|kind| kinds.contains(*kind)).then_some(())
    })
    .await;
    assert_eq!(demo.stop("INT").await.code(), Some(0));
    assert_eq!(demo.leftovers(), 0);
}

#[tokio::test]
async fn a_taken_usual_port_is_no_hindrance_and_a_taken_chosen_one_is() {
    // Whoever has the port, this test or something else on the machine: it is taken.
    let _taken = TcpListener::bind("127.0.0.1:1250");
    let mut demo = Demo::start(&["--no-live"]);
    assert!(demo.said.contains("Port 1250 is taken"), "{}", demo.said);
    assert_eq!(demo.http.get(format!("{}/health", demo.base)).send().await.unwrap().status(), StatusCode::OK);

    let chosen = demo.base.trim_start_matches("http://").to_owned();
    let refused = program().args(["demo", "--listen", &chosen]).env("TMPDIR", demo.temporary.path()).output().unwrap();
    assert_eq!(refused.status.code(), Some(74));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains(&chosen), "{said}");
    assert_eq!(demo.leftovers(), 1, "only that of the one that runs");
    assert_eq!(demo.stop("HUP").await.code(), Some(0));
}

#[tokio::test]
async fn it_can_be_stopped_before_it_is_ready() {
    let temporary = tempfile::tempdir().unwrap();
    let mut command = program();
    command.args(["demo", "--listen", "127.0.0.1:0"]).env("TMPDIR", temporary.path()).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    let entries = || std::fs::read_dir(temporary.path()).unwrap().count();
    eventually("its directory", async || (entries() > 0).then_some(())).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    let status = eventually("its end", async || child.try_wait().unwrap()).await;
    assert_eq!((status.code(), entries()), (Some(0), 0));
}

#[test]
fn it_makes_up_its_own_directory_and_configuration() {
    for args in [["--data-dir", "/nowhere"], ["--config", "/nowhere"]] {
        let refused = program().arg("demo").args(args).output().unwrap();
        assert_eq!(refused.status.code(), Some(64));
    }
}
