//! Creating operations: most of them at once, and those that meet others one by one.

mod batch;
mod one;

use std::collections::{BTreeMap, HashSet};

use lro_store::{Creation, Error, NewOperation, RequestKey};

pub(crate) use self::batch::CreateBatch;
pub(crate) use self::one::{CreateOnes, create_one, locks_of};
use crate::call::{Shared, attempt};

/// Creates operations of different names. The future must not be dropped before its end.
pub(crate) async fn create(shared: &Shared, operations: Vec<NewOperation>) -> Result<Vec<Creation>, Error> {
    let mut answers: BTreeMap<usize, Creation> = BTreeMap::new();
    let mut requests: HashSet<RequestKey> = HashSet::new();
    let (mut plain, mut others) = (Vec::new(), Vec::new());
    let count = operations.len();
    for (at, new) in operations.into_iter().enumerate() {
        if let Some(fault) = new.fault() {
            answers.insert(at, Creation::Invalid(fault.to_owned()));
            continue;
        }
        let is_first = new.request_key().is_none_or(|key| requests.insert(key));
        if is_first && new.exclusive().is_none() {
            plain.push((at, new));
        } else {
            others.push((at, new));
        }
    }
    if !plain.is_empty() {
        let batch = CreateBatch::new(plain);
        let created = attempt(shared, &batch).await?;
        for (item, answer) in batch.into_items().into_iter().zip(created) {
            match answer {
                Some(answer) => {
                    answers.insert(item.0, answer);
                }
                None => others.push(item),
            }
        }
        others.sort_by_key(|(at, _)| *at);
    }
    if !others.is_empty() {
        let (places, others): (Vec<usize>, Vec<NewOperation>) = others.into_iter().unzip();
        let created = attempt(shared, &CreateOnes(others)).await?;
        answers.extend(places.into_iter().zip(created));
    }
    debug_assert_eq!(answers.len(), count, "each item has its answer");
    Ok(answers.into_values().collect())
}

/// Whether some of them concern each other, so that their order counts.
pub(crate) fn meet_each_other(operations: &[NewOperation]) -> bool {
    let (mut requests, mut keys) = (HashSet::new(), HashSet::new());
    operations.iter().any(|new| {
        let repeats = new.request_key().is_some_and(|key| !requests.insert(key));
        repeats || new.exclusive().is_some_and(|key| !keys.insert(key))
    })
}
