//! How the module's queue comes to a server that is away, that is older, that fails at one event, or that is none of ours.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::client::Client;
use super::pretender::{Answer, Pretender, counted, counted_at, refused, taken};
use super::server::{DOMAIN, Prosody};
use super::{conference, meeting, names, person, start};
use crate::harness::{eventually, json as json_of, now, problem, sign};

const EVENTS: &str = "/v1/jitsi/events";
const CENSUS: &str = "/v1/jitsi/census";
/// So that a test does not wait long for the next attempt.
const HASTY: &str = "reflector_retry_max = 0.2";

/// The events of a body, one or several.
fn events_of(body: &Value) -> Vec<Value> {
    body["events"].as_array().cloned().unwrap_or_else(|| vec![body.clone()])
}

/// An event as told apart here: its type and who.
fn label(event: &Value) -> String {
    format!("{} {}", event["event"].as_str().unwrap(), event["data"]["nick"].as_str().unwrap_or_default())
}

/// Comes and goes so many times while somebody else stays, and gives the labels of the events that follow from it.
fn come_and_go(prosody: &Prosody, room: &str, times: usize) -> Vec<String> {
    let _host = person(prosody, room, "host");
    let mut client = Client::connect(prosody.port, DOMAIN).unwrap();
    let mut labels = vec!["muc-room-created ".to_owned(), "muc-occupant-joined host".to_owned()];
    for time in 0..times {
        let name = format!("guest{time}");
        client.join(&conference(room), &name, &name).unwrap();
        client.leave().unwrap();
        labels.extend(["joined", "left"].map(|what| format!("muc-occupant-{what} {name}")));
    }
    labels
}

/// A pretender that counts every census and answers events so.
fn pretender(answer: impl Fn(&Value) -> Answer + Send + 'static) -> Pretender {
    Pretender::start(move |path, body| if path == EVENTS { answer(body) } else { counted(body, &json!([])) })
}

/// What the module says of its queue in the latest census.
fn queue(server: &Pretender) -> Value {
    server.asked(CENSUS).last().map(|census| census["queue"].clone()).unwrap_or_default()
}

#[tokio::test]
async fn several_events_are_taken_in_together() {
    let server = start().run();
    let event = |who: &str, second: u8| {
        let data = json!({ "occupant_id": who, "nick": who });
        let timestamp = format!("2025-01-15T10:30:0{second}.000Z");
        json!({ "event": "muc-occupant-joined", "id": who, "room": "several", "timestamp": timestamp, "data": data })
    };
    let bad = json!({ "event": "muc-occupant-joined", "room": ["several"] });
    let body = json!({ "events": [event("Ada", 1), bad, event("Ben", 2), { "room": "several" }, event("Ada", 1)] });
    // As they came, and once more.
    for _ in 0..2 {
        let answer = json_of(server.signed(EVENTS, &body.to_string()).await, StatusCode::OK).await;
        let refused = json!([
            { "index": 1, "detail": "The field room must be a text." },
            { "index": 3, "detail": "The field event is missing." },
        ]);
        assert_eq!(answer, json!({ "status": "ok", "taken": 3, "refused": refused }));
    }
    let log = server.get("/v1/events").await;
    let joined = log["items"].as_array().unwrap().iter().filter(|event| event["type"] == "muc-occupant-joined");
    let nicks: Vec<&str> = joined.map(|event| event["data"]["nick"].as_str().unwrap()).collect();
    assert_eq!(nicks, ["Ada", "Ben"]);

    let unsigned = server.anonymous(Method::POST, EVENTS).header("X-Jitsi-Signature", sign("{}"));
    problem(unsigned.body(body.to_string()).send().await.unwrap(), StatusCode::UNAUTHORIZED).await;
    let many = json!({ "events": vec![event("Eve", 3); 1_001] }).to_string();
    let refused = problem(server.signed(EVENTS, &many).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(refused["errors"][0]["field"], "events");
    let large = json!({ "events": [event(&"E".repeat(256 << 10), 3)] }).to_string();
    problem(server.signed(EVENTS, &large).await, StatusCode::PAYLOAD_TOO_LARGE).await;
}

#[tokio::test]
async fn what_waits_goes_together_and_in_order() {
    let is_well = Arc::new(AtomicBool::new(false));
    let well = Arc::clone(&is_well);
    let server = pretender(move |body| if well.load(Ordering::Relaxed) { taken(body) } else { refused(503) });
    let prosody = Prosody::start(&server.url, HASTY);
    let labels = come_and_go(&prosody, "together", 60);
    let before = server.asked(EVENTS).len();
    is_well.store(true, Ordering::Relaxed);
    let delivered = eventually("everything is delivered", async || {
        let asked = server.asked(EVENTS).split_off(before);
        let events: Vec<String> = asked.iter().flat_map(events_of).map(|event| label(&event)).collect();
        (events.len() >= labels.len()).then_some((asked.len(), events))
    })
    .await;
    assert_eq!(delivered.1[..labels.len()], labels);
    // 1, 2, 4, … at once; and what the host's going adds.
    assert!(delivered.0 <= 10, "{} requests", delivered.0);
    let asked = server.asked(EVENTS);
    let most = asked.iter().map(|body| events_of(body).len()).max().unwrap();
    assert!((32..=200).contains(&most), "{most}");
    assert!(asked.iter().all(|body| body.to_string().len() <= 256 << 10));
}

#[tokio::test]
async fn an_older_server_gets_them_one_by_one() {
    // The server before this one, and one that says yes to whatever comes.
    for (status, said) in [(422, "{}"), (200, r#"{"status":"ok"}"#)] {
        let is_well = Arc::new(AtomicBool::new(false));
        let well = Arc::clone(&is_well);
        let server = pretender(move |body| match (well.load(Ordering::Relaxed), body["events"].is_array()) {
            (false, _) => refused(503),
            (true, true) => (status, String::new(), said.to_owned()),
            (true, false) => taken(body),
        });
        let prosody = Prosody::start(&server.url, HASTY);
        let labels = come_and_go(&prosody, "older", 20);
        let before = server.asked(EVENTS).len();
        is_well.store(true, Ordering::Relaxed);
        eventually("nothing waits any more", async || (queue(&server)["pending"] == 0).then_some(())).await;
        let (together, alone): (Vec<Value>, Vec<Value>) =
            server.asked(EVENTS).split_off(before).into_iter().partition(|body| body["events"].is_array());
        let alone: Vec<String> = alone.iter().map(label).collect();
        assert_eq!(alone[..labels.len()], labels);
        assert_eq!(together.len(), 1, "it is tried once");
        assert_eq!(queue(&server)["refused"], 0);
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_read_holds_up_no_other() {
    let server = start().run();
    let mut prosody = Prosody::start(&server.base, "");
    prosody.stop();
    let good = |who: &str| {
        let data = json!({ "occupant_id": who, "nick": who });
        json!({ "event": "muc-occupant-joined", "id": who, "room": "bad", "data": data }).to_string()
    };
    let bad = |id: &str| json!({ "event": "muc-occupant-joined", "id": id }).to_string();
    // The first goes alone, the next two together. One is broken, and the last was cut when the machine failed.
    let broken = "{broken}".to_owned();
    let waiting = [bad("b1"), good("Ada"), bad("b2"), broken, good("Ben"), good("Eve")[..40].to_owned()];
    std::fs::write(prosody.journal(), waiting.join("\n")).unwrap();
    prosody.start_again();
    meeting(&server, "bad", |meeting| meeting["participants"].as_array().unwrap().len() == 2).await;
    let module = eventually("the module has told of its queue", async || {
        let modules = server.get("/v1/jitsi/modules").await;
        let module = modules["items"][0].clone();
        (module["events_pending"] == 0 && module["events_refused"] == 3).then_some(module)
    })
    .await;
    assert_eq!(module["events_dropped"], 0);
    let log = prosody.log();
    assert!(log.contains("muc-occupant-joined b1") && log.contains("422"), "{log}");
}

#[tokio::test]
async fn an_event_at_which_the_server_fails_is_given_up() {
    let is_poison = |body: &Value| events_of(body).iter().any(|event| event["data"]["nick"] == "guest3");
    let server = pretender(move |body| if is_poison(body) { refused(500) } else { taken(body) });
    let prosody = Prosody::start(&server.url, HASTY);
    let labels = come_and_go(&prosody, "fails", 8);
    let told = |label: &String| !label.contains("guest3");
    let wanted: Vec<String> = labels.into_iter().filter(told).collect();
    eventually("everything else is delivered", async || {
        (queue(&server) == json!({ "pending": 0, "dropped": 0, "refused": 2 })).then_some(())
    })
    .await;
    let asked = server.asked(EVENTS);
    let events = asked.iter().filter(|body| !is_poison(body)).flat_map(events_of);
    let events: Vec<String> = events.map(|event| label(&event)).collect();
    assert_eq!(events[..wanted.len()], wanted);
}

#[tokio::test]
async fn a_full_queue_gives_up_the_oldest() {
    let is_well = Arc::new(AtomicBool::new(false));
    let well = Arc::clone(&is_well);
    let server = pretender(move |body| if well.load(Ordering::Relaxed) { taken(body) } else { refused(503) });
    let prosody = Prosody::start(&server.url, &format!("{HASTY}\nreflector_queue_max = 10"));
    let labels = come_and_go(&prosody, "full", 20);
    is_well.store(true, Ordering::Relaxed);
    let before = server.asked(EVENTS).len();
    eventually("nothing waits any more", async || (queue(&server)["pending"] == 0).then_some(())).await;
    let asked = server.asked(EVENTS).split_off(before);
    let events: Vec<String> = asked.iter().flat_map(events_of).map(|event| label(&event)).collect();
    // Whether the host's going was told before or after is the host's client's matter.
    let last = labels.last().unwrap();
    assert!(events.contains(last) && events.len() <= 11, "{events:?}");
    let dropped = queue(&server)["dropped"].as_u64().unwrap();
    assert!(dropped >= u64::try_from(labels.len()).unwrap() - 11, "{dropped}");
}

#[tokio::test]
async fn however_much_happens_an_absent_server_is_asked_seldom() {
    let server = pretender(|_| refused(503));
    let prosody = Prosody::start(&server.url, "reflector_retry_max = 1");
    let begun = now();
    come_and_go(&prosody, "seldom", 30);
    tokio::time::sleep(Duration::from_secs(4)).await;
    let attempts = server.asked(EVENTS).len();
    // Once a second, and one where it began.
    let most = usize::try_from(begun.elapsed().as_secs()).unwrap() + 2;
    assert!((2..=most).contains(&attempts), "{attempts} attempts");
}

#[tokio::test]
async fn commands_that_are_not_of_our_server_are_not_obeyed() {
    let turn = AtomicUsize::new(0);
    let notice = |text: &str| json!([{ "id": text, "action": "notice", "room": "forged", "text": text }]);
    let server = Pretender::start(move |path, body| {
        if path == EVENTS {
            return taken(body);
        }
        if !body["rooms"].to_string().contains("Ada") {
            return counted(body, &json!([]));
        }
        let (status, headers, said) = counted(body, &notice("forged"));
        let another = json!({ "census": "another" });
        match turn.fetch_add(1, Ordering::Relaxed) {
            0 => (status, String::new(), said),
            1 => (status, headers.replace(": ", ": 0"), said),
            2 => (status, headers, said.replace("forged", "altered")),
            3 => counted(&another, &notice("replayed")),
            4 => counted_at(body, &notice("old"), 600),
            // The same command comes twice: it is done once.
            5 | 6 => counted(body, &notice("genuine")),
            7 => counted(body, &notice("last")),
            _ => counted(body, &json!([])),
        }
    });
    let prosody = Prosody::start(&server.url, "");
    let mut ada = person(&prosody, "forged", "Ada");
    let heard = ada.hear("last").unwrap();
    assert_eq!(heard.matches("<body>").count(), 2, "{heard}");
    assert_eq!(heard.matches("genuine").count(), 1, "{heard}");
    let complaints = prosody.log().matches("an answer to our census is not obeyed").count();
    assert!(complaints >= 1, "{}", prosody.log());
}

/// How many come and go in each way of being away.
const COMINGS: usize = 40;
/// Longer than any coming takes, and much shorter than an answer is waited for.
const UNDISTURBED: Duration = Duration::from_secs(2);

#[tokio::test]
async fn meetings_go_on_while_the_server_is_away_and_everything_arrives_afterwards() {
    let mut server = start().run();
    let (address, data, token) = (server.address(), server.data.clone(), server.token.clone());
    let prosody = Prosody::start(&server.base, "reflector_retry_max = 1");
    let _ada = person(&prosody, "away", "Ada");
    meeting(&server, "away", |meeting| meeting["num_clients"] == 1).await;
    let come = |from: usize| {
        for number in from..from + COMINGS {
            let begun = now();
            let mut guest = person(&prosody, "away", &format!("guest{number:03}"));
            guest.leave().unwrap();
            assert!(begun.elapsed() < UNDISTURBED, "{:?}", begun.elapsed());
        }
    };
    // It takes connections and does not answer; then it is not there at all.
    server.signal("STOP");
    come(0);
    server.kill();
    come(COMINGS);

    let back = start().listen(&address).data(&data).token(&token).run();
    let all = meeting(&back, "away", |meeting| names(meeting, false).len() == 2 * COMINGS).await;
    assert_eq!(names(&all, true), ["Ada"]);
    let path = format!("/v1/meetings/{}/events?limit=200", all["id"].as_str().unwrap());
    let kinds: Vec<Value> = back.get(&path).await["items"].as_array().unwrap().clone();
    for kind in ["muc-occupant-joined", "muc-occupant-left"] {
        let of_guests = kinds.iter().filter(|event| {
            event["type"] == kind && event["data"]["nick"].as_str().is_some_and(|nick| nick.starts_with("guest"))
        });
        assert_eq!(of_guests.count(), 2 * COMINGS, "{kind}");
    }
}
