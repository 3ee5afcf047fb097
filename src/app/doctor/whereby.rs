//! Checks of Whereby: whether it takes our key, and whether what it tells arrives and adds up. Where none of it is set up there is
//! nothing to look at, and nothing is wrong.

use super::facts::Facts;
use crate::app::whereby::calls::Trouble;
use crate::domain::diagnosis::Finding;

/// A clock that is wrong by more seconds is worth a look.
const SKEW_MOST: i64 = 20;
/// With fewer points left than one in so many, somebody asks too much.
const POINTS_LOW: u64 = 10;

fn not_set_up() -> Finding {
    Finding::ok("Whereby is not set up, and nothing here needs it.")
}

pub(super) fn key(facts: &Facts) -> Finding {
    let Some(answer) = &facts.whereby.answer else { return not_set_up() };
    match answer {
        Ok(()) => Finding::ok("Whereby takes the API key."),
        Err(trouble @ Trouble::BadKey(_)) => Finding::failed(
            trouble.to_string(),
            "make a key in Whereby's dashboard under Configure, set it as whereby.api_key (WHEREBY_API_KEY), then: systemctl \
             reload reflector",
        ),
        Err(trouble @ Trouble::Spent(_)) => Finding::warning(
            trouble.to_string(),
            "see who else asks with keys of this organisation, or set whereby.points_per_minute to what its plan gives",
        ),
        Err(trouble) => Finding::failed(
            trouble.to_string(),
            format!(
                "try it by hand: curl -I -H \"Authorization: Bearer $WHEREBY_API_KEY\" {}/hello",
                facts.config.whereby.api_url
            ),
        ),
    }
}

pub(super) fn quota(facts: &Facts) -> Finding {
    if facts.whereby.answer.is_none() {
        return not_set_up();
    }
    let (api, most) = (&facts.whereby.api, facts.config.whereby.points_per_minute);
    let left = format!("{} of {most} points are left for this minute.", api.points_left);
    match api.blocked_until {
        Some(until) => Finding::warning(
            format!("Whereby wants to be left alone until {until}."),
            "see who else asks with keys of this organisation, or set whereby.points_per_minute to what its plan gives",
        ),
        None if api.points_left < most / POINTS_LOW => Finding::warning(
            left,
            "look again in a minute; where it stays so, others ask with keys of this organisation",
        ),
        None => Finding::ok(left),
    }
}

pub(super) fn webhook_secret(facts: &Facts) -> Finding {
    let config = &facts.config.whereby;
    match (config.secrets().next(), &config.api_key) {
        (Some(_), _) => Finding::ok("Whereby's events can be checked, and are taken."),
        (None, None) => not_set_up(),
        (None, Some(_)) => Finding::failed(
            "No key for Whereby's events is set: they are refused, and meetings there leave no attendance.",
            "make a webhook in Whereby's dashboard, set its secret as whereby.webhook_secret (WHEREBY_WEBHOOK_SECRET), then: \
             systemctl reload reflector",
        ),
    }
}

pub(super) fn events(facts: &Facts) -> Finding {
    if let super::Situation::NoStore(_) = facts.situation {
        return Finding::skipped("The store cannot be opened, so that its log cannot be looked into.");
    }
    if facts.config.whereby.secrets().next().is_none() {
        return not_set_up();
    }
    let whereby = &facts.whereby;
    let refused = (whereby.refused > 0)
        .then(|| format!("{} events were refused for their signature since the server's start", whereby.refused));
    match (&whereby.last_event, &refused) {
        (None, Some(_)) => Finding::failed(
            "Somebody sends events of Whereby, but signs them with another key: none is taken.",
            "set whereby.webhook_secret to the secret that Whereby's dashboard shows; several webhooks have several: \
             whereby.webhook_secrets_more",
        ),
        (None, None) => Finding::warning(
            "No event has ever come from Whereby: meetings that are held there leave no attendance.",
            "make a webhook in Whereby's dashboard that sends every type to /v1/whereby of this server, join a meeting, and look \
             again",
        ),
        (Some(event), _) => {
            Finding::ok(format!("The newest event of Whereby, {}, came at {}.", event.kind, event.received_at))
        }
    }
    .with(refused)
}

pub(super) fn clock(facts: &Facts) -> Finding {
    let heard = facts.whereby.heard;
    let mend = "set this machine's clock: timedatectl set-ntp true";
    if let Some((at, age)) = heard.untimely.filter(|(at, _)| heard.signed_at.is_none_or(|signed| signed < *at)) {
        return Finding::failed(
            format!("The newest event of Whereby, at {at}, was refused: it was signed {}.", ago(age)),
            mend,
        );
    }
    match heard.signed_at {
        None => Finding::ok("No event of Whereby has come since the start that could tell its time."),
        Some(_) if heard.age_seconds.abs() > SKEW_MOST => Finding::warning(
            format!(
                "The newest event of Whereby was signed {}: much more, and it would be refused.",
                ago(heard.age_seconds)
            ),
            mend,
        ),
        Some(_) => Finding::ok("The clocks of this machine and of Whereby agree."),
    }
}

fn ago(seconds: i64) -> String {
    let (size, side) = (seconds.unsigned_abs(), if seconds < 0 { "ahead of" } else { "behind" });
    format!("{size} s {side} our clock")
}

pub(super) fn presence(facts: &Facts) -> Finding {
    let drifts = &facts.whereby.drifts;
    if drifts.is_empty() {
        return Finding::ok("Whereby counts as many people in its meetings as we do.");
    }
    let lines = drifts.iter().map(|drift| {
        format!("{}: Whereby counted {} people, we have {}", drift.meeting.conference, drift.told, drift.counted)
    });
    Finding::warning(
        "Events of Whereby were lost: it counted other people in a meeting than we have. It sends an event three times, and \
         then never again.",
        "see that this server answers Whereby within 5 s and is always reached; what was lost is asked for by itself within half an \
         hour, or now by POST /v1/meetings/{id}/reconcile",
    )
    .with(lines)
}
