//! Signatures of webhooks: HMAC-SHA256 over the bytes as they came. They are checked before anything is parsed.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The signature is missing or wrong, or there is no secret to check it with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Invalid webhook signature")]
pub(crate) struct BadSignature;

/// Checks a signature in hex, of either case, with or without `sha256=` before it. Any of the secrets will do, so that
/// one can be changed for another while events are under way.
pub(crate) fn verify<'a>(
    signature: Option<&str>,
    body: &[u8],
    secrets: impl IntoIterator<Item = &'a str>,
) -> Result<(), BadSignature> {
    let hex = signature.ok_or(BadSignature)?.trim();
    let hex = hex.strip_prefix("sha256=").unwrap_or(hex);
    let claimed = data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).map_err(|_| BadSignature)?;
    let matches = secrets
        .into_iter()
        .filter(|secret| !secret.is_empty())
        .filter_map(|secret| Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok())
        .any(|mac| mac.chain_update(body).verify_slice(&claimed).is_ok());
    if matches { Ok(()) } else { Err(BadSignature) }
}

/// The signature of `body`, in lower-case hex.
pub(crate) fn sign(body: &[u8], secret: &str) -> String {
    match Hmac::<Sha256>::new_from_slice(secret.as_bytes()) {
        Ok(mac) => data_encoding::HEXLOWER.encode(&mac.chain_update(body).finalize().into_bytes()),
        // HMAC takes a key of any length.
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"{\"event\":\"test\"}";
    // openssl dgst -sha256 -hmac your-webhook-secret-here
    const SECRET: &str = "your-webhook-secret-here";

    #[test]
    fn takes_any_spelling_of_the_right_signature() {
        let good = sign(BODY, SECRET);
        for spelled in [good.clone(), good.to_uppercase(), format!("sha256={good}"), format!(" {good} ")] {
            assert_eq!(verify(Some(&spelled), BODY, [SECRET]), Ok(()), "{spelled}");
        }
        assert_eq!(verify(Some(&good), BODY, ["another", SECRET]), Ok(()));
    }

    #[test]
    fn refuses_everything_else() {
        let good = sign(BODY, SECRET);
        assert_eq!(verify(None, BODY, [SECRET]), Err(BadSignature));
        assert_eq!(verify(Some(""), BODY, [SECRET]), Err(BadSignature));
        assert_eq!(verify(Some("zz"), BODY, [SECRET]), Err(BadSignature));
        assert_eq!(verify(Some(&good[..62]), BODY, [SECRET]), Err(BadSignature));
        assert_eq!(verify(Some(&good), b"{}", [SECRET]), Err(BadSignature));
        assert_eq!(verify(Some(&good), BODY, []), Err(BadSignature));
        assert_eq!(verify(Some(&sign(BODY, "")), BODY, [""]), Err(BadSignature));
    }
}
