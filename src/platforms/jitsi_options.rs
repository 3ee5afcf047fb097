//! What the options of a link come to in Jitsi's client: settings of its configuration that an address may override.
//!
//! An address may override what `configWhitelist.ts` of jitsi-meet lists, and nothing else. Jitsi has no setting that hides one
//! button: it takes the list of those that remain.

use serde_json::Value;

use crate::domain::join_options::{JoinOption, JoinOptions, OTHER, Said};

/// Jitsi's buttons, as `toolbarButtons` names them.
const BUTTONS: [&str; 35] = [
    "camera",
    "chat",
    "closedcaptions",
    "desktop",
    "download",
    "embedmeeting",
    "etherpad",
    "feedback",
    "filmstrip",
    "fullscreen",
    "hangup",
    "help",
    "highlight",
    "invite",
    "linktosalesforce",
    "livestreaming",
    "microphone",
    "mute-everyone",
    "mute-video-everyone",
    "noisesuppression",
    "participants-pane",
    "profile",
    "raisehand",
    "recording",
    "security",
    "select-background",
    "settings",
    "shareaudio",
    "sharedvideo",
    "shortcuts",
    "stats",
    "tileview",
    "toggle-camera",
    "videoquality",
    "whiteboard",
];
/// What it shows at the top, as `conferenceInfo.autoHide` names it. That a meeting is recorded is always shown.
const TOP: [&str; 8] = [
    "subject",
    "conference-timer",
    "participants-count",
    "e2ee",
    "video-quality",
    "insecure-room",
    "highlight-moment",
    "top-panel-toggle",
];
/// Whereby's words for languages that are others at Jitsi.
const LANGUAGES: [(&str, &str); 3] = [("jp", "ja"), ("pt", "ptBR"), ("zh-hant", "zhTW")];
/// Those that Jitsi does not speak.
const UNSPOKEN: [&str; 2] = ["hi", "nb"];

/// What an option comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Equal {
    /// A setting that is true where the option is off, and not touched where it is on.
    IfOff(&'static str),
    /// A setting that is this where the option is off, and the contrary where it is on.
    OffIs(&'static str, bool),
    /// Buttons that are hidden where it is off.
    Buttons(&'static [&'static str]),
    /// No button at all where it is off.
    NoButtons,
    /// Things at the top that are hidden where it is off.
    Top(&'static [&'static str]),
    /// The language in the address.
    Language,
    /// A claim of the token.
    Token(&'static str),
}

/// What an option comes to; nothing where Jitsi has no equal.
pub(crate) const fn equals(option: JoinOption) -> &'static [Equal] {
    match option {
        JoinOption::Aec => &[Equal::IfOff("disableAEC")],
        JoinOption::Agc => &[Equal::IfOff("disableAGC")],
        JoinOption::Audio => &[Equal::IfOff("startWithAudioMuted")],
        JoinOption::AudioDenoiser => &[Equal::OffIs("disableNS", true)],
        JoinOption::AvatarUrl => &[Equal::Token("avatar")],
        JoinOption::BottomToolbar => &[Equal::NoButtons],
        JoinOption::Breakout => &[Equal::OffIs("breakoutRooms.hideAddRoomButton", true)],
        JoinOption::CallQualityMonitoring => &[Equal::OffIs("connectionIndicators.disabled", true)],
        JoinOption::CameraAccess => {
            &[Equal::IfOff("startWithVideoMuted"), Equal::Buttons(&["camera", "toggle-camera", "select-background"])]
        }
        JoinOption::Chat => &[Equal::Buttons(&["chat"])],
        JoinOption::DisplayName => &[Equal::Token("name")],
        JoinOption::HighlightActiveSpeaker => &[Equal::OffIs("hideDominantSpeakerBadge", true)],
        JoinOption::Lang => &[Equal::Language],
        JoinOption::LeaveButton => &[Equal::Buttons(&["hangup"])],
        JoinOption::Locking => &[Equal::Buttons(&["security"])],
        JoinOption::Minimal => &[Equal::Buttons(&["chat", "desktop", "hangup"]), Equal::Top(&TOP)],
        JoinOption::ParticipantCount => &[Equal::Top(&["participants-count"])],
        JoinOption::People => &[Equal::Buttons(&["participants-pane"])],
        JoinOption::PrecallReview => &[Equal::OffIs("prejoinConfig.enabled", false)],
        JoinOption::Recording => &[Equal::OffIs("localRecording.disable", true)],
        JoinOption::RoomIntegrations => &[Equal::Buttons(&["etherpad", "sharedvideo", "whiteboard"])],
        JoinOption::Screenshare => &[Equal::Buttons(&["desktop"])],
        JoinOption::SettingsButton => &[Equal::Buttons(&["settings"])],
        JoinOption::Timer => &[Equal::Top(&["conference-timer"])],
        JoinOption::TopToolbar => &[Equal::Top(&TOP)],
        JoinOption::Video => &[Equal::IfOff("startWithVideoMuted")],
        JoinOption::AutoHideSelfView
        | JoinOption::AutoSpotlight
        | JoinOption::Background
        | JoinOption::CameraEffect
        | JoinOption::ChatDownload
        | JoinOption::ExternalId
        | JoinOption::FileSharing
        | JoinOption::FloatSelf
        | JoinOption::Groups
        | JoinOption::Localization
        | JoinOption::Logo
        | JoinOption::LowData
        | JoinOption::Metadata
        | JoinOption::MoreButton
        | JoinOption::Personality
        | JoinOption::PipButton
        | JoinOption::PrecallCeremony
        | JoinOption::PrecallCeremonyCanSkip
        | JoinOption::PrecallPermissionHelpLink
        | JoinOption::SkipMediaPermissionPrompt
        | JoinOption::SubgridLabels
        | JoinOption::ToolbarDarkText
        | JoinOption::ToolbarText
        | JoinOption::VirtualBackgroundUrl => &[],
    }
}

/// What an address of Jitsi's says besides whom it is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Overrides {
    /// Settings of the client's configuration, by their paths.
    pub(crate) config: Vec<(&'static str, Value)>,
    /// In Jitsi's word.
    pub(crate) language: Option<String>,
    /// The options that have no effect.
    pub(crate) ignored: Vec<&'static str>,
}

/// What these options come to.
pub(crate) fn overrides(options: &JoinOptions) -> Overrides {
    let mut overrides = Overrides::default();
    let (mut buttons, mut top) = (Shown::all(&BUTTONS), Shown::all(&TOP));
    // What hides much comes first: single things are shown or hidden in spite of it.
    let (wide, narrow): (Vec<_>, Vec<_>) = options.said().partition(|(option, _)| {
        matches!(option, JoinOption::Minimal | JoinOption::TopToolbar | JoinOption::BottomToolbar)
    });
    for (option, said) in wide.into_iter().chain(narrow) {
        let is_on = said == &Said::Switch(true);
        let mut is_ignored = equals(option).is_empty();
        for equal in equals(option) {
            match *equal {
                Equal::IfOff(path) if !is_on => overrides.set(path, true),
                Equal::OffIs(path, off) => overrides.set(path, off != is_on),
                Equal::Buttons(names) => buttons.turn(names, is_on),
                Equal::NoButtons if !is_on => buttons.none = true,
                Equal::Top(names) => top.turn(names, is_on),
                Equal::Language => {
                    overrides.language = language(said);
                    is_ignored = overrides.language.is_none();
                }
                Equal::IfOff(_) | Equal::NoButtons | Equal::Token(_) => {}
            }
        }
        if is_ignored {
            overrides.ignored.push(option.as_str());
        }
    }
    if options.other().next().is_some() {
        overrides.ignored.push(OTHER);
    }
    overrides.ignored.sort_unstable();
    overrides.config.sort_by_key(|(path, _)| *path);
    overrides.config.extend(top.left().map(|names| ("conferenceInfo.autoHide", names)));
    overrides.config.extend(buttons.left().map(|names| ("toolbarButtons", names)));
    overrides
}

fn language(said: &Said) -> Option<String> {
    let Said::Text(word) = said else { return None };
    let other = LANGUAGES.iter().find(|(known, _)| known == word).map(|(_, other)| *other);
    Some(other.unwrap_or(word)).filter(|word| !UNSPOKEN.contains(word)).map(str::to_owned)
}

impl Overrides {
    /// Where two options set the same, they set it to the same.
    fn set(&mut self, path: &'static str, value: bool) {
        if !self.config.iter().any(|(known, _)| *known == path) {
            self.config.push((path, value.into()));
        }
    }
}

/// Which of Jitsi's things are shown.
struct Shown {
    all: &'static [&'static str],
    hidden: Vec<&'static str>,
    none: bool,
}

impl Shown {
    const fn all(all: &'static [&'static str]) -> Self {
        Self { all, hidden: Vec::new(), none: false }
    }

    fn turn(&mut self, names: &[&'static str], is_on: bool) {
        self.hidden.retain(|name| !names.contains(name));
        if !is_on {
            self.hidden.extend(names);
        }
    }

    /// Those that remain; nothing where none is hidden.
    fn left(&self) -> Option<Value> {
        if self.none {
            return Some(Value::Array(Vec::new()));
        }
        let left = self.all.iter().filter(|name| !self.hidden.contains(name));
        (!self.hidden.is_empty()).then(|| left.map(|name| Value::from(*name)).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::join_options::Kind;

    fn of(given: &Value) -> (Value, Overrides) {
        let overrides = overrides(&JoinOptions::parse(given.as_object().unwrap(), true).unwrap());
        let config = overrides.config.iter().map(|(path, value)| ((*path).to_owned(), value.clone())).collect();
        (Value::Object(config), overrides)
    }

    fn without(all: &[&str], hidden: &[&str]) -> Value {
        all.iter().filter(|name| !hidden.contains(name)).map(|name| Value::from(*name)).collect()
    }

    #[test]
    fn an_option_becomes_the_setting_that_is_its_equal() {
        for (given, config) in [
            (
                json!({ "audio": "off", "video": "off" }),
                json!({ "startWithAudioMuted": true, "startWithVideoMuted": true }),
            ),
            (json!({ "audioDenoiser": "on" }), json!({ "disableNS": false })),
            (json!({ "precallReview": "off" }), json!({ "prejoinConfig.enabled": false })),
            (json!({ "precallReview": "on" }), json!({ "prejoinConfig.enabled": true })),
            (json!({ "cameraAccess": "on", "video": "off" }), json!({ "startWithVideoMuted": true })),
            (json!({ "chat": "on" }), json!({})),
            (
                json!({ "chat": "off", "people": "off" }),
                json!({ "toolbarButtons": without(&BUTTONS, &["chat", "participants-pane"]) }),
            ),
            (json!({ "bottomToolbar": "off", "chat": "on" }), json!({ "toolbarButtons": [] })),
            (json!({ "timer": "off" }), json!({ "conferenceInfo.autoHide": without(&TOP, &["conference-timer"]) })),
            (json!({ "topToolbar": "off" }), json!({ "conferenceInfo.autoHide": [] })),
            (
                json!({ "minimal": true, "chat": "on", "timer": "on" }),
                json!({
                    "conferenceInfo.autoHide": ["conference-timer"],
                    "toolbarButtons": without(&BUTTONS, &["desktop", "hangup"]),
                }),
            ),
            (
                json!({ "minimal": true, "topToolbar": "on", "bottomToolbar": "on" }),
                json!({ "toolbarButtons": without(&BUTTONS, &["chat", "desktop", "hangup"]) }),
            ),
        ] {
            let (found, overrides) = of(&given);
            assert_eq!((found, overrides.ignored), (config, Vec::new()), "{given}");
        }
    }

    #[test]
    fn a_language_is_in_jitsis_word_and_what_has_no_equal_is_told() {
        for (word, language) in [("de", Some("de")), ("jp", Some("ja")), ("zh-hant", Some("zhTW")), ("nb", None)] {
            let (_, overrides) = of(&json!({ "lang": word }));
            assert_eq!(overrides.language.as_deref(), language);
            assert_eq!(overrides.ignored.is_empty(), language.is_some(), "{word}");
        }
        let (config, overrides) =
            of(&json!({ "other": { "reactions": "off" }, "logo": "off", "groups": ["a"], "chat": "on" }));
        assert_eq!((config, overrides.ignored), (json!({}), vec!["groups", "logo", "other"]));
    }

    #[test]
    fn the_document_has_the_table() {
        let code = |words: &[&str]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let values = |kind| match kind {
            Kind::Flag => "`true`".to_owned(),
            Kind::Switch(words) | Kind::Words(words) => code(words),
            Kind::Address => "`https://…`".to_owned(),
            Kind::Picture => "`https://…` without a query".to_owned(),
            Kind::Id => "up to 36 of `A-Za-z0-9_-`".to_owned(),
            Kind::Names => "up to 20 names".to_owned(),
            Kind::Ours(why) => why.to_owned(),
        };
        let equal = |equal: &Equal| match *equal {
            Equal::IfOff(path) => format!("`{path}`: `true` for `off`"),
            Equal::OffIs(path, off) => format!("`{path}`: `{off}` for `off`, else `{}`", !off),
            Equal::Buttons(names) => format!("`toolbarButtons` without {}", code(names)),
            Equal::NoButtons => "`toolbarButtons` empty".to_owned(),
            Equal::Top(names) if names.len() == TOP.len() => "`conferenceInfo.autoHide` empty".to_owned(),
            Equal::Top(names) => format!("`conferenceInfo.autoHide` without {}", code(names)),
            Equal::Language => "`lang` of the address; not `hi`, `nb`".to_owned(),
            Equal::Token(claim) => format!("`{claim}` of the token"),
        };
        let rows = JoinOption::ALL.iter().map(|option| {
            let hosts = if option.is_for_hosts() { " *" } else { "" };
            let equals: Vec<String> = equals(*option).iter().map(equal).collect();
            let equals = if equals.is_empty() { "–".to_owned() } else { equals.join("; ") };
            format!("| `{}`{hosts} | {} | {equals} |\n", option.as_str(), values(option.kind()))
        });
        let table = format!("| option | takes | at Jitsi |\n|---|---|---|\n{}", rows.collect::<String>());
        let document = include_str!("../../docs/whereby.md");
        assert!(document.contains(&table), "docs/whereby.md must have this table:\n{table}");
    }
}
