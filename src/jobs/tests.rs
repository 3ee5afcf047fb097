//! What time brings about for recordings, with real files, real jobs and a clock that is moved by hand.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use tokio_util::sync::CancellationToken;

use super::*;
use crate::app::meetings::StartMeeting;
use crate::app::recordings::{RecordingChange, ScanPlace};
use crate::app::rooms::NewRoom;
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::domain::access::{Actor, Caller};
use crate::domain::consent::Sight;
use crate::domain::recording::RecordingState;
use crate::domain::retention::{Cause, Retention, Step};
use crate::domain::room::RoomChange;
use crate::domain::{GuestSettings, RecordingId, RoomSettings};

/// When the tests begin: 2026-11-22T12:00:00Z.
const NOON: i64 = 1_795_348_800_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

struct Rig {
    app: App,
    /// The clock, in milliseconds since the Unix epoch.
    ms: Arc<AtomicI64>,
    directory: tempfile::TempDir,
}

impl Rig {
    /// A server whose trash is kept for five days, and whose clock has run evenly for four.
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.jitsi.domain = Some("meet.rig.test".parse().unwrap());
        config.jitsi.jwt_secret = Some("0123456789abcdef0123456789abcdef".parse().unwrap());
        config.recordings.directories = vec![directory.path().to_owned()];
        config.recordings.trash_days = 5;
        let ms = Arc::new(AtomicI64::new(NOON));
        let app = App::in_memory(config, Clock::Manual(Arc::clone(&ms)), Ids::counting(1)).unwrap();
        app.schedule().await.unwrap();
        let rig = Self { app, ms, directory };
        rig.pass(4 * DAY).await;
        rig
    }

    /// Lets time go by, and the jobs run.
    async fn pass(&self, ms: i64) {
        catch_up(&self.app, self.app.clock.now().plus(Duration::from_millis(ms.try_into().unwrap()))).await.unwrap();
    }

    /// Sets the clock, and runs what is due by it.
    async fn set(&self, ms: i64) {
        self.ms.store(ms, Ordering::SeqCst);
        self.app.reschedule().await.unwrap();
        self.pass(0).await;
    }

    /// A room with this rule and a meeting in it, by the meeting's id.
    async fn room(&self, name: &str, retention: Option<Retention>) -> String {
        let settings = RoomSettings { retention, ..RoomSettings::default() };
        let (platform, guests) = (None, GuestSettings::default());
        let room = NewRoom { name: name.parse().unwrap(), platform, settings, guests };
        self.app.create_room(Caller::cli(), room, None).await.unwrap();
        let started = self.app.start_meeting(Caller::cli(), name.to_owned(), StartMeeting::default(), None).await;
        started.unwrap().0.meeting.id.to_string()
    }

    /// A whole recording of a meeting: its id, and its file.
    async fn recording(&self, name: &str, meeting: Option<&str>) -> (String, PathBuf) {
        let file = self.directory.path().join(name);
        std::fs::write(&file, include_bytes!("../demo/recording.mp4")).unwrap();
        let written = Duration::from_millis((self.ms.load(Ordering::SeqCst) - HOUR).try_into().unwrap());
        let opened = std::fs::File::options().append(true).open(&file).unwrap();
        opened.set_modified(SystemTime::UNIX_EPOCH + written).unwrap();
        self.app.scan(ScanPlace::default(), None).await.unwrap();
        let all = self.app.recordings(&crate::app::recordings::RecordingFilter {
            limit: 200,
            sight: Sight::All,
            ..Default::default()
        });
        let found = all.unwrap().items.into_iter().map(|view| view.recording);
        let found = found.into_iter().find(|one| one.file.as_ref().is_some_and(|file| file.path == name)).unwrap();
        let id = found.id.to_string();
        if let Some(meeting) = meeting {
            self.change(&id, RecordingChange { meeting: Some(Some(meeting.to_owned())), ..Default::default() }).await;
        }
        (id, file)
    }

    async fn change(&self, id: &str, change: RecordingChange) {
        self.app.update_recording(Caller::cli(), id.to_owned(), change).await.unwrap();
    }

    async fn hold(&self, id: &str, hold: bool) {
        self.change(id, RecordingChange { hold: Some(hold), ..Default::default() }).await;
    }

    fn state(&self, id: &str) -> RecordingState {
        self.app.recording(Sight::All, id).unwrap().recording.state
    }

    /// What is removed next, and in how many hours.
    fn next(&self, id: &str) -> Option<(Step, Cause, i64)> {
        let removal = self.app.recording(Sight::All, id).unwrap().removal?;
        Some((removal.step, removal.cause, (removal.at.as_ms() - self.ms.load(Ordering::SeqCst)) / HOUR))
    }
}

fn days(days: u32) -> Option<Retention> {
    Some(Retention { days: Some(days), ..Retention::default() })
}

#[tokio::test]
async fn what_no_rule_keeps_goes_into_the_trash_and_then_for_good_with_a_receipt() {
    let rig = Rig::new().await;
    let meeting = rig.room("standup", days(10)).await;
    let (old, file) = rig.recording("old.mp4", Some(&meeting)).await;
    let (held, _) = rig.recording("held.mp4", Some(&meeting)).await;
    let (free, _) = rig.recording("free.mp4", None).await;
    rig.hold(&held, true).await;
    assert_eq!(rig.next(&old), Some((Step::Trash, Cause::Age, 240)));
    assert_eq!((rig.next(&held), rig.next(&free)), (None, None));

    rig.pass(10 * DAY - HOUR).await;
    assert_eq!(rig.state(&old), RecordingState::Ready);
    rig.pass(DAY + 2 * HOUR).await;
    let trashed = rig.app.recording(Sight::All, &old).unwrap().recording;
    assert_eq!(trashed.trashed.map(|trashed| trashed.by), Some(Actor::Retention));
    assert!(file.exists() && rig.next(&old).is_some_and(|(step, ..)| step == Step::Purge));

    // What somebody takes out again has its days anew.
    rig.app.restore_recording(Caller::cli(), old.clone()).await.unwrap();
    assert_eq!(rig.next(&old), Some((Step::Trash, Cause::Age, 240)));
    rig.pass(9 * DAY).await;
    assert_eq!(rig.state(&old), RecordingState::Ready);
    rig.pass(8 * DAY).await;
    assert_eq!((rig.state(&old), file.exists()), (RecordingState::Deleted, false));
    for id in [&held, &free] {
        assert_eq!(rig.state(id), RecordingState::Ready);
    }
    let audit = rig.app.audit_entries(None, 200).unwrap().items;
    let told = audit.iter().rev().filter(|(_, entry)| entry.actor == Actor::Retention);
    let told: Vec<_> = told.map(|(_, entry)| (entry.action.as_str(), entry.details.clone())).collect();
    let actions: Vec<_> = told.iter().map(|(action, _)| *action).collect();
    assert_eq!(actions, ["recording.trash", "recording.trash", "recording.purge", "recording.purged"]);
    assert_eq!(told[0].1["rule"], serde_json::json!({ "of": "room", "days": 10, "keep_last": null, "trash_days": 5 }));
    assert!(told[3].1["sha256"].is_string() && told[3].1["seen_gone_at"].is_string(), "{:?}", told[3].1);

    rig.hold(&held, false).await;
    rig.pass(DAY + HOUR).await;
    assert_eq!(rig.state(&held), RecordingState::Trashed);
    rig.hold(&held, true).await;
    rig.pass(9 * DAY).await;
    assert_eq!(rig.state(&held), RecordingState::Trashed, "a hold keeps it also in the trash");
    assert_eq!(rig.app.verify().await.unwrap().differences, []);
}

#[tokio::test]
async fn the_newest_of_a_room_stay_and_a_rule_can_be_tried_before_it_holds() {
    let rig = Rig::new().await;
    let meeting = rig.room("standup", None).await;
    let other = rig.room("other", None).await;
    let mut made = Vec::new();
    for name in ["a.mp4", "b.mp4", "c.mp4"] {
        made.push(rig.recording(name, Some(&meeting)).await.0);
        rig.pass(2 * HOUR).await;
    }
    let (lone, _) = rig.recording("lone.mp4", Some(&other)).await;
    let (unmatched, _) = rig.recording("unmatched.mp4", None).await;
    let tried = |rule: Retention, room: Option<&str>| {
        let tried = Some((rule, room.map(str::to_owned)));
        let found = rig.app.expiring_within(Duration::ZERO, tried, None, (200, Sight::All)).unwrap().items;
        found.iter().map(|view| view.recording.id.to_string()).collect::<Vec<_>>()
    };
    let two = Retention { keep_last: Some(2), ..Retention::default() };
    for room in [Some("standup"), None] {
        assert_eq!(tried(two, room), [made[0].clone()], "{room:?}");
    }
    assert!(tried(two, Some("other")).is_empty());
    assert!(tried(Retention { days: Some(1), ..two }, Some("standup")).is_empty(), "it is not a day old");
    assert!(
        rig.app.expiring_within(Duration::ZERO, None, None, (200, Sight::All)).unwrap().items.is_empty(),
        "nothing holds yet"
    );

    let change = RoomChange { retention: Some(Some(two)), ..RoomChange::default() };
    rig.app.update_room(Caller::cli(), "standup".to_owned(), change).await.unwrap();
    rig.pass(2 * HOUR).await;
    let states = |ids: &[&String]| ids.iter().map(|id| rig.state(id)).collect::<Vec<_>>();
    let ready = RecordingState::Ready;
    let all = [&made[0], &made[1], &made[2], &lone, &unmatched];
    assert_eq!(states(&all), [RecordingState::Trashed, ready, ready, ready, ready]);
    // The room is gone, and its rule with it: what its meeting began with holds, which was none.
    rig.app.delete_room(Caller::cli(), "standup".to_owned()).await.unwrap();
    rig.recording("d.mp4", Some(&meeting)).await;
    rig.pass(2 * DAY).await;
    assert_eq!(rig.state(&made[1]), ready);
}

#[tokio::test]
async fn a_clock_that_is_set_wrong_deletes_nothing_in_a_rush() {
    let rig = Rig::new().await;
    let meeting = rig.room("standup", days(100)).await;
    let (kept, _) = rig.recording("kept.mp4", Some(&meeting)).await;
    let (trashed, file) = rig.recording("trashed.mp4", Some(&meeting)).await;
    rig.app.trash_recording(Caller::cli(), trashed.clone()).await.unwrap();
    rig.pass(DAY).await;
    let untouched = || {
        assert_eq!((rig.state(&kept), rig.state(&trashed)), (RecordingState::Ready, RecordingState::Trashed));
        assert!(file.exists());
    };
    let right = rig.ms.load(Ordering::SeqCst);
    for wrong in [365 * DAY, -365 * DAY] {
        rig.set(right + wrong).await;
        untouched();
        rig.pass(2 * DAY).await;
        untouched();
        rig.set(right + 2 * DAY).await;
        rig.pass(2 * DAY).await;
        untouched();
        rig.set(right).await;
    }
    // It goes on as if nothing had been, when the clock has run evenly for three days.
    rig.pass(2 * DAY).await;
    untouched();
    rig.pass(3 * DAY).await;
    assert_eq!((rig.state(&kept), rig.state(&trashed)), (RecordingState::Ready, RecordingState::Deleted));
    // What stays so is believed after a weekend.
    let right = rig.ms.load(Ordering::SeqCst);
    rig.set(right + 365 * DAY).await;
    rig.pass(71 * HOUR).await;
    assert_eq!(rig.state(&kept), RecordingState::Ready);
    rig.pass(2 * HOUR).await;
    assert_eq!(rig.state(&kept), RecordingState::Trashed);
}

#[tokio::test]
async fn jobs_that_come_again_do_not_wait_for_a_clock_that_was_set_back() {
    let rig = Rig::new().await;
    let stopping = CancellationToken::new();
    let running = run(rig.app.clone(), stopping.clone());
    let test = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let back = rig.ms.load(Ordering::SeqCst) - 365 * DAY;
        rig.ms.store(back, Ordering::SeqCst);
        // The bell rings, as it does with each commit.
        rig.app.readiness().await;
        for _ in 0..200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let due = rig.app.next_due(Lane::Files).unwrap().unwrap();
            if due.as_ms() <= back + HOUR {
                stopping.cancel();
                return;
            }
        }
        panic!("the next look at the rules is a year away");
    };
    tokio::join!(running, test);
}

#[tokio::test]
async fn a_job_that_takes_long_is_claimed_anew_and_one_that_is_lost_runs_again() {
    let rig = Rig::new().await;
    let job = Job::DigestRecording { recording: RecordingId([1; 16]) };
    let now = rig.app.clock.now();
    rig.app.store.write(move |tx| Ok::<_, AppError>(tx.enqueue(job, now)?)).await.unwrap();
    let mut state = claim(&rig.app, Lane::Digests).await.unwrap().unwrap();
    let lease = i64::try_from(LEASE.as_millis()).unwrap();
    let long = async {
        for _ in 0..3 {
            rig.ms.fetch_add(lease / 3 * 2, Ordering::SeqCst);
            let lost_at = rig.app.clock.now().plus(LEASE);
            for _ in 0..500 {
                if rig.app.next_due(Lane::Digests).unwrap() == Some(lost_at) {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert_eq!(rig.app.next_due(Lane::Digests).unwrap(), Some(lost_at));
            assert!(claim(&rig.app, Lane::Digests).await.unwrap().is_none(), "two have it at once");
        }
    };
    hold(&rig.app, &mut state, Duration::from_millis(20), long).await;
    // Nobody claims it anew any more.
    rig.ms.fetch_add(lease, Ordering::SeqCst);
    let again = claim(&rig.app, Lane::Digests).await.unwrap().unwrap();
    assert_eq!((again.job, again.attempts), (job, state.attempts + 1));
}
