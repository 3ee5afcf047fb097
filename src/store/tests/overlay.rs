//! What an operation sees: its own changes over those of its batch over the file, as one sorted map.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::disk::Disk;
use crate::store::codec::Key;
use crate::store::rows::Span;
use crate::store::tables::{FACTS, META, Table};
use crate::store::{Order, Read, StoreError, Tx};

/// The rows are of this table, which has no meaning here; another is written beside it.
const TABLE: Table<String, serde_json::Value> = META;

type Model = BTreeMap<String, u64>;

#[derive(Clone, Debug)]
enum Step {
    Put(String, u64),
    Remove(String),
    Look(Query),
}

#[derive(Clone, Debug)]
struct Query {
    prefix: String,
    from: Option<String>,
    after: Option<String>,
    to: Option<String>,
    order: Order,
    limit: usize,
}

impl Query {
    fn span(&self) -> Span {
        let mut span = Span::prefix(&self.prefix);
        if let Some(from) = &self.from {
            span = span.from(from);
        }
        if let Some(after) = &self.after {
            span = span.after(after);
        }
        if let Some(to) = &self.to {
            span = span.to(to);
        }
        span
    }

    /// What a sorted map answers.
    fn of(&self, model: &Model) -> Vec<(String, u64)> {
        let begin = |key: &String| match (&self.from, &self.after) {
            (_, Some(after)) => key > after,
            (Some(from), None) => key >= from,
            (None, None) => *key >= self.prefix,
        };
        let end = |key: &String| match &self.to {
            Some(to) => key < to,
            None => key.starts_with(&self.prefix) || *key < self.prefix,
        };
        let rows = model.iter().filter(|(key, _)| begin(key) && end(key)).map(|(key, value)| (key.clone(), *value));
        let mut rows: Vec<_> = rows.collect();
        if self.order == Order::Descending {
            rows.reverse();
        }
        rows.truncate(self.limit);
        rows
    }

    fn in_store(&self, read: &impl Read) -> Vec<(String, u64)> {
        let rows = read.list(TABLE, &self.span(), self.order, self.limit).unwrap();
        let first = read.first(TABLE, &self.span(), self.order).unwrap();
        assert!(self.limit == 0 || first == rows.first().cloned());
        rows.into_iter().map(|(key, value)| (key, value.as_u64().unwrap())).collect()
    }
}

fn any_key() -> impl Strategy<Value = String> {
    "[ab]{0,3}"
}

fn any_step() -> impl Strategy<Value = Step> {
    let order = prop_oneof![Just(Order::Ascending), Just(Order::Descending)];
    let key = || prop::option::weighted(0.3, any_key());
    let query = ("[ab]{0,2}", key(), key(), key(), order, 0..12_usize)
        .prop_map(|(prefix, from, after, to, order, limit)| Query { prefix, from, after, to, order, limit });
    prop_oneof![
        3 => (any_key(), any::<u32>()).prop_map(|(key, value)| Step::Put(key, value.into())),
        2 => any_key().prop_map(Step::Remove),
        3 => query.prop_map(Step::Look),
    ]
}

/// Batches of operations of steps; an operation may fail at its end.
fn any_batches() -> impl Strategy<Value = Vec<Vec<(Vec<Step>, bool)>>> {
    let operation = (prop::collection::vec(any_step(), 0..8), prop::bool::weighted(0.25));
    prop::collection::vec(prop::collection::vec(operation, 1..5), 1..5)
}

/// Takes the steps in `tx` and in the model, and holds what both see against each other.
fn run(tx: &mut Tx<'_, '_>, steps: &[Step], model: &mut Model) {
    for step in steps {
        match step {
            Step::Put(key, value) => {
                tx.put(TABLE, key, &(*value).into()).unwrap();
                model.insert(key.clone(), *value);
            }
            Step::Remove(key) => {
                tx.remove(TABLE, key);
                model.remove(key);
            }
            Step::Look(query) => assert_eq!(query.in_store(tx), query.of(model), "{query:?}"),
        }
    }
    for key in ["", "a", "ab", "b", "bba"].map(str::to_owned) {
        let found = tx.get(TABLE, &key).unwrap().and_then(|value| value.as_u64());
        assert_eq!(found, model.get(&key).copied());
        assert_eq!(tx.has(TABLE, &key).unwrap(), model.contains_key(&key));
    }
    assert!(!tx.has(FACTS, &([0; 16], crate::domain::Timestamp::MIN, [0; 16])).unwrap());
}

async fn equals_the_model(batches: Vec<Vec<(Vec<Step>, bool)>>) {
    // Its journal is so short that the tables take what is in it now and then.
    let store = Disk::with_store().open().unwrap();
    let mut model = Model::new();
    store
        .write(|tx| {
            tx.remove(TABLE, &"schema_version".to_owned());
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    for batch in batches {
        // A batch is what waits while the writer is busy; the model goes from one to the next.
        let (blocked, go_on) = std::sync::mpsc::channel();
        let blocking = store.write(move |_| {
            let _: Result<(), _> = go_on.recv();
            Ok::<_, StoreError>(())
        });
        let shared = std::sync::Arc::new(std::sync::Mutex::new(model));
        let operations: Vec<_> = batch
            .into_iter()
            .map(|(steps, fails)| {
                let shared = shared.clone();
                store.write(move |tx| {
                    let mut known = shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    let mut model = known.clone();
                    run(tx, &steps, &mut model);
                    if fails {
                        return Err(StoreError::Busy);
                    }
                    *known = model;
                    Ok(())
                })
            })
            .collect();
        let all = super::together(operations);
        let (_, _, answers) = tokio::join!(blocking, async { blocked.send(()).unwrap() }, all);
        assert!(answers.iter().all(|answer| matches!(answer, Ok(()) | Err(StoreError::Busy))), "{answers:?}");
        model = shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        let read = store.read().unwrap();
        for order in [Order::Ascending, Order::Descending] {
            for (prefix, limit) in [("", 100), ("a", 3), ("bb", 100)] {
                let query = Query { prefix: prefix.to_owned(), from: None, after: None, to: None, order, limit };
                assert_eq!(query.in_store(&read), query.of(&model));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_operation_sees_one_sorted_map(batches in any_batches()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(equals_the_model(batches));
    }

    #[test]
    fn keys_sort_as_their_parts_do(
        one in (any::<[u8; 4]>(), any::<i64>(), any::<u64>()),
        other in (any::<[u8; 4]>(), any::<i64>(), any::<u64>()),
    ) {
        let key = |(a, b, c): ([u8; 4], i64, u64)| (a, crate::domain::Timestamp::from_ms(b), c);
        let (one, other) = (key(one), key(other));
        prop_assert_eq!(one.cmp(&other), one.bytes().cmp(&other.bytes()));
        prop_assert_eq!(Key::take(&mut one.bytes().as_slice()), Some(one));
    }
}
