//! How ffmpeg is asked, where it is installed. Recordings come from machines that strangers talk to, so that it is given as
//! little as can be: the open file and never its path, one format and no other, no network, and limits that the kernel holds
//! on its memory, its time and what it may write.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::fs::Access;

use crate::domain::media::Container;

/// The most of the machine's memory that it may map, in bytes: its libraries alone are 200 MiB.
const MEMORY_MOST: u64 = 2 << 30;
/// The most pixels of a picture that is decoded: those of 8K.
const PIXELS_MOST: u32 = 7_680 * 4_320;
/// The width of a poster at the most, in pixels.
const POSTER_WIDTH: u32 = 640;
/// How long it may compute for a poster, and for a repair.
const POSTER_CPU: Duration = Duration::from_secs(30);
const REPAIR_CPU: Duration = Duration::from_secs(2 * 3_600);
/// The codecs whose pictures are decoded: what recorders and browsers write.
const DECODED: &str = "h264,hevc,vp8,vp9,libvpx,libvpx-vp9,av1,libdav1d,mpeg4";
/// Where programs are looked for without `PATH`, and where they look themselves.
const PLACES: &str = "/usr/local/bin:/usr/bin:/bin";
/// The open files as ffmpeg sees them.
const INPUT: &str = "file:/proc/self/fd/0";
const OUTPUT: &str = "file:/proc/self/fd/1";

/// The programs that are needed.
#[derive(Clone, Debug)]
pub(crate) struct Ffmpeg {
    ffmpeg: PathBuf,
    nice: PathBuf,
    prlimit: PathBuf,
}

/// What is not installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not installed (on Debian: apt install {1})")]
pub(crate) struct NotInstalled(&'static str, &'static str);

impl Ffmpeg {
    /// Looks for the programs.
    ///
    /// # Errors
    /// [`NotInstalled`], with the first that is not there.
    pub(crate) fn find() -> Result<Self, NotInstalled> {
        let found = |program, package| look_for(program).ok_or(NotInstalled(program, package));
        Ok(Self {
            ffmpeg: found("ffmpeg", "ffmpeg")?,
            nice: found("nice", "coreutils")?,
            prlimit: found("prlimit", "util-linux")?,
        })
    }

    /// Has the picture at that moment written to standard output, as JPEG. Nothing where it can take none of that format.
    pub(crate) fn poster(&self, file: File, container: Container, at: Duration) -> Option<Command> {
        let mut command = self.limited(POSTER_CPU, 0);
        command.args(["-threads", "1", "-max_pixels", &PIXELS_MOST.to_string(), "-codec_whitelist", DECODED]);
        command.args(["-ss", &format!("{:.3}", at.as_secs_f64()), "-f", demuxer(container)?, "-i", INPUT]);
        command.args(["-map", "0:v:0", "-frames:v", "1", "-vf", &format!("scale='min({POSTER_WIDTH},iw)':-2")]);
        command.args(["-threads", "1", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-q:v", "5", "-f", "mjpeg", "pipe:1"]);
        command.stdin(file).stdout(Stdio::piped());
        Some(command)
    }

    /// Has what can be read of a file written anew into another, of at most so many bytes. Nothing where it can take none of
    /// that format.
    pub(crate) fn remux(&self, file: File, into: File, container: Container, bytes_most: u64) -> Option<Command> {
        let mut command = self.limited(REPAIR_CPU, bytes_most);
        command.args(["-err_detect", "ignore_err", "-fflags", "+discardcorrupt+genpts"]);
        command.args(["-f", demuxer(container)?, "-i", INPUT, "-map", "0:v?", "-map", "0:a?", "-c", "copy"]);
        match container {
            Container::Mp4 => command.args(["-movflags", "+faststart", "-f", "mp4"]),
            Container::Webm => command.args(["-f", "webm"]),
            Container::Matroska | Container::Other => command.args(["-f", "matroska"]),
        };
        command.args(["-y", OUTPUT]).stdin(file).stdout(into);
        Some(command)
    }

    /// ffmpeg with limits that hold before it begins, as the last of all who want the processor.
    fn limited(&self, cpu: Duration, bytes_most: u64) -> Command {
        let mut command = Command::new(&self.nice);
        command.args(["-n", "19"]).arg(&self.prlimit);
        command.arg(format!("--as={MEMORY_MOST}")).arg(format!("--cpu={}", cpu.as_secs()));
        command.arg(format!("--fsize={bytes_most}")).args(["--core=0", "--"]).arg(&self.ffmpeg);
        command.args(["-nostdin", "-hide_banner", "-v", "error", "-protocol_whitelist", "file,pipe,fd"]);
        command.env_clear().env("PATH", PLACES).env("LC_ALL", "C").current_dir("/").stderr(Stdio::piped());
        command
    }
}

/// The one format that a file is read as. What ffmpeg would find out by itself may be a list of other files.
const fn demuxer(container: Container) -> Option<&'static str> {
    match container {
        Container::Mp4 => Some("mov"),
        Container::Matroska | Container::Webm => Some("matroska"),
        Container::Other => None,
    }
}

fn look_for(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_else(|| PLACES.into());
    let mut found = std::env::split_paths(&path).filter(|place| place.is_absolute()).map(|place| place.join(program));
    found.find(|path| path.is_file() && rustix::fs::access(path, Access::EXEC_OK).is_ok())
}
