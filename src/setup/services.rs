//! The programs of the machine that are asked or told something: Prosody's own check of its configuration, and what starts
//! services again.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long Prosody's check may take.
const CHECK_MOST: Duration = Duration::from_secs(30);
/// How long a service may take to start again.
const RESTART_MOST: Duration = Duration::from_secs(300);

/// What Prosody makes of its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Checked {
    Good,
    /// What it says, line by line.
    Complains(Vec<String>),
    /// It could not be asked, for this reason.
    NotAsked(String),
}

impl Checked {
    /// What is worse than before, if anything is.
    pub(super) fn worse_than(&self, before: &Self) -> Option<String> {
        let Self::Complains(now) = self else { return None };
        let known: &[String] = match before {
            Self::Good => &[],
            Self::Complains(known) => known,
            // There is nothing to compare with.
            Self::NotAsked(_) => return None,
        };
        let new: Vec<&str> = now.iter().filter(|line| !known.contains(line)).map(String::as_str).collect();
        if new.is_empty() { None } else { Some(new.join("\n")) }
    }
}

/// Asks Prosody about its main file and all that this includes.
pub(super) fn check_prosody(file: &Path) -> Checked {
    let mut command = Command::new("prosodyctl");
    command.arg("--config").arg(file).args(["check", "config"]);
    match run(command, CHECK_MOST) {
        Ok(output) if output.status.success() => Checked::Good,
        Ok(output) => Checked::Complains(said(&output)),
        Err(why) => Checked::NotAsked(format!("prosodyctl {why}")),
    }
}

/// Runs a command line.
pub(super) fn shell(line: &str) -> Result<(), String> {
    let mut command = Command::new("sh");
    command.args(["-c", line]);
    match run(command, RESTART_MOST) {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("{line}: {}\n{}", output.status, said(&output).join("\n"))),
        Err(why) => Err(format!("{line}: it {why}")),
    }
}

fn said(output: &Output) -> Vec<String> {
    let text = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat();
    text.lines().map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// Runs a program to its end.
fn run(mut command: Command, most: Duration) -> Result<Output, String> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().map_err(|error| format!("cannot be run ({error})"))?;
    let pid = child.id();
    let (ended, end) = mpsc::channel();
    let wait = move || drop(ended.send(child.wait_with_output()));
    let waiting = std::thread::Builder::new().name("waits".to_owned()).spawn(wait);
    waiting.map_err(|error| format!("cannot be waited for ({error})"))?;
    match end.recv_timeout(most) {
        Ok(output) => output.map_err(|error| format!("cannot be waited for ({error})")),
        Err(_) => {
            if let Some(pid) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) {
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
            }
            Err(format!("did not end within {} s", most.as_secs()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complains(lines: &[&str]) -> Checked {
        Checked::Complains(lines.iter().map(|line| (*line).to_owned()).collect())
    }

    #[test]
    fn only_what_is_new_is_worse() {
        let not_asked = Checked::NotAsked("x".to_owned());
        assert_eq!(complains(&["a", "b"]).worse_than(&Checked::Good).as_deref(), Some("a\nb"));
        assert_eq!(complains(&["a", "b"]).worse_than(&complains(&["a"])).as_deref(), Some("b"));
        assert_eq!(complains(&["a"]).worse_than(&complains(&["a", "b"])), None);
        assert_eq!(complains(&["a"]).worse_than(&not_asked), None);
        assert_eq!(Checked::Good.worse_than(&complains(&["a"])), None);
    }

    #[test]
    fn a_command_that_fails_or_hangs_says_so() {
        assert_eq!(shell("exit 0"), Ok(()));
        let failed = shell("echo no; echo really >&2; exit 3").unwrap_err();
        assert!(failed.contains("exit status: 3") && failed.contains("no\nreally"), "{failed}");
        let mut hangs = Command::new("sleep");
        hangs.arg("60");
        assert_eq!(run(hangs, Duration::from_millis(50)).unwrap_err(), "did not end within 0 s");
        assert!(run(Command::new("/nonexistent"), CHECK_MOST).unwrap_err().starts_with("cannot be run"));
    }
}
