//! How a person gets in: an account with a password made up for it, a link for an account of their own, a token, and the
//! text that tells of them.

use std::path::Path;

use data_encoding::BASE32_NOPAD;
use serde_json::{Value, json};

use super::DemoError;
use super::outside::{Outside, Way};
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::server::InProcess;

/// The name of the account.
const NAME: &str = "demo";
/// The bytes of chance in its password: 80 bits, which nobody guesses as long as a demonstration lasts.
const PASSWORD_BYTES: usize = 10;

/// What opens the doors.
#[derive(Debug)]
pub(super) struct Keys {
    password: String,
    /// The end of a set-up link.
    invitation: String,
    /// A token that may do everything.
    token: String,
    /// The simulator's token.
    pub(super) simulator: String,
}

impl Keys {
    /// Makes them, in the store of a server that does not run yet.
    pub(super) async fn make(config: &Config, data: &Path, clock: &Clock, ids: &Ids) -> Result<Self, DemoError> {
        let server = InProcess::open_unsynced(config.clone(), data, clock.clone(), ids.clone())?;
        let outside = Outside { way: Way::InProcess(server), webhook_secret: String::new() };
        let text = |answer: &Value, key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let last_part = |link: String| link.rsplit('/').next().unwrap_or_default().to_owned();
        let token = async |name: &str, scopes: Value| {
            let made = outside.call("POST", "/v1/tokens", &json!({ "name": name, "scopes": scopes })).await?;
            Ok::<_, DemoError>(text(&made, "token"))
        };
        let simulator = token("simulator", json!(["meetings:write"])).await?;
        let token = token("curl", json!(["admin"])).await?;
        let password = password(ids)?;
        let invited = outside.call("POST", "/v1/users", &json!({ "name": NAME })).await?;
        let account = json!({ "name": NAME, "password": password, "token": last_part(text(&invited, "setup_link")) });
        outside.call("POST", "/v1/setup", &account).await?;
        // Choosing a password logs in; nobody is there to log out.
        let sessions = outside.call("GET", "/v1/sessions", &Value::Null).await?;
        for session in sessions.get("items").and_then(Value::as_array).into_iter().flatten() {
            outside.call("DELETE", &format!("/v1/sessions/{}", text(session, "id")), &Value::Null).await?;
        }
        let link = outside.call("POST", "/v1/setup-links", &Value::Null).await?;
        let invitation = last_part(text(&link, "setup_link"));
        if let Way::InProcess(server) = outside.way {
            server.close().await;
        }
        Ok(Self { password, invitation, token, simulator })
    }

    /// What a person reads who has just started it. `base` is where the server is.
    pub(super) fn text(&self, base: &str, directory: &Path, is_live: bool) -> String {
        let Self { password, invitation, token, .. } = self;
        let (what, live) = if is_live {
            ("A week of invented meetings, and people who come and go while you watch.", "")
        } else {
            ("A week of invented meetings, standing still.", " (--no-live)")
        };
        format!(
            "
{what}{live}

  Console    {base}/admin/
  Log in     {NAME}  {password}
  Or once    {base}/admin/#/setup/{invitation}
             an account of your own, within 30 minutes
  API        {base}/docs

Try the API:

  TOKEN={token}
  curl -H \"Authorization: Bearer $TOKEN\" \"{base}/v1/meetings?limit=3\"
  curl -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' \\
       -d '{{\"name\":\"my-room\"}}' {base}/v1/rooms

Nothing is kept: all of it lies in {} and goes when you stop it with Ctrl-C.
",
            directory.display()
        )
    }
}

/// A password that can be read and typed.
fn password(ids: &Ids) -> Result<String, DemoError> {
    let letters = BASE32_NOPAD.encode(&ids.bytes::<PASSWORD_BYTES>()?).to_lowercase();
    let groups: Vec<String> = letters.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into()).collect();
    Ok(groups.join("-"))
}
