//! The bucket is looked through for what no message told of, and what is told of is looked into.

use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::time::Duration;

use super::object::{Known, Looked, Sighted, is_recording, is_same, looked_at, missed, sighted};
use super::sources::{Broken, Trouble};
use crate::app::lives::Rules;
use crate::app::{App, AppError, blocking};
use crate::domain::backoff;
use crate::domain::recording::copy::{Copy, CopyPlace};
use crate::domain::recording::object::stamp;
use crate::domain::{RecordingId, Timestamp};
use crate::storage::objects::listing::{PAGE, Page};
use crate::storage::objects::{Bucket, Object, ObjectError};
use crate::storage::refusal::Refusal;
use crate::store::recordings::{self, FileRow};
use crate::store::{Read, StoreError, Tx};

/// How often to look whether the bucket is to be looked through.
const LISTEN: Duration = Duration::from_secs(10);
/// How long to wait after a look that failed; it doubles with each, up to what is configured.
const RETRY: Duration = Duration::from_secs(15);
/// A look through a large bucket takes its time, and may take at most this part of all time.
const SHARE: u32 = 20;
/// The most objects that are looked through.
const OBJECTS_MOST: u64 = 2_000_000;
/// How many objects are taken in with one transaction.
const BATCH: usize = 32;

/// What looking after the bucket remembers from one time to the next.
#[derive(Debug, Default)]
pub(crate) struct BucketMemory {
    /// Which bucket it was: another one is looked through at once.
    bucket: Option<String>,
    /// When the next look is due.
    due_at: Option<Timestamp>,
    failures: u32,
}

/// What a look through the bucket came to.
#[derive(Clone, Copy, Debug, Default)]
struct Swept {
    objects: u64,
    passed_over: u64,
    new: u64,
    changed: u64,
}

impl AddAssign<Known> for Swept {
    fn add_assign(&mut self, known: Known) {
        match known {
            Known::Same => {}
            Known::New => self.new += 1,
            Known::Changed => self.changed += 1,
            Known::PassedOver => self.passed_over += 1,
        }
    }
}

/// What a page of the bucket has that is not known, or lacks that is.
#[derive(Debug, Default)]
struct Differences {
    seen: Vec<Object>,
    /// Whole keys.
    missed: Vec<String>,
    passed_over: u64,
}

impl App {
    /// Waits until the bucket is to be looked through, and does it. It may be broken off anywhere.
    ///
    /// # Errors
    /// The store's. What is wrong with the bucket is told, and tried again after a while.
    pub(crate) async fn look_after_bucket(&self, memory: &mut BucketMemory) -> Result<(), AppError> {
        let bucket = self.bucket()?;
        let name = bucket.as_ref().map(|bucket| bucket.name().to_owned());
        if memory.bucket != name {
            *memory = BucketMemory { bucket: name, ..BucketMemory::default() };
            self.sources.change(|standing| standing.bucket = Default::default());
        }
        let now = self.clock.now();
        // A clock that was set back says nothing of how long it was.
        let is_due = memory.due_at.is_none_or(|due| due <= now || due.since(now) > self.sweep_every() * SHARE);
        let Some(bucket) = bucket.filter(|_| is_due) else {
            tokio::select! {
                () = self.sources.bell.notified() => memory.due_at = None,
                () = tokio::time::sleep(LISTEN) => {}
            }
            return Ok(());
        };
        let swept = self.sweep_bucket(&bucket).await;
        let (begun, now) = (now, self.clock.now());
        let rest = match swept {
            Ok(swept) => {
                memory.failures = 0;
                self.tell_of_bucket(Some(swept), None, now);
                self.sweep_every().max(now.since(begun) * SHARE)
            }
            Err(Broken::Own(error)) => return Err(error),
            Err(Broken::There(refusal)) => {
                self.tell_of_bucket(None, Some(refusal), now);
                memory.failures = memory.failures.saturating_add(1);
                backoff::wait(RETRY, self.sweep_every(), memory.failures, self.ids.bytes()?)
            }
        };
        memory.due_at = Some(now.plus(rest));
        Ok(())
    }

    /// Has the bucket looked through soon.
    pub(super) fn nudge_bucket(&self) {
        self.sources.bell.notify_one();
    }

    fn sweep_every(&self) -> Duration {
        Duration::from_secs(self.config().storage.sweep_minutes * 60)
    }

    /// Looks through the bucket, a page at a time, each held against what is known of those keys.
    async fn sweep_bucket(&self, bucket: &Bucket) -> Result<Swept, Broken> {
        let (mut swept, mut next, mut after) = (Swept::default(), None::<String>, None::<String>);
        loop {
            let asked_at = self.clock.now();
            let page = bucket.page(next.as_deref(), PAGE).await?;
            if !is_in_order(&page, after.as_deref()) {
                let text = "lists its objects in no order, so that what is new in it cannot be told";
                return Err(Refusal::Away(text.to_owned()).into());
            }
            swept.objects += page.objects.len() as u64;
            let last = page.objects.last().map(|object| object.key.clone());
            let is_over = page.next.is_none();
            next.clone_from(&page.next);
            let found = self.differences(bucket.name().to_owned(), page, after.take()).await?;
            swept.passed_over += found.passed_over;
            self.take_differences(bucket.name(), asked_at, found, &mut swept).await?;
            if is_over {
                return Ok(swept);
            }
            if swept.objects >= OBJECTS_MOST {
                let text = format!("has more than {OBJECTS_MOST} objects: give recordings a bucket of their own");
                return Err(Refusal::Away(text).into());
            }
            after = last;
        }
    }

    async fn differences(&self, bucket: String, page: Page, after: Option<String>) -> Result<Differences, AppError> {
        let read = self.store.read()?;
        let compare = move || differences(&read, &bucket, page, after.as_deref());
        Ok(blocking("a look at the bucket", compare).await??)
    }

    async fn take_differences(
        &self,
        bucket: &str,
        asked_at: Timestamp,
        found: Differences,
        swept: &mut Swept,
    ) -> Result<(), AppError> {
        let seen = found.seen.into_iter().map(|object| {
            let Object { key, size, etag, modified, .. } = object;
            let at = modified.unwrap_or(asked_at);
            Difference::Seen(Sighted { bucket: bucket.to_owned(), key, size, etag, at, seen_at: Some(asked_at) })
        });
        let all: Vec<Difference> = seen.chain(found.missed.into_iter().map(Difference::Missed)).collect();
        for batch in all.chunks(BATCH) {
            let (batch, rules) = (batch.to_vec(), self.rules());
            let known = self.store.write(move |tx| {
                batch.into_iter().map(|difference| difference.take(tx, &rules)).collect::<Result<Vec<_>, AppError>>()
            });
            for known in known.await? {
                *swept += known;
            }
        }
        Ok(())
    }

    fn tell_of_bucket(&self, swept: Option<Swept>, refusal: Option<Refusal>, now: Timestamp) {
        if let Some(Swept { objects, new, changed, .. }) = swept.filter(|swept| swept.new + swept.changed > 0) {
            tracing::info!(objects, new, changed, "the bucket was looked through");
        }
        self.sources.change(|standing| {
            let bucket = &mut standing.bucket;
            let what = "the bucket of storage.bucket cannot be looked through: it";
            bucket.trouble = refusal.map(|refusal| Trouble::after(bucket.trouble.as_ref(), what, refusal, now));
            if let Some(swept) = swept {
                bucket.swept_at = Some(now);
                (bucket.objects, bucket.passed_over) = (swept.objects, swept.passed_over);
            }
        });
    }

    /// The job [`ExamineRecording`](crate::domain::job::Job::ExamineRecording): looks whether the recording's objects are there,
    /// and into those that are not known as they are.
    ///
    /// # Errors
    /// [`AppError::Away`].
    pub(crate) async fn examine_recording(&self, id: RecordingId) -> Result<(), AppError> {
        let Some(recording) = recordings::recording(&self.store.read()?, id)? else { return Ok(()) };
        let Some(bucket) = self.bucket()?.filter(|_| recording.deleted_at.is_none()) else { return Ok(()) };
        let place = CopyPlace::Bucket(bucket.name().to_owned());
        for copy in recording.copies.iter().filter(|copy| copy.place == place) {
            let away = |error: ObjectError| AppError::Away(format!("{}: the storage {error}", copy.whole()));
            let Some(looked) = look(&bucket, copy).await.map_err(away)? else { continue };
            let (now, key) = (self.clock.now(), copy.key.clone());
            self.store.write(move |tx| looked_at(tx, now, id, &key, looked)).await?;
        }
        if let Some(file) = recording.told.file.filter(|_| recording.copies.is_empty()) {
            self.look_for(&bucket, file).await?;
        }
        Ok(())
    }

    /// Looks for a file that was said to be in the bucket. Where it lies in a folder, a look through the bucket finds it.
    async fn look_for(&self, bucket: &Bucket, key: String) -> Result<(), AppError> {
        let asked_at = self.clock.now();
        let found = match bucket.head(&key).await {
            Ok(found) => found,
            Err(ObjectError::NotFound) => {
                self.nudge_bucket();
                return Ok(());
            }
            Err(error) => return Err(AppError::Away(format!("{key}: the storage {error}"))),
        };
        let rules = self.rules();
        let (bucket, at) = (bucket.name().to_owned(), found.modified.unwrap_or(rules.now));
        let seen = Sighted { bucket, key, size: found.size, etag: found.etag, at, seen_at: Some(asked_at) };
        self.store.write(move |tx| sighted(tx, &rules, seen).map(drop)).await
    }
}

/// Looks at an object, and into it where it is not known as it is. Nothing where all is as it was.
async fn look(bucket: &Bucket, known: &Copy) -> Result<Option<Looked>, ObjectError> {
    let object = match bucket.head(&known.key).await {
        Ok(object) => object,
        Err(ObjectError::NotFound) => return Ok(Some(Looked::Gone).filter(|_| known.gone_at.is_none())),
        Err(error) => return Err(error),
    };
    let is_same = is_same(known, object.size, object.etag.as_deref());
    if is_same && known.gone_at.is_none() && known.etag.is_some() && !known.wants_look() {
        return Ok(None);
    }
    let is_known = is_same && (known.of.is_some() || known.media.is_some());
    let media = if is_known { None } else { Some(bucket.look_into(&object).await?) };
    Ok(Some(Looked::There { size: object.size, etag: object.etag, modified: object.modified, media }))
}

/// What a look through the bucket found to be otherwise than it is known.
#[derive(Clone, Debug)]
enum Difference {
    Seen(Sighted),
    Missed(String),
}

impl Difference {
    fn take(self, tx: &mut Tx<'_, '_>, rules: &Rules) -> Result<Known, AppError> {
        match self {
            Self::Seen(seen) => sighted(tx, rules, seen),
            Self::Missed(whole) => missed(tx, rules.now, &whole),
        }
    }
}

fn is_in_order(page: &Page, after: Option<&str>) -> bool {
    let keys = page.objects.iter().map(|object| object.key.as_str());
    after.into_iter().chain(keys).is_sorted_by(|one, other| one < other)
}

/// Holds a page against what is known of the keys after `after`: up to the page's last, or all where it is the last page.
fn differences(read: &impl Read, bucket: &str, page: Page, after: Option<&str>) -> Result<Differences, StoreError> {
    let place = CopyPlace::Bucket(bucket.to_owned());
    let last = page.objects.last().filter(|_| page.next.is_some()).map(|object| place.whole(&object.key));
    let after = after.map(|after| place.whole(after));
    let mut known = known_between(read, &place.whole(""), after, last.as_deref())?;
    let mut found = Differences::default();
    for object in page.objects {
        if !is_recording(&object.key) {
            found.passed_over += 1;
            continue;
        }
        let row = known.remove(&place.whole(&object.key));
        if row.is_none_or(|row| row.stamp != Some(stamp(object.etag.as_deref(), object.size))) {
            found.seen.push(object);
        }
    }
    let there = known.into_iter().filter(|(_, row)| row.stamp.is_some());
    found.missed = there.map(|(whole, _)| whole).collect();
    Ok(found)
}

/// The known objects after a key, up to and with `last`.
fn known_between(
    read: &impl Read,
    prefix: &str,
    mut after: Option<String>,
    last: Option<&str>,
) -> Result<BTreeMap<String, FileRow>, StoreError> {
    let mut known = BTreeMap::new();
    loop {
        let rows = recordings::files(read, prefix, after.as_deref(), PAGE)?;
        let (count, end) = (rows.len(), rows.last().map(|(whole, _)| whole.clone()));
        known.extend(rows.into_iter().filter(|(whole, _)| last.is_none_or(|last| whole.as_str() <= last)));
        if count < PAGE || last.is_some_and(|last| end.as_deref() >= Some(last)) {
            return Ok(known);
        }
        after = end;
    }
}
