//! `/v1/jitsi/keys`: the public halves of the keys that links are signed with, in both forms in which Prosody fetches
//! them; and `/v1/jitsi/signing-keys`, the lives of those keys.

use poem_openapi::param::Path;
use poem_openapi::payload::{Json, PlainText};
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::auth::{Admin, Anonymous, May};
use super::body::OptionalBody;
use super::error::ApiError;
use super::tags::Tag;
use crate::app::signing_keys::KeyView;
use crate::app::{App, AppError};
use crate::domain::Timestamp;
use crate::domain::signing_key::{CACHED, KeyStage};

/// The operations on keys.
pub(crate) struct KeysApi {
    pub(crate) app: App,
}

/// A set of public keys (RFC 7517).
#[derive(Debug, Object)]
struct JsonWebKeySet {
    /// The keys; none where links are signed with a shared secret.
    keys: Vec<JsonWebKey>,
}

/// A public key (RFC 7517).
#[derive(Debug, Object)]
struct JsonWebKey {
    /// `RSA`.
    kty: String,
    /// `sig`.
    #[oai(rename = "use")]
    purpose: String,
    /// `RS256`.
    alg: String,
    /// Its name: its thumbprint (RFC 7638).
    kid: String,
    /// The modulus, in base64url.
    n: String,
    /// The exponent, in base64url.
    e: String,
}

/// The public keys.
#[derive(ApiResponse)]
enum PublicKeys {
    /// The keys, the one that signs and those whose links may still be good.
    #[oai(status = 200)]
    Keys(
        Json<JsonWebKeySet>,
        /// For how long they may be kept.
        #[oai(header = "Cache-Control")]
        String,
    ),
}

/// One public key.
#[derive(ApiResponse)]
enum PublicKeyFile {
    /// The key as a PEM file.
    #[oai(status = 200)]
    Key(
        PlainText<String>,
        /// For how long it may be kept.
        #[oai(header = "Cache-Control")]
        String,
    ),
}

/// A key that links are signed with.
#[derive(Debug, Object)]
struct SigningKey {
    /// Its name.
    kid: String,
    /// Where it is in its life.
    stage: KeyStage,
    /// When it was made.
    created_at: Timestamp,
    /// From when on it signs.
    signs_from: Timestamp,
    /// Until when its public half is published; none as long as no other key is to take over.
    published_until: Option<Timestamp>,
}

impl From<KeyView> for SigningKey {
    fn from(view: KeyView) -> Self {
        Self {
            kid: view.kid,
            stage: view.stage,
            created_at: view.made_at,
            signs_from: view.signs_from,
            published_until: view.published_until,
        }
    }
}

/// The keys, the newest first.
#[derive(Debug, Object)]
struct SigningKeys {
    /// The keys.
    items: Vec<SigningKey>,
}

impl From<Vec<KeyView>> for SigningKeys {
    fn from(views: Vec<KeyView>) -> Self {
        Self { items: views.into_iter().rev().map(SigningKey::from).collect() }
    }
}

/// How another key is to take over.
#[derive(Debug, Default, Object)]
#[oai(deny_unknown_fields)]
struct RotateRequest {
    /// At once, and with no old key left: for when a key is in wrong hands. Links that were handed out are refused then.
    #[oai(default)]
    immediately: bool,
}

fn cached() -> String {
    format!("public, max-age={}", CACHED.as_secs())
}

#[OpenApi(tag = "Tag::Access")]
impl KeysApi {
    /// The public keys of the links, for Prosody's `cache_keys_url`.
    #[oai(path = "/v1/jitsi/keys", method = "get", operation_id = "list_jitsi_keys")]
    async fn public(&self, _anyone: Anonymous) -> PublicKeys {
        let word = str::to_owned;
        let keys = self.app.public_keys().into_iter().map(|key| JsonWebKey {
            kty: word("RSA"),
            purpose: word("sig"),
            alg: word("RS256"),
            kid: key.kid,
            n: key.n,
            e: key.e,
        });
        PublicKeys::Keys(Json(JsonWebKeySet { keys: keys.collect() }), cached())
    }

    /// One public key of the links, for Prosody's `asap_key_server`.
    #[oai(path = "/v1/jitsi/keys/:file", method = "get", operation_id = "get_jitsi_key")]
    async fn public_file(
        &self,
        _anyone: Anonymous,
        /// The SHA-256 of the key's name, in hex, and `.pem`.
        Path(file): Path<String>,
    ) -> Result<PublicKeyFile, ApiError> {
        let found = self.app.public_keys().into_iter().find(|key| file.strip_suffix(".pem") == Some(&key.digest()));
        let key = found.ok_or(AppError::NotFound("such key"))?;
        Ok(PublicKeyFile::Key(PlainText(key.pem), cached()))
    }

    /// The keys that links are signed with, with RS256.
    #[oai(path = "/v1/jitsi/signing-keys", method = "get", operation_id = "list_signing_keys")]
    async fn list(&self, _caller: May<Admin>) -> Result<Json<SigningKeys>, ApiError> {
        Ok(Json(self.app.signing_keys()?.into()))
    }

    /// Has another key take over, ten minutes from now, when everybody who fetches the keys knows it. Links that are signed
    /// already stay good.
    #[oai(path = "/v1/jitsi/signing-keys/rotate", method = "post", operation_id = "rotate_signing_keys")]
    async fn rotate(
        &self,
        caller: May<Admin>,
        OptionalBody(request): OptionalBody<RotateRequest>,
    ) -> Result<Json<SigningKeys>, ApiError> {
        Ok(Json(self.app.rotate_keys(caller.caller, request.immediately).await?.into()))
    }
}
