//! The judge against what a real Prosody did with the same tokens, row by row.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use super::*;
use crate::platforms::jitsi_keys::SigningKey;
use crate::platforms::signature::sign;

const SECRET: &str = "the-secret-that-prosody-knows-too";
const NOW: i64 = 1_736_937_000;

/// A token over these parts, signed with HS256 whatever its head says.
fn token(header: &Value, claims: &Value, secret: &str) -> String {
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let signed = format!("{}.{}", part(header), part(claims));
    let mac = data_encoding::HEXLOWER.decode(sign(signed.as_bytes(), secret).as_bytes()).unwrap();
    format!("{signed}.{}", BASE64URL_NOPAD.encode(&mac))
}

fn gate() -> Gate {
    Gate {
        keys: Keys::Shared(SECRET.parse().ok()),
        issuers: vec!["reflector".to_owned()],
        audiences: Some(vec!["jitsi".to_owned()]),
        domain: Some("meet.example.com".to_owned()),
        verifies_domain: true,
        takes_no_token: false,
    }
}

fn header() -> Value {
    json!({ "typ": "JWT", "alg": "HS256" })
}

fn claims() -> Value {
    json!({
        "iss": "reflector", "aud": "jitsi", "sub": "meet.example.com", "room": "standup",
        "iat": NOW, "nbf": NOW - 60, "exp": NOW + 3_600,
        "context": { "user": { "id": "u1", "name": "Ada" } },
    })
}

/// Puts a value at a pointer, or takes it away where it is null.
fn put(mut value: Value, pointer: &str, to: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    if value.pointer(parent).is_none() {
        value = put(value, parent, json!({}));
    }
    let parent = value.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if to.is_null() {
        parent.remove(key)
    } else {
        parent.insert(key.to_owned(), to)
    };
    value
}

fn judged(header: &Value, claims: &Value, secret: &str, gate: &Gate) -> Judgement {
    let link = format!("https://meet.example.com/Standup?jwt={}", token(header, claims, secret));
    judge(&Presented::of(&link), gate, Timestamp::from_ms(NOW * 1_000))
}

/// What Prosody did: let them in, or not, and on account of which claim.
type Expected = Result<(), (&'static str, Outcome)>;

fn check(name: &str, judgement: &Judgement, expected: Expected) {
    let found = judgement.refusal().map_or(Ok(()), |row| Err((row.claim, row.outcome)));
    assert_eq!(found, expected, "{name}: {:?}", judgement.rows);
    for row in &judgement.rows {
        assert_eq!(row.outcome == Outcome::Taken, row.mend.is_none(), "{name}: {row:?}");
        assert!(CLAIMS.iter().any(|(claim, _)| *claim == row.claim) && row.says.ends_with('.'), "{name}: {row:?}");
    }
}

#[test]
fn a_claim_is_taken_or_refused_as_prosody_does() {
    use Outcome::{NoAnswer, Refused, RefusedAtRoom};
    let other_room = |pattern: &str, is_pattern: bool| {
        let claims = put(claims(), "/room", json!(pattern));
        if is_pattern { put(claims, "/context/room/regex", json!(true)) } else { claims }
    };
    let rows: Vec<(&str, Value, Expected)> = vec![
        ("valid", claims(), Ok(())),
        ("expired", put(claims(), "/exp", json!(NOW - 6)), Err(("exp", Refused))),
        ("exp string", put(claims(), "/exp", json!((NOW + 60).to_string())), Err(("exp", Refused))),
        ("no exp", put(claims(), "/exp", Value::Null), Ok(())),
        ("exp float", put(claims(), "/exp", json!(NOW as f64 + 60.5)), Ok(())),
        ("nbf in future", put(claims(), "/nbf", json!(NOW + 60)), Err(("nbf", Refused))),
        ("nbf string", put(claims(), "/nbf", json!(NOW.to_string())), Err(("nbf", Refused))),
        ("no nbf/iat", put(put(claims(), "/nbf", Value::Null), "/iat", Value::Null), Ok(())),
        ("wrong iss", put(claims(), "/iss", json!("other")), Err(("iss", Refused))),
        ("no iss", put(claims(), "/iss", Value::Null), Err(("iss", Refused))),
        ("wrong aud", put(claims(), "/aud", json!("other")), Err(("aud", Refused))),
        ("no aud", put(claims(), "/aud", Value::Null), Err(("aud", Refused))),
        ("aud array", put(claims(), "/aud", json!(["jitsi"])), Err(("aud", Refused))),
        ("other room", other_room("other", false), Err(("room", RefusedAtRoom))),
        ("room *", other_room("*", false), Ok(())),
        ("room UPPER", other_room("STANDUP", false), Ok(())),
        ("no room", put(claims(), "/room", Value::Null), Err(("room", NoAnswer))),
        ("room Lua-pattern w/o regex flag", other_room("%a+", false), Err(("room", RefusedAtRoom))),
        ("context.room.regex=true, Lua pattern", other_room("%a+", true), Ok(())),
        ("context.room.regex=true, PCRE", other_room("\\w+", true), Err(("room", RefusedAtRoom))),
        ("regex .*", other_room(".*", true), Ok(())),
        ("sub missing", put(claims(), "/sub", Value::Null), Err(("sub", NoAnswer))),
        ("sub *", put(claims(), "/sub", json!("*")), Ok(())),
        ("sub wrong", put(claims(), "/sub", json!("other.example.com")), Err(("sub", RefusedAtRoom))),
        ("sub upper", put(claims(), "/sub", json!("MEET.EXAMPLE.COM")), Ok(())),
        ("sub conference", put(claims(), "/sub", json!("conference.meet.example.com")), Err(("sub", RefusedAtRoom))),
        ("context missing", put(claims(), "/context", Value::Null), Ok(())),
        ("user_id top level", put(claims(), "/user_id", json!("u1")), Ok(())),
    ];
    for (name, claims, expected) in rows {
        check(name, &judged(&header(), &claims, SECRET, &gate()), expected);
    }
}

#[test]
fn the_head_and_the_signature_are_judged_as_prosody_does() {
    use Outcome::Refused;
    let of = |header: Value, secret: &str| judged(&header, &claims(), secret, &gate());
    check("wrong secret", &of(header(), "another secret"), Err(("signature", Refused)));
    check("no typ header", &of(json!({ "alg": "HS256" }), SECRET), Err(("typ", Refused)));
    check("alg none", &of(json!({ "typ": "JWT", "alg": "none" }), SECRET), Err(("alg", Refused)));
    check("HS512", &of(json!({ "typ": "JWT", "alg": "HS512" }), SECRET), Err(("alg", Refused)));
    let nothing = |gate: &Gate| judge(&Presented::of("https://meet.example.com/standup"), gate, Timestamp::from_ms(0));
    check("no token", &nothing(&gate()), Err(("form", Refused)));
    check("no token where none is needed", &nothing(&Gate { takes_no_token: true, ..gate() }), Ok(()));
    for text in ["", "a.b", "a.b.c", "a.b.c.d", "eyJhbGciOiJIUzI1NiJ9.eyJ9.x"] {
        let judgement = judge(&Presented::of(text), &gate(), Timestamp::from_ms(0));
        check(text, &judgement, Err(("form", Refused)));
        assert_eq!(judgement.role, None);
    }
}

#[test]
fn roles_and_recording_are_judged_as_jitsi_does() {
    let user = |key: &str, value: Value| put(claims(), &format!("/context/user/{key}"), value);
    let features = |claims: Value, features: Value| put(claims, "/context/features", features);
    let moderator = || user("moderator", json!(true));
    for (name, claims, is_owner, may_record) in [
        ("user.moderator=true", moderator(), true, true),
        ("user.moderator='true'", user("moderator", json!("true")), true, true),
        ("user.moderator=false", user("moderator", json!(false)), false, false),
        ("user.moderator=1", user("moderator", json!(1)), false, false),
        ("user.affiliation=owner", user("affiliation", json!("owner")), true, true),
        ("user.affiliation=moderator", user("affiliation", json!("moderator")), true, true),
        ("user.affiliation=teacher", user("affiliation", json!("teacher")), true, true),
        ("user.affiliation=member", user("affiliation", json!("member")), false, false),
        ("user.affiliation=admin", user("affiliation", json!("admin")), false, false),
        ("user.role=moderator", user("role", json!("moderator")), false, false),
        ("top-level moderator=true", put(claims(), "/moderator", json!(true)), false, false),
        ("features{} + moderator", features(moderator(), json!({})), true, false),
        ("features.recording=true + moderator", features(moderator(), json!({ "recording": true })), true, true),
        ("features.recording='true' + moderator", features(moderator(), json!({ "recording": "true" })), true, true),
        ("features.recording=false + moderator", features(moderator(), json!({ "recording": false })), true, false),
        ("no features + moderator", moderator(), true, true),
        ("no features, participant", claims(), false, false),
        ("features.recording=true, participant", features(claims(), json!({ "recording": true })), false, false),
    ] {
        let judgement = judged(&header(), &claims, SECRET, &gate());
        check(name, &judgement, Ok(()));
        let role = judgement.role.unwrap();
        assert_eq!((role.is_owner, role.may_record), (is_owner, may_record), "{name}: {role:?}");
    }
}

#[test]
fn what_prosody_is_set_to_makes_a_difference() {
    let with = |claims: Value, gate: Gate| judged(&header(), &claims, SECRET, &gate);
    let any = || Some(vec!["*".to_owned()]);
    let other = || put(claims(), "/sub", json!("other.example.com"));
    check(
        "aud array, any audience",
        &with(put(claims(), "/aud", json!(["x"])), Gate { audiences: any(), ..gate() }),
        Ok(()),
    );
    check(
        "wrong aud, any audience",
        &with(put(claims(), "/aud", json!("x")), Gate { audiences: any(), ..gate() }),
        Ok(()),
    );
    check(
        "wrong iss, any issuer",
        &with(put(claims(), "/iss", json!("x")), Gate { issuers: any().unwrap(), ..gate() }),
        Ok(()),
    );
    check("sub not looked at", &with(other(), Gate { verifies_domain: false, ..gate() }), Ok(()));
    check("domain not known", &with(other(), Gate { domain: None, ..gate() }), Ok(()));
    check("secret not known", &with(claims(), Gate { keys: Keys::Shared(None), ..gate() }), Ok(()));
}

#[test]
fn links_are_taken_apart_as_browsers_do() {
    let of = |text| {
        let shown = Presented::of(text);
        (shown.token, shown.host, shown.room, shown.tenant)
    };
    let room = || Some("standup".to_owned());
    assert_eq!(of(" aa.bb.cc "), (Some("aa.bb.cc"), None, None, None));
    assert_eq!(of("https://m.example/Standup?jwt=a.b.c&x=1"), (Some("a.b.c"), Some("m.example"), room(), None));
    assert_eq!(of("https://m.example:8443/standup?jwt=q#jwt=h").0, Some("h"));
    assert_eq!(
        of("https://m.example/Acme/standup#config.x=1"),
        (None, Some("m.example"), room(), Some("acme".to_owned()))
    );
    assert_eq!(of("https://m.example"), (None, Some("m.example"), None, None));
}

/// A token that our own code made is let in, and its holder is what it was made for.
#[test]
fn our_own_tokens_are_good() {
    use crate::domain::ConferenceName;
    use crate::domain::meeting::Guest;
    let mut config = JitsiConfig { domain: "meet.example.com".parse().ok(), ..crate::config::Config::default().jitsi };
    config.jwt_secret = SECRET.parse().ok();
    let now = Timestamp::from_ms(NOW * 1_000);
    for moderator in [true, false] {
        let guest = Guest { id: "u1".to_owned(), moderator, ..Guest::default() };
        let room = ConferenceName::new("reflector-standup-abc");
        let place = crate::platforms::jitsi::Place::plain(&room, now);
        let link = crate::platforms::jitsi::link(&config, None, &place, &guest, now).unwrap();
        let assumed = Gate { audiences: gate().audiences, ..Gate::assumed(&config, Vec::new()) };
        let judgement = judge(&Presented::of(&link.url), &assumed, now);
        assert!(judgement.rows.iter().all(|row| row.outcome == Outcome::Taken), "{:?}", judgement.rows);
        let role = judgement.role.unwrap();
        assert_eq!((role.is_owner, role.may_record), (moderator, moderator));
    }
}

#[test]
fn tokens_of_published_keys_are_judged_as_prosody_does() {
    use Outcome::{NoAnswer, Refused};
    let (key, other) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
    let fetched = |asks_by_name| Gate {
        keys: Keys::Fetched(Fetched { keys: Some(vec![key.public.clone()]), asks_by_name }),
        ..gate()
    };
    let now = Timestamp::from_ms(NOW * 1_000);
    let of = |token: &str, gate: &Gate| {
        let link = format!("https://meet.example.com/standup?jwt={token}");
        judge(&Presented::of(&link), gate, now)
    };
    let good = key.token(&claims()).unwrap();
    check("a key that is published", &of(&good, &fetched(true)), Ok(()));
    check("the same where keys are fetched together", &of(&good, &fetched(false)), Ok(()));
    let unknown = other.token(&claims()).unwrap();
    check("another key, asked for by name", &of(&unknown, &fetched(true)), Err(("kid", Refused)));
    check("another key, not asked for", &of(&unknown, &fetched(false)), Err(("kid", NoAnswer)));
    let (signed, _) = good.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", unknown.rsplit_once('.').unwrap().1);
    check("another signature", &of(&forged, &fetched(true)), Err(("signature", Refused)));
    check("a shared secret", &of(&token(&header(), &claims(), SECRET), &fetched(true)), Err(("kid", Refused)));
    let named = put(header(), "/kid", json!(key.public.kid));
    check("a shared secret with a name", &of(&token(&named, &claims(), SECRET), &fetched(true)), Err(("alg", Refused)));
    check("a key where Prosody has a secret", &of(&good, &gate()), Err(("alg", Refused)));
    let elsewhere = Gate { keys: Keys::Fetched(Fetched { keys: None, asks_by_name: true }), ..gate() };
    check("keys of somebody else", &of(&good, &elsewhere), Ok(()));
    let expired = key.token(&put(claims(), "/exp", json!(NOW - 6))).unwrap();
    check("expired", &of(&expired, &fetched(true)), Err(("exp", Refused)));
}
