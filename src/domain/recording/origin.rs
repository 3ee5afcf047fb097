//! What a recording's own files tell of where it comes from: the meeting, the conference, the recorder's session.

use serde_json::{Map, Value};

use crate::domain::MeetingId;

/// The member of a recording's `metadata.json` by which whoever starts a recording (in `file_recording_metadata`) may name
/// the conference.
const OWN_METADATA: &str = "reflector_room_name";

/// The conference that a recording is of, by what the recorder leaves: our own word in its metadata, else the meeting's
/// address there, else the name of the file.
pub(crate) fn recorded_room(metadata: Option<&Map<String, Value>>, file_name: Option<&str>) -> Option<String> {
    let text = |value: &Value| value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let own = || metadata?.get(OWN_METADATA).and_then(text);
    let address = || room_in_url(&metadata?.get("meeting_url").and_then(text)?);
    own().or_else(address).or_else(|| room_in_file_name(file_name?))
}

/// The last part of the path, with the tenant before it in brackets as Prosody writes it.
fn room_in_url(url: &str) -> Option<String> {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = path.split(['?', '#']).next()?;
    let mut parts = path.split('/').skip(1).filter(|part| !part.is_empty());
    let (first, second) = (parts.next()?, parts.next());
    Some(match second {
        Some(room) => format!("[{first}]{room}"),
        None => first.to_owned(),
    })
}

/// What stands before the time in `standup_2025-01-15-10-30-00.mp4`. A tenant is not in it.
fn room_in_file_name(name: &str) -> Option<String> {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let (room, time) = stem.rsplit_once('_')?;
    let parts: Vec<&str> = time.split('-').collect();
    let is_time = parts.iter().map(|part| part.len()).eq([4, 2, 2, 2, 2, 2])
        && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    (is_time && !room.is_empty()).then(|| room.to_owned())
}

/// The member of `metadata.json` by which whoever starts a recording may name our meeting.
const OWN_MEETING: &str = "reflector_meeting_id";

/// The meeting that a recording's metadata name by our own id.
pub(crate) fn recorded_meeting(metadata: &Map<String, Value>) -> Option<MeetingId> {
    metadata.get(OWN_MEETING)?.as_str()?.trim().parse().ok()
}

/// A recorder's session as the name of its directory: whatever is not plain is an underscore there.
pub(crate) fn session_name(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-') { c } else { '_' }).collect()
}

/// The names that may be that of the session of the recording at `path`, beneath its root: its directory's, and its own.
pub(crate) fn session_names(path: &str) -> Vec<String> {
    let (folder, file) = path.rsplit_once('/').map_or((None, path), |(folder, file)| (Some(folder), file));
    let folder = folder.map(|folder| folder.rsplit('/').next().unwrap_or(folder));
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    [folder, Some(stem)].into_iter().flatten().filter(|name| !name.is_empty()).map(session_name).collect()
}

/// What a repaired file has before the end of its name.
const REPAIRED: &str = ".repaired";

/// Where a repaired file lies: beside the one that it was made of.
pub(crate) fn repaired_path(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, _)| path.split_at(folder.len() + 1));
    let (stem, end) = name.rsplit_once('.').map_or((name, ""), |(stem, _)| name.split_at(stem.len()));
    format!("{folder}{stem}{REPAIRED}{end}")
}

/// Of which file a file is the repaired one, by its name.
pub(crate) fn original_path(path: &str) -> Option<String> {
    let (stem, end) = path.rsplit_once('.')?;
    let original = stem.strip_suffix(REPAIRED).filter(|original| !original.is_empty() && !original.ends_with('/'))?;
    (!end.contains('/')).then(|| format!("{original}.{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_room_is_told_by_us_by_the_address_or_by_the_file() {
        let room = |metadata: Value, file: &str| recorded_room(metadata.as_object(), Some(file));
        let url = "https://meet.example.com/Acme/standup?jwt=a#config";
        let file = "filed_2025-01-15-10-30-00.mp4";
        let all = serde_json::json!({ "reflector_room_name": "own", "meeting_url": url });
        assert_eq!(room(all, file).as_deref(), Some("own"));
        let empty = serde_json::json!({ "reflector_room_name": " ", "meeting_url": url });
        assert_eq!(room(empty, file).as_deref(), Some("[Acme]standup"));
        let plain = serde_json::json!({ "meeting_url": "https://meet.example.com/standup" });
        assert_eq!(room(plain, file).as_deref(), Some("standup"));
        for nothing in ["{}", "null", r#"{"meeting_url":"https://meet.example.com/"}"#, r#"{"meeting_url":5}"#] {
            assert_eq!(room(serde_json::from_str(nothing).unwrap(), file).as_deref(), Some("filed"), "{nothing}");
        }
        let in_name = |name: &str| recorded_room(None, Some(name));
        assert_eq!(in_name("a_b_2025-01-15-10-30-00.mkv").as_deref(), Some("a_b"));
        for name in ["standup.mp4", "_2025-01-15-10-30-00.mp4", "a_2025-1-15-10-30-00.mp4", "a_yyyy-mm-dd-10-30-00", ""]
        {
            assert_eq!(in_name(name), None, "{name}");
        }
    }

    #[test]
    fn a_repaired_file_lies_beside_its_original() {
        for path in ["a.mp4", "8f2e/standup_2025-01-15-10-30-00.mkv", "a.b/c.d.webm"] {
            let repaired = repaired_path(path);
            assert_eq!(original_path(&repaired).as_deref(), Some(path), "{repaired}");
        }
        assert_eq!(repaired_path("a.b/c.mp4"), "a.b/c.repaired.mp4");
        for other in ["a.mp4", "repaired.mp4", ".repaired.mp4", "a/.repaired.mp4", "a.repaired", "a.repaired.d/b"] {
            assert_eq!(original_path(other), None, "{other}");
        }
    }

    #[test]
    fn a_session_is_a_directory_or_a_file() {
        assert_eq!(session_names("8f2e-1/standup_2025-01-15-10-30-00.mp4"), ["8f2e-1", "standup_2025-01-15-10-30-00"]);
        assert_eq!(session_names("rec-789.mp4"), ["rec-789"]);
        assert_eq!(session_names("a/b c/.mp4"), ["b_c"]);
        assert_eq!(session_name("a/b@c.d"), "a_b_c_d");
        let meeting = serde_json::json!({ "reflector_meeting_id": "0194a5f0-1111-7222-8333-444455556666" });
        assert!(recorded_meeting(meeting.as_object().unwrap()).is_some());
        assert!(recorded_meeting(serde_json::json!({ "reflector_meeting_id": 5 }).as_object().unwrap()).is_none());
    }
}
