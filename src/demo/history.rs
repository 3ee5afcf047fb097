//! The past, made up before the server starts: the same calls and the same signed events that the outside would send go
//! through the server's own routes, while a clock that is moved by hand goes through the week. What follows from them
//! (meetings that end when they have been empty for a while) follows at its own time.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::DemoError;
use super::outside::{Outside, Way};
use super::stage::{Performance, next_of};
use super::week::{ROOMS, RoomPlan, begin, lately, under_way, week};
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::domain::Timestamp;
use crate::server::InProcess;

/// How long after midnight of the first day the first room is made, and each after the one before.
const FIRST_ROOM_AFTER: Duration = Duration::from_secs(7 * 3_600);
const NEXT_ROOM_AFTER: Duration = Duration::from_secs(95);

/// Makes the past of `now`, and gives the meetings that go on then.
pub(super) async fn play(
    config: &Config,
    webhook_secret: &str,
    directories: (&Path, &Path),
    seed: u64,
    now: Timestamp,
    pace: Duration,
) -> Result<Vec<Performance>, DemoError> {
    let (data, recordings) = directories;
    let mut at = begin(now).plus(FIRST_ROOM_AFTER);
    let server = InProcess::open_unsynced(
        config.clone(),
        data,
        Clock::manual(at.as_ms()),
        Ids::counting(seed.wrapping_shl(32)),
    )?;
    let outside = Outside { way: Way::InProcess(server), webhook_secret: webhook_secret.to_owned() };
    for room in &ROOMS {
        pass_time(&outside, at).await?;
        outside.call("POST", "/v1/rooms", &request(room)).await?;
        at = at.plus(NEXT_ROOM_AFTER);
    }
    let scripts = week(seed, now).into_iter().chain(lately(seed, now)).chain(under_way(seed, now, pace));
    let mut performances: Vec<Performance> = scripts.map(|script| Performance::new(script, recordings)).collect();
    while let Some((index, at)) = next_of(&performances).filter(|(_, at)| *at < now) {
        pass_time(&outside, at).await?;
        if let Some(performance) = performances.get_mut(index) {
            performance.perform(&outside, at).await?;
        }
    }
    pass_time(&outside, now).await?;
    if let Way::InProcess(server) = outside.way {
        server.close().await;
    }
    performances.retain(|performance| performance.next().is_some());
    Ok(performances)
}

async fn pass_time(outside: &Outside, until: Timestamp) -> Result<(), DemoError> {
    match &outside.way {
        Way::InProcess(server) => Ok(server.pass_time(until).await?),
        Way::Tcp { .. } => Ok(()),
    }
}

fn request(room: &RoomPlan) -> serde_json::Value {
    let (recording_type, recording_trigger) = room.recording;
    json!({
        "name": room.name,
        "is_locked": room.is_locked,
        "room_mode": if room.is_large { "group" } else { "normal" },
        "recording_type": recording_type,
        "recording_trigger": recording_trigger,
    })
}
