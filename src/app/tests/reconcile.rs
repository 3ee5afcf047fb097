//! Meetings at Whereby whose events are lost, late, doubled and out of order, while its API has its points and its moods: when
//! it was asked, our attendance is what really happened.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::{NOON, Rig, at};
use crate::app::whereby::calls::{Answered, Trouble};
use crate::domain::access::Caller;
use crate::domain::job::Lane;
use crate::domain::uri::form_decoded;
use crate::domain::{Source, Timestamp};
use crate::platforms::signature::sign;
use crate::platforms::whereby::Call;
use crate::store::log;

#[expect(dead_code, reason = "some of it is for the tests over HTTP alone")]
#[path = "../../../tests/it/whereby/fake/stage.rs"]
mod stage;
#[path = "../../../tests/it/whereby/fake/told.rs"]
mod told;

use stage::{Dice, Stage, play_out};
use told::{Iso, Points, answer};

const SECRET: &str = "whsec-test-0001";
const ROOM: &str = "/acme-1";
/// How many histories, in so many parts that run at once.
const HISTORIES: u64 = 1_000;
const PARTS: u64 = 4;
/// How much happens in each.
const STEPS: u64 = 14;
/// The points for a minute, as with Whereby's small plan.
const POINTS: u64 = 100;
/// How much later our own clock is than the whole history.
const HOURS: i64 = 12;
const LANES: [Lane; 2] = [Lane::Prompt, Lane::Reconciliations];

/// Whereby's API over a history.
struct Api {
    stages: Vec<Stage>,
    points: Mutex<Points>,
    /// How often it was asked for more than there were points.
    overspent: AtomicU64,
    asked: AtomicU64,
    dice: Mutex<Dice>,
    /// One request in so many fails; none where it is 0.
    faults: u64,
    iso: Iso,
}

impl Api {
    fn answer(&self, call: &Call, now: Timestamp) -> Result<Answered, Trouble> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let (path, query) = call.path.split_once('?').unwrap_or((&call.path, ""));
        let status =
            |status: u16, body: &Value| Answered { status, body: body.to_string().into(), ..Answered::default() };
        if let Err(left) = self.points.lock().unwrap().take(now.as_ms(), call.method, path) {
            self.overspent.fetch_add(1, Ordering::Relaxed);
            return Ok(status(429, &json!({ "data": { "msLeft": left } })));
        }
        let mut dice = self.dice.lock().unwrap();
        if self.faults > 0 && dice.below(self.faults) == 0 {
            return match dice.below(5) {
                0 => Err(Trouble::NotReached("cannot be reached".to_owned())),
                1 => Err(Trouble::Unclear("it was cut off".to_owned())),
                2 => Ok(status(503, &json!("<html>"))),
                3 => Ok(Answered { status: 200, body: "<html>".into(), ..Answered::default() }),
                _ => Ok(Answered { status: 429, retry_after: Some("40".to_owned()), ..Answered::default() }),
            };
        }
        let plain = |text: &str| form_decoded(text).unwrap();
        let query: Vec<(String, String)> =
            query.split('&').filter_map(|pair| pair.split_once('=')).map(|(a, b)| (plain(a), plain(b))).collect();
        let (found, body) = answer(&self.stages, path, &query, now.as_ms(), self.iso).unwrap_or((404, json!({})));
        Ok(status(found, &body))
    }
}

fn exact(ms: i64) -> String {
    Timestamp::from_ms(ms).to_string()
}

fn to_the_second(ms: i64) -> String {
    Timestamp::from_ms(ms - ms.rem_euclid(1_000)).to_string()
}

/// Some seconds, mostly; at times minutes, and now and then hours.
fn delay_ms(dice: &mut Dice) -> i64 {
    let most = match dice.below(20) {
        0 => 6 * 3_600_000,
        1 | 2 => 600_000,
        _ => 3_000,
    };
    i64::try_from(dice.below(most)).unwrap()
}

/// What of the events comes, and when: some never, some twice.
fn deliveries(stage: &Stage, dice: &mut Dice, lost_percent: u64) -> Vec<(Timestamp, String)> {
    let mut deliveries = Vec::new();
    for told in stage.told() {
        if dice.below(100) < lost_percent {
            continue;
        }
        for _ in 0..=u64::from(dice.below(5) == 0) {
            deliveries.push((Timestamp::from_ms(told.at_ms + delay_ms(dice)), told.body.clone()));
        }
    }
    deliveries.sort();
    deliveries
}

fn rig(api: &Arc<Api>) -> Rig {
    let rig = Rig::with(|config| {
        config.whereby.webhook_secret = Some(SECRET.parse().unwrap());
        config.whereby.api_key = Some("eyJ.e30.key".parse().unwrap());
        config.whereby.points_per_minute = POINTS;
        config.whereby.open_unknown_rooms = true;
    });
    let (api, clock) = (Arc::clone(api), rig.clock.clone());
    rig.app.whereby.stand_in.set(move |call| api.answer(call, clock.now()));
    rig
}

impl Rig {
    async fn deliver(&self, body: &str) {
        let seconds = self.clock.now().as_seconds();
        let header = format!("t={seconds},v1={}", sign(format!("{seconds}.{body}").as_bytes(), SECRET));
        self.app.receive_whereby(Some(&header), body.as_bytes()).await.unwrap();
    }

    /// How long everybody was there, in milliseconds, over all meetings.
    fn stayed_ms(&self) -> BTreeMap<String, i64> {
        let mut stayed = BTreeMap::new();
        for person in self.seen().into_iter().flat_map(|meeting| meeting.attendance.people) {
            *stayed.entry(person.name.unwrap_or_default()).or_default() +=
                i64::try_from(person.present_for.as_millis()).unwrap();
        }
        stayed
    }

    fn reconciled(&self) -> usize {
        let events = log::events_after(&self.app.store.read().unwrap(), crate::domain::Seq(0), 1_000).unwrap();
        events.iter().filter(|(_, event)| event.source == Source::Reconcile).count()
    }
}

async fn lives_through(seed: u64) {
    let mut dice = Dice(seed);
    let mut stage = Stage::new(ROOM, "107585562", NOON);
    if dice.below(2) == 0 {
        stage = stage.with_fresh_ids();
    }
    play_out(&mut stage, &mut dice, STEPS);
    let lost = dice.below(31);
    let deliveries = deliveries(&stage, &mut dice, lost);
    let is_exact = dice.below(2) == 0;
    let api = Arc::new(Api {
        stages: vec![stage.clone()],
        points: Mutex::new(Points::new(POINTS)),
        overspent: AtomicU64::new(0),
        asked: AtomicU64::new(0),
        faults: [0, 4][usize::try_from(dice.below(2)).unwrap()],
        dice: Mutex::new(Dice(dice.next())),
        iso: if is_exact { exact } else { to_the_second },
    });
    let rig = rig(&api);
    for (when, body) in deliveries {
        rig.run(&LANES, when).await;
        rig.deliver(&body).await;
    }
    rig.run(&LANES, at(3_600 * HOURS)).await;
    let truth = stage.stayed_ms();
    let found = rig.stayed_ms();
    assert_eq!(found.keys().collect::<Vec<_>>(), truth.keys().collect::<Vec<_>>(), "seed {seed}");
    for (who, ms) in &truth {
        let stays = i64::try_from(stage.stays.iter().filter(|stay| stay.who == who).count()).unwrap();
        // An end that was concluded and taken back costs a millisecond; moments to the second cost one at each end.
        let most = if is_exact { 10 } else { 10 + stays * 2_000 };
        let off = found[who] - ms;
        assert!(off.abs() <= most, "seed {seed}: {who} was there for {ms} ms, and by us {off} more");
    }
    assert!(rig.seen().iter().all(|meeting| meeting.end.is_some()), "seed {seed}: {:?}", rig.seen());
    assert_eq!(api.overspent.load(Ordering::Relaxed), 0, "seed {seed}: there are {POINTS} points a minute");
    if seed.is_multiple_of(50) {
        rig.check().await;
    }
}

#[test]
fn whatever_is_lost_the_attendance_is_what_happened() {
    std::thread::scope(|scope| {
        for part in 0..PARTS {
            let live = move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
                for seed in (part..HISTORIES).step_by(usize::try_from(PARTS).unwrap()) {
                    runtime.block_on(lives_through(seed));
                }
            };
            scope.spawn(live);
        }
    });
}

#[tokio::test]
async fn nothing_is_made_up_for_that_was_told() {
    let mut stage = Stage::new(ROOM, "107585562", NOON);
    play_out(&mut stage, &mut Dice(7), STEPS);
    let api = Arc::new(Api {
        stages: vec![stage.clone()],
        points: Mutex::new(Points::new(POINTS)),
        overspent: AtomicU64::new(0),
        asked: AtomicU64::new(0),
        dice: Mutex::new(Dice(7)),
        faults: 0,
        iso: to_the_second,
    });
    let rig = rig(&api);
    for told in stage.told() {
        rig.run(&LANES, Timestamp::from_ms(told.at_ms)).await;
        rig.deliver(&told.body).await;
    }
    rig.run(&LANES, at(3_600 * HOURS)).await;
    assert_eq!((rig.reconciled(), rig.stayed_ms()), (0, stage.stayed_ms()));
    assert!(api.asked.load(Ordering::Relaxed) > 0);
    // Asked by hand once more, with nobody's word but Whereby's, nothing changes either.
    let id = rig.views().remove(0).meeting.id.to_string();
    let asked = rig.app.reconcile_now(Caller::cli(), &id).await.unwrap();
    assert_eq!(asked.events, 0);
    rig.clock.advance(Duration::from_secs(60));
    rig.check().await;
}
