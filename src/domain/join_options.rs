//! What a link can say of how a meeting looks and behaves for the person it is for.
//!
//! The names are those of Whereby's URL parameters, for there they are documented; what each comes to in Jitsi's client is in
//! `platforms/jitsi_options.rs`. None of them is security: whoever has a link can change what stands in it.

mod rules;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The longest address that an option takes, in characters.
const ADDRESS_MOST: usize = 2_000;
/// How many groups may be named, and how long a name may be, in characters.
const GROUPS_MOST: usize = 20;
const GROUP_MOST: usize = 100;
/// The longest id that Whereby takes of a person: with a longer one they are not let in.
const EXTERNAL_ID_MOST: usize = 36;
/// How many parameters may be given that are not in the table, and the longest name and value of one, in characters.
const OTHERS_MOST: usize = 20;
const OTHER_NAME_MOST: usize = 40;
const OTHER_VALUE_MOST: usize = 512;
/// The field of those.
pub(crate) const OTHER: &str = "other";
/// What makes a host of whoever has it is nobody's to choose.
const ROOM_KEY: &str = "roomKey";

const CAMERA_EFFECTS: &[&str] = &[
    "slight-blur",
    "blur",
    "image-cabin",
    "image-concrete",
    "image-brick",
    "image-sunrise",
    "image-day",
    "image-night",
];
const LANGUAGES: &[&str] =
    &["cs", "zh-hant", "da", "nl", "en", "fr", "de", "el", "hi", "hu", "it", "jp", "nb", "pt", "pl", "es", "sv", "uk"];

/// What may be said of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It holds, or it is left out.
    Flag,
    /// `on` or `off`; some options have one of the two only.
    Switch(&'static [&'static str]),
    /// One of these words.
    Words(&'static [&'static str]),
    /// An address that begins with `https://`.
    Address,
    /// The same without a query.
    Picture,
    /// An id that Whereby takes of a person.
    Id,
    /// A few names.
    Names,
    /// It is told by this field of the request, or made here: why it cannot be given.
    Ours(&'static str),
}

const OFF: Kind = Kind::Switch(&["off"]);
const ON: Kind = Kind::Switch(&["on"]);
const ON_OFF: Kind = Kind::Switch(&["on", "off"]);

/// One table: what an option is called, what may be said of it, whether it is for hosts only, and what it is about.
macro_rules! options {
    ($($variant:ident $name:literal $kind:expr, $hosts:literal, $says:literal;)+) => {
        /// An option, in the order in which links bear them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum JoinOption { $(#[doc = $says] $variant),+ }

        impl JoinOption {
            /// Every option.
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What may be said of it.
            pub(crate) const fn kind(self) -> Kind {
                match self { $(Self::$variant => $kind),+ }
            }

            /// Whether it is for hosts only.
            pub(crate) const fn is_for_hosts(self) -> bool {
                match self { $(Self::$variant => $hosts),+ }
            }

            /// What it is about, in a sentence.
            pub(crate) const fn says(self) -> &'static str {
                match self { $(Self::$variant => $says),+ }
            }
        }
    };
}

options! {
    Aec "aec" OFF, false, "Echo cancellation.";
    Agc "agc" OFF, false, "Automatic gain of the microphone.";
    Audio "audio" OFF, false, "Come in with the microphone muted.";
    AudioDenoiser "audioDenoiser" ON_OFF, false, "Noise reduction.";
    AutoHideSelfView "autoHideSelfView" Kind::Flag, false, "Hide one's own picture after a while; needs floatSelf.";
    AutoSpotlight "autoSpotlight" Kind::Flag, true, "Put the host into the spotlight on coming in.";
    AvatarUrl "avatarUrl" Kind::Picture, false, "The address of one's picture, without a query.";
    Background "background" OFF, false, "The room's background.";
    BottomToolbar "bottomToolbar" ON_OFF, false, "The bar with the buttons.";
    Breakout "breakout" ON_OFF, true, "Breakout groups.";
    CallQualityMonitoring "callQualityMonitoring" ON_OFF, false, "Hints of a bad connection.";
    CameraAccess "cameraAccess" ON_OFF, false, "Whether the camera may be used; off is audio only.";
    CameraEffect "cameraEffect" Kind::Words(CAMERA_EFFECTS), false, "What is done with one's own picture.";
    Chat "chat" ON_OFF, false, "The chat.";
    ChatDownload "chatDownload" ON_OFF, false, "Downloading the chat; needs the chat.";
    DisplayName "displayName" Kind::Ours("is the display_name of the request"), false, "One's name.";
    ExternalId "externalId" Kind::Id, false, "An id of one's own in Whereby's events; user_id where it is left out.";
    FileSharing "fileSharing" ON_OFF, false, "Sharing files; needs the chat.";
    FloatSelf "floatSelf" Kind::Flag, false, "One's own picture floats in a corner.";
    Groups "groups" Kind::Names, false, "The names of breakout groups.";
    HighlightActiveSpeaker "highlightActiveSpeaker" ON_OFF, false, "Mark who speaks.";
    Lang "lang" Kind::Words(LANGUAGES), false, "The language.";
    LeaveButton "leaveButton" ON_OFF, false, "The button to leave.";
    Localization "localization" ON_OFF, false, "The choice of the language.";
    Locking "locking" OFF, false, "The button that locks the room.";
    Logo "logo" OFF, false, "The logo.";
    LowData "lowData" ON_OFF, false, "Save data.";
    Metadata "metadata" Kind::Ours("proves whose link it is and is made here: give user_id"), false, "Whose link it is.";
    Minimal "minimal" Kind::Flag, false, "Only what is needed: no top bar, chat, screen sharing, button to leave.";
    MoreButton "moreButton" OFF, false, "The button for more.";
    ParticipantCount "participantCount" OFF, false, "How many there are.";
    People "people" OFF, false, "The list of people.";
    Personality "personality" ON_OFF, false, "Playful details; not documented any more.";
    PipButton "pipButton" OFF, false, "The button for picture in picture.";
    PrecallCeremony "precallCeremony" ON_OFF, false, "A test of camera, microphone and connection; needs precallReview.";
    PrecallCeremonyCanSkip "precallCeremonyCanSkip" ON, false, "That test may be left out; needs precallCeremony.";
    PrecallPermissionHelpLink "precallPermissionHelpLink" Kind::Address, false, "Where to find help with permissions.";
    PrecallReview "precallReview" ON_OFF, false, "The page before one goes in.";
    Recording "recording" ON, true, "Recording in the host's browser.";
    RoomIntegrations "roomIntegrations" ON_OFF, false, "Whiteboards, videos and other things in the room.";
    Screenshare "screenshare" ON_OFF, false, "Sharing the screen.";
    SettingsButton "settingsButton" OFF, false, "The button for settings.";
    SkipMediaPermissionPrompt "skipMediaPermissionPrompt" Kind::Flag, false, "Ask for camera and microphone without a page before.";
    SubgridLabels "subgridLabels" ON_OFF, false, "Names below small pictures.";
    Timer "timer" ON_OFF, false, "How long it has gone on.";
    ToolbarDarkText "toolbarDarkText" Kind::Flag, false, "Dark text on the bars.";
    ToolbarText "toolbarText" ON_OFF, false, "Text below the buttons.";
    TopToolbar "topToolbar" ON_OFF, false, "The bar at the top.";
    Video "video" OFF, false, "Come in with the camera off.";
    VirtualBackgroundUrl "virtualBackgroundUrl" Kind::Address, false, "The address of a picture behind oneself.";
}

/// What is said of an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// It holds.
    Flag,
    /// It is on, or it is off.
    Switch(bool),
    Text(String),
    Names(Vec<String>),
}

/// What a link says besides whom it is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct JoinOptions {
    said: BTreeMap<JoinOption, Said>,
    /// Parameters of Whereby's that are not in the table, each with its value, which may be empty.
    other: BTreeMap<String, String>,
}

/// An option that cannot be so: its name and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadOption {
    pub(crate) name: String,
    pub(crate) detail: String,
}

impl BadOption {
    fn new(name: &str, detail: impl Into<String>) -> Self {
        Self { name: name.to_owned(), detail: detail.into() }
    }
}

impl JoinOptions {
    /// Reads what was given for a host, or for somebody else.
    ///
    /// # Errors
    /// Everything that is wrong: with single options, or, where each is good by itself, with what does not go together.
    pub(crate) fn parse(given: &Map<String, Value>, is_host: bool) -> Result<Self, Vec<BadOption>> {
        let (mut options, mut bad) = (Self::default(), Vec::new());
        for (name, value) in given {
            let read = match JoinOption::ALL.iter().find(|option| option.as_str() == name) {
                Some(option) => options.put(*option, value, is_host),
                None if name == OTHER => options.put_others(value),
                None => Err(format!("is not known here: what Whereby takes besides goes into {OTHER}")),
            };
            bad.extend(read.err().map(|detail| BadOption::new(name, detail)));
        }
        if bad.is_empty() {
            bad = rules::broken(&options);
        }
        if bad.is_empty() { Ok(options) } else { Err(bad) }
    }

    fn put(&mut self, option: JoinOption, value: &Value, is_host: bool) -> Result<(), String> {
        if let Some(said) = read(option.kind(), value)? {
            if option.is_for_hosts() && !is_host {
                return Err("is for hosts only: ask for the link with moderator true".to_owned());
            }
            self.said.insert(option, said);
        }
        Ok(())
    }

    fn put_others(&mut self, value: &Value) -> Result<(), String> {
        if value.is_null() {
            return Ok(());
        }
        let takes = format!(
            "must be an object of at most {OTHERS_MOST} parameters that are not known here, named with 1 to \
             {OTHER_NAME_MOST} letters and digits, each a text of at most {OTHER_VALUE_MOST} characters"
        );
        let Some(given) = value.as_object().filter(|given| given.len() <= OTHERS_MOST) else { return Err(takes) };
        for (name, value) in given {
            let is_name =
                (1..=OTHER_NAME_MOST).contains(&name.len()) && name.bytes().all(|c| c.is_ascii_alphanumeric());
            let known = JoinOption::ALL.iter().map(|option| option.as_str()).chain([ROOM_KEY]);
            let is_free = !known.into_iter().any(|known| known.eq_ignore_ascii_case(name));
            let value = value.as_str().filter(|value| is_plain(value, OTHER_VALUE_MOST));
            let Some(value) = value.filter(|_| is_name && is_free) else { return Err(format!("{takes}: not {name}")) };
            self.other.insert(name.clone(), value.to_owned());
        }
        Ok(())
    }

    /// What is said of an option.
    pub(crate) fn get(&self, option: JoinOption) -> Option<&Said> {
        self.said.get(&option)
    }

    /// Takes out what is said of an option, where that is a text.
    pub(crate) fn take_text(&mut self, option: JoinOption) -> Option<String> {
        match self.said.remove(&option) {
            Some(Said::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// All that is said, in the order of the table.
    pub(crate) fn said(&self) -> impl Iterator<Item = (JoinOption, &Said)> {
        self.said.iter().map(|(option, said)| (*option, said))
    }

    /// What is not in the table, by name.
    pub(crate) fn other(&self) -> impl Iterator<Item = (&str, &str)> {
        self.other.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether it is off, or on.
    fn is(&self, option: JoinOption, on: bool) -> bool {
        self.get(option) == Some(&Said::Switch(on))
    }

    fn has(&self, option: JoinOption) -> bool {
        self.said.contains_key(&option)
    }
}

/// Reads what is said of an option of a kind; nothing where it is left out after all.
fn read(kind: Kind, value: &Value) -> Result<Option<Said>, String> {
    let text = value.as_str();
    let said = match kind {
        _ if value.is_null() => return Ok(None),
        Kind::Ours(why) => return Err(why.to_owned()),
        Kind::Flag if value == &Value::Bool(false) => return Ok(None),
        Kind::Flag => (value == &Value::Bool(true)).then_some(Said::Flag),
        Kind::Switch(words) => {
            let word = value.as_bool().map(|on| if on { "on" } else { "off" }).or(text);
            word.filter(|word| words.contains(word)).map(|word| Said::Switch(word == "on"))
        }
        Kind::Words(words) => text.filter(|text| words.contains(text)).map(text_said),
        Kind::Address => text.filter(|text| is_address(text)).map(text_said),
        Kind::Picture => text.filter(|text| is_picture(text)).map(text_said),
        Kind::Id => text.filter(|text| is_external_id(text)).map(text_said),
        Kind::Names => names(value).map(Said::Names),
    };
    said.map(Some).ok_or_else(|| takes(kind))
}

fn text_said(text: &str) -> Said {
    Said::Text(text.to_owned())
}

/// What an option of a kind takes.
fn takes(kind: Kind) -> String {
    match kind {
        Kind::Flag => "must be true or false".to_owned(),
        Kind::Switch(words) | Kind::Words(words) => format!("must be one of: {}", words.join(", ")),
        Kind::Address => format!("must be an address that begins with https://, of at most {ADDRESS_MOST} characters"),
        Kind::Picture => {
            format!(
                "must be an address that begins with https:// and has no query, of at most {ADDRESS_MOST} characters"
            )
        }
        Kind::Id => format!("must be 1 to {EXTERNAL_ID_MOST} of the characters A-Z, a-z, 0-9, - and _"),
        Kind::Names => {
            format!("must be a list of 1 to {GROUPS_MOST} names of at most {GROUP_MOST} characters, without commas")
        }
        Kind::Ours(why) => why.to_owned(),
    }
}

fn names(value: &Value) -> Option<Vec<String>> {
    let names = value.as_array().filter(|names| (1..=GROUPS_MOST).contains(&names.len()))?;
    let is_name = |name: &&str| !name.trim().is_empty() && is_plain(name, GROUP_MOST) && !name.contains(',');
    names.iter().map(|name| name.as_str().filter(is_name).map(str::to_owned)).collect()
}

fn is_plain(text: &str, most: usize) -> bool {
    text.chars().count() <= most && !text.chars().any(char::is_control)
}

fn is_address(text: &str) -> bool {
    let has_host = text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    has_host && is_plain(text, ADDRESS_MOST) && !text.contains(char::is_whitespace)
}

/// Whether Whereby takes the address as that of somebody's picture.
pub(crate) fn is_picture(text: &str) -> bool {
    is_address(text) && !text.contains(['?', '#'])
}

/// Whether Whereby takes a person's id.
pub(crate) fn is_external_id(id: &str) -> bool {
    (1..=EXTERNAL_ID_MOST).contains(&id.len()) && id.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_".contains(&c))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(given: &Value, is_host: bool) -> Result<JoinOptions, Vec<String>> {
        let told = |bad: Vec<BadOption>| bad.into_iter().map(|bad| format!("{} {}", bad.name, bad.detail)).collect();
        JoinOptions::parse(given.as_object().unwrap(), is_host).map_err(told)
    }

    fn refused(given: &Value) -> Vec<String> {
        parse(given, true).unwrap_err()
    }

    #[test]
    fn the_table_is_in_the_order_of_the_names() {
        assert!(JoinOption::ALL.is_sorted_by_key(|option| option.as_str().to_lowercase()));
        assert!(JoinOption::ALL.is_sorted());
        assert_eq!(JoinOption::ALL.len(), 50);
    }

    #[test]
    fn every_kind_takes_what_it_says_and_nothing_else() {
        for option in JoinOption::ALL {
            let (name, kind) = (option.as_str(), option.kind());
            let (good, bad): (Vec<Value>, Value) = match kind {
                Kind::Flag => (vec![json!(true)], json!("on")),
                Kind::Switch(words) => (
                    words.iter().flat_map(|word| [json!(word), json!(*word == "on")]).collect(),
                    if words.len() == 2 { json!("ON") } else { json!(words[0] == "off") },
                ),
                Kind::Words(words) => (words.iter().map(|word| json!(word)).collect(), json!("")),
                Kind::Address => (vec![json!("https://a.example/b.png?c=d")], json!("http://a.example/")),
                Kind::Picture => (vec![json!("https://a.example/b.png")], json!("https://a.example/b.png?c")),
                Kind::Id => (vec![json!("x".repeat(36))], json!("x".repeat(37))),
                Kind::Names => (vec![json!(["a", "b c"])], json!(["a", "b,c"])),
                Kind::Ours(_) => (Vec::new(), json!("x")),
            };
            for good in good {
                let mut given = json!({ name: good });
                // What some need.
                for (needing, needed) in
                    [("autoHideSelfView", "floatSelf"), ("precallCeremonyCanSkip", "precallCeremony")]
                {
                    if name == needing {
                        given[needed] = json!(true);
                    }
                }
                let options = parse(&given, true).unwrap_or_else(|bad| panic!("{given}: {bad:?}"));
                assert!(options.has(*option), "{given}");
                assert_eq!(parse(&given, false).is_err(), option.is_for_hosts(), "{given} for a guest");
            }
            assert_eq!(refused(&json!({ name: bad })), [format!("{name} {}", takes(kind))]);
            assert!(kind == Kind::Flag || parse(&json!({ name: null }), false) == Ok(JoinOptions::default()));
        }
        assert_eq!(refused(&json!({ "audio": "on" })), ["audio must be one of: off"]);
        assert_eq!(refused(&json!({ "lang": "ja" }))[0].split(", ").count(), LANGUAGES.len());
        assert_eq!(parse(&json!({ "minimal": false }), false), Ok(JoinOptions::default()));
    }

    #[test]
    fn what_does_not_go_together_is_told_with_the_reason() {
        for (given, told) in [
            (json!({ "audioDenoiser": "on", "aec": "off" }), "audioDenoiser needs aec, which is off"),
            (json!({ "audioDenoiser": "on", "agc": "off" }), "audioDenoiser needs agc, which is off"),
            (json!({ "autoHideSelfView": true }), "autoHideSelfView needs floatSelf: true"),
            (json!({ "minimal": true, "breakout": "on" }), "breakout needs topToolbar: on, for minimal hides it"),
            (
                json!({ "minimal": true, "breakout": "on", "topToolbar": "off" }),
                "breakout needs topToolbar: on, for minimal hides it",
            ),
            (
                json!({ "callQualityMonitoring": "on", "topToolbar": "off" }),
                "callQualityMonitoring needs topToolbar, which is off",
            ),
            (json!({ "chatDownload": "on", "chat": "off" }), "chatDownload needs chat, which is off"),
            (json!({ "minimal": true, "fileSharing": "on" }), "fileSharing needs chat: on, for minimal hides it"),
            (
                json!({ "precallCeremony": "on", "precallReview": "off" }),
                "precallCeremony needs precallReview, which is off",
            ),
            (json!({ "precallCeremonyCanSkip": "on" }), "precallCeremonyCanSkip needs precallCeremony: on"),
        ] {
            assert_eq!(refused(&given), [told], "{given}");
        }
        for good in [
            json!({ "audioDenoiser": "off", "aec": "off" }),
            json!({ "minimal": true, "breakout": "on", "topToolbar": "on", "chat": "on", "fileSharing": "on" }),
            json!({ "chatDownload": "off", "chat": "off" }),
            json!({ "precallCeremony": "on", "precallCeremonyCanSkip": "on" }),
        ] {
            assert!(parse(&good, true).is_ok(), "{good}");
        }
    }

    #[test]
    fn what_is_not_in_the_table_goes_in_by_a_field_of_its_own() {
        let given = json!({ "other": { "reactions": "off", "needancestor": "" } });
        let options = parse(&given, false).unwrap();
        assert_eq!(options.other().collect::<Vec<_>>(), [("needancestor", ""), ("reactions", "off")]);
        assert_eq!(
            refused(&json!({ "reactions": "off" })),
            ["reactions is not known here: what Whereby takes besides goes into other"]
        );
        for bad in ["roomkey", "Chat", "metadata", "a&b", ""] {
            assert!(refused(&json!({ "other": { bad: "x" } }))[0].ends_with(&format!(": not {bad}")), "{bad}");
        }
        assert_eq!(parse(&json!({ "other": null }), false), Ok(JoinOptions::default()));
        assert_eq!(refused(&json!({ "other": { "a": 1 }, "chat": "no", "audio": "no" })).len(), 3);
    }
}
