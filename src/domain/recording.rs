//! Recordings. What is kept of one is evidence: what the recorder told, what lies on the disk, what people asked for. Its
//! state is one pure function of that and of the time, [`Recording::judge`], so the evidence may come in any order, and
//! more than once, and the same state comes of it.

pub(crate) mod copy;
pub(crate) mod object;
pub(crate) mod origin;
pub(crate) mod people;
pub(crate) mod span;
mod times;

use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use copy::{Copy, Copying};

use super::access::Actor;
use super::media::{Container, Damage, Media};
use super::room::{UnknownWord, words};
use super::{MeetingId, RecordingId, Timestamp};

/// How long after its recorder has stopped a file may take to appear.
const FILE_AWAITED: Duration = Duration::from_secs(180);
/// How long a recorder that was never heard to stop is taken to run.
const LONGEST: Duration = Duration::from_secs(24 * 3_600);
/// How long nothing is written to a file that nobody said is complete, until it is taken to be; and the same where its
/// recorder is known to run.
const QUIET: Duration = Duration::from_secs(30);
const QUIET_WHILE_RUNNING: Duration = Duration::from_secs(300);

words!(
    /// Where a recording stands.
    RecordingState {
        /// The recorder runs, and no file of it is known yet.
        Recording = "recording",
        /// Its file is being written.
        Growing = "growing",
        /// Its file is complete.
        Ready = "ready",
        /// Its file will not become whole by itself.
        Truncated = "truncated",
        /// Its file is complete and is being copied to storage.
        Uploading = "uploading",
        /// A copy of it is kept in storage.
        Stored = "stored",
        /// There should be a file or a copy, and there is neither.
        Missing = "missing",
        /// Somebody put it into the trash; its file and its copies are still there.
        Trashed = "trashed",
        /// Its file and its copies were deleted for good.
        Deleted = "deleted",
    }
);

words!(
    /// Why a recording stands there.
    RecordingReason {
        /// The recorder was heard to start, and not to stop.
        Runs = "runs",
        /// The recorder has stopped.
        FileAwaited = "file_awaited",
        /// The file was written to a moment ago.
        BeingWritten = "being_written",
        /// The file is whole.
        Whole = "whole",
        /// The file is none of those that are looked into.
        NotLookedInto = "not_looked_into",
        /// The file has no index.
        NoIndex = "no_index",
        /// The file ends too early.
        CutOff = "cut_off",
        /// The file is empty.
        Empty = "empty",
        /// The file has nothing in it that plays.
        NothingToPlay = "nothing_to_play",
        /// The file is copied.
        BeingCopied = "being_copied",
        /// The copy does not go on now, and is tried again.
        CopyWaits = "copy_waits",
        /// There are the file and its copy.
        Copied = "copied",
        /// There is the copy alone.
        InStorage = "in_storage",
        /// No file has come after the recorder had stopped.
        NeverCame = "never_came",
        /// Nothing was heard of the recorder since it started, for a day.
        NoWord = "no_word",
        /// The file was there, and is not any more.
        Gone = "gone",
        /// Somebody put it there.
        InTrash = "in_trash",
        /// It is being deleted for good.
        BeingPurged = "being_purged",
        /// Somebody asked for it, and it was seen to be gone.
        Purged = "purged",
    }
);

impl RecordingReason {
    /// The same as a sentence, with what can be done about it.
    pub(crate) const fn sentence(self) -> &'static str {
        match self {
            Self::Runs => "The recorder has started and is not heard to have stopped.",
            Self::FileAwaited => "The recorder has stopped; its file should appear within minutes.",
            Self::BeingWritten => "The file is being written.",
            Self::Whole => "The file is complete and has everything that a player needs.",
            Self::NotLookedInto => {
                "The file is there. It is neither MP4 nor Matroska nor WebM, so whether it is whole is not known."
            }
            Self::NoIndex => {
                "The recorder was killed before it could write the file's index, so no player opens it. The pictures and \
                 the sound are in it; a repair tool such as untrunc can often rebuild the index."
            }
            Self::CutOff => "The file ends in the middle: the recorder was killed, or its disk was full.",
            Self::Empty => "The file is empty: the recorder was killed at once, or its disk was full.",
            Self::NothingToPlay => "The file has neither pictures nor sound in it.",
            Self::BeingCopied => "The file is being copied to storage. It stays at least until its copy is proved.",
            Self::CopyWaits => "The copy to storage waits and goes on by itself. The file stays where it is.",
            Self::Copied => "A copy is kept in storage, proved to be the same; the file is still there too.",
            Self::InStorage => "It is kept in storage.",
            Self::NeverCame => {
                "The recorder has stopped, and no file of it is in the directories of recordings: look for it on the \
                 recorder's own disk."
            }
            Self::NoWord => "The recorder started and was not heard of again, and no file of it is there.",
            Self::Gone => {
                "The file was there and is not any more: it was moved or removed by hand, or its disk is not mounted."
            }
            Self::InTrash => "It is in the trash; nothing of it is deleted yet, and it can be restored.",
            Self::BeingPurged => "It is being deleted for good.",
            Self::Purged => "It was deleted for good: its file and its copies were seen to be gone.",
        }
    }
}

words!(
    /// By what a recording was found to belong to its meeting.
    MatchedBy {
        /// By the conference's name, at the recording's time.
        Name = "name",
        /// By what Prosody told of the recorder's session.
        Session = "session",
        /// By our own id in the recorder's metadata.
        OwnId = "own_id",
        /// By somebody.
        Hand = "hand",
    }
);

impl MatchedBy {
    /// The surer one counts.
    const fn rank(self) -> u8 {
        match self {
            Self::Name => 0,
            Self::Session => 1,
            Self::OwnId => 2,
            Self::Hand => 3,
        }
    }
}

/// What tells one state of a file from another without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    pub(crate) inode: u64,
    /// In bytes.
    pub(crate) size: u64,
    /// When it was last written to, in nanoseconds since the Unix epoch.
    pub(crate) modified_ns: i64,
}

impl Stamp {
    /// When it was last written to.
    pub(crate) const fn modified(self) -> Timestamp {
        Timestamp::from_ms(self.modified_ns.div_euclid(1_000_000))
    }
}

/// A recording's file in one of the configured directories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecordingFile {
    /// The configured directory.
    pub(crate) root: String,
    /// The path beneath it.
    pub(crate) path: String,
    #[serde(flatten)]
    pub(crate) stamp: Stamp,
    pub(crate) media: Media,
    /// Whether its recorder has left the metadata beside it, which it writes last.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_finished: bool,
    /// When it was last looked into.
    #[serde(with = "super::timestamp::text")]
    pub(crate) looked_at: Timestamp,
    /// When it was found to be gone.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "super::timestamp::text::option")]
    pub(crate) gone_at: Option<Timestamp>,
}

impl RecordingFile {
    /// The whole path.
    pub(crate) fn full(&self) -> String {
        full_path(&self.root, &self.path)
    }
}

/// A path beneath a root as one path.
pub(crate) fn full_path(root: &str, path: &str) -> String {
    format!("{}/{path}", root.trim_end_matches('/'))
}

/// What the recorder, or who watches it, told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// The recorder's session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) session: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "super::timestamp::text::option")]
    pub(crate) started_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "super::timestamp::text::option")]
    pub(crate) stopped_at: Option<Timestamp>,
    /// When the file was said to be complete.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "super::timestamp::text::option")]
    pub(crate) completed_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) initiator: Option<String>,
    /// The name of its file, where the platform keeps it elsewhere than in our directories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
}

impl Told {
    /// When the recorder had stopped at the latest.
    fn over_at(&self) -> Option<Timestamp> {
        self.stopped_at.into_iter().chain(self.completed_at).min()
    }

    fn runs(&self) -> bool {
        self.started_at.is_some() && self.over_at().is_none()
    }
}

/// That somebody put it into the trash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Trashed {
    #[serde(with = "super::timestamp::text")]
    pub(crate) at: Timestamp,
    pub(crate) by: Actor,
    /// Who asked for it to be deleted for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) purged_by: Option<Actor>,
}

/// A recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recording {
    pub(crate) id: RecordingId,
    pub(crate) state: RecordingState,
    pub(crate) reason: RecordingReason,
    /// Since when it is in this state.
    #[serde(with = "super::timestamp::text")]
    pub(crate) since: Timestamp,
    /// When we first knew of it.
    #[serde(with = "super::timestamp::text")]
    pub(crate) found_at: Timestamp,
    #[serde(default)]
    pub(crate) told: Told,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<RecordingFile>,
    /// The SHA-256 of the file as it is stamped, in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sha256: Option<String>,
    /// Its copies, there or gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) copies: Vec<Copy>,
    /// The copy that is being made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) copying: Option<Copying>,
    /// Whether the file is to go once it is copied, where somebody said so; else the configuration does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) source_goes: Option<bool>,
    /// The conference, as whoever told of it names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) room_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) meeting_id: Option<MeetingId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) matched_by: Option<MatchedBy>,
    /// The recording whose file this one's was made of, by a repair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) repaired_from: Option<RecordingId>,
    /// The recording that a repair of this one's file has made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) repaired_as: Option<RecordingId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    /// Whether it must not be deleted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) hold: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) trashed: Option<Trashed>,
    /// When somebody last took it out of the trash.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "super::timestamp::text::option")]
    pub(crate) restored_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "super::timestamp::text::option")]
    pub(crate) deleted_at: Option<Timestamp>,
}

/// Why a recording cannot be moved so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotNow {
    /// Somebody holds it.
    #[error("The recording is on hold: take the hold off first.")]
    Held,
    /// It is not complete.
    #[error("The recording is not complete: wait until its recorder has stopped.")]
    Unfinished,
    /// It is not in the trash.
    #[error("The recording is not in the trash: delete it first.")]
    NotInTrash,
    /// It is gone for good, or about to be.
    #[error("The recording is deleted for good.")]
    Deleted,
}

impl Recording {
    /// One of which nothing is known yet.
    pub(crate) fn new(id: RecordingId, now: Timestamp) -> Self {
        Self {
            id,
            state: RecordingState::Recording,
            reason: RecordingReason::Runs,
            since: now,
            found_at: now,
            told: Told::default(),
            file: None,
            sha256: None,
            copies: Vec::new(),
            copying: None,
            source_goes: None,
            room_name: None,
            meeting_id: None,
            matched_by: None,
            repaired_from: None,
            repaired_as: None,
            title: None,
            hold: false,
            trashed: None,
            restored_at: None,
            deleted_at: None,
        }
    }

    /// The state that the evidence comes to, and why.
    pub(crate) fn judge(&self, now: Timestamp) -> (RecordingState, RecordingReason) {
        if self.deleted_at.is_some() {
            return (RecordingState::Deleted, RecordingReason::Purged);
        }
        if let Some(trashed) = &self.trashed {
            let reason =
                if trashed.purged_by.is_some() { RecordingReason::BeingPurged } else { RecordingReason::InTrash };
            return (RecordingState::Trashed, reason);
        }
        match &self.file {
            Some(file) if file.gone_at.is_some() => match self.copy() {
                Some(_) => judge_media(&file.media).unwrap_or((RecordingState::Stored, RecordingReason::InStorage)),
                None => (RecordingState::Missing, RecordingReason::Gone),
            },
            // What grows has to be looked at to know whether it still does.
            Some(file) if self.state == RecordingState::Growing && file.looked_at < now => (self.state, self.reason),
            Some(file) => match judge_file(file, &self.told, now) {
                (RecordingState::Ready, reason) => self.judge_copies(file.stamp, reason),
                other => other,
            },
            None if self.copy().is_some() => {
                let media = self.copy().and_then(|copy| copy.media.as_ref());
                media.and_then(judge_media).unwrap_or((RecordingState::Stored, RecordingReason::InStorage))
            }
            None if !self.copies.is_empty() => (RecordingState::Missing, RecordingReason::Gone),
            None => judge_told(&self.told, now),
        }
    }

    /// Where a recording stands whose file is complete.
    fn judge_copies(&self, stamp: Stamp, reason: RecordingReason) -> (RecordingState, RecordingReason) {
        match &self.copying {
            Some(Copying { problem: None, .. }) => (RecordingState::Uploading, RecordingReason::BeingCopied),
            Some(_) => (RecordingState::Uploading, RecordingReason::CopyWaits),
            None if self.copies.iter().any(|copy| copy.is_of(stamp)) => {
                (RecordingState::Stored, RecordingReason::Copied)
            }
            None => (RecordingState::Ready, reason),
        }
    }

    /// Brings the state up to the evidence.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        let (state, reason) = self.judge(now);
        if state != self.state {
            self.since = now;
        }
        (self.state, self.reason) = (state, reason);
    }

    /// Whether time alone may change the state, or a look at the disk is awaited.
    pub(crate) const fn is_unsettled(&self) -> bool {
        matches!(self.state, RecordingState::Recording | RecordingState::Growing)
    }

    /// Its file, where it lies on the disk.
    pub(crate) fn present_file(&self) -> Option<&RecordingFile> {
        self.file.as_ref().filter(|file| file.gone_at.is_none() && self.deleted_at.is_none())
    }

    /// Its file, where it is there and complete, and not in the trash.
    pub(crate) fn complete_file(&self) -> Option<&RecordingFile> {
        let is_complete = matches!(
            self.state,
            RecordingState::Ready | RecordingState::Truncated | RecordingState::Uploading | RecordingState::Stored
        );
        self.present_file().filter(|_| is_complete)
    }

    /// The copy that it is played from where there is no file: the latest that is not gone.
    pub(crate) fn copy(&self) -> Option<&Copy> {
        let there = self.copies.iter().filter(|copy| copy.gone_at.is_none() && self.deleted_at.is_none());
        there.max_by_key(|copy| copy.stored_at)
    }

    /// Its file, where it is complete and there is no copy of it as it is now.
    pub(crate) fn wants_copy(&self) -> Option<&RecordingFile> {
        self.complete_file().filter(|file| !self.copies.iter().any(|copy| copy.is_of(file.stamp)))
    }

    /// Puts a copy to it, in place of an older one at the same place.
    pub(crate) fn store(&mut self, copy: Copy) {
        self.copies.retain(|other| (&other.place, &other.key) != (&copy.place, &copy.key));
        if self.file.as_ref().is_some_and(|file| copy.is_of(file.stamp)) && copy.sha256.is_some() {
            self.sha256.clone_from(&copy.sha256);
        }
        self.copies.push(copy);
    }

    /// Its file is to go, of which there is a copy.
    pub(crate) fn let_source_go(&mut self, now: Timestamp) {
        let Some(stamp) = self.complete_file().map(|file| file.stamp) else { return };
        for copy in self.copies.iter_mut().filter(|copy| copy.is_of(stamp)) {
            copy.source_goes_at = Some(now);
        }
    }

    /// When its file is to go, of which there is a copy; nothing while it is on hold.
    pub(crate) fn source_goes_at(&self) -> Option<Timestamp> {
        let stamp = self.complete_file().filter(|_| !self.hold)?.stamp;
        self.copies.iter().filter(|copy| copy.is_of(stamp)).filter_map(|copy| copy.source_goes_at).min()
    }

    /// Its file, where that is to go by now, and the copy that is left then.
    pub(crate) fn source_to_remove(&self, now: Timestamp) -> Option<(&RecordingFile, &Copy)> {
        let file = self.complete_file().filter(|_| self.source_goes_at().is_some_and(|at| at <= now))?;
        let copy = self.copies.iter().find(|copy| copy.is_of(file.stamp) && copy.source_goes_at.is_some())?;
        Some((file, copy))
    }

    /// Its file, there or gone, where there are pictures in it and it is complete.
    pub(crate) fn pictured_file(&self) -> Option<&RecordingFile> {
        let is_complete = !self.is_unsettled() && self.deleted_at.is_none();
        self.file.as_ref().filter(|file| is_complete && file.media.has_picture())
    }

    /// Whether its file is complete and not summed up yet. While it is copied, it is summed up with that.
    pub(crate) fn wants_digest(&self) -> bool {
        self.complete_file().is_some() && self.sha256.is_none() && self.copying.is_none()
    }

    /// The file was seen. What was known of another state of it no longer holds; that it was looked at again and is the
    /// same is nothing new, unless that was waited for.
    pub(crate) fn see(&mut self, mut file: RecordingFile) {
        if self.file.as_ref().is_none_or(|before| before.stamp != file.stamp) {
            self.sha256 = None;
        }
        if let Some(before) = self.file.as_ref().filter(|_| self.state != RecordingState::Growing)
            && (RecordingFile { looked_at: file.looked_at, ..before.clone() } == file)
        {
            file.looked_at = before.looked_at;
        }
        self.file = Some(file);
    }

    /// The meeting that it belongs to, by something; what is surer stays.
    pub(crate) fn belongs_to(&mut self, meeting: Option<MeetingId>, by: MatchedBy) {
        if self.matched_by.is_none_or(|before| before.rank() <= by.rank()) {
            (self.meeting_id, self.matched_by) = (meeting, Some(by));
        }
    }

    /// Its file was made of another's, by a repair: what was known of that holds for it, but what is of its file alone.
    pub(crate) fn comes_of(&mut self, original: &Self) {
        self.repaired_from = Some(original.id);
        self.told = Told { session: None, ..original.told.clone() };
        self.room_name.clone_from(&original.room_name);
        self.title.clone_from(&original.title);
        (self.meeting_id, self.matched_by) = (original.meeting_id, original.matched_by);
    }

    /// Puts it into the trash.
    pub(crate) fn trash(&mut self, now: Timestamp, by: Actor) -> Result<(), NotNow> {
        if self.deleted_at.is_some() {
            return Err(NotNow::Deleted);
        }
        if self.is_unsettled() {
            return Err(NotNow::Unfinished);
        }
        self.refuse_held()?;
        self.trashed.get_or_insert(Trashed { at: now, by, purged_by: None });
        Ok(())
    }

    /// Takes it out of the trash.
    pub(crate) fn restore(&mut self, now: Timestamp) -> Result<(), NotNow> {
        match &self.trashed {
            _ if self.deleted_at.is_some() => Err(NotNow::Deleted),
            Some(Trashed { purged_by: Some(_), .. }) => Err(NotNow::Deleted),
            Some(_) => {
                (self.trashed, self.restored_at) = (None, Some(now));
                Ok(())
            }
            None => Err(NotNow::NotInTrash),
        }
    }

    /// Asks for it to be deleted for good.
    pub(crate) fn purge(&mut self, by: Actor) -> Result<(), NotNow> {
        if self.deleted_at.is_some() {
            return Err(NotNow::Deleted);
        }
        self.refuse_held()?;
        let trashed = self.trashed.as_mut().ok_or(NotNow::NotInTrash)?;
        trashed.purged_by.get_or_insert(by);
        Ok(())
    }

    fn refuse_held(&self) -> Result<(), NotNow> {
        if self.hold { Err(NotNow::Held) } else { Ok(()) }
    }
}

fn judge_file(file: &RecordingFile, told: &Told, now: Timestamp) -> (RecordingState, RecordingReason) {
    let media = &file.media;
    let is_looked_into = media.container != Container::Other || media.damage.is_some();
    if media.damage.is_none() && media.playable && !media.fragmented && is_looked_into {
        return (RecordingState::Ready, RecordingReason::Whole);
    }
    let quiet = if told.runs() { QUIET_WHILE_RUNNING } else { QUIET };
    let is_settled = file.is_finished || told.completed_at.is_some() || now.since(file.stamp.modified()) >= quiet;
    if !is_settled {
        return (RecordingState::Growing, RecordingReason::BeingWritten);
    }
    let is_known = is_looked_into && media.damage != Some(Damage::TooMany);
    let complete = if is_known { RecordingReason::Whole } else { RecordingReason::NotLookedInto };
    judge_media(media).unwrap_or((RecordingState::Ready, complete))
}

/// What is wrong with a file that does not change any more.
fn judge_media(media: &Media) -> Option<(RecordingState, RecordingReason)> {
    let reason = match media.damage {
        Some(Damage::TooMany) => return None,
        None if media.playable || media.container == Container::Other => return None,
        None | Some(Damage::NotMedia) => RecordingReason::NothingToPlay,
        Some(Damage::Empty) => RecordingReason::Empty,
        Some(Damage::NoIndex) => RecordingReason::NoIndex,
        Some(Damage::CutOff | Damage::NoData) => RecordingReason::CutOff,
    };
    Some((RecordingState::Truncated, reason))
}

fn judge_told(told: &Told, now: Timestamp) -> (RecordingState, RecordingReason) {
    match (told.over_at(), told.started_at) {
        (Some(over), _) if now.since(over) < FILE_AWAITED => (RecordingState::Recording, RecordingReason::FileAwaited),
        (Some(_), _) => (RecordingState::Missing, RecordingReason::NeverCame),
        (None, Some(started)) if now.since(started) < LONGEST => (RecordingState::Recording, RecordingReason::Runs),
        (None, _) => (RecordingState::Missing, RecordingReason::NoWord),
    }
}

#[cfg(test)]
mod tests;
