//! The marks and codes of currencies: beside an amount, or in a cell of their own.
//!
//! - In: an amount with its mark before or after. Out: the rest of the text, and for any currency but USD why it is refused.
//! - In: a cell that names a currency. Out: its code, unless it is USD.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::sources::rejection::Rejection;

/// Marks of currencies, each with the code; none for US dollars.
type Marks = (&'static [&'static str], Option<Other>);

/// A currency that is not US dollars.
#[derive(Debug, Clone, Copy)]
struct Other {
    code: &'static str,
    /// Why an amount beside its mark is refused.
    refused: Rejection,
}

macro_rules! other {
    ($name:literal) => {
        Some(Other {
            code: $name,
            refused: ("bad-amount", concat!("an amount is in ", $name, ", and no exchange rate is known")),
        })
    };
}

/// The code of the currency that a cell names, in capitals; `None` for US dollars and where nothing is named.
pub(in crate::sources) fn other_than_usd(text: &str) -> Option<Cow<'static, str>> {
    // Nearly every row of every export.
    if text == "USD" {
        return None;
    }
    let text = text.trim();
    let known = MARKS.iter().find(|(marks, _)| marks.iter().any(|mark| mark.eq_ignore_ascii_case(text)));
    match known {
        Some((_, other)) => other.map(|other| Cow::Borrowed(other.code)),
        None if text.is_empty() || text.eq_ignore_ascii_case("NULL") || text.eq_ignore_ascii_case("US dollar") => None,
        None => Some(Cow::Owned(text.to_uppercase())),
    }
}

const MARKS: &[Marks] = &[
    (&["$", "US$", "$US", "US-$", "USD", "US dollars"], None),
    (&["€", "EUR", "euros"], other!("EUR")),
    (&["£", "GBP"], other!("GBP")),
    (&["¥", "￥"], other!("yen or yuan")),
    (&["CNY", "RMB", "CN¥", "元"], other!("CNY")),
    (&["JPY", "JP¥", "円"], other!("JPY")),
    (&["₹", "INR", "Rs.", "Rs"], other!("INR")),
    (&["₩", "KRW", "원"], other!("KRW")),
    (&["₽", "RUB"], other!("RUB")),
    (&["CHF", "Fr."], other!("CHF")),
    (&["C$", "CA$", "CAD", "CAD$", "$CA"], other!("CAD")),
    (&["A$", "AU$", "AUD", "AUD$"], other!("AUD")),
    (&["NZ$", "NZD"], other!("NZD")),
    (&["HK$", "HKD"], other!("HKD")),
    (&["S$", "SG$", "SGD"], other!("SGD")),
    (&["NT$", "TWD"], other!("TWD")),
    (&["R$", "BRL"], other!("BRL")),
    (&["MX$", "Mex$", "MXN"], other!("MXN")),
    (&["kr", "kr."], other!("SEK, NOK or DKK")),
    (&["SEK"], other!("SEK")),
    (&["NOK"], other!("NOK")),
    (&["DKK"], other!("DKK")),
    (&["zł", "PLN"], other!("PLN")),
    (&["Kč", "CZK"], other!("CZK")),
    (&["Ft", "HUF"], other!("HUF")),
    (&["lei", "RON"], other!("RON")),
    (&["₪", "ILS"], other!("ILS")),
    (&["₺", "TRY", "TL"], other!("TRY")),
    (&["₴", "UAH"], other!("UAH")),
    (&["₫", "VND", "đ"], other!("VND")),
    (&["฿", "THB"], other!("THB")),
    (&["₱", "PHP"], other!("PHP")),
    (&["₦", "NGN"], other!("NGN")),
    (&["Rp", "IDR"], other!("IDR")),
    (&["RM", "MYR"], other!("MYR")),
    (&["ZAR"], other!("ZAR")),
    (&["AED"], other!("AED")),
    (&["SAR"], other!("SAR")),
];

/// For each ASCII byte at one end of a mark, the bytes that are next to it in a mark, in both cases. Few texts that are no
/// amounts begin or end like one.
struct Ends([u128; 128]);

static STARTS: LazyLock<Ends> = LazyLock::new(|| Ends::of(|mark| (mark.first().copied(), mark.get(1).copied())));
static ENDS: LazyLock<Ends> = LazyLock::new(|| {
    Ends::of(|mark| (mark.last().copied(), mark.len().checked_sub(2).and_then(|at| mark.get(at)).copied()))
});

impl Ends {
    fn of(end: impl Fn(&[u8]) -> (Option<u8>, Option<u8>)) -> Self {
        let mut ends = [0; 128];
        for mark in MARKS.iter().flat_map(|(marks, _)| *marks) {
            let (outer, inner) = end(mark.as_bytes());
            let inner = match inner {
                Some(inner) if inner.is_ascii() => {
                    1 << inner.to_ascii_lowercase() | 1_u128 << inner.to_ascii_uppercase()
                }
                _ => u128::MAX,
            };
            for outer in outer.into_iter().flat_map(|outer| [outer.to_ascii_lowercase(), outer.to_ascii_uppercase()]) {
                if let Some(next) = ends.get_mut(usize::from(outer)) {
                    *next |= inner;
                }
            }
        }
        Self(ends)
    }

    /// Whether a mark may have this byte at its end, next to that one.
    fn may_have(&self, outer: u8, inner: Option<&u8>) -> bool {
        let next = self.0.get(usize::from(outer));
        next.is_none_or(|next| inner.is_none_or(|inner| !inner.is_ascii() || next >> inner & 1 == 1))
    }
}

/// The text after the mark that it starts with.
pub(super) fn strip_before(text: &str) -> Option<(&str, Option<Rejection>)> {
    let first = text.bytes().next()?;
    // Nearly every amount starts with a digit.
    if first.is_ascii_digit() || matches!(first, b'.' | b',') || !STARTS.may_have(first, text.as_bytes().get(1)) {
        return None;
    }
    let after = |mark: &str| {
        // Few marks begin as the text does; this is asked of each of them.
        mark.as_bytes().first().filter(|start| start.eq_ignore_ascii_case(&first))?;
        let rest = text.get(mark.len()..).filter(|_| starts_with(text, mark))?;
        (!joins(mark.chars().next_back(), rest.chars().next())).then_some(rest)
    };
    longest(after)
}

/// The text before the mark that it ends with.
pub(super) fn strip_after(text: &str) -> Option<(&str, Option<Rejection>)> {
    let last = text.bytes().next_back()?;
    let inner = text.len().checked_sub(2).and_then(|at| text.as_bytes().get(at));
    if last.is_ascii_digit() || !ENDS.may_have(last, inner) {
        return None;
    }
    let before = |mark: &str| {
        mark.as_bytes().last().filter(|end| end.eq_ignore_ascii_case(&last))?;
        let start = text.len().checked_sub(mark.len())?;
        let rest = text.get(..start).filter(|_| starts_with(&text[start..], mark))?;
        (!joins(rest.chars().next_back(), mark.chars().next())).then_some(rest)
    };
    longest(before)
}

/// The shortest rest, which is what the longest mark leaves.
fn longest<'a>(rest: impl Fn(&str) -> Option<&'a str>) -> Option<(&'a str, Option<Rejection>)> {
    let all = MARKS.iter().flat_map(|(marks, other)| marks.iter().map(move |mark| (mark, *other)));
    let rests = all.filter_map(|(mark, other)| Some((rest(mark)?, other.map(|other| other.refused))));
    rests.min_by_key(|(rest, _)| rest.len())
}

fn starts_with(text: &str, mark: &str) -> bool {
    text.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark))
}

/// Whether two letters belong to one word, so that neither half of it is a mark.
fn joins(before: Option<char>, after: Option<char>) -> bool {
    let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphabetic);
    is_letter(before) && is_letter(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_is_found_on_either_side_in_either_case() {
        for mark in MARKS.iter().flat_map(|(marks, _)| *marks) {
            for mark in [(*mark).to_owned(), mark.to_ascii_lowercase(), mark.to_ascii_uppercase()] {
                assert_eq!(strip_before(&format!("{mark}5")).map(|(rest, _)| rest), Some("5"), "{mark}");
                assert_eq!(strip_before(&format!("{mark} 5")).map(|(rest, _)| rest), Some(" 5"), "{mark}");
                assert_eq!(strip_after(&format!("5{mark}")).map(|(rest, _)| rest), Some("5"), "{mark}");
                assert_eq!(strip_after(&format!("5 {mark}")).map(|(rest, _)| rest), Some("5 "), "{mark}");
            }
        }
    }

    #[test]
    fn a_cell_names_a_currency_by_its_code_or_its_mark() {
        for dollars in ["USD", "usd", "$", "US$", " USD ", "", "NULL"] {
            assert_eq!(other_than_usd(dollars), None, "{dollars}");
        }
        for (text, code) in [("EUR", "EUR"), ("eur", "EUR"), ("€", "EUR"), ("RMB", "CNY"), ("xof", "XOF")] {
            assert_eq!(other_than_usd(text).as_deref(), Some(code), "{text}");
        }
    }
}
