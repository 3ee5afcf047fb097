//! What one value alone does not show: keys that must fit each other, and values that are allowed but unwise.

use std::path::{Component, Path, PathBuf};

use super::cidr::{Cidr, TrustedProxy};
use super::{Config, RecordingsConfig};

/// Something about keys that are each right by themselves.
#[derive(Debug)]
pub(crate) struct Finding {
    /// The key it is about, and those it has to fit.
    pub(crate) keys: &'static [&'static str],
    /// What is wrong, as the end of "… is refused: ".
    pub(crate) why: String,
}

fn finding(keys: &'static [&'static str], why: &str) -> Finding {
    Finding { keys, why: why.to_owned() }
}

/// What makes the configuration unusable.
pub(crate) fn misfits(config: &Config) -> Vec<Finding> {
    let Config { server, jitsi, jibri, recordings, sessions, storage, .. } = config;
    let too_long_a_head = (server.head_timeout_seconds > server.request_timeout_seconds).then(|| {
        let keys = &["server.head_timeout_seconds", "server.request_timeout_seconds"];
        finding(keys, "it is longer than the whole request; allowed is at most server.request_timeout_seconds")
    });
    let listed_twice = server.listen.iter().enumerate().find_map(|(at, address)| {
        let again = server.listen.iter().skip(at + 1).any(|other| other == address);
        let why = format!("{address} is listed twice; allowed is once");
        (again && !address.is_any_port()).then_some(Finding { keys: &["server.listen"], why })
    });
    let previous_alone = (jitsi.webhook_secret_previous.is_some() && jitsi.webhook_secret.is_none()).then(|| {
        let keys = &["jitsi.webhook_secret_previous"];
        finding(keys, "it stands alone; allowed is only beside jitsi.webhook_secret, which takes its place")
    });
    let no_place = (!recordings.directories.iter().all(|directory| is_a_place(directory))).then(|| {
        finding(&["recordings.directories"], "allowed are absolute paths without \"..\", and not the root of all files")
    });
    let no_upload = no_upload(recordings);
    let no_spool = (!jibri.spool_dir.iter().all(|directory| is_a_place(directory))).then(|| {
        finding(&["jibri.spool_dir"], "allowed is an absolute path without \"..\", and not the root of all files")
    });
    let too_long_idle = (sessions.idle_minutes > sessions.absolute_hours.saturating_mul(60)).then(|| {
        let keys = &["sessions.idle_minutes", "sessions.absolute_hours"];
        finding(keys, "it is longer than the whole session; allowed is at most sessions.absolute_hours")
    });
    let no_target = storage.directory.iter().find_map(|target| {
        let overlaps = |other: &PathBuf| target.starts_with(other) || other.starts_with(target);
        let why = if !is_a_place(target) {
            "allowed is an absolute path without \"..\", and not the root of all files"
        } else if recordings.directories.iter().any(overlaps) {
            "it lies in one of recordings.directories or around it, so that copies would be taken for recordings"
        } else {
            return None;
        };
        Some(finding(&["storage.directory", "recordings.directories"], why))
    });
    let bad_prefix = (!is_a_prefix(&storage.prefix))
        .then(|| finding(&["storage.prefix"], "allowed are names with a slash behind each, such as \"recordings/\""));
    let bad_bucket = storage.bucket.iter().find_map(|name| no_bucket(name));
    let of_storage = [bad_bucket, no_target, bad_prefix];
    let others = [too_long_a_head, listed_twice, previous_alone, no_place, no_upload, no_spool, too_long_idle];
    others.into_iter().chain(of_storage).flatten().collect()
}

/// Why files that are sent in cannot go where they are to go.
fn no_upload(recordings: &RecordingsConfig) -> Option<Finding> {
    let directory = recordings.upload_directory.as_ref()?;
    let lies_in_one = recordings.directories.iter().any(|root| directory.starts_with(root));
    let keys = &["recordings.upload_directory", "recordings.directories"];
    let why = "allowed is one of recordings.directories, or a path in one, without \"..\"";
    (!is_a_place(directory) || !lies_in_one || directory.to_str().is_none()).then(|| finding(keys, why))
}

/// Why this is not the name of a bucket. What else a store refuses, it says itself.
fn no_bucket(name: &str) -> Option<Finding> {
    let is_plain = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    let why = match name.split_once('/') {
        None if is_plain(name) => return None,
        Some((name, folder)) if is_plain(name) && !folder.is_empty() => {
            "allowed is the bucket's name alone, without a folder in it; storage.prefix is the folder of our copies"
        }
        _ => "allowed is the bucket's name alone: letters, digits, dots, hyphens and underscores",
    };
    Some(finding(&["storage.bucket"], why))
}

/// Names of letters that every store takes as they are, each with a slash behind it.
fn is_a_prefix(prefix: &str) -> bool {
    let good = |name: &str| {
        !matches!(name, "" | "." | "..") && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    prefix.strip_suffix('/').is_some_and(|names| names.split('/').all(good))
}

fn is_a_place(directory: &Path) -> bool {
    directory.is_absolute()
        && directory.components().any(|part| matches!(part, Component::Normal(_)))
        && directory.components().all(|part| part != Component::ParentDir)
}

/// What is allowed and yet unwise.
pub(crate) fn unwise(config: &Config) -> Vec<Finding> {
    let anyone_records = config
        .jibri
        .networks
        .iter()
        .any(Cidr::is_everything)
        .then(|| finding(&["jibri.networks"], "it lets everyone tell how recorders are"));
    let everyone = |proxy: &TrustedProxy| matches!(proxy, TrustedProxy::Network(network) if network.is_everything());
    let trusts_everyone =
        config.server.trusted_proxies.iter().any(everyone).then(|| {
            finding(&["server.trusted_proxies"], "it trusts everyone, so that callers choose their own address")
        });
    trusts_everyone.into_iter().chain(anyone_records).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::key::keys;

    fn misfit(change: impl FnOnce(&mut Config)) -> Vec<&'static str> {
        let mut config = Config::default();
        change(&mut config);
        let found = misfits(&config);
        for name in found.iter().flat_map(|finding| finding.keys) {
            assert!(keys().any(|key| key.to_string() == *name), "{name} is a key");
        }
        found.iter().map(|finding| finding.keys[0]).collect()
    }

    #[test]
    fn the_defaults_fit() {
        assert!(misfits(&Config::default()).is_empty());
        assert!(unwise(&Config::default()).is_empty());
    }

    #[test]
    fn keys_must_fit_each_other() {
        assert_eq!(misfit(|config| config.server.head_timeout_seconds = 31), ["server.head_timeout_seconds"]);
        assert_eq!(misfit(|config| config.sessions.idle_minutes = 721), ["sessions.idle_minutes"]);
        let previous = |config: &mut Config| config.jitsi.webhook_secret_previous = "old".parse().ok();
        assert_eq!(misfit(previous), ["jitsi.webhook_secret_previous"]);
    }

    #[test]
    fn an_address_is_listed_once_unless_its_port_is_free() {
        let twice = |address: &str| vec![address.parse().unwrap(), address.parse().unwrap()];
        assert_eq!(misfit(|config| config.server.listen = twice("127.0.0.1:1250")), ["server.listen"]);
        assert_eq!(misfit(|config| config.server.listen = twice("unix:/a")), ["server.listen"]);
        assert!(misfit(|config| config.server.listen = twice("127.0.0.1:0")).is_empty());
    }

    #[test]
    fn recordings_lie_in_real_directories() {
        for directory in ["recordings", "/", "//", "/var/../etc", "./a"] {
            let misfits = misfit(|config| config.recordings.directories = vec![directory.into()]);
            assert_eq!(misfits, ["recordings.directories"], "{directory}");
        }
    }

    #[test]
    fn the_spool_is_a_real_directory() {
        assert_eq!(misfit(|config| config.jibri.spool_dir = Some("spool".into())), ["jibri.spool_dir"]);
        assert!(misfit(|config| config.jibri.spool_dir = Some("/var/spool/reflector".into())).is_empty());
    }

    #[test]
    fn copies_lie_apart_from_recordings() {
        for directory in ["copies", "/", "/var", "/var/recordings", "/recordings/copies", "/mnt/../etc"] {
            let misfits = misfit(|config| config.storage.directory = Some(directory.into()));
            assert_eq!(misfits, ["storage.directory"], "{directory}");
        }
        assert!(misfit(|config| config.storage.directory = Some("/mnt/copies".into())).is_empty());
        for prefix in ["recordings", "/", "a//", "a/../", "a b/", "/a/"] {
            assert_eq!(misfit(|config| config.storage.prefix = prefix.to_owned()), ["storage.prefix"], "{prefix}");
        }
        for prefix in ["recordings/", "a/b.c/"] {
            assert!(misfit(|config| config.storage.prefix = prefix.to_owned()).is_empty(), "{prefix}");
        }
    }

    #[test]
    fn a_bucket_is_named_without_a_folder() {
        let why = |name: &str| {
            let mut config = Config::default();
            config.storage.bucket = Some(name.to_owned());
            misfits(&config).into_iter().map(|finding| (finding.keys[0], finding.why)).next()
        };
        for name in ["recordings", "my.recordings-2026", "Old_Bucket"] {
            assert_eq!(why(name), None, "{name}");
        }
        for (name, part) in [
            ("recordings/whereby", "storage.prefix is the folder"),
            ("recordings/a/b/", "storage.prefix is the folder"),
            ("recordings/", "name alone: letters"),
            ("s3://recordings", "name alone: letters"),
            ("my recordings", "name alone: letters"),
        ] {
            let (key, said) = why(name).unwrap();
            assert!(key == "storage.bucket" && said.contains(part), "{name}: {said}");
        }
    }

    #[test]
    fn trusting_everyone_is_unwise() {
        let mut config = Config::default();
        config.server.trusted_proxies = vec!["unix".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        assert!(unwise(&config).is_empty());
        config.server.trusted_proxies.push("::/0".parse().unwrap());
        assert_eq!(unwise(&config).len(), 1);
        config.jibri.networks = vec!["10.0.0.0/8".parse().unwrap(), "0.0.0.0/0".parse().unwrap()];
        assert_eq!(unwise(&config)[1].keys, ["jibri.networks"]);
    }
}
