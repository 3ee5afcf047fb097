//! What Reflector can be told, and by whom: flags, environment, `conf.d`, file, defaults, in that order. Reading them is
//! a pure function of their texts; only `world` looks at the machine.
//!
//! To add a key, add it to the list below. Its name in the file and in the environment, its default, its place in the
//! example file, in `config show` and in "did you mean" follow from there.

pub(crate) mod addition;
mod check;
pub(crate) mod cidr;
pub(crate) mod env;
mod example;
pub(crate) mod file;
mod key;
pub(crate) mod load;
mod nearest;
pub(crate) mod origin;
pub(crate) mod secret;
mod setting;
mod show;
pub(crate) mod values;
pub(crate) mod world;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use cidr::{Cidr, TrustedProxy};
use key::{Access, Key, Section, sections};
use secret::Secret;
use setting::Setting;
use values::{AfterCopy, HostName, HttpUrl, JitsiDomain, JwtAlgorithm, ListenAddr, LogFormat, LogLevel};

sections! {
    /// Where the server listens, and how long it waits.
    [server] ServerConfig {
        /// Where to listen. "unix:PATH" makes a unix socket; port 0 takes any free port. Sockets passed by systemd come
        /// on top, so that the list may be empty there.
        listen: Vec<ListenAddr> = vec![ListenAddr::Tcp(SocketAddr::from((Ipv4Addr::LOCALHOST, 1250)))],
            flag("--listen"), restart();
        /// The directory of the database. Not set: $STATE_DIRECTORY, else the user's data directory.
        data_dir: Option<PathBuf> = None, alias(&["REFLECTOR_DATA_DIR"]), flag("--data-dir"), restart();
        /// Where browsers reach the console, such as `https://reflector.example.com`.
        public_url: Option<HttpUrl> = None;
        /// The proxies whose X-Forwarded-For is believed: networks, addresses, and "unix" for all who connect to a unix
        /// socket. All others are taken by the address they come from.
        trusted_proxies: Vec<TrustedProxy> = vec![];
        /// Connections served at once; more wait to be accepted.
        max_connections: usize = 1024, limits(1, 65_536), restart();
        /// Seconds a request's head may take from its first byte to its last.
        head_timeout_seconds: u64 = 5, limits(1, 300);
        /// Seconds a connection may stay without the first byte of a request.
        first_byte_timeout_seconds: u64 = 10, limits(1, 3_600);
        /// Seconds a request may take, its body included.
        request_timeout_seconds: u64 = 30, limits(1, 3_600);
        /// Seconds that requests in work have to finish at shutdown. The whole stop is promised within 10.
        drain_timeout_seconds: u64 = 8, limits(0, 9);
        /// Whether everyone may read /metrics, not only this machine and tokens.
        metrics_public: bool = false;
    }

    /// What is logged, on standard error.
    [log] LogConfig {
        /// The least that is logged: "error", "warn", "info", "debug" or "trace".
        level: LogLevel = LogLevel::Info;
        /// "text" for people, "json" for programs.
        format: LogFormat = LogFormat::Text;
    }

    /// The Jitsi Meet beside us. Without domain and jwt_secret no Jitsi meeting can be made.
    [jitsi] JitsiConfig {
        /// Where browsers find Jitsi Meet, such as "meet.example.com"; without "https://".
        domain: Option<JitsiDomain> = None, alias(&["JITSI_DOMAIN"]);
        /// The key that join links are signed with: Prosody's app_secret. `openssl rand -hex 32` makes one.
        jwt_secret: Option<Secret> = None, alias(&["JITSI_JWT_SECRET"]);
        /// How join links are signed: "HS256" with jwt_secret, which Prosody has too; or "RS256" with keys that Reflector
        /// makes and keeps, and whose public halves Prosody fetches at /v1/jitsi/keys.
        jwt_algorithm: JwtAlgorithm = JwtAlgorithm::Hs256;
        /// After how many days another key takes over, with RS256. 0: only when it is asked for.
        jwt_key_days: u64 = 90, limits(0, 3_650);
        /// The key that events and finished recordings are signed with. Not set: they are refused.
        webhook_secret: Option<Secret> = None, alias(&["JITSI_WEBHOOK_SECRET"]);
        /// The webhook_secret from before a change; it is taken too until it is removed.
        webhook_secret_previous: Option<Secret> = None;
        /// The bearer token of Prosody's stock event_sync_component, which cannot sign.
        event_token: Option<Secret> = None;
        /// The name of this application: Prosody's app_id.
        app_id: String = "reflector".to_owned(), alias(&["JITSI_APP_ID"]);
        /// Who issues the tokens (claim iss). Not set: the app_id.
        jwt_issuer: Option<String> = None, alias(&["JITSI_JWT_ISSUER"]);
        /// Whom the tokens are for (claim aud).
        jwt_audience: String = "jitsi".to_owned(), alias(&["JITSI_JWT_AUDIENCE"]);
        /// The tenant the tokens are good for (claim sub); "*" is any. Not set: the host of the domain.
        jwt_subject: Option<String> = None;
        /// Minutes a join link is good for.
        jwt_lifetime_minutes: u64 = 480, limits(1, 43_200);
        /// Where XMPP is spoken over HTTP (BOSH), for `reflector doctor --end-to-end`. Not set: https://DOMAIN/http-bind. Where
        /// Prosody is on this machine, "http://127.0.0.1:5280/http-bind" goes past the web server.
        bosh_url: Option<HttpUrl> = None;
        /// Whether Jitsi's reservation module may ask which conferences may start: only those of meetings that were started
        /// here. Off: it is told no.
        reservations: bool = false;
        /// Minutes past a meeting's end date after which that module ends its conference, whoever is in it.
        reservation_overtime_minutes: u64 = 1440, limits(0, 43_200);
        /// Further XMPP domains whose occupants are machines, not people, such as "recorder.meet.example.com".
        machine_domains: Vec<HostName> = vec![];
        /// Whether an event of a room that nobody created here opens an ad-hoc meeting.
        open_unknown_rooms: bool = true;
    }

    /// When meetings end.
    [meetings] MeetingsConfig {
        /// Minutes from a meeting's creation to its end when nobody joins and none was asked for.
        default_duration_minutes: u64 = 480, limits(1, 43_200);
        /// Seconds an empty meeting stays open for someone to come back.
        empty_grace_seconds: u64 = 60, limits(0, 86_400);
        /// Hours without any event after which a meeting is taken as over, its people as gone.
        stale_after_hours: u64 = 24, limits(1, 720);
    }

    /// Jibri, which records. Its own webhooks tell how it is; `reflector jibri-finalize` tells of finished recordings.
    [jibri] JibriConfig {
        /// Where `reflector jibri-finalize` reaches the server.
        api_url: HttpUrl = HttpUrl::known("http://127.0.0.1:1250"), alias(&["REFLECTOR_API_URL"]);
        /// Where finished recordings wait while the server cannot be told of them. Not set: `.reflector-spool` in the
        /// directory that holds the sessions' directories. The server looks into this one, and into that of each of
        /// recordings.directories.
        spool_dir: Option<PathBuf> = None;
        /// Seconds between two tries to start or to stop a recording by a room's rule. Jitsi takes three a minute.
        retry_seconds: u64 = 30, limits(1, 3_600);
        /// The networks from which recorders may tell how they are, besides this machine: Jibri does not sign that.
        networks: Vec<Cidr> = vec![];
    }

    /// Where finished recordings are found.
    [recordings] RecordingsConfig {
        /// The directories that recordings may lie in. A file outside of them is refused.
        directories: Vec<PathBuf> = vec!["/var/recordings".into(), "/recordings".into()];
        /// Minutes between two looks through all of them. What happens on this machine is seen at once besides.
        sweep_minutes: u64 = 5, limits(1, 1_440);
        /// Where files go that are sent in by hand: one of the directories, or a path in one. Not set: the first of them that
        /// is there.
        upload_directory: Option<PathBuf> = None;
        /// The largest file that may be sent in, in GiB. 0: none.
        upload_most_gib: u64 = 20, limits(0, 16_384);
        /// How many files that were not sent to their end there may be.
        uploads_most: usize = 20, limits(1, 500);
        /// Hours after which a file is removed that was not sent to its end, from the last part that came.
        upload_hours: u64 = 24, limits(1, 720);
        /// Days that recordings are kept for; then they go into the trash. 0: for ever. A room may have it otherwise, and a hold
        /// keeps a recording from every rule.
        keep_days: u64 = 0, limits(0, 36_500);
        /// How many of each room's newest recordings are kept. 0: all. Where keep_days is set too, a recording stays as long as
        /// one of both keeps it.
        keep_last: u64 = 0, limits(0, 100_000);
        /// Days that what is in the trash is kept for, whoever put it there; then it is deleted for good. 0: until somebody
        /// deletes it.
        trash_days: u64 = 30, limits(0, 3_650);
    }

    /// How much room stays on the disks that the data, the recordings and their copies lie on.
    [disk] DiskConfig {
        /// MiB that stay free on each. What would leave less is not written there: no copy, no file that is sent in, no
        /// repair. Where recorders leave less, there is an alarm, and the server says that it is not ready. 0: no floor.
        floor_mib: u64 = 1024, limits(0, 1_073_741_824);
        /// Days: with less left until then, as the disk fills now, there is an early alarm. 0: none.
        alarm_days: u64 = 7, limits(0, 365);
    }

    /// How many requests one caller may make in a minute, and at once. 0 is no limit.
    [limits] LimitsConfig {
        /// Tries to log in, by address.
        login_per_minute: u32 = 10, limits(0, 1_000_000);
        /// Requests without a token or a session, by address.
        anonymous_per_minute: u32 = 120, limits(0, 1_000_000);
        /// Requests with a token, by token.
        token_per_minute: u32 = 1200, limits(0, 1_000_000);
        /// Webhooks whose signature is missing or wrong, by address.
        unsigned_webhook_per_minute: u32 = 60, limits(0, 1_000_000);
        /// Words of recorders on how they are, by address. Each says one a minute, and one at every change.
        recorder_per_minute: u32 = 600, limits(0, 1_000_000);
    }

    /// How long people stay logged in to the console.
    [sessions] SessionsConfig {
        /// Minutes without a request after which a session ends.
        idle_minutes: u64 = 30, limits(1, 43_200);
        /// Hours after which a session ends in any case.
        absolute_hours: u64 = 12, limits(1, 720);
    }

    /// Whereby, for rooms of that platform.
    [whereby] WherebyConfig {
        /// The API key from Whereby's dashboard.
        api_key: Option<Secret> = None, alias(&["WHEREBY_API_KEY"]);
        /// Where Whereby's API is.
        api_url: HttpUrl = HttpUrl::known("https://api.whereby.dev/v1"), alias(&["WHEREBY_API_URL"]);
        /// The key that Whereby signs its webhooks with. Not set: they are refused.
        webhook_secret: Option<Secret> = None, alias(&["WHEREBY_WEBHOOK_SECRET"]);
        /// The keys of further webhooks of the organisation, and the one from before a change: they are taken too.
        webhook_secrets_more: Vec<Secret> = vec![];
        /// Seconds after which a webhook's signature is too old. Whereby sends what failed twice more, within seconds.
        webhook_past_seconds: u64 = 300, limits(10, 86_400);
        /// Seconds that a webhook's signature may be ahead of our clock.
        webhook_future_seconds: u64 = 60, limits(0, 3_600);
        /// The points that Whereby gives the organisation for a minute: 100 with its plan "Build", 1000 with "Enterprise".
        points_per_minute: u64 = 100, limits(10, 100_000);
        /// Whether an event of a room that was not made here opens an ad-hoc meeting. Webhooks are of the whole organisation:
        /// off, what other programs do there is kept apart, and can be adopted room by room.
        open_unknown_rooms: bool = false;
    }

    /// Where recordings are kept besides their recorders' directories: a bucket (S3, or what speaks like it) or a directory. The
    /// bucket is the one that Whereby puts its recordings into, too. Of a meeting whose `recording_type` is `cloud`, each
    /// recording is copied there by itself; of the others, those that somebody asks for.
    [storage] StorageConfig {
        /// The id of the access key. Not set: the machine's own role, on Amazon's machines.
        aws_access_key_id: Option<String> = None, alias(&["AWS_WHEREBY_ACCESS_KEY_ID"]);
        /// The secret of the access key.
        aws_access_key_secret: Option<Secret> = None, alias(&["AWS_WHEREBY_ACCESS_KEY_SECRET"]);
        /// The name of the bucket, without a folder in it.
        bucket: Option<String> = None, alias(&["RECORDING_STORAGE_AWS_BUCKET_NAME"]);
        /// Where the bucket's server is, such as `http://minio.lan:9000`. Not set: Amazon's of the region.
        endpoint: Option<HttpUrl> = None;
        /// The bucket's region; other servers than Amazon's have one too, if only in their configuration. Not set: that of
        /// queue_url, else "us-east-1".
        region: Option<String> = None;
        /// Whether the bucket stands in the path of URLs (https://HOST/BUCKET), as most servers want it. Off: it is a part of
        /// the host's name (`https://BUCKET.HOST`).
        path_style: bool = true;
        /// What the keys of our copies begin with.
        prefix: String = "recordings/".to_owned();
        /// A directory that recordings are copied to in place of the bucket, on another disk. It must be there.
        directory: Option<PathBuf> = None;
        /// What becomes of the recorder's file once its copy is proved: "keep" or "delete".
        after_copy: AfterCopy = AfterCopy::Keep;
        /// Days until it is deleted, with "delete".
        delete_after_days: u64 = 0, limits(0, 3_650);
        /// MiB a second that copying may take. 0 is no limit.
        bandwidth_mib: u64 = 0, limits(0, 1_048_576);
        /// Whether copies wait while a recorder runs.
        pause_while_recording: bool = false;
        /// MiB of each part that is sent to the bucket; four at once, and no more than 20 MiB in memory unless one part has more.
        /// A file of more than 10,000 parts has larger ones.
        part_mib: u64 = 5, limits(5, 1_024);
        /// Minutes for which a link is good that leads a player to the bucket itself. 0: the server passes the media on, and
        /// nobody else need reach the bucket.
        redirect_minutes: u64 = 0, limits(0, 10_080);
        /// Minutes between two looks through the bucket, for what no message told of. In a large one they are longer.
        sweep_minutes: u64 = 15, limits(1, 1_440);
        /// The URL of the SQS queue that tells of what others put into the bucket, such as
        /// `https://sqs.eu-west-1.amazonaws.com/123456789012/recordings`.
        queue_url: Option<HttpUrl> = None, alias(&["AWS_PROCESS_RECORDING_QUEUE_URL"]);
        /// Seconds after which the queue is asked anew at the latest: so long it is waited for messages, though never longer than
        /// the 20 that SQS allows, and so long, at most, after it could not be asked.
        sqs_polling_timeout_seconds: u64 = 60, limits(1, 3_600), alias(&["SQS_POLLING_TIMEOUT_SECONDS"]);
    }
}

impl WherebyConfig {
    /// The keys that webhooks may be signed with, the first of them the one that we sign with.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.webhook_secret.iter().chain(&self.webhook_secrets_more).map(Secret::expose)
    }
}

impl StorageConfig {
    /// The bucket's region. A bucket tells only queues of its own region.
    pub(crate) fn region(&self) -> &str {
        let of_queue = || self.queue_url.as_ref().and_then(HttpUrl::aws_region);
        self.region.as_deref().or_else(of_queue).unwrap_or("us-east-1")
    }
}

impl JitsiConfig {
    /// The tokens' claim `iss`.
    pub fn issuer(&self) -> &str {
        self.jwt_issuer.as_deref().unwrap_or(&self.app_id)
    }

    /// The tokens' claim `sub`; none as long as there is no domain.
    pub fn subject(&self) -> Option<&str> {
        self.jwt_subject.as_deref().or_else(|| self.domain.as_ref().map(|domain| domain.host().as_str()))
    }
}

impl DiskConfig {
    /// What stays free on each disk, in bytes.
    pub(crate) const fn floor(&self) -> u64 {
        self.floor_mib << 20
    }
}
