//! The format of an output: what --format says, else what the ending of --out says, else the usual one.

use std::path::Path;

/// A format, its name, and the endings of its files.
pub(super) type Choice<'a, T> = (T, &'static str, &'a [&'static str]);

/// The format, and a warning when an ending contradicts it or says nothing. The first choice is the usual one.
pub(super) fn choose<T: Copy + PartialEq>(
    given: Option<T>,
    out: Option<&Path>,
    choices: &[Choice<'_, T>],
    usual: Choice<'_, T>,
) -> (T, Option<String>) {
    let path = out.filter(|path| !path.is_dir());
    let Some(ending) = path.and_then(Path::extension).and_then(|ending| ending.to_str()) else {
        return (given.unwrap_or(usual.0), None);
    };
    let by_ending = choices.iter().find(|(.., endings)| endings.iter().any(|known| ending.eq_ignore_ascii_case(known)));
    let shown = path.unwrap_or(Path::new("")).display();
    match (given, by_ending) {
        (None, Some((format, ..))) => (*format, None),
        (Some(given), Some((format, name, _))) if given != *format => {
            let own =
                choices.iter().find(|(format, ..)| *format == given).map_or("another format", |(_, name, _)| name);
            (given, Some(format!("{shown} is written as {own}, as --format says; its ending says {name}")))
        }
        (Some(given), _) => (given, None),
        (None, None) => {
            let warning =
                format!("`.{ending}` is not the ending of a known format, so {shown} is written as {}", usual.1);
            (usual.0, Some(warning + "; --format chooses another"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_wins_over_an_ending_and_an_ending_over_the_usual_format() {
        const CHOICES: [Choice<'static, u8>; 2] = [(1, "table", &["txt"]), (2, "csv", &["csv"])];
        let choose = |given, out: &str| super::choose(given, Some(Path::new(out)), &CHOICES, CHOICES[0]);
        assert_eq!(choose(None, "a.CSV"), (2, None));
        assert_eq!(
            (choose(None, "a"), choose(Some(2), "a"), choose(Some(2), "a.b")),
            ((1, None), (2, None), (2, None))
        );
        let (format, warning) = choose(Some(1), "a.csv");
        assert!(format == 1 && warning.is_some_and(|text| text.contains("table") && text.contains("csv")));
        let (format, warning) = choose(None, "a.b");
        assert!(format == 1 && warning.is_some_and(|text| text.contains("`.b`")));
    }
}
