//! Which options do not go together, and why: each rule is a row.

use super::JoinOption::{
    Aec, Agc, AudioDenoiser, AutoHideSelfView, Breakout, CallQualityMonitoring, Chat, ChatDownload, FileSharing,
    FloatSelf, Minimal, PrecallCeremony, PrecallCeremonyCanSkip, PrecallReview, TopToolbar,
};
use super::{BadOption, JoinOption, JoinOptions};

/// What must be so of another option, where one is on or holds.
#[derive(Clone, Copy)]
enum Wants {
    /// It must not be off.
    NotOff(JoinOption),
    /// It must be on.
    On(JoinOption),
    /// It must be on where `minimal` holds, which hides it.
    OnIfMinimal(JoinOption),
    /// Both.
    Shown(JoinOption),
    /// It must hold.
    Flag(JoinOption),
}

const RULES: [(JoinOption, Wants); 10] = [
    (AudioDenoiser, Wants::NotOff(Aec)),
    (AudioDenoiser, Wants::NotOff(Agc)),
    (AutoHideSelfView, Wants::Flag(FloatSelf)),
    (Breakout, Wants::OnIfMinimal(TopToolbar)),
    (CallQualityMonitoring, Wants::NotOff(TopToolbar)),
    (ChatDownload, Wants::Shown(Chat)),
    (FileSharing, Wants::Shown(Chat)),
    (PrecallCeremony, Wants::NotOff(PrecallReview)),
    (PrecallCeremonyCanSkip, Wants::On(PrecallCeremony)),
    (PrecallCeremonyCanSkip, Wants::NotOff(PrecallReview)),
];

/// The rules that these options break.
pub(super) fn broken(options: &JoinOptions) -> Vec<BadOption> {
    let holds = |option| options.has(option) && !options.is(option, false);
    let broken = RULES.iter().filter(|(option, _)| holds(*option)).filter_map(|(option, wants)| {
        let detail = match *wants {
            Wants::NotOff(other) | Wants::Shown(other) if options.is(other, false) => {
                format!("needs {}, which is off", other.as_str())
            }
            Wants::On(other) if !options.is(other, true) => format!("needs {}: on", other.as_str()),
            Wants::OnIfMinimal(other) | Wants::Shown(other) if holds(Minimal) && !options.is(other, true) => {
                format!("needs {}: on, for minimal hides it", other.as_str())
            }
            Wants::Flag(other) if !options.has(other) => format!("needs {}: true", other.as_str()),
            _ => return None,
        };
        Some(BadOption::new(option.as_str(), detail))
    });
    broken.collect()
}
