//! Checks of this machine: the process, its files, its disk, its store.

use super::Situation;
use super::facts::Facts;
use crate::app::disks::Disk;
use crate::app::health::Check;
use crate::domain::diagnosis::Finding;
use crate::domain::disk::DiskLevel;
use crate::storage::inspect::Seen;

/// Below this much free space, in bytes, somebody should make room soon.
const DISK_LOW: u64 = 1 << 30;
/// Below this much the server stops taking events.
const DISK_FLOOR: u64 = 64 << 20;

pub(super) fn running(facts: &Facts) -> Finding {
    match facts.situation {
        Situation::Serving => Finding::ok("A server runs, and has answered itself."),
        Situation::Stopped | Situation::NoStore(_) | Situation::NoConfig(_) => Finding::warning(
            "No server answered on this data directory, so that no event is taken in. The command line looked by itself, \
             with its own configuration and environment.",
            "start it: systemctl start reflector (or: reflector serve)",
        ),
    }
}

pub(super) fn secret_files(facts: &Facts) -> Finding {
    let secrets = &facts.files.secrets;
    if secrets.is_empty() {
        return Finding::ok("No secret is read from a file.");
    }
    let open: Vec<&Seen> = secrets.iter().filter(|file| file.is_open_to_others).collect();
    if open.is_empty() {
        return Finding::ok("The files with secrets are for their owner and group alone.")
            .with(secrets.iter().map(told));
    }
    let paths: Vec<String> = open.iter().map(|file| file.path.display().to_string()).collect();
    Finding::failed(
        "Everybody who has an account on this machine can read secrets of ours, and make links as host or forge events.",
        format!("chmod o-rwx {}", paths.join(" ")),
    )
    .with(open.into_iter().map(told))
}

fn told(seen: &Seen) -> String {
    format!("{} has mode {:04o}", seen.path.display(), seen.mode)
}

pub(super) fn data_private(facts: &Facts) -> Finding {
    let Some(seen) = &facts.files.data_seen else {
        return Finding::skipped("The data directory cannot be looked at.");
    };
    if !seen.is_open_to_others {
        return Finding::ok("The data directory is for its owner and group alone.").with([told(seen)]);
    }
    Finding::failed(
        "Everybody who has an account on this machine can look into the data: who met whom, and for how long.",
        format!("chmod o-rwx {}", seen.path.display()),
    )
    .with([told(seen)])
}

pub(super) fn data_writable(facts: &Facts) -> Finding {
    let Some(data) = &facts.files.data else {
        return Finding::skipped("There is no data directory.");
    };
    let data = data.display();
    match &facts.files.data_problem {
        None => Finding::ok(format!("{data} can be written.")),
        Some(problem) => Finding::failed(
            format!("{data} cannot be written by the user that asks ({problem}): nothing can be kept."),
            format!("ls -ld {data}; then, as root: chown -R reflector: {data}"),
        ),
    }
}

pub(super) fn data_space(facts: &Facts) -> Finding {
    let Some(free) = facts.files.free_bytes else {
        return Finding::skipped("How much is free cannot be told for this file system.");
    };
    let (mib, data) = (free >> 20, facts.files.data.clone().unwrap_or_default());
    let data = data.display();
    let mend = format!("make room: df -h {data}; du -xsh {data}");
    match free {
        0..DISK_FLOOR => {
            Finding::failed(format!("Only {mib} MiB are free in {data}: events are refused until there is room."), mend)
        }
        DISK_FLOOR..DISK_LOW => Finding::warning(format!("Only {mib} MiB are free in {data}."), mend),
        DISK_LOW.. => Finding::ok(format!("{} GiB are free in {data}.", free >> 30)),
    }
}

pub(super) fn disks(facts: &Facts) -> Finding {
    let worst = |level| facts.disks.iter().filter(move |disk| disk.outlook.level == level);
    let list = || facts.disks.iter().map(Disk::sentence);
    let mend = |names: String| {
        format!("make room: df -h {names}; reflector recordings expiring --try-days 90 tells what a rule would remove")
    };
    if let Some(full) = worst(DiskLevel::Critical).next() {
        return Finding::failed(full.sentence(), mend(full.names())).with(list());
    }
    if let Some(low) = worst(DiskLevel::Low).next() {
        return Finding::warning(low.sentence(), mend(low.names())).with(list());
    }
    match facts.disks.is_empty() {
        true => Finding::skipped("No disk could be looked at."),
        false => Finding::ok("Each has room, and will have for a while as far as can be told.").with(list()),
    }
}

pub(super) fn retention(facts: &Facts) -> Finding {
    let Some(upkeeping) = &facts.upkeeping else { return Finding::skipped("The store cannot be read.") };
    let days = |days: Option<u32>, ever: &str| days.map_or(ever.to_owned(), |days| format!("for {days} days"));
    let rule = upkeeping.rule;
    let list = [
        format!("recordings are kept {}, unless their room has it otherwise", days(rule.days, "for ever")),
        format!("the trash is kept {}", days(rule.trash_days, "until somebody empties it")),
    ];
    match (upkeeping.waits_until, upkeeping.jumped) {
        (Some(until), Some((from, to))) => Finding::warning(
            format!("The clock has jumped from {from} to {to}: nothing is removed by rule before {until}."),
            "see that the clock is right: timedatectl; timedatectl set-ntp true",
        )
        .with(list),
        (Some(until), None) => Finding::ok(format!(
            "Nothing is removed by rule before {until}: the clock has not been seen to run for three days."
        ))
        .with(list),
        (None, _) => Finding::ok("What no rule keeps any more is removed once a day.").with(list),
    }
}

pub(super) fn store(facts: &Facts) -> Finding {
    if let Situation::NoStore(reason) = &facts.situation {
        let data = facts.files.data.clone().unwrap_or_default();
        return Finding::failed(
            format!("The store cannot be opened: {reason}."),
            format!("see who has it, and who may: ls -l {data}; fuser -v {data}/reflector.redb", data = data.display()),
        );
    }
    match problem(facts, "store") {
        None => Finding::ok("The store was opened, and has just taken a write."),
        Some(problem) => Finding::failed(
            format!("The store does not take writes: {problem}."),
            "look for room and for errors of the disk: df -h; journalctl -k -p err; journalctl -u reflector",
        ),
    }
}

pub(super) fn jobs(facts: &Facts) -> Finding {
    if facts.situation != Situation::Serving {
        return Finding::skipped("Jobs move only while a server runs.");
    }
    match problem(facts, "jobs") {
        None => Finding::ok("What is due is done in time."),
        Some(problem) => Finding::failed(
            format!("Meetings are not ended in time: {problem}."),
            "restart the server, and look at its log: systemctl restart reflector; journalctl -u reflector",
        ),
    }
}

fn problem<'f>(facts: &'f Facts, name: &str) -> Option<&'f String> {
    facts.readiness.iter().find(|check: &&Check| check.name == name).and_then(|check| check.problem.as_ref())
}

pub(super) fn recordings(facts: &Facts) -> Finding {
    let directories = &facts.files.recordings;
    if directories.is_empty() {
        return Finding::skipped("No directory of recordings is configured (recordings.directories).");
    }
    let list = || {
        directories.iter().map(|(path, problem)| match problem {
            None => format!("{} can be read", path.display()),
            Some(problem) => format!("{}: {problem}", path.display()),
        })
    };
    if directories.iter().any(|(_, problem)| problem.is_none()) {
        return Finding::ok("Recordings are looked for in these directories.").with(list());
    }
    Finding::warning(
        "No directory of recordings can be read here: finished recordings are noted, but what Jibri wrote beside them is not.",
        "set recordings.directories to Jibri's recordings-directory, and let the server's user read it: usermod -aG jibri reflector",
    )
    .with(list())
}

pub(super) fn ffmpeg(facts: &Facts) -> Finding {
    match &facts.files.ffmpeg_problem {
        _ if facts.files.recordings.iter().all(|(_, problem)| problem.is_some()) => {
            Finding::skipped("There are no recordings here.")
        }
        None => {
            Finding::ok("ffmpeg is installed: recordings get pictures, and what ends in the middle can be repaired.")
        }
        Some(problem) => Finding::warning(
            format!(
                "{problem}. Recordings have no pictures, and what ends in the middle cannot be repaired; all else works."
            ),
            "apt install ffmpeg; then: systemctl restart reflector",
        ),
    }
}
