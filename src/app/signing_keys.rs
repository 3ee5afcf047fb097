//! The keys that links are signed with where Prosody fetches the public halves. They lie in a file of their own beside
//! the store, which its owner alone may read, and not in the store: copies of the store are made and carried about, and
//! what is removed from it stays in old pages for a while. Encrypting them there would need one more key beside it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{App, AppError, audit};
use crate::config::JitsiConfig;
use crate::config::values::JwtAlgorithm;
use crate::domain::Timestamp;
use crate::domain::access::Caller;
use crate::domain::signing_key::{KeyLife, KeyRules, KeyStage, is_due, published_until, signing, stage};
use crate::platforms::jitsi_keys::{PublicKey, SigningKey};
use crate::storage::private::{read_private, write_private};

/// The file in the data directory.
const FILE: &str = "jitsi-keys.json";
/// The most keys there are at once: whoever asks for more than that has no use for any of them.
const MOST: usize = 16;

/// A key and its life.
#[derive(Clone)]
struct Kept {
    life: KeyLife,
    key: Arc<SigningKey>,
}

/// The keys, the oldest first.
pub(crate) struct Keyring {
    /// Nothing where the store is in memory: the keys are too then.
    file: Option<PathBuf>,
    /// Or why they cannot be read. Then none is made, so that none is lost.
    keys: Mutex<Result<Vec<Kept>, String>>,
}

/// A key as the world sees it.
#[derive(Clone, Debug)]
pub(crate) struct KeyView {
    pub(crate) kid: String,
    pub(crate) stage: KeyStage,
    pub(crate) made_at: Timestamp,
    pub(crate) signs_from: Timestamp,
    /// Nothing as long as no other key is to take over.
    pub(crate) published_until: Option<Timestamp>,
}

/// The keys as they lie in the file.
#[derive(Default, Serialize, Deserialize)]
struct File {
    keys: Vec<FileKey>,
}

#[derive(Serialize, Deserialize)]
struct FileKey {
    #[serde(flatten)]
    life: KeyLife,
    /// PKCS #8 in base64.
    private: String,
}

impl Keyring {
    /// Reads the keys in a data directory.
    pub(super) fn open(directory: Option<&Path>) -> Self {
        let file = directory.map(|directory| directory.join(FILE));
        let keys = file.as_deref().map_or_else(|| Ok(Vec::new()), read);
        Self { file, keys: Mutex::new(keys) }
    }

    fn lock(&self) -> MutexGuard<'_, Result<Vec<Kept>, String>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key that signs.
    fn signing(&self, now: Timestamp) -> Option<Arc<SigningKey>> {
        let keys = self.lock();
        let keys = keys.as_deref().unwrap_or_default();
        keys.get(signing(&lives(keys), now)?).map(|kept| Arc::clone(&kept.key))
    }

    /// The public halves of all that sign, will sign, or have signed links that may still be good.
    fn published(&self, now: Timestamp) -> Vec<PublicKey> {
        let keys = self.lock();
        current(keys.as_deref().unwrap_or_default(), now).iter().map(|kept| kept.key.public.clone()).collect()
    }

    /// The keys and their lives.
    fn list(&self, now: Timestamp) -> Result<Vec<KeyView>, String> {
        let keys = self.lock();
        let keys = current(keys.as_deref().map_err(String::clone)?, now);
        let lives = lives(&keys);
        let view = |(which, kept): (usize, &Kept)| KeyView {
            kid: kept.key.public.kid.clone(),
            stage: stage(&lives, which, now),
            made_at: kept.life.made_at,
            signs_from: kept.life.signs_from,
            published_until: published_until(&lives, which),
        };
        Ok(keys.iter().enumerate().map(view).collect())
    }

    /// Makes the next key where one is due, notes how long links are good, and removes what is over.
    fn tend(&self, now: Timestamp, rules: Option<KeyRules>) -> Result<(), String> {
        let is_due = |keys: &[Kept]| rules.is_some_and(|rules| is_due(&lives(keys), now, rules));
        // A key is made without the lock, so that links are made meanwhile.
        let wanted = is_due(self.lock().as_deref().map_err(String::clone)?);
        let made = if wanted { Some(SigningKey::generate().map_err(|error| error.to_string())?) } else { None };
        let mut state = self.lock();
        let before = state.as_deref().map_err(String::clone)?;
        let mut after = current(before, now);
        if let Some(rules) = rules {
            if let (Some(key), true) = (made, is_due(&after)) {
                let life = KeyLife::begin(now, after.is_empty(), rules);
                after.push(Kept { life, key: Arc::new(key) });
            }
            let first = signing(&lives(&after), now).unwrap_or_default();
            for kept in after.iter_mut().skip(first) {
                kept.life.link_minutes = kept.life.link_minutes.max(rules.link_minutes);
            }
        }
        if lives(&after) != lives(before) {
            self.write(&after)?;
            *state = Ok(after);
        }
        Ok(())
    }

    /// Makes a key that takes over when it has been announced; or at once, and then it is the only one.
    fn rotate(&self, now: Timestamp, rules: KeyRules, at_once: bool) -> Result<(), AppError> {
        let key = SigningKey::generate().map_err(|error| AppError::Internal(error.to_string().into()))?;
        let mut state = self.lock();
        let mut after = match state.as_deref() {
            _ if at_once => Vec::new(),
            Ok(before) => current(before, now),
            Err(problem) => return Err(AppError::Conflict(unreadable(problem))),
        };
        if let Some(next) = after.last().filter(|newest| newest.life.signs_from > now) {
            let at = next.life.signs_from;
            return Err(AppError::Conflict(format!("Another key takes over already, at {at}.")));
        }
        if after.len() >= MOST {
            return Err(AppError::Conflict(format!("There are {MOST} keys whose links may still be good already.")));
        }
        let life = KeyLife::begin(now, after.is_empty(), rules);
        after.push(Kept { life, key: Arc::new(key) });
        self.write(&after).map_err(AppError::Unavailable)?;
        *state = Ok(after);
        Ok(())
    }

    fn write(&self, keys: &[Kept]) -> Result<(), String> {
        let Some(path) = &self.file else { return Ok(()) };
        let mut file = File::default();
        for kept in keys {
            let private = kept.key.private().map_err(|error| error.to_string())?;
            file.keys.push(FileKey { life: kept.life.clone(), private: private.expose().to_owned() });
        }
        let text = serde_json::to_vec_pretty(&file).map_err(|error| error.to_string())?;
        write_private(path, &text).map_err(|error| format!("{} cannot be written: {error}", path.display()))
    }
}

fn read(path: &Path) -> Result<Vec<Kept>, String> {
    let problem = |error: &dyn std::fmt::Display| format!("{} cannot be read: {error}", path.display());
    let Some(bytes) = read_private(path).map_err(|error| problem(&error))? else { return Ok(Vec::new()) };
    // The place of a mistake, and not the mistake itself: that may be a part of a key.
    let mistake = |error: serde_json::Error| problem(&format!("line {} is not as it must be", error.line()));
    let file: File = serde_json::from_slice(&bytes).map_err(mistake)?;
    let kept = |FileKey { life, private }: FileKey| {
        let private = private.parse().map_err(|_| problem(&"no key"))?;
        let key = SigningKey::read(&private).map_err(|error| problem(&error))?;
        Ok(Kept { life, key: Arc::new(key) })
    };
    file.keys.into_iter().map(kept).collect()
}

fn unreadable(problem: &str) -> String {
    format!("The keys of links cannot be used: {problem}.")
}

fn lives(keys: &[Kept]) -> Vec<KeyLife> {
    keys.iter().map(|kept| kept.life.clone()).collect()
}

/// Without those whose links are over.
fn current(keys: &[Kept], now: Timestamp) -> Vec<Kept> {
    let lives = lives(keys);
    let is_over = |which| published_until(&lives, which).is_some_and(|until| until <= now);
    keys.iter().enumerate().filter(|(which, _)| !is_over(*which)).map(|(_, kept)| kept.clone()).collect()
}

fn rules(config: &JitsiConfig) -> Option<KeyRules> {
    let rotate_every = Duration::from_secs(config.jwt_key_days * 86_400);
    (config.jwt_algorithm == JwtAlgorithm::Rs256).then_some(KeyRules {
        link_minutes: config.jwt_lifetime_minutes,
        rotate_every: Some(rotate_every).filter(|every| !every.is_zero()),
    })
}

impl App {
    /// Makes the keys that are due, and removes those that are over. It is done at the start, at every change of the
    /// configuration, and every hour.
    pub(crate) async fn tend_keys(&self) {
        let (keyring, now, rules) = (Arc::clone(&self.keyring), self.clock.now(), rules(&self.config().jitsi));
        let tended = tokio::task::spawn_blocking(move || keyring.tend(now, rules)).await;
        if let Err(problem) = tended.unwrap_or_else(|error| Err(error.to_string())) {
            tracing::error!(problem, "the keys of links cannot be seen to");
        }
    }

    /// The key that signs links; nothing where a shared secret does, or where there is none.
    pub(super) fn signing_key(&self) -> Option<Arc<SigningKey>> {
        self.keyring.signing(self.clock.now())
    }

    /// The public halves that Prosody may need.
    pub(crate) fn public_keys(&self) -> Vec<PublicKey> {
        self.keyring.published(self.clock.now())
    }

    /// The keys and their lives, the oldest first.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where they cannot be read.
    pub(crate) fn signing_keys(&self) -> Result<Vec<KeyView>, AppError> {
        self.keyring.list(self.clock.now()).map_err(|problem| AppError::Conflict(unreadable(&problem)))
    }

    /// The file in which they lie; nothing where they are in memory.
    pub(super) fn key_file(&self) -> Option<PathBuf> {
        self.keyring.file.clone()
    }

    /// Has another key take over: soon, when everybody knows it; or at once, and then no other is good any more.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where links are signed with a shared secret, or another key is to take over already.
    pub(crate) async fn rotate_keys(&self, caller: Caller, at_once: bool) -> Result<Vec<KeyView>, AppError> {
        let now = self.clock.now();
        let Some(rules) = rules(&self.config().jitsi) else {
            let detail =
                "Links are signed with jitsi.jwt_secret. Set jitsi.jwt_algorithm = \"RS256\" to sign them with keys.";
            return Err(AppError::Conflict(detail.to_owned()));
        };
        let keyring = Arc::clone(&self.keyring);
        let rotated = tokio::task::spawn_blocking(move || keyring.rotate(now, rules, at_once)).await;
        rotated.map_err(|error| AppError::Internal(error.to_string().into()))??;
        let details = serde_json::json!({ "immediately": at_once });
        self.store.write(move |tx| audit(tx, &caller, now, "signing_key.rotate", "jitsi", details)).await?;
        self.signing_keys()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: KeyRules = KeyRules { link_minutes: 10, rotate_every: Some(Duration::from_secs(86_400)) };

    fn at(minutes: u64) -> Timestamp {
        Timestamp::from_ms(1_736_937_000_000).plus(Duration::from_secs(minutes * 60))
    }

    fn kids(keyring: &Keyring, minutes: u64) -> Vec<String> {
        keyring.published(at(minutes)).into_iter().map(|public| public.kid).collect()
    }

    #[test]
    fn keys_outlive_the_process_and_take_turns() {
        let scratch = tempfile::tempdir().unwrap();
        let keyring = Keyring::open(Some(scratch.path()));
        keyring.tend(at(0), None).unwrap();
        assert!(keyring.signing(at(0)).is_none() && !scratch.path().join(FILE).exists(), "nobody asked for keys");
        keyring.tend(at(0), Some(RULES)).unwrap();
        let first = keyring.signing(at(0)).unwrap().public.kid.clone();
        // Links are good for longer meanwhile: those that are made then count.
        keyring.tend(at(1), Some(KeyRules { link_minutes: 30, ..RULES })).unwrap();

        let keyring = Keyring::open(Some(scratch.path()));
        keyring.tend(at(1_430), Some(RULES)).unwrap();
        assert_eq!(kids(&keyring, 1_430).len(), 2, "the next one is announced ten minutes before its turn");
        assert_eq!(keyring.signing(at(1_439)).unwrap().public.kid, first);
        let second = keyring.signing(at(1_440)).unwrap().public.kid.clone();
        assert_ne!(second, first);
        // Half an hour for the links, five minutes for who keeps the keys.
        assert_eq!(kids(&keyring, 1_474), [first, second.clone()]);
        assert_eq!(kids(&keyring, 1_475), [second]);
        keyring.tend(at(1_475), None).unwrap();
        assert_eq!(
            Keyring::open(Some(scratch.path())).list(at(0)).unwrap().len(),
            1,
            "what is over is gone from the disk too"
        );
    }

    #[test]
    fn what_cannot_be_read_is_not_written_over() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join(FILE);
        for text in ["{", r#"{"keys":[{"made_at":0,"signs_from":0,"link_minutes":1,"private":"canary"}]}"#] {
            std::fs::write(&path, text).unwrap();
            let keyring = Keyring::open(Some(scratch.path()));
            let problem = keyring.tend(at(0), Some(RULES)).unwrap_err();
            assert!(problem.contains(FILE) && !problem.contains("canary"), "{problem}");
            assert!(keyring.rotate(at(0), RULES, false).is_err());
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
        // Who wants none of the old ones any more says so.
        let keyring = Keyring::open(Some(scratch.path()));
        keyring.rotate(at(0), RULES, true).unwrap();
        assert_eq!(kids(&Keyring::open(Some(scratch.path())), 0).len(), 1);
    }

    #[test]
    fn a_key_is_changed_by_hand() {
        let keyring = Keyring::open(None);
        keyring.tend(at(0), Some(RULES)).unwrap();
        keyring.rotate(at(1), RULES, false).unwrap();
        assert!(matches!(keyring.rotate(at(2), RULES, false), Err(AppError::Conflict(_))), "one is announced already");
        let before = kids(&keyring, 2);
        assert_eq!((before.len(), keyring.signing(at(11)).unwrap().public.kid.clone()), (2, before[1].clone()));
        keyring.rotate(at(12), RULES, true).unwrap();
        let after = kids(&keyring, 12);
        assert_eq!(after.len(), 1);
        assert!(!before.contains(&after[0]), "no old one is left");
        assert_eq!(keyring.signing(at(12)).unwrap().public.kid, after[0]);
    }
}
