//! What changes for a room whose meetings are to be held somewhere else: told before it is done, and when it is done.

use super::room::{RecordingTrigger, RecordingType, RoomMode, UnknownWord, words};
use super::{Platform, Room};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

words!(
    /// What a change is about.
    About {
        /// Where meetings are held.
        Meetings = "meetings",
        /// The links into them.
        Links = "links",
        /// The room's own link for guests, and its rules.
        Guests = "guests",
        /// How we hear of what happens.
        Events = "events",
        /// What is recorded, and where it goes.
        Recordings = "recordings",
        /// How large meetings get, and who is let in.
        Rooms = "rooms",
    }
);

/// Something that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) about: About,
    /// In a sentence or two.
    pub(crate) detail: String,
}

/// What is so beside the room.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beside {
    /// Whether a meeting of the room is under way.
    pub(crate) is_meeting: bool,
    /// The setting without which nothing is heard from where it moves to, where it is not set.
    pub(crate) deaf_without: Option<&'static str>,
    /// Whether there is a bucket of our own.
    pub(crate) has_bucket: bool,
}

/// What changes when the room is as `after`, which has another platform.
pub(crate) fn changes(before: &Room, after: &Room, beside: Beside) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut say = |about, detail: String| changes.push(Change { about, detail });
    let (from, to) = (name(before.platform), name(after.platform));
    if beside.is_meeting {
        say(
            About::Meetings,
            format!("The meeting that is under way stays at {from} until it is over; the next one is at {to}."),
        );
        say(
            About::Links,
            format!(
                "Links that were handed out lead into {from} as long as that meeting goes on. Who is to come to the next \
                 one needs new ones."
            ),
        );
    } else {
        say(About::Meetings, format!("The next meeting is at {to}."));
    }
    match after.platform {
        Platform::Whereby => to_whereby(after, beside, &mut say),
        Platform::Jitsi => to_jitsi(after, &mut say),
    }
    match beside.deaf_without {
        Some(setting) => say(
            About::Events,
            format!(
                "Nobody will be seen to come or go: {to}'s events are refused until {setting} is set, and {to} told to send \
                 them."
            ),
        ),
        None => say(
            About::Events,
            format!("Who comes and goes is told by {to}'s events. Those of {from} are taken as before."),
        ),
    }
    changes
}

fn to_whereby(room: &Room, beside: Beside, say: &mut impl FnMut(About, String)) {
    let guests = room.guests;
    if guests.guest_link {
        say(
            About::Guests,
            format!(
                "/r/{} lets nobody in, from now on, nor does its link for hosts: Whereby has its own door. Give out the \
                 meeting's own links.",
                room.name
            ),
        );
    }
    if guests.max_participants.is_some() || guests.recording_consent {
        say(About::Guests, "max_participants and recording_consent have no effect there.".to_owned());
    }
    say(
        About::Rooms,
        match room.settings.room_mode {
            RoomMode::Normal => {
                "room_mode is normal: at Whereby up to 4 people. Set it to group for up to 200.".to_owned()
            }
            RoomMode::Group => "room_mode is group: at Whereby up to 200 people.".to_owned(),
        },
    );
    match room.settings.recording_type {
        RecordingType::None => {}
        RecordingType::Local => say(
            About::Recordings,
            "recording_type is local: at Whereby a host records in their own browser, and the file never comes here."
                .to_owned(),
        ),
        RecordingType::Cloud => {
            let place = if beside.has_bucket { "storage.bucket" } else { "Whereby's own storage" };
            say(About::Recordings, format!("Recordings are made by Whereby and go into {place}."));
        }
    }
    let has_trigger = room.settings.recording_trigger != RecordingTrigger::None;
    if has_trigger && room.settings.recording_type != RecordingType::Cloud {
        say(
            About::Recordings,
            "recording_trigger has no effect there with another recording_type than cloud.".to_owned(),
        );
    }
}

fn to_jitsi(room: &Room, say: &mut impl FnMut(About, String)) {
    if room.guests.guest_link {
        say(About::Guests, format!("/r/{} is a link for guests again, by the room's rules.", room.name));
    }
    if room.settings.room_mode == RoomMode::Group {
        say(About::Rooms, "room_mode has no effect there: how many people fit is a matter of the server.".to_owned());
    }
    match room.settings.recording_type {
        RecordingType::None => {}
        RecordingType::Local => {
            say(About::Recordings, "Recordings are made by Jibri and stay in its directories.".to_owned())
        }
        RecordingType::Cloud => {
            say(About::Recordings, "Recordings are made by Jibri and copied to the storage.".to_owned())
        }
    }
    say(
        About::Links,
        "Options of links that Jitsi has no equal of have no effect; the answer lists them as ignored_options."
            .to_owned(),
    );
}

const fn name(platform: Platform) -> &'static str {
    match platform {
        Platform::Jitsi => "Jitsi",
        Platform::Whereby => "Whereby",
    }
}
