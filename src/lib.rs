//! Reflector: rooms, meetings, attendance and recordings for a self-hosted Jitsi Meet.
//!
//! This page is the map. Read it, then `domain`, then follow one of the journeys at its end.
//!
//! # Bird's-eye view
//!
//! A platform (Jitsi) reports what happens: somebody came, somebody left, a room was destroyed. Each report is checked,
//! put into one log, and in the same transaction projected into tables that answer questions quickly. People and
//! programs ask over HTTP; jobs do what time alone brings about. Everything is in one file, and everything but accounts
//! and secrets can be computed again from the log.
//!
//! Two facts keep the paths short:
//! - **The log is the only queue of facts.** Streams, jobs and every later listener read it from their own place.
//! - **[`Store::changed`](store::Store::changed) is the only bell.** It rings after each commit; who hears it looks at
//!   the store. Nothing is passed on in memory, so a restart loses nothing.
//!
//! # Layers
//!
//! A room imports only from rows below its own; rooms of one row do not know each other. `tests/it/tidy.rs` holds this.
//!
//! | row | rooms | what is in them | libraries that no other room names |
//! |---|---|---|---|
//! | 7 | `cli`, `demo` | the command line | clap |
//! | 6 | [`server`] | builds everything, once | |
//! | 5 | `http`, `jobs` | doors: a request comes in, a due job comes up | poem-openapi, rust-embed |
//! | 4 | `app`, `finalize`, `setup` | verbs: one function a use case, one transaction in each; the recorder's side of one; and the files of the programs beside us | |
//! | 3 | `store`, `platforms`, `storage`, [`door`] | the world: redb, Jitsi, files and buckets, sockets | redb; jsonwebtoken, aws-lc-rs, hmac; object_store |
//! | 2 | [`clock`], [`tasks`], [`config`], `telemetry` | time, chance, tasks, settings, metrics | getrandom; toml; prometheus-client |
//! | 1 | `domain` | nouns and pure decisions | |
//!
//! The same noun has the same file name in each layer: `domain/room.rs`, `store/rooms.rs`, `app/rooms.rs`,
//! `http/rooms.rs`.
//!
//! # Invariants
//!
//! - A 2xx to a webhook means that the event is on the disk, synced.
//! - An event has one id, made from what it says, so it is in the log once however often it is sent.
//! - The log's numbers have no gaps. An event is appended and projected in one transaction, or not at all.
//! - What a set of events comes to does not depend on the order or the number of their arrivals
//!   (`domain/conference.rs`, `domain/attendance.rs`).
//! - An operation that fails leaves no trace: its changes reach the file only when it has succeeded (`store/rows.rs`).
//! - Only `clock` knows the time and makes random bytes, but for the keys of links, which a library makes; only `tasks`
//!   starts tasks; only `store` opens transactions.
//! - No operation of the API exists without saying who may call it: permission is a parameter (`http/auth.rs`).
//! - A secret is kept only as its digest, or in a type that cannot print itself.
//!
//! # Journeys
//!
//! **A signed event comes in** (`POST /v1/jitsi/events`):
//! 1. [`door`] takes the connection, with limits on how slow a client may be.
//! 2. `http/hooks.rs` reads at most 256 KiB, untouched, and calls `App::receive_signed`.
//! 3. `platforms/signature.rs` checks the HMAC over those bytes; `platforms/jitsi_events.rs` reads them as a `Report`:
//!    an id, a moment, a `Fact`. Several events in one body are a `Report` each, and one transaction.
//! 4. `app/ingest.rs` hands one closure to `Store::write`. In it: seen before? then nothing. Does it show a conference
//!    alive that has no meeting, or does it end one? `domain/conference.rs` decides, `app/lives.rs` does it, each
//!    consequence an event of its own. The event is appended; `app/project.rs` changes the rows of one person.
//! 5. `store/writer.rs` runs the closures of all who wait in one transaction, puts what they changed into the journal with
//!    one sync, then answers each. The tables take it later, thousands of commits at once (`store/journal.rs`).
//! 6. The bell rings. `http/events.rs` sends the event to who listens; `jobs.rs` looks whether something is due.
//!
//! **What no event told, and what is to be done there** (`POST /v1/jitsi/census`):
//! 1. `packaging/prosody/mod_reflector.lua` counts who is in which conference, and signs it.
//! 2. `platforms/jitsi_census.rs` reads it; `app/control.rs` refuses one that is old or was here before.
//! 3. `app/census.rs` compares it with what is stored. Each difference becomes an event and goes the way of all events.
//! 4. The answer is held back for a few seconds. An action of the API (`http/control.rs`) puts a command into it, and waits
//!    until a later census tells what became of it.
//!
//! **A recording starts by itself** (a room's `recording_trigger`):
//! 1. The event that may change what is to be done sets a job, in its own transaction (`app/triggers.rs`).
//! 2. The job goes through the meeting's facts; `domain/trigger.rs` decides whether a recording is to start or to stop. That it
//!    is asked for is an event, so that a restart neither doubles nor loses it.
//! 3. The command goes to the module as any action does. What becomes of it is told by a census, or by an event: a trouble is
//!    kept with the meeting, shown, and tried again in its time.
//!
//! **Whereby tells something** (`POST /v1/whereby`):
//! 1. `platforms/whereby_signature.rs` checks the HMAC and its time; `platforms/whereby_events.rs` reads whatever it is as a `Fact`.
//! 2. `app/whereby.rs` takes each id once, sees whose link it was (`platforms/whereby_person.rs`), and goes the way of all events.
//!    What is of rooms that nobody made here belongs to no meeting until somebody adopts it (`app/whereby/foreign.rs`).
//!
//! **What Whereby's webhooks did not tell**:
//! 1. Each of its meetings has a job that asks who was in it: while it goes on, and some times after its end
//!    (`domain/reconciliation.rs` says when).
//! 2. `app/whereby/reconcile.rs` asks for sessions and for who was in each, and holds them against the facts that are known.
//! 3. What was missed becomes events in Whereby's own words, with their source, and goes the way of all events.
//!
//! **A meeting is started at Whereby**:
//! 1. `app/whereby/rooms.rs` writes down what is meant, with a name that no other room has, then asks.
//! 2. `app/whereby/calls.rs` asks within the points that there are (`platforms/whereby/quota.rs`). Where no answer tells what became
//!    of it, the room is looked for by that name; a job looks again later.
//! 3. The meeting is made in one transaction, with Whereby's name for the room as its conference. The host's address stays in memory.
//!
//! **A meeting is started** (`POST /v1/rooms/{room}/meeting`):
//! 1. `http/rooms.rs`: the caller's scope, the body, the `Idempotency-Key`.
//! 2. `App::start_meeting`, in one transaction: the room's meeting that is under way, or a new one in the log.
//! 3. `platforms/jitsi.rs` signs two tokens for this answer; they are never kept.
//!
//! **A guest comes by a room's link** (`POST /r/{room}`):
//! 1. `http/join.rs` reads a form of our own pages; `App::arrive` looks at the room's door.
//! 2. `domain/guest.rs` decides: they go in, start the meeting, or wait. Who waits is an event, so that hosts hear of it
//!    by the stream, and a row that follows from it.
//! 3. A host answers, by the API or by the host's own page; the guest's page asks again and takes its turn.
//!
//! **Who was there?** (`GET /v1/meetings/{id}/attendance`):
//! 1. `app/meetings.rs` takes a snapshot and goes through the meeting's facts, which lie together in the order of time.
//! 2. `domain/attendance.rs` pairs arrivals and departures to stays, and puts the stays of one person together.
//! 3. `http/meetings.rs` shows them as JSON, or as CSV.
//!
//! **A recording is found, proved and played**:
//! 1. Whatever becomes known of one is evidence: what Prosody and the recorder tell (`app/ingest.rs`, `app/recordings.rs`), and
//!    what lies on the disk (`app/recordings/sweep.rs`, woken by inotify, by the recorder, and every few minutes).
//! 2. `storage/beneath.rs` opens files beneath the configured directories and nowhere else; `storage/media.rs` reads their
//!    boxes and says whether they are whole.
//! 3. `app/recordings/evidence.rs` puts the evidence to the one recording that it is of: by path, by what the file is, by the
//!    recorder's session. It may come in any order and more than once.
//! 4. `Recording::judge` (`domain/recording.rs`) is the only place that says where a recording stands. Each change is an event
//!    with the whole recording in it, so the tables of recordings are projections like the others. That a file grows is none.
//! 5. What follows is a job set in the same transaction: the file's sum, its deletion. Jobs have lanes (`domain/job.rs`), so
//!    that reading a disk holds up no meeting.
//! 6. `http/recordings/media.rs` sends a file in ranges, a piece at a time. `app/recordings/people.rs` works out from the
//!    meeting's events who was there and who spoke, by the recording's own clock (`domain/recording/people.rs`).
//! 7. Where ffmpeg is installed, jobs have it take a picture (`app/recordings/poster.rs`) and repair what ends in the middle
//!    (`app/recordings/repair.rs`). `storage/ffmpeg.rs` says what it is given: an open file, one format, and limits.
//!
//! **A recording is shared** (`POST /v1/recordings/{id}/shares`, then `/s/{secret}`):
//! 1. `app/recordings/shares.rs` makes a secret, and keeps a digest of it with what the link is good for.
//! 2. `http/recordings/shared.rs` shows a page and the file to who has the secret; `http/page.rs` is what it has in common with
//!    the pages of guests. Whatever shows nothing is answered in the same words.
//!
//! **Somebody else puts a recording into the bucket**, as Whereby does:
//! 1. The bucket tells a queue of it. `app/recordings/queue.rs` asks the queue all the time; `storage/notices.rs` reads what it says.
//!    What no message told of, `app/recordings/bucket.rs` finds by looking.
//! 2. `app/recordings/object.rs` puts the object to the one recording that it is of: by its key, by the file's name as the platform
//!    tells it, by when the recorder began. Its room and its start are in its name (`domain/recording/object.rs`). Only when that is
//!    on the disk, the message is deleted.
//! 3. A job looks into the object, a few pieces of it, with the same eyes as into a file (`storage/objects/look.rs`).
//!
//! **A recording is copied to storage** (`recording_type` `cloud`, or `POST /v1/recordings/{id}/copy`):
//! 1. `app/recordings/evidence.rs` sets the job in the transaction that makes the recording ready.
//! 2. `app/recordings/copy.rs` writes down what is about to be made, so that a crash leaves nothing that nobody knows of, then goes on
//!    piece by piece: `storage/objects/upload.rs` into a bucket, `storage/local_copy.rs` into a directory. Both ask what is there already.
//! 3. `storage/objects/wire.rs` gives the library for S3 our own client of HTTP (`exchange/pool.rs`), so that there is one.
//! 4. Proved, the copy is kept with the recording (`domain/recording/copy.rs`). Where the file is to go, that is another job, which looks
//!    at both again.
//!
//! **A file is sent in by hand** (`/v1/recordings/uploads`):
//! 1. `http/recordings/uploads.rs` speaks tus. Its parts may take longer than other requests, as long as they get on
//!    (`http/deadline.rs`).
//! 2. `app/recordings/uploads.rs` has each part on the disk and then in the store before it is answered. A file is hidden
//!    (`storage/incoming.rs`) until it is whole; then it becomes a recording by the same evidence as every other.
//!
//! **Is everything as it must be?** (`reflector doctor`, `GET /v1/doctor`)
//! 1. `cli/doctor.rs` reads Jitsi's files, as root may, and asks the server; where none runs, the same routes in process.
//! 2. `app/doctor/facts.rs` gathers: files, disk, network, store. Then each check of `app/doctor.rs` decides from that.
//! 3. `platforms/jitsi_token.rs` judges tokens as Prosody would; `platforms/beside.rs` reads what Jitsi is set to.
//! 4. `--end-to-end`: `app/doctor/end_to_end.rs` goes into a conference whose name `platforms/jitsi_rehearsal.rs` has sealed,
//!    in the words of `platforms/bosh.rs`; `app/rehearsals.rs` keeps what Prosody tells of it out of the log.
//!
//! **Jitsi is set up** (`reflector setup jitsi`)
//! 1. `setup/debian.rs` or `setup/docker.rs` reads what is there and works out what should be; `setup/own.rs` what we lack.
//! 2. `platforms/beside/lua/edit.rs`, `hocon/edit.rs` and `dotenv.rs` change texts, or say why they do not.
//! 3. `cli/setup.rs` shows the differences and asks. `storage/changes.rs` keeps copies, then writes; or puts them back.

pub(crate) mod app;
pub(crate) mod cli;
pub mod clock;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod domain;
pub mod door;
pub(crate) mod exchange;
pub(crate) mod finalize;
pub(crate) mod http;
pub(crate) mod jobs;
pub(crate) mod platforms;
pub mod server;
pub(crate) mod setup;
pub(crate) mod storage;
pub(crate) mod store;
pub mod tasks;
pub(crate) mod telemetry;

pub use cli::main;
pub use config::Config;
pub use config::load::Overrides;
pub use domain::Timestamp;
