//! Links for one person: how the meeting looks for them, the same words for both platforms; and what shows it in a page.

use reqwest::{Method, StatusCode, Url};
use serde_json::{Value, json};

use crate::harness::{Server, Start, json as answer, problem};
use crate::whereby::fake::{API_KEY, Fake};
use crate::whereby::{SECRET, rooms};

async fn at_whereby(fake: &Fake) -> (Server, String) {
    let server = Start::default()
        .env("WHEREBY_WEBHOOK_SECRET", SECRET)
        .env("WHEREBY_API_KEY", API_KEY)
        .env("WHEREBY_API_URL", &fake.url)
        .run();
    rooms::room(&server, "x").await;
    let meeting = rooms::started(&server, "x").await;
    (server, meeting["id"].as_str().unwrap().to_owned())
}

async fn join(server: &Server, id: &str, more: Value) -> Value {
    let mut body = json!({ "display_name": "Ada \"<b>&'", "user_id": "u-1" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    answer(server.post(&format!("/v1/meetings/{id}/join"), &body).await, StatusCode::OK).await
}

/// What is wrong with these options, by field.
async fn refused(server: &Server, id: &str, options: Value, moderator: bool) -> Vec<(String, String)> {
    let body = json!({ "display_name": "Ada", "moderator": moderator, "options": options });
    let refused = server.post(&format!("/v1/meetings/{id}/join"), &body).await;
    let told = problem(refused, StatusCode::UNPROCESSABLE_ENTITY).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    told["errors"].as_array().unwrap().iter().map(|error| (text(&error["field"]), text(&error["detail"]))).collect()
}

/// The tags of some HTML, each with its attributes, read as strictly as none of ours needs more.
fn tags(html: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '/').unwrap();
        let (name, mut inside) = after.split_at(end);
        let mut attributes = Vec::new();
        while let Some(attribute) = inside.strip_prefix(' ') {
            let (key, value) = attribute.split_once("=\"").unwrap();
            let (value, left) = value.split_once('"').unwrap();
            assert!(!value.contains(['<', '>']) && key.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{html}");
            let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
            let plain = entities.iter().fold(value.to_owned(), |text, (entity, c)| text.replace(entity, c));
            attributes.push((key.to_owned(), plain));
            inside = left;
        }
        rest = inside.strip_prefix('>').unwrap_or_else(|| panic!("{html}"));
        tags.push((name.to_owned(), attributes));
    }
    tags
}

fn attribute<'t>(tags: &'t [(String, Vec<(String, String)>)], tag: &str, key: &str) -> &'t str {
    let (_, attributes) = tags.iter().find(|(name, _)| name == tag).unwrap_or_else(|| panic!("no {tag} in {tags:?}"));
    &attributes.iter().find(|(name, _)| name == key).unwrap_or_else(|| panic!("no {key} in {tags:?}")).1
}

#[tokio::test]
async fn a_link_to_whereby_says_how_the_meeting_looks() {
    let fake = Fake::start();
    let (server, id) = at_whereby(&fake).await;
    let options = json!({
        "topToolbar": "on", "minimal": true, "chat": true, "video": "off", "lang": "de", "autoSpotlight": true,
        "groups": ["red team", "blue"], "avatarUrl": "https://a.example/ada.png", "other": { "reactions": "off" },
        "floatSelf": false, "timer": null,
    });
    let link = join(&server, &id, json!({ "moderator": true, "options": options })).await;
    let url = Url::parse(link["url"].as_str().unwrap()).unwrap();
    let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let known: Vec<(&str, &str)> = query
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| !["roomKey", "metadata"].contains(name))
        .collect();
    assert_eq!(query[0].0, "roomKey", "the key stays where it is");
    assert_eq!(
        known,
        [
            ("displayName", "Ada \"b&'"),
            ("externalId", "u-1"),
            ("avatarUrl", "https://a.example/ada.png"),
            ("autoSpotlight", ""),
            ("chat", "on"),
            ("groups", "red team,blue"),
            ("lang", "de"),
            ("minimal", ""),
            ("topToolbar", "on"),
            ("video", "off"),
            ("reactions", "off"),
        ]
    );
    assert!(url.as_str().contains("&minimal&topToolbar=on&"), "a flag is bare: {url}");
    assert_eq!(link["ignored_options"], json!([]));
    // In a page.
    let frame = tags(link["embed"]["iframe"].as_str().unwrap());
    assert_eq!(attribute(&frame, "iframe", "src"), url.as_str());
    for feature in ["camera", "microphone", "display-capture", "fullscreen", "autoplay", "compute-pressure"] {
        assert!(attribute(&frame, "iframe", "allow").split("; ").any(|allowed| allowed == feature), "{feature}");
    }
    let script = tags(link["embed"]["script"].as_str().unwrap());
    assert_eq!(attribute(&script, "whereby-embed", "room"), url.as_str());
    assert_eq!(attribute(&script, "script", "src"), "https://cdn.srv.whereby.com/embed/v3-embed.js");
    let plain = server.get(&format!("/v1/meetings/{id}/embed")).await;
    let frame = tags(plain["iframe"].as_str().unwrap());
    assert_eq!(attribute(&frame, "iframe", "src"), plain["url"].as_str().unwrap());
    assert!(!plain.to_string().contains("roomKey"), "a guest's page makes nobody a host: {plain}");
}

#[tokio::test]
async fn what_an_option_cannot_be_is_told_by_its_name() {
    let fake = Fake::start();
    let (server, id) = at_whereby(&fake).await;
    let meeting = server.meeting("y").await;
    for id in [id.as_str(), meeting["id"].as_str().unwrap()] {
        for (options, field, detail) in [
            (json!({ "chat": "yes" }), "options.chat", "must be one of: on, off"),
            (json!({ "audio": "on" }), "options.audio", "must be one of: off"),
            (
                json!({ "cameraEffect": "sepia" }),
                "options.cameraEffect",
                "must be one of: slight-blur, blur, image-cabin",
            ),
            (json!({ "minimal": "on" }), "options.minimal", "must be true or false"),
            (json!({ "colour": "red" }), "options.colour", "is not known here"),
            (json!({ "metadata": "x" }), "options.metadata", "user_id"),
            (json!({ "other": { "roomKey": "x" } }), "options.other", "not roomKey"),
            (json!({ "audioDenoiser": "on", "aec": "off" }), "options.audioDenoiser", "needs aec, which is off"),
            (json!({ "breakout": "on" }), "options.breakout", "is for hosts only"),
        ] {
            let bad = refused(&server, id, options, false).await;
            assert!(bad.len() == 1 && bad[0].0 == field && bad[0].1.contains(detail), "{bad:?}");
        }
        let all = refused(&server, id, json!({ "chat": 1, "lang": "ja", "breakout": "on" }), false).await;
        let fields: Vec<&str> = all.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["options.breakout", "options.chat", "options.lang"]);
    }
    let body = json!({ "display_name": "Ada", "avatar": "https://a/b", "options": { "avatarUrl": "https://a/b" } });
    let twice = problem(server.post(&format!("/v1/meetings/{id}/join"), &body).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(twice.await["errors"][0]["field"], "options.avatarUrl");
    let list = json!({ "display_name": "Ada", "options": [] });
    problem(server.post(&format!("/v1/meetings/{id}/join"), &list).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    // The document has the same words.
    let schema = server.get("/openapi.json").await["components"]["schemas"]["JoinOptions"].clone();
    assert_eq!(schema["properties"]["audio"]["enum"], json!(["off", null]));
    assert!(schema["properties"].as_object().unwrap().len() > 45, "{schema}");
}

#[tokio::test]
async fn the_same_words_set_jitsis_client() {
    let server = Start::default().run();
    let meeting = server.meeting("x").await;
    let id = meeting["id"].as_str().unwrap();
    let options = json!({
        "audio": "off", "precallReview": "off", "screenshare": "off", "lang": "jp", "avatarUrl": "https://a.example/ada.png",
        "virtualBackgroundUrl": "https://a.example/b.png", "floatSelf": true, "other": { "reactions": "off" },
    });
    let link = join(&server, id, json!({ "options": options })).await;
    assert_eq!(link["ignored_options"], json!(["floatSelf", "other", "virtualBackgroundUrl"]));
    let url = Url::parse(link["url"].as_str().unwrap()).unwrap();
    assert_eq!(url.query_pairs().find(|(name, _)| name == "lang").unwrap().1, "ja");
    // As Jitsi's client reads what stands behind the mark: each value is JSON.
    let plain = Url::parse(&format!("https://a/?{}", url.fragment().unwrap())).unwrap();
    let config: Vec<(String, Value)> =
        plain.query_pairs().map(|(path, value)| (path.into_owned(), serde_json::from_str(&value).unwrap())).collect();
    assert_eq!(config[0], ("config.prejoinConfig.enabled".to_owned(), json!(false)));
    assert_eq!(config[1], ("config.startWithAudioMuted".to_owned(), json!(true)));
    assert_eq!(config[2].0, "config.toolbarButtons");
    let buttons = config[2].1.as_array().unwrap();
    assert!(!buttons.contains(&json!("desktop")) && buttons.contains(&json!("chat")), "{buttons:?}");
    let claims = crate::guide_j::decoded(link["jwt"].as_str().unwrap());
    assert_eq!(claims["context"]["user"]["avatar"], "https://a.example/ada.png");
    // In a page: the frame, and Jitsi's own script with the same in its own form.
    let frame = tags(link["embed"]["iframe"].as_str().unwrap());
    assert_eq!(attribute(&frame, "iframe", "src"), url.as_str());
    let script = tags(link["embed"]["script"].as_str().unwrap());
    assert_eq!(attribute(&script, "script", "src"), "https://meet.example.com/external_api.js");
    assert_eq!(attribute(&script, "div", "data-domain"), "meet.example.com");
    let given: Value = serde_json::from_str(attribute(&script, "div", "data-options")).unwrap();
    assert_eq!(
        (&given["roomName"], &given["jwt"], &given["lang"]),
        (&meeting["room_name"], &link["jwt"], &json!("ja"))
    );
    assert_eq!(given["configOverwrite"]["prejoinConfig"], json!({ "enabled": false }));
    assert_eq!(given["configOverwrite"]["toolbarButtons"], config[2].1);
    // Nothing is ignored where nothing was asked for, and the address is as short as before.
    let plain = join(&server, id, json!({})).await;
    assert_eq!((&plain["ignored_options"], plain["url"].as_str().unwrap().contains('#')), (&json!([]), false));
    let request = server.request(Method::GET, &format!("/v1/meetings/{id}/embed"));
    assert!(answer(request.send().await.unwrap(), StatusCode::OK).await["script"].is_string());
}
