//! The integration guide's commands, run by a shell as they are printed. Only the host is another.

use std::process::Command;

use reqwest::StatusCode;
use serde_json::Value;

use crate::harness::{JWT_SECRET, Server, Start, WEBHOOK_SECRET, json};

/// Runs a piece of the guide with the variables that it sets, and gives what it prints.
fn shell(server: &Server, script: &str) -> String {
    let script = script.replace("https://your-reflector-domain.com", &server.base);
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script])
        .env("AUTH_TOKEN", &server.token)
        .env("TOKEN", &server.token)
        .env("JITSI_WEBHOOK_SECRET", WEBHOOK_SECRET)
        .env("REFLECTOR_API_URL", &server.base)
        .output()
        .unwrap();
    assert!(output.status.success(), "{script}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn shell_json(server: &Server, script: &str) -> Value {
    let printed = shell(server, script);
    serde_json::from_str(&printed).unwrap_or_else(|e| panic!("{e}: {printed}"))
}

const CREATE_ROOM: &str = r#"curl -X POST "https://your-reflector-domain.com/v1/rooms" \
-H "Content-Type: application/json" \
-H "Authorization: Bearer $AUTH_TOKEN" \
-d '{
"name": "my-jitsi-room",
"platform": "jitsi",
"recording_type": "cloud",
"recording_trigger": "automatic-2nd-participant",
"is_locked": false,
"room_mode": "normal"
}'
"#;

#[tokio::test]
async fn a_room_and_a_meeting_are_made_as_printed() {
    let server = Start::default().run();
    let room = shell_json(&server, CREATE_ROOM);
    assert_eq!(room["name"], "my-jitsi-room");
    assert_eq!(room["recording_trigger"], "automatic-2nd-participant");

    let meeting = shell_json(
        &server,
        r#"curl -X POST "https://your-reflector-domain.com/v1/rooms/my-jitsi-room/meeting" \
-H "Authorization: Bearer $AUTH_TOKEN"
"#,
    );
    let name = meeting["room_name"].as_str().unwrap();
    assert!(name.starts_with("reflector-my-jitsi-room-"), "{name}");
    assert_eq!(name, name.to_lowercase());
    for (field, host) in [("room_url", false), ("host_room_url", true)] {
        let url = meeting[field].as_str().unwrap();
        let (address, jwt) = url.split_once("?jwt=").unwrap();
        assert_eq!(address, format!("https://meet.example.com/{name}"));
        let claims = decoded(jwt);
        assert_eq!(claims["room"], *name);
        assert_eq!(claims["iss"], "reflector");
        assert_eq!(claims["aud"], "jitsi");
        assert_eq!(claims["sub"], "meet.example.com");
        assert_eq!(claims["moderator"], host);
        assert_eq!(claims["context"]["user"]["moderator"], host);
        assert_eq!(claims["context"]["user"]["affiliation"], if host { "owner" } else { "member" });
        assert_eq!(claims["context"]["features"]["recording"], host);
        let lifetime = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
        assert_eq!(lifetime, 8 * 3_600);
        assert_eq!(claims["iat"].as_i64().unwrap() - claims["nbf"].as_i64().unwrap(), 60);
    }
    // The guide's way to look into a token.
    let jwt = meeting["room_url"].as_str().unwrap().split_once("?jwt=").unwrap().1;
    let printed = shell(&server, &format!(r#"echo "{jwt}" | cut -d'.' -f2 | {{ base64 -d 2>/dev/null || true; }}"#));
    assert!(printed.contains("reflector-my-jitsi-room-"), "{printed}");
}

/// The claims of a token whose signature is checked with another implementation.
pub(crate) fn decoded(jwt: &str) -> Value {
    let script = r#"
import base64, hashlib, hmac, json, sys
head, body, signature = sys.argv[1].split(".")
pad = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
assert hmac.compare_digest(hmac.new(sys.argv[2].encode(), f"{head}.{body}".encode(), hashlib.sha256).digest(), pad(signature))
assert json.loads(pad(head)) == {"typ": "JWT", "alg": "HS256"}, pad(head)
print(pad(body).decode())
"#;
    let output = Command::new("python3").args(["-c", script, jwt, JWT_SECRET]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn the_health_check_has_its_four_fields() {
    let server = Start::default().run();
    let health = shell_json(&server, r#"curl "https://your-reflector-domain.com/v1/jitsi/health""#);
    let fields: Vec<&str> = health.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, ["service", "status", "timestamp", "webhook_secret_configured"]);
    assert_eq!(health["status"], "ok");
    assert_eq!(health["service"], "jitsi-webhooks");
    assert_eq!(health["webhook_secret_configured"], true);
    assert!(health["timestamp"].as_str().unwrap().ends_with('Z'));

    let bare = Start::bare().run();
    assert_eq!(bare.get("/v1/jitsi/health").await["webhook_secret_configured"], false);
}

#[tokio::test]
async fn an_event_is_signed_and_sent_as_printed() {
    let server = Start::default().run();
    let meeting = server.meeting("test-room").await;
    let name = meeting["room_name"].as_str().unwrap();
    let script = r#"# Generate proper signature
PAYLOAD='{"event":"muc-occupant-joined","room":"reflector-test-room-uuid","timestamp":"2025-01-15T10:30:00.000Z","data":{"user_id":"test-user","display_name":"Test User"}}'
SIGNATURE=$(echo -n "$PAYLOAD" | openssl dgst -sha256 -hmac "$JITSI_WEBHOOK_SECRET" | cut -d' ' -f2)
curl -X POST "https://your-reflector-domain.com/v1/jitsi/events" \
-H "Content-Type: application/json" \
-H "X-Jitsi-Signature: $SIGNATURE" \
-d "$PAYLOAD"
"#;
    let answer = shell_json(&server, script);
    assert_eq!(
        answer,
        serde_json::json!({ "status": "ok", "event": "muc-occupant-joined", "room": "reflector-test-room-uuid" })
    );
    // The room of the guide is one that nobody made: the event opened a meeting of its own.
    let found = server.get("/v1/meetings?q=reflector-test-room-uuid").await;
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    assert_eq!(found["items"][0]["ad_hoc"], true);

    // The same for a meeting that was made here, and the event as the guide shows a stored one.
    shell(&server, &script.replace("reflector-test-room-uuid", name));
    let id = meeting["id"].as_str().unwrap();
    let detail = shell_json(
        &server,
        &format!(
            "curl -H \"Authorization: Bearer $AUTH_TOKEN\" \\\n\"https://your-reflector-domain.com/v1/meetings/{id}\""
        ),
    );
    let stored = detail["events"].as_array().unwrap().iter().find(|event| event["type"] == "muc-occupant-joined");
    let stored = stored.unwrap();
    assert_eq!(
        stored["data"],
        serde_json::json!({
            "timestamp": "2025-01-15T10:30:00.000Z", "user_id": "test-user", "display_name": "Test User"
        })
    );
    assert_eq!(stored["source"], "jitsi");
    assert_eq!(detail["participants"][0]["name"], "Test User");
    assert_eq!(detail["participants"][0]["user_id"], "test-user");
}

#[tokio::test]
async fn the_way_to_debug_a_signature_works() {
    let server = Start::default().run();
    let answer = shell_json(
        &server,
        &format!(
            r#"# Test signature manually
PAYLOAD='{{"event":"test","room":"test","timestamp":"2025-01-15T10:30:00.000Z","data":{{}}}}'
SECRET="{WEBHOOK_SECRET}"
# Generate signature (should match X-Jitsi-Signature header)
echo -n "$PAYLOAD" | openssl dgst -sha256 -hmac "$SECRET" | cut -d' ' -f2 > /dev/null
# Test with curl
curl -X POST "https://your-reflector-domain.com/v1/jitsi/events" \
-H "Content-Type: application/json" \
-H "X-Jitsi-Signature: $(echo -n "$PAYLOAD" | openssl dgst -sha256 -hmac "$SECRET" | cut -d' ' -f2)" \
-d "$PAYLOAD" -v
"#
        ),
    );
    assert_eq!(answer["event"], "test");
    // An event of a kind that nobody knows is kept all the same.
    let log = server.get("/v1/events").await;
    assert!(log["items"].as_array().unwrap().iter().any(|event| event["type"] == "test"), "{log}");
}

#[tokio::test]
async fn a_finished_recording_is_told_as_printed() {
    let server = Start::default().run();
    let answer = shell_json(
        &server,
        r#"PAYLOAD='{"room_name":"reflector-test-room-uuid","recording_file":"/recordings/test.mp4","recording_status":"completed","timestamp":"2025-01-15T10:30:00.000Z"}'
SIGNATURE=$(echo -n "$PAYLOAD" | openssl dgst -sha256 -hmac "$JITSI_WEBHOOK_SECRET" | cut -d' ' -f2)
curl -X POST "https://your-reflector-domain.com/v1/jibri/recording-complete" \
-H "Content-Type: application/json" \
-H "X-Jitsi-Signature: $SIGNATURE" \
-d "$PAYLOAD"
"#,
    );
    assert_eq!(answer["status"], "ok");
    assert_eq!(answer["room_name"], "reflector-test-room-uuid");
    assert_eq!(answer["recording_file"], "/recordings/test.mp4");
    assert!(answer["message"].is_string());
}

/// The finalize script of the guide, as it stands there.
const FINALIZE: &str = r#"#!/bin/bash
# Jibri finalize script for Reflector integration
RECORDING_FILE="$1"
ROOM_NAME="$2"
REFLECTOR_API_URL="${REFLECTOR_API_URL:-http://localhost:1250}"
# Prepare webhook payload
TIMESTAMP=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
PAYLOAD=$(cat <<EOF
{
"room_name": "$ROOM_NAME",
"recording_file": "$RECORDING_FILE",
"recording_status": "completed",
"timestamp": "$TIMESTAMP"
}
EOF
)
# Generate signature
SIGNATURE=$(echo -n "$PAYLOAD" | openssl dgst -sha256 -hmac "$JITSI_WEBHOOK_SECRET" | cut -d' ' -f2)
# Send webhook to Reflector
curl -X POST "$REFLECTOR_API_URL/v1/jibri/recording-complete" \
-H "Content-Type: application/json" \
-H "X-Jitsi-Signature: $SIGNATURE" \
-d "$PAYLOAD"
echo "Recording finalization webhook sent for room: $ROOM_NAME"
"#;

#[tokio::test]
async fn the_finalize_script_works_as_printed_and_as_jibri_calls_it() {
    let recordings = tempfile::tempdir().unwrap();
    let session = recordings.path().join("8f2e");
    std::fs::create_dir(&session).unwrap();
    let metadata = r#"{"meeting_url":"https://meet.example.com/weekly-sync","participants":[]}"#;
    std::fs::write(session.join("metadata.json"), metadata).unwrap();
    std::fs::write(session.join("weekly-sync_2025-01-15-10-30-00.mp4"), b"moov").unwrap();
    let directories = format!("[recordings]\ndirectories = [\"{}\"]\n", recordings.path().display());
    let server = Start::default().config(&directories).run();
    let script = recordings.path().join("finalize.sh");
    std::fs::write(&script, FINALIZE).unwrap();
    let file = recordings.path().join("recording.mp4");

    let told = shell(&server, &format!("bash {} {} test-room", script.display(), file.display()));
    assert!(told.contains("\"status\":\"ok\""), "{told}");
    assert!(told.ends_with("Recording finalization webhook sent for room: test-room\n"), "{told}");

    // Jibri gives one argument, the directory; the room is in its metadata. The script then sends an empty name.
    let told = shell(&server, &format!("bash {} {}", script.display(), session.display()));
    assert!(told.contains("\"room_name\":\"weekly-sync\""), "{told}");
    let found = server.get("/v1/meetings?q=weekly-sync").await;
    let id = found["items"][0]["id"].as_str().unwrap();
    let recordings = &server.get(&format!("/v1/meetings/{id}")).await["recordings"];
    assert_eq!(recordings[0]["status"], "completed");
    assert_eq!(recordings[0]["file"], session.to_str().unwrap());
}

#[tokio::test]
async fn a_wrong_signature_is_refused_with_the_guides_words() {
    let server = Start::default().run();
    let body = r#"{"event":"muc-occupant-joined","room":"r","timestamp":"2025-01-15T10:30:00.000Z","data":{}}"#;
    for signature in [None, Some("00"), Some("zz"), Some("sha256=")] {
        let mut request = server.anonymous(reqwest::Method::POST, "/v1/jitsi/events").body(body);
        if let Some(signature) = signature {
            request = request.header("X-Jitsi-Signature", signature);
        }
        let refused = json(request.send().await.unwrap(), StatusCode::UNAUTHORIZED).await;
        assert_eq!(refused["detail"], "Invalid webhook signature");
    }
    // Before parsing: what is no JSON at all is refused for its signature.
    let refused = server.anonymous(reqwest::Method::POST, "/v1/jitsi/events").body("{").send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(server.get("/v1/events").await["items"].as_array().unwrap().len(), 0);
}
