//! What the module tells of Jitsi's further components, with the real Prosody and stand-ins for Jitsi's own modules:
//! breakout rooms, lobby, speakers, and recordings as focus shows them.

use serde_json::{Value, json};

use super::client::Client;
use super::focus::{Focus, Jibri};
use super::server::{DOMAIN, Prosody};
use super::{conference, meeting, names, person, start};
use crate::harness::{Server, eventually};

/// The events of a meeting of one type, in the order of their time, as soon as there are so many.
async fn events(server: &Server, room: &str, kind: &str, many: usize) -> Vec<Value> {
    eventually(&format!("{many} events {kind} in {room}"), async || {
        let all = server.get("/v1/meetings").await;
        let found = all["items"].as_array().unwrap().iter().find(|meeting| meeting["room_name"] == room)?;
        let path = format!("/v1/meetings/{}/events?limit=200", found["id"].as_str().unwrap());
        let all = server.get(&path).await;
        let of_kind = all["items"].as_array().unwrap().iter().filter(|event| event["type"] == kind);
        let of_kind: Vec<Value> = of_kind.cloned().collect();
        (of_kind.len() >= many).then_some(of_kind)
    })
    .await
}

/// Waits until so many more censuses were taken in.
async fn censuses(server: &Server, many: usize) {
    for _ in 0..many {
        let seen = async || server.get("/v1/jitsi/modules").await["items"][0]["last_seen"].clone();
        let before = seen().await;
        eventually("another census", async || (seen().await != before).then_some(())).await;
    }
}

#[tokio::test]
async fn who_goes_into_a_breakout_room_is_still_in_the_meeting() {
    let server = start().run();
    let breakout = format!("breakout.{DOMAIN}");
    let component = format!(
        "Component \"{breakout}\" \"muc\"\n muc_room_locking = false\n muc_room_default_public_jids = true\n \
         modules_enabled = {{ \"stand_in_breakout_rooms\" }}\n main_muc = \"conference.{DOMAIN}\""
    );
    let prosody = Prosody::start(&server.base, &component);
    let _ada = person(&prosody, "apart", "Ada");
    let mut ben = person(&prosody, "apart", "Ben");
    meeting(&server, "apart", |meeting| meeting["num_clients"] == 2).await;
    ben.leave().unwrap();
    ben.join(&format!("apart-1@{breakout}"), "Ben", "Ben").unwrap();
    let inside = format!("apart-1@{breakout}");
    let is_inside = |meeting: &Value| {
        let people = meeting["participants"].as_array().unwrap();
        let ben = people.iter().find(|person| person["name"] == "Ben");
        ben.is_some_and(|ben| ben["segments"].as_array().unwrap().iter().any(|part| part["breakout"] == inside))
    };
    let apart = meeting(&server, "apart", is_inside).await;
    assert_eq!(names(&apart, true), ["Ada", "Ben"]);
    // A census finds him where the events have him.
    censuses(&server, 2).await;
    assert_eq!(events(&server, "apart", "muc-occupant-joined", 3).await.len(), 3);
    assert_eq!(events(&server, "apart", "muc-occupant-left", 1).await.len(), 1);
    ben.leave().unwrap();
    let left = meeting(&server, "apart", |meeting| meeting["num_clients"] == 1).await;
    assert_eq!((names(&left, true), names(&left, false)), (vec!["Ada"], vec!["Ben"]));
    assert_eq!(server.get("/v1/meetings").await["items"].as_array().unwrap().len(), 1, "it is no meeting of its own");
    assert!(!prosody.log().contains("the meeting goes on"), "{}", prosody.log());
}

#[tokio::test]
async fn who_waits_in_the_lobby_is_told_and_is_not_in_the_meeting() {
    let server = start().run();
    let prosody =
        Prosody::start(&server.base, &format!("Component \"lobby.{DOMAIN}\" \"muc\"\n muc_room_locking = false"));
    let _ada = person(&prosody, "door", "Ada");
    meeting(&server, "door", |meeting| meeting["num_clients"] == 1).await;
    let mut eve = Client::connect(prosody.port, DOMAIN).unwrap();
    eve.join(&format!("door@lobby.{DOMAIN}"), "Eve", "Eve").unwrap();
    let waits = events(&server, "door", "muc-lobby-joined", 1).await;
    assert_eq!((&waits[0]["data"]["nick"], &waits[0]["data"]["machine"]), (&json!("Eve"), &json!(false)));
    assert_eq!(waits[0]["data"]["occupant_id"], eve.jid);
    eve.leave().unwrap();
    events(&server, "door", "muc-lobby-left", 1).await;
    let all = meeting(&server, "door", |_| true).await;
    assert_eq!((names(&all, true), names(&all, false)), (vec!["Ada"], vec![]));
    assert!(!prosody.log().contains("the meeting goes on"), "{}", prosody.log());
}

#[tokio::test]
async fn who_speaks_is_told_in_order() {
    let server = start().run();
    let component = format!("Component \"speakerstats.{DOMAIN}\" \"stand_in_speakerstats\"");
    let prosody = Prosody::start(&server.base, &component);
    let mut ada = person(&prosody, "talk", "Ada");
    let mut ben = person(&prosody, "talk", "Ben");
    let mut eve = person(&prosody, "elsewhere", "Eve");
    let mut tom = person(&prosody, "[acme]talk", "Tom");
    let speaks = |who: &mut Client, room: &str, silence: bool| {
        let stats = format!("<speakerstats xmlns='http://jitsi.org/jitmeet' room='{room}' silence='{silence}'/>");
        who.say(&format!("<message to='speakerstats.{DOMAIN}'>{stats}</message>")).unwrap();
        // One after the other: each answer shows that what came before it was taken.
        who.say(&format!("<iq type='get' to='{DOMAIN}' id='p'><ping xmlns='urn:xmpp:ping'/></iq>")).unwrap();
        who.hear("id='p'").unwrap();
    };
    let room = conference("talk");
    speaks(&mut ada, &room, false);
    speaks(&mut eve, &room, false);
    speaks(&mut ben, &room, false);
    speaks(&mut tom, &format!("talk@conference.acme.{DOMAIN}"), false);
    speaks(&mut ada, &room, true);
    let told = events(&server, "talk", "dominant-speaker-changed", 1).await;
    let mut changes =
        told.iter().flat_map(|event| event["data"]["changes"].as_array().unwrap().clone()).collect::<Vec<_>>();
    if changes.len() < 3 {
        // The five seconds were over in between.
        let told = events(&server, "talk", "dominant-speaker-changed", 2).await;
        changes = told.iter().flat_map(|event| event["data"]["changes"].as_array().unwrap().clone()).collect();
    }
    let said: Vec<(&str, bool)> = changes
        .iter()
        .map(|change| (change["occupant_id"].as_str().unwrap(), change["silence"].as_bool().unwrap()))
        .collect();
    assert_eq!(
        said,
        [(ada.jid.as_str(), false), (ben.jid.as_str(), false), (ada.jid.as_str(), true)],
        "Eve is not there"
    );
    let times: Vec<&str> = changes.iter().map(|change| change["at"].as_str().unwrap()).collect();
    assert!(times.is_sorted() && times.iter().all(|time| time.len() == "2026-11-22T12:00:00.000Z".len()), "{times:?}");
    let tenants = events(&server, "[acme]talk", "dominant-speaker-changed", 1).await;
    assert_eq!(tenants[0]["data"]["changes"][0]["occupant_id"], tom.jid);

    // What was said last is told with the room's end, before it.
    speaks(&mut ben, &room, false);
    ada.leave().unwrap();
    ben.leave().unwrap();
    meeting(&server, "talk", |meeting| meeting["is_active"] == false).await;
    let last = events(&server, "talk", "dominant-speaker-changed", told.len() + 1).await;
    let end = events(&server, "talk", "muc-room-destroyed", 1).await;
    let at = |event: &Value| event["timestamp"].as_str().unwrap().to_owned();
    assert!(at(last.last().unwrap()) <= at(&end[0]), "{last:?} {end:?}");
    assert!(!prosody.log().contains("failed, the meeting goes on"), "{}", prosody.log());
}

/// A person who is a moderator, and a focus with these recorders.
fn with_focus(prosody: &Prosody, room: &str, recorders: &[Jibri]) -> (Focus, Client) {
    let focus = Focus::start(prosody.port, recorders);
    let mut ada = Client::connect(prosody.port, DOMAIN).unwrap();
    let ask = format!("<conference xmlns='http://jitsi.org/protocol/focus' room='{}'/>", conference(room));
    ada.say(&format!("<iq type='set' to='{}' id='c'>{ask}</iq>", focus.jid)).unwrap();
    ada.hear("ready='true'").unwrap();
    ada.join(&conference(room), "Ada", "Ada").unwrap();
    focus.state().owners.push(ada.jid.clone());
    ada.hear("affiliation='owner'").unwrap();
    (focus, ada)
}

#[tokio::test]
async fn recordings_are_told_as_focus_shows_them() {
    let server = start().run();
    let prosody = Prosody::start(&server.base, "");
    let (focus, mut ada) = with_focus(&prosody, "filmed", &[Jibri::Idle]);
    let came = events(&server, "filmed", "muc-occupant-joined", 1).await;
    assert_eq!((&came[0]["data"]["role"], &came[0]["data"]["machine"]), (&json!("participant"), &json!(false)));
    let ask = |action: &str| {
        format!(
            "<iq type='set' to='{}/focus' id='r'><jibri xmlns='http://jitsi.org/protocol/jibri' action='{action}' \
             recording_mode='file' app_data='{{}}'/></iq>",
            conference("filmed")
        )
    };
    ada.say(&ask("start")).unwrap();
    let on = events(&server, "filmed", "jibri-recording-on", 1).await;
    let data = &on[0]["data"];
    assert_eq!((&data["recording_id"], &data["mode"]), (&json!("session-1"), &json!("file")));
    assert_eq!(data["initiator"], format!("{}/Ada", conference("filmed")));
    let shown = meeting(&server, "filmed", |meeting| meeting["recordings"][0]["status"] == "recording").await;
    assert_eq!(shown["participants"][0]["role"], "moderator", "she was made one");

    // A person stops it; then one fails while it records, and one before it does.
    ada.say(&ask("stop")).unwrap();
    let off = events(&server, "filmed", "jibri-recording-off", 1).await;
    assert_eq!(off[0]["data"].get("failure_reason"), None);
    ada.say(&ask("start")).unwrap();
    events(&server, "filmed", "jibri-recording-on", 2).await;
    focus.state().kill = true;
    let off = events(&server, "filmed", "jibri-recording-off", 2).await;
    assert_eq!(
        (&off[1]["data"]["recording_id"], &off[1]["data"]["failure_reason"]),
        (&json!("session-2"), &json!("error"))
    );
    focus.state().recorders = vec![Jibri::Dies];
    ada.say(&ask("start")).unwrap();
    let failed = events(&server, "filmed", "jibri-recording-failed", 1).await;
    assert_eq!(
        (&failed[0]["data"]["recording_id"], &failed[0]["data"]["failure_reason"]),
        (&json!("session-3"), &json!("error"))
    );
    let all = meeting(&server, "filmed", |_| true).await;
    let statuses: Vec<&Value> = all["recordings"].as_array().unwrap().iter().map(|one| &one["status"]).collect();
    assert_eq!(statuses, ["stopped", "stopped"], "what did not begin is none");
    assert_eq!(all["recording_problem"], Value::Null, "no room of ours");
    assert!(!prosody.log().contains("failed, the meeting goes on"), "{}", prosody.log());
    server.verify();
}
