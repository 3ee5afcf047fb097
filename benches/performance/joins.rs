//! Whether Prosody answers who joins as fast with our module as without it: two conference services in one Prosody, in
//! turns, with the real program taking the events. It needs Debian's `prosody`.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::rig::{SECRET, Server, directory};
use crate::table::{Table, Wanted, median};

const DOMAIN: &str = "meet.bench.test";
/// People of one meeting, who come one after another and leave again.
const PEOPLE: usize = 10;
/// How often they come, in turns with and without the module; and how often before it is measured.
const ROUNDS: usize = 40;
const WARM_UP: usize = 5;
/// Between two people: as long as it takes Prosody to be quiet again.
const APART: Duration = Duration::from_millis(5);

pub(crate) fn run(table: &mut Table) {
    let data = directory();
    let server = Server::start_with(data.path(), &[("JITSI_WEBHOOK_SECRET", SECRET), ("JITSI_DOMAIN", DOMAIN)]);
    let place = directory();
    let prosody = Prosody::start(place.path(), server.address);
    let mut people: Vec<Client> = (0..PEOPLE).map(|_| Client::connect(prosody.port)).collect();
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for round in 0..WARM_UP + ROUNDS {
        // Who is first in a round is second in the next.
        let order = if round % 2 == 0 { ["with", "without"] } else { ["without", "with"] };
        for service in order {
            let seen = meet(&mut people, service, round);
            if round >= WARM_UP {
                if service == "with" { &mut with } else { &mut without }.extend(seen);
            }
        }
    }
    let (with, without) = (median(&with), median(&without));
    table.add(
        "Prosody's answer to who joins, with our module",
        format!("p50 {with:.0} µs"),
        &format!("without it: {without:.0} µs"),
        with / without,
        Wanted::AtMost(1.05),
    );
}

/// All come into a meeting and leave it; gives how long each waited to be in, in microseconds.
fn meet(people: &mut [Client], service: &str, round: usize) -> Vec<f64> {
    let room = format!("room-{round}@{service}.{DOMAIN}");
    let mut waited = Vec::new();
    for (number, person) in people.iter_mut().enumerate() {
        std::thread::sleep(APART);
        person.heard.clear();
        let begun = Instant::now();
        person.say(&format!("<presence to='{room}/{number}'><x xmlns='http://jabber.org/protocol/muc'/></presence>"));
        person.hear("code='110'");
        waited.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    for (number, person) in people.iter_mut().enumerate() {
        person.heard.clear();
        person.say(&format!("<presence to='{room}/{number}' type='unavailable'/>"));
        person.hear("code='110'");
    }
    waited
}

struct Prosody {
    child: Child,
    port: u16,
}

impl Prosody {
    fn start(place: &Path, reflector: SocketAddr) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (at, root) = (place.display(), env!("CARGO_MANIFEST_DIR"));
        let mut config = format!(
            "run_as_root = true\npidfile = \"{at}/pid\"\ndata_path = \"{at}\"\ninterfaces = {{ \"127.0.0.1\" }}\n\
             plugin_paths = {{ \"{root}/packaging/prosody\" }}\nc2s_ports = {{ {port} }}\n\
             modules_enabled = {{ \"saslauth\" }}\nmodules_disabled = {{ \"s2s\", \"tls\", \"offline\" }}\n\
             c2s_require_encryption = false\nlog = {{ error = \"{at}/log\" }}\n\
             VirtualHost \"{DOMAIN}\"\n authentication = \"anonymous\"\n"
        );
        for (service, modules) in [("with", "\"reflector\""), ("without", "")] {
            let _ = writeln!(
                config,
                "Component \"{service}.{DOMAIN}\" \"muc\"\n storage = \"memory\"\n muc_room_locking = false\n \
                 modules_enabled = {{ {modules} }}\n reflector_url = \"http://{reflector}\"\n reflector_secret = \"{SECRET}\"",
            );
        }
        let file = place.join("prosody.cfg.lua");
        std::fs::write(&file, config).unwrap();
        let mut command = Command::new("prosody");
        command.args(["-F", "--config"]).arg(file).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().expect("is Prosody installed?");
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { child, port }
    }
}

impl Drop for Prosody {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An XMPP client, with as much of XMPP as it takes to join.
struct Client {
    socket: TcpStream,
    heard: String,
}

impl Client {
    fn connect(port: u16) -> Self {
        let socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
        socket.set_nodelay(true).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut client = Self { socket, heard: String::new() };
        let open = format!(
            "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' \
             to='{DOMAIN}'>"
        );
        for (said, answer) in [
            (open.as_str(), "</stream:features>"),
            ("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>", "<success"),
            (open.as_str(), "</stream:features>"),
            ("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>", "</jid>"),
        ] {
            client.heard.clear();
            client.say(said);
            client.hear(answer);
        }
        client
    }

    fn say(&mut self, stanza: &str) {
        self.socket.write_all(stanza.as_bytes()).unwrap();
    }

    fn hear(&mut self, wanted: &str) {
        let mut bytes = [0; 16_384];
        while !self.heard.contains(wanted) {
            let read = self.socket.read(&mut bytes).unwrap();
            assert!(read > 0, "Prosody closed the connection: {}", self.heard);
            self.heard.push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
    }
}
