//! Which conferences may start, by a clock that is moved.

use std::time::Duration;

use super::{Caller, Clock, Config, Ids, NOON, Rig, Store, at};
use crate::app::App;
use crate::app::reservations::{Refusal, Reservation};

/// Eight hours, as meetings last unless something else is said, and an hour more.
const ALLOWED: Duration = Duration::from_secs(9 * 3_600);

fn rig() -> Rig {
    let rig = Rig::on(Store::in_memory().unwrap(), Clock::manual(NOON), Ids::counting(1));
    let mut config = Config::clone(&rig.app.config());
    config.jitsi.reservations = true;
    config.jitsi.reservation_overtime_minutes = 60;
    config.jitsi.webhook_secret = Some("the-key-of-the-events".parse().unwrap());
    rig.app.reload(config.into());
    rig
}

fn reserve(app: &App, name: &str) -> Result<Reservation, String> {
    app.reserve(name).unwrap().map_err(|Refusal(why)| why.to_owned())
}

#[tokio::test]
async fn a_conference_may_start_while_its_meeting_may_go_on() {
    let rig = rig();
    let meeting = rig.start("standup").await.meeting;
    let name = meeting.conference.as_str();
    let granted = reserve(&rig.app, &name.to_uppercase()).unwrap();
    assert_eq!((granted.id.clone(), granted.name.as_str()), (meeting.id.to_string(), name));
    assert_eq!((granted.start, granted.duration), (at(0), ALLOWED));
    assert_eq!(rig.app.reservation(&granted.id).unwrap(), Ok(granted));
    assert_eq!(reserve(&rig.app, "standup"), Err("No meeting was started for this room.".to_owned()));

    // People came and went, and the meeting ended by their silence: they may come again.
    rig.joined(name, 10, "ada").await;
    rig.left(name, 20, "ada").await;
    rig.clock.advance(Duration::from_secs(600));
    rig.app.end_silent_meeting(meeting.id).await.unwrap();
    assert!(rig.app.meeting(&meeting.id.to_string()).unwrap().meeting.end.is_some());
    assert_eq!(reserve(&rig.app, name).unwrap().duration, ALLOWED - Duration::from_secs(600));
    rig.clock.advance(ALLOWED - Duration::from_secs(601));
    assert_eq!(reserve(&rig.app, name).unwrap().duration, Duration::from_secs(1));
    rig.clock.advance(Duration::from_secs(1));
    assert!(reserve(&rig.app, name).unwrap_err().starts_with("The meeting is over"));
}

#[tokio::test]
async fn what_was_ended_or_started_by_nobody_here_may_not_start() {
    let rig = rig();
    let meeting = rig.start("standup").await.meeting;
    rig.app.end_meeting(Caller::cli(), meeting.id.to_string()).await.unwrap();
    assert!(reserve(&rig.app, meeting.conference.as_str()).unwrap_err().starts_with("The meeting is over"));
    // An event shows a conference alive that nobody made here.
    rig.joined("of-their-own", 5, "ben").await;
    rig.clock.advance(Duration::from_secs(6));
    assert_eq!(reserve(&rig.app, "of-their-own"), Err("No meeting was started for this room.".to_owned()));
}

#[tokio::test]
async fn the_doctor_is_let_in() {
    let rig = rig();
    let rehearsal = rig.app.prepare_rehearsal().unwrap();
    assert_eq!(reserve(&rig.app, rehearsal.conference.as_str()).unwrap().duration, Duration::from_secs(60));
    let other = rehearsal.conference.as_str().replace("reflector-", "refractor-");
    assert!(reserve(&rig.app, &other).is_err());
}
