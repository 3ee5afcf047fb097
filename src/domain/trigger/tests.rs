//! What a room's rule comes to, fact by fact; and when it is tried again.

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_ms(seconds * 1_000)
}

fn occupant(id: &str) -> Occupant {
    Occupant { id: id.to_owned(), ..Occupant::default() }
}

fn joined(id: &str) -> Fact {
    Fact::Joined(occupant(id))
}

fn left(id: &str) -> Fact {
    Fact::Left(Presence { occupant: occupant(id), joined_at: None, left_at: None })
}

fn on(id: &str) -> Fact {
    Fact::RecordingStarted { recording: Some(id.to_owned()), initiator: None }
}

fn off(id: &str) -> Fact {
    Fact::RecordingStopped { recording: Some(id.to_owned()), failure: None }
}

fn failed(id: &str) -> Fact {
    Fact::RecordingStopped { recording: Some(id.to_owned()), failure: Some("error".to_owned()) }
}

fn with(trigger: RecordingTrigger) -> RoomSettings {
    RoomSettings { recording_type: RecordingType::Local, recording_trigger: trigger, ..RoomSettings::default() }
}

/// What is to be done after these facts, a second apart.
fn after(settings: RoomSettings, facts: &[Fact]) -> Option<Intent> {
    let mut course = Course::new(settings);
    for (fact, second) in facts.iter().zip(1..) {
        course.add(at(second), fact);
    }
    course.finish().map(|due| due.intent)
}

#[test]
fn a_recording_starts_with_as_many_people_as_the_room_says() {
    let recorder = Fact::Joined(Occupant { machine: true, ..occupant("recorder") });
    for (trigger, facts, intent) in [
        (RecordingTrigger::Automatic, vec![], None),
        (RecordingTrigger::Automatic, vec![recorder.clone()], None),
        (RecordingTrigger::Automatic, vec![joined("a")], Some(Intent::Start)),
        (RecordingTrigger::AutomaticSecond, vec![joined("a"), recorder.clone()], None),
        (RecordingTrigger::AutomaticSecond, vec![joined("a"), joined("a")], None),
        (RecordingTrigger::AutomaticSecond, vec![joined("a"), left("a"), joined("b")], None),
        (RecordingTrigger::AutomaticSecond, vec![joined("a"), joined("b")], Some(Intent::Start)),
        // It was needed once, and is until nobody is there.
        (RecordingTrigger::AutomaticSecond, vec![joined("a"), joined("b"), left("b")], Some(Intent::Start)),
        (RecordingTrigger::AutomaticSecond, vec![joined("a"), joined("b"), left("b"), left("a"), joined("a")], None),
        (RecordingTrigger::AutomaticSecond, vec![joined("a"), joined("b"), Fact::Created, joined("a")], None),
        (RecordingTrigger::None, vec![joined("a"), joined("b")], None),
        (RecordingTrigger::Prompt, vec![joined("a"), joined("b")], None),
    ] {
        assert_eq!(after(with(trigger), &facts), intent, "{trigger:?} {facts:?}");
        let nothing = RoomSettings { recording_type: RecordingType::None, ..with(trigger) };
        assert_eq!(after(nothing, &facts), None, "{trigger:?} {facts:?}");
    }
}

#[test]
fn one_that_runs_is_enough_and_one_that_fails_is_not() {
    let two = [joined("a"), joined("b")];
    let then = |facts: &[Fact]| after(with(RecordingTrigger::AutomaticSecond), &[&two, facts].concat());
    assert_eq!(then(&[on("1")]), None);
    assert_eq!(then(&[on("1"), joined("c")]), None);
    assert_eq!(then(&[on("1"), failed("1")]), Some(Intent::Start));
    let not_begun = Fact::RecordingFailed { recording: Some("1".to_owned()), failure: Some("busy".to_owned()) };
    assert_eq!(then(&[not_begun]), Some(Intent::Start));
    assert_eq!(then(&[on("1"), failed("1"), on("2")]), None);
    // A person started one, and another is over: whichever runs.
    assert_eq!(then(&[on("1"), on("2"), failed("1")]), None);
}

#[test]
fn what_a_person_stopped_stays_stopped_until_all_have_gone() {
    let automatic = |facts: &[Fact]| after(with(RecordingTrigger::Automatic), facts);
    let stopped = [joined("a"), on("1"), off("1")];
    assert_eq!(automatic(&stopped), None);
    assert_eq!(automatic(&[&stopped[..], &[joined("b")]].concat()), None);
    assert_eq!(automatic(&[&stopped[..], &[left("a"), joined("a")]].concat()), Some(Intent::Start));
    // It stopped because nobody was there, which is no person's word.
    assert_eq!(automatic(&[joined("a"), on("1"), left("a"), off("1"), joined("a")]), Some(Intent::Start));
}

#[test]
fn it_stops_with_the_last_person_and_where_it_is_forbidden() {
    let automatic = |facts: &[Fact]| after(with(RecordingTrigger::Automatic), facts);
    assert_eq!(automatic(&[joined("a"), joined("b"), on("1"), left("a")]), None);
    assert_eq!(automatic(&[joined("a"), joined("b"), on("1"), left("a"), left("b")]), Some(Intent::Stop));
    assert_eq!(automatic(&[joined("a"), on("1"), left("a"), off("1")]), None);
    assert_eq!(automatic(&[joined("a"), on("1"), left("a"), Fact::Created]), None, "the room is another");
    // Where all are in breakout rooms, the recorder waits for them as long as it likes.
    let apart = Fact::Joined(Occupant { breakout: Some("b1".to_owned()), ..occupant("a") });
    assert_eq!(automatic(&[joined("a"), on("1"), left("a"), apart.clone()]), None);
    assert_eq!(automatic(&[joined("a"), on("1"), left("a"), apart, off("1"), joined("a")]), Some(Intent::Start));

    let by_hand = |facts: &[Fact]| after(with(RecordingTrigger::None), facts);
    assert_eq!(by_hand(&[joined("a"), on("1"), left("a")]), Some(Intent::Stop));
    let forbidden = RoomSettings { recording_forbidden: true, ..RoomSettings::default() };
    assert_eq!(after(forbidden, &[joined("a"), on("1")]), Some(Intent::Stop));
    assert_eq!(after(forbidden, &[joined("a"), on("1"), off("1")]), None);
    assert_eq!(after(RoomSettings::default(), &[joined("a"), on("1"), left("a")]), None, "no room of ours");
}

#[test]
fn who_loads_the_page_again_is_one_and_a_shared_link_is_for_several() {
    let of = |id: &str, user: Option<&str>, name: &str| {
        let (user_id, name) = (user.map(str::to_owned), Some(name.to_owned()));
        Fact::Joined(Occupant { user_id, name, ..occupant(id) })
    };
    let second = |facts: &[Fact]| after(with(RecordingTrigger::AutomaticSecond), facts);
    assert_eq!(second(&[of("1", Some("ada"), "Ada"), of("2", Some("ada"), "Ada")]), None);
    assert_eq!(second(&[of("1", Some("guest-1"), "Ada"), of("2", Some("guest-1"), "Ben")]), Some(Intent::Start));
    assert_eq!(second(&[of("1", None, "Ada"), of("2", None, "Ada")]), Some(Intent::Start));
}

#[test]
fn at_one_moment_the_end_is_the_later_word() {
    let mut course = Course::new(with(RecordingTrigger::Automatic));
    for fact in [left("a"), joined("a"), joined("b"), failed("1"), on("1")] {
        course.add(at(1), &fact);
    }
    assert_eq!(course.finish().map(|due| due.intent), Some(Intent::Start), "b is there, and nothing runs");
}

#[test]
fn tries_keep_apart_unless_they_did_not_get_anywhere() {
    let every = Duration::from_secs(30);
    let mut standing = Standing::default();
    assert_eq!(standing.next_try(Intent::Start, every), Timestamp::MIN);
    standing.ask(Intent::Start, Asked { at: at(100), tries: 1 });
    assert_eq!(standing.next_try(Intent::Start, every), at(130));
    assert_eq!(standing.next_try(Intent::Stop, every), Timestamp::MIN);
    standing.trouble = Some(Trouble::new(Intent::Start, Reason::RecordersBusy, None, at(101)));
    assert_eq!(standing.next_try(Intent::Start, every), at(130));
    standing.trouble = Some(Trouble::new(Intent::Start, Reason::NoModerator, None, at(101)));
    assert_eq!(standing.next_try(Intent::Start, every), Timestamp::MIN);
    standing.trouble = None;
    standing.ask(Intent::Start, Asked { at: at(100), tries: 10 });
    assert_eq!(standing.next_try(Intent::Start, every), at(220));
}

#[test]
fn a_trouble_is_over_when_it_has_come_about() {
    let trouble = Trouble::new(Intent::Start, Reason::Refused, Some("gone\n"), at(0));
    assert_eq!(trouble.detail(), "Jitsi did not do it: Prosody's log says more. It says: gone");
    let mut standing = Standing { trouble: Some(trouble), ..Standing::default() };
    assert!(!standing.settle(Intent::Stop) && standing.is_at(Reason::Refused));
    assert!(standing.settle(Intent::Start) && standing.trouble.is_none());
    assert!(!standing.settle(Intent::Start));
}
