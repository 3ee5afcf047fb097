//! Somebody who opens a link as a browser does: the link's room and token go to Prosody's WebSocket, then into the
//! conference, as Jitsi's client sends them.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::server::DOMAIN;

/// How long anything may take.
const SOON: Duration = Duration::from_secs(20);

/// Why somebody is not let in, in Prosody's words.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// They could not log in.
    Login(String),
    /// They could, and the room is closed to them.
    Room(String),
}

/// Somebody in a conference.
#[derive(Debug)]
pub(crate) struct Guest {
    socket: TcpStream,
    room: String,
    pub(crate) role: String,
    pub(crate) affiliation: String,
}

/// What stands between two texts.
fn between<'t>(text: &'t str, from: &str, to: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(from)?;
    rest.split_once(to).map(|(found, _)| found)
}

/// The first text element of a stanza, as it is read by people.
fn text(stanza: &str) -> String {
    let element = stanza.split_once("<text").map(|(_, rest)| rest).unwrap_or_default();
    between(element, ">", "<").unwrap_or_default().replace("&apos;", "'").replace("&amp;", "&")
}

impl Guest {
    /// Opens a link.
    pub(crate) fn open(port: u16, link: &str) -> Result<Self, Refused> {
        let (_, rest) = link.split_once("://").unwrap();
        let (_, path) = rest.split_once('/').unwrap();
        let (room, query) = path.split_once('?').unwrap_or((path, ""));
        let token = query.split('&').find_map(|pair| pair.strip_prefix("jwt="));
        Self::enter(port, &room.to_lowercase(), token, "")
    }

    /// Goes into a room with a token, or without; `headers` are further ones of the request.
    pub(crate) fn enter(port: u16, room: &str, token: Option<&str>, headers: &str) -> Result<Self, Refused> {
        let socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
        socket.set_read_timeout(Some(SOON)).unwrap();
        let place = format!("{room}@conference.{DOMAIN}");
        let mut guest = Self { socket, room: place, role: String::new(), affiliation: String::new() };
        let token = token.map(|token| format!("&token={token}")).unwrap_or_default();
        guest.upgrade(&format!("/xmpp-websocket?room={room}{token}"), headers);
        guest.log_in()?;
        guest.join()?;
        Ok(guest)
    }

    fn upgrade(&mut self, path: &str, headers: &str) {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {DOMAIN}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: xmpp\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
        );
        self.socket.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(self.byte());
        }
        let answer = String::from_utf8_lossy(&answer);
        // The digest that goes with this key (RFC 6455, 1.3).
        assert!(answer.starts_with("HTTP/1.1 101") && answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{answer}");
    }

    fn log_in(&mut self) -> Result<(), Refused> {
        let open = format!("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='{DOMAIN}' version='1.0'/>");
        self.say(&open);
        self.hear("features");
        self.say("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>");
        let answer = self.hear("urn:ietf:params:xml:ns:xmpp-sasl");
        if answer.starts_with("<failure") {
            return Err(Refused::Login(text(&answer)));
        }
        self.say(&open);
        self.hear("features");
        self.say(
            "<iq xmlns='jabber:client' type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>",
        );
        self.hear("<jid>");
        Ok(())
    }

    fn join(&mut self) -> Result<(), Refused> {
        let place = format!("{}/guest-{}", self.room, self.socket.local_addr().unwrap().port());
        self.say(&format!(
            "<presence xmlns='jabber:client' to='{place}'><x xmlns='http://jabber.org/protocol/muc'/></presence>"
        ));
        loop {
            let answer = self.hear("<presence");
            if answer.contains("type='error'") {
                return Err(Refused::Room(text(&answer)));
            }
            if answer.contains("code='110'") {
                let said = |name: &str| between(&answer, &format!("{name}='"), "'").unwrap().to_owned();
                (self.role, self.affiliation) = (said("role"), said("affiliation"));
                return Ok(());
            }
        }
    }

    /// Asks for a recording, and gives the condition with which it is refused.
    pub(crate) fn record(&mut self) -> Result<(), String> {
        self.say(&format!(
            "<iq xmlns='jabber:client' type='set' id='record' to='{}/focus'>\
             <jibri xmlns='http://jitsi.org/protocol/jibri' action='start' recording_mode='file'/></iq>",
            self.room
        ));
        let answer = self.hear("id='record'");
        if answer.contains("type='result'") {
            return Ok(());
        }
        let condition = answer.split_once("<error").and_then(|(_, rest)| rest.split_once("><")).unwrap().1;
        Err(condition.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect())
    }

    /// Sends a stanza, as one masked message.
    fn say(&mut self, stanza: &str) {
        const MASK: [u8; 4] = [1, 2, 3, 4];
        let mut frame = vec![0x81];
        match u16::try_from(stanza.len()).unwrap() {
            short @ 0..126 => frame.push(0x80 | short as u8),
            long => {
                frame.push(0x80 | 126);
                frame.extend(long.to_be_bytes());
            }
        }
        frame.extend(MASK);
        frame.extend(stanza.bytes().zip(MASK.into_iter().cycle()).map(|(byte, mask)| byte ^ mask));
        self.socket.write_all(&frame).unwrap();
    }

    /// Waits for the message in which `wanted` is; others are passed over.
    fn hear(&mut self, wanted: &str) -> String {
        loop {
            let message = self.message();
            if message.contains(wanted) {
                return message;
            }
        }
    }

    fn message(&mut self) -> String {
        let head = [self.byte(), self.byte()];
        assert_eq!(head[0], 0x81, "a whole text message");
        let length = match head[1] {
            126 => usize::from(u16::from_be_bytes([self.byte(), self.byte()])),
            short => usize::from(short),
        };
        let mut bytes = vec![0; length];
        self.socket.read_exact(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    fn byte(&mut self) -> u8 {
        let mut byte = [0];
        self.socket.read_exact(&mut byte).expect("an answer within 20 s");
        byte[0]
    }
}
