//! The states of recordings, and the moves between them.

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_ms(1_736_937_000_000 + seconds * 1_000)
}

fn media(container: Container, damage: Option<Damage>) -> Media {
    Media { playable: damage.is_none() && container != Container::Other, damage, ..Media::new(container) }
}

fn file(written: i64, media: Media) -> RecordingFile {
    let stamp = Stamp { inode: 1, size: 9, modified_ns: at(written).as_ms() * 1_000_000 };
    let (root, path) = ("/r".into(), "s/a.mp4".into());
    RecordingFile { root, path, stamp, media, is_finished: false, looked_at: at(written), gone_at: None }
}

fn recording() -> Recording {
    Recording::new(RecordingId([7; 16]), at(0))
}

fn told(started: Option<i64>, stopped: Option<i64>, completed: Option<i64>) -> Told {
    let at = |seconds: Option<i64>| seconds.map(at);
    Told { started_at: at(started), stopped_at: at(stopped), completed_at: at(completed), ..Told::default() }
}

#[test]
fn without_a_file_the_recorder_is_believed_for_a_time() {
    use RecordingState::{Missing, Recording as Runs};
    for (told, now, expected) in [
        (told(Some(0), None, None), 3_600, (Runs, RecordingReason::Runs)),
        (told(Some(0), None, None), 86_400, (Missing, RecordingReason::NoWord)),
        (told(Some(0), Some(60), None), 239, (Runs, RecordingReason::FileAwaited)),
        (told(Some(0), Some(60), None), 240, (Missing, RecordingReason::NeverCame)),
        (told(None, None, Some(60)), 61, (Runs, RecordingReason::FileAwaited)),
        (told(None, None, None), 0, (Missing, RecordingReason::NoWord)),
    ] {
        let recording = Recording { told: told.clone(), ..recording() };
        assert_eq!(recording.judge(at(now)), expected, "{told:?} at {now}");
    }
}

#[test]
fn a_file_is_judged_when_nobody_writes_to_it_any_more() {
    use RecordingState::{Growing, Ready, Truncated};
    let mp4 = |damage| media(Container::Mp4, damage);
    for (media, expected) in [
        (mp4(Some(Damage::NoIndex)), (Truncated, RecordingReason::NoIndex)),
        (mp4(Some(Damage::CutOff)), (Truncated, RecordingReason::CutOff)),
        (mp4(Some(Damage::Empty)), (Truncated, RecordingReason::Empty)),
        (mp4(Some(Damage::NoData)), (Truncated, RecordingReason::CutOff)),
        (mp4(Some(Damage::NotMedia)), (Truncated, RecordingReason::NothingToPlay)),
        (mp4(Some(Damage::TooMany)), (Ready, RecordingReason::NotLookedInto)),
        (Media { fragmented: true, ..mp4(None) }, (Ready, RecordingReason::Whole)),
        (Media { playable: false, ..mp4(None) }, (Truncated, RecordingReason::NothingToPlay)),
        (media(Container::Other, None), (Ready, RecordingReason::NotLookedInto)),
    ] {
        let judge =
            |file: RecordingFile, told: Told, now| Recording { file: Some(file), told, ..recording() }.judge(at(now));
        let seen = file(0, media.clone());
        assert_eq!(judge(seen.clone(), Told::default(), 29), (Growing, RecordingReason::BeingWritten), "{media:?}");
        assert_eq!(judge(seen.clone(), Told::default(), 30), expected);
        assert_eq!(judge(seen.clone(), told(Some(-60), None, None), 30), (Growing, RecordingReason::BeingWritten));
        assert_eq!(judge(seen.clone(), told(Some(-60), None, None), 300), expected);
        assert_eq!(judge(seen.clone(), told(None, None, Some(1)), 1), expected);
        assert_eq!(judge(RecordingFile { is_finished: true, ..seen }, Told::default(), 1), expected);
    }
    // What has its index is complete at once.
    let whole = Recording { file: Some(file(0, mp4(None))), ..recording() };
    assert_eq!(whole.judge(at(0)), (Ready, RecordingReason::Whole));
}

#[test]
fn since_changes_with_the_state_alone() {
    let mut recording = Recording { told: told(Some(0), None, None), ..recording() };
    recording.settle(at(5));
    assert_eq!((recording.state, recording.since), (RecordingState::Recording, at(0)));
    recording.told.stopped_at = Some(at(60));
    recording.settle(at(61));
    assert_eq!((recording.reason, recording.since), (RecordingReason::FileAwaited, at(0)));
    recording.see(file(60, media(Container::Mp4, None)));
    recording.settle(at(70));
    assert_eq!((recording.state, recording.since), (RecordingState::Ready, at(70)));
    assert!(recording.wants_digest());
}

#[test]
fn what_grows_is_judged_by_a_look_alone() {
    let growing = media(Container::Mp4, Some(Damage::NoIndex));
    let mut recording = Recording { file: Some(file(0, growing.clone())), ..recording() };
    recording.settle(at(0));
    assert_eq!(recording.state, RecordingState::Growing);
    recording.told.completed_at = Some(at(3_600));
    recording.settle(at(3_600));
    assert_eq!(recording.state, RecordingState::Growing, "the file was last looked at an hour ago");
    recording.see(RecordingFile { looked_at: at(3_600), ..file(0, growing) });
    recording.settle(at(3_600));
    assert_eq!((recording.state, recording.reason), (RecordingState::Truncated, RecordingReason::NoIndex));
    let before = recording.clone();
    recording.see(RecordingFile { looked_at: at(9_999), ..before.file.clone().unwrap() });
    assert_eq!(recording, before, "the same again is nothing new");
}

#[test]
fn another_state_of_the_file_has_another_digest() {
    let mut recording = Recording { sha256: Some("00".into()), ..recording() };
    recording.file = Some(file(0, media(Container::Mp4, None)));
    recording.see(file(0, media(Container::Mp4, None)));
    assert!(recording.sha256.is_some());
    recording.see(file(1, media(Container::Mp4, None)));
    assert_eq!(recording.sha256, None);
}

#[test]
fn the_surer_match_stays() {
    let (one, two) = (MeetingId([1; 16]), MeetingId([2; 16]));
    let mut recording = recording();
    recording.belongs_to(Some(one), MatchedBy::Session);
    recording.belongs_to(Some(two), MatchedBy::Name);
    assert_eq!(recording.meeting_id, Some(one));
    recording.belongs_to(Some(two), MatchedBy::OwnId);
    assert_eq!(recording.meeting_id, Some(two));
    recording.belongs_to(None, MatchedBy::Hand);
    recording.belongs_to(Some(one), MatchedBy::OwnId);
    assert_eq!(recording.meeting_id, None, "somebody said that it belongs to none");
}

#[test]
fn the_trash_has_a_way_back_until_it_is_emptied() {
    let mut recording = Recording { file: Some(file(0, media(Container::Mp4, None))), ..recording() };
    assert_eq!(recording.trash(at(1), Actor::Cli), Err(NotNow::Unfinished));
    recording.settle(at(1));
    assert_eq!(recording.purge(Actor::Cli), Err(NotNow::NotInTrash));
    assert_eq!(recording.restore(at(2)), Err(NotNow::NotInTrash));
    recording.hold = true;
    assert_eq!(recording.trash(at(1), Actor::Cli), Err(NotNow::Held));
    recording.hold = false;
    recording.trash(at(1), Actor::Cli).unwrap();
    recording.settle(at(1));
    assert_eq!((recording.state, recording.reason), (RecordingState::Trashed, RecordingReason::InTrash));
    recording.restore(at(2)).unwrap();
    recording.settle(at(2));
    assert_eq!(recording.state, RecordingState::Ready);
    recording.trash(at(3), Actor::Cli).unwrap();
    recording.hold = true;
    assert_eq!(recording.purge(Actor::Cli), Err(NotNow::Held));
    recording.hold = false;
    recording.purge(Actor::Cli).unwrap();
    recording.settle(at(4));
    assert_eq!(recording.reason, RecordingReason::BeingPurged);
    assert_eq!(recording.restore(at(2)), Err(NotNow::Deleted));
    recording.deleted_at = Some(at(5));
    recording.settle(at(5));
    assert_eq!(recording.state, RecordingState::Deleted);
    assert_eq!(recording.trash(at(6), Actor::Cli), Err(NotNow::Deleted));
}

fn copy_of(stamp: Option<Stamp>) -> Copy {
    Copy {
        place: copy::CopyPlace::Bucket("b".to_owned()),
        key: "k".to_owned(),
        size: 9,
        sha256: Some("5e".to_owned()),
        etag: None,
        of: stamp,
        media: None,
        stored_at: at(100),
        source_goes_at: None,
        gone_at: None,
    }
}

#[test]
fn a_copy_is_all_that_is_needed() {
    use RecordingReason::{BeingCopied, Copied, CopyWaits, Gone, InStorage, NoIndex, Whole};
    use RecordingState::{Missing, Ready, Stored, Truncated, Uploading};
    let here = file(0, media(Container::Mp4, None));
    let of = here.stamp;
    let copying = Copying {
        place: copy::CopyPlace::Directory("/d".to_owned()),
        key: "k".to_owned(),
        of,
        part_size: 1,
        upload: None,
        begun_at: at(50),
        problem: None,
    };
    let gone = RecordingFile { gone_at: Some(at(200)), ..here.clone() };
    let cut = RecordingFile { media: media(Container::Mp4, Some(Damage::NoIndex)), ..gone.clone() };
    let lost = Copy { gone_at: Some(at(300)), ..copy_of(Some(of)) };
    let older = copy_of(Some(Stamp { size: 8, ..of }));
    for (file, copies, copying, expected) in [
        (Some(&here), vec![], None, (Ready, Whole)),
        (Some(&here), vec![], Some(copying.clone()), (Uploading, BeingCopied)),
        (
            Some(&here),
            vec![],
            Some(Copying { problem: Some("full".to_owned()), ..copying.clone() }),
            (Uploading, CopyWaits),
        ),
        (Some(&here), vec![copy_of(Some(of))], None, (Stored, Copied)),
        (Some(&here), vec![older.clone()], None, (Ready, Whole)),
        (Some(&here), vec![lost.clone()], None, (Ready, Whole)),
        (Some(&gone), vec![copy_of(Some(of))], None, (Stored, InStorage)),
        (Some(&gone), vec![lost.clone()], None, (Missing, Gone)),
        (Some(&gone), vec![], Some(copying), (Missing, Gone)),
        (Some(&cut), vec![copy_of(Some(of))], None, (Truncated, NoIndex)),
        (None, vec![copy_of(None)], None, (Stored, InStorage)),
        (None, vec![lost.clone()], None, (Missing, Gone)),
    ] {
        let recording = Recording { file: file.cloned(), copies, copying, ..recording() };
        assert_eq!(recording.judge(at(400)), expected, "{recording:?}");
    }
}

#[test]
fn the_file_goes_only_where_its_very_copy_is_there() {
    let here = file(0, media(Container::Mp4, None));
    let of = here.stamp;
    let due = Copy { source_goes_at: Some(at(500)), ..copy_of(Some(of)) };
    let settled = |file: &RecordingFile, copy: Copy, hold| {
        let mut recording = Recording { file: Some(file.clone()), hold, ..recording() };
        recording.store(copy);
        recording.settle(at(400));
        recording
    };
    let goes = |recording: &Recording, now| recording.source_to_remove(at(now)).is_some();
    let copied = settled(&here, due.clone(), false);
    assert_eq!(copied.source_goes_at(), Some(at(500)));
    assert!(!goes(&copied, 499) && goes(&copied, 500));
    let written = RecordingFile { stamp: Stamp { modified_ns: of.modified_ns + 1, ..of }, ..here.clone() };
    for other in [
        settled(&written, due.clone(), false),
        settled(&here, Copy { gone_at: Some(at(450)), ..due.clone() }, false),
        settled(&here, copy_of(Some(of)), false),
        settled(&here, due.clone(), true),
    ] {
        assert_eq!((other.source_goes_at(), goes(&other, 600)), (None, false), "{other:?}");
    }
    let mut trashed = copied.clone();
    trashed.trashed = Some(Trashed { at: at(450), by: Actor::Cli, purged_by: None });
    trashed.settle(at(450));
    assert!(!goes(&trashed, 600));

    // A later copy at the same place is the one that is there.
    let mut again = copied.clone();
    again.store(copy_of(Some(of)));
    assert_eq!((again.copies.len(), again.source_goes_at()), (1, None));
    again.let_source_go(at(700));
    assert_eq!(again.source_goes_at(), Some(at(700)));
}
