//! Checks of the recorders: where they record, whether they tell of it, how they are.

use super::beside::Known;
use super::facts::Facts;
use super::{SETUP, Situation};
use crate::app::triggers::Troubled;
use crate::domain::diagnosis::Finding;
use crate::domain::recorder::RecorderState;

pub(super) fn directory(facts: &Facts) -> Finding {
    let told = match &facts.beside.jibri {
        Known::Is(settings) => settings.recordings_directory.as_ref(),
        Known::Absent => return Finding::skipped("Jibri's file is not on this machine."),
        Known::Unreadable(_) => return Finding::skipped("Jibri's file may not be read by the user that asks."),
    };
    let Some(directory) = told else {
        return Finding::skipped("Jibri's file does not say where it records.");
    };
    let configured = &facts.config.recordings.directories;
    if configured.iter().any(|ours| std::path::Path::new(directory).starts_with(ours)) {
        return Finding::ok(format!("Jibri records into {directory}, which is one of ours."));
    }
    Finding::failed(
        format!(
            "Jibri records into {directory}, which is not among recordings.directories: what it tells of is refused."
        ),
        format!("{SETUP}; or by hand: add \"{directory}\" to recordings.directories, then: systemctl reload reflector"),
    )
}

pub(super) fn finalize(facts: &Facts) -> Finding {
    let settings = match &facts.beside.jibri {
        Known::Is(settings) => settings,
        Known::Absent => return Finding::skipped("Jibri's file is not on this machine."),
        Known::Unreadable(_) => return Finding::skipped("Jibri's file may not be read by the user that asks."),
    };
    let mend = format!(
        "{SETUP}; or by hand: ln -s reflector /usr/bin/reflector-jibri-finalize; set jibri {{ recording {{ finalize-script = \
         \"/usr/bin/reflector-jibri-finalize\" }} }} in Jibri's jibri.conf; systemctl restart jibri"
    );
    match (&settings.finalize_script, &facts.beside.finalize) {
        (None, _) => Finding::failed("Jibri has no finalize-script: nobody hears when a recording is complete.", mend),
        (Some(path), Some((_, Some(problem)))) => Finding::failed(
            format!(
                "Jibri cannot run its finalize-script {path} ({problem}): recordings stay on its disk, unheard of."
            ),
            mend,
        ),
        (Some(path), Some((_, None))) => Finding::ok(format!("Jibri runs {path} after each recording.")),
        (Some(path), None) => Finding::skipped(format!("Whether {path} can be run could not be looked at.")),
    }
}

pub(super) fn recorders(facts: &Facts) -> Finding {
    if !matches!(facts.situation, Situation::Serving | Situation::Stopped) {
        return Finding::skipped("The store cannot be opened, so that the recorders are not known.");
    }
    if facts.recorders.is_empty() {
        return Finding::skipped(
            "No recorder has told how it is within a day. With jibri { webhook { subscribers = [...] } } in Jibri's file it does: \
             docs/jitsi.md tells how.",
        );
    }
    let list = facts.recorders.iter().map(|(id, state, since)| format!("{id} is {} since {since}", state.as_str()));
    let ails = |state: &RecorderState| match state {
        RecorderState::Idle | RecorderState::Busy => false,
        RecorderState::Expired | RecorderState::Unhealthy | RecorderState::Silent => true,
    };
    let ailing = facts.recorders.iter().filter(|(_, state, _)| ails(state)).count();
    let mend = "on the recorder's machine: systemctl status jibri; systemctl restart jibri; journalctl -u jibri";
    match ailing {
        0 => Finding::ok("Every recorder that is known is well."),
        _ if ailing == facts.recorders.len() => {
            Finding::failed("No recorder can record: each is silent, unhealthy or has to be started again.", mend)
        }
        _ => Finding::warning(
            "Some recorders cannot record: they are silent, unhealthy or have to be started again.",
            mend,
        ),
    }
    .with(list)
}

pub(super) fn triggers(facts: &Facts) -> Finding {
    if !matches!(facts.situation, Situation::Serving | Situation::Stopped) {
        return Finding::skipped("The store cannot be opened, so that the meetings are not known.");
    }
    if facts.troubled.is_empty() {
        return Finding::ok("No meeting that goes on waits for its recording to start or to stop.");
    }
    let list = facts.troubled.iter().map(|Troubled { meeting, trouble }| {
        let (intent, reason) = (trouble.intent.as_str(), trouble.reason.as_str());
        format!("{} does not {intent} since {}: {reason}. {}", meeting.conference, trouble.at, trouble.detail())
    });
    Finding::failed(
        "Recordings that a room's rule wants to start or to stop do not. They are tried again and again.",
        "journalctl -u jicofo -u jibri; docs/jitsi.md tells what each reason means",
    )
    .with(list)
}

pub(super) fn spool(facts: &Facts) -> Finding {
    if facts.files.spools.is_empty() {
        return Finding::ok("No recorder has left a recording to be told of later.");
    }
    let list = || {
        facts.files.spools.iter().map(|(path, state)| match state {
            Ok(waiting) => format!("{}: {waiting} wait", path.display()),
            Err(problem) => format!("{}: {problem}", path.display()),
        })
    };
    if facts.files.spools.iter().any(|(_, state)| state.is_err()) {
        return Finding::failed(
            "Recordings that the server could not be told of may wait in a directory that it cannot read.",
            "let the server's user read it by its group: usermod -aG jibri reflector; systemctl restart reflector",
        )
        .with(list());
    }
    if facts.files.spools.iter().all(|(_, state)| *state == Ok(0)) {
        return Finding::ok("No recording waits to be told of.");
    }
    Finding::warning(
        "Recordings wait to be told of. A running server takes them within a minute, where they are signed with its key.",
        "start the server, and see its log for what it could not take: systemctl start reflector; journalctl -u reflector",
    )
    .with(list())
}
