//! Patterns of a configuration: texts in which `*` matches anything, ignoring case.

/// Whether a text matches a pattern.
#[must_use]
pub fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_matches_anything() {
        for (pattern, text) in
            [("a", "A"), ("sk-prod-*", "sk-prod-7"), ("*/shop", "/home/dana/shop"), ("a*c*e", "abcde"), ("*", "")]
        {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in
            [("a", "ab"), ("sk-prod-*", "sk-dev-7"), ("*/shop", "/shop/x"), ("a*c*e", "aced"), ("ab*ba", "aba")]
        {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }
}
