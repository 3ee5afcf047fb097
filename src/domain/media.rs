//! What is in a media file, as far as its own index tells: how long it is, what its tracks are, and whether it is whole.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::room::{UnknownWord, words};

words!(
    /// How a file holds its tracks.
    Container {
        /// ISO base media (ISO/IEC 14496-12): MP4, M4A, MOV.
        Mp4 = "mp4",
        /// Matroska (RFC 9559).
        Matroska = "matroska",
        /// The part of Matroska that browsers play.
        Webm = "webm",
        /// None of those that are looked into.
        Other = "other",
    }
);

words!(
    /// What a track is.
    TrackKind {
        /// Pictures.
        Video = "video",
        /// Sound.
        Audio = "audio",
        /// Words, as subtitles are.
        Text = "text",
        /// Anything else.
        Other = "other",
    }
);

words!(
    /// What is wrong with a file.
    Damage {
        /// It has no bytes.
        Empty = "empty",
        /// The index that a player needs was never written, or is lost.
        NoIndex = "no_index",
        /// It ends in the middle of something.
        CutOff = "cut_off",
        /// It has an index, and nothing that it points at.
        NoData = "no_data",
        /// Its name says that it is media, and its bytes do not.
        NotMedia = "not_media",
        /// It has more parts than are looked at, so it is not known whether it is whole.
        TooMany = "too_many_parts",
    }
);

/// One track.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Track {
    pub(crate) kind: TrackKind,
    /// The codec by its common name, such as `h264` or `opus`; else as the file writes it.
    pub(crate) codec: String,
    /// In pixels, for pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) width: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) height: Option<u32>,
}

/// What a look into a file found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Media {
    pub(crate) container: Container,
    /// In milliseconds; of a file that is cut off, what is there of it, where that can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) duration_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tracks: Vec<Track>,
    /// Whether the index comes before the data, so that playing can begin before everything is there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) faststart: bool,
    /// Whether it is a row of pieces, each with an index of its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) fragmented: bool,
    /// Whether a player gets anything out of it. A file that is cut off may still play up to there.
    pub(crate) playable: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) damage: Option<Damage>,
}

impl Media {
    /// A file of which nothing is known but its container.
    pub(crate) const fn new(container: Container) -> Self {
        Self {
            container,
            duration_ms: None,
            tracks: Vec::new(),
            faststart: false,
            fragmented: false,
            playable: false,
            damage: None,
        }
    }

    /// A file that is of no use, and why.
    pub(crate) fn damaged(container: Container, damage: Damage) -> Self {
        Self { damage: Some(damage), ..Self::new(container) }
    }

    /// Whether there are pictures in it that a player can show.
    pub(crate) fn has_picture(&self) -> bool {
        let has_video = self.tracks.iter().any(|track| track.kind == TrackKind::Video);
        self.playable && has_video && self.container != Container::Other
    }

    /// The content type (RFC 6838) under which it is sent.
    pub(crate) fn content_type(&self) -> &'static str {
        let has_video = self.tracks.iter().any(|track| track.kind == TrackKind::Video);
        match (self.container, has_video || self.tracks.is_empty()) {
            (Container::Mp4, true) => "video/mp4",
            (Container::Mp4, false) => "audio/mp4",
            (Container::Webm, true) => "video/webm",
            (Container::Webm, false) => "audio/webm",
            (Container::Matroska, true) => "video/x-matroska",
            (Container::Matroska, false) => "audio/x-matroska",
            (Container::Other, _) => "application/octet-stream",
        }
    }
}
