//! What the pages of shared recordings say.

use std::time::Duration;

use crate::app::recordings::RecordingView;
use crate::domain::Timestamp;
use crate::domain::media::TrackKind;
use crate::domain::recording::{Recording, RecordingState};
use crate::domain::share::Share;
use crate::http::page::html::Html;
use crate::http::page::{Width, shell};

/// The way from a recording's page to the files of the pages.
const ROOT: &str = "../r/";

/// A recording, to be played.
pub(super) fn recording(secret: &str, share: &Share, view: &RecordingView) -> Html {
    let (recording, title) = (&view.recording, title(view));
    let body = Html::default()
        .raw("<p class=\"eyebrow\">Recording</p><h1>")
        .text(title)
        .raw("</h1><p class=\"lead\">")
        .piece(moment(recording.began_at()));
    let body = match recording.file.as_ref().and_then(|file| file.media.duration_ms) {
        Some(ms) => body.raw(" · ").text(&length(Duration::from_millis(ms))),
        None => body,
    };
    let body = body.raw("</p>").piece(player(secret, share, recording, title));
    let body = body.raw("<p class=\"hint\">This link works until ").piece(moment(share.expires_at)).raw(".</p>");
    shell(ROOT, Width::Wide, title, Html::default(), body)
}

/// What it is called: as somebody named it, else as its room.
fn title(view: &RecordingView) -> &str {
    let room = view.meeting.as_ref().and_then(|meeting| meeting.room.as_ref()).map(crate::domain::RoomName::as_str);
    let recording = &view.recording;
    recording.title.as_deref().or(room).or(recording.room_name.as_deref()).unwrap_or("Recording")
}

fn player(secret: &str, share: &Share, recording: &Recording, title: &str) -> Html {
    let (file, copy) = (recording.complete_file(), recording.copy());
    let Some(size) = file.map(|file| file.stamp.size).or(copy.map(|copy| copy.size)) else {
        return said(not_there_because(recording.state));
    };
    // Of one that others put into storage no file was ever looked into.
    let looked_into = recording.file.as_ref().map(|file| &file.media);
    let has = |kind| looked_into.is_some_and(|media| media.tracks.iter().any(|track| track.kind == kind));
    let is_audio = has(TrackKind::Audio) && !has(TrackKind::Video);
    let media = if looked_into.is_some_and(|media| !media.playable && media.damage.is_some()) {
        said("The recording was cut off, and no player opens it.")
    } else {
        tag(secret, share, is_audio, title)
    };
    let cut = "<p class=\"hint\">The recording was cut off: it ends too early.</p>";
    media
        .raw_if(recording.state == RecordingState::Truncated && looked_into.is_some_and(|media| media.playable), cut)
        .piece(download(secret, share, size))
}

fn tag(secret: &str, share: &Share, is_audio: bool, title: &str) -> Html {
    let html = if is_audio { Html::default().raw("<audio") } else { Html::default().raw("<video playsinline") };
    html.raw(" class=\"media\" controls preload=\"metadata\"")
        .raw_if(!share.may_download, " controlslist=\"nodownload\"")
        .raw(" aria-label=\"")
        .text(title)
        .raw("\" src=\"")
        .text(&format!("{secret}/media"))
        .raw(if is_audio { "\"></audio>" } else { "\"></video>" })
        .raw("<p class=\"hint\" role=\"status\" data-failed hidden>This browser cannot play the recording. Try another one")
        .raw(if share.may_download { ", or download the recording.</p>" } else { ".</p>" })
}

fn download(secret: &str, share: &Share, bytes: u64) -> Html {
    if !share.may_download {
        return Html::default();
    }
    Html::default()
        .raw("<p class=\"actions\"><a class=\"button\" download href=\"")
        .text(&format!("{secret}/download"))
        .raw("\">Download (")
        .text(&size(bytes))
        .raw(")</a></p>")
}

const fn not_there_because(state: RecordingState) -> &'static str {
    match state {
        RecordingState::Recording | RecordingState::Growing => {
            "The recording is not complete yet. Come back when the meeting is over."
        }
        _ => "The recording cannot be played at this moment. Ask whoever sent you the link.",
    }
}

fn said(text: &'static str) -> Html {
    Html::default().raw("<p class=\"notice\">").raw(text).raw("</p>")
}

/// A moment, which script shows in the viewer's own time.
fn moment(at: Timestamp) -> Html {
    Html::default().raw("<time datetime=\"").text(&at.to_string()).raw("\">").text(&at.long()).raw("</time>")
}

fn length(of: Duration) -> String {
    let seconds = of.as_secs_f64().round() as u64;
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, _) => format!("{minutes} min"),
        (hours, minutes, _) => format!("{hours} h {minutes:02} min"),
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", bytes.div_ceil(1_000_000)),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// No link that shows anything: none of ours, or what it led to is not to be seen.
pub(super) fn unknown(root: &str) -> Html {
    let text = "There is nothing to see at this address. It may have been copied in part, or is no longer in use. Ask \
                whoever sent it to you for the right link.";
    plain(root, "This link does not work", text)
}

/// Its time is over.
pub(super) fn expired(root: &str) -> Html {
    plain(root, "This link has expired", "It was good for a limited time. Ask whoever sent it to you for a new one.")
}

/// Somebody took it back.
pub(super) fn revoked(root: &str) -> Html {
    let text =
        "It was taken back by those who made it. If you still need the recording, ask whoever sent you the link.";
    plain(root, "This link is no longer in use", text)
}

/// It asks for a password. `page` is the way to the link's own page.
pub(super) fn locked(root: &str, page: &str, is_wrong: bool) -> Html {
    let title = "This recording asks for a password";
    let body = Html::default()
        .raw("<h1>")
        .raw(title)
        .raw("</h1><p class=\"lead\">Whoever sent you the link can tell you.</p><form method=\"post\" data-once action=\"")
        .text(page)
        .raw(
            "\"><div class=\"field\"><label for=\"password\">Password</label><input id=\"password\" name=\"password\" \
              type=\"password\" autocomplete=\"off\" maxlength=\"256\" required enterkeyhint=\"go\"",
        )
        .raw_if(is_wrong, " aria-invalid=\"true\" aria-describedby=\"password-error\" autofocus")
        .raw(">")
        .raw_if(is_wrong, "<p class=\"error\" id=\"password-error\">That is not the password of this link.</p>")
        .raw("</div><div class=\"actions\"><button class=\"button primary\">Go on</button></div></form>");
    shell(root, Width::Narrow, title, Html::default(), body)
}

/// It is for watching alone.
pub(super) fn no_download(root: &str) -> Html {
    let text = "This link lets you watch the recording, not download it. Ask whoever sent it to you.";
    plain(root, "No download", text)
}

/// The recording's file is not there.
pub(super) fn not_there(root: &str) -> Html {
    let text = "The recording cannot be played at this moment. Try again later, or ask whoever sent you the link.";
    plain(root, "Not possible right now", text)
}

/// It comes too often.
pub(super) fn too_often(root: &str, seconds: u64) -> Html {
    let body = Html::default()
        .raw("<h1>One moment, please</h1><p class=\"lead\">Too many requests came from your connection. Wait ")
        .text(&seconds.to_string())
        .raw(" seconds, then try again.</p>");
    shell(root, Width::Narrow, "One moment, please", Html::default(), body)
}

/// Something failed that should not.
pub(super) fn failed(root: &str) -> Html {
    let text = "Something failed on our side. Try again, and if it stays so, tell whoever sent you the link.";
    plain(root, "That did not work", text)
}

fn plain(root: &str, title: &'static str, text: &'static str) -> Html {
    let body = Html::default().raw("<h1>").raw(title).raw("</h1><p class=\"lead\">").raw(text).raw("</p>");
    shell(root, Width::Narrow, title, Html::default(), body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_sizes_are_told_as_people_do() {
        let length = |seconds: u64| length(Duration::from_millis(seconds * 1_000 + 400));
        assert_eq!([length(0), length(59), length(60), length(3_599)], ["0 s", "59 s", "1 min", "59 min"]);
        assert_eq!([length(3_600), length(7_500)], ["1 h 00 min", "2 h 05 min"]);
        assert_eq!([size(1), size(1_000_001), size(2_500_000_000)], ["1 kB", "2 MB", "2.5 GB"]);
    }
}
