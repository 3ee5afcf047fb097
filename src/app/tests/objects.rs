//! A recording that a host other than ourselves makes and puts into the bucket: whatever tells of it, in any order and more
//! than once, it is one recording.

use super::{NOON, Rig, at};
use crate::app::AppError;
use crate::app::lives::Rules;
use crate::app::recordings::hear;
use crate::app::recordings::object::{Known, Looked, Sighted, looked_at, missed, sighted};
use crate::domain::media::{Container, Media};
use crate::domain::recording::{MatchedBy, Recording, RecordingState};
use crate::domain::{Conference, ConferenceName, Fact, MeetingId, Platform, Timestamp};
use crate::store::conferences::life_at;
use crate::store::recordings::{Which, scan_newest};
use crate::store::{Read, Tx};

const FILE: &str = "acme-793e9ec1-2026-11-22T12:00:22Z.mp4";

/// What can tell of a recording.
#[derive(Clone, Copy, Debug)]
enum Word {
    Started,
    Stopped,
    Completed,
    Message,
    Listed,
}

const WORDS: [Word; 5] = [Word::Started, Word::Stopped, Word::Completed, Word::Message, Word::Listed];

fn conference() -> Conference {
    Conference { platform: Platform::Whereby, name: ConferenceName::new("/acme-793e9ec1") }
}

fn object(key: &str, etag: &str, seen_at: Option<Timestamp>) -> Sighted {
    let (bucket, key) = ("b".to_owned(), key.to_owned());
    Sighted { bucket, key, size: 5, etag: Some(etag.to_owned()), at: at(600), seen_at }
}

fn say(tx: &mut Tx<'_, '_>, rules: &Rules, word: Word, meeting: Option<MeetingId>) -> Result<(), AppError> {
    let recording = Some("p-rec-1".to_owned());
    let heard = match word {
        Word::Started => (Fact::RecordingStarted { recording, initiator: None }, at(25)),
        Word::Stopped => (Fact::RecordingStopped { recording, failure: None }, at(500)),
        Word::Completed => (Fact::RecordingCompleted { file: FILE.to_owned() }, at(610)),
        Word::Message => return sighted(tx, rules, object(&format!("folder/{FILE}"), "e", None)).map(drop),
        Word::Listed => {
            return sighted(tx, rules, object(&format!("folder/{FILE}"), "\"e\"", Some(rules.now))).map(drop);
        }
    };
    hear(tx, rules, &conference(), meeting, (&heard.0, heard.1))
}

fn all(read: &impl Read) -> Vec<Recording> {
    let mut found = Vec::new();
    scan_newest(read, Which::All, None, |recording| {
        found.push(recording);
        Ok(std::ops::ControlFlow::Continue(()))
    })
    .unwrap();
    found
}

/// Every order of five things.
fn orders() -> Vec<Vec<Word>> {
    let mut orders = vec![Vec::new()];
    for word in WORDS {
        let with = |order: Vec<Word>| {
            (0..=order.len()).map(move |place| {
                let mut order = order.clone();
                order.insert(place, word);
                order
            })
        };
        orders = orders.into_iter().flat_map(with).collect();
    }
    orders
}

#[tokio::test]
async fn whatever_tells_of_it_it_is_one_recording() {
    for is_known in [true, false] {
        for order in orders() {
            let rig = Rig::new();
            rig.clock.advance(std::time::Duration::from_secs(1_000));
            let (rules, said) = (rig.app.rules(), order.clone());
            let write = rig.app.store.write(move |tx| {
                let mut meeting = None;
                if is_known {
                    let fact = Fact::RecordingStarted { recording: None, initiator: None };
                    rules.alive(tx, &conference(), &fact, at(0))?;
                    meeting = life_at(tx, crate::app::project::conference_key(&conference()), at(0))?
                        .map(|life| life.meeting);
                }
                // Each twice, the second time after all others.
                said.iter().chain(&said).try_for_each(|word| say(tx, &rules, *word, meeting))
            });
            write.await.unwrap();
            let found = all(&rig.app.store.read().unwrap());
            let [one] = found.as_slice() else { panic!("{order:?}: {found:#?}") };
            let told = &one.told;
            assert_eq!((told.started_at, told.stopped_at), (Some(at(22)), Some(at(500))), "{order:?}");
            assert_eq!((told.completed_at, told.session.as_deref()), (Some(at(610)), Some("p-rec-1")), "{order:?}");
            assert_eq!(
                (told.file.as_deref(), one.room_name.as_deref()),
                (Some(FILE), Some("acme-793e9ec1")),
                "{order:?}"
            );
            assert_eq!((one.state, one.copies.len()), (RecordingState::Stored, 1), "{order:?}");
            assert_eq!(one.matched_by, is_known.then_some(MatchedBy::Session), "{order:?}");
        }
    }
    assert_eq!(orders().len(), 120);
    assert_eq!(at(0).as_ms(), NOON);
}

#[tokio::test]
async fn a_room_may_record_twice_and_a_folder_may_have_the_same_names() {
    let rig = Rig::new();
    rig.clock.advance(std::time::Duration::from_secs(10_000));
    let rules = rig.app.rules();
    let write = rig.app.store.write(move |tx| {
        let later = "acme-793e9ec1-2026-11-22T13:00:00Z.mp4";
        for key in [FILE, later, "notes.txt", "folder/", "acme.mp4", "other/acme.mp4"] {
            sighted(tx, &rules, object(key, "e", None))?;
        }
        Ok::<_, AppError>(())
    });
    write.await.unwrap();
    let found = all(&rig.app.store.read().unwrap());
    let keys: Vec<_> = found.iter().map(|recording| recording.copies[0].key.as_str()).collect();
    assert_eq!(keys.len(), 4, "{keys:?}");
    assert!(found.iter().all(|recording| recording.copies.len() == 1 && recording.meeting_id.is_none()));
}

#[tokio::test]
async fn an_object_comes_goes_and_comes_again() {
    let rig = Rig::new();
    rig.clock.advance(std::time::Duration::from_secs(10_000));
    let rules = rig.app.rules();
    let write = rig.app.store.write(move |tx| {
        let media = || Media { playable: true, ..Media::new(Container::Mp4) };
        let look = |tx: &mut Tx<'_, '_>, etag: &str| {
            let id = all(tx)[0].id;
            let (etag, modified, media) = (Some(etag.to_owned()), Some(at(700)), Some(media()));
            looked_at(tx, rules.now, id, FILE, Looked::There { size: 5, etag, modified, media })
        };
        let state = |tx: &Tx<'_, '_>| all(tx)[0].state;
        assert_eq!(sighted(tx, &rules, object(FILE, "e", None))?, Known::New);
        // Nobody has looked into it yet.
        assert_eq!(sighted(tx, &rules, object(FILE, "e", None))?, Known::Changed);
        look(tx, "\"e\"")?;
        assert_eq!(sighted(tx, &rules, object(FILE, "e", None))?, Known::Same);
        assert_eq!(sighted(tx, &rules, object(FILE, "f", None))?, Known::Changed);

        let id = all(tx)[0].id;
        assert_eq!(missed(tx, rules.now, "s3://b/nothing")?, Known::Same);
        assert_eq!(missed(tx, rules.now, &format!("s3://b/{FILE}"))?, Known::Changed);
        assert_eq!(state(tx), RecordingState::Stored, "it is looked at first");
        looked_at(tx, rules.now, id, FILE, Looked::Gone)?;
        assert_eq!(state(tx), RecordingState::Missing);
        assert_eq!(missed(tx, rules.now, &format!("s3://b/{FILE}"))?, Known::Same);
        assert_eq!(sighted(tx, &rules, object(FILE, "g", Some(rules.now)))?, Known::Changed);
        look(tx, "g")?;
        assert_eq!(state(tx), RecordingState::Stored);

        // What is deleted for good is not made again by who tells of it late, or has listed it before.
        let mut gone = all(tx)[0].clone();
        (gone.deleted_at, gone.copies[0].gone_at) = (Some(rules.now), Some(rules.now));
        tx.put_recording(&gone)?;
        assert_eq!(sighted(tx, &rules, object(FILE, "g", None))?, Known::Same);
        assert_eq!(sighted(tx, &rules, object(FILE, "g", Some(at(0))))?, Known::Same);
        assert_eq!(missed(tx, rules.now, &format!("s3://b/{FILE}"))?, Known::Same);
        let later = rules.now.plus(std::time::Duration::from_secs(1));
        assert_eq!(sighted(tx, &rules, object(FILE, "h", Some(later)))?, Known::New);
        assert_eq!(all(tx).len(), 2);
        Ok::<_, AppError>(())
    });
    write.await.unwrap();
}
