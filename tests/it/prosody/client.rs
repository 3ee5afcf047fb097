//! An XMPP client that comes into a conference as Jitsi's does, with as much of XMPP as that takes.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::harness::now;

/// How long anything may take.
const SOON: Duration = Duration::from_secs(20);

/// Somebody who is logged in, and perhaps in a conference.
pub(crate) struct Client {
    socket: TcpStream,
    /// What came and was not asked for yet.
    heard: String,
    /// The JID that the server gave.
    pub(crate) jid: String,
    place: String,
}

impl Client {
    /// Logs in without an account.
    pub(crate) fn connect(port: u16, domain: &str) -> Result<Self, Lost> {
        let socket = TcpStream::connect(("127.0.0.1", port)).map_err(lost)?;
        socket.set_nodelay(true).map_err(lost)?;
        socket.set_read_timeout(Some(Duration::from_millis(50))).map_err(lost)?;
        let mut client = Self { socket, heard: String::new(), jid: String::new(), place: String::new() };
        let open = format!(
            "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' to='{domain}'>"
        );
        client.say(&open)?;
        client.hear("</stream:features>")?;
        client.say("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>")?;
        client.hear("<success")?;
        client.say(&open)?;
        client.hear("</stream:features>")?;
        client.say("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")?;
        let bound = client.hear("</jid>")?;
        client.jid = bound.rsplit_once("<jid>").unwrap().1.trim_end_matches("</jid>").to_owned();
        Ok(client)
    }

    /// Comes into a conference under a name, and waits until it is there.
    pub(crate) fn join(&mut self, conference: &str, resource: &str, name: &str) -> Result<(), Lost> {
        self.place = format!("{conference}/{resource}");
        self.say(&format!(
            "<presence to='{}'><x xmlns='http://jabber.org/protocol/muc'/>\
             <nick xmlns='http://jabber.org/protocol/nick'>{name}</nick></presence>",
            self.place
        ))?;
        self.hear("code='110'").map(drop)
    }

    /// Goes out of the conference.
    pub(crate) fn leave(&mut self) -> Result<(), Lost> {
        self.say(&format!("<presence to='{}' type='unavailable'/>", self.place))?;
        // One's own presence is the last that comes.
        self.hear("code='110'").map(drop)
    }

    /// Sends a stanza.
    pub(crate) fn say(&mut self, stanza: &str) -> Result<(), Lost> {
        self.socket.write_all(stanza.as_bytes()).map_err(lost)
    }

    /// Waits until `wanted` comes, and gives everything up to its end.
    pub(crate) fn hear(&mut self, wanted: &str) -> Result<String, Lost> {
        let begun = now();
        loop {
            if let Some(at) = self.heard.find(wanted) {
                let rest = self.heard.split_off(at + wanted.len());
                return Ok(std::mem::replace(&mut self.heard, rest));
            }
            assert!(begun.elapsed() < SOON, "{wanted} did not come, but: {}", self.heard);
            let mut bytes = [0; 4_096];
            match self.socket.read(&mut bytes) {
                Ok(0) => return Err(Lost(format!("closed before {wanted} came: {}", self.heard))),
                Ok(read) => self.heard.push_str(&String::from_utf8_lossy(&bytes[..read])),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => return Err(lost(error)),
            }
        }
    }
}

/// The connection is gone.
#[derive(Debug)]
pub(crate) struct Lost(#[expect(dead_code, reason = "shown where a test did not expect it")] String);

fn lost(error: std::io::Error) -> Lost {
    Lost(error.to_string())
}
