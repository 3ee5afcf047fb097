//! The process: how it starts, what it says, what its exit codes are, how it ends.

use std::process::{Output, Stdio};
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::harness::{Start, eventually, json as answer, problem, program};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn run(args: &[&str]) -> Output {
    program().args(args).env("HOME", "/nonexistent").output().unwrap()
}

#[tokio::test]
async fn it_starts_with_no_configuration_at_all() {
    let server = Start::bare().run();
    answer(server.anonymous(Method::GET, "/health").send().await.unwrap(), StatusCode::OK).await;
    let ready = answer(server.anonymous(Method::GET, "/ready").send().await.unwrap(), StatusCode::OK).await;
    assert_eq!(ready["status"], "ok", "{ready}");
    assert!(server.data.join("reflector.redb").is_file());
    eventually("how to get in", async || server.log().contains("reflector setup-link").then_some(())).await;
    assert!(!server.log().contains("/admin/#/setup/"), "a link that lets somebody in is no matter for a log");
    assert_eq!(server.get("/v1/version").await["version"], env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn a_mistake_in_the_configuration_is_78_with_line_and_key() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("config.toml");
    std::fs::write(&file, "[server]\nlistn = [\"127.0.0.1:0\"]\n").unwrap();
    let data = directory.path().join("data");
    let output = run(&["serve", "--config", file.to_str().unwrap(), "--data-dir", data.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(78));
    let said = text(&output.stderr);
    assert!(said.contains("config.toml:2:") && said.contains("listn") && said.contains("listen"), "{said}");
    assert!(output.stdout.is_empty());
    let checked = run(&["config", "check", "--config", file.to_str().unwrap()]);
    assert_eq!(checked.status.code(), Some(78));
    let missing = run(&["serve", "--config", "/nonexistent/config.toml"]);
    assert_eq!(missing.status.code(), Some(78), "{}", text(&missing.stderr));
}

#[test]
fn usage_is_64_and_help_is_0() {
    assert_eq!(run(&["nonsense"]).status.code(), Some(64));
    assert_eq!(run(&[]).status.code(), Some(64));
    for args in [vec!["--help"], vec!["serve", "--help"], vec!["token", "create", "--help"], vec!["--version"]] {
        let output = run(&args);
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert!(!output.stdout.is_empty());
    }
    assert!(text(&run(&["--version"]).stdout).starts_with("reflector 0."));
}

#[tokio::test]
async fn secrets_are_masked_wherever_the_configuration_is_shown() {
    let server = Start::default().run();
    let mut shown = program();
    shown.args(["config", "show", "--origin"]).env("JITSI_JWT_SECRET", "canary-that-must-not-be-seen");
    let shown = text(&shown.output().unwrap().stdout);
    assert!(shown.contains("jwt_secret") && shown.contains("***") && shown.contains("JITSI_JWT_SECRET"), "{shown}");
    assert!(!shown.contains("canary"), "{shown}");
    for secret in [crate::harness::JWT_SECRET, crate::harness::WEBHOOK_SECRET, server.token.as_str()] {
        assert!(!server.log().contains(secret));
    }
}

#[tokio::test]
async fn the_command_line_works_beside_the_server_and_without_it() {
    let mut server = Start::default().run();
    let listed = server.cli(&["token", "list"]);
    assert!(text(&listed.stdout).contains("test"), "{}", text(&listed.stdout));
    let scoped = server.token_for(&["rooms:read"]);
    let refused = server.anonymous(Method::POST, "/v1/rooms").bearer_auth(&scoped).json(&json!({ "name": "a" }));
    problem(refused.send().await.unwrap(), StatusCode::FORBIDDEN).await;
    let listed = server.anonymous(Method::GET, "/v1/rooms").header("X-API-Key", &scoped).send().await.unwrap();
    answer(listed, StatusCode::OK).await;

    let link = server.cli(&["setup-link"]);
    assert!(text(&link.stdout).contains("/admin/#/setup/"), "{}", text(&link.stdout));
    let bad = server.cli(&["token", "create", "--name", "x", "--scope", "everything"]);
    assert_eq!(bad.status.code(), Some(64), "{}", text(&bad.stderr));

    assert!(server.stop().0.success());
    // The same commands, over the store itself.
    let made = server.cli(&["token", "create", "--name", "cold", "--expires", "90d"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    assert!(text(&made.stdout).starts_with("rfl_"));
    assert_eq!(text(&made.stdout).trim().lines().count(), 1);
    assert!(text(&server.cli(&["token", "list"]).stdout).contains("cold"));
    let verified = server.cli(&["rebuild", "--verify"]);
    assert!(verified.status.success(), "{}", text(&verified.stderr));

    // And the server knows what was done meanwhile.
    let again = Start::default().data(&server.data).run();
    let token = text(&made.stdout).trim().to_owned();
    let listed = again.anonymous(Method::GET, "/v1/rooms").bearer_auth(token).send().await.unwrap();
    answer(listed, StatusCode::OK).await;
}

#[tokio::test]
async fn a_second_server_over_the_same_data_is_refused() {
    let server = Start::default().run();
    let second = program()
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(&server.data)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(74));
    assert!(text(&second.stderr).contains("in use by another process"), "{}", text(&second.stderr));
}

#[tokio::test]
async fn sigterm_finishes_what_was_accepted() {
    let mut server = Start::default().run();
    server.meeting("x").await;
    let (status, took) = server.stop();
    assert_eq!(status.code(), Some(0));
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[tokio::test]
async fn sighup_takes_a_good_configuration_and_keeps_the_old_one_before_a_bad_one() {
    let server = Start::bare().run();
    let health = async || server.get("/v1/jitsi/health").await["webhook_secret_configured"] == true;
    assert!(!health().await);
    std::fs::write(&server.config, "[jitsi]\nwebhook_secret = \"a-secret-of-enough-characters\"\n").unwrap();
    server.signal("HUP");
    eventually("the new secret", async || health().await.then_some(())).await;
    std::fs::write(&server.config, "[jitsi\n").unwrap();
    server.signal("HUP");
    eventually("the complaint", async || server.log().contains("stays in force").then_some(())).await;
    assert!(health().await);
}

#[tokio::test]
async fn metrics_are_for_this_machine() {
    let server = Start::default().run();
    server.meeting("x").await;
    let metrics = server.anonymous(Method::GET, "/metrics").send().await.unwrap();
    assert_eq!(metrics.status(), StatusCode::OK);
    let metrics = metrics.text().await.unwrap();
    assert!(metrics.contains("reflector_meetings_active 1"), "{metrics}");
    // Behind a proxy that is not trusted every caller seems to be this machine; one that says otherwise is not.
    let forwarded =
        server.anonymous(Method::GET, "/metrics").header("X-Forwarded-For", "203.0.113.7").send().await.unwrap();
    assert_ne!(forwarded.status(), StatusCode::INTERNAL_SERVER_ERROR);
}
