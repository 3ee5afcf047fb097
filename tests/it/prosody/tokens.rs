//! Links and tokens before a real Prosody: who is let in, as what, and why not; and whether the doctor, who only reads the
//! token, says the same.

use data_encoding::BASE64URL_NOPAD;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::server::{DOMAIN, Prosody, free_port};
use super::websocket::{Guest, Refused};
use crate::harness::{JWT_SECRET, Server, Start, WEBHOOK_SECRET, json as answer};

/// A Prosody that asks for tokens, as Jitsi sets it up.
pub(super) struct Jitsi {
    pub(super) prosody: Prosody,
    pub(super) port: u16,
}

impl Jitsi {
    /// Starts one. `keys` are the lines by which it knows which tokens are good.
    fn start(server: &Server, keys: &str) -> Self {
        Self::at(free_port(), keys, "\"reflector\"; \"token_verification\"", &server.base, WEBHOOK_SECRET)
    }

    /// Starts one at a port, with these modules for conferences; ours tells the server at `url`, signed with `secret`.
    pub(super) fn at(port: u16, keys: &str, modules: &str, url: &str, secret: &str) -> Self {
        let mut prosody = Prosody::with(&format!(
            r#"
http_ports = {{ {port} }}
http_interfaces = {{ "127.0.0.1" }}
https_ports = {{ }}
http_default_host = "{DOMAIN}"
consider_bosh_secure = true
consider_websocket_secure = true
cross_domain_websocket = true
VirtualHost "{DOMAIN}"
    authentication = "token"
    app_id = "reflector"
    {keys}
    asap_accepted_audiences = {{ "jitsi" }}
    modules_enabled = {{ "bosh"; "websocket" }}
Component "conference.{DOMAIN}" "muc"
    storage = "memory"
    modules_enabled = {{ {modules} }}
    muc_room_locking = false
    muc_room_default_public_jids = true
    reflector_url = "{url}"
    reflector_secret = "{secret}"
"#
        ));
        prosody.wait_for(port);
        Self { prosody, port }
    }

    fn with_secret(server: &Server) -> Self {
        Self::start(server, &format!("app_secret = \"{JWT_SECRET}\""))
    }

    fn open(&self, link: &str) -> Result<Guest, Refused> {
        Guest::open(self.port, link)
    }
}

pub(super) fn start() -> Start {
    Start::default().env("JITSI_DOMAIN", DOMAIN)
}

/// The link of a guest and that of a host, of a new meeting.
async fn links(server: &Server, room: &str) -> (String, String) {
    let meeting = server.meeting(room).await;
    let link = |key: &str| meeting[key].as_str().unwrap().to_owned();
    (link("room_url"), link("host_room_url"))
}

/// What the doctor finds wrong with a link, by the names of its checks.
async fn findings(server: &Server, link: &str) -> Vec<String> {
    let judged = server.request(Method::POST, "/v1/doctor/token").json(&json!({ "token": link }));
    let report = answer(judged.send().await.unwrap(), StatusCode::OK).await;
    let failed = report["checks"].as_array().unwrap().iter().filter(|check| check["verdict"] == "failed");
    failed.map(|check| check["id"].as_str().unwrap().to_owned()).collect()
}

fn refused_login(text: &str) -> Option<Refused> {
    Some(Refused::Login(text.to_owned()))
}

fn refused_room(text: &str) -> Option<Refused> {
    Some(Refused::Room(text.to_owned()))
}

/// The token of a link with other claims, signed as before.
fn changed(link: &str, change: impl FnOnce(&mut Value)) -> String {
    let (address, token) = link.split_once("?jwt=").unwrap();
    let claims = token.split('.').nth(1).unwrap();
    let mut claims: Value = serde_json::from_slice(&BASE64URL_NOPAD.decode(claims.as_bytes()).unwrap()).unwrap();
    change(&mut claims);
    format!("{address}?jwt={}", signed(&json!({ "typ": "JWT", "alg": "HS256" }), &claims, JWT_SECRET))
}

/// A token over these parts, signed with HS256 whatever its head says.
fn signed(header: &Value, claims: &Value, secret: &str) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let signed = format!("{}.{}", part(header), part(claims));
    let mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(&signed);
    format!("{signed}.{}", BASE64URL_NOPAD.encode(&mac.finalize().into_bytes()))
}

#[tokio::test]
async fn a_guest_is_member_and_a_host_is_owner() {
    let server = start().run();
    let jitsi = Jitsi::with_secret(&server);
    let (for_guest, for_host) = links(&server, "roles").await;
    // The guest comes first: who makes the room is no moderator for that.
    let mut guest = jitsi.open(&for_guest).unwrap();
    assert_eq!((guest.role.as_str(), guest.affiliation.as_str()), ("participant", "member"));
    assert_eq!(guest.record(), Err("forbidden".to_owned()));
    let mut host = jitsi.open(&for_host).unwrap();
    assert_eq!((host.role.as_str(), host.affiliation.as_str()), ("moderator", "owner"));
    assert_eq!(host.record(), Ok(()));
    for link in [&for_guest, &for_host] {
        assert_eq!(findings(&server, link).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_link_that_is_refused_is_explained() {
    let server = start().run();
    let jitsi = Jitsi::with_secret(&server);
    let (link, _) = links(&server, "mine").await;
    let (other, _) = links(&server, "yours").await;
    let elsewhere = format!("{}?jwt={}", link.split_once('?').unwrap().0, other.split_once("?jwt=").unwrap().1);
    assert_eq!(jitsi.open(&elsewhere).err(), refused_room("Room and token mismatched"));
    assert_eq!(findings(&server, &elsewhere).await, ["token.room"]);

    let expired = changed(&link, |claims| claims["exp"] = json!(claims["iat"].as_i64().unwrap() - 1));
    assert_eq!(jitsi.open(&expired).err(), refused_login("Not acceptable by exp"));
    assert_eq!(findings(&server, &expired).await, ["token.exp"]);

    let stranger = start().env("JITSI_JWT_SECRET", "another-secret-than-prosody-has-it").run();
    let (foreign, _) = links(&stranger, "mine").await;
    assert_eq!(jitsi.open(&foreign).err(), refused_login("Invalid signature"));
    assert_eq!(findings(&server, &foreign).await, ["token.signature"]);

    let bare = link.split_once('?').unwrap().0;
    assert_eq!(jitsi.open(bare).err(), refused_login("token required"));
    assert_eq!(findings(&server, bare).await, ["token.form"]);
    assert!(jitsi.open(&link).is_ok(), "the link itself is good");
}

/// What a token does: the check that fails, and what Prosody says; or the role, and what becomes of a recording.
enum Does {
    Refused(&'static str, Option<Refused>),
    Enters,
    Records(&'static str, Result<(), &'static str>),
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

/// The rows that tell of one claim.
fn rows(good: &Value) -> Vec<(&'static str, Value, Does)> {
    use Does::{Enters, Refused};
    let exp = good["exp"].as_i64().unwrap();
    let of = |pointer: &str, value: Value| put(good.clone(), pointer, value);
    let pattern = |room: &str, flag: Value| put(of("/room", json!(room)), "/context/room/regex", flag);
    let login = refused_login;
    vec![
        ("valid", good.clone(), Enters),
        ("expired", of("/exp", json!(exp - 7_200)), Refused("token.exp", login("Not acceptable by exp"))),
        ("exp string", of("/exp", json!(exp.to_string())), Refused("token.exp", login("exp must be number"))),
        ("no exp", of("/exp", Value::Null), Enters),
        ("exp float", of("/exp", json!(exp as f64 + 0.5)), Enters),
        ("nbf in future", of("/nbf", json!(exp - 60)), Refused("token.nbf", login("Not acceptable by nbf"))),
        ("no nbf/iat", put(of("/nbf", Value::Null), "/iat", Value::Null), Enters),
        ("wrong iss", of("/iss", json!("other")), Refused("token.iss", login("invalid 'iss' claim"))),
        ("no iss", of("/iss", Value::Null), Refused("token.iss", login("'iss' claim is missing"))),
        ("wrong aud", of("/aud", json!("other")), Refused("token.aud", login("invalid 'aud' claim"))),
        ("no aud", of("/aud", Value::Null), Refused("token.aud", login("'aud' claim is missing"))),
        ("aud array", of("/aud", json!(["jitsi"])), Refused("token.aud", login("invalid 'aud' claim"))),
        ("other room", of("/room", json!("other")), Refused("token.room", refused_room("Room and token mismatched"))),
        ("room *", of("/room", json!("*")), Enters),
        ("room UPPER", of("/room", json!("ROWS")), Enters),
        ("no room", of("/room", Value::Null), Refused("token.room", login("no answer: 'room' claim is missing"))),
        (
            "room Lua-pattern w/o regex flag",
            of("/room", json!("%a+")),
            Refused("token.room", refused_room("Room and token mismatched")),
        ),
        ("context.room.regex=true, Lua pattern", pattern("%a+", json!(true)), Enters),
        (
            "context.room.regex=true, PCRE \\w+",
            pattern("\\w+", json!(true)),
            Refused("token.room", refused_room("Room name cannot be matched to the one from token.")),
        ),
        ("regex .*", pattern(".*", json!(true)), Enters),
        (
            "sub missing",
            of("/sub", Value::Null),
            Refused("token.sub", refused_room("no answer: 'sub' claim is missing")),
        ),
        ("sub *", of("/sub", json!("*")), Enters),
        ("sub wrong", of("/sub", json!("other")), Refused("token.sub", refused_room("Room and token mismatched"))),
        ("sub upper", of("/sub", json!(DOMAIN.to_uppercase())), Enters),
        (
            "sub=conference.domain",
            of("/sub", json!(format!("conference.{DOMAIN}"))),
            Refused("token.sub", refused_room("Room and token mismatched")),
        ),
        ("context missing", of("/context", Value::Null), Enters),
        ("user_id top level", put(of("/context", Value::Null), "/user_id", json!("u1")), Enters),
    ]
}

/// The rows that tell of what the holder may do.
fn rows_of_roles(good: &Value) -> Vec<(&'static str, Value, Does)> {
    use Does::Records;
    let user = |key: &str, value: Value| put(good.clone(), &format!("/context/user/{key}"), value);
    let features = |claims: Value, features: Value| put(claims, "/context/features", features);
    let host = || user("moderator", json!(true));
    let (owner, member) = ("owner", "member");
    vec![
        ("user.moderator=true", host(), Records(owner, Ok(()))),
        ("user.moderator='true'", user("moderator", json!("true")), Records(owner, Ok(()))),
        ("user.moderator=false", user("moderator", json!(false)), Records(member, Err("forbidden"))),
        ("user.moderator=1", user("moderator", json!(1)), Records(member, Err("forbidden"))),
        ("user.affiliation=owner", user("affiliation", json!("owner")), Records(owner, Ok(()))),
        ("user.affiliation=moderator", user("affiliation", json!("moderator")), Records(owner, Ok(()))),
        ("user.affiliation=teacher", user("affiliation", json!("teacher")), Records(owner, Ok(()))),
        ("user.affiliation=member", user("affiliation", json!("member")), Records(member, Err("forbidden"))),
        ("user.affiliation=admin", user("affiliation", json!("admin")), Records(member, Err("forbidden"))),
        ("user.role=moderator", user("role", json!("moderator")), Records(member, Err("forbidden"))),
        ("top-level moderator=true", put(good.clone(), "/moderator", json!(true)), Records(member, Err("forbidden"))),
        ("features{} + moderator", features(host(), json!({})), Records(owner, Err("forbidden"))),
        ("features.recording=true + moderator", features(host(), json!({ "recording": true })), Records(owner, Ok(()))),
        (
            "features.recording='true' + moderator",
            features(host(), json!({ "recording": "true" })),
            Records(owner, Ok(())),
        ),
        (
            "features.recording=false + moderator",
            features(host(), json!({ "recording": false })),
            Records(owner, Err("forbidden")),
        ),
        ("no features + moderator", host(), Records(owner, Ok(()))),
        ("no features, participant", good.clone(), Records(member, Err("forbidden"))),
        (
            "features.recording=true, participant",
            features(good.clone(), json!({ "recording": true })),
            Records(member, Err("not-allowed")),
        ),
    ]
}

fn good_claims(server: &Server, link: &str) -> Value {
    let (_, token) = link.split_once("?jwt=").unwrap();
    let claims = BASE64URL_NOPAD.decode(token.split('.').nth(1).unwrap().as_bytes()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(claims["sub"], DOMAIN, "{}", server.base);
    let user = json!({ "id": "u1", "name": "Ada" });
    let mut good =
        json!({ "room": "rows", "context": { "user": user }, "exp": claims["iat"].as_i64().unwrap() + 3_600 });
    for key in ["iss", "aud", "sub", "iat", "nbf"] {
        good[key] = claims[key].clone();
    }
    good
}

/// Opens each link, and has the doctor judge it, who takes Prosody's settings out of its own file.
async fn check(server: &Server, jitsi: &Jitsi, name: &str, token: &str, does: Does) {
    let link = format!("https://{DOMAIN}/Rows?jwt={token}");
    let file = json!({ "kind": "prosody", "path": "prosody.cfg.lua", "text": jitsi.prosody.config() });
    let judged = json!({ "token": link, "files": [file] });
    let judged = server.request(Method::POST, "/v1/doctor/token").json(&judged).send().await.unwrap();
    let report = answer(judged, StatusCode::OK).await;
    let checks = report["checks"].as_array().unwrap();
    let failed: Vec<&str> =
        checks.iter().filter(|check| check["verdict"] == "failed").map(|check| check["id"].as_str().unwrap()).collect();
    let role = checks.iter().find(|check| check["id"] == "token.role").unwrap()["meaning"].as_str().unwrap();
    let opened = jitsi.open(&link);
    match does {
        Does::Refused(check, refusal) => {
            assert_eq!((opened.err(), failed), (refusal, vec![check]), "{name}");
        }
        Does::Enters => {
            assert!(opened.is_ok(), "{name}: {opened:?}");
            assert_eq!(failed, Vec::<&str>::new(), "{name}");
        }
        Does::Records(affiliation, recorded) => {
            let mut guest = opened.unwrap();
            let asked = guest.record();
            assert_eq!((guest.affiliation.as_str(), asked), (affiliation, recorded.map_err(str::to_owned)), "{name}");
            assert_eq!(failed, Vec::<&str>::new(), "{name}");
            assert_eq!(role.contains("becomes moderator"), affiliation == "owner", "{name}: {role}");
            assert_eq!(role.contains("may record"), recorded.is_ok(), "{name}: {role}");
        }
    }
}

#[tokio::test]
async fn the_doctor_says_what_prosody_does_row_by_row() {
    let server = start().run();
    let jitsi = Jitsi::with_secret(&server);
    let (link, _) = links(&server, "rows").await;
    let good = good_claims(&server, &link);
    let header = json!({ "typ": "JWT", "alg": "HS256" });
    for (name, claims, does) in rows(&good).into_iter().chain(rows_of_roles(&good)) {
        check(&server, &jitsi, name, &signed(&header, &claims, JWT_SECRET), does).await;
    }
    let of = |header: Value, secret: &str| signed(&header, &good, secret);
    let unsigned = format!("{}.", of(json!({ "typ": "JWT", "alg": "none" }), "x").rsplit_once('.').unwrap().0);
    for (name, token, id, text) in [
        ("wrong secret", of(header.clone(), "x"), "token.signature", "Invalid signature"),
        ("no typ header", of(json!({ "alg": "HS256" }), JWT_SECRET), "token.typ", "Invalid typ"),
        ("HS512", of(json!({ "typ": "JWT", "alg": "HS512" }), JWT_SECRET), "token.alg", "Invalid or incorrect alg"),
    ] {
        check(&server, &jitsi, name, &token, Does::Refused(id, refused_login(text))).await;
    }
    // Two things are wrong with it, of which Prosody tells one.
    assert_eq!(jitsi.open(&format!("https://{DOMAIN}/rows?jwt={unsigned}")).err(), refused_login("Invalid token"));
    assert!(findings(&server, &unsigned).await.contains(&"token.alg".to_owned()));
    let token = of(header, JWT_SECRET);
    let bearer = format!("Authorization: Bearer {token}\r\n");
    assert!(Guest::enter(jitsi.port, "rows", None, &bearer).is_ok(), "a token in a header is as good");
}

#[tokio::test]
async fn links_of_published_keys_open_and_their_keys_take_turns() {
    let server = start().env("JITSI_JWT_SECRET", "").config("[jitsi]\njwt_algorithm = \"RS256\"\n").run();
    let url = format!("{}/v1/jitsi/keys", server.base);
    let mut jitsi = Jitsi::start(&server, &format!("asap_key_server = \"{url}\""));
    let (first, for_host) = links(&server, "keys").await;
    assert!(jitsi.open(&first).is_ok(), "{}", jitsi.prosody.log());
    assert_eq!(jitsi.open(&for_host).unwrap().affiliation, "owner");
    assert_eq!(findings(&server, &first).await, Vec::<String>::new());

    let rotated = server.cli(&["key", "rotate", "--immediately"]);
    assert!(rotated.status.success(), "{}", String::from_utf8_lossy(&rotated.stderr));
    let (second, _) = links(&server, "keys-again").await;
    assert!(jitsi.open(&second).is_ok(), "{}", jitsi.prosody.log());
    jitsi.prosody.kill();
    jitsi.prosody.start_again();
    jitsi.prosody.wait_for(jitsi.port);
    assert_eq!(jitsi.open(&first).err(), refused_login("could not obtain public key"));
    assert_eq!(findings(&server, &first).await, ["token.kid"]);

    // The whole set, fetched at the start.
    let jitsi = Jitsi::start(&server, &format!("cache_keys_url = \"{url}\""));
    crate::harness::eventually("the keys", async || jitsi.open(&second).is_ok().then_some(())).await;
    let (token, forged) = (second.rsplit_once('.').unwrap().0, first.rsplit_once('.').unwrap().1);
    let forged = format!("{token}.{forged}");
    assert_eq!(jitsi.open(&forged).err(), refused_login("Invalid signature"));
    assert_eq!(findings(&server, &forged).await, ["token.signature"]);
}
