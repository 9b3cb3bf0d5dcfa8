//! Which cells of a vendor's row set it apart from other rows: every text that is neither a figure nor changes by itself.

use std::cell::RefCell;

use super::remembered::Remembered;

/// How the column of a cell is treated, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sources) enum Column {
    /// Its cells set rows apart, also where they look like numbers: accounts, projects, cost centres.
    Identifier,
    /// Its cells set rows apart unless they are numbers, which are figures.
    Text,
    /// It changes from one export of a row to the next.
    Volatile,
}

/// How the names of columns end whose numbers are names.
const IDENTIFIERS: &[&str] = &[
    "id",
    "number",
    "account",
    "code",
    "key",
    "center",
    "centre",
    "date",
    "time",
    "start",
    "end",
    "hour",
    "day",
    "month",
    "year",
    "period",
    "name",
    "section",
    "project",
    "subscription",
    "organization",
    "organisation",
    "workspace",
    "user",
    "team",
];

/// What is in the names of columns that a vendor fills or changes later, or that hold amounts as a text.
const VOLATILE: &[&str] = &[
    "invoiceid",
    "invoicenumber",
    "invoicedate",
    "updated",
    "refreshed",
    "generatedat",
    "exportedat",
    "assembl",
    "credits",
    "discount",
    "estimated",
    "status",
    "balance",
];

impl Column {
    /// How a column is treated.
    pub(in crate::sources) fn named(name: &str) -> Self {
        let bare: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
        let ends = |endings: &[&str]| endings.iter().any(|end| bare.ends_with(end));
        if VOLATILE.iter().any(|part| bare.contains(part)) {
            Self::Volatile
        } else if ends(IDENTIFIERS) && !ends(&["paid", "perhour", "perday", "permonth"]) {
            Self::Identifier
        } else {
            Self::Text
        }
    }

    /// The same, remembered by name for the rows that follow.
    pub(in crate::sources) fn remembered(name: &str) -> Self {
        thread_local! {
            static KNOWN: RefCell<Remembered<Column>> = RefCell::default();
        }
        KNOWN.with_borrow_mut(|known| known.get(name, Self::named))
    }

    /// Whether a cell sets its row apart.
    pub(in crate::sources) fn sets_apart(self, cell: &str) -> bool {
        match self {
            Self::Identifier => !cell.is_empty(),
            Self::Text => !cell.is_empty() && !is_figure(cell),
            Self::Volatile => false,
        }
    }
}

/// Whether a text is a number as tables write it: digits, signs in front or behind, separators, a mark of a currency.
pub(in crate::sources) fn is_figure(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut digits = false;
    bytes.iter().enumerate().all(|(at, byte)| {
        digits |= byte.is_ascii_digit();
        match byte {
            b'0'..=b'9' | b'.' | b',' | b'\'' | b'+' | b'$' | b'%' | b'(' | b')' | b' ' => true,
            b'-' => at == 0 || at + 1 == bytes.len() || matches!(bytes[at - 1], b'e' | b'E' | b'$'),
            b'e' | b'E' => at > 0 && bytes[at - 1].is_ascii_digit(),
            // Signs of currencies and spaces beyond ASCII.
            byte => !byte.is_ascii(),
        }
    }) && digits
}

/// The words that a row of sums has in place of a name.
const TOTALS: &[&str] = &[
    "total",
    "totals",
    "grand total",
    "sum",
    "subtotal",
    "sub-total",
    "sub total",
    "total usd",
    "overall",
    "gesamt",
    "gesamtsumme",
    "gesamtergebnis",
    "summe",
    "insgesamt",
    "total general",
    "total général",
    "suma",
    "somme",
    "totale",
    "totaal",
    "итого",
    "всего",
    "合计",
    "总计",
    "總計",
    "合計",
];

/// What those in ASCII begin with.
const STARTS: [[u8; 3]; 8] = [*b"tot", *b"sum", *b"sub", *b"som", *b"gra", *b"ges", *b"ove", *b"ins"];

/// The length of the longest of them, with some colons.
const MAX_TOTAL: usize = 24;

/// Whether a text says that its row sums the others.
pub(in crate::sources) fn is_total(text: &str) -> bool {
    // Nearly every text is the name of a model, a person or a team.
    let may_be = match text.as_bytes() {
        [first, second, third, ..] if first.is_ascii() => {
            STARTS.contains(&[first, second, third].map(u8::to_ascii_lowercase)) && text.len() <= MAX_TOTAL
        }
        [_, _, ..] => true,
        _ => false,
    };
    if !may_be {
        return false;
    }
    let text = text.trim_end_matches(':');
    if text.is_ascii() {
        return TOTALS.iter().any(|word| word.eq_ignore_ascii_case(text));
    }
    TOTALS.contains(&text.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_for_a_total_is_known_by_its_start() {
        assert!(TOTALS.iter().all(|word| is_total(word) && is_total(&format!("{}:", word.to_uppercase()))));
        assert!(!is_total("sonnet") && !is_total("totally") && !is_total("gpt"));
    }

    #[test]
    fn figures_do_not_set_rows_apart_and_names_do() {
        for (name, cell, apart) in [
            ("cost", "12.50", false),
            ("line_item_unblended_cost", "1E-05", false),
            ("costcenter", "4711", true),
            ("project.number", "123456789012", true),
            ("subscriptionid", "s", true),
            ("usage_date_utc", "2026-05-04", true),
            ("date", "05/04/2026", true),
            ("location.location", "us-east5", true),
            ("export_time", "2026-05-04 14:00:00 UTC", true),
            ("bill_invoice_id", "G1", false),
            ("invoicesectionname", "A", true),
            ("credits", "[{\"amount\":-1}]", false),
            ("web_search_count", "3", false),
            ("total_requests", "1,204", false),
            ("amount_paid", "3", false),
            ("cost", "€1.20", false),
            ("model", "", false),
        ] {
            assert_eq!(Column::named(name).sets_apart(cell), apart, "{name} {cell}");
        }
        for word in TOTALS {
            assert!(is_total(word) && is_total(&format!("{word}:")) && is_total(&word.to_ascii_uppercase()), "{word}");
        }
        assert!(is_total("Total") && is_total("Grand Total:") && is_total("总计") && !is_total("total-corp"));
    }
}
