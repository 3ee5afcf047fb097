//! Asking Whereby: within the points that there are, with the key that is set, and with an answer that is read for what it
//! is. What went wrong is told in words that somebody can act on, and in none that are secret.

use std::time::Duration;

use data_encoding::HEXLOWER;

use crate::app::{App, AppError};
use crate::clock::Clock;
use crate::config::Config;
use crate::config::secret::Secret;
use crate::domain::Timestamp;
use crate::domain::conference::digest16;
use crate::exchange;
use crate::platforms::whereby::quota::{Asker, Quota, wait_of};
use crate::platforms::whereby::{Call, Listed, NotSet, Unreadable, told};

/// How long one call may take.
const CALL_MOST: Duration = Duration::from_secs(8);
/// How long a caller waits for points.
const POINTS_WAIT_MOST: Duration = Duration::from_secs(4);
/// The waits before what changes nothing, or is the same done twice, is asked again.
const AGAIN_AFTER: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(800)];

/// The most pages of one list.
const PAGES_MOST: usize = 10;
/// The most of one answer that is read, in bytes. A page of a hundred items is a tenth of that.
const ANSWER_MOST: usize = 1 << 20;

/// Why Whereby did not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
    /// A setting is missing.
    #[error(transparent)]
    NotSet(#[from] NotSet),
    /// There are no points left, or Whereby wants to be left alone.
    #[error("The points that Whereby gives for a minute are spent: try again in {} s.", .0.as_secs() + 1)]
    Spent(Duration),
    /// The key is not good.
    #[error("Whereby refuses the API key (401: {0}): set whereby.api_key to one that its dashboard shows as active.")]
    BadKey(String),
    /// The organisation may not.
    #[error("Whereby does not allow this to the organisation (403: {0}): its plan may not have it.")]
    NotAllowed(String),
    /// There is no such thing there.
    #[error("Whereby has no such room any more.")]
    Gone,
    /// What was asked is wrong by its word.
    #[error("Whereby refused what it was asked ({0}: {1}).")]
    Refused(u16, String),
    /// It was not reached: nothing was done.
    #[error("Whereby's API {0}.")]
    NotReached(String),
    /// It may have been done, or not.
    #[error("Whereby did not say whether it was done: {0}.")]
    Unclear(String),
}

impl Trouble {
    /// Whether it may have been done nevertheless.
    pub(crate) const fn is_unclear(&self) -> bool {
        matches!(self, Self::Unclear(_))
    }
}

impl From<Unreadable> for Trouble {
    fn from(_: Unreadable) -> Self {
        Self::Unclear("its answer cannot be read".to_owned())
    }
}

impl From<Trouble> for AppError {
    fn from(trouble: Trouble) -> Self {
        let detail = trouble.to_string();
        match trouble {
            Trouble::NotSet(_) | Trouble::BadKey(_) | Trouble::NotAllowed(_) | Trouble::Gone | Trouble::Refused(..) => {
                Self::Conflict(detail)
            }
            Trouble::Spent(_) | Trouble::NotReached(_) | Trouble::Unclear(_) => Self::Away(detail),
        }
    }
}

/// How it stands with the API.
#[derive(Clone, Debug, Default)]
pub(crate) struct Api {
    quota: Quota,
    /// A digest of the key that was refused last.
    bad_key: Option<String>,
}

/// The same, as it is shown.
#[derive(Clone, Debug)]
pub(crate) struct ApiState {
    pub(crate) points_left: u64,
    pub(crate) blocked_until: Option<Timestamp>,
}

/// A key that can be compared and not read.
fn digest(key: &Secret) -> String {
    HEXLOWER.encode(&digest16(&[b"whereby key", key.expose().as_bytes()]))
}

/// The parts of an answer that matter.
#[derive(Clone, Debug, Default)]
pub(in crate::app) struct Answered {
    pub(in crate::app) status: u16,
    pub(in crate::app) retry_after: Option<String>,
    pub(in crate::app) reset: Option<String>,
    pub(in crate::app) remaining: Option<u64>,
    pub(in crate::app) body: bytes::Bytes,
}

impl App {
    /// How it stands with Whereby's API, as far as it was asked.
    pub(crate) fn whereby_api(&self) -> ApiState {
        let (now, most) = (self.clock.now(), self.config().whereby.points_per_minute);
        let (points_left, blocked_until) = self.whereby.api().quota.left(most, now);
        ApiState { points_left, blocked_until }
    }

    /// Asks Whereby whether the key is good; nothing where none is set.
    pub(crate) async fn try_whereby(&self) -> Option<Result<(), Trouble>> {
        self.config().whereby.api_key.as_ref()?;
        let asked = match self.ask_whereby(Asker::Caller, &Call::hello()).await {
            Err(Trouble::Gone | Trouble::Refused(..)) => self.ask_whereby(Asker::Caller, &Call::any_room()).await,
            asked => asked,
        };
        Some(asked.map(drop))
    }

    /// Asks Whereby and gives the body of its answer. What changes nothing, and what is the same done twice, is asked again
    /// where no answer comes.
    pub(super) async fn ask_whereby(&self, asker: Asker, call: &Call) -> Result<bytes::Bytes, Trouble> {
        let mut waits = AGAIN_AFTER.iter().filter(|_| call.method != "POST");
        loop {
            let asked = self.ask_once(asker, call).await;
            let again = match &asked {
                Err(Trouble::NotReached(_) | Trouble::Unclear(_)) => waits.next(),
                _ => None,
            };
            let Some(wait) = again else { return asked };
            self.pause(*wait).await;
        }
    }

    /// Asks for every page of a list.
    pub(super) async fn whole_list<T>(
        &self,
        asker: Asker,
        call: impl Fn(Option<&str>) -> Call,
        read: impl Fn(&[u8]) -> Result<Listed<T>, Unreadable>,
    ) -> Result<Vec<T>, Trouble> {
        let (mut items, mut cursors) = (Vec::new(), Vec::<String>::new());
        for _ in 0..PAGES_MOST {
            let page = read(&self.ask_whereby(asker, &call(cursors.last().map(String::as_str))).await?)?;
            items.extend(page.items);
            match page.cursor {
                Some(next) if !cursors.contains(&next) => cursors.push(next),
                _ => return Ok(items),
            }
        }
        Err(Trouble::Unclear(format!("a list has more than {PAGES_MOST} pages")))
    }

    async fn ask_once(&self, asker: Asker, call: &Call) -> Result<bytes::Bytes, Trouble> {
        let config = self.config();
        let key = config.whereby.api_key.as_ref().ok_or(NotSet("whereby.api_key"))?;
        self.take_points(asker, call.points, key, &config).await?;
        let answered = self.send(call, key, &config).await?;
        self.judge(answered, key, &config)
    }

    async fn send(&self, call: &Call, key: &Secret, config: &Config) -> Result<Answered, Trouble> {
        #[cfg(test)]
        if let Some(answer) = self.whereby.stand_in.answer(call) {
            return answer;
        }
        let bearer = format!("Bearer {}", key.expose());
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let url = format!("{}{}", config.whereby.api_url, call.path);
        let asked = exchange::ask(call.method, &url, &headers, call.body.clone(), ANSWER_MOST);
        let answer = match tokio::time::timeout(CALL_MOST, asked).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) if error.may_have_arrived() => return Err(Trouble::Unclear(error.to_string())),
            Ok(Err(error)) => return Err(Trouble::NotReached(error.to_string())),
            Err(_) => return Err(Trouble::Unclear(format!("it took longer than {} s", CALL_MOST.as_secs()))),
        };
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok(Answered {
            status: answer.status().as_u16(),
            retry_after: header("retry-after"),
            reset: header("x-ratelimit-reset"),
            remaining: header("x-ratelimit-remaining").and_then(|text| text.trim().parse().ok()),
            body: answer.into_body(),
        })
    }

    /// Takes points, and waits for them a while where somebody waits for the answer.
    async fn take_points(&self, asker: Asker, points: u64, key: &Secret, config: &Config) -> Result<(), Trouble> {
        let mut waited = Duration::ZERO;
        loop {
            let now = self.clock.now();
            let wait = {
                let mut api = self.whereby.api();
                if asker == Asker::Background && api.bad_key.as_ref().is_some_and(|bad| *bad == digest(key)) {
                    return Err(Trouble::BadKey(
                        "it was refused before, and is not tried in the background".to_owned(),
                    ));
                }
                match api.quota.take(asker, points, config.whereby.points_per_minute, now) {
                    Ok(()) => return Ok(()),
                    Err(wait) => wait,
                }
            };
            if asker == Asker::Background || waited + wait > POINTS_WAIT_MOST {
                return Err(Trouble::Spent(wait));
            }
            waited += wait;
            self.pause(wait).await;
        }
    }

    /// Lets time go by. A manual clock is moved on at once.
    async fn pause(&self, by: Duration) {
        match &self.clock {
            Clock::System => tokio::time::sleep(by).await,
            clock @ Clock::Manual(_) => clock.advance(by),
        }
    }

    /// What an answer comes to.
    fn judge(&self, answered: Answered, key: &Secret, config: &Config) -> Result<bytes::Bytes, Trouble> {
        let now = self.clock.now();
        let storage = config.storage.aws_access_key_secret.as_ref().map(Secret::expose).unwrap_or_default();
        let said = || told(&answered.body, &[key.expose(), storage]);
        let mut api = self.whereby.api();
        if let Some(left) = answered.remaining {
            api.quota.tell(left, config.whereby.points_per_minute, now);
        }
        match answered.status {
            401 => {
                let (trouble, bad) = (Trouble::BadKey(said()), digest(key));
                if api.bad_key.as_ref().is_none_or(|known| *known != bad) {
                    tracing::error!("{trouble}");
                }
                api.bad_key = Some(bad);
                return Err(trouble);
            }
            429 => {
                let wait = wait_of(answered.retry_after.as_deref(), &answered.body, answered.reset.as_deref(), now);
                api.quota.block(wait, now);
                return Err(Trouble::Spent(wait));
            }
            _ => api.bad_key = None,
        }
        match answered.status {
            200..300 => Ok(answered.body),
            403 => Err(Trouble::NotAllowed(said())),
            404 => Err(Trouble::Gone),
            status @ 300..500 => Err(Trouble::Refused(status, said())),
            status => Err(Trouble::Unclear(format!("it failed ({status}: {})", said()))),
        }
    }
}
