//! A picture of each recording, made by ffmpeg where it is installed. It is made when a file is complete, and again when
//! somebody asks for one that went.

use std::sync::OnceLock;
use std::time::Duration;

use super::ffmpeg::{Failed, run};
use super::list::find;
use crate::app::{App, AppError};
use crate::domain::RecordingId;
use crate::domain::consent::Sight;
use crate::domain::job::Job;
use crate::domain::recording::{Recording, RecordingFile};
use crate::storage::ffmpeg::Ffmpeg;
use crate::storage::posters::{Kept, POSTER_MOST, Posters, is_jpeg};
use crate::store::recordings;

/// Which part of a recording has gone by when the picture is taken, and how much of it at the most: at the beginning most
/// show nobody.
const PART: u32 = 10;
const LATEST: Duration = Duration::from_secs(120);
/// How long ffmpeg may take for one.
const LONGEST: Duration = Duration::from_secs(60);
/// How long a request waits for one that is made, and how often it looks.
const WAIT: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A recording's picture.
#[derive(Clone, Debug)]
pub(crate) struct Poster {
    /// As JPEG.
    pub(crate) bytes: Vec<u8>,
    /// Another one whenever the picture is another one.
    pub(crate) tag: String,
}

/// Whether pictures are taken here at all. It is looked for once: what is installed later is found by the next start.
pub(crate) fn takes_pictures() -> bool {
    static FOUND: OnceLock<bool> = OnceLock::new();
    *FOUND.get_or_init(|| Ffmpeg::find().is_ok())
}

impl App {
    /// The picture of a recording. One that is not there is made, and waited for.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is no such recording; [`AppError::Missing`] where it has no picture, with why.
    pub(crate) async fn poster(&self, sight: Sight, id: &str) -> Result<Poster, AppError> {
        let recording = find(&self.store.read()?, sight, id)?;
        let no_picture = |why: &str| AppError::Missing(format!("There is no picture of this recording: {why}"));
        let known = source(&recording).map_err(no_picture)?.clone();
        let posters = self.posters.as_deref().ok_or_else(|| no_picture("there is no data directory."))?;
        let tag = format!("{:x}-{:x}-{:x}", known.stamp.inode, known.stamp.size, known.stamp.modified_ns);
        let (id, mut waited) = (recording.id, Duration::ZERO);
        loop {
            match posters.get(id, known.stamp) {
                Kept::Picture(bytes) => return Ok(Poster { bytes, tag }),
                Kept::None => return Err(no_picture("ffmpeg found none in it that it could show.")),
                Kept::Unknown if recording.present_file().is_none() => {
                    return Err(no_picture("its file is not on this machine's disks."));
                }
                Kept::Unknown if waited.is_zero() => {
                    Ffmpeg::find().map_err(|error| no_picture(&format!("{error}.")))?;
                    let now = self.clock.now();
                    self.store
                        .write(move |tx| Ok::<_, AppError>(tx.enqueue_by(Job::MakePoster { recording: id }, now)?))
                        .await?;
                }
                Kept::Unknown if waited >= WAIT => return Err(no_picture("it is being made; ask again in a moment.")),
                Kept::Unknown => {}
            }
            tokio::time::sleep(LOOK_EVERY).await;
            waited += LOOK_EVERY;
        }
    }

    /// The job [`MakePoster`](Job::MakePoster). That there is no picture to be had is no failure of it.
    pub(crate) async fn make_poster(&self, id: RecordingId) -> Result<(), AppError> {
        let Some(recording) = recordings::recording(&self.store.read()?, id)? else { return Ok(()) };
        let (Ok(known), Some(posters), Ok(ffmpeg)) = (source(&recording), self.posters.as_deref(), Ffmpeg::find())
        else {
            return Ok(());
        };
        if recording.present_file().is_none() || posters.get(id, known.stamp) != Kept::Unknown {
            return Ok(());
        }
        let picture = self.take_picture(&ffmpeg, known).await?;
        if let Err(why) = &picture {
            tracing::info!(recording.id = %id, why, "there is no picture to be had of a recording");
        }
        keep(posters, id, known, picture.ok().as_deref())?;
        // Whoever asked for it to be deleted meanwhile means its picture too.
        let is_leaving =
            |now: Recording| now.deleted_at.is_some() || now.trashed.is_some_and(|trashed| trashed.purged_by.is_some());
        if recordings::recording(&self.store.read()?, id)?.is_none_or(is_leaving) {
            self.forget_poster(id).map_err(AppError::Away)?;
        }
        Ok(())
    }

    /// Takes a picture from within the recording, else the first that there is. The inner error says why there is none.
    async fn take_picture(&self, ffmpeg: &Ffmpeg, known: &RecordingFile) -> Result<Result<Vec<u8>, String>, AppError> {
        let length = Duration::from_millis(known.media.duration_ms.unwrap_or(0));
        let within = (length / PART).min(LATEST);
        let mut why = String::new();
        for at in [within, Duration::ZERO] {
            let away = |error| AppError::Away(format!("{} cannot be read: {error}", known.full()));
            let (file, stamp) = self.open_file(known).map_err(away)?;
            if stamp != known.stamp {
                return Err(AppError::Away(format!("{} is another file by now", known.full())));
            }
            let Some(command) = ffmpeg.poster(file, known.media.container, at) else { break };
            match run(command, POSTER_MOST, LONGEST).await {
                Ok(bytes) if is_jpeg(&bytes) => return Ok(Ok(bytes)),
                Ok(_) => "ffmpeg gave no picture".clone_into(&mut why),
                Err(Failed::Refused(refused)) => why = refused,
                Err(failed) => return Err(AppError::Away(failed.to_string())),
            }
        }
        Ok(Err(why))
    }

    /// Removes the pictures of a recording that is deleted for good.
    pub(super) fn forget_poster(&self, id: RecordingId) -> Result<(), String> {
        let Some(posters) = self.posters.as_deref() else { return Ok(()) };
        posters.remove(id).map_err(|error| format!("its picture cannot be removed: {error}"))
    }
}

fn keep(posters: &Posters, id: RecordingId, known: &RecordingFile, picture: Option<&[u8]>) -> Result<(), AppError> {
    posters.put(id, known.stamp, picture).map_err(|error| AppError::Away(format!("a picture cannot be kept: {error}")))
}

/// The file that a picture can be taken from, or why there is none.
fn source(recording: &Recording) -> Result<&RecordingFile, &'static str> {
    let known = recording.file.as_ref().filter(|_| recording.deleted_at.is_none()).ok_or("there is no file.")?;
    match () {
        () if recording.is_unsettled() => Err("its file is still being written."),
        () if !known.media.has_picture() => Err("its file has no pictures that a player could show."),
        () => Ok(known),
    }
}
