//! Checks of the way into a meeting: the host, the clock, the key, and the links themselves.

use super::beside::Beside;
use super::facts::Facts;
use super::network::NoConnection;
use super::reasons;
use crate::app::App;
use crate::config::Config;
use crate::config::values::JwtAlgorithm;
use crate::domain::diagnosis::Finding;
use crate::domain::meeting::Guest;
use crate::domain::signing_key::KeyStage;
use crate::domain::{ConferenceName, Timestamp};
use crate::platforms::beside::Told;
use crate::platforms::jitsi::{self, Place};
use crate::platforms::jitsi_keys::{PUBLIC_KEYS, PublicKey};
use crate::platforms::jitsi_token::{Fetched, Gate, Judgement, Keys, Presented, judge};

/// The room of the links that the doctor makes for itself. Nobody gets to see them.
const ROOM: &str = "reflector-doctor";
/// How far the clocks may be apart without a word, in milliseconds.
const SKEW_FINE_MS: u64 = 20_000;
/// How far before links are refused: they are backdated by so much.
const SKEW_MOST_MS: u64 = 60_000;
/// A key of so many characters is as long as what it is used for, HMAC-SHA256.
const SECRET_GOOD: usize = 32;

/// Two links, as they are made for every meeting, and what Prosody would do with them.
pub(super) struct Minted {
    pub(super) host: Judgement,
    pub(super) guest: Judgement,
}

/// Makes a link for a host and one for a guest, and judges them; nothing where none can be made.
pub(super) fn mint(app: &App, config: &Config, beside: &Beside, now: Timestamp) -> Option<Minted> {
    let (gate, key) = (gate(config, app.public_keys(), beside), app.signing_key());
    let judged = |moderator: bool| {
        let guest = Guest { id: "doctor".to_owned(), moderator, ..Guest::default() };
        let room = ConferenceName::new(ROOM);
        let link = jitsi::link(&config.jitsi, key.as_deref(), &Place::plain(&room, now), &guest, now).ok()?;
        Some(judge(&Presented::of(&link.url), &gate, now))
    };
    Some(Minted { host: judged(true)?, guest: judged(false)? })
}

/// Prosody as its files say, where they can be read; else as it must be for our links.
pub(super) fn gate(config: &Config, published: Vec<PublicKey>, beside: &Beside) -> Gate {
    let Some(prosody) = beside.prosody.value() else { return Gate::assumed(&config.jitsi, published) };
    let keys = if prosody.fetches_keys() {
        let keys = Some(published).filter(|_| !prosody.fetches_keys_elsewhere(PUBLIC_KEYS));
        Keys::Fetched(Fetched { keys, asks_by_name: prosody.key_server != Told::No })
    } else {
        Keys::Shared(prosody.app_secret.value().or(config.jitsi.jwt_secret.as_ref()).cloned())
    };
    let assumed = Gate::assumed(&config.jitsi, Vec::new());
    Gate {
        keys,
        issuers: match (&prosody.issuers, &prosody.app_id) {
            (Told::Is(list), _) => list.clone(),
            (Told::No, Told::Is(app_id)) => vec![app_id.clone()],
            _ => assumed.issuers,
        },
        audiences: match &prosody.audiences {
            Told::Is(list) => Some(list.clone()),
            Told::No => Some(vec!["*".to_owned()]),
            Told::Computed => None,
        },
        domain: Some(prosody.host.clone()),
        verifies_domain: prosody.verifies_domain,
        takes_no_token: prosody.allow_empty_token,
    }
}

const NO_DOMAIN: &str = "No domain is set (jitsi.domain).";

pub(super) fn dns(facts: &Facts) -> Finding {
    let (Some(domain), Some(network)) = (&facts.config.jitsi.domain, &facts.network) else {
        return Finding::skipped(NO_DOMAIN);
    };
    let host = domain.host();
    match &network.addresses {
        Ok(addresses) => Finding::ok(format!("{host} has an address."))
            .with(addresses.iter().map(|address| address.ip().to_string())),
        Err(problem) => Finding::failed(
            format!(
                "The name {host} is not known on this machine ({problem}). Browsers that do not know it either get nowhere."
            ),
            format!("check the spelling of jitsi.domain, and the entry in the DNS: getent hosts {host}"),
        ),
    }
}

pub(super) fn https(facts: &Facts) -> Finding {
    let (Some(domain), Some(network)) = (&facts.config.jitsi.domain, &facts.network) else {
        return Finding::skipped(NO_DOMAIN);
    };
    let look = format!("curl -sSI https://{domain}/");
    match &network.connected {
        Ok(address) => Finding::ok(format!("Somebody takes connections for {domain} at {address}.")),
        Err(NoConnection::NoName) => Finding::skipped("Its name is not known, so that nobody was asked."),
        Err(NoConnection::Refused(problem)) => Finding::failed(
            format!("Nobody takes connections for {domain} ({problem}): no link leads anywhere."),
            format!("start Jitsi's web server, and open the port: systemctl status nginx; {look}"),
        ),
        Err(NoConnection::Silent) => Finding::warning(
            format!(
                "Nothing came back from {domain} to this machine. Browsers elsewhere may still reach it, where a router does \
                 not let a network talk to its own outside address."
            ),
            format!("try from another network: {look}; and open the port in the firewall"),
        ),
    }
}

pub(super) fn certificate(facts: &Facts) -> Finding {
    let (Some(domain), Some(network)) = (&facts.config.jitsi.domain, &facts.network) else {
        return Finding::skipped(NO_DOMAIN);
    };
    let problem = match &network.certificate {
        None => return Finding::skipped("Nobody takes connections, so that no certificate was shown."),
        Some(Ok(())) => return Finding::ok(format!("{domain} shows a certificate that this machine believes.")),
        Some(Err(problem)) => problem,
    };
    if problem.contains("no authority is trusted here") {
        return Finding::skipped(format!("The certificate cannot be judged: {problem}."));
    }
    let look =
        format!("openssl s_client -connect {domain}{} </dev/null", if domain.port().is_none() { ":443" } else { "" });
    if problem.contains("UnknownIssuer") {
        return Finding::warning(
            format!(
                "{domain} shows a certificate of an authority that this machine does not know: browsers that were not told of it \
                 warn, and Jitsi's apps refuse."
            ),
            format!("put one that is known everywhere where Jitsi's web server has its own; see what it shows: {look}"),
        );
    }
    Finding::failed(
        format!(
            "{domain} shows no certificate that a browser believes ({problem}): nobody gets to the meeting's page."
        ),
        format!("renew it, or put another where Jitsi's web server has its own; see what it shows: {look}"),
    )
}

pub(super) fn clock(facts: &Facts) -> Finding {
    let (Some(domain), Some(network)) = (&facts.config.jitsi.domain, &facts.network) else {
        return Finding::skipped(NO_DOMAIN);
    };
    let skew = match &network.time {
        Ok(skew) => skew,
        Err(reason) => return Finding::skipped(format!("The time at {domain} cannot be had: {reason}.")),
    };
    let (seconds, far) = (skew.ahead_ms.unsigned_abs() / 1_000, skew.ahead_ms.unsigned_abs());
    if far <= SKEW_FINE_MS {
        return Finding::ok(format!("This machine and {domain} agree on the time, to {} s.", SKEW_FINE_MS / 1_000));
    }
    let way = if skew.ahead_ms > 0 { "ahead of" } else { "behind" };
    let meaning = format!("The clock of this machine is {seconds} s {way} {domain}'s.");
    let mend = "set both clocks by the network: timedatectl set-ntp true; timedatectl status";
    if far <= SKEW_MOST_MS {
        return Finding::warning(format!("{meaning} From {} s on links are refused.", SKEW_MOST_MS / 1_000), mend);
    }
    let follows = if skew.ahead_ms > 0 {
        "Prosody refuses fresh links as not good yet, until the difference is over."
    } else {
        "Links end too early for those who make them, and meetings have wrong times."
    };
    Finding::failed(format!("{meaning} {follows}"), mend)
}

pub(super) fn secret(facts: &Facts) -> Finding {
    if facts.config.jitsi.jwt_algorithm == JwtAlgorithm::Rs256 {
        return signing_key(facts);
    }
    let Some(secret) = &facts.config.jitsi.jwt_secret else {
        return Finding::skipped("No key is set (jitsi.jwt_secret), so that no link can be made.");
    };
    if secret.expose().chars().count() < SECRET_GOOD {
        return Finding::warning(
            format!(
                "The key of the links has fewer than {SECRET_GOOD} characters: whoever guesses it makes links as host."
            ),
            "make one with openssl rand -hex 32, set it as jitsi.jwt_secret and as app_secret in Prosody, then: \
             systemctl reload reflector; systemctl restart prosody",
        );
    }
    Finding::ok("The key that links are signed with is set, and long enough.")
}

fn signing_key(facts: &Facts) -> Finding {
    let keys = match &facts.keys {
        Ok(keys) => keys,
        Err(problem) => {
            let mend = "put the file back from a copy; or, with new keys and all links that were handed out refused: reflector \
                        key rotate --immediately";
            return Finding::failed(format!("No link can be signed. {problem}"), mend);
        }
    };
    let told = keys.iter().map(|key| {
        let until = key.published_until.map(|until| format!(", published until {until}")).unwrap_or_default();
        format!("{}: {}, signs from {}{until}", key.kid, key.stage.as_str(), key.signs_from)
    });
    if !keys.iter().any(|key| key.stage == KeyStage::Signing) {
        let mend = "start the server, which makes one: systemctl start reflector; journalctl -u reflector";
        return Finding::failed("There is no key yet that links could be signed with.", mend);
    }
    Finding::ok("Links are signed with a key that is kept here, and its public half is published.").with(told)
}

pub(super) fn host(facts: &Facts) -> Finding {
    judged(facts, |minted| &minted.host)
}

pub(super) fn guest(facts: &Facts) -> Finding {
    judged(facts, |minted| &minted.guest)
}

fn judged(facts: &Facts, which: impl Fn(&Minted) -> &Judgement) -> Finding {
    let Some(minted) = &facts.minted else {
        return Finding::skipped("No link can be made before jitsi.domain is set, and a key to sign with is there.");
    };
    let judgement = which(minted);
    let by = match facts.beside.prosody.value() {
        Some(prosody) => format!("as Prosody's files say for {}", prosody.host),
        None => "as Prosody must be set for it, for its own files could not be read".to_owned(),
    };
    let reasons = reasons(judgement);
    let Some(first) = reasons.first() else {
        let role = judgement.role.as_ref().map(|role| role.sentence()).unwrap_or_default();
        return Finding::ok(format!("A fresh link was judged {by}, and is let in.")).with([role]);
    };
    let mend = first.mend.clone().unwrap_or_default();
    Finding::failed(format!("A fresh link was judged {by}, and is refused: nobody gets into a meeting."), mend)
        .with(reasons.iter().map(|row| row.says.clone()))
}

/// Whether a link leads to the Jitsi that is configured.
pub(super) fn leads_here(config: &Config, shown: &Presented<'_>) -> Finding {
    let (Some(host), Some(domain)) = (shown.host, &config.jitsi.domain) else {
        return Finding::skipped("A token alone, or no domain set: there is nothing to compare.");
    };
    let domain = domain.to_string();
    if host.eq_ignore_ascii_case(&domain) {
        return Finding::ok(format!("It leads to {domain}."));
    }
    Finding::warning(
        format!("It leads to {host}, and our Jitsi is {domain}: another Jitsi has another key."),
        "take a link from Reflector, or set jitsi.domain",
    )
}
