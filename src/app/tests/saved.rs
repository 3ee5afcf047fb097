//! Files that releases wrote, as they wrote them: each later release must open them and see in them what was seen then.
//! A file is made once, by the release whose schema it shows, and never made again.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Caller, Clock, Ids, NOON, Rig, at};
use crate::app::access::Client;
use crate::domain::access::Scope;
use crate::domain::{EndReason, RoomSettings};
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
    let link = rig.app.setup_link(Caller::cli(), None).await.unwrap();
    rig.app.redeem_setup(&link.secret, "ada", PASSWORD.to_owned(), Client::default()).await.unwrap();
    let scopes = vec![Scope::RoomsRead];
    let (_, token) = rig.app.create_token(Caller::cli(), "saved", scopes, None, None).await.unwrap();
    assert_eq!(token, TOKEN);

    let conference = rig.start("weekly").await.meeting.conference;
    let weekly = conference.as_str();
    rig.joined(weekly, 60, "ada").await;
    rig.joined(weekly, 120, "ben").await;
    rig.hear("jibri-recording-on", weekly, 180, json!({ "recording_id": "r-1", "initiator": "ada" })).await;
    rig.left(weekly, 300, "ben").await;
    rig.hear("jibri-recording-off", weekly, 600, json!({ "recording_id": "r-1" })).await;
    rig.hear("muc-room-destroyed", weekly, 660, json!({ "all_occupants": [{ "occupant_id": "ada" }] })).await;
    rig.joined("of-nobody", 700, "cy").await;
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
        find_all(&rig).await;
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

async fn find_all(rig: &Rig) {
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
    assert_eq!(rig.app.audit_entries(None, 50).unwrap().items.len(), 6);
}
