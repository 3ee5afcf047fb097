//! One event of each type as Whereby sends it, the generations of payloads, and what nobody expected.

use super::*;
use crate::domain::fact::Presence;

/// One of each, and last one of 2022.
const EVENTS: &str = include_str!("../../../tests/data/whereby/events.jsonl");
const ROOM: &str = "/acme-793e9ec1-c686-423d-9043-9b7a10c553fd";

fn said(delivery: &Delivery) -> Fact {
    fact(&delivery.kind, delivery.at.unwrap_or_default(), &delivery.data)
}

fn of(kind: &str, data: &str) -> Fact {
    fact(kind, Timestamp::from_ms(9), &RawValue::from_string(data.to_owned()).unwrap())
}

fn person(id: &str, name: Option<&str>) -> Occupant {
    Occupant { id: id.to_owned(), name: name.map(str::to_owned), ..Occupant::default() }
}

#[test]
fn every_event_is_read_for_what_it_is() {
    let all: Vec<Delivery> = EVENTS.lines().map(|line| read(line.as_bytes())).collect();
    let recorder = Some("p-rec-1".to_owned());
    let visitor = person("p-visitor-1", Some("Zoë 🦀"));
    let host = Occupant {
        user_id: Some("external:2cba3bec-b78e-4ae3-a2cc-d781de733d2a".to_owned()),
        moderator: true,
        ..person("p-host-1", Some("Joe Bloggs"))
    };
    let gone = Presence { occupant: person("p-visitor-1", None), joined_at: None, left_at: all[5].at };
    let file = format!("{}-2026-11-22T10:00:22Z.mp4", ROOM.trim_start_matches('/'));
    let expected = [
        Fact::Knocked(visitor.clone()),
        Fact::KnockEnded(visitor),
        Fact::Joined(host),
        Fact::Seen,
        Fact::RecordingStarted { recording: recorder, initiator: None },
        Fact::Left(gone),
        Fact::SessionEnded,
        Fact::RecordingCompleted { file },
        Fact::Noted,
        Fact::Noted,
        Fact::Noted,
        Fact::Noted,
        Fact::Counted { people: 2 },
    ];
    assert_eq!(all.iter().map(said).collect::<Vec<_>>(), expected);
    for delivery in &all[..12] {
        assert_eq!(delivery.conference.as_ref().unwrap().as_str(), ROOM, "{}", delivery.kind);
        assert_eq!(delivery.at.unwrap().to_string().get(..10), Some("2026-11-22"));
    }
    assert_eq!(all[0].id.as_deref(), Some("e01"));
    assert_eq!(all[2].metadata.as_deref(), Some("u1,1795309200,sig"));
    // An id of Whereby's is a text, whatever it looks like.
    assert_eq!(all[12].meeting.as_deref(), Some("000000001"));
    assert_eq!(all[7].meeting, None);
}

#[test]
fn those_who_are_no_people_are_not_counted() {
    let roles = r#"{"owner":1,"visitor":2,"recorder":1,"streamer":1,"captioner":1,"assistant":1,"someone new":1}"#;
    let joined = |rest: &str| of("room.client.joined", &format!("{{{rest}}}"));
    assert_eq!(joined(&format!(r#""numClients":8,"numClientsByRoleName":{roles}"#)), Fact::Counted { people: 4 });
    assert_eq!(joined(r#""numClients":8"#), Fact::Counted { people: 8 });
    assert_eq!(of("room.client.left", r#"{"numClients":0}"#), Fact::Counted { people: 0 });
    for odd in [r#""numClients":"x""#, r#""numClients":-5"#, r#""numClients":null"#, r#""meetingId":"1""#] {
        assert_eq!(joined(odd), Fact::Seen, "{odd}");
        assert_eq!(of("room.client.left", &format!("{{{odd}}}")), Fact::Noted, "{odd}");
    }
    for role in ["streamer", "captioner", "assistant"] {
        let Fact::Joined(machine) = joined(&format!(r#""participantId":"p","roleName":"{role}""#)) else { panic!() };
        assert!(machine.machine, "{role}");
    }
    for (role, moderator) in [("owner", true), ("member", true), ("granted_visitor", false), ("viewer", false)] {
        let Fact::Joined(person) = joined(&format!(r#""participantId":"p","roleName":"{role}""#)) else { panic!() };
        assert_eq!((person.moderator, person.machine), (moderator, false), "{role}");
    }
}

#[test]
fn what_nobody_expected_is_kept_and_says_nothing() {
    for body in ["", "nonsense", "[]", "[\"room.client.joined\"]", "5", "{\"id\":", "\u{fffd}"] {
        let read = read(body.as_bytes());
        assert_eq!((read.kind.as_str(), said(&read)), (UNREADABLE, Fact::Noted), "{body}");
    }
    for body in [
        r#"{"id":{"a":1},"type":["x"],"data":"text"}"#,
        r#"{"type":"room.client.joined","data":["/room"]}"#,
        r#"{"type":"room.client.joined"}"#,
        r#"{"type":"weather.changed","data":{"roomName":"/a","more":[1]}}"#,
    ] {
        assert_eq!(said(&read(body.as_bytes())), Fact::Noted, "{body}");
    }
    let bytes = [b"{\"id\":\"\xff".as_slice(), b"\"}"].concat();
    assert_eq!(read(&bytes).kind, UNREADABLE);
}

#[test]
fn whose_link_it_was_is_our_word_alone() {
    let raw = |text: &str| RawValue::from_string(text.to_owned()).unwrap();
    let who = |data: &RawValue| match fact("room.client.joined", Timestamp::from_ms(9), data) {
        Fact::Joined(person) => person.user_id,
        other => panic!("{other:?}"),
    };
    let plain = raw(r#"{"participantId":"p","externalId":"x","n":1.0}"#);
    assert_eq!(with_proven(&plain, None).get(), plain.get());
    assert_eq!(who(&plain).as_deref(), Some("external:x"));
    let proven = with_proven(&plain, Some("u\"1"));
    assert_eq!(proven.get(), r#"{"verified_user_id":"u\"1","participantId":"p","externalId":"x","n":1.0}"#);
    assert_eq!(who(&proven).as_deref(), Some("u\"1"));
    assert_eq!(with_proven(&raw("{}"), Some("u")).get(), r#"{"verified_user_id":"u"}"#);
    // Whoever else says so is not believed.
    let claimed = raw(r#"{"participantId":"p","verified_user_id":"boss"}"#);
    assert_eq!(who(&with_proven(&claimed, None)), None);
    assert_eq!(who(&with_proven(&claimed, Some("u1"))).as_deref(), Some("u1"));
    let quoted = raw(r#"{"participantId":"p","displayName":"verified_user_id"}"#);
    assert_eq!(who(&with_proven(&quoted, Some("u1"))).as_deref(), Some("u1"));
}

#[test]
fn a_room_has_one_name() {
    for name in ["/Acme-1", "acme-1", "//acme-1"] {
        assert_eq!(conference_name(name).as_str(), "/acme-1");
    }
}

#[test]
fn an_event_tells_where_its_room_is() {
    let place = |data: &str| told_place(&RawValue::from_string(data.to_owned()).unwrap());
    let url = |url: &str| Some(ToldPlace { meeting: "7".to_owned(), room_url: Some(url.to_owned()) });
    assert_eq!(place(r#"{"meetingId":7,"roomName":"/a-1","subdomain":"acme"}"#), url("https://acme.whereby.com/a-1"));
    for odd in [r#""subdomain":"a.evil/""#, r#""subdomain":null"#] {
        let told = place(&format!(r#"{{"meetingId":"7","roomName":"/a-1",{odd}}}"#)).unwrap();
        assert_eq!(told.room_url, None, "{odd}");
    }
    assert_eq!(place(r#"{"roomName":"/a-1","subdomain":"acme"}"#), None);
}
