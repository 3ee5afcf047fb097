//! Checks of what Jitsi does with our links and what it tells us: roles and events.

use super::SETUP;
use super::beside::{Beside, Known};
use super::facts::Facts;
use super::prosody::role_module;
use crate::domain::diagnosis::Finding;
use crate::platforms::beside::JicofoSettings;

const RESTART: &str = "systemctl restart jicofo";
const HOCON: &str = "/etc/jitsi/jicofo/jicofo.conf";

/// Jicofo's settings, or why a check is left out.
fn jicofo(facts: &Facts, look: impl Fn(&JicofoSettings) -> Finding) -> Finding {
    match &facts.beside.jicofo {
        Known::Is(settings) => look(settings),
        Known::Absent => Finding::skipped("Jicofo's file is not on this machine."),
        Known::Unreadable(files) => {
            Finding::skipped("Jicofo's file may not be read by the user that asks: run the doctor as root.")
                .with(files.iter().cloned())
        }
    }
}

pub(super) fn auto_owner(facts: &Facts) -> Finding {
    jicofo(facts, |settings| {
        if !settings.enable_auto_owner {
            return Finding::ok("Jicofo makes nobody moderator by itself.");
        }
        Finding::failed(
            "Jicofo makes the first who comes a moderator, guest or not, and the next when they leave.",
            format!(
                "{SETUP}; or by hand: set jicofo {{ conference {{ enable-auto-owner = false }} }} in {HOCON} (Docker: ENABLE_AUTO_OWNER=0), with \
                 token_affiliation loaded in Prosody, then: {RESTART}"
            ),
        )
    })
}

pub(super) fn authentication(facts: &Facts) -> Finding {
    jicofo(facts, |settings| {
        if !settings.authentication {
            return Finding::ok("Jicofo's own authentication is off, as it should be with tokens.");
        }
        Finding::failed(
            "Jicofo's authentication is on: everybody who has a token, guests too, becomes moderator.",
            format!(
                "{SETUP}; or by hand: set jicofo {{ authentication {{ enabled = false }} }} in {HOCON} (Docker: JICOFO_ENABLE_AUTH=0), then: {RESTART}"
            ),
        )
    })
}

pub(super) fn roles(facts: &Facts) -> Finding {
    let Beside { prosody, jicofo, .. } = &facts.beside;
    let said = [facts.minted.as_ref().map(|minted| (&minted.host, &minted.guest))]
        .into_iter()
        .flatten()
        .flat_map(|(host, guest)| [("A host's link", host), ("A guest's link", guest)])
        .filter_map(|(whose, judgement)| Some(format!("{whose}: {}", judgement.role.as_ref()?.sentence())));
    let (Known::Is(prosody), Known::Is(jicofo)) = (prosody, jicofo) else {
        return Finding::skipped(
            "Who becomes moderator is decided by Prosody and Jicofo, whose files could not both be read. As they are shipped, \
             the first who comes is moderator, whatever the links say.",
        )
        .with(said);
    };
    let everybody = if jicofo.authentication {
        Some("jicofo.authentication is on")
    } else if prosody.has("muc_allowners") {
        Some("Prosody loads muc_allowners")
    } else if prosody.has("muc_wait_for_host") && !prosody.host_gate_makes_no_owners {
        Some("Prosody loads muc_wait_for_host without wait_for_host_disable_auto_owners = true")
    } else {
        None
    };
    if let Some(because) = everybody {
        let meaning = format!("Everybody becomes moderator, because {because}.");
        return Finding::failed(
            meaning,
            "take that out of the configuration, then restart both: systemctl restart prosody jicofo",
        )
        .with(said);
    }
    let mend = format!(
        "{SETUP}; or mend jicofo.auto_owner and prosody.token_affiliation together: each without the other leaves a meeting \
         without a moderator, or with the wrong one"
    );
    match (jicofo.enable_auto_owner, role_module(prosody)) {
        (true, Some(_)) => {
            Finding::failed("Hosts become moderators, and so does the first who comes, guest or not.", mend).with(said)
        }
        (true, None) => Finding::failed("The first who comes is moderator, whatever the links say.", mend).with(said),
        (false, None) => Finding::failed("Nobody becomes moderator: nothing makes anybody one.", mend).with(said),
        (false, Some(module)) => {
            Finding::ok(format!("{module} makes those moderators whose link is a host's, and nobody else.")).with(said)
        }
    }
}

pub(super) fn webhook_secret(facts: &Facts) -> Finding {
    let config = &facts.config.jitsi;
    let mend = format!(
        "{SETUP}; or by hand: make a key with openssl rand -hex 32, set it as jitsi.webhook_secret (JITSI_WEBHOOK_SECRET) here \
         and where events are signed, then: systemctl reload reflector"
    );
    match (&config.webhook_secret, &config.event_token) {
        (Some(_), _) => Finding::ok("Signed events and finished recordings can be checked, and are taken."),
        (None, Some(_)) => Finding::warning(
            "The stock event component may report with its token, but signed events and finished recordings are refused.",
            mend,
        ),
        (None, None) => Finding::warning(
            "No key for events is set: signed events and finished recordings are refused, and no attendance is kept, unless a \
             token with the scope events:write reports.",
            mend,
        ),
    }
}

pub(super) fn events(facts: &Facts) -> Finding {
    if let super::Situation::NoStore(_) = facts.situation {
        return Finding::skipped("The store cannot be opened, so that its log cannot be looked into.");
    }
    let refused = (facts.refused > 0)
        .then(|| format!("{} events were refused for their signature since the server's start", facts.refused));
    match (&facts.last_event, &refused) {
        (None, Some(_)) => Finding::failed(
            "Somebody sends events, but signs them with another key: none is taken, and no attendance is kept.",
            "set jitsi.webhook_secret here, and the key where events are signed, to the same value",
        ),
        (None, None) => Finding::warning(
            "No event has ever come from Jitsi: meetings that are held leave no attendance.",
            "set up one of the ways that docs/jitsi.md tells under Events, join a meeting, and look again",
        ),
        (Some(event), _) => {
            let days = facts.now.since(event.received_at).as_secs() / 86_400;
            let ago = if days == 0 { String::new() } else { format!(", {days} days ago") };
            Finding::ok(format!("The newest event of Jitsi, {}, came at {}{ago}.", event.kind, event.received_at))
        }
    }
    .with(refused)
}
