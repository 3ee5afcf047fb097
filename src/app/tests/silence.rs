//! How meetings end and go on: grace, expiry, silence, calls, and what comes late. The grace period is a minute and a
//! meeting is stale after a day, as it is configured by default.

use serde_json::json;

use super::{Rig, Taken, at};
use crate::domain::access::Caller;
use crate::domain::{End, EndReason};

const DAY: i64 = 24 * 3_600;

fn end(seconds: i64, reason: EndReason) -> Option<End> {
    Some(End { at: at(seconds), reason })
}

/// Each meeting's beginning and end, in the order of conference and beginning.
fn lives(rig: &Rig) -> Vec<(i64, Option<End>)> {
    rig.seen().into_iter().map(|seen| ((seen.begin.as_ms() - at(0).as_ms()) / 1_000, seen.end)).collect()
}

/// Each person's name and seconds, in the only meeting there is.
fn people(rig: &Rig) -> Vec<(String, u64)> {
    let [seen] = &rig.seen()[..] else { panic!("{} meetings", rig.seen().len()) };
    let people = seen.attendance.people.iter();
    people.map(|person| (person.name.clone().unwrap(), person.present_for.as_secs())).collect()
}

#[tokio::test]
async fn an_empty_meeting_ends_after_the_grace_period() {
    let rig = Rig::new();
    rig.joined("weekly", 0, "ada").await;
    rig.until(100).await;
    rig.left("weekly", 100, "ada").await;
    rig.until(159).await;
    assert_eq!(lives(&rig), [(0, None)]);
    rig.check().await;
    rig.until(160).await;
    assert_eq!(lives(&rig), [(0, end(100, EndReason::Empty))]);
    rig.check().await;
    assert_eq!(rig.told(), ["meeting.created", "meeting.started", "meeting.ended"]);
}

#[tokio::test]
async fn who_comes_back_in_time_goes_on_with_the_same_meeting() {
    let rig = Rig::new();
    rig.joined("weekly", 0, "ada").await;
    rig.until(100).await;
    rig.left("weekly", 100, "ada").await;
    rig.until(130).await;
    rig.joined("weekly", 130, "ada").await;
    rig.until(1_000).await;
    assert_eq!(lives(&rig), [(0, None)]);
    // The news of it may come when the meeting has been ended already.
    rig.left("weekly", 1_000, "ada").await;
    rig.until(1_300).await;
    assert_eq!(lives(&rig), [(0, end(1_000, EndReason::Empty))]);
    rig.joined("weekly", 1_060, "bob").await;
    assert_eq!(lives(&rig), [(0, None)]);
    rig.check().await;
    // Whoever comes later than that begins another.
    rig.left("weekly", 1_100, "bob").await;
    rig.until(1_400).await;
    rig.joined("weekly", 1_400, "bob").await;
    assert_eq!(lives(&rig), [(0, end(1_100, EndReason::Empty)), (1_400, None)]);
    rig.check().await;
    let told = rig.told();
    assert_eq!(told.iter().filter(|kind| *kind == "meeting.reopened").count(), 1);
}

#[tokio::test]
async fn late_news_corrects_what_silence_concluded() {
    let rig = Rig::new();
    rig.joined("weekly", 0, "ada").await;
    rig.left("weekly", 100, "ada").await;
    rig.until(500).await;
    assert_eq!(lives(&rig), [(0, end(100, EndReason::Empty))]);
    // Bob was in it all the time, and is.
    rig.joined("weekly", 50, "bob").await;
    assert_eq!(lives(&rig), [(0, None)]);
    rig.check().await;
    rig.left("weekly", 150, "bob").await;
    rig.until(1_000).await;
    assert_eq!(lives(&rig), [(0, end(150, EndReason::Empty))]);
    assert_eq!(people(&rig), [("ada".to_owned(), 100), ("bob".to_owned(), 100)]);
    // Cy came and went before that: it ends where it ended.
    rig.joined("weekly", 60, "cy").await;
    rig.left("weekly", 70, "cy").await;
    rig.until(2_000).await;
    assert_eq!(lives(&rig), [(0, end(150, EndReason::Empty))]);
    // Neither a departure that was known, nor one long behind the end, says anything new.
    rig.hear("muc-occupant-left", "weekly", 140, json!({ "occupant_id": "ada" })).await;
    rig.hear("muc-occupant-left", "weekly", 1_500, json!({ "occupant_id": "dan" })).await;
    assert_eq!(lives(&rig), [(0, end(150, EndReason::Empty))]);
    rig.check().await;
}

#[tokio::test]
async fn a_meeting_that_nobody_joins_expires_at_its_end_date() {
    let rig = Rig::new();
    let started = rig.start("daily").await;
    let hours = 8 * 3_600;
    assert_eq!(started.meeting.end_date, at(hours));
    rig.until(hours - 1).await;
    assert!(rig.seen()[0].end.is_none());
    rig.check().await;
    rig.until(hours).await;
    assert_eq!(rig.seen()[0].end, end(hours, EndReason::Expired));
    // The end stands: who comes now begins another meeting of the room.
    let conference = started.meeting.conference.as_str().to_owned();
    rig.joined(&conference, hours + 10, "ada").await;
    let meetings = rig.views();
    assert_eq!(meetings.len(), 2);
    assert!(meetings.iter().all(|view| view.meeting.room_id == started.meeting.room_id));
    rig.check().await;
}

#[tokio::test]
async fn a_meeting_goes_on_past_its_end_date_while_people_sit_in_it() {
    let rig = Rig::new();
    let conference = rig.start("daily").await.meeting.conference.as_str().to_owned();
    rig.joined(&conference, 10, "ada").await;
    rig.until(9 * 3_600).await;
    assert_eq!(rig.views()[0].num_clients, 1);
    rig.check().await;
    rig.left(&conference, 9 * 3_600, "ada").await;
    rig.until(9 * 3_600 + 60).await;
    assert_eq!(rig.seen()[0].end, end(9 * 3_600, EndReason::Empty));
    assert_eq!(rig.seen()[0].attendance.people[0].present_for.as_secs(), 9 * 3_600 - 10);
}

#[tokio::test]
async fn a_meeting_of_which_nothing_is_heard_is_over_and_its_people_gone() {
    let rig = Rig::new();
    rig.joined("weekly", 0, "ada").await;
    rig.left("weekly", 20, "bob").await;
    // Its end date is eight hours on; a day after that it is taken for over. Its job sets itself again until then.
    for hours in [1, 9, 31] {
        rig.until(hours * 3_600).await;
        assert_eq!(lives(&rig), [(0, None)]);
        rig.check().await;
    }
    rig.until(8 * 3_600 + DAY).await;
    assert_eq!(lives(&rig), [(0, end(20, EndReason::Stale))]);
    assert_eq!(people(&rig), [("ada".to_owned(), 20), ("bob".to_owned(), 0)]);
    rig.check().await;
}

#[tokio::test]
async fn a_call_ends_a_meeting_and_who_stays_or_comes_back_makes_no_ghost() {
    let rig = Rig::new();
    let started = rig.start("daily").await;
    let conference = started.meeting.conference.as_str().to_owned();
    rig.joined(&conference, 10, "ada").await;
    rig.joined(&conference, 20, "bob").await;
    rig.until(100).await;
    let id = started.meeting.id.to_string();
    let ended = rig.app.end_meeting(Caller::cli(), id.clone()).await.unwrap();
    assert_eq!((ended.meeting.end, ended.num_clients), (end(100, EndReason::Ended), 0));
    // Ending it again changes nothing, and what trickles in from those who were thrown out opens nothing.
    let seq = rig.last_seq();
    rig.app.end_meeting(Caller::cli(), id).await.unwrap();
    assert_eq!(rig.last_seq(), seq);
    rig.left(&conference, 101, "ada").await;
    rig.hear("muc-room-destroyed", &conference, 103, json!({})).await;
    assert_eq!(rig.views().len(), 1);
    // Who comes back makes a new meeting of the same room, and a call for the room gets that one.
    rig.until(200).await;
    rig.joined(&conference, 200, "bob").await;
    let meetings = rig.views();
    assert_eq!(meetings.len(), 2);
    assert_eq!(meetings[0].meeting.room_id, started.meeting.room_id);
    assert_eq!((meetings[0].meeting.begin, meetings[0].num_clients), (at(200), 1));
    assert_eq!(rig.restart("daily").await.meeting.id, meetings[0].meeting.id);
    rig.check().await;
}

#[tokio::test]
async fn the_platforms_end_is_at_once_and_late_events_fall_into_it() {
    let rig = Rig::new();
    rig.joined("weekly", 0, "ada").await;
    rig.hear("muc-room-destroyed", "weekly", 100, json!({})).await;
    assert_eq!(lives(&rig), [(0, end(100, EndReason::Destroyed))]);
    rig.until(3_600).await;
    rig.joined("weekly", 3_600, "cy").await;
    // Bob's coming and going are heard of an hour late.
    rig.joined("weekly", 10, "bob").await;
    rig.left("weekly", 40, "bob").await;
    assert_eq!(lives(&rig), [(0, end(100, EndReason::Destroyed)), (3_600, None)]);
    let first = &rig.seen()[0].attendance.people;
    let seconds: Vec<_> = first.iter().map(|person| person.present_for.as_secs()).collect();
    assert_eq!(seconds, [100, 30]);
    rig.check().await;
}

#[tokio::test]
async fn a_meeting_under_way_keeps_its_id_when_an_older_one_turns_up() {
    let rig = Rig::new();
    rig.joined("weekly", 1_000, "ada").await;
    let id = rig.views()[0].meeting.id;
    rig.hear("muc-room-destroyed", "weekly", 100, json!({ "created_at": at(10).as_seconds() })).await;
    assert_eq!(lives(&rig), [(10, end(100, EndReason::Destroyed)), (1_000, None)]);
    let views = rig.views();
    let under_way: Vec<_> = views.iter().filter(|view| view.meeting.end.is_none()).collect();
    assert_eq!((under_way.len(), under_way[0].meeting.id), (1, id));
    rig.check().await;
}

#[tokio::test]
async fn what_stood_before_a_life_is_counted_when_it_turns_out_to_have_begun_earlier() {
    let rig = Rig::new();
    rig.joined("weekly", 0, "ada").await;
    rig.hear("muc-room-destroyed", "weekly", 100, json!({})).await;
    // Bob's departure belongs to nobody's meeting but the one before, until his arrival shows another.
    rig.left("weekly", 150, "bob").await;
    rig.joined("weekly", 200, "cy").await;
    rig.joined("weekly", 140, "bob").await;
    assert_eq!(lives(&rig), [(0, end(100, EndReason::Destroyed)), (140, None)]);
    let seen = rig.seen();
    assert_eq!(seen[1].attendance.clients, 1);
    // The end date moves with the beginning.
    assert_eq!(seen[1].end_date, at(140 + 8 * 3_600));
    rig.check().await;
}

#[tokio::test]
async fn what_says_nothing_opens_nothing() {
    let rig = Rig::new();
    assert_eq!(rig.hear("weather", "weekly", 10, json!({ "sky": "blue" })).await, Taken::Kept);
    assert_eq!(lives(&rig), []);
    rig.check().await;
    // It is there all the same, and belongs to the meeting that turns out to have been.
    rig.joined("weekly", 20, "ada").await;
    rig.joined("weekly", 5, "bob").await;
    assert_eq!(lives(&rig), [(5, None)]);
    rig.check().await;
}
