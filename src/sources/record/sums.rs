//! The sums that a log keeps of a session, beside records of its parts.
//!
//! - In: the sums, and what is counted one by one. Out: what the sums have beyond that: titles, answers that were deleted, what older
//!   versions counted.
//! - Refuses: parts that are more than the sums, which then are no sums of these parts.

use super::draft::DraftTokens;
use crate::sources::values::amount::Amount;
use crate::sources::values::count::Count;

/// The sums of a session, or of its parts.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::sources) struct Sums {
    pub(in crate::sources) tokens: DraftTokens,
    pub(in crate::sources) cost: Amount,
    pub(in crate::sources) requests: Count,
}

impl Sums {
    /// Adds a part.
    pub(in crate::sources) fn add(&mut self, part: &Self) {
        let (ours, theirs) = (&mut self.tokens, &part.tokens);
        let kinds = [
            (&mut ours.input, theirs.input),
            (&mut ours.cache_read, theirs.cache_read),
            (&mut ours.cache_write_unspecified, theirs.cache_write_unspecified),
            (&mut ours.output, theirs.output),
            (&mut ours.reasoning, theirs.reasoning),
            (&mut self.requests, part.requests),
        ];
        for (sum, more) in kinds {
            *sum = Count::sum([*sum, more]);
        }
        self.cost = if self.cost.is_absent() { part.cost } else { self.cost.plus(part.cost) };
    }

    /// What is left without the parts, if it is a token. Damaged sums are left as they are, for their record to be rejected.
    pub(in crate::sources) fn beyond(&self, parts: &Self) -> Option<Self> {
        let (whole, of) = (&self.tokens, &parts.tokens);
        let counts = [
            whole.input,
            whole.cache_read,
            whole.cache_write_unspecified,
            whole.output,
            whole.reasoning,
            self.requests,
        ];
        if counts.iter().any(|count| count.is_invalid()) || self.cost == Amount::Invalid {
            return Some(*self);
        }
        let tokens = DraftTokens {
            input: without(whole.input, of.input)?,
            cache_read: without(whole.cache_read, of.cache_read)?,
            cache_write_unspecified: without(whole.cache_write_unspecified, of.cache_write_unspecified)?,
            output: without(whole.output, of.output)?,
            reasoning: without(whole.reasoning, of.reasoning)?,
            ..DraftTokens::default()
        };
        let cost = match (self.cost, parts.cost) {
            (Amount::Known(whole), Amount::Known(of)) if of.nanos() <= whole.nanos() => Amount::Known(whole - of),
            (Amount::Known(whole), Amount::Absent) => Amount::Known(whole),
            _ => Amount::Absent,
        };
        let requests = without(self.requests, parts.requests).unwrap_or_default();
        (!tokens.is_zero()).then_some(Self { tokens, cost: cost.unless_zero(), requests: requests.unless_zero() })
    }
}

/// A count without a part of it; `None` if the part is larger, or one of them is damaged.
fn without(whole: Count, part: Count) -> Option<Count> {
    let rest = whole.minus(part);
    let is_part_of_nothing = whole.is_absent() && part.known().is_some_and(|part| part > 0);
    (!rest.is_invalid() && !is_part_of_nothing).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::money::Money;

    fn sums(input: u64, output: u64, nanos: i128) -> Sums {
        let tokens = DraftTokens { input: Count::Known(input), output: Count::Known(output), ..DraftTokens::default() };
        Sums { tokens, cost: Amount::Known(Money::from_nanos(nanos)), requests: Count::Known(1) }
    }

    #[test]
    fn what_sums_have_beyond_their_parts_is_left() {
        let mut parts = sums(10, 2, 30);
        parts.add(&sums(5, 1, 20));
        let rest = sums(40, 3, 60).beyond(&parts).expect("a rest");
        assert_eq!((rest.tokens.input, rest.tokens.output), (Count::Known(25), Count::Known(0)));
        assert_eq!(rest.cost, Amount::Known(Money::from_nanos(10)));
        assert!(sums(15, 3, 90).beyond(&parts).is_none(), "no token is left");
        assert!(sums(40, 2, 90).beyond(&parts).is_none(), "the parts are more");
        assert!(sums(40, 3, 10).beyond(&parts).expect("a rest").cost.is_absent());
        let mut damaged = sums(40, 3, 90);
        damaged.tokens.input = Count::Invalid;
        assert!(damaged.beyond(&parts).expect("a damaged rest").tokens.input.is_invalid());
    }
}
