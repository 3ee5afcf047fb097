//! The chapters of the API's documentation.

use poem_openapi::Tags;

/// A chapter.
#[derive(Tags)]
pub(crate) enum Tag {
    /// Rooms: what a person names and configures, and from which meetings are started.
    Rooms,
    /// Meetings: who was there, for how long, and what was recorded.
    Meetings,
    /// Control: what is done to a meeting while it goes on, by our Prosody module.
    Control,
    /// Recordings, and the recorders that make them.
    Recordings,
    /// The log of everything that happened.
    Events,
    /// What Prosody, Jibri and Whereby send.
    Webhooks,
    /// Sessions, people, tokens, and the audit.
    Access,
    /// The server itself.
    System,
}
