//! Checks of our own configuration.

use super::facts::Facts;
use super::{SETUP, Situation};
use crate::config::values::JwtAlgorithm;
use crate::domain::diagnosis::Finding;
use crate::platforms::jitsi;

pub(super) fn readable(facts: &Facts) -> Finding {
    if let Situation::NoConfig(mistakes) = &facts.situation {
        let meaning =
            "The configuration has mistakes. A server that runs goes on with the one before; none starts with this.";
        let mend = "mend the line that is named, then: reflector config check";
        return Finding::failed(meaning, mend).with(mistakes.lines().map(str::to_owned));
    }
    let files = &facts.loaded.files;
    if files.is_empty() {
        return Finding::ok("There is no configuration file; what is set comes from the environment and the defaults.");
    }
    Finding::ok("The configuration is read from these files, and has no mistake.").with(files.iter().cloned())
}

pub(super) fn variables(facts: &Facts) -> Finding {
    let unknown = &facts.loaded.unknown_variables;
    if unknown.is_empty() {
        return Finding::ok("Every variable that begins with REFLECTOR_ means something.");
    }
    let meaning =
        "Variables that begin with REFLECTOR_ are set and mean nothing: what they were to change is not changed.";
    Finding::warning(
        meaning,
        "rename them or take them out, in the unit file or wherever the server's environment is set",
    )
    .with(unknown.iter().cloned())
}

pub(super) fn values(facts: &Facts) -> Finding {
    let (warnings, unknown) = (&facts.loaded.warnings, &facts.loaded.unknown_variables);
    let unwise: Vec<_> = warnings.iter().filter(|warning| !unknown.contains(warning)).cloned().collect();
    if unwise.is_empty() {
        return Finding::ok("No secret is short, and no value is unwise.");
    }
    let meaning = "Some values are allowed and still unwise.";
    Finding::warning(meaning, "change them where they are set; reflector config show --origin tells where").with(unwise)
}

pub(super) fn complete(facts: &Facts) -> Finding {
    let config = &facts.config.jitsi;
    let Err(missing) = jitsi::check(config) else {
        let domain = config.domain.as_ref().map(ToString::to_string).unwrap_or_default();
        return Finding::ok(format!("Links lead to https://{domain}, and are signed."));
    };
    if config.domain.is_none() && config.jwt_secret.is_none() && config.jwt_algorithm == JwtAlgorithm::Hs256 {
        let meaning =
            "Reflector is in set-up mode: the console and the API work, and no Jitsi meeting can be started yet.";
        let mend = format!(
            "{SETUP}, on the machine that Jitsi is on; or by hand: set jitsi.domain and jitsi.jwt_secret (or JITSI_DOMAIN and \
             JITSI_JWT_SECRET), then: systemctl reload reflector"
        );
        return Finding::warning(meaning, mend);
    }
    let meaning = format!("Jitsi is set up by half, and no meeting can be started. {missing}");
    Finding::failed(meaning, "set what is named, to the same as in Prosody, then: systemctl reload reflector")
}
