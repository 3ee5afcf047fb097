//! A link or a token taken apart, without believing any of it.

use serde_json::{Map, Value};

/// The most of a link that is read, in bytes. A token of ours has about a thousand.
const LINK_MOST: usize = 16 << 10;

/// What somebody shows: a token, and the room that the link leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Presented<'t> {
    pub(crate) token: Option<&'t str>,
    /// The host, and the port where there is one; nothing for a bare token.
    pub(crate) host: Option<&'t str>,
    /// The room in lower case, as Prosody names it.
    pub(crate) room: Option<String>,
    /// The folder before it, in lower case.
    pub(crate) tenant: Option<String>,
}

impl<'t> Presented<'t> {
    /// Takes a link apart, or a bare token. Browsers look for `#jwt=` first, then for `?jwt=`.
    pub(crate) fn of(text: &'t str) -> Self {
        let text = text.trim().trim_matches(['"', '\'', '<', '>']);
        let text = text.strip_prefix("Bearer ").unwrap_or(text);
        let text = text.get(..LINK_MOST).unwrap_or(text);
        let Some((_, rest)) = text.split_once("://") else {
            return Self { token: Some(text), ..Self::default() };
        };
        let (rest, hash) = rest.split_once('#').unwrap_or((rest, ""));
        let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (host, path) = address.split_once('/').unwrap_or((address, ""));
        let mut parts = path.split('/').filter(|part| !part.is_empty()).map(str::to_lowercase);
        let (first, second) = (parts.next(), parts.next());
        let (tenant, room) = if second.is_some() { (first, second) } else { (None, first) };
        Self { token: jwt(hash).or_else(|| jwt(query)), host: Some(host), room, tenant }
    }

    /// The room as Prosody writes it where there is a tenant.
    pub(super) fn tenant_room(&self) -> Option<String> {
        Some(format!("[{}]{}", self.tenant.as_ref()?, self.room.as_ref()?))
    }
}

fn jwt(parameters: &str) -> Option<&str> {
    parameters.split('&').find_map(|pair| pair.strip_prefix("jwt=")).filter(|token| !token.is_empty())
}

/// A token's parts.
pub(super) struct Parts<'t> {
    pub(super) header: Map<String, Value>,
    pub(super) claims: Map<String, Value>,
    /// What the signature is over.
    pub(super) signed: &'t str,
    pub(super) signature: Vec<u8>,
}

impl<'t> Parts<'t> {
    /// Takes a token apart; the error reads on from "this is no token".
    pub(super) fn of(token: &'t str) -> Result<Self, &'static str> {
        let (signed, signature) = token.rsplit_once('.').ok_or("it has no dots")?;
        let (header, claims) = signed.split_once('.').ok_or("it has one dot, not two")?;
        if claims.contains('.') {
            return Err("it has more than two dots");
        }
        let decode = |part: &str| data_encoding::BASE64URL_NOPAD.decode(part.trim_end_matches('=').as_bytes());
        let object = |part: &str| match serde_json::from_slice(&decode(part).ok()?) {
            Ok(Value::Object(object)) => Some(object),
            _ => None,
        };
        Ok(Self {
            header: object(header).ok_or("its first part is not JSON in base64url")?,
            claims: object(claims).ok_or("its second part is not JSON in base64url")?,
            signed,
            signature: decode(signature).map_err(|_| "its third part is not base64url")?,
        })
    }
}
