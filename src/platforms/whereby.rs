//! Whereby's REST API: what it is asked, and how its answers are read. Nothing here sends anything. Answers are read leniently, for
//! fields are added at any time; and an error's body may be anything at all.

pub(crate) mod insights;
pub(crate) mod link;
pub(crate) mod quota;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::config::{Config, StorageConfig};
use crate::domain::room::{RecordingTrigger, RecordingType, RoomMode};
use crate::domain::uri::percent_encoded;
use crate::domain::{ConferenceName, RoomName, RoomSettings, Timestamp};
use crate::platforms::whereby_events::conference_name;

/// How many random bytes tell the rooms of one name apart; eight are thirteen characters.
pub(crate) const CHANCE_BYTES: usize = 8;
/// How many characters of a room's name stand in that of its room at Whereby, which takes 39 for all that we choose.
const NAME_MOST: usize = 24;
/// How many rooms one page of a list has: the most that Whereby gives.
const PAGE: usize = 100;
/// How much of an error's text is shown, in characters.
const ERROR_MOST: usize = 200;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) method: &'static str,
    /// Below the API's address, with its query.
    pub(crate) path: String,
    pub(crate) body: String,
    /// What it costs of the organisation's points, which it has so many of in a minute.
    pub(crate) points: u64,
}

impl Call {
    /// Whether the key is good, at the least price.
    pub(crate) fn hello() -> Self {
        Self::plain("HEAD", "/hello".to_owned(), 1)
    }

    /// The same where there is no such address any more.
    pub(crate) fn any_room() -> Self {
        Self::plain("GET", "/meetings?limit=1".to_owned(), 3)
    }

    /// Makes a room.
    pub(crate) fn create(room: &NewRoom) -> Result<Self, NotSet> {
        let body = room.body()?.to_string();
        Ok(Self { method: "POST", path: "/meetings".to_owned(), body, points: 3 })
    }

    /// One room, with its host's address.
    pub(crate) fn host_of(id: &str) -> Self {
        Self::plain("GET", format!("/meetings/{}?fields=hostRoomUrl", percent_encoded(id)), 1)
    }

    /// A page of the rooms whose name begins so.
    pub(crate) fn list(prefix: &str, cursor: Option<&str>) -> Self {
        let name = percent_encoded(&format!("/{prefix}"));
        let cursor = cursor.map(|cursor| format!("&cursor={}", percent_encoded(cursor))).unwrap_or_default();
        Self::plain("GET", format!("/meetings?limit={PAGE}&roomName%5BstartsWith%5D={name}{cursor}"), 3)
    }

    /// Takes a room down: everybody in it is sent out. That it is gone already is no error.
    pub(crate) fn delete(id: &str) -> Self {
        Self::plain("DELETE", format!("/meetings/{}", percent_encoded(id)), 3)
    }

    fn plain(method: &'static str, path: String, points: u64) -> Self {
        Self { method, path, body: String::new(), points }
    }
}

/// A setting is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Whereby is not set up: set {0}.")]
pub(crate) struct NotSet(pub(crate) &'static str);

/// A room that is to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewRoom<'a> {
    /// What its name begins with; no other room's does.
    pub(crate) prefix: &'a str,
    pub(crate) end_date: Timestamp,
    pub(crate) settings: RoomSettings,
    pub(crate) storage: &'a StorageConfig,
}

/// What the name of a room at Whereby begins with: the room's own, and what tells it from all others.
pub(crate) fn prefix(room: &RoomName, chance: [u8; CHANCE_BYTES]) -> String {
    let name: String = room.as_str().chars().take(NAME_MOST).collect();
    let chance = data_encoding::BASE32_NOPAD.encode(&chance).to_lowercase();
    format!("{}-{chance}-", name.trim_end_matches('-'))
}

/// Whether rooms can be made, and if not, what is missing.
pub(crate) fn check(config: &Config, settings: RoomSettings) -> Result<(), NotSet> {
    if config.whereby.api_key.is_none() {
        return Err(NotSet("whereby.api_key"));
    }
    recording(settings, &config.storage).map(drop)
}

impl NewRoom<'_> {
    /// Everything is said outright: what is left out follows the organisation's own settings, which nobody sees here.
    fn body(&self) -> Result<Value, NotSet> {
        Ok(json!({
            "endDate": self.end_date.to_string(),
            "isLocked": self.settings.is_locked,
            "roomMode": match self.settings.room_mode { RoomMode::Normal => "normal", RoomMode::Group => "group" },
            "roomNamePrefix": self.prefix,
            "roomNamePattern": "uuid",
            "fields": ["hostRoomUrl"],
            "recording": recording(self.settings, self.storage)?,
            "liveTranscription": { "destination": null, "startTrigger": "none" },
            "streaming": { "destination": null, "startTrigger": "none" },
        }))
    }
}

fn recording(settings: RoomSettings, storage: &StorageConfig) -> Result<Value, NotSet> {
    let kind = if settings.recording_forbidden { RecordingType::None } else { settings.recording_type };
    let (destination, trigger) = match kind {
        RecordingType::None | RecordingType::Local => (Value::Null, Value::Null),
        RecordingType::Cloud => {
            let trigger = match settings.recording_trigger {
                RecordingTrigger::None => "none",
                RecordingTrigger::Prompt => "prompt",
                RecordingTrigger::Automatic => "automatic",
                RecordingTrigger::AutomaticSecond => "automatic-2nd-participant",
            };
            (destination(storage)?, trigger.into())
        }
    };
    Ok(json!({ "type": kind.as_str(), "destination": destination, "startTrigger": trigger }))
}

/// One's own bucket where there is one, else Whereby's storage.
fn destination(storage: &StorageConfig) -> Result<Value, NotSet> {
    let Some(bucket) = &storage.bucket else { return Ok(json!({ "provider": "whereby", "fileFormat": "mp4" })) };
    let id = storage.aws_access_key_id.as_ref().ok_or(NotSet("storage.aws_access_key_id"))?;
    let secret = storage.aws_access_key_secret.as_ref().ok_or(NotSet("storage.aws_access_key_secret"))?;
    Ok(json!({
        "provider": "s3",
        "authenticationType": "accessKey",
        "bucket": bucket,
        "accessKeyId": id,
        "accessKeySecret": secret.expose(),
        "fileFormat": "mp4",
    }))
}

/// A room at Whereby.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct HostedRoom {
    pub(crate) id: String,
    pub(crate) name: ConferenceName,
    /// The address for everybody, without any key.
    pub(crate) room_url: String,
    /// The address for hosts: its key makes a host of whoever has it.
    pub(crate) host_url: Option<HostUrl>,
}

/// An address that makes a host of whoever has it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct HostUrl(String);

impl HostUrl {
    /// The address, for a host.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for HostUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HostUrl(***)")
    }
}

impl std::fmt::Debug for HostedRoom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HostedRoom({} {})", self.id, self.name)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Meeting {
    meeting_id: String,
    room_url: String,
    room_name: Option<String>,
    host_room_url: Option<String>,
}

/// A page of a list.
#[derive(Debug)]
pub(crate) struct Listed<T> {
    pub(crate) items: Vec<T>,
    /// Where the next begins; nothing at the end.
    pub(crate) cursor: Option<String>,
}

#[derive(Deserialize)]
struct Page<T> {
    results: Vec<T>,
    cursor: Option<String>,
}

impl<T> Page<T> {
    fn listed<U>(self, items: impl FnOnce(Vec<T>) -> Result<Vec<U>, Unreadable>) -> Result<Listed<U>, Unreadable> {
        Ok(Listed { items: items(self.results)?, cursor: self.cursor.filter(|cursor| !cursor.is_empty()) })
    }
}

/// An answer that says nothing that can be read, although it bears a good status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

/// Reads one room.
///
/// # Errors
/// [`Unreadable`].
pub(crate) fn read_room(body: &[u8]) -> Result<HostedRoom, Unreadable> {
    serde_json::from_slice::<Meeting>(body).map_err(|_| Unreadable)?.try_into()
}

/// Reads a page of rooms.
///
/// # Errors
/// [`Unreadable`].
pub(crate) fn read_page(body: &[u8]) -> Result<Listed<HostedRoom>, Unreadable> {
    let page: Page<Meeting> = serde_json::from_slice(body).map_err(|_| Unreadable)?;
    page.listed(|rooms| rooms.into_iter().map(HostedRoom::try_from).collect())
}

/// Reads a page of what else Whereby lists. An item that cannot be read is left out.
///
/// # Errors
/// [`Unreadable`].
pub(crate) fn read_list<T: DeserializeOwned>(body: &[u8]) -> Result<Listed<T>, Unreadable> {
    let page: Page<Value> = serde_json::from_slice(body).map_err(|_| Unreadable)?;
    page.listed(|items| Ok(items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect()))
}

impl TryFrom<Meeting> for HostedRoom {
    type Error = Unreadable;

    fn try_from(meeting: Meeting) -> Result<Self, Unreadable> {
        let room_url = without_query(&meeting.room_url);
        let path = room_url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map(|(_, path)| path);
        let name = meeting.room_name.as_deref().or(path).filter(|name| !name.trim_matches('/').is_empty());
        Ok(Self {
            id: Some(meeting.meeting_id).filter(|id| !id.is_empty()).ok_or(Unreadable)?,
            name: conference_name(name.ok_or(Unreadable)?),
            room_url: room_url.to_owned(),
            host_url: meeting.host_room_url.map(HostUrl),
        })
    }
}

fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

/// What the sender of an error says of it, as far as it can be shown: JSON or not, of bounded length, and without what is secret.
pub(crate) fn told(body: &[u8], secrets: &[&str]) -> String {
    let text = String::from_utf8_lossy(body);
    let json: Option<Value> = serde_json::from_slice(body).ok();
    let field = |name: &str| json.as_ref().and_then(|json| json.get(name)).and_then(Value::as_str);
    let said = field("error").or_else(|| field("message")).unwrap_or(&text);
    let mut said = said.to_owned();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        said = said.replace(secret, "***");
    }
    let plain: String = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown: String = without_keys(&plain).chars().filter(|c| !c.is_control()).take(ERROR_MOST).collect();
    if shown.is_empty() { "it says nothing".to_owned() } else { shown }
}

/// The text without the keys of rooms in it.
fn without_keys(text: &str) -> String {
    const KEY: &str = "roomKey=";
    let mut parts = text.split(KEY);
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !(c.is_ascii_alphanumeric() || "-._~%".contains(c))).unwrap_or(part.len());
        shown.push_str(KEY);
        shown.push_str("***");
        shown.push_str(part.get(end..).unwrap_or_default());
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(recording_type: RecordingType, recording_trigger: RecordingTrigger) -> RoomSettings {
        RoomSettings { recording_type, recording_trigger, ..RoomSettings::default() }
    }

    fn body(settings: RoomSettings, storage: &StorageConfig) -> Result<Value, NotSet> {
        let end_date = Timestamp::parse("2099-01-01T00:00:00Z").unwrap();
        NewRoom { prefix: "a-b-", end_date, settings, storage }.body()
    }

    #[test]
    fn what_a_room_is_to_be_is_said_outright() {
        let none = body(RoomSettings::default(), &StorageConfig::default()).unwrap();
        assert_eq!(
            none,
            json!({
                "endDate": "2099-01-01T00:00:00.000Z", "isLocked": false, "roomMode": "normal",
                "roomNamePrefix": "a-b-", "roomNamePattern": "uuid", "fields": ["hostRoomUrl"],
                "recording": { "type": "none", "destination": null, "startTrigger": null },
                "liveTranscription": { "destination": null, "startTrigger": "none" },
                "streaming": { "destination": null, "startTrigger": "none" },
            })
        );
        let cloud = settings(RecordingType::Cloud, RecordingTrigger::AutomaticSecond);
        let here = body(cloud, &StorageConfig::default()).unwrap();
        assert_eq!(here["recording"]["destination"], json!({ "provider": "whereby", "fileFormat": "mp4" }));
        let mut storage = StorageConfig { bucket: Some("b".to_owned()), ..StorageConfig::default() };
        assert_eq!(body(cloud, &storage), Err(NotSet("storage.aws_access_key_id")));
        storage.aws_access_key_id = Some("id".to_owned());
        assert_eq!(body(cloud, &storage), Err(NotSet("storage.aws_access_key_secret")));
        storage.aws_access_key_secret = Some("secret".parse().unwrap());
        let recording = &body(cloud, &storage).unwrap()["recording"];
        assert_eq!(recording["startTrigger"], "automatic-2nd-participant");
        assert_eq!(recording["destination"]["accessKeySecret"], "secret");
        let forbidden = RoomSettings { recording_forbidden: true, ..cloud };
        assert_eq!(body(forbidden, &storage).unwrap()["recording"], none["recording"]);
    }

    #[test]
    fn a_prefix_is_short_and_of_one_room_alone() {
        let name = |text: &str| text.parse::<RoomName>().unwrap();
        assert_eq!(prefix(&name("standup"), [0; CHANCE_BYTES]), "standup-aaaaaaaaaaaaa-");
        let long = prefix(&name(&"long-name-".repeat(6)), [255; CHANCE_BYTES]);
        assert!(long.len() <= 39, "{long}");
        assert_ne!(prefix(&name("a"), [1; CHANCE_BYTES]), prefix(&name("a"), [2; CHANCE_BYTES]));
    }

    #[test]
    fn calls_are_spelled_as_addresses_are() {
        assert_eq!(Call::delete("a/b?c").path, "/meetings/a%2Fb%3Fc");
        let next = Call::list("a-b-", Some("x=&y")).path;
        assert_eq!(next, "/meetings?limit=100&roomName%5BstartsWith%5D=%2Fa-b-&cursor=x%3D%26y");
    }

    #[test]
    fn a_room_is_read_in_all_the_forms_it_has_had() {
        let read = |json: Value| read_room(json.to_string().as_bytes());
        let url = "https://acme.whereby.com/A-1?roomKey=abc";
        let room = read(json!({ "meetingId": "0007", "roomUrl": url, "endDate": "2099", "more": {} })).unwrap();
        assert_eq!((room.id.as_str(), room.name.as_str()), ("0007", "/a-1"));
        assert_eq!(room.room_url, "https://acme.whereby.com/A-1");
        let named = json!({ "meetingId": "7", "roomUrl": url, "roomName": "/other", "hostRoomUrl": url });
        let named = read(named).unwrap();
        assert_eq!((named.name.as_str(), named.host_url.as_ref().unwrap().expose()), ("/other", url));
        assert!(!format!("{named:?} {:?}", named.host_url).contains("abc"));
        for odd in [
            json!([]),
            json!({}),
            json!({ "meetingId": "", "roomUrl": url }),
            json!({ "meetingId": "7", "roomUrl": "x" }),
        ] {
            assert_eq!(read(odd.clone()), Err(Unreadable), "{odd}");
        }
        let page = read_page(br#"{"results":[],"cursor":null}"#).unwrap();
        assert_eq!((page.items.len(), page.cursor), (0, None));
    }

    #[test]
    fn an_error_is_told_whatever_it_is_and_without_secrets() {
        let told = |body: &str| told(body.as_bytes(), &["sesame"]);
        assert_eq!(told(r#"{"error":"no such plan","message":"x"}"#), "no such plan");
        assert_eq!(told(r#"{"message":"bad sesame"}"#), "bad ***");
        assert_eq!(told("<!DOCTYPE html>\n<p>gone</p>"), "<!DOCTYPE html> <p>gone</p>");
        assert_eq!(told(""), "it says nothing");
        assert_eq!(
            told("see https://a.whereby.com/b?roomKey=ey.J-_x&c=1 now"),
            "see https://a.whereby.com/b?roomKey=***&c=1 now"
        );
        assert_eq!(told(&"x".repeat(5_000)).len(), ERROR_MOST);
    }
}
