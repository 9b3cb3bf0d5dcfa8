//! W12 Context beyond the usual: longer prompts than sessions of the same kind need at the same place.

use std::collections::BTreeMap;

use crate::model::money::Money;
use crate::model::prompt::WorkType;
use crate::model::usage::TokenCounts;
use crate::sessions::waste::{Case, Confidence, Kind};

/// So many sessions make something usual.
const LEAST_SESSIONS: usize = 10;
/// Requests at these places are compared with each other; later ones with the last.
const PLACES: [usize; 8] = [5, 10, 20, 40, 80, 160, 320, 640];

/// See [`Kind::about`].
pub(super) struct Context;

impl Kind for Context {
    fn id(&self) -> &'static str {
        "context-beyond-usual"
    }

    fn code(&self) -> &'static str {
        "W12"
    }

    fn name(&self) -> &'static str {
        "Context beyond the usual"
    }

    fn about(&self) -> &'static str {
        "Prompt tokens above the median of requests at the same place in sessions of the same type of work (10 sessions or more), \
         at the price of reading them from the cache. Half of all sessions are above the median by definition, so this is a \
         bound and no verdict; a session may need its context."
    }

    fn action(&self) -> &'static str {
        "clear or compact between tasks; start a new session for a new subject"
    }

    fn confidence(&self) -> Confidence {
        Confidence::UpperBound
    }

    fn range(&self) -> (u32, u32) {
        (10, 50)
    }

    fn find(&self, case: &Case<'_>, out: &mut Vec<(usize, Money)>) {
        type Places = BTreeMap<(Option<WorkType>, usize), Vec<Vec<u64>>>;
        let mut found: Places = BTreeMap::new();
        let mut chains = Vec::new();
        for (at, session) in case.turns.sessions.iter().enumerate() {
            let chain = case.chain(at);
            let kind = case.work_types.session(session.name);
            let mut own: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
            for (index, &record) in chain.iter().enumerate() {
                own.entry(place(index)).or_default().push(case.records[record].counts.prompt());
            }
            for (place, prompts) in own {
                found.entry((kind, place)).or_default().push(prompts);
            }
            chains.push((kind, chain));
        }
        // A session speaks once at each place, however many requests it made there.
        let usual: BTreeMap<_, u64> = found
            .into_iter()
            .filter(|(_, sessions)| sessions.len() >= LEAST_SESSIONS)
            .map(|(key, sessions)| (key, median(sessions.into_iter().map(median).collect())))
            .collect();
        for (kind, chain) in chains {
            for (index, record) in chain.into_iter().enumerate() {
                let Some(usual) = usual.get(&(kind, place(index))) else { continue };
                let one = &case.records[record];
                let read = one.counts.cache_read.unwrap_or(0);
                let beyond = one.counts.prompt().saturating_sub(*usual).min(read);
                if beyond > 0 {
                    let without = TokenCounts { cache_read: Some(read - beyond), ..one.counts };
                    out.extend(case.prices.saved(one, without).map(|cost| (record, cost)));
                }
            }
        }
    }
}

fn place(index: usize) -> usize {
    PLACES.partition_point(|end| *end <= index)
}

fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(0)
}
