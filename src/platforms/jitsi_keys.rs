//! Keys of which one half is published: links are signed with the private half (RS256), and whoever has the public one
//! can tell that they are ours, and cannot make any. Prosody fetches the public halves as a set of JSON web keys
//! (RFC 7517), or one by one as PEM, by the digest of the key's name.
//!
//! The keys are made by the cryptographic library out of its own source of chance: primes cannot be counted up.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaPublicKeyComponents};
use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::config::secret::Secret;

/// The path at which the public keys are.
pub(crate) const PUBLIC_KEYS: &str = "/v1/jitsi/keys";

/// How long the lines of a PEM file are.
const PEM_LINE: usize = 64;

/// Why a key cannot be used. It never holds the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyError {
    /// The library's source of chance failed.
    #[error("no key could be made")]
    Making,
    /// What was kept is no key.
    #[error("what is kept is no key")]
    Reading,
    /// The key did not sign.
    #[error("the key did not sign")]
    Signing,
}

/// The half that everybody may know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicKey {
    /// The key's name: its thumbprint (RFC 7638), so that a name means one key for ever.
    pub(crate) kid: String,
    /// The modulus, in base64url.
    pub(crate) n: String,
    /// The exponent, in base64url.
    pub(crate) e: String,
    /// The whole, as a PEM file.
    pub(crate) pem: String,
}

impl PublicKey {
    fn of(pair: &KeyPair) -> Result<Self, KeyError> {
        let public = pair.public_key();
        let n = BASE64URL_NOPAD.encode(public.modulus().big_endian_without_leading_zero());
        let e = BASE64URL_NOPAD.encode(public.exponent().big_endian_without_leading_zero());
        let der: PublicKeyX509Der<'_> = public.as_der().map_err(|_| KeyError::Reading)?;
        let thumbprint = Sha256::digest(format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#));
        Ok(Self { kid: BASE64URL_NOPAD.encode(&thumbprint), pem: pem(der.as_ref()), n, e })
    }

    /// The name of the key's file at an ASAP key server, without its ending: the digest of the key's name.
    pub(crate) fn digest(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(&self.kid))
    }

    /// Whether this key's other half made the signature.
    pub(crate) fn verifies(&self, signed: &str, signature: &[u8]) -> bool {
        let decode = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).ok();
        let (Some(n), Some(e)) = (decode(&self.n), decode(&self.e)) else { return false };
        let key = RsaPublicKeyComponents { n, e };
        key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), signature).is_ok()
    }
}

fn pem(der: &[u8]) -> String {
    let text = BASE64.encode(der);
    let lines = text.as_bytes().chunks(PEM_LINE).map(|line| String::from_utf8_lossy(line));
    let lines: String = lines.map(|line| format!("{line}\n")).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{lines}-----END PUBLIC KEY-----\n")
}

/// Both halves. It cannot print the private one.
pub(crate) struct SigningKey {
    pair: KeyPair,
    pub(crate) public: PublicKey,
}

impl SigningKey {
    /// Makes a key. That takes a processor some hundred milliseconds.
    ///
    /// # Errors
    /// [`KeyError::Making`].
    pub(crate) fn generate() -> Result<Self, KeyError> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Making)?;
        Ok(Self { public: PublicKey::of(&pair)?, pair })
    }

    /// Reads what [`SigningKey::private`] gave.
    ///
    /// # Errors
    /// [`KeyError::Reading`].
    pub(crate) fn read(private: &Secret) -> Result<Self, KeyError> {
        let der = BASE64.decode(private.expose().as_bytes()).map_err(|_| KeyError::Reading)?;
        let pair = KeyPair::from_pkcs8(&der).map_err(|_| KeyError::Reading)?;
        Ok(Self { public: PublicKey::of(&pair)?, pair })
    }

    /// The private half, to be kept: PKCS #8 in base64.
    ///
    /// # Errors
    /// [`KeyError::Reading`].
    pub(crate) fn private(&self) -> Result<Secret, KeyError> {
        let der: Pkcs8V1Der<'_> = self.pair.as_der().map_err(|_| KeyError::Reading)?;
        BASE64.encode(der.as_ref()).parse().map_err(|_| KeyError::Reading)
    }

    /// A token with these claims, whose head names this key.
    ///
    /// # Errors
    /// [`KeyError::Signing`].
    pub(crate) fn token(&self, claims: &impl Serialize) -> Result<String, KeyError> {
        let head = Head { typ: "JWT", alg: "RS256", kid: &self.public.kid };
        let signed = format!("{}.{}", part(&head)?, part(claims)?);
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let made = self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature);
        made.map_err(|_| KeyError::Signing)?;
        Ok(format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature)))
    }
}

#[derive(Serialize)]
struct Head<'k> {
    typ: &'static str,
    alg: &'static str,
    kid: &'k str,
}

fn part(value: &impl Serialize) -> Result<String, KeyError> {
    serde_json::to_vec(value).map(|json| BASE64URL_NOPAD.encode(&json)).map_err(|_| KeyError::Signing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_half_signs_the_other_one_verifies() {
        let key = SigningKey::generate().unwrap();
        let again = SigningKey::read(&key.private().unwrap()).unwrap();
        assert_eq!(again.public, key.public, "what is kept is the key");
        let token = again.token(&serde_json::json!({ "room": "standup" })).unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap();
        assert!(key.public.verifies(signed, &signature));
        assert!(!key.public.verifies(&signed.replacen('.', ".e", 1), &signature));
        assert!(!SigningKey::generate().unwrap().public.verifies(signed, &signature));
        // The other implementation that reads our tokens here agrees.
        let decoding = jsonwebtoken::DecodingKey::from_rsa_components(&key.public.n, &key.public.e).unwrap();
        let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
        rules.required_spec_claims.clear();
        let read = jsonwebtoken::decode::<serde_json::Value>(&token, &decoding, &rules).unwrap();
        assert_eq!(read.header.kid.as_deref(), Some(key.public.kid.as_str()));
        for bad in ["", "AAAA", "not base64"] {
            assert_eq!(SigningKey::read(&bad.parse().unwrap()).err(), Some(KeyError::Reading));
        }
    }

    #[test]
    fn the_public_half_is_a_pem_file_and_its_name_a_thumbprint() {
        let public = SigningKey::generate().unwrap().public;
        let lines: Vec<&str> = public.pem.lines().collect();
        assert_eq!(
            (lines.first(), lines.last()),
            (Some(&"-----BEGIN PUBLIC KEY-----"), Some(&"-----END PUBLIC KEY-----"))
        );
        assert!(lines.iter().all(|line| line.len() <= 64) && lines.len() == 9, "{}", public.pem);
        assert_eq!((public.kid.len(), public.digest().len(), public.n.len(), public.e.as_str()), (43, 64, 342, "AQAB"));
    }
}
