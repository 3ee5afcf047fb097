//! XMPP over HTTP (BOSH, XEP-0124 and XEP-0206), as a client of Jitsi speaks it: which body to send next, and what the
//! answer says. Nothing here knows the network.

use quick_xml::escape::escape;

use super::xml::Element;

const NS: &str = "http://jabber.org/protocol/httpbind";
/// How long, in seconds, an answer may be held back while there is nothing to say.
const WAIT_SECONDS: u64 = 1;

/// Where a client is in its talk with a server.
#[derive(Debug)]
pub(crate) struct Talk {
    /// The XMPP domain.
    domain: String,
    /// The number of the next request.
    request: u64,
    session: Option<String>,
}

/// What an answer holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// These stanzas; there may be none.
    Stanzas(Vec<Element>),
    /// The server ended the talk, for this reason.
    Ended(String),
    /// It is no answer of such a server.
    Nonsense,
}

impl Talk {
    /// A talk that begins; `chance` makes the numbers of its requests hard to guess.
    pub(crate) fn new(domain: &str, chance: [u8; 4]) -> Self {
        Self { domain: domain.to_owned(), request: u64::from(u32::from_be_bytes(chance)), session: None }
    }

    /// The body that begins the talk; and once more after the login.
    pub(crate) fn open(&mut self) -> String {
        let to = escape(self.domain.as_str()).into_owned();
        let xmpp = format!("to='{to}' xml:lang='en' xmpp:version='1.0' xmlns:xmpp='urn:xmpp:xbosh'");
        match self.session.is_some() {
            true => self.body(&format!("{xmpp} xmpp:restart='true'"), ""),
            false => self.body(&format!("{xmpp} ver='1.6' hold='1' wait='{WAIT_SECONDS}'"), ""),
        }
    }

    /// The body that says this; or nothing, to hear what there is.
    pub(crate) fn say(&mut self, stanza: &str) -> String {
        self.body("", stanza)
    }

    /// The body that ends the talk with these words.
    pub(crate) fn close(&mut self, stanza: &str) -> String {
        self.body("type='terminate'", stanza)
    }

    fn body(&mut self, attributes: &str, inside: &str) -> String {
        let request = self.request;
        self.request += 1;
        let session = self.session.as_deref().map(|sid| format!(" sid='{}'", escape(sid))).unwrap_or_default();
        format!("<body xmlns='{NS}' rid='{request}'{session} {attributes}>{inside}</body>")
    }

    /// Reads an answer.
    pub(crate) fn hear(&mut self, answer: &str) -> Heard {
        let Ok(body) = Element::read(answer) else { return Heard::Nonsense };
        if body.name != "body" {
            return Heard::Nonsense;
        }
        if body.attribute("type") == Some("terminate") {
            return Heard::Ended(body.attribute("condition").unwrap_or("without a reason").to_owned());
        }
        if let Some(session) = body.attribute("sid") {
            self.session = Some(session.to_owned());
        }
        Heard::Stanzas(body.children)
    }
}

/// What Jitsi's client says, in this order.
pub(crate) mod say {
    use quick_xml::escape::escape;

    /// Logs in with the token that the address carries.
    pub(crate) const AUTHENTICATE: &str = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>";
    /// Takes an address.
    pub(crate) const BIND: &str =
        "<iq xmlns='jabber:client' type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>";

    /// Has Jicofo make the conference.
    pub(crate) fn conference(focus: &str, room: &str) -> String {
        let (focus, room) = (escape(focus), escape(room));
        format!(
            "<iq xmlns='jabber:client' type='set' id='conference' to='{focus}'>\
             <conference xmlns='http://jitsi.org/protocol/focus' room='{room}' machine-uid='reflector'/></iq>"
        )
    }

    /// Goes into the conference.
    pub(crate) fn join(occupant: &str) -> String {
        let occupant = escape(occupant);
        format!(
            "<presence xmlns='jabber:client' to='{occupant}'><x xmlns='http://jabber.org/protocol/muc'/>\
             <nick xmlns='http://jabber.org/protocol/nick'>reflector doctor</nick></presence>"
        )
    }

    /// Goes out of it.
    pub(crate) fn leave(occupant: &str) -> String {
        format!("<presence xmlns='jabber:client' to='{}' type='unavailable'/>", escape(occupant))
    }
}

/// What became of going into a conference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entered {
    /// One is in, with this role.
    As {
        /// `moderator`, `participant`, …
        role: String,
    },
    /// One is not let in: what the server says, or the condition that it names.
    Refused(String),
}

/// What a presence says of going into a conference; nothing where it is about somebody else.
pub(crate) fn entered(stanza: &Element) -> Option<Entered> {
    if stanza.name != "presence" {
        return None;
    }
    if stanza.attribute("type") == Some("error") {
        return Some(Entered::Refused(reason(stanza)));
    }
    let status = |x: &&Element| x.children.iter().any(|child| child.attribute("code") == Some("110"));
    let own = stanza.children.iter().find(status)?;
    let role = own.child("item").and_then(|item| item.attribute("role")).unwrap_or("none");
    Some(Entered::As { role: role.to_owned() })
}

/// Why something was refused: the words of the server, else the condition.
pub(crate) fn reason(stanza: &Element) -> String {
    let error = stanza.child("error").unwrap_or(stanza);
    let words = error.child("text").map(|text| text.text.trim()).filter(|text| !text.is_empty());
    let condition = error.children.iter().map(|child| child.name.as_str()).find(|name| *name != "text");
    words.or(condition).unwrap_or("without a reason").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(text: &str) -> Element {
        Element::read(text).unwrap()
    }

    #[test]
    fn requests_count_up_and_carry_the_session() {
        let mut talk = Talk::new("meet.example.com", [0, 0, 0, 7]);
        let first = talk.open();
        assert!(first.contains(" rid='7' to='meet.example.com' ") && first.contains(" wait='1'"), "{first}");
        assert_eq!(talk.hear("<body sid='s&apos;1'><features/></body>"), Heard::Stanzas(vec![element("<features/>")]));
        assert!(talk.open().contains(" rid='8' sid='s&apos;1' to='meet.example.com' "));
        assert_eq!(talk.say("<a/>"), format!("<body xmlns='{NS}' rid='9' sid='s&apos;1' ><a/></body>"));
        assert!(talk.close("").contains(" rid='10' sid='s&apos;1' type='terminate'>"));
        assert_eq!(talk.hear("<body type='terminate' condition='host-unknown'/>"), Heard::Ended("host-unknown".into()));
        for answer in ["<html/>", "404 page not found", ""] {
            assert_eq!(talk.hear(answer), Heard::Nonsense, "{answer}");
        }
    }

    #[test]
    fn presences_tell_who_is_let_in() {
        let own = "<presence><x><item affiliation='owner' role='moderator'/><status code='110'/></x></presence>";
        assert_eq!(entered(&element(own)), Some(Entered::As { role: "moderator".to_owned() }));
        assert_eq!(entered(&element("<presence><x><item role='participant'/></x></presence>")), None);
        assert_eq!(entered(&element("<message/>")), None);
        let refused = |inside: &str| entered(&element(&format!("<presence type='error'>{inside}</presence>")));
        let with_words = "<error><not-allowed/><text>Room and token mismatched</text></error>";
        assert_eq!(refused(with_words), Some(Entered::Refused("Room and token mismatched".to_owned())));
        assert_eq!(refused("<error><not-allowed/></error>"), Some(Entered::Refused("not-allowed".to_owned())));
        assert_eq!(reason(&element("<failure><not-allowed/><text>token required</text></failure>")), "token required");
    }

    #[test]
    fn what_is_said_is_xml() {
        for stanza in [
            say::AUTHENTICATE.to_owned(),
            say::BIND.to_owned(),
            say::conference("focus.a'b", "r<@c"),
            say::join("r@c/n'"),
            say::leave("r@c/n&"),
        ] {
            assert!(Element::read(&stanza).is_ok(), "{stanza}");
        }
        assert_eq!(element(&say::conference("focus.a'b", "r")).attribute("to"), Some("focus.a'b"));
    }
}
