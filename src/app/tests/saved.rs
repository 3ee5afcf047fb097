//! Files that releases wrote, as they wrote them: each later release must open them and see in them what was seen then.
//! A file is made once, by the release whose schema it shows, and never made again.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Caller, Clock, Ids, NOON, NewRoom, Rig, at};
use crate::app::access::Client;
use crate::app::recordings::{RecordingChange, RecordingFilter, RecordingView};
use crate::domain::access::Scope;
use crate::domain::consent::{OnDenial, Sight};
use crate::domain::meeting::Guest;
use crate::domain::retention::Retention;
use crate::domain::{EndReason, GuestSettings, RoomSettings};
use crate::store::Store;

const PASSWORD: &str = "a long password of the saved file";
/// The text of the token in the files: chance counts from one in these tests.
const TOKEN: &str = "rfl_ly7tde_R-51H_yrBuSSV1eSyo5XtC1l842bSCc6rfulUAfOMds";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/db")
}

fn rig(path: &Path, clock_ms: i64) -> Rig {
    Rig::on(Store::open(path).unwrap(), Clock::manual(clock_ms), Ids::counting(1))
}

/// A story with something of every kind in it.
async fn live_through(rig: &Rig) {
    let set_up = rig.app.setup_link(Caller::cli(), None).await.unwrap();
    rig.app.redeem_setup(&set_up.secret, "ada", PASSWORD.to_owned(), Client::default()).await.unwrap();
    let scopes = vec![Scope::RoomsRead];
    let (_, token) = rig.app.create_token(Caller::cli(), "saved", scopes, None, None).await.unwrap();
    assert_eq!(token, TOKEN);

    let meeting = rig.start("weekly").await.meeting;
    let ada = Guest { id: "ada-1".to_owned(), name: Some("Ada".to_owned()), ..Guest::default() };
    let link = rig.app.join_meeting(&meeting.id.to_string(), ada).await.unwrap();
    let weekly = meeting.conference.as_str();
    rig.joined(weekly, 60, "ada").await;
    rig.joined(weekly, 120, "ben").await;
    rig.hear("jibri-recording-on", weekly, 180, json!({ "recording_id": "r-1", "initiator": "ada" })).await;
    rig.left(weekly, 300, "ben").await;
    rig.hear("jibri-recording-off", weekly, 600, json!({ "recording_id": "r-1" })).await;
    rig.hear("muc-room-destroyed", weekly, 660, json!({ "all_occupants": [{ "occupant_id": "ada" }] })).await;
    rig.joined("of-nobody", 700, "cy").await;
    object_and_keep(rig, link.url.as_str()).await;
}

/// A rule of a room's own for how long recordings are kept.
fn kept() -> RoomSettings {
    let retention = Retention { days: Some(30), keep_last: Some(3), trash_days: None };
    RoomSettings { retention: Some(retention), on_denial: OnDenial::Trash, ..RoomSettings::default() }
}

/// What came with version 4: a recording on hold, an objection to it, a rule, and the look whether the clock runs evenly.
async fn object_and_keep(rig: &Rig, link: &str) {
    let recorded = recordings(rig, Sight::All).remove(0).recording;
    let (meeting, id) = (recorded.meeting_id.unwrap().to_string(), recorded.id.to_string());
    let hold = RecordingChange { hold: Some(true), ..RecordingChange::default() };
    rig.app.update_recording(Caller::cli(), id, hold).await.unwrap();
    rig.app.say_consent(meeting, link, false).await.unwrap();
    let (platform, guests) = (None, GuestSettings::default());
    let room = NewRoom { name: "kept".parse().unwrap(), platform, settings: kept(), guests };
    rig.app.create_room(Caller::cli(), room, None).await.unwrap();
    rig.app.apply_retention().await.unwrap();
}

fn recordings(rig: &Rig, sight: Sight) -> Vec<RecordingView> {
    rig.app.recordings(&RecordingFilter { limit: 10, sight, ..RecordingFilter::default() }).unwrap().items
}

/// Writes the file of the present schema, where `REFLECTOR_SAVE_FILE` names it: once for a release, beside the others.
#[tokio::test]
async fn a_release_saves_its_file() {
    let Some(name) = std::env::var_os("REFLECTOR_SAVE_FILE") else { return };
    let path = folder().join(name);
    assert!(!path.exists(), "{} is there: a release's file is never made again", path.display());
    let rig = rig(&path, NOON);
    live_through(&rig).await;
    rig.app.store.close().await;
}

#[tokio::test]
async fn every_release_opens_the_files_of_those_before() {
    let mut opened = 0;
    for file in std::fs::read_dir(folder()).unwrap() {
        let file = file.unwrap().path();
        let scratch = tempfile::tempdir().unwrap();
        let copy = scratch.path().join("reflector.redb");
        std::fs::copy(&file, &copy).unwrap();
        let rig = rig(&copy, NOON + 720_000);
        let name = file.file_stem().and_then(|name| name.to_str()).unwrap();
        let version: u64 = name.strip_prefix("schema-").unwrap().parse().unwrap();
        find_all(&rig, version).await;
        // What was left under way goes on.
        rig.left("of-nobody", 730, "cy").await;
        rig.until(900).await;
        let end = rig.seen()[0].end.unwrap();
        assert_eq!((end.at, end.reason), (at(730), EndReason::Empty), "{}", file.display());
        rig.check().await;
        opened += 1;
    }
    assert!(opened > 0);
}

async fn find_all(rig: &Rig, version: u64) {
    rig.check().await;
    let seen = rig.seen();
    let [of_nobody, weekly] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!((of_nobody.conference.as_str(), of_nobody.end), ("of-nobody", None));
    assert_eq!(weekly.end.map(|end| (end.at, end.reason)), Some((at(660), EndReason::Destroyed)));
    let people: Vec<_> =
        weekly.attendance.people.iter().map(|person| (person.name.as_deref(), person.present_for.as_secs())).collect();
    assert_eq!(people, [(Some("ada"), 600), (Some("ben"), 180)]);
    assert_eq!(weekly.recordings.len(), 1);

    let room = rig.app.room("weekly").unwrap();
    assert_eq!(room.settings, RoomSettings::default());
    assert_eq!(rig.app.caller_by_token(TOKEN).unwrap().scopes, [Scope::RoomsRead]);
    rig.app.log_in("ada", PASSWORD.to_owned(), Client::default()).await.unwrap();
    let is_objected_to = version >= 4;
    assert_eq!(rig.app.audit_entries(None, 50).unwrap().items.len(), if is_objected_to { 9 } else { 6 });
    if is_objected_to {
        find_objected_and_kept(rig);
    }
}

fn find_objected_and_kept(rig: &Rig) {
    let all = recordings(rig, Sight::All);
    let [recorded] = all.as_slice() else { panic!("{all:?}") };
    assert!(recorded.recording.hold);
    assert!(recorded.hidden().unwrap().ends_with("(Ada)."), "{:?}", recorded.hidden());
    assert!(recordings(rig, Sight::Unhidden).is_empty());
    let weekly = rig.views().into_iter().find(|view| Some(view.meeting.id) == recorded.recording.meeting_id).unwrap();
    let said: Vec<_> = weekly.consents.iter().map(|said| (said.user_id.as_str(), said.granted)).collect();
    assert_eq!(said, [("ada-1", false)]);
    assert_eq!(rig.app.room("kept").unwrap().settings, kept());
    // From when the file was made on, not from now.
    assert_eq!(rig.app.upkeeping().unwrap().waits_until, Some(at(72 * 3_600)));
}
