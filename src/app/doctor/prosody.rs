//! Checks of Prosody's own configuration, where its files can be read. No value of a secret is ever told.

use super::beside::Known;
use super::facts::Facts;
use super::{SETUP, Situation};
use crate::config::values::JwtAlgorithm;
use crate::domain::diagnosis::Finding;
use crate::platforms::beside::{ProsodySettings, Told};
use crate::platforms::jitsi_keys::PUBLIC_KEYS;

const RESTART: &str = "systemctl restart prosody jicofo jitsi-videobridge2";
/// The modules that make roles out of tokens: Jitsi's own, and the name under which contrib keeps its copy.
const AFFILIATION: [&str; 2] = ["token_affiliation", "token_affiliation_legacy"];
/// An older one, which reads the claim `moderator` at the root of the token. Our links carry it.
const MODERATION: &str = "token_moderation";

/// The settings, or why a check is left out.
fn settings(facts: &Facts) -> Result<&ProsodySettings, Finding> {
    match &facts.beside.prosody {
        Known::Is(settings) => Ok(settings),
        Known::Absent => Err(Finding::skipped("Prosody's files are not on this machine, or name no domain of ours.")),
        Known::Unreadable(_) => Err(Finding::skipped("Prosody's files may not be read by the user that asks.")),
    }
}

fn check(facts: &Facts, look: impl Fn(&ProsodySettings) -> Finding) -> Finding {
    settings(facts).map_or_else(|skipped| skipped, look)
}

/// Where a setting of the domain stands, in words.
fn under(settings: &ProsodySettings) -> String {
    format!("under VirtualHost \"{}\"", settings.host)
}

/// Where a module of the conferences is put, in words.
fn add_module(settings: &ProsodySettings, module: &str) -> String {
    let muc = settings.muc.clone().unwrap_or_else(|| format!("conference.{}", settings.host));
    format!(
        "{SETUP}; or by hand: add \"{module}\" to modules_enabled under Component \"{muc}\" \"muc\", then: {RESTART}"
    )
}

pub(super) fn found(facts: &Facts) -> Finding {
    match &facts.beside.prosody {
        Known::Absent => Finding::skipped(
            "No Prosody that serves Jitsi is on this machine. Where it is on another, or in Docker, give the doctor a copy of \
             its files: reflector doctor --jitsi-config DIR.",
        ),
        Known::Unreadable(files) => Finding::skipped(
            "Prosody's files are here, but the user that asks may not read them: run the doctor as root (sudo reflector doctor).",
        )
        .with(files.iter().cloned()),
        Known::Is(settings) if facts.beside.is_only_available => Finding::failed(
            format!("The domain {} is in conf.avail alone, which Prosody does not read.", settings.host),
            format!("ln -s ../conf.avail/{host}.cfg.lua /etc/prosody/conf.d/{host}.cfg.lua; {RESTART}", host = settings.host),
        ),
        Known::Is(settings) => {
            Finding::ok(format!("Prosody's files were read; the domain is {}.", settings.host))
                .with(facts.beside.prosody_files.iter().cloned())
        }
    }
}

pub(super) fn authentication(facts: &Facts) -> Finding {
    check(facts, |settings| match settings.authentication.as_deref() {
        Some("token") => Finding::ok("Prosody lets people in by their tokens."),
        other => Finding::failed(
            format!(
                "Prosody lets people in by {}, not by tokens: links make no difference, and anybody may open any room.",
                other.unwrap_or("its default")
            ),
            format!("set authentication = \"token\" {}, then: {RESTART}", under(settings)),
        ),
    })
}

pub(super) fn app_id(facts: &Facts) -> Finding {
    check(facts, |settings| {
        let config = &facts.config.jitsi;
        match &settings.app_id {
            Told::Computed => Finding::skipped("Prosody's app_id is computed in its file, and not read here."),
            Told::Is(found) if *found == config.app_id => {
                Finding::ok(format!("Prosody and Reflector both say {found}."))
            }
            Told::Is(found) => Finding::failed(
                format!(
                    "Prosody's app_id is {found}, and ours is {}: links are refused for their issuer.",
                    config.app_id
                ),
                format!("set jitsi.app_id = \"{found}\" (JITSI_APP_ID), then: systemctl reload reflector"),
            ),
            Told::No => Finding::failed(
                "Prosody has no app_id, so that it loads no tokens at all.",
                format!("{SETUP}; or by hand: set app_id = \"{}\" {}, then: {RESTART}", config.app_id, under(settings)),
            ),
        }
    })
}

pub(super) fn app_secret(facts: &Facts) -> Finding {
    check(facts, |settings| {
        if facts.config.jitsi.jwt_algorithm == JwtAlgorithm::Rs256 {
            return Finding::skipped("Links are signed with keys, and not with a shared secret.");
        }
        let Some(ours) = &facts.config.jitsi.jwt_secret else {
            return Finding::skipped("No key is set here (jitsi.jwt_secret).");
        };
        let agree =
            format!("set app_secret {} and jitsi.jwt_secret to the same value, then: {RESTART}", under(settings));
        match &settings.app_secret {
            Told::Is(theirs) if theirs == ours => Finding::ok("Prosody's app_secret is our jitsi.jwt_secret."),
            Told::Is(_) => Finding::failed(
                "Prosody's app_secret is another than our jitsi.jwt_secret: every link is refused with \"Invalid signature\".",
                agree,
            ),
            Told::Computed => Finding::skipped("Prosody's app_secret is computed in its file, and not read here."),
            Told::No => Finding::failed(
                "Prosody has no app_secret: every link is refused.",
                format!("{SETUP}; or by hand: {agree}"),
            ),
        }
    })
}

pub(super) fn keys(facts: &Facts) -> Finding {
    check(facts, |settings| {
        let signs_with_keys = facts.config.jitsi.jwt_algorithm == JwtAlgorithm::Rs256;
        let fetch = format!(
            "{SETUP}; or by hand: set cache_keys_url = \"http://127.0.0.1:1250{PUBLIC_KEYS}\" and asap_key_server to the same \
             {}, with the address at which Prosody reaches Reflector, then: {RESTART}",
            under(settings)
        );
        match (signs_with_keys, settings.fetches_keys()) {
            (false, false) => Finding::ok("Links are signed with a shared secret, and Prosody fetches no keys."),
            (false, true) => Finding::failed(
                "Prosody fetches public keys, and then looks at no app_secret: links that are signed with a shared secret are \
                 refused.",
                format!(
                    "set jitsi.jwt_algorithm = \"RS256\"; or take asap_key_server and cache_keys_url out {}, then: {RESTART}",
                    under(settings)
                ),
            ),
            (true, false) => Finding::failed(
                "Links are signed with a key of which Prosody fetches no public half: every link is refused.",
                fetch,
            ),
            (true, true) if settings.fetches_keys_elsewhere(PUBLIC_KEYS) => Finding::failed(
                "Prosody fetches keys, but not those that sign our links: every link is refused.",
                fetch,
            ),
            (true, true) if settings.key_server == Told::No => Finding::ok(
                "Prosody fetches our keys every few minutes. Where it has not fetched yet, or is an older release, links get no \
                 answer: asap_key_server with the same URL makes it ask.",
            ),
            (true, true) => Finding::ok("Prosody fetches our keys."),
        }
    })
}

pub(super) fn token_verification(facts: &Facts) -> Finding {
    check(facts, |settings| {
        if settings.has("token_verification") {
            return Finding::ok("The conference component looks at the room that a token is for.");
        }
        Finding::failed(
            "The conference component does not look at tokens: a link for one room opens every room.",
            add_module(settings, "token_verification"),
        )
    })
}

/// Which module makes roles out of tokens.
pub(super) fn role_module(settings: &ProsodySettings) -> Option<&'static str> {
    AFFILIATION.into_iter().chain([MODERATION]).find(|module| settings.has(module))
}

pub(super) fn token_affiliation(facts: &Facts) -> Finding {
    check(facts, |settings| match role_module(settings) {
        Some(module) => Finding::ok(format!("{module} makes moderators out of those whose token says so.")),
        None => Finding::failed(
            "Nothing on the conference component makes roles out of tokens: a host's link makes nobody a moderator.",
            add_module(settings, AFFILIATION[0]),
        ),
    })
}

pub(super) fn empty_tokens(facts: &Facts) -> Finding {
    check(facts, |settings| {
        if !settings.allow_empty_token {
            return Finding::ok("Whoever has no token is not let in.");
        }
        Finding::warning(
            "People are let in without a token, and may open rooms of their own. They have no name and no account in the \
             attendance.",
            format!("where that is not meant, set allow_empty_token = false {}, then: {RESTART}", under(settings)),
        )
    })
}

/// The version of `packaging/prosody/mod_reflector.lua`.
const MODULE_VERSION: &str = "1.0.0";
/// The module, as Prosody's configuration names it.
const MODULE: &str = "reflector";
/// How many events may wait in the module without a word.
const WAITING_FINE: u64 = 100;

pub(super) fn module(facts: &Facts) -> Finding {
    if facts.situation != Situation::Serving {
        return Finding::skipped("Only a running server knows whether the module reports.");
    }
    if facts.modules.is_empty() {
        return module_unheard(facts);
    }
    let told = facts.modules.iter().map(|(seen, _)| {
        format!(
            "{} {} in Prosody {}, last heard of at {}: {} conferences; {} events wait, {} were given up, {} were refused",
            seen.host,
            seen.version,
            seen.prosody,
            seen.at,
            seen.conferences,
            seen.queue.pending,
            seen.queue.dropped,
            seen.queue.refused
        )
    });
    let finding = if facts.modules.iter().any(|(_, is_here)| !is_here) {
        let meaning =
            "Our module in Prosody has gone silent: what happens is not heard of, and nothing can be done to meetings.";
        Finding::failed(meaning, "systemctl status prosody; grep reflector /var/log/prosody/prosody.log")
    } else if facts.modules.iter().any(|(seen, _)| seen.version != MODULE_VERSION) {
        let meaning =
            format!("Our module in Prosody is another release than this server's, which brings {MODULE_VERSION}.");
        Finding::warning(
            meaning,
            format!(
                "{SETUP}; or by hand: put this release's packaging/prosody/mod_reflector.lua into Prosody's plugin path, then: \
                 systemctl restart prosody"
            ),
        )
    } else if facts
        .modules
        .iter()
        .any(|(seen, _)| seen.queue.pending > WAITING_FINE || seen.queue.dropped > 0 || seen.queue.refused > 0)
    {
        let meaning = "Our module in Prosody has events that were not taken: some are late, or lost.";
        Finding::warning(meaning, "grep reflector /var/log/prosody/prosody.log; journalctl -u reflector")
    } else {
        Finding::ok("Our module in Prosody reports.")
    };
    finding.with(told)
}

/// No module has reported since the start: wrong only where Prosody is told to load it.
fn module_unheard(facts: &Facts) -> Finding {
    let secrets = facts.beside.prosody.value().and_then(|settings| settings.module_secret.value());
    let secrets = secrets.zip(facts.config.jitsi.webhook_secret.as_ref());
    if secrets.is_some_and(|(theirs, ours)| theirs != ours) {
        return Finding::failed(
            "Our module in Prosody signs with another key than our jitsi.webhook_secret, and is not believed.",
            format!(
                "{SETUP}; or by hand: set reflector_secret and jitsi.webhook_secret to the same value, then: {RESTART}"
            ),
        );
    }
    if facts.beside.prosody.value().is_some_and(|settings| settings.has(MODULE)) {
        return Finding::failed(
            "Prosody is told to load our module, and it has not reported since the server's start.",
            "see why: grep reflector /var/log/prosody/prosody.log; its secret must be our jitsi.webhook_secret, and the server \
             must be reachable for it",
        );
    }
    Finding::skipped(format!(
        "No module of ours has reported since the server's start. With it events outlive a restart, and meetings can be \
             controlled: {SETUP} puts it there."
    ))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_modules_version_is_the_one_it_says() {
        let module = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/prosody/mod_reflector.lua");
        let line = format!("local VERSION = \"{}\";", super::MODULE_VERSION);
        assert!(std::fs::read_to_string(module).unwrap().lines().any(|found| found == line));
    }
}
