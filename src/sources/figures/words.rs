//! What a key counts, by the words in its name.

/// Words that name usage.
const USAGE: [&str; 20] = [
    "token",
    "tokens",
    "tok",
    "toks",
    "usage",
    "cached",
    "cache",
    "reasoning",
    "thought",
    "thoughts",
    "thinking",
    "unit",
    "units",
    "aiu",
    "acu",
    "acus",
    "credit",
    "credits",
    "consumed",
    "billable",
];
/// Words that name money.
const MONEY: [&str; 25] = [
    "cost",
    "costs",
    "price",
    "amount",
    "amounts",
    "billed",
    "spend",
    "spent",
    "charge",
    "charges",
    "charged",
    "fee",
    "fees",
    "usd",
    "eur",
    "cny",
    "dollars",
    "cents",
    "surcharge",
    "discount",
    "paid",
    "payable",
    "expense",
    "expenses",
    "markup",
];
/// Words of numbers that are no usage even if they are about it: limits, rates, times and names.
const OTHER: [&str; 50] = [
    "max",
    "maximum",
    "min",
    "minimum",
    "limit",
    "limits",
    "limited",
    "budget",
    "budgets",
    "remaining",
    "quota",
    "quotas",
    "threshold",
    "window",
    "cap",
    "allowed",
    "entitlement",
    "per",
    "rate",
    "rates",
    "ratio",
    "percent",
    "percentage",
    "pct",
    "share",
    "ms",
    "millis",
    "sec",
    "secs",
    "seconds",
    "time",
    "duration",
    "latency",
    "at",
    "date",
    "timestamp",
    "start",
    "end",
    "day",
    "id",
    "ids",
    "index",
    "version",
    "type",
    "kind",
    "currency",
    "name",
    "temperature",
    "enabled",
    "ttl",
];
/// Ends of names that are written without any sign between their words.
const ENDS: [&str; 3] = ["tokens", "cost", "token"];

/// Whether a number under this key is usage or money.
pub(in crate::sources) fn is_figure(key: &str) -> bool {
    any(key, |word| is_usage(word) || is_money_word(word)) && !is_other(key)
}

/// Whether the key names usage or money, be it a number or what holds numbers.
pub(in crate::sources) fn names_usage(key: &str) -> bool {
    any(key, |word| is_usage(word) || is_money_word(word))
}

/// Whether the key is a limit, a rate, a time or a name. What follows `by` is none of its kind: `consumption_by_date` holds days.
pub(in crate::sources) fn is_other(key: &str) -> bool {
    let mut is_grouping = false;
    any(key, |word| {
        is_grouping |= word == "by";
        !is_grouping && OTHER.contains(&word)
    })
}

/// Whether the figure at a path is an amount of money.
pub(super) fn is_money(path: &str) -> bool {
    any(path, is_money_word)
}

fn is_usage(word: &str) -> bool {
    USAGE.contains(&word) || ENDS.iter().any(|end| word.ends_with(end))
}

fn is_money_word(word: &str) -> bool {
    MONEY.contains(&word) || word.ends_with("cost")
}

/// Whether one of the words of a name fits: `tokensIn`, `costUSD`, `cache-read_tokens` and `Total Tokens (k)` are split where
/// a person sees a word begin. Words are compared in lower case.
fn any(name: &str, mut fits: impl FnMut(&str) -> bool) -> bool {
    let bytes = name.as_bytes();
    let is_start = |at: usize| {
        let (before, here) = (bytes[at - 1], bytes[at]);
        let next_is_lower = bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        !before.is_ascii_alphabetic() && here.is_ascii_alphabetic()
            || before.is_ascii_lowercase() && here.is_ascii_uppercase()
            || before.is_ascii_uppercase() && here.is_ascii_uppercase() && next_is_lower
            || before.is_ascii_alphabetic() && !here.is_ascii_alphabetic()
    };
    let mut start = 0;
    (1..=bytes.len()).any(|at| {
        if at < bytes.len() && !is_start(at) {
            return false;
        }
        let word = name.get(start..at).unwrap_or("").to_ascii_lowercase();
        start = at;
        fits(&word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_known_by_their_words_and_not_by_parts_of_words() {
        let usage = [
            "tokensIn",
            "costUSD",
            "USDCost",
            "cache-read_tokens",
            "Total Tokens (k)",
            "inputtokens",
            "promptTokenCount",
            "gen_ai.usage.input_tokens",
            "lineItem/UnblendedCost",
            "thoughtsTokenCount",
            "totalNanoAiu",
            "tokens2",
            "fee_usd",
            "tokens_by_date",
            "costByType",
        ];
        for key in usage {
            assert!(is_figure(key), "{key}");
        }
        let other = [
            "accustomed",
            "tokenizer",
            "sausage",
            "max_tokens",
            "budgetTokens",
            "tokens_per_second",
            "cacheHitRate",
            "token_id",
            "max_tokens_by_day",
            "usage_start_time",
            "amount_currency",
            "input",
            "costume",
            "unite",
            "",
        ];
        for key in other {
            assert!(!is_figure(key), "{key}");
        }
    }
}
