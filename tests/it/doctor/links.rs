//! Why a link is refused, as the doctor explains it.

use serde_json::{Value, json};

use super::findings::break_prosody;
use super::machine::{JWT_SECRET, Machine, OTHER_SECRET, seconds};
use super::{check, ids, others, report};

pub(super) fn token(header: jsonwebtoken::Header, claims: &Value, secret: &str) -> String {
    jsonwebtoken::encode(&header, claims, &jsonwebtoken::EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

fn link(machine: &Machine, token: &str) -> String {
    format!("https://{}/standup?jwt={token}", machine.domain)
}

#[test]
fn a_refused_link_is_explained() {
    let machine = Machine::new();
    let good = json!({
        "iss": "reflector", "aud": "jitsi", "sub": "localhost", "room": "standup", "exp": seconds() + 600,
        "context": { "user": { "id": "u", "name": "Ada", "affiliation": "member" } },
    });
    let with = |key: &str, value: Value| {
        let mut claims = good.clone();
        claims[key] = value;
        if claims[key].is_null() {
            claims.as_object_mut().unwrap().remove(key);
        }
        claims
    };
    let header = || jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
    let judged = |token: &str| {
        let output = machine.run(&["--json", "--token", token]);
        (report(&output), output.status.code())
    };
    for good in [link(&machine, &token(header(), &good, JWT_SECRET)), token(header(), &good, JWT_SECRET)] {
        let (found, code) = judged(&good);
        assert_eq!((others(&found, &["ok", "skipped"]), code), (vec![], Some(0)), "{found:#}");
        assert!(check(&found, "token.role")["meaning"].as_str().unwrap().contains("participant"));
    }
    let untyped = jsonwebtoken::Header { typ: None, ..header() };
    let hs512 = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS512);
    for (token, id, mend) in [
        (token(header(), &good, OTHER_SECRET), "token.signature", "app_secret"),
        (token(header(), &with("exp", json!(seconds() - 60)), JWT_SECRET), "token.exp", "fresh link"),
        (
            token(header(), &with("exp", json!((seconds() + 60).to_string())), JWT_SECRET),
            "token.exp",
            "quotation marks",
        ),
        (token(header(), &with("nbf", json!(seconds() + 60)), JWT_SECRET), "token.nbf", "timedatectl"),
        (token(header(), &with("iss", json!("other")), JWT_SECRET), "token.iss", "asap_accepted_issuers"),
        (token(header(), &with("aud", Value::Null), JWT_SECRET), "token.aud", "set aud"),
        (token(header(), &with("room", json!("other")), JWT_SECRET), "token.room", "the room standup"),
        (token(header(), &with("room", Value::Null), JWT_SECRET), "token.room", "set room"),
        (token(header(), &with("sub", json!("other")), JWT_SECRET), "token.sub", "jitsi.jwt_subject"),
        (token(untyped, &good, JWT_SECRET), "token.typ", "\"typ\":\"JWT\""),
        (token(hs512, &good, JWT_SECRET), "token.alg", "HS256"),
        ("not-a-token".to_owned(), "token.form", "eyJ"),
    ] {
        let (found, code) = judged(&link(&machine, &token));
        assert_eq!(
            others(&found, &["failed"]).len() + 1,
            ids(&found).len() - usize::from(id == "token.alg"),
            "{found:#}"
        );
        let check = check(&found, id);
        assert_eq!((check["verdict"].as_str(), code), (Some("failed"), Some(1)), "{id}: {found:#}");
        assert!(check["mend"].as_str().unwrap().contains(mend), "{check:#}");
    }
    // A list of audiences goes as long as Prosody takes any, and not where it names them.
    let list = link(&machine, &token(header(), &with("aud", json!(["jitsi"])), JWT_SECRET));
    assert_eq!(check(&judged(&list).0, "token.aud")["verdict"], "warning");
    break_prosody(&machine, "app_id", "asap_accepted_audiences = { \"jitsi\" }\napp_id");
    let (found, code) = judged(&list);
    assert_eq!((check(&found, "token.aud")["verdict"].as_str(), code), (Some("failed"), Some(1)));
    let elsewhere = link(&machine, &token(header(), &good, JWT_SECRET)).replace("localhost", "other.example.com");
    assert_eq!(check(&judged(&elsewhere).0, "token.host")["verdict"], "warning");
}
