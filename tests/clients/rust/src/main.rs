//! A day with the Rust client that progenitor makes of the document.

mod client {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}

use std::error::Error;

use client::{Client, types};
use reqwest::header::{AUTHORIZATION, HeaderMap};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, format!("Bearer {}", std::env::var("REFLECTOR_TOKEN")?).parse()?);
    let http = reqwest::Client::builder().default_headers(headers).build()?;
    let client = Client::new_with_client(&std::env::var("REFLECTOR_URL")?, http);

    let new: types::CreateRoom = serde_json::from_value(serde_json::json!({ "name": "rust-room" }))?;
    let room = client.create_room(None, &new).await?.into_inner();
    assert_eq!(room.name.to_string(), "rust-room");
    let start: types::StartMeetingRequest = serde_json::from_str("{}")?;
    let meeting = client.start_meeting("rust-room", None, &start).await?.into_inner();
    assert!(meeting.room_url.contains("?jwt=") && meeting.ended_at.is_none());

    let listed = client.list_meetings(Some(true), None, None, None, None, None, Some("rust-room"), None).await?;
    assert!(listed.items.iter().any(|other| other.id == meeting.id));
    let detail = client.get_meeting(&meeting.id).await?;
    assert!(detail.is_active && detail.participants.is_empty());
    assert!(client.get_attendance(&meeting.id, None, None).await?.items.is_empty());

    client.delete_room("rust-room").await?;
    let Err(missing) = client.get_room("rust-room").await else { return Err("the room is still there".into()) };
    assert_eq!(missing.status(), Some(reqwest::StatusCode::NOT_FOUND));
    println!("ok");
    Ok(())
}
