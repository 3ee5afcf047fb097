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

    /// Breaks the connection off, as a machine that dies does.
    pub(crate) fn cut(&self) {
        let _ = self.socket.shutdown(std::net::Shutdown::Both);
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
            self.listen()?;
        }
    }

    /// The next stanza, if one comes soon. What comes before it is gone with it.
    pub(crate) fn stanza(&mut self) -> Result<Option<String>, Lost> {
        if let Some(end) = end_of_stanza(&self.heard) {
            let rest = self.heard.split_off(end);
            return Ok(Some(std::mem::replace(&mut self.heard, rest)));
        }
        self.listen().map(|()| None)
    }

    /// Whether anything came that nobody waited for and that has `text` in it.
    pub(crate) fn has_heard(&mut self, text: &str) -> Result<bool, Lost> {
        self.listen()?;
        Ok(self.heard.contains(text))
    }

    /// Takes what there is, and waits for a moment where there is nothing.
    fn listen(&mut self) -> Result<(), Lost> {
        let mut bytes = [0; 4_096];
        match self.socket.read(&mut bytes) {
            Ok(0) => Err(Lost(format!("closed after: {}", self.heard))),
            Ok(read) => {
                self.heard.push_str(&String::from_utf8_lossy(&bytes[..read]));
                Ok(())
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Ok(()),
            Err(error) => Err(lost(error)),
        }
    }
}

/// Where the first whole element ends. Prosody writes no comments, no processing instructions, and `>` as `&gt;`.
fn end_of_stanza(text: &str) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(opens) = text[at..].find('<').map(|found| at + found) {
        let closes = text[opens..].find('>').map(|found| opens + found)?;
        at = closes + 1;
        if text[opens..].starts_with("</") {
            depth = depth.saturating_sub(1);
        } else if !text[..closes].ends_with('/') {
            depth += 1;
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// The connection is gone.
#[derive(Debug)]
pub(crate) struct Lost(#[expect(dead_code, reason = "shown where a test did not expect it")] String);

fn lost(error: std::io::Error) -> Lost {
    Lost(error.to_string())
}
