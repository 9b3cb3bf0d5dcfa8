//! Counts that a record writes with their own total → disjoint buckets.
//!
//! Vendors and tools differ in whether the input includes cached tokens and the output includes reasoning, and change it without
//! a word. A record's own total shows which it is: the format's usual way is taken if it fits, else the one that does.

use super::draft::{DraftTokens, Footing};
use crate::sources::values::count::Count;

/// Counts as they are written.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::sources) struct Written {
    pub(in crate::sources) input: Count,
    pub(in crate::sources) cache_read: Count,
    /// All that was written to a cache.
    pub(in crate::sources) cache_write: Count,
    pub(in crate::sources) output: Count,
    pub(in crate::sources) reasoning: Count,
    /// What the record itself says all of them are.
    pub(in crate::sources) total: Count,
}

/// What a format usually includes in what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sources) struct Convention {
    /// The input includes cached tokens.
    pub(in crate::sources) cached_inside: bool,
    /// The output includes reasoning.
    pub(in crate::sources) reasoning_inside: bool,
    /// More cached tokens than input are beside it, even without a total that says so; else they are damage.
    pub(in crate::sources) spills: bool,
}

/// As OpenAI writes: both parts are in what they are parts of.
pub(in crate::sources) const INSIDE: Convention =
    Convention { cached_inside: true, reasoning_inside: true, spills: false };
/// The same from tools that pass on what several vendors write.
pub(in crate::sources) const MIXED: Convention = Convention { spills: true, ..INSIDE };
/// As Anthropic writes: cached tokens are beside the input.
pub(in crate::sources) const BESIDE: Convention = Convention { cached_inside: false, ..INSIDE };

impl Written {
    /// The buckets, and how they fit the total.
    pub(in crate::sources) fn settle(self, usual: Convention) -> DraftTokens {
        let Self { input, cache_read, cache_write, output, reasoning, total } = self;
        if total.is_invalid() {
            // It says what the parts are.
            return DraftTokens::INVALID;
        }
        let all = [input, cache_read, cache_write, output, reasoning, total];
        let Some([fresh, read, written, answer, thought, whole]) = Count::all_or_zero(all) else {
            return self.buckets(usual, Footing::Unknown);
        };
        let cached = read + written;
        let flip = Convention { spills: usual.spills, ..usual };
        let conventions = [
            usual,
            Convention { reasoning_inside: !usual.reasoning_inside, ..flip },
            Convention { cached_inside: !usual.cached_inside, ..flip },
            Convention { cached_inside: !usual.cached_inside, reasoning_inside: !usual.reasoning_inside, ..flip },
        ];
        let possible =
            |way: Convention| (!way.cached_inside || cached <= fresh) && (!way.reasoning_inside || thought <= answer);
        // Some totals leave out what is beside the input.
        let sum = |way: Convention, with_cached: bool| {
            let beside = if way.cached_inside || !with_cached { 0 } else { cached };
            fresh + answer + beside + if way.reasoning_inside { 0 } else { thought }
        };
        let is_sum = |way: Convention| {
            let may_leave_out = !usual.cached_inside || cached > fresh;
            sum(way, true) == whole || !way.cached_inside && may_leave_out && sum(way, false) == whole
        };
        let spilled = || {
            let beside = Convention { cached_inside: false, ..usual };
            if usual.spills && cached > fresh { beside } else { usual }
        };
        if total.known().is_none_or(|total| total == 0) {
            return self.buckets(spilled(), Footing::Unknown);
        }
        let fitting = conventions.into_iter().find(|way| possible(*way) && is_sum(*way));
        match fitting {
            Some(way) if way.cached_inside == usual.cached_inside || cached == 0 => {
                let is_usual = way.reasoning_inside == usual.reasoning_inside || thought == 0;
                let name = if usual.reasoning_inside {
                    "reasoning is beside the output"
                } else {
                    "reasoning is in the output"
                };
                self.buckets(way, if is_usual { Footing::Fits } else { Footing::Otherwise(name) })
            }
            Some(way) => {
                let is_also_other = way.reasoning_inside != usual.reasoning_inside && thought > 0;
                let name = match (usual.cached_inside, is_also_other) {
                    (true, false) => "cached tokens are beside the input",
                    (true, true) => "cached tokens are beside the input, and reasoning overlaps otherwise",
                    (false, false) => "cached tokens are in the input",
                    (false, true) => "cached tokens are in the input, and reasoning overlaps otherwise",
                };
                self.buckets(way, Footing::Otherwise(name))
            }
            None => {
                let way = spilled();
                let difference = i128::from(whole) - i128::from(sum(way, true));
                self.buckets(way, Footing::Differs(i64::try_from(difference).unwrap_or(i64::MAX)))
            }
        }
    }

    fn buckets(self, way: Convention, footing: Footing) -> DraftTokens {
        let cached = if way.cached_inside { Count::sum([self.cache_read, self.cache_write]) } else { Count::Absent };
        DraftTokens {
            input: self.input.minus(cached),
            cache_read: self.cache_read,
            cache_write_unspecified: self.cache_write,
            output: if way.reasoning_inside { self.output } else { self.output.plus(self.reasoning) },
            reasoning: self.reasoning,
            footing,
            ..DraftTokens::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settle(counts: [u64; 6], usual: Convention) -> ([u64; 4], Footing) {
        let [input, cache_read, cache_write, output, reasoning, total] = counts.map(Count::Known);
        let tokens = Written { input, cache_read, cache_write, output, reasoning, total }.settle(usual);
        let buckets = [tokens.input, tokens.cache_read, tokens.cache_write_unspecified, tokens.output];
        (buckets.map(|count| count.known().unwrap_or(u64::MAX)), tokens.footing)
    }

    #[test]
    fn the_total_shows_whether_cached_tokens_are_in_the_input() {
        assert_eq!(settle([10, 6, 1, 5, 2, 15], INSIDE), ([3, 6, 1, 5], Footing::Fits));
        let beside = Footing::Otherwise("cached tokens are beside the input");
        assert_eq!(settle([10, 6, 1, 5, 2, 22], INSIDE), ([10, 6, 1, 5], beside));
        assert_eq!(settle([10, 60, 0, 5, 0, 75], INSIDE), ([10, 60, 0, 5], beside));
        assert_eq!(settle([10, 60, 0, 5, 0, 15], MIXED), ([10, 60, 0, 5], beside));
        assert_eq!(settle([10, 6, 1, 5, 0, 22], BESIDE), ([10, 6, 1, 5], Footing::Fits));
        assert_eq!(settle([10, 6, 1, 5, 0, 15], BESIDE), ([10, 6, 1, 5], Footing::Fits));
    }

    #[test]
    fn the_total_shows_whether_reasoning_is_in_the_output() {
        let beside = Footing::Otherwise("reasoning is beside the output");
        assert_eq!(settle([32, 8, 0, 9, 94, 135], INSIDE), ([24, 8, 0, 103], beside));
        assert_eq!(settle([32, 8, 0, 103, 94, 135], INSIDE), ([24, 8, 0, 103], Footing::Fits));
        let gemini = Convention { reasoning_inside: false, ..INSIDE };
        assert_eq!(settle([32, 8, 0, 9, 94, 135], gemini), ([24, 8, 0, 103], Footing::Fits));
        let inside = Footing::Otherwise("reasoning is in the output");
        assert_eq!(settle([32, 8, 0, 103, 94, 135], gemini), ([24, 8, 0, 103], inside));
    }

    #[test]
    fn a_damaged_total_damages_the_record() {
        let written = Written {
            output: Count::Known(9),
            reasoning: Count::Known(4),
            total: Count::Invalid,
            ..Written::default()
        };
        assert!(written.settle(INSIDE).counts().is_err());
    }

    #[test]
    fn without_a_fitting_total_the_usual_way_counts() {
        assert_eq!(settle([10, 6, 0, 5, 0, 0], INSIDE), ([4, 6, 0, 5], Footing::Unknown));
        assert_eq!(settle([10, 6, 0, 5, 0, 100], INSIDE), ([4, 6, 0, 5], Footing::Differs(85)));
        assert_eq!(settle([10, 60, 0, 5, 0, 0], MIXED), ([10, 60, 0, 5], Footing::Unknown));
        assert_eq!(settle([10, 60, 0, 5, 0, 0], INSIDE).0[0], u64::MAX);
    }
}
