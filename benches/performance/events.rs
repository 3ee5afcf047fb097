//! Signed events as Prosody sends them, each another.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::rig::SECRET;

/// How many people come into a conference of those that pass.
const PASSING_PEOPLE: u64 = 200;

/// Makes requests that report people who come.
pub(crate) struct Joins {
    /// Into which; where there are none, they come into one after another that nobody knew before.
    conferences: Vec<String>,
    next: u64,
    key: Hmac<Sha256>,
    body: String,
}

impl Joins {
    /// People come into these conferences by turns. `first` is the number of the first person.
    pub(crate) fn new(conferences: Vec<String>, first: u64) -> Self {
        let key = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        Self { conferences, next: first, key, body: String::new() }
    }

    /// People come into some conferences by turns, then into as many others, and so on: most are of the past.
    pub(crate) fn passing() -> Self {
        Self::new(Vec::new(), 1 << 41)
    }

    fn conference(&self, number: u64) -> String {
        const AT_ONCE: u64 = 50;
        if self.conferences.is_empty() {
            format!("passing-{}-{:02}", number / (AT_ONCE * PASSING_PEOPLE), number % AT_ONCE)
        } else {
            self.conferences[usize::try_from(number).unwrap() % self.conferences.len()].clone()
        }
    }

    /// Writes the next request, about 600 bytes of body.
    pub(crate) fn write(&mut self, request: &mut Vec<u8>) {
        let number = self.next;
        self.next += 1;
        let conference = self.conference(number);
        let at =
            chrono::DateTime::from_timestamp_millis(1_780_000_000_000 + i64::try_from(number % (1 << 40)).unwrap())
                .unwrap();
        let at = at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        // Spread over the key space, as the ids of real occupants are.
        let id = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.body.clear();
        write!(
            self.body,
            "{{\"event\":\"muc-occupant-joined\",\"room\":\"{conference}\",\"timestamp\":\"{at}\",\"data\":{{\
             \"occupant_id\":\"{id:016x}@meet.example.com/{number:08x}\",\"nick\":\"Participant {number}\",\
             \"user_id\":\"user-{id:016x}\",\"display_name\":\"Participant {number}\",\
             \"email\":\"participant.{number}@people.example.com\",\"role\":\"participant\",\"affiliation\":\"member\",\
             \"occupant_jid\":\"{conference}@conference.meet.example.com/{id:016x}\",\
             \"avatar\":\"https://avatars.example.com/v1/people/{id:016x}/picture-256.png\",\
             \"is_breakout\":false,\"room_jid\":\"{conference}@conference.meet.example.com\"}}}}"
        )
        .unwrap();
        let signature = self.key.clone().chain_update(&self.body).finalize().into_bytes();
        request.extend_from_slice(
            b"POST /v1/jitsi/events HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nX-Jitsi-Signature: ",
        );
        request.extend_from_slice(data_encoding::HEXLOWER.encode(&signature).as_bytes());
        request.extend_from_slice(format!("\r\nContent-Length: {}\r\n\r\n", self.body.len()).as_bytes());
        request.extend_from_slice(self.body.as_bytes());
    }

    /// Requests that are ready to be sent: making them is then no part of what is measured.
    pub(crate) fn ready(&mut self, number: usize) -> Ready {
        let mut ready = Ready::default();
        for _ in 0..number {
            self.write(&mut ready.bytes);
            ready.ends.push(ready.bytes.len());
        }
        ready
    }

    /// How long the body of the request was that was made last, in bytes.
    pub(crate) fn body_len(&self) -> usize {
        self.body.len()
    }
}

/// Requests one after another.
#[derive(Default)]
pub(crate) struct Ready {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    next: usize,
}

impl Ready {
    /// The next request; nothing when all are taken.
    pub(crate) fn next(&mut self, request: &mut Vec<u8>) -> bool {
        let Some(end) = self.ends.get(self.next) else { return false };
        let begin = self.next.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.next += 1;
        request.extend_from_slice(&self.bytes[begin..*end]);
        true
    }
}
