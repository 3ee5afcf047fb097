//! The doctor's trial of the whole chain, against a real Prosody: what it says where all is well, and of each way in which
//! it is not.

use std::time::Duration;

use serde_json::{Value, json};

use super::server::free_port;
use super::tokens::{Jitsi, start};
use crate::harness::{JWT_SECRET, Server, Start, WEBHOOK_SECRET, now};

const OTHER_SECRET: &str = "another-secret-than-the-other-side-has";
/// The steps, without what they begin with.
const STEPS: [&str; 5] = ["connect", "login", "conference", "join", "event"];

/// How it is set up: the secrets that Prosody has, and the modules of its conferences.
struct Set<'s> {
    jwt_secret: &'s str,
    webhook_secret: &'s str,
    modules: &'s str,
}

const WELL: Set<'_> =
    Set { jwt_secret: JWT_SECRET, webhook_secret: WEBHOOK_SECRET, modules: "\"reflector\"; \"token_verification\"" };

fn set_up(set: &Set<'_>) -> (Server, Jitsi) {
    let port = free_port();
    let server = with_bosh(&format!("http://127.0.0.1:{port}/http-bind")).run();
    let keys = format!("app_secret = \"{}\"", set.jwt_secret);
    let jitsi = Jitsi::at(port, &keys, set.modules, &server.base, set.webhook_secret);
    (server, jitsi)
}

fn with_bosh(url: &str) -> Start {
    start().env("REFLECTOR_JITSI__BOSH_URL", url)
}

/// The trial's steps, as the command line tells them.
fn tried(server: &Server) -> Vec<Value> {
    let begun = now();
    let output = server.cli(&["doctor", "--json", "--end-to-end"]);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let checks = report["checks"].as_array().unwrap();
    let steps: Vec<Value> = checks.iter().filter(|check| id(check).is_some()).cloned().collect();
    assert_eq!(steps.iter().filter_map(id).collect::<Vec<_>>(), STEPS);
    steps
}

fn id(check: &Value) -> Option<&str> {
    check["id"].as_str().unwrap().strip_prefix("end_to_end.")
}

fn verdicts(steps: &[Value]) -> Vec<&str> {
    steps.iter().map(|step| step["verdict"].as_str().unwrap()).collect()
}

/// The step that failed says this, and names what mends it; what comes after was not come to.
fn fails_at(steps: &[Value], step: &str, meaning: &str, mend: &str) {
    let at = STEPS.iter().position(|name| *name == step).unwrap();
    let failed = &steps[at];
    assert_eq!(failed["verdict"], "failed", "{steps:#?}");
    assert!(failed["meaning"].as_str().unwrap().contains(meaning), "{failed:#}");
    assert!(failed["mend"].as_str().unwrap().contains(mend), "{failed:#}");
    assert!(verdicts(&steps[at + 1..]).iter().all(|verdict| *verdict == "skipped"), "{steps:#?}");
}

#[tokio::test]
async fn a_chain_that_holds_leaves_no_trace() {
    let (server, jitsi) = set_up(&WELL);
    let steps = tried(&server);
    // Nobody plays Jicofo here.
    assert_eq!(verdicts(&steps), ["ok", "ok", "warning", "ok", "ok"], "{steps:#?}\n{}", jitsi.prosody.log());
    assert!(steps[4]["meaning"].as_str().unwrap().starts_with("Its event, muc-"), "{steps:#?}");
    // Also nothing of the departure, and of the census that comes after it.
    let begun = now();
    while begun.elapsed() < Duration::from_secs(3) {
        assert_eq!(server.get("/v1/meetings").await["items"], json!([]));
        assert_eq!(server.get("/v1/events").await["items"], json!([]));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(std::fs::read_to_string(jitsi.prosody.journal()).unwrap(), "", "what came of it was taken");
    assert_eq!(server.get("/v1/jitsi/modules").await["items"][0]["conferences"], 0);

    // Without the whole chain the report has no such steps.
    let report: Value = serde_json::from_slice(&server.cli(&["doctor", "--json"]).stdout).unwrap();
    assert!(report["checks"].as_array().unwrap().iter().all(|check| id(check).is_none()));
}

#[tokio::test]
async fn each_break_in_the_chain_is_named_at_its_step() {
    let (server, _jitsi) = set_up(&Set { jwt_secret: OTHER_SECRET, ..WELL });
    fails_at(&tried(&server), "login", "\"Invalid signature\"", "jitsi.jwt_secret");

    let (server, _jitsi) = set_up(&Set { webhook_secret: OTHER_SECRET, ..WELL });
    fails_at(&tried(&server), "event", "signs with another key", "reflector_secret");

    let (server, _jitsi) = set_up(&Set { modules: "\"token_verification\"", ..WELL });
    fails_at(&tried(&server), "event", "Nobody told of it", "load our module");

    let (server, _jitsi) = set_up(&Set { modules: "\"reflector\"", ..WELL });
    let steps = tried(&server);
    assert!(steps[3]["verdict"] == "ok", "who comes first makes the room: {steps:#?}");

    let nobody = with_bosh(&format!("http://127.0.0.1:{}/http-bind", free_port())).run();
    fails_at(&tried(&nobody), "connect", "cannot be reached", "jitsi.bosh_url");
    let unknown = with_bosh("http://meet.invalid/http-bind").run();
    fails_at(&tried(&unknown), "connect", "meet.invalid/http-bind has no address here", "meet.dns");
    // Somebody takes the connection and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silence = with_bosh(&format!("http://{}/http-bind", silent.local_addr().unwrap())).run();
    fails_at(&tried(&silence), "connect", "Nothing came from", "systemctl status prosody");
    let (other, jitsi) = set_up(&WELL);
    let elsewhere = with_bosh(&format!("{}/v1/version", other.base)).run();
    fails_at(&tried(&elsewhere), "connect", "something else than Jitsi's BOSH: it answers 405", "/http-bind");
    let bosh = format!("http://127.0.0.1:{}/http-bind", jitsi.port);
    let of_another_domain = with_bosh(&bosh).env("JITSI_DOMAIN", "meet.example.com").run();
    fails_at(&tried(&of_another_domain), "connect", "does not serve meet.example.com", "--jitsi-config");
}
