//! Runs ffmpeg to its end, or ends it: when its time is over, when it says too much, and when whoever waits for it does no
//! more.

use std::process::Command;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};

/// The most of its complaints that is kept, in bytes.
const COMPLAINTS_MOST: usize = 2_048;
/// How much is read at a time, in bytes.
const PIECE: usize = 16 << 10;

/// Why it did not do its work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failed {
    /// It did not come to begin; it may another time.
    #[error("ffmpeg cannot be started: {0}")]
    NotStarted(String),
    /// It could not, or was ended. With the same file it will be the same.
    #[error("{0}")]
    Refused(String),
}

/// What it wrote to standard output, where that is a pipe: at most `most` bytes.
///
/// # Errors
/// [`Failed`].
pub(super) async fn run(command: Command, most: usize, longest: Duration) -> Result<Vec<u8>, Failed> {
    let mut command = tokio::process::Command::from(command);
    let mut child = command.kill_on_drop(true).spawn().map_err(|error| Failed::NotStarted(error.to_string()))?;
    // Ours keep the other ends of the pipes open.
    drop(command);
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let worked = async {
        let written = async {
            let written = match stdout {
                Some(stdout) => read(stdout, most + 1, true).await,
                None => Vec::new(),
            };
            if written.len() > most {
                Err(Failed::Refused(format!("ffmpeg wrote more than {most} bytes")))
            } else {
                Ok(written)
            }
        };
        let complaints = async {
            Ok(match stderr {
                Some(stderr) => read(stderr, COMPLAINTS_MOST, false).await,
                None => Vec::new(),
            })
        };
        let (written, complaints) = tokio::try_join!(written, complaints)?;
        let status = child
            .wait()
            .await
            .map_err(|error| Failed::Refused(format!("what became of it cannot be told: {error}")))?;
        Ok((written, complaints, status))
    };
    let late = |_| Err(Failed::Refused(format!("ffmpeg took longer than {} s and was ended", longest.as_secs())));
    let (written, complaints, status) = tokio::time::timeout(longest, worked).await.unwrap_or_else(late)?;
    if !status.success() {
        let complaints = String::from_utf8_lossy(&complaints);
        let last = complaints.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it did not say why");
        return Err(Failed::Refused(format!("ffmpeg failed ({status}): {}", last.trim())));
    }
    Ok(written)
}

/// Keeps the first `most` bytes. With `stops` it reads no more then; else it reads on to the end, for a pipe that nobody
/// empties would hold ffmpeg up.
async fn read(mut from: impl AsyncRead + Unpin, most: usize, stops: bool) -> Vec<u8> {
    let (mut kept, mut piece) = (Vec::new(), vec![0; PIECE]);
    while let Ok(got @ 1..) = from.read(&mut piece).await {
        let room = most.saturating_sub(kept.len()).min(got);
        kept.extend_from_slice(piece.get(..room).unwrap_or_default());
        if stops && kept.len() == most {
            break;
        }
    }
    kept
}
