//! The keys that links are signed with where Prosody fetches the public halves, through the real server.

use std::os::unix::fs::PermissionsExt;

use data_encoding::HEXLOWER;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::harness::{Server, Start, json as answer, problem};

fn with_keys() -> Start {
    Start::default().env("JITSI_JWT_SECRET", "").config("[jitsi]\njwt_algorithm = \"RS256\"\n")
}

async fn public(server: &Server) -> Vec<Value> {
    let keys = server.anonymous(Method::GET, "/v1/jitsi/keys").send().await.unwrap();
    assert_eq!(keys.headers()["cache-control"], "public, max-age=300");
    answer(keys, StatusCode::OK).await["keys"].as_array().unwrap().clone()
}

/// The name of the key that a link is signed with.
fn kid(link: &str) -> String {
    jsonwebtoken::decode_header(link.split_once("?jwt=").unwrap().1).unwrap().kid.unwrap()
}

fn claims(link: &str, key: &Value) -> Value {
    let text = |name: &str| key[name].as_str().unwrap();
    let decoding = jsonwebtoken::DecodingKey::from_rsa_components(text("n"), text("e")).unwrap();
    let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    rules.set_audience(&["jitsi"]);
    jsonwebtoken::decode::<Value>(link.split_once("?jwt=").unwrap().1, &decoding, &rules).unwrap().claims
}

#[tokio::test]
async fn a_link_is_signed_with_a_key_whose_public_half_is_there_for_all() {
    let server = with_keys().run();
    let meeting = server.meeting("standup").await;
    let link = meeting["host_room_url"].as_str().unwrap();
    let keys = public(&server).await;
    assert_eq!(keys.len(), 1);
    let key = &keys[0];
    assert_eq!((&key["kty"], &key["use"], &key["alg"]), (&json!("RSA"), &json!("sig"), &json!("RS256")));
    assert_eq!(key["kid"], kid(link));
    assert_eq!(claims(link, key)["context"]["user"]["affiliation"], "owner");
    assert_eq!(key.as_object().unwrap().len(), 6, "nothing of the private half");

    let file = HEXLOWER.encode(&Sha256::digest(kid(link)));
    let pem = server.anonymous(Method::GET, &format!("/v1/jitsi/keys/{file}.pem")).send().await.unwrap();
    assert_eq!(
        (pem.status(), pem.headers()["cache-control"].to_str().unwrap()),
        (StatusCode::OK, "public, max-age=300")
    );
    assert!(pem.text().await.unwrap().starts_with("-----BEGIN PUBLIC KEY-----\n"));
    for other in [file.clone(), format!("{}.pem", kid(link)), format!("{}.pem", "0".repeat(64))] {
        let path = format!("/v1/jitsi/keys/{other}");
        problem(server.anonymous(Method::GET, &path).send().await.unwrap(), StatusCode::NOT_FOUND).await;
    }
    let file = server.data.join("jitsi-keys.json");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let private = std::fs::read_to_string(&file).unwrap();
    let private = serde_json::from_str::<Value>(&private).unwrap()["keys"][0]["private"].as_str().unwrap().to_owned();
    assert!(private.len() > 1_000 && !server.log().contains(&private[..40]));
}

#[tokio::test]
async fn another_key_takes_over_when_everybody_knows_it() {
    let mut server = with_keys().run();
    let meeting = server.meeting("standup").await;
    let first = kid(meeting["room_url"].as_str().unwrap());
    let rotate = |body: Value| server.request(Method::POST, "/v1/jitsi/signing-keys/rotate").json(&body).send();
    let keys = answer(rotate(json!({})).await.unwrap(), StatusCode::OK).await;
    let stages: Vec<_> = keys["items"].as_array().unwrap().iter().map(|key| key["stage"].as_str().unwrap()).collect();
    assert_eq!(stages, ["next", "signing"]);
    assert_eq!(keys["items"][1]["kid"], first);
    assert!(keys["items"][1]["published_until"].is_string() && keys["items"][0]["published_until"].is_null());
    assert_eq!(public(&server).await.len(), 2, "the next one is known before it signs");
    let again = server.request(Method::POST, "/v1/rooms/standup/meeting").send().await.unwrap();
    let again = answer(again, StatusCode::OK).await;
    assert_eq!(kid(again["room_url"].as_str().unwrap()), first);
    problem(rotate(json!({})).await.unwrap(), StatusCode::CONFLICT).await;
    problem(rotate(json!({ "at_once": true })).await.unwrap(), StatusCode::UNPROCESSABLE_ENTITY).await;

    let listed = server.cli(&["key", "list"]);
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.starts_with("STAGE") && listed.contains("next") && listed.contains(&first), "{listed}");
    let audit = server.get("/v1/audit?limit=1").await;
    assert_eq!(audit["items"][0]["action"], "signing_key.rotate");

    // The command line does it without a server too, and the next start knows.
    server.stop();
    let rotated = server.cli(&["key", "rotate", "--immediately"]);
    assert!(rotated.status.success(), "{}", String::from_utf8_lossy(&rotated.stderr));
    let server = with_keys().data(&server.data.clone()).token(&server.token.clone()).run();
    let only = public(&server).await;
    assert_eq!(only.len(), 1);
    assert!(
        only[0]["kid"] != first
            && String::from_utf8(rotated.stdout).unwrap().contains(only[0]["kid"].as_str().unwrap())
    );
}

#[tokio::test]
async fn with_a_shared_secret_there_are_no_keys_until_the_configuration_is_changed() {
    let server = Start::default().config("[jitsi]\njwt_algorithm = \"HS256\"\n").run();
    assert_eq!(public(&server).await, Vec::<Value>::new());
    let refused = server.request(Method::POST, "/v1/jitsi/signing-keys/rotate").send().await.unwrap();
    let refused = problem(refused, StatusCode::CONFLICT).await;
    assert!(refused["detail"].as_str().unwrap().contains("jitsi.jwt_algorithm"), "{refused}");
    assert!(!server.data.join("jitsi-keys.json").exists());
    let text = std::fs::read_to_string(&server.config).unwrap();
    std::fs::write(&server.config, text.replace("HS256", "RS256")).unwrap();
    server.signal("HUP");
    crate::harness::eventually("a key", async || (public(&server).await.len() == 1).then_some(())).await;
    let meeting = server.meeting("standup").await;
    assert_eq!(kid(meeting["room_url"].as_str().unwrap()), public(&server).await[0]["kid"]);
}

#[tokio::test]
async fn keys_that_cannot_be_read_are_named_and_not_written_over() {
    let mut server = with_keys().run();
    server.stop();
    let file = server.data.join("jitsi-keys.json");
    std::fs::write(&file, "{\"keys\":[").unwrap();
    let server = with_keys().data(&server.data.clone()).token(&server.token.clone()).run();
    answer(server.post("/v1/rooms", &json!({ "name": "standup" })).await, StatusCode::CREATED).await;
    let refused = server.request(Method::POST, "/v1/rooms/standup/meeting").send().await.unwrap();
    let refused = problem(refused, StatusCode::CONFLICT).await;
    assert!(refused["detail"].as_str().unwrap().contains("reflector doctor"), "{refused}");
    let report = server.get("/v1/doctor").await;
    let key = report["checks"].as_array().unwrap().iter().find(|check| check["id"] == "jitsi.jwt.secret").unwrap();
    assert_eq!(key["verdict"], "failed");
    assert!(key["meaning"].as_str().unwrap().contains("jitsi-keys.json cannot be read: line 1"), "{key:#}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "{\"keys\":[");
}
