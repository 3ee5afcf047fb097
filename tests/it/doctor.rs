//! The doctor, through the real program: a box on which all is well, and each way in which one is not.

mod findings;
mod links;
mod machine;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Server, Start, json as answer, problem};
use findings::break_prosody;
use links::token;
use machine::{CANARY, JWT_SECRET, Machine, OTHER_SECRET, WEBHOOK_SECRET, seconds};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", text(&output.stderr)))
}

fn check<'r>(report: &'r Value, id: &str) -> &'r Value {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().find(|check| check["id"] == id).unwrap_or_else(|| panic!("{id} in {report:#}"))
}

/// The checks that came to none of these verdicts.
fn others(report: &Value, verdicts: &[&str]) -> Vec<String> {
    let checks = report["checks"].as_array().unwrap().iter();
    let others = checks.filter(|check| !verdicts.contains(&check["verdict"].as_str().unwrap()));
    others.map(|check| format!("{}: {} {}", check["id"], check["verdict"], check["meaning"])).collect()
}

#[tokio::test]
async fn a_healthy_box_has_no_findings() {
    let machine = Machine::new();
    let lines = std::fs::read_to_string(machine.path("config.toml")).unwrap();
    // The server alone has the token's variable; the command line asks it.
    let server =
        machine.env.iter().fold(Start::bare().config(&lines), |start, (name, value)| start.env(name, value)).run();
    std::fs::set_permissions(&server.config, std::fs::Permissions::from_mode(0o640)).unwrap();
    let event =
        r#"{"event":"muc-occupant-joined","room":"r","timestamp":"2025-01-15T10:30:00.000Z","data":{"nick":"Ada"}}"#;
    let signature = signature(event, WEBHOOK_SECRET);
    let sent = server.anonymous(Method::POST, "/v1/jitsi/events").header("X-Jitsi-Signature", signature).body(event);
    answer(sent.send().await.unwrap(), StatusCode::OK).await;

    count(&server, 1, "1.0.0").await;
    recorder(&server, "HEALTHY").await;

    let etc = machine.path("etc");
    let output = server.cli(&["doctor", "--json", "--jitsi-config", etc.to_str().unwrap()]);
    let found = report(&output);
    assert_eq!(others(&found, &["ok"]), Vec::<String>::new());
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(found["server_running"], true);
    assert_eq!(found["summary"]["ok"].as_u64(), Some(found["checks"].as_array().unwrap().len() as u64));
    let roles = check(&found, "jitsi.roles")["details"].to_string();
    assert!(roles.contains("A host's link: The person becomes moderator") && roles.contains("participant"), "{roles}");

    recorder(&server, "UNHEALTHY").await;
    let recorders = server.get("/v1/doctor").await;
    let recorders = check(&recorders, "jibri.recorders");
    assert_eq!(recorders["verdict"], "failed", "{recorders:#}");
    assert!(recorders["details"][0].as_str().unwrap().starts_with("jibri-1 is unhealthy since "), "{recorders:#}");

    // Without a server the same, but for what only a server has.
    let output = machine.run(&["--json"]);
    let cold = report(&output);
    assert_eq!(output.status.code(), Some(0), "{cold:#}");
    assert_eq!(cold["server_running"], false);
    assert_eq!(check(&cold, "server.running")["verdict"], "warning");
    assert_eq!(check(&cold, "jobs.move")["verdict"], "skipped");
    assert_eq!(others(&cold, &["ok"]).len(), 5, "{:?}", others(&cold, &["ok"]));
}

/// A census of a module in Prosody; its answer is held back, and not waited for.
async fn count(server: &Server, number: u64, version: &str) {
    let body = json!({
        "census": "c", "instance": "i", "number": number, "timestamp": timestamp(), "module": version, "prosody": "13",
        "host": "conference.localhost", "queue": { "pending": 0, "dropped": 0, "refused": 0 }, "rooms": [],
    });
    let body = body.to_string();
    let request = server.anonymous(Method::POST, "/v1/jitsi/census").body(body.clone());
    let request = request.header("X-Jitsi-Signature", signature(&body, WEBHOOK_SECRET));
    if let Ok(answer) = tokio::time::timeout(std::time::Duration::from_millis(500), request.send()).await {
        assert_eq!(answer.unwrap().status(), StatusCode::OK);
    }
}

/// How a recorder says that it is.
async fn recorder(server: &Server, health: &str) {
    let health = json!({ "healthStatus": health, "details": {} });
    let body = json!({ "jibriId": "jibri-1", "status": { "busyStatus": "IDLE", "health": health } });
    let sent = server.anonymous(Method::POST, "/v1/status").json(&body).send().await.unwrap();
    assert_eq!(sent.status(), StatusCode::OK);
}

fn timestamp() -> String {
    chrono::DateTime::from_timestamp(seconds(), 0).unwrap().to_rfc3339()
}

#[tokio::test]
async fn a_module_of_another_release_or_with_another_key_is_named() {
    let machine = Machine::new();
    break_prosody(&machine, "\"token_affiliation\";", "\"token_affiliation\"; \"reflector\";");
    let lines = std::fs::read_to_string(machine.path("config.toml")).unwrap();
    let server = Start::bare().config(&lines).run();
    let etc = machine.path("etc");
    let module = || {
        let output = server.cli(&["doctor", "--json", "--jitsi-config", etc.to_str().unwrap()]);
        let found = report(&output);
        let found = check(&found, "prosody.module");
        (found["verdict"].as_str().unwrap().to_owned(), found["mend"].as_str().unwrap_or_default().to_owned())
    };
    let (verdict, mend) = module();
    assert!(verdict == "failed" && mend.contains("prosody.log"), "{mend}");
    let signed = format!("reflector_secret = \"{OTHER_SECRET}\"\nmodules_enabled = {{ \"muc_meeting_id\"");
    break_prosody(&machine, "modules_enabled = { \"muc_meeting_id\"", &signed);
    let (verdict, mend) = module();
    assert!(verdict == "failed" && mend.contains("reflector_secret") && !mend.contains(CANARY), "{mend}");
    count(&server, 1, "0.9.0").await;
    let (verdict, mend) = module();
    assert!(verdict == "warning" && mend.contains("mod_reflector.lua"), "{mend}");
    count(&server, 2, "1.0.0").await;
    assert_eq!(module(), ("ok".to_owned(), String::new()));
}

fn signature(body: &str, secret: &str) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.chain_update(body).finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The identifiers in the tables of the document: those of a report, of a link, of the trial.
fn documented() -> [Vec<String>; 3] {
    let document = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/doctor.md")).unwrap();
    let rows = document.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let mut found = [const { Vec::new() }; 3];
    for (id, _) in rows {
        let kind = ["token.", "end_to_end."].iter().position(|prefix| id.starts_with(prefix));
        found[kind.map_or(0, |kind| kind + 1)].push(id.to_owned());
    }
    found
}

fn ids(report: &Value) -> Vec<String> {
    report["checks"].as_array().unwrap().iter().map(|check| check["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_json_is_as_documented_whatever_is_wrong() {
    let machine = Machine::new();
    let (well, _) = machine.report();
    machine.write("config.toml", "[jitsi\n");
    let (broken, code) = machine.report();
    assert_eq!(code, Some(78));
    assert_eq!(others(&broken, &["skipped"]).len(), 1, "{broken:#}");
    assert!(check(&broken, "config.readable")["details"][0].as_str().unwrap().contains("config.toml:1:"), "{broken:#}");
    machine.configure("");
    let judged = report(&machine.run(&["--json", "--token", "nonsense"]));
    let tried = report(&machine.run(&["--json", "--end-to-end"]));
    let [checks, of_a_link, of_the_trial] = documented();
    assert_eq!(ids(&well), checks);
    assert_eq!(ids(&broken), checks);
    assert_eq!(ids(&judged), of_a_link);
    assert_eq!(ids(&tried), [&checks[..], &of_the_trial].concat());
    // The web server there speaks TLS, and nothing over it.
    assert_eq!(check(&tried, "end_to_end.connect")["verdict"], "failed", "{tried:#}");
    let mut once = checks.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), checks.len());
    for report in [&well, &broken, &judged, &tried] {
        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(report), ["checks", "made_at", "server_running", "summary", "version"]);
        assert_eq!(keys(&report["summary"]), ["failed", "ok", "skipped", "warning"]);
        for check in report["checks"].as_array().unwrap() {
            assert_eq!(keys(check), ["details", "id", "meaning", "mend", "title", "verdict"]);
            let is_mended = ["warning", "failed"].contains(&check["verdict"].as_str().unwrap());
            assert_eq!(check["mend"].as_str().is_some_and(|mend| !mend.is_empty()), is_mended, "{check:#}");
            assert!(check["meaning"].as_str().unwrap().len() > 10 && !check["title"].as_str().unwrap().is_empty());
        }
    }
}

#[test]
fn people_see_the_failures_last_and_colours_only_on_a_terminal() {
    let machine = Machine::new();
    break_prosody(&machine, JWT_SECRET, OTHER_SECRET);
    let output = machine.run(&[]);
    assert_eq!(output.status.code(), Some(1));
    let page = text(&output.stdout);
    let verdicts: Vec<&str> =
        page.lines().filter(|line| !line.starts_with(' ')).filter_map(|line| line.split(' ').next()).collect();
    let order = |word: &&str| ["ok", "skipped", "warning", "failed"].iter().position(|verdict| verdict == word);
    assert!(verdicts.iter().filter_map(order).is_sorted(), "{page}");
    assert!(page.trim_end().lines().last().unwrap().starts_with("49 checks: "), "{page}");
    assert!(!page.contains('\u{1b}'));
    assert_eq!(text(&output.stderr), "");

    let command = format!(
        "{} doctor --config {} --data-dir {} --jitsi-config {}",
        env!("CARGO_BIN_EXE_reflector"),
        machine.path("config.toml").display(),
        machine.path("data").display(),
        machine.path("etc").display(),
    );
    let on_a_terminal = |env: &str| {
        let mut script = std::process::Command::new("script");
        script.args(["-q", "-e", "-c", &format!("{env} {command}"), "/dev/null"]).stdin(std::process::Stdio::null());
        text(&script.output().unwrap().stdout)
    };
    assert!(on_a_terminal("").contains("\u{1b}[31mfailed"));
    assert!(!on_a_terminal("NO_COLOR=1").contains("\u{1b}["));
}

#[tokio::test]
async fn what_only_the_server_knows_is_asked_of_it() {
    let server = Start::default().env("REFLECTOR_NONSENSE", "x").run();
    let meeting = server.meeting("standup").await;
    let url = meeting["room_url"].as_str().unwrap();
    let judged = report(&server.cli(&["doctor", "--json", "--token", url]));
    assert_eq!(judged["summary"]["failed"], 0, "{judged:#}");
    let forged =
        server.anonymous(Method::POST, "/v1/jitsi/events").header("X-Jitsi-Signature", "00".repeat(32)).body("{}");
    problem(forged.send().await.unwrap(), StatusCode::UNAUTHORIZED).await;

    let found = server.get("/v1/doctor").await;
    assert_eq!(check(&found, "config.variables")["verdict"], "warning", "{found:#}");
    let events = check(&found, "jitsi.events");
    assert_eq!(events["verdict"], "failed", "{events:#}");
    assert!(events["details"][0].as_str().unwrap().starts_with("1 events were refused"), "{events:#}");
    let asked = report(&server.cli(&["doctor", "--json"]));
    assert_eq!(check(&asked, "config.variables")["verdict"], "warning", "{asked:#}");

    for scopes in [&["rooms:write"][..], &["events:write"], &["meetings:read"]] {
        let token = server.token_for(scopes);
        for path in ["/v1/doctor", "/v1/doctor/bundle"] {
            let refused = server.anonymous(Method::GET, path).bearer_auth(&token).send().await.unwrap();
            problem(refused, StatusCode::FORBIDDEN).await;
        }
    }
}

#[tokio::test]
async fn a_server_that_cannot_be_asked_is_a_finding() {
    let server = Start::default().run();
    std::fs::remove_file(server.data.join("admin.sock")).unwrap();
    let output = server.cli(&["doctor", "--json"]);
    let found = report(&output);
    assert_eq!(output.status.code(), Some(1));
    let store = check(&found, "store.opens");
    assert!(store["meaning"].as_str().unwrap().contains("does not answer at its admin.sock"), "{store:#}");
    assert_eq!(check(&found, "jitsi.events")["verdict"], "skipped");
}

#[tokio::test]
async fn a_bundle_has_what_helps_and_no_secret() {
    let machine = Machine::new();
    break_prosody(&machine, JWT_SECRET, OTHER_SECRET);
    let lines = std::fs::read_to_string(machine.path("config.toml")).unwrap();
    let server = Start::bare().config(&lines).run();
    let (path, etc) = (machine.path("help.json"), machine.path("etc"));
    let args = ["doctor", "--bundle", path.to_str().unwrap(), "--jitsi-config", etc.to_str().unwrap()];
    let written = server.cli(&args);
    assert_eq!(written.status.code(), Some(0), "{}", text(&written.stderr));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let bundle = std::fs::read_to_string(&path).unwrap();
    let told: Value = serde_json::from_str(&bundle).unwrap();
    assert_eq!(told["version"], env!("CARGO_PKG_VERSION"));
    assert!(told["configuration"].as_str().unwrap().contains("jwt_secret = \"***\" # "), "{bundle}");
    assert_eq!(check(&told["report"], "prosody.app_secret")["verdict"], "failed");
    assert!(told["log"].to_string().contains("nobody can log in yet"), "{bundle}");
    assert!(told["machine"]["kernel"].as_str().is_some_and(|kernel| !kernel.is_empty()));
    assert_eq!(told["events"], 0);
    // A file that is there is not written over.
    assert_eq!(server.cli(&args).status.code(), Some(74));

    let download = server.request(Method::GET, "/v1/doctor/bundle").send().await.unwrap();
    let name = download.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(name.starts_with("attachment; filename=\"reflector-support-") && name.ends_with(".json\""), "{name}");
    let mut said = vec![bundle, download.text().await.unwrap(), text(&written.stdout)];
    let forged = token(jsonwebtoken::Header::default(), &json!({ "room": "canary" }), OTHER_SECRET);
    for args in [&["--json"][..], &[], &["--token", &forged], &["--json", "--token", &forged]] {
        for output in [machine.run(args), server.cli(&[&["doctor"], args].concat())] {
            said.push(text(&output.stdout).replace("the room canary", ""));
            said.push(text(&output.stderr));
        }
    }
    said.push(server.log());
    let signature = forged.rsplit('.').next().unwrap();
    for said in said {
        for secret in [JWT_SECRET, WEBHOOK_SECRET, OTHER_SECRET, CANARY, signature] {
            assert!(!said.contains(secret), "{secret} in {said}");
        }
    }
}

#[test]
fn it_is_used_rightly_or_64() {
    let machine = Machine::new();
    let too_much = &["--token", "x", "--end-to-end"];
    for args in [&["--nonsense"][..], &["--token"], &["--token", "x", "--bundle", "y"], too_much] {
        assert_eq!(machine.run(args).status.code(), Some(64), "{args:?}");
    }
    assert!(text(&machine.run(&["--help"]).stdout).contains("--jitsi-config"));
}
