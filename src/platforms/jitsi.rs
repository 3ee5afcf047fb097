//! Jitsi's addresses and tokens: the names of conferences, and the links by which people get in.
//!
//! The token's shape is what Prosody's token modules really take: `aud` must be a text, `exp` and `nbf` numbers, and
//! `room` and `sub` must be there, or the client waits for ever. Nobody's clock is forgiven there, so `nbf` lies back.

use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;

use super::jitsi_keys::SigningKey;
use super::jitsi_options::{Overrides, overrides};
use crate::config::JitsiConfig;
use crate::config::values::JwtAlgorithm;
use crate::domain::meeting::{Guest, JitsiFrame, Link};
use crate::domain::uri::percent_encoded;
use crate::domain::{ConferenceName, Meeting, RoomName, RoomSettings, Timestamp};

/// How far `nbf` lies back, for Prosody's clock may be behind ours.
const BACKDATED: Duration = Duration::from_secs(60);
/// How long past the meeting's end a token may be good.
const PAST_END: Duration = Duration::from_secs(3_600);
/// How many random bytes tell the conferences of one room apart; five are eight characters.
pub(crate) const SHORT_ID_BYTES: usize = 5;

/// What makes Jitsi's client ask a moderator whether to record.
const PROMPT: &str = "recordings.suggestRecording";
/// The feature without which nobody may record.
const RECORDING: &str = "recording";
/// The features that Jitsi knows by name, and whether a guest has them; a host has all. Where a token lists features at
/// all, one that it does not list is denied.
const FEATURES: [(&str, bool); 17] = [
    ("branding", true),
    ("calendar", true),
    ("create-polls", true),
    ("file-upload", true),
    ("flip", true),
    ("inbound-call", false),
    ("list-visitors", false),
    ("livestreaming", false),
    ("lobby", false),
    ("moderation", false),
    ("outbound-call", false),
    (RECORDING, false),
    ("room", true),
    ("screen-sharing", true),
    ("send-groupchat", true),
    ("sip-inbound-call", false),
    ("sip-outbound-call", false),
];

/// What is missing before a link can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LinkError {
    /// A setting is not set.
    #[error("Jitsi is not set up: set {0}.")]
    NotSet(&'static str),
    /// Links are to be signed with a key of ours, and there is none.
    #[error("There is no key to sign links with: reflector doctor tells why.")]
    NoKey,
    /// The token could not be signed.
    #[error("The token could not be signed.")]
    Signing,
}

/// The name of a new conference of `room`. Prosody folds case, so there is none; the short id keeps lives apart.
pub(crate) fn conference_name(room: &RoomName, short_id: [u8; SHORT_ID_BYTES]) -> ConferenceName {
    let short_id = data_encoding::BASE32_NOPAD.encode(&short_id);
    ConferenceName::new(&format!("reflector-{room}-{short_id}"))
}

/// Whether links can be made, and if not, what is missing.
pub(crate) fn check(config: &JitsiConfig) -> Result<(), LinkError> {
    let has_key = config.jwt_secret.is_some() || config.jwt_algorithm == JwtAlgorithm::Rs256;
    match (config.domain.is_some(), has_key) {
        (true, true) => Ok(()),
        (false, true) => Err(LinkError::NotSet("jitsi.domain")),
        (true, false) => Err(LinkError::NotSet("jitsi.jwt_secret")),
        (false, false) => Err(LinkError::NotSet("jitsi.domain and jitsi.jwt_secret")),
    }
}

/// Where a link leads, as far as the link depends on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) conference: &'a ConferenceName,
    pub(crate) end_date: Timestamp,
    /// What the room lays down of recordings.
    pub(crate) settings: RoomSettings,
}

impl<'a> Place<'a> {
    /// That of a meeting.
    pub(crate) const fn of(meeting: &'a Meeting) -> Self {
        Self { conference: &meeting.conference, end_date: meeting.end_date, settings: meeting.settings }
    }

    /// A conference of no room, open until `end_date`.
    pub(crate) fn plain(conference: &'a ConferenceName, end_date: Timestamp) -> Self {
        Self { conference, end_date, settings: RoomSettings::default() }
    }
}

/// A link to `place` for `guest`, good for the configured lifetime, but not past the place's end by more than an hour.
/// `key` is the one that signs, where the secret does not.
///
/// # Errors
/// [`LinkError::NotSet`] where domain or secret are missing, [`LinkError::NoKey`] where the key is.
pub(crate) fn link(
    config: &JitsiConfig,
    key: Option<&SigningKey>,
    place: &Place<'_>,
    guest: &Guest,
    now: Timestamp,
) -> Result<Link, LinkError> {
    check(config)?;
    let domain = config.domain.as_ref().ok_or(LinkError::NotSet("jitsi.domain"))?;
    let lifetime = Duration::from_secs(config.jwt_lifetime_minutes * 60);
    // Whoever sits past the end date is let in again: the meeting goes on while they sit.
    let expires_at = now.plus(lifetime).min(place.end_date.max(now).plus(PAST_END));
    let claims = Claims {
        iss: config.issuer(),
        aud: &config.jwt_audience,
        sub: config.subject().unwrap_or("*"),
        room: place.conference.as_str(),
        iat: now.as_seconds(),
        nbf: now.minus(BACKDATED).as_seconds(),
        exp: expires_at.as_seconds(),
        moderator: guest.moderator,
        context: Context {
            user: User {
                id: &guest.id,
                name: guest.name.as_deref(),
                email: guest.email.as_deref(),
                avatar: guest.avatar.as_deref(),
                moderator: guest.moderator,
                affiliation: if guest.moderator { "owner" } else { "member" },
            },
            features: Features { host: guest.moderator, may_record: !place.settings.recording_forbidden },
        },
    };
    let jwt = token(config, key, &claims)?;
    let Overrides { mut config, language, ignored } = overrides(&guest.options);
    if guest.moderator && place.settings.prompts() {
        config.insert(0, (PROMPT, true.into()));
    }
    let frame = JitsiFrame { domain: domain.to_string(), path: path(place.conference), language, config };
    Ok(Link { url: url(&frame, &jwt), jwt: Some(jwt), expires_at, frame: Some(frame), ignored })
}

/// The address. What it sets stands behind `#` and stays in the browser.
fn url(frame: &JitsiFrame, jwt: &str) -> String {
    let JitsiFrame { domain, path, language, config } = frame;
    let language = language.iter().map(|language| format!("&lang={language}"));
    let settings = config.iter().zip(["#"].into_iter().chain(std::iter::repeat("&")));
    let settings =
        settings.map(|((path, value), mark)| format!("{mark}config.{path}={}", percent_encoded(&value.to_string())));
    let said: String = language.chain(settings).collect();
    format!("https://{domain}/{path}?jwt={jwt}{said}")
}

fn token(config: &JitsiConfig, key: Option<&SigningKey>, claims: &Claims<'_>) -> Result<String, LinkError> {
    match config.jwt_algorithm {
        JwtAlgorithm::Rs256 => key.ok_or(LinkError::NoKey)?.token(claims).map_err(|_| LinkError::Signing),
        JwtAlgorithm::Hs256 => {
            let secret = config.jwt_secret.as_ref().ok_or(LinkError::NotSet("jitsi.jwt_secret"))?;
            let key = EncodingKey::from_secret(secret.expose().as_bytes());
            jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &key).map_err(|_| LinkError::Signing)
        }
    }
}

/// The conference as a path: a tenant, which Prosody writes in brackets before the room, is a folder.
fn path(conference: &ConferenceName) -> String {
    let name = conference.as_str();
    match name.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((tenant, room)) => format!("{tenant}/{room}"),
        None => name.to_owned(),
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    room: &'a str,
    iat: i64,
    nbf: i64,
    exp: i64,
    moderator: bool,
    context: Context<'a>,
}

#[derive(Serialize)]
struct Context<'a> {
    user: User<'a>,
    features: Features,
}

#[derive(Serialize)]
struct User<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<&'a str>,
    moderator: bool,
    affiliation: &'static str,
}

struct Features {
    host: bool,
    /// Whether anybody may.
    may_record: bool,
}

impl Serialize for Features {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let has = |name: &str, guest: bool| (self.host || guest) && (self.may_record || name != RECORDING);
        serializer.collect_map(FEATURES.iter().map(|(name, guest)| (name, has(name, *guest))))
    }
}
