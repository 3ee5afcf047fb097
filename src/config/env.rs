//! The environment to the values written in it: every key by its own name and its aliases, secrets also as the path of a
//! file that holds them.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::file::Said;
use super::key::{Key, keys};
use super::nearest::nearest;
use super::origin::{Mistake, Origin, Written};

/// Environment variables by name.
pub(crate) type Env = BTreeMap<String, String>;

/// What every variable that is ours begins with.
const PREFIX: &str = "REFLECTOR_";

/// Variables with our prefix that are read elsewhere: the first before there is a configuration, the other by the log.
const OTHERS: [&str; 2] = ["REFLECTOR_CONFIG", "REFLECTOR_LOG"];

/// What is put behind a secret's name for the path of a file that holds it.
const FILE: &str = "_FILE";

/// Reads the file a secret is in.
pub(crate) type ReadSecret<'a> = &'a dyn Fn(&Path) -> io::Result<String>;

/// Reads every key that the environment holds. An empty variable counts as not there, as Compose files leave them.
pub(crate) fn read(env: &Env, secret: ReadSecret<'_>) -> Said {
    let mut said = Said::default();
    for key in keys() {
        match key.env_names().find_map(|name| look_up(key, &name, env, secret)) {
            Some(Ok((origin, text))) => {
                let items =
                    if key.list { text.split(',').map(|item| item.trim().to_owned()).collect() } else { vec![text] };
                said.written.push(Written { key, items, origin, places: vec![] });
            }
            Some(Err(mistake)) => said.mistakes.push(mistake),
            None => {}
        }
    }
    said
}

/// The text that the variable `name` or its `_FILE` holds for `key`.
fn look_up(key: &Key, name: &str, env: &Env, secret: ReadSecret<'_>) -> Option<Result<(Origin, String), Mistake>> {
    let text = filled(env, name);
    let file_name = format!("{name}{FILE}");
    let path = if key.secret { filled(env, &file_name) } else { None };
    let place = Origin::Env(file_name);
    match (text, path) {
        (Some(_), Some(_)) => Some(Err(Mistake { place, what: format!("{name} is set too; leave one of them out") })),
        (Some(text), None) => Some(Ok((Origin::Env(name.to_owned()), text.to_owned()))),
        (None, Some(path)) => Some(read_secret(key, path, secret, place)),
        (None, None) => None,
    }
}

fn read_secret(key: &Key, path: &str, secret: ReadSecret<'_>, place: Origin) -> Result<(Origin, String), Mistake> {
    match secret(Path::new(path)) {
        Err(error) => Err(Mistake { place, what: format!("{key} is refused: {path} cannot be read: {error}") }),
        // Editors and `echo` end a file with a line break that is not meant.
        Ok(text) => match text.trim_end_matches(['\r', '\n']) {
            "" => Err(Mistake { place, what: format!("{key} is refused: {path} is empty") }),
            text => Ok((place, text.to_owned())),
        },
    }
}

/// The file that a variable names, where it is one that names a secret's file.
pub(crate) fn secret_file(env: &Env, variable: &str) -> Option<PathBuf> {
    if variable.ends_with(FILE) { filled(env, variable).map(PathBuf::from) } else { None }
}

fn filled<'a>(env: &'a Env, name: &str) -> Option<&'a str> {
    env.get(name).map(String::as_str).filter(|text| !text.is_empty())
}

/// A warning for every variable with our prefix that means nothing to us.
pub(crate) fn unknown(env: &Env) -> Vec<String> {
    let known: Vec<String> = known_names().collect();
    env.range(PREFIX.to_owned()..)
        .map(|(name, _)| name)
        .take_while(|name| name.starts_with(PREFIX))
        .filter(|name| !known.contains(name))
        .map(|name| match nearest(name, known.iter().cloned()).or_else(|| without_section(name)) {
            Some(near) => format!("unknown environment variable {name}; did you mean {near}?"),
            None => format!("unknown environment variable {name}; keys are {PREFIX}SECTION__KEY"),
        })
        .collect()
}

fn known_names() -> impl Iterator<Item = String> {
    let of_keys = keys().flat_map(|key| {
        key.env_names().flat_map(|name| {
            let file = key.secret.then(|| format!("{name}{FILE}"));
            std::iter::once(name).chain(file)
        })
    });
    of_keys.chain(OTHERS.map(str::to_owned))
}

/// The key that was perhaps meant by a variable which leaves the section out.
fn without_section(name: &str) -> Option<String> {
    let rest = name.strip_prefix(PREFIX)?.to_lowercase();
    keys().find(|key| key.name == rest).map(Key::env_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(variables: &[(&str, &str)]) -> Env {
        variables.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// What is written, as `key=items from origin`, and the mistakes. The file `/secret` holds a canary.
    fn said(variables: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let secret = |path: &Path| match path.to_str() {
            Some("/secret") => Ok("canary\r\n".to_owned()),
            Some("/empty") => Ok("\n".to_owned()),
            _ => Err(io::Error::from(io::ErrorKind::NotFound)),
        };
        let said = read(&env(variables), &secret);
        let show = |written: &Written| format!("{}={} from {}", written.key, written.items.join("|"), written.origin);
        (said.written.iter().map(show).collect(), said.mistakes.iter().map(ToString::to_string).collect())
    }

    fn written(variables: &[(&str, &str)]) -> Vec<String> {
        let (written, mistakes) = said(variables);
        assert_eq!(mistakes, Vec::<String>::new());
        written
    }

    #[test]
    fn the_guides_names_are_read() {
        let guides = [
            ("JITSI_DOMAIN", "jitsi.domain"),
            ("JITSI_JWT_SECRET", "jitsi.jwt_secret"),
            ("JITSI_WEBHOOK_SECRET", "jitsi.webhook_secret"),
            ("JITSI_APP_ID", "jitsi.app_id"),
            ("JITSI_JWT_ISSUER", "jitsi.jwt_issuer"),
            ("JITSI_JWT_AUDIENCE", "jitsi.jwt_audience"),
            ("WHEREBY_API_KEY", "whereby.api_key"),
            ("WHEREBY_API_URL", "whereby.api_url"),
            ("WHEREBY_WEBHOOK_SECRET", "whereby.webhook_secret"),
            ("AWS_WHEREBY_ACCESS_KEY_ID", "storage.aws_access_key_id"),
            ("AWS_WHEREBY_ACCESS_KEY_SECRET", "storage.aws_access_key_secret"),
            ("RECORDING_STORAGE_AWS_BUCKET_NAME", "storage.bucket"),
            ("AWS_PROCESS_RECORDING_QUEUE_URL", "storage.queue_url"),
            ("SQS_POLLING_TIMEOUT_SECONDS", "storage.sqs_polling_timeout_seconds"),
            ("REFLECTOR_DATA_DIR", "server.data_dir"),
            ("REFLECTOR_API_URL", "jibri.api_url"),
        ];
        for (name, key) in guides {
            assert_eq!(written(&[(name, "x")]), [format!("{key}=x from env {name}")]);
        }
    }

    #[test]
    fn every_key_has_its_own_name() {
        for key in keys() {
            let name = key.env_name();
            assert_eq!(written(&[(&name, "x")]), [format!("{key}=x from env {name}")]);
            assert_eq!(unknown(&env(&[(&name, "x")])), Vec::<String>::new());
        }
        assert!(keys().any(|key| key.env_name() == "REFLECTOR_SERVER__MAX_CONNECTIONS"));
    }

    #[test]
    fn its_own_name_wins_over_an_alias_and_empty_is_not_there() {
        let both = [("JITSI_APP_ID", "alias"), ("REFLECTOR_JITSI__APP_ID", "own")];
        assert_eq!(written(&both), ["jitsi.app_id=own from env REFLECTOR_JITSI__APP_ID"]);
        let empty = [("JITSI_APP_ID", "alias"), ("REFLECTOR_JITSI__APP_ID", "")];
        assert_eq!(written(&empty), ["jitsi.app_id=alias from env JITSI_APP_ID"]);
    }

    #[test]
    fn lists_have_commas() {
        let listen = written(&[("REFLECTOR_SERVER__LISTEN", "127.0.0.1:1, unix:/a")]);
        assert_eq!(listen, ["server.listen=127.0.0.1:1|unix:/a from env REFLECTOR_SERVER__LISTEN"]);
        let secret = written(&[("JITSI_JWT_SECRET", "a, b")]);
        assert_eq!(secret, ["jitsi.jwt_secret=a, b from env JITSI_JWT_SECRET"]);
    }

    #[test]
    fn secrets_may_stand_in_files() {
        for name in ["REFLECTOR_JITSI__JWT_SECRET_FILE", "JITSI_JWT_SECRET_FILE"] {
            assert_eq!(written(&[(name, "/secret")]), [format!("jitsi.jwt_secret=canary from env {name}")]);
        }
        assert_eq!(written(&[("JITSI_DOMAIN_FILE", "/secret")]), Vec::<String>::new());
        let (_, both) = said(&[("JITSI_JWT_SECRET", "x"), ("JITSI_JWT_SECRET_FILE", "/secret")]);
        assert_eq!(both, ["env JITSI_JWT_SECRET_FILE: JITSI_JWT_SECRET is set too; leave one of them out"]);
        let (_, gone) = said(&[("JITSI_JWT_SECRET_FILE", "/gone")]);
        assert!(gone[0].starts_with("env JITSI_JWT_SECRET_FILE: jitsi.jwt_secret is refused: /gone cannot be read: "));
        let (_, empty) = said(&[("JITSI_JWT_SECRET_FILE", "/empty")]);
        assert_eq!(empty, ["env JITSI_JWT_SECRET_FILE: jitsi.jwt_secret is refused: /empty is empty"]);
    }

    #[test]
    fn unknown_names_with_our_prefix_are_odd() {
        for (name, warning) in [
            ("REFLECTOR_SERVER_LISTEN", "did you mean REFLECTOR_SERVER__LISTEN?"),
            ("REFLECTOR_LISTEN", "did you mean REFLECTOR_SERVER__LISTEN?"),
            ("REFLECTOR_JITSI__JWT_SECRETS", "did you mean REFLECTOR_JITSI__JWT_SECRET?"),
            ("REFLECTOR_SERVER__LISTEN_FILE", "keys are REFLECTOR_SECTION__KEY"),
            ("REFLECTOR_NONSENSE", "keys are REFLECTOR_SECTION__KEY"),
        ] {
            assert_eq!(unknown(&env(&[(name, "x")])), [format!("unknown environment variable {name}; {warning}")]);
        }
        let known = ["REFLECTOR_CONFIG", "REFLECTOR_DATA_DIR", "REFLECTOR_LOG", "REFLECTORS", "JITSI_OTHER", "PATH"];
        assert_eq!(unknown(&env(&known.map(|name| (name, "x")))), Vec::<String>::new());
    }
}
