//! Passwords: which are taken, and how they are kept. Argon2id (RFC 9106) with 64 MiB, three passes and one lane; at
//! most two at a time, so that a crowd at the door cannot fill the memory.

use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

use crate::app::AppError;
use crate::clock::Ids;

/// The memory one hash takes, in KiB.
pub(crate) const MEMORY_KIB: u32 = 64 << 10;
/// How often the memory is gone over.
const PASSES: u32 = 3;
/// How many passwords are hashed at once.
const AT_ONCE: usize = 2;
/// Whose turn it is, in the whole process: the memory is one.
static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);
/// How long somebody waits for their turn.
const TURN_MOST: Duration = Duration::from_secs(10);
/// The shortest password, in characters.
pub(crate) const LEAST_CHARS: usize = 12;
/// The longest password, in characters.
pub(crate) const MOST_CHARS: usize = 256;
/// The bytes of chance beside each password.
const SALT_BYTES: usize = 16;

/// Words that many people's passwords are made of, and those that lie near for this server.
const WORDS: [&str; 24] = [
    "reflector",
    "jitsi",
    "meeting",
    "password",
    "passwort",
    "passw0rd",
    "p@ssw0rd",
    "admin",
    "administrator",
    "welcome",
    "willkommen",
    "letmein",
    "changeme",
    "iloveyou",
    "monkey",
    "dragon",
    "football",
    "baseball",
    "sunshine",
    "princess",
    "qwerty",
    "qwertz",
    "trustno1",
    "secret",
];
/// What fingers run along.
const RUNS: [&str; 5] = [
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "1q2w3e4r5t6z7u8i9o0p",
];
/// With one of the words in it, a password must have this many further letters or digits.
const LEAST_BESIDE_WORDS: usize = 6;
/// A name shorter than this, in characters, is no word that gives a password away.
const LEAST_NAME: usize = 3;

/// Whether the password is one that may be chosen by the person of that name. There are no rules on what it must be
/// made of; only what is guessed first is refused.
///
/// # Errors
/// [`AppError::Invalid`] on the field `password`.
pub(crate) fn check(password: &str, name: &str) -> Result<(), AppError> {
    let count = password.chars().count();
    if !(LEAST_CHARS..=MOST_CHARS).contains(&count) {
        return Err(AppError::field("password", format_args!("must be {LEAST_CHARS} to {MOST_CHARS} characters")));
    }
    let folded = password.to_lowercase();
    if is_run(&folded) || is_repetition(&folded) || is_made_of_words(&folded, &name.to_lowercase()) {
        return Err(AppError::field("password", "is one of the first that would be guessed: choose another"));
    }
    Ok(())
}

/// A piece of a well-known order, in either direction, that may begin again.
fn is_run(folded: &str) -> bool {
    RUNS.iter().any(|run| {
        let forth = run.repeat(MOST_CHARS.div_ceil(run.len()) + 1);
        let back: String = forth.chars().rev().collect();
        forth.contains(folded) || back.contains(folded)
    })
}

/// The same one to three characters again and again.
fn is_repetition(folded: &str) -> bool {
    let chars: Vec<char> = folded.chars().collect();
    (1..=3).any(|period| chars.iter().zip(chars.iter().skip(period)).all(|(a, b)| a == b))
}

/// Little is left without the words everybody knows.
fn is_made_of_words(folded: &str, name: &str) -> bool {
    let name = Some(name).filter(|name| name.chars().count() >= LEAST_NAME);
    let mut rest = folded.to_owned();
    for word in WORDS.into_iter().chain(name) {
        rest = rest.replace(word, "");
    }
    rest.len() < folded.len() && rest.chars().filter(|c| c.is_alphanumeric()).count() < LEAST_BESIDE_WORDS
}

/// What the check of a password found.
#[derive(Debug)]
pub(in crate::app) struct Checked {
    pub(in crate::app) is_right: bool,
    /// The password hashed as it is done now, where it was kept in another way.
    pub(super) rehashed: Option<String>,
}

/// Whether it is the password of that hash. Without a hash it takes as long, and is not.
pub(in crate::app) async fn verify(password: String, hash: Option<String>) -> Result<Checked, AppError> {
    in_turn(move || {
        if password.chars().count() > MOST_CHARS {
            return Ok(Checked { is_right: false, rehashed: None });
        }
        let Some(hash) = hash else {
            hash_with(&password, &[0; SALT_BYTES])?;
            return Ok(Checked { is_right: false, rehashed: None });
        };
        let hash = PasswordHash::new(&hash).map_err(|_| BROKEN_HASH)?;
        let is_right = match hasher()?.verify_password(password.as_bytes(), &hash) {
            Ok(()) => true,
            Err(argon2::password_hash::Error::PasswordInvalid) => false,
            Err(_) => return Err(BROKEN_HASH),
        };
        // The salt may stay: it is as unknown to others as it was.
        let salt = hash.salt.filter(|_| is_right && !is_as_now(&hash));
        let rehashed = salt.map(|salt| hash_with(&password, &salt)).transpose()?;
        Ok(Checked { is_right, rehashed })
    })
    .await
}

/// The password as it is kept: a PHC string with a salt of its own.
pub(in crate::app) async fn hash(ids: &Ids, password: String) -> Result<String, AppError> {
    let salt = ids.bytes::<SALT_BYTES>().map_err(AppError::from)?;
    in_turn(move || hash_with(&password, &salt)).await
}

const BROKEN_HASH: AppError = AppError::internal("a stored password cannot be read");

async fn in_turn<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    let turn = tokio::time::timeout(TURN_MOST, TURNS.acquire()).await;
    let Ok(Ok(turn)) = turn else {
        return Err(AppError::Unavailable("too many people log in at this moment".to_owned()));
    };
    let work = tokio::task::spawn_blocking(move || {
        // Held until the memory is free again, also where the caller has gone.
        let _turn = turn;
        work()
    });
    work.await.map_err(|_| AppError::internal("the hashing of a password did not end"))?
}

fn hash_with(password: &str, salt: &[u8]) -> Result<String, AppError> {
    let hash = hasher()?.hash_password_with_salt(password.as_bytes(), salt);
    hash.map(|hash| hash.to_string()).map_err(|_| AppError::internal("a password could not be hashed"))
}

fn hasher() -> Result<Argon2<'static>, AppError> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|_| AppError::internal("Argon2 has other limits"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Whether the hash was made as it is done now.
fn is_as_now(hash: &PasswordHash) -> bool {
    let params = Params::try_from(hash);
    params.is_ok_and(|params| (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY_KIB, PASSES, 1))
        && hash.algorithm == Algorithm::Argon2id.ident()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_guessed_first_is_refused() {
        for password in [
            "short",
            "elevenchars",
            "Password1234",
            "passwordpassword",
            "reflector-2025",
            "ReflectorJitsi!",
            "123456789012",
            "210987654321",
            "abcdefghijkl",
            "qwertyuiopasdf",
            "aaaaaaaaaaaa",
            "abababababab",
            "abcabcabcabcabc",
            "Annabelle-2025",
            "annabelleannabelle",
            &"x".repeat(257),
            &"1234567890".repeat(25),
        ] {
            let refused = check(password, "Annabelle");
            assert!(matches!(&refused, Err(AppError::Invalid(errors)) if errors[0].field == "password"), "{password}");
        }
    }

    #[test]
    fn all_else_is_taken_whatever_it_is_made_of() {
        for (password, name) in [
            ("correct horse battery staple", "anna"),
            ("839201847562910", "anna"),
            ("password dragon kaleidoscope", "anna"),
            ("ÄÖÜäöüßéèêëñ", "anna"),
            ("aufzehnbäumen", "a"),
            (&"lorem ipsum dolor ".repeat(14), "anna"),
        ] {
            assert!(check(password, name).is_ok(), "{password}");
        }
    }

    #[tokio::test]
    async fn a_hash_is_salted_and_knows_its_password() {
        let ids = Ids::Random;
        let one = hash(&ids, "correct horse battery".to_owned()).await.unwrap();
        assert!(one.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"), "{one}");
        assert_ne!(one, hash(&ids, "correct horse battery".to_owned()).await.unwrap());
        let right = verify("correct horse battery".to_owned(), Some(one.clone())).await.unwrap();
        assert!(right.is_right && right.rehashed.is_none());
        assert!(!verify("correct horse batterz".to_owned(), Some(one)).await.unwrap().is_right);
        assert!(!verify("correct horse battery".to_owned(), None).await.unwrap().is_right);
    }

    #[tokio::test]
    async fn an_older_hash_is_made_anew() {
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19_456, 2, 1, None).unwrap());
        let old = weak.hash_password_with_salt(b"correct horse battery", &[7; 16]).unwrap().to_string();
        let checked = verify("correct horse battery".to_owned(), Some(old.clone())).await.unwrap();
        assert!(checked.is_right);
        let new = checked.rehashed.unwrap();
        assert!(new.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"));
        assert!(verify("correct horse battery".to_owned(), Some(new)).await.unwrap().is_right);
        assert!(verify("wrong".to_owned(), Some(old)).await.unwrap().rehashed.is_none());
    }
}
