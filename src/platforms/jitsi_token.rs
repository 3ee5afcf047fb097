//! A token judged as Prosody's token modules would judge it, claim by claim. Prosody itself gives one reason at most, and
//! for two mistakes none at all: the browser then waits for ever. Here every reason is named at once.
//!
//! What is taken and refused was measured on a real Prosody; the table in `jitsi_token/tests.rs` has every row of it.

mod holder;
mod link;
mod pattern;
mod role;
#[cfg(test)]
mod tests;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value};
use sha2::Sha256;

pub(crate) use holder::holder;
pub(crate) use link::Presented;
pub(crate) use role::{Role, role_of};

use super::jitsi_keys::PublicKey;
use crate::config::JitsiConfig;
use crate::config::secret::Secret;
use crate::config::values::JwtAlgorithm;
use crate::domain::Timestamp;
use link::Parts;

/// How Prosody tells whether a token is good.
#[derive(Clone, Debug)]
pub(crate) enum Keys {
    /// By `app_secret`; where it is not known, no signature can be checked.
    Shared(Option<Secret>),
    /// By public keys that it fetches.
    Fetched(Fetched),
}

/// Where Prosody has its public keys from.
#[derive(Clone, Debug)]
pub(crate) struct Fetched {
    /// Those that are published here; nothing where it fetches them elsewhere.
    pub(crate) keys: Option<Vec<PublicKey>>,
    /// Whether it asks for a key that it does not know (`asap_key_server`). Where it only fetches the whole set
    /// (`cache_keys_url`), an unknown key makes it fail without an answer.
    pub(crate) asks_by_name: bool,
}

impl Keys {
    /// The algorithm that it takes.
    const fn algorithm(&self) -> JwtAlgorithm {
        match self {
            Self::Shared(_) => JwtAlgorithm::Hs256,
            Self::Fetched(_) => JwtAlgorithm::Rs256,
        }
    }
}

/// What Prosody is set to, as far as it decides about tokens.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    pub(crate) keys: Keys,
    /// `asap_accepted_issuers`, which is the `app_id` unless set. `*` is any.
    pub(crate) issuers: Vec<String>,
    /// `asap_accepted_audiences`; nothing where it is not known. `*` is any.
    pub(crate) audiences: Option<Vec<String>>,
    /// The name of the XMPP domain; nothing where it is not known.
    pub(crate) domain: Option<String>,
    /// `enable_domain_verification`: whether `sub` is looked at.
    pub(crate) verifies_domain: bool,
    /// `allow_empty_token`
    pub(crate) takes_no_token: bool,
}

impl Gate {
    /// Prosody as it must be for our own links: what is assumed where its configuration cannot be read.
    pub(crate) fn assumed(config: &JitsiConfig, published: Vec<PublicKey>) -> Self {
        Self {
            keys: match config.jwt_algorithm {
                JwtAlgorithm::Hs256 => Keys::Shared(config.jwt_secret.clone()),
                JwtAlgorithm::Rs256 => Keys::Fetched(Fetched { keys: Some(published), asks_by_name: true }),
            },
            issuers: vec![config.issuer().to_owned()],
            audiences: None,
            domain: config.subject().filter(|subject| *subject != "*").map(str::to_owned),
            verifies_domain: true,
            takes_no_token: false,
        }
    }
}

/// What Prosody does on account of one claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It takes it.
    Taken,
    /// It takes it, but something else may not, or it could not be judged.
    Odd,
    /// It refuses the connection.
    Refused,
    /// It lets the browser connect, and refuses the room.
    RefusedAtRoom,
    /// It fails, and the browser waits for ever.
    NoAnswer,
}

impl Outcome {
    /// Whether nobody gets in with it.
    pub(crate) const fn keeps_out(self) -> bool {
        matches!(self, Self::Refused | Self::RefusedAtRoom | Self::NoAnswer)
    }
}

/// The judgement of one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Which.
    pub(crate) claim: &'static str,
    pub(crate) outcome: Outcome,
    /// What that means, as sentences.
    pub(crate) says: String,
    /// What mends it, where something should be.
    pub(crate) mend: Option<String>,
}

/// Everything that is looked at, in the order in which Prosody does, and what it is.
pub(crate) const CLAIMS: [(&str, &str); 13] = [
    ("form", "the token's form"),
    ("kid", "which key it is signed with (kid)"),
    ("typ", "its kind (typ)"),
    ("alg", "how it is signed (alg)"),
    ("signature", "its signature"),
    ("exp", "until when it is good (exp)"),
    ("nbf", "from when it is good (nbf)"),
    ("iss", "who made it (iss)"),
    ("aud", "whom it is for (aud)"),
    ("room", "the room it opens (room)"),
    ("sub", "the domain it opens (sub)"),
    ("context", "the person it is for (context)"),
    ("role", "what the person may do"),
];

/// A whole judgement: a row for each of [`CLAIMS`] that could be looked at.
#[derive(Clone, Debug)]
pub(crate) struct Judgement {
    pub(crate) rows: Vec<Row>,
    /// What the person would be, were they let in; nothing where the token cannot be read.
    pub(crate) role: Option<Role>,
}

impl Judgement {
    /// The first reason for which nobody gets in: the one that Prosody acts on.
    #[cfg(test)]
    pub(crate) fn refusal(&self) -> Option<&Row> {
        self.rows.iter().find(|row| row.outcome.keeps_out())
    }
}

fn row(claim: &'static str, outcome: Outcome, says: impl Into<String>, mend: impl Into<String>) -> Row {
    Row { claim, outcome, says: says.into(), mend: Some(mend.into()) }
}

fn taken(claim: &'static str, says: impl Into<String>) -> Row {
    Row { claim, outcome: Outcome::Taken, says: says.into(), mend: None }
}

/// Who mints tokens of their own, and not with us, mends them there.
const MINT: &str = "take a fresh link from Reflector; where another program makes it, have that";

/// Judges what somebody shows at `now`.
pub(crate) fn judge(shown: &Presented<'_>, gate: &Gate, now: Timestamp) -> Judgement {
    let Some(token) = shown.token else {
        return Judgement { rows: vec![no_token(gate)], role: None };
    };
    let parts = match Parts::of(token) {
        Ok(parts) => parts,
        Err(why) => {
            let says = format!("This is no token: {why}. Prosody answers \"Invalid token\".");
            let mend = "copy the whole link or token: three parts with two dots between, beginning with eyJ";
            return Judgement { rows: vec![row("form", Outcome::Refused, says, mend)], role: None };
        }
    };
    let rows = vec![
        taken("form", "It has a head, claims and a signature."),
        kid(&parts.header, gate),
        typ(&parts.header),
        alg(&parts.header, gate),
        signature(&parts, gate),
        exp(&parts.claims, now),
        nbf(&parts.claims, now),
        iss(&parts.claims, gate),
        aud(&parts.claims, gate),
        room(&parts.claims, shown, gate),
        sub(&parts.claims, shown, gate),
        context(&parts.claims),
    ];
    let role = role_of(&parts.claims);
    let said = taken("role", role.sentence());
    Judgement { rows: rows.into_iter().chain([said]).collect(), role: Some(role) }
}

fn no_token(gate: &Gate) -> Row {
    if gate.takes_no_token {
        let says = "There is no token in this link. Prosody lets people in without one (allow_empty_token), as guests.";
        return row("form", Outcome::Odd, says, "take a link from Reflector, which carries ?jwt=…");
    }
    let says = "There is no token in this link: Prosody answers \"token required\".";
    row("form", Outcome::Refused, says, "take a link from Reflector, which carries ?jwt=…")
}

/// Which key it says that it is signed with: Prosody looks for that first, where it has more than one.
fn kid(header: &Map<String, Value>, gate: &Gate) -> Row {
    let Keys::Fetched(fetched) = &gate.keys else {
        return taken("kid", "It need not say which key it is signed with: there is one alone.");
    };
    let Some(kid) = header.get("kid").and_then(Value::as_str) else {
        let says = "It does not say which key it is signed with: Prosody, which fetches public keys, answers \"'kid' claim is \
                    missing\".";
        return row("kid", Outcome::Refused, says, "set jitsi.jwt_algorithm = \"RS256\", and take a fresh link");
    };
    let Some(keys) = &fetched.keys else {
        let says = "Prosody fetches its keys elsewhere, so that it is not known here whether it has this one.";
        return row("kid", Outcome::Odd, says, "have Prosody fetch them at /v1/jitsi/keys of Reflector");
    };
    if keys.iter().any(|key| key.kid == kid) {
        return taken("kid", format!("It is signed with the key {kid}, which is published here."));
    }
    let gone = format!("It is signed with the key {kid}, which is not published here, or no more");
    let mend = "take a fresh link: its key was replaced (reflector key list), or is another program's";
    if fetched.asks_by_name {
        return row("kid", Outcome::Refused, format!("{gone}: Prosody answers \"could not obtain public key\"."), mend);
    }
    let says = format!("{gone}. Prosody, without asap_key_server, fails on that without an answer.");
    row("kid", Outcome::NoAnswer, says, mend)
}

fn typ(header: &Map<String, Value>) -> Row {
    match header.get("typ") {
        Some(Value::String(typ)) if typ == "JWT" => taken("typ", "Its head says that it is a JWT."),
        _ => {
            let says = "Its head does not say \"typ\":\"JWT\": Prosody answers \"Invalid typ\".";
            row("typ", Outcome::Refused, says, format!("{MINT} put \"typ\":\"JWT\" into the head"))
        }
    }
}

fn alg(header: &Map<String, Value>, gate: &Gate) -> Row {
    let found = header.get("alg").and_then(Value::as_str);
    let (wanted, because) = match gate.keys.algorithm() {
        JwtAlgorithm::Hs256 => ("HS256", "it has an app_secret"),
        JwtAlgorithm::Rs256 => ("RS256", "it fetches public keys"),
    };
    if found == Some(wanted) {
        return taken("alg", format!("It is signed with {wanted}, which Prosody takes where {because}."));
    }
    let found = found.unwrap_or("nothing");
    let says = format!("It is signed with {found}, and Prosody takes {wanted} alone where {because}.");
    row("alg", Outcome::Refused, says, format!("{MINT} sign with {wanted} (jitsi.jwt_algorithm)"))
}

fn signature(parts: &Parts<'_>, gate: &Gate) -> Row {
    let unchecked = |says: &str, mend: &str| row("signature", Outcome::Odd, says, mend);
    let (good, with, same) = match &gate.keys {
        Keys::Shared(None) => {
            let says = "The signature could not be checked: no secret is known here.";
            return unchecked(says, "set jitsi.jwt_secret to Prosody's app_secret");
        }
        Keys::Shared(Some(secret)) => {
            let mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes());
            let good = mac.is_ok_and(|mac| mac.chain_update(parts.signed).verify_slice(&parts.signature).is_ok());
            (good, "the secret", "use the value that is app_secret in Prosody and jitsi.jwt_secret in Reflector")
        }
        Keys::Fetched(fetched) => {
            let kid = parts.header.get("kid").and_then(Value::as_str);
            let Some(key) = fetched.keys.iter().flatten().find(|key| Some(key.kid.as_str()) == kid) else {
                let says = "The signature could not be checked: the key is not known here.";
                return unchecked(says, "take a fresh link, whose key is published here");
            };
            (key.verifies(parts.signed, &parts.signature), "the key", "sign with the key that it names")
        }
    };
    if good {
        return taken("signature", format!("It is signed with {with} that Prosody knows."));
    }
    let says = format!(
        "It is not signed with {with} that Prosody knows, or was changed: Prosody answers \"Invalid signature\"."
    );
    row("signature", Outcome::Refused, says, format!("{MINT} {same}"))
}

/// Seconds since the Unix epoch, whole or not.
fn seconds(value: &Value) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "the part of a second makes no difference here")]
    value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))
}

fn exp(claims: &Map<String, Value>, now: Timestamp) -> Row {
    let Some(value) = claims.get("exp") else {
        let says =
            "It has no end (exp). Prosody takes that, but Jitsi's web page complains, and the link is good for ever.";
        return row("exp", Outcome::Odd, says, format!("{MINT} set exp, a number of seconds since 1970"));
    };
    let Some(end) = seconds(value) else {
        let says = "Its end (exp) is not a number: Prosody answers \"exp must be number\".";
        return row("exp", Outcome::Refused, says, format!("{MINT} write exp without quotation marks"));
    };
    let at = Timestamp::from_ms(end.saturating_mul(1_000));
    if at <= now {
        let says = format!("It expired at {at}, {} ago. A link is good for a time only.", span(now.since(at)));
        let mend = "take a fresh link; jitsi.jwt_lifetime_minutes says how long new ones are good";
        return row("exp", Outcome::Refused, says, mend);
    }
    taken("exp", format!("It is good until {at}, for {} more.", span(at.since(now))))
}

fn nbf(claims: &Map<String, Value>, now: Timestamp) -> Row {
    let Some(value) = claims.get("nbf") else {
        return taken("nbf", "It does not say from when on it is good, and need not.");
    };
    let Some(begin) = seconds(value) else {
        let says = "Its beginning (nbf) is not a number, and Prosody refuses it.";
        return row("nbf", Outcome::Refused, says, format!("{MINT} write nbf without quotation marks"));
    };
    let at = Timestamp::from_ms(begin.saturating_mul(1_000));
    if at > now {
        let says = format!(
            "It is good only from {at} on, in {}: Prosody answers \"Not acceptable by nbf\" and forgives no clock.",
            span(at.since(now))
        );
        return row("nbf", Outcome::Refused, says, "set the clocks of both machines: timedatectl set-ntp true");
    }
    taken("nbf", format!("It is good since {at}."))
}

/// A length of time in words.
fn span(time: std::time::Duration) -> String {
    match time.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds @ 7_200..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

fn iss(claims: &Map<String, Value>, gate: &Gate) -> Row {
    let accepted = gate.issuers.join(", ");
    let mend =
        format!("set Prosody's asap_accepted_issuers, or jitsi.app_id and jitsi.jwt_issuer, to agree ({accepted})");
    match claims.get("iss") {
        Some(Value::String(iss)) if is_accepted(&gate.issuers, iss) => taken("iss", format!("It was made by {iss}.")),
        Some(Value::String(iss)) => {
            let says =
                format!("It was made by {iss}, and Prosody takes {accepted}: it answers \"invalid 'iss' claim\".");
            row("iss", Outcome::Refused, says, mend)
        }
        _ => {
            let says = "It does not say who made it: Prosody answers \"'iss' claim is missing\".";
            row("iss", Outcome::Refused, says, format!("{MINT} set iss to {accepted}"))
        }
    }
}

fn is_accepted(list: &[String], value: &str) -> bool {
    list.iter().any(|accepted| accepted == "*" || accepted == value)
}

fn aud(claims: &Map<String, Value>, gate: &Gate) -> Row {
    let any = gate.audiences.as_ref().is_some_and(|list| list.iter().any(|accepted| accepted == "*"));
    match (claims.get("aud"), &gate.audiences) {
        (None | Some(Value::Null), _) => {
            let says = "It does not say whom it is for: Prosody answers \"'aud' claim is missing\".";
            row("aud", Outcome::Refused, says, format!("{MINT} set aud, such as \"jitsi\""))
        }
        (Some(Value::String(aud)), None) => {
            taken("aud", format!("It is for {aud}; unless Prosody lists asap_accepted_audiences, it takes any."))
        }
        (Some(Value::String(aud)), Some(list)) if is_accepted(list, aud) => taken("aud", format!("It is for {aud}.")),
        (Some(Value::String(aud)), Some(list)) => {
            let list = list.join(", ");
            let says = format!("It is for {aud}, and Prosody takes {list}: it answers \"invalid 'aud' claim\".");
            row("aud", Outcome::Refused, says, format!("set jitsi.jwt_audience to one of {list}"))
        }
        (Some(_), _) if any => {
            let says = "Whom it is for (aud) is not a text. Prosody takes it only as long as it takes any audience.";
            row("aud", Outcome::Odd, says, format!("{MINT} write aud as one text"))
        }
        (Some(_), _) => {
            let says = "Whom it is for (aud) is a list or no text: Prosody answers \"invalid 'aud' claim\" unless its \
                        asap_accepted_audiences has \"*\".";
            row("aud", Outcome::Refused, says, format!("{MINT} write aud as one text, \"jitsi\", not as a list"))
        }
    }
}

fn room(claims: &Map<String, Value>, shown: &Presented<'_>, gate: &Gate) -> Row {
    let Some(Value::String(claimed)) = claims.get("room") else {
        let says = "It names no room. Prosody fails on that without an answer, and the browser waits for ever.";
        return row("room", Outcome::NoAnswer, says, format!("{MINT} set room, in lower case, or \"*\" for any"));
    };
    let Some(target) = &shown.room else {
        return taken("room", format!("It opens the room {claimed}; no room was given to compare that with."));
    };
    let by_pattern = claims
        .get("context")
        .and_then(|context| context.pointer("/room/regex"))
        .is_some_and(|flag| flag == &Value::Bool(true));
    let fits = if by_pattern && gate.verifies_domain {
        match pattern::matches_whole(&claimed.to_lowercase(), target) {
            Ok(fits) => fits,
            Err(pattern::NotRead) => {
                let says = format!("Its room is a pattern that is not judged here: {claimed}.");
                return row("room", Outcome::Odd, says, "name the room itself where that will do");
            }
        }
    } else {
        claimed == "*" || claimed.to_lowercase() == *target || Some(claimed.to_lowercase()) == shown.tenant_room()
    };
    if fits {
        return taken("room", format!("It opens the room {target}."));
    }
    let says = format!(
        "It opens the room {claimed}, and the link leads to {target}: Prosody lets the browser connect and then refuses the \
         room (\"Room and token mismatched\")."
    );
    let mend = format!("take a link for the room {target} itself: a token opens its own room only");
    row("room", Outcome::RefusedAtRoom, says, mend)
}

fn sub(claims: &Map<String, Value>, shown: &Presented<'_>, gate: &Gate) -> Row {
    let mend = "set jitsi.jwt_subject to the XMPP domain, or to \"*\" (in Docker the XMPP domain is meet.jitsi)";
    match claims.get("sub") {
        _ if !gate.verifies_domain => {
            taken("sub", "Prosody does not look at the domain (enable_domain_verification = false).")
        }
        Some(Value::String(sub)) if sub == "*" => taken("sub", "It is good for any domain."),
        Some(Value::String(sub)) => {
            let Some(domain) = &gate.domain else {
                return taken("sub", format!("It is good for {sub}; the XMPP domain is not known here."));
            };
            let fits = sub.eq_ignore_ascii_case(domain) || shown.tenant.as_ref() == Some(&sub.to_lowercase());
            if fits {
                return taken("sub", format!("It is good for {sub}."));
            }
            let says = format!("It is good for {sub}, and Prosody's domain is {domain}: it refuses the room.");
            row("sub", Outcome::RefusedAtRoom, says, mend)
        }
        _ => {
            let says =
                "It names no domain (sub). Prosody fails on that without an answer, and the browser waits for ever.";
            row("sub", Outcome::NoAnswer, says, mend)
        }
    }
}

fn context(claims: &Map<String, Value>) -> Row {
    match claims.get("context") {
        Some(Value::Object(context)) if context.get("user").is_some_and(Value::is_object) => {
            taken("context", "It says who the person is.")
        }
        Some(Value::Object(_)) => {
            let says = "It does not say who the person is (context.user): they stay without a name in the attendance.";
            row("context", Outcome::Odd, says, format!("{MINT} set context.user with id and name"))
        }
        _ => {
            let says = "It has no context. Prosody takes that, but Jitsi's web page complains.";
            row("context", Outcome::Odd, says, format!("{MINT} set context.user with id and name"))
        }
    }
}
