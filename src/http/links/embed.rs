//! HTML that shows a meeting in a page of somebody's own. What is not ours stands in attributes only, where it is escaped.

use serde_json::{Map, Value, json};

use crate::domain::meeting::{JitsiFrame, Link};
use crate::http::page::html::Html;

/// What a page must let its frame do, as each platform's own script does.
const WHEREBY_ALLOW: &str = "autoplay; camera; microphone; fullscreen; speaker; display-capture; media-capture; \
                             compute-pressure; screen-wake-lock";
const JITSI_ALLOW: &str = "autoplay; camera; clipboard-write; compute-pressure; display-capture; fullscreen; hid; \
                           microphone; screen-wake-lock; speaker-selection";
/// The only hosts whose rooms Whereby's component shows.
const WHEREBY_HOSTS: &str = ".whereby.com";

/// A frame.
pub(super) fn iframe(link: &Link) -> String {
    let allow = if link.frame.is_some() { JITSI_ALLOW } else { WHEREBY_ALLOW };
    Html::default()
        .raw("<iframe src=\"")
        .text(&link.url)
        .raw("\" allow=\"")
        .raw(allow)
        .raw("\" title=\"Meeting\" style=\"width: 100%; height: 40rem; border: 0\"></iframe>\n")
        .finish()
}

/// The same by the platform's own script.
pub(super) fn script(link: &Link) -> Option<String> {
    match &link.frame {
        Some(frame) => Some(jitsi(frame, link.jwt.as_deref())),
        None => is_whereby(&link.url).then(|| whereby(&link.url)),
    }
}

fn jitsi(frame: &JitsiFrame, jwt: Option<&str>) -> String {
    let options = json!({
        "roomName": frame.path,
        "jwt": jwt,
        "lang": frame.language,
        "configOverwrite": nested(&frame.config),
        "width": "100%",
        "height": "100%",
    });
    let source = format!("https://{}/external_api.js", frame.domain);
    Html::default()
        .raw("<div id=\"meeting\" style=\"height: 40rem\" data-domain=\"")
        .text(&frame.domain)
        .raw("\" data-options=\"")
        .text(&options.to_string())
        .raw("\"></div>\n<script src=\"")
        .text(&source)
        .raw(
            "\"></script>\n<script>\n  const parentNode = document.getElementById(\"meeting\");\n  \
             const options = { ...JSON.parse(parentNode.dataset.options), parentNode };\n  \
             const meeting = new JitsiMeetExternalAPI(parentNode.dataset.domain, options);\n</script>\n",
        )
        .finish()
}

/// Settings as the objects that their paths lead through.
fn nested(config: &[(&'static str, Value)]) -> Value {
    let mut settings = Map::new();
    for (path, value) in config {
        put(&mut settings, path, value.clone());
    }
    Value::Object(settings)
}

fn put(object: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => drop(object.insert(path.to_owned(), value)),
        Some((first, rest)) => {
            if let Value::Object(inner) = object.entry(first).or_insert_with(|| json!({})) {
                put(inner, rest, value);
            }
        }
    }
}

fn whereby(url: &str) -> String {
    Html::default()
        .raw("<script type=\"module\" src=\"https://cdn.srv.whereby.com/embed/v3-embed.js\"></script>\n<whereby-embed room=\"")
        .text(url)
        .raw("\" style=\"width: 100%; height: 40rem\"></whereby-embed>\n")
        .finish()
}

/// Whether Whereby's component takes the address.
fn is_whereby(url: &str) -> bool {
    let host = url.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
    host.is_some_and(|host| host.ends_with(WHEREBY_HOSTS))
}
