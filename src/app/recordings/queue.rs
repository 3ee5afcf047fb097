//! The bucket tells of its objects through a queue. A message is deleted there once what it says is on our disk; until then
//! it comes again, so that nothing is lost, and since saying a thing twice changes nothing, nothing is doubled.

use std::pin::pin;
use std::time::Duration;

use super::object::{Sighted, missed, sighted};
use super::sources::{Broken, Trouble};
use crate::app::lives::Rules;
use crate::app::{App, AppError};
use crate::domain::aside::{SetAside, set_aside};
use crate::domain::backoff;
use crate::domain::recording::copy::CopyPlace;
use crate::storage::notices::{Became, Message, Notice, read};
use crate::storage::objects::queue::{LONGEST_POLL, Queue, Received};
use crate::storage::refusal::Refusal;
use crate::store::Tx;
use crate::store::aside::messages;

/// For how long a message is kept from others, and how often that is begun anew while it is worked on.
const HIDDEN: Duration = Duration::from_secs(60);
const HIDE_ANEW: Duration = Duration::from_secs(30);
/// How often a message of which nothing can be made is received until it is set aside.
const RECEIVES_MOST: u32 = 4;
/// How long until such a message comes again; it doubles with each time.
const AGAIN: Duration = Duration::from_secs(1);
/// How often to look whether there is a queue, where there is none.
const NO_QUEUE: Duration = Duration::from_secs(10);
/// How long to wait after the first failure; it doubles with each, up to what is configured.
const RETRY: Duration = Duration::from_secs(1);

/// What listening remembers from one round to the next: how often in a row the queue could not be asked.
#[derive(Debug, Default)]
pub(crate) struct Listening {
    failures: u32,
}

/// A message, and what it says or what is wrong with it.
#[derive(Clone, Debug)]
struct Heard {
    message: Received,
    notices: Result<Vec<Notice>, String>,
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It is taken in, and deleted.
    Taken,
    /// It is kept here to be looked at, and deleted there.
    SetAside,
    /// It comes again.
    Left,
}

impl App {
    /// Waits for messages, and takes them in. It ends after each round, so that whoever calls it can end, and may be broken off
    /// anywhere: what is not deleted comes again.
    ///
    /// # Errors
    /// The store's. What is wrong with the queue is told, and the queue asked again after a while.
    pub(crate) async fn listen_to_queue(&self, listening: &mut Listening) -> Result<(), AppError> {
        let longest = Duration::from_secs(self.config().storage.sqs_polling_timeout_seconds);
        let Some((queue, bucket)) = self.queue()? else {
            self.sources.change(|standing| standing.queue = Default::default());
            tokio::time::sleep(NO_QUEUE).await;
            return Ok(());
        };
        match self.round(&queue, &bucket, longest.min(LONGEST_POLL)).await {
            Ok(()) => listening.failures = 0,
            Err(Broken::Own(error)) => return Err(error),
            Err(Broken::There(refusal)) => {
                self.tell_of_queue(refusal);
                listening.failures = listening.failures.saturating_add(1);
                tokio::time::sleep(backoff::wait(RETRY, longest, listening.failures, self.ids.bytes()?)).await;
            }
        }
        Ok(())
    }

    /// The queue, and the name of the bucket that it tells of; nothing where either is not configured.
    pub(super) fn queue(&self) -> Result<Option<(Queue, String)>, AppError> {
        let config = self.config();
        let (Some(url), Some(bucket)) = (&config.storage.queue_url, self.bucket()?) else { return Ok(None) };
        let name = bucket.name().to_owned();
        Ok(Some((Queue::new(bucket, url), name)))
    }

    async fn round(&self, queue: &Queue, bucket: &str, wait: Duration) -> Result<(), Broken> {
        let received = queue.receive(wait, HIDDEN).await?;
        let now = self.clock.now();
        self.sources.change(|standing| {
            let queue = &mut standing.queue;
            (queue.polled_at, queue.trouble) = (Some(now), None);
            queue.message_at = if received.is_empty() { queue.message_at } else { Some(now) };
        });
        let receipts: Vec<String> = received.iter().map(|message| message.receipt.clone()).collect();
        let heard: Vec<Heard> = received.into_iter().map(|message| Heard::new(message, bucket)).collect();
        let fates = hidden_while(queue, &receipts, self.take_messages(heard.clone())).await?;
        let count = |wanted: Fate| fates.iter().filter(|fate| **fate == wanted).count() as u64;
        self.sources.change(|standing| {
            standing.queue.taken += count(Fate::Taken);
            standing.queue.set_aside += count(Fate::SetAside);
        });
        let of = |is_left: bool| {
            let both = heard.iter().zip(&fates).filter(move |(_, fate)| (**fate == Fate::Left) == is_left);
            both.map(|(heard, _)| &heard.message)
        };
        queue.delete(&of(false).map(|message| message.receipt.clone()).collect::<Vec<_>>()).await?;
        for message in of(true) {
            let hidden = AGAIN.saturating_mul(1 << message.receives.saturating_sub(1).min(RECEIVES_MOST));
            queue.hide(std::slice::from_ref(&message.receipt), hidden).await?;
        }
        Ok(())
    }

    /// Takes messages in: all with one transaction, or each with its own where that fails, so that none keeps out another.
    async fn take_messages(&self, heard: Vec<Heard>) -> Result<Vec<Fate>, AppError> {
        let rules = self.rules();
        let (all, for_all) = (heard.clone(), rules.clone());
        let together = self.store.write(move |tx| all.iter().map(|one| take(tx, &for_all, one)).collect());
        match together.await {
            Err(AppError::Unavailable(detail)) => return Err(AppError::Unavailable(detail)),
            Ok(fates) => return Ok(fates),
            Err(_) => {}
        }
        let mut fates = Vec::new();
        for one in heard {
            let (first, for_first) = (one.clone(), rules.clone());
            let fate = match self.store.write(move |tx| take(tx, &for_first, &first)).await {
                Err(AppError::Unavailable(detail)) => return Err(AppError::Unavailable(detail)),
                Ok(fate) => fate,
                Err(error) => {
                    let (one, rules) = (Heard { notices: Err(error.to_string()), ..one }, rules.clone());
                    self.store.write(move |tx| take(tx, &rules, &one)).await?
                }
            };
            fates.push(fate);
        }
        Ok(fates)
    }

    fn tell_of_queue(&self, refusal: Refusal) {
        let now = self.clock.now();
        self.sources.change(|standing| {
            let before = &mut standing.queue.trouble;
            *before = Some(Trouble::after(before.as_ref(), "the queue of storage.queue_url", refusal, now));
        });
    }
}

/// Works on messages, and keeps them from others all the time.
async fn hidden_while<T>(queue: &Queue, receipts: &[String], work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            () = tokio::time::sleep(HIDE_ANEW) => {
                // Where that fails, they may come twice, which does no harm.
                if let Err(refusal) = queue.hide(receipts, HIDDEN).await {
                    tracing::debug!("messages that are worked on cannot be kept from others: the queue {refusal}");
                }
            }
        }
    }
}

impl Heard {
    fn new(message: Received, bucket: &str) -> Self {
        let foreign = |notices: &Vec<Notice>| notices.iter().find(|notice| notice.bucket != bucket).cloned();
        let notices = match read(&message.body) {
            Err(unreadable) => Err(format!("The message {unreadable}.")),
            Ok(Message::Test) => Ok(Vec::new()),
            Ok(Message::Objects(notices)) => match foreign(&notices) {
                Some(notice) => {
                    Err(format!("The message is of the bucket {:?}, but storage.bucket is {bucket:?}.", notice.bucket))
                }
                None => Ok(notices),
            },
        };
        Self { message, notices }
    }
}

fn take(tx: &mut Tx<'_, '_>, rules: &Rules, heard: &Heard) -> Result<Fate, AppError> {
    let Received { id, body, receives, .. } = &heard.message;
    match &heard.notices {
        Ok(notices) => {
            notices.iter().try_for_each(|notice| follow(tx, rules, notice.clone()))?;
            Ok(Fate::Taken)
        }
        Err(_) if *receives < RECEIVES_MOST => Ok(Fate::Left),
        Err(problem) => {
            let (id, text, problem) = (id.clone(), body.clone(), problem.clone());
            let mut all = messages(tx)?;
            set_aside(&mut all, SetAside { id, at: rules.now, receives: *receives, problem, text });
            tx.put_messages(&all)?;
            Ok(Fate::SetAside)
        }
    }
}

fn follow(tx: &mut Tx<'_, '_>, rules: &Rules, notice: Notice) -> Result<(), AppError> {
    let Notice { became, bucket, key, size, etag } = notice;
    match became {
        Became::Created => {
            let size = size.unwrap_or(0);
            sighted(tx, rules, Sighted { bucket, key, size, etag, at: rules.now, seen_at: None }).map(drop)
        }
        Became::Removed => missed(tx, rules.now, &CopyPlace::Bucket(bucket).whole(&key)).map(drop),
    }
}
