//! `/v1/storage`: the disks, what lies on them, and what is removed by rule.

use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::auth::{May, RecordingsRead};
use super::error::ApiError;
use super::meetings::blocking;
use super::tags::Tag;
use crate::app::App;
use crate::app::disks::Disk;
use crate::app::meter::{Meter, Sum, Upkeeping};
use crate::domain::Timestamp;
use crate::domain::disk::DiskLevel;
use crate::domain::recording::RecordingState;

/// The operations on storage.
pub(crate) struct StorageApi {
    pub(crate) app: App,
}

/// The disks, what lies on them, and what is removed by rule.
#[derive(Debug, Object)]
struct Storage {
    /// The disks that the data and the recordings lie on.
    disks: Vec<DiskView>,
    /// What all recordings come to. The sums are some seconds old at the most.
    recordings: RecordingSums,
    /// How long recordings are kept, as far as the server says, and what is removed next.
    retention: RetentionStanding,
}

/// A disk.
#[derive(Debug, Object)]
#[oai(rename = "Disk")]
struct DiskView {
    /// The directories that lie on it.
    directories: Vec<String>,
    /// Whether the data lie on it.
    has_data: bool,
    /// Whether recordings do.
    has_recordings: bool,
    /// How it is with it.
    level: DiskLevel,
    /// The same as a sentence.
    explanation: String,
    /// How large it is, in bytes.
    total_bytes: u64,
    /// What is free, in bytes.
    free_bytes: u64,
    /// What should stay free, in bytes.
    floor_bytes: u64,
    /// How fast it fills, in bytes a day, below 0 where it empties; null until it has been seen for some days.
    fills_bytes_per_day: Option<i64>,
    /// In how many days it is down to its floor, if it goes on so; null where it does not fill, or where that is not known.
    days_left: Option<f64>,
    /// When it was looked at.
    looked_at: Timestamp,
}

/// What all recordings come to.
#[derive(Debug, Object)]
struct RecordingSums {
    /// How many there are, the deleted ones included.
    count: u64,
    /// How much room they take on the disks here, in bytes.
    bytes: u64,
    /// By where they stand.
    states: Vec<StateSum>,
    /// By where they lie.
    places: Vec<PlaceSum>,
}

/// The recordings that stand in one place.
#[derive(Debug, Object)]
struct StateSum {
    /// Where they stand.
    state: RecordingState,
    /// How many.
    count: u64,
    /// How much room they take, in bytes.
    bytes: u64,
}

/// The recordings that lie in one place.
#[derive(Debug, Object)]
struct PlaceSum {
    /// The directory, or where the copies lie, such as `s3://bucket/`.
    place: String,
    /// How many.
    count: u64,
    /// How much room they take, in bytes.
    bytes: u64,
}

/// How long recordings are kept by the server's rule, and what the rules remove next.
#[derive(Debug, Object)]
struct RetentionStanding {
    /// Days that recordings are kept for; null is for ever.
    keep_days: Option<u32>,
    /// How many of each room's newest are kept; null is all.
    keep_last: Option<u32>,
    /// Days that the trash is kept for; null is until somebody empties it.
    trash_days: Option<u32>,
    /// When all recordings were last gone through.
    looked_at: Option<Timestamp>,
    /// Until when nothing is removed, for the clock has jumped, or has not run for long; null where it has.
    waits_until: Option<Timestamp>,
    /// What goes into the trash at the next look.
    to_trash: Amount,
    /// What is deleted for good at the next look.
    to_purge: Amount,
}

/// How many, and how much.
#[derive(Debug, Object)]
struct Amount {
    /// How many.
    count: u64,
    /// How much room they take, in bytes.
    bytes: u64,
}

impl From<Sum> for Amount {
    fn from(sum: Sum) -> Self {
        Self { count: sum.count, bytes: sum.bytes }
    }
}

impl From<Disk> for DiskView {
    fn from(disk: Disk) -> Self {
        Self {
            explanation: disk.sentence(),
            directories: disk.directories.iter().map(|path| path.display().to_string()).collect(),
            has_data: disk.has_data,
            has_recordings: disk.has_recordings,
            level: disk.outlook.level,
            total_bytes: disk.space.total,
            free_bytes: disk.space.free,
            floor_bytes: disk.floor,
            #[expect(clippy::cast_possible_truncation, reason = "no disk is that large")]
            fills_bytes_per_day: disk.outlook.fills_by.map(|rate| rate as i64),
            days_left: disk.outlook.days_left.map(|days| (days * 10.0).round() / 10.0),
            looked_at: disk.looked_at,
        }
    }
}

impl RecordingSums {
    fn new(meter: &Meter) -> Self {
        let states = meter.states.iter();
        let places = meter.places.iter();
        Self {
            count: meter.all.count,
            bytes: meter.all.bytes,
            states: states.map(|(state, sum)| StateSum { state: *state, count: sum.count, bytes: sum.bytes }).collect(),
            places: places
                .map(|(place, sum)| PlaceSum { place: place.clone(), count: sum.count, bytes: sum.bytes })
                .collect(),
        }
    }
}

impl RetentionStanding {
    fn new(meter: &Meter, upkeeping: Upkeeping) -> Self {
        let Upkeeping { rule, passed_at, waits_until, .. } = upkeeping;
        Self {
            keep_days: rule.days,
            keep_last: rule.keep_last,
            trash_days: rule.trash_days,
            looked_at: passed_at,
            waits_until,
            to_trash: meter.to_trash.into(),
            to_purge: meter.to_purge.into(),
        }
    }
}

#[OpenApi(tag = "Tag::Recordings")]
impl StorageApi {
    /// How full the disks are and how long they will last, how much room the recordings take, and what is removed by rule.
    #[oai(path = "/v1/storage", method = "get", operation_id = "get_storage")]
    async fn get(&self, _caller: May<RecordingsRead>) -> Result<Json<Storage>, ApiError> {
        let app = self.app.clone();
        let (disks, meter, upkeeping) = blocking(move || Ok((app.disks()?, app.meter()?, app.upkeeping()?))).await?;
        Ok(Json(Storage {
            disks: disks.into_iter().map(DiskView::from).collect(),
            recordings: RecordingSums::new(&meter),
            retention: RetentionStanding::new(&meter, upkeeping),
        }))
    }
}
