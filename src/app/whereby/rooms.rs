//! Rooms at Whereby: made, never two for one meeting, and taken down.
//!
//! Whereby has no way to ask for a room twice and get it once. So what is meant is kept before it is asked for, with a name that
//! no other room has; where no answer tells what became of it, the room is looked for by that name before another is made.
//! A job looks again later, for what came to be after all.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex;

use super::calls::Trouble;
use crate::app::idempotency::Idempotency;
use crate::app::lives::{Rules, conference_of};
use crate::app::meetings::{StartMeeting, find_meeting};
use crate::app::rooms::find;
use crate::app::{App, AppError, audit};
use crate::domain::access::Caller;
use crate::domain::job::Job;
use crate::domain::meeting::{Guest, Hosted, Link};
use crate::domain::opening::Opening;
use crate::domain::trigger::Standing;
use crate::domain::{Meeting, MeetingId, Platform, Room, RoomId, Timestamp};
use crate::platforms::whereby::link::{host_link, link};
use crate::platforms::whereby::quota::Asker;
use crate::platforms::whereby::{
    CHANCE_BYTES, Call, HostUrl, HostedRoom, NewRoom, check, prefix, read_page, read_room,
};
use crate::platforms::whereby_person::metadata;
use crate::store::{Tx, meetings, openings};

/// The waits before a room is looked for that may have been made.
const LOOK_AFTER: [Duration; 3] = [Duration::from_millis(100), Duration::from_millis(500), Duration::from_secs(1)];
/// How often a room is asked for.
const TRIES_MOST: usize = 2;
/// When it is looked again what came of a room that was asked for.
const SETTLE_AFTER: Duration = Duration::from_secs(120);
/// How many hosts' addresses are kept in memory.
const HOSTS_MOST: usize = 1_000;
/// For how many rooms turns are kept that nobody waits for.
const TURNS_MOST: usize = 1_000;
/// How long a link is good into a room whose end date nobody knows.
const FOREIGN_LINK: Duration = Duration::from_secs(24 * 3_600);

/// One turn a room.
#[derive(Debug, Default)]
pub(super) struct Turns(std::sync::Mutex<HashMap<RoomId, Arc<Mutex<()>>>>);

impl Turns {
    fn of(&self, room: RoomId) -> Arc<Mutex<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if turns.len() >= TURNS_MOST {
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        }
        Arc::clone(turns.entry(room).or_default())
    }
}

/// The addresses that make hosts, as long as the server runs: they are never written down.
#[derive(Debug, Default)]
pub(super) struct Hosts(std::sync::Mutex<HashMap<MeetingId, HostUrl>>);

impl Hosts {
    fn get(&self, meeting: MeetingId) -> Option<HostUrl> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&meeting).cloned()
    }

    fn keep(&self, meeting: MeetingId, url: HostUrl) {
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= HOSTS_MOST {
            hosts.clear();
        }
        hosts.insert(meeting, url);
    }
}

/// What is to be done for who wants a meeting.
enum Wanted {
    /// Nothing: there is one, or the same request made it before.
    Meeting(Box<Meeting>, bool),
    /// A room is to be made; it may have been asked for before.
    Room(Opening, bool),
}

impl App {
    /// The room's meeting that is under way, or a new one at Whereby; and whether it is new.
    pub(in crate::app) async fn start_hosted(
        &self,
        caller: Caller,
        room: Room,
        start: StartMeeting,
        idempotency: Option<Idempotency>,
    ) -> Result<(Meeting, bool), AppError> {
        let turn = self.whereby.turns.of(room.id);
        let _turn = turn.lock().await;
        let (opening, was_asked_for) = match self.wanted(&room, &start, idempotency.clone()).await? {
            Wanted::Meeting(meeting, is_new) => return Ok((*meeting, is_new)),
            Wanted::Room(opening, was_asked_for) => (opening, was_asked_for),
        };
        let id = opening.meeting;
        match self.make_room(&opening, was_asked_for).await {
            Ok((made, was_clear)) => self.keep_made(caller, opening, made, was_clear, idempotency).await,
            Err(trouble) => {
                // What may have been made is found by who asks next, or by the job.
                if !trouble.is_unclear() && !was_asked_for {
                    self.forget_opening(id).await?;
                }
                Err(trouble.into())
            }
        }
    }

    async fn wanted(
        &self,
        room: &Room,
        start: &StartMeeting,
        idempotency: Option<Idempotency>,
    ) -> Result<Wanted, AppError> {
        let (config, rules) = (self.config(), self.rules());
        let now = rules.now;
        let (id, chance) = (self.ids.uuid(now)?.into(), self.ids.bytes::<CHANCE_BYTES>()?);
        let (room, allow_duplicated) = (room.id, start.allow_duplicated);
        let end_date = start.end_date.unwrap_or(now.plus(rules.duration));
        self.store
            .write(move |tx| {
                let room = find(tx, &room.to_string())?;
                if let Some(id) = Idempotency::before(idempotency.as_ref(), tx, now)? {
                    return Ok(Wanted::Meeting(Box::new(find_meeting(tx, &id)?), true));
                }
                if let Some(active) = meetings::active_of_room(tx, room.id)?.filter(|_| !allow_duplicated) {
                    return Ok(Wanted::Meeting(Box::new(active), false));
                }
                if room.platform != Platform::Whereby {
                    return Err(AppError::Conflict("The room was moved from Whereby just now: try again.".to_owned()));
                }
                check(&config, room.settings).map_err(Trouble::from)?;
                if let Some(before) = openings::unfinished_of_room(tx, room.id)?.filter(|before| before.end_date > now)
                {
                    return Ok(Wanted::Room(before, true));
                }
                let opening = Opening {
                    meeting: id,
                    room: room.id,
                    prefix: prefix(&room.name, chance),
                    end_date,
                    settings: room.settings,
                    is_made: false,
                };
                tx.put_opening(&opening)?;
                tx.enqueue(Job::SettleOpening { meeting: id }, now.plus(SETTLE_AFTER))?;
                Ok::<_, AppError>(Wanted::Room(opening, false))
            })
            .await
    }

    /// Makes the room; and whether there was no doubt about it.
    async fn make_room(&self, opening: &Opening, was_asked_for: bool) -> Result<(HostedRoom, bool), Trouble> {
        if was_asked_for && let Some(found) = self.rooms_of(Asker::Caller, &opening.prefix).await?.into_iter().next() {
            return Ok((found, false));
        }
        let config = self.config();
        let room = NewRoom {
            prefix: &opening.prefix,
            end_date: opening.end_date,
            settings: opening.settings,
            storage: &config.storage,
        };
        let call = Call::create(&room)?;
        let mut last = Trouble::Unclear("it was not asked".to_owned());
        for tries in 0..TRIES_MOST {
            let asked = self.ask_whereby(Asker::Caller, &call).await;
            match asked.and_then(|body| Ok(read_room(&body)?)) {
                Ok(made) => return Ok((made, tries == 0 && !was_asked_for)),
                // Of an earlier try something may have come.
                Err(trouble) if !trouble.is_unclear() && tries == 0 && !was_asked_for => return Err(trouble),
                Err(trouble) => last = Trouble::Unclear(trouble.to_string()),
            }
            for wait in LOOK_AFTER {
                tokio::time::sleep(wait).await;
                if let Ok(found) = self.rooms_of(Asker::Caller, &opening.prefix).await
                    && let Some(found) = found.into_iter().next()
                {
                    return Ok((found, false));
                }
            }
        }
        Err(last)
    }

    /// Every room whose name begins so, in Whereby's order.
    async fn rooms_of(&self, asker: Asker, prefix: &str) -> Result<Vec<HostedRoom>, Trouble> {
        let list = |cursor: Option<&str>| Call::list(prefix, cursor);
        let mut rooms = self.whole_list(asker, list, read_page).await?;
        // Whereby's document does not have this filter: what does not fit is left out here too.
        rooms.retain(|room: &HostedRoom| room.name.as_str().trim_start_matches('/').starts_with(prefix));
        Ok(rooms)
    }

    async fn keep_made(
        &self,
        caller: Caller,
        opening: Opening,
        made: HostedRoom,
        was_clear: bool,
        idempotency: Option<Idempotency>,
    ) -> Result<(Meeting, bool), AppError> {
        let HostedRoom { id, name, room_url, host_url } = made;
        if let Some(url) = host_url {
            self.whereby.hosts.keep(opening.meeting, url);
        }
        let rules = self.rules();
        let now = rules.now;
        let meeting = self
            .store
            .write(move |tx| {
                let room = crate::store::rooms::room(tx, opening.room)?;
                let meeting = Meeting {
                    id: opening.meeting,
                    room_id: Some(opening.room),
                    room: room.map(|room| room.name),
                    platform: Platform::Whereby,
                    conference: name,
                    settings: opening.settings,
                    created_at: now,
                    begin: Timestamp::MIN,
                    start_date: now,
                    end_date: opening.end_date,
                    ad_hoc: false,
                    end: None,
                    standing: Standing::default(),
                    objections: Vec::new(),
                    hosted: Some(Hosted { id, room_url: Some(room_url) }),
                };
                rules.create(tx, &conference_of(&meeting), &meeting)?;
                audit(tx, &caller, now, "meeting.start", meeting.id, serde_json::json!({ "room": meeting.room }))?;
                Idempotency::remember(idempotency.as_ref(), tx, meeting.id, now)?;
                if was_clear {
                    tx.remove_opening(meeting.id);
                } else {
                    tx.put_opening(&Opening { is_made: true, ..opening })?;
                }
                Ok::<_, AppError>(meeting)
            })
            .await?;
        Ok((meeting, true))
    }

    /// The job [`Job::SettleOpening`]: what was made and belongs to no meeting is taken down.
    pub(crate) async fn settle_opening(&self, id: MeetingId) -> Result<(), AppError> {
        let Some(opening) = openings::opening(&self.store.read()?, id)? else { return Ok(()) };
        let turn = self.whereby.turns.of(opening.room);
        let _turn = turn.lock().await;
        let (opening, meeting) = {
            let read = self.store.read()?;
            (openings::opening(&read, id)?, meetings::meeting(&read, id)?)
        };
        let Some(opening) = opening else { return Ok(()) };
        let kept = meeting.and_then(|meeting| meeting.hosted).map(|hosted| hosted.id);
        for room in self.rooms_of(Asker::Background, &opening.prefix).await? {
            if Some(&room.id) != kept.as_ref() {
                tracing::warn!(room = %room.name, "a room at Whereby that nobody waits for is taken down");
                self.ask_whereby(Asker::Background, &Call::delete(&room.id)).await?;
            }
        }
        self.forget_opening(id).await
    }

    /// Forgets what was meant for a meeting.
    async fn forget_opening(&self, id: MeetingId) -> Result<(), AppError> {
        let forget = move |tx: &mut Tx<'_, '_>| {
            tx.remove_opening(id);
            Ok(())
        };
        self.store.write(forget).await
    }

    /// The job [`Job::CloseHosted`]: a meeting that somebody ended is over for who is in it too.
    pub(crate) async fn close_hosted(&self, id: MeetingId) -> Result<(), AppError> {
        let meeting = meetings::meeting(&self.store.read()?, id)?;
        let Some(hosted) = meeting.and_then(|meeting| meeting.hosted) else { return Ok(()) };
        match self.ask_whereby(Asker::Background, &Call::delete(&hosted.id)).await {
            Ok(_) | Err(Trouble::Gone) => Ok(()),
            Err(trouble) => Err(trouble.into()),
        }
    }

    /// A link into a meeting at Whereby for one person.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where its address is not known, and for hosts the troubles of asking for theirs.
    pub(in crate::app) async fn hosted_link(&self, meeting: &Meeting, guest: &Guest) -> Result<Link, AppError> {
        let config = self.config();
        let expires_at = meeting.closes_at().unwrap_or(self.clock.now().plus(FOREIGN_LINK));
        let secret = config.whereby.secrets().next();
        let carried = secret.and_then(|secret| metadata(secret, &meeting.conference, &guest.id, expires_at));
        let url = if guest.moderator {
            host_link(&self.host_url(meeting).await?, guest, carried.as_deref())
        } else {
            let unknown = || AppError::Conflict("The address of this room is not known: no event told it.".to_owned());
            let address = meeting.hosted.as_ref().and_then(|hosted| hosted.room_url.as_deref());
            link(address.ok_or_else(unknown)?, guest, carried.as_deref())
        };
        Ok(Link { url, jwt: None, expires_at, frame: None, ignored: Vec::new() })
    }

    /// The address that makes a host: asked for, and not written down.
    async fn host_url(&self, meeting: &Meeting) -> Result<HostUrl, AppError> {
        if let Some(known) = self.whereby.hosts.get(meeting.id) {
            return Ok(known);
        }
        let hosted = meeting.hosted.as_ref().ok_or(Trouble::Gone)?;
        let body = self.ask_whereby(Asker::Caller, &Call::host_of(&hosted.id)).await?;
        let room = read_room(&body).map_err(Trouble::from)?;
        let none = || AppError::Conflict("Whereby gives no address for hosts of this room.".to_owned());
        let url = room.host_url.ok_or_else(none)?;
        self.whereby.hosts.keep(meeting.id, url.clone());
        Ok(url)
    }
}

impl Rules {
    /// What is to be done at Whereby when somebody has ended the meeting.
    pub(in crate::app) fn close_hosted(&self, tx: &mut Tx<'_, '_>, meeting: &Meeting) -> Result<(), AppError> {
        match meeting.hosted {
            Some(_) => Ok(tx.enqueue(Job::CloseHosted { meeting: meeting.id }, self.now)?),
            None => Ok(()),
        }
    }
}
