//! The bytes of a commit → its headers and message, as forgiving as `git log`.
//!
//! Old tools wrote authors without brackets, over two lines or not at all. Git refuses a commit only if it does not begin
//! with its tree and parents; whom it cannot read it shows without a name.
//!
//! Source: git's `commit.c` (`parse_commit_buffer`) and `ident.c` (`split_ident_line`), 2.47.

use chrono::{DateTime, Utc};
use gix::ObjectId;
use gix::actor::SignatureRef;
use gix::bstr::ByteSlice;

/// A commit as it is stored.
pub(super) struct CommitObject<'a> {
    pub(super) tree: ObjectId,
    pub(super) parents: Vec<ObjectId>,
    /// Empty where it cannot be read.
    pub(super) author: SignatureRef<'a>,
    /// Empty where it cannot be read.
    pub(super) committer: SignatureRef<'a>,
    pub(super) encoding: Option<&'a [u8]>,
    pub(super) message: &'a [u8],
    /// Whether author or committer are missing or malformed.
    pub(super) names_nobody: bool,
}

impl<'a> CommitObject<'a> {
    /// Parses a commit; `None` if it does not begin with a tree and its parents.
    pub(super) fn parse(data: &'a [u8]) -> Option<Self> {
        let (tree, mut rest) = object_line(data, b"tree ")?;
        let mut parents = Vec::with_capacity(2);
        while rest.starts_with(b"parent ") {
            let (parent, after) = object_line(rest, b"parent ")?;
            parents.push(parent);
            rest = after;
        }
        let (mut author, mut committer, mut encoding) = (None, None, None);
        while !rest.is_empty() && rest[0] != b'\n' {
            let (line, after) = split_line(rest);
            if let Some(value) = line.strip_prefix(b"author ") {
                author.get_or_insert_with(|| signature(value, after));
            } else if let Some(value) = line.strip_prefix(b"committer ") {
                committer.get_or_insert_with(|| signature(value, after));
            } else if let Some(value) = line.strip_prefix(b"encoding ") {
                encoding.get_or_insert(value);
            }
            rest = after;
        }
        let is_named = |one: Option<(SignatureRef<'_>, bool)>| one.is_some_and(|(_, is_named)| is_named);
        Some(Self {
            tree,
            parents,
            names_nobody: !is_named(author) || !is_named(committer),
            author: author.map(|(signature, _)| signature).unwrap_or_default(),
            committer: committer.map(|(signature, _)| signature).unwrap_or_default(),
            encoding,
            message: rest.get(1..).unwrap_or_default(),
        })
    }

    /// When it was committed, or else written; `None` if neither can be read.
    pub(super) fn commit_time(&self) -> Option<DateTime<Utc>> {
        instant(self.committer).or_else(|| instant(self.author))
    }
}

/// The object that a line names, and what comes after the line.
fn object_line<'a>(data: &'a [u8], name: &[u8]) -> Option<(ObjectId, &'a [u8])> {
    let rest = data.strip_prefix(name)?;
    let end = memchr::memchr(b'\n', rest)?;
    Some((ObjectId::from_hex(&rest[..end]).ok()?, &rest[end + 1..]))
}

/// The first line without its end, and what comes after it.
fn split_line(text: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr(b'\n', text).unwrap_or(text.len());
    (&text[..end], text.get(end + 1..).unwrap_or_default())
}

/// `Name <address> seconds zone`, and whether the name and address could be read; `after` are the lines after it.
fn signature<'a>(value: &'a [u8], after: &'a [u8]) -> (SignatureRef<'a>, bool) {
    let mut time = time_text(value);
    if time.is_empty() {
        // A line break in the address: the time is on the next line, which is then no header.
        let (next, _) = split_line(after);
        let is_header = [&b"author "[..], b"committer "].iter().any(|name| next.starts_with(name));
        time = if is_header || !next.contains(&b'>') { "" } else { time_text(next) };
    }
    let named = (|| {
        let open = memchr::memchr(b'<', value)?;
        let begin = open + value[open..].iter().take_while(|&&byte| byte == b'<').count();
        let end = begin + memchr::memchr(b'>', &value[begin..])?;
        Some((value[..open].trim_end(), &value[begin..end]))
    })();
    let (name, email) = named.unwrap_or_default();
    (SignatureRef { name: name.into(), email: email.into(), time }, named.is_some())
}

/// Seconds and zone: what follows the last bracket, or without one the last words.
fn time_text(value: &[u8]) -> &str {
    let after = match memchr::memrchr(b'>', value) {
        Some(at) => &value[at + 1..],
        None => {
            let is_time = |&byte: &u8| matches!(byte, b'+' | b'-' | b'0'..=b'9' | b' ' | b'\t' | b'\r');
            let words = &value[value.iter().rposition(|byte| !is_time(byte)).map_or(0, |at| at + 1)..];
            // Digits that are part of a word are not a time.
            memchr::memchr2(b' ', b'\t', words).map_or(&[][..], |at| &words[at..])
        }
    };
    std::str::from_utf8(after).unwrap_or_default()
}

/// The instant of a signature; the time zone does not matter.
pub(super) fn instant(signature: SignatureRef<'_>) -> Option<DateTime<Utc>> {
    let seconds = signature.time.split_ascii_whitespace().next()?.parse().ok()?;
    DateTime::from_timestamp(seconds, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n";

    /// Name, address and seconds of a signature, and whether it names somebody.
    fn read(line: &str) -> (String, String, Option<i64>, bool) {
        let (found, is_named) = signature(line.as_bytes(), b"committer B <b@b> 7 +0000\n");
        (found.name.to_string(), found.email.to_string(), instant(found).map(|at| at.timestamp()), is_named)
    }

    #[test]
    fn signatures_are_split_where_git_splits_them() {
        for (line, name, email, seconds, is_named) in [
            ("Ann Lee <ann@example.org> 1777885200 +0000", "Ann Lee", "ann@example.org", Some(1_777_885_200), true),
            ("A <a@b> <c@example.org> 1777885200 +0000", "A", "a@b", Some(1_777_885_200), true),
            ("A  <<a@b>> 12", "A", "a@b", Some(12), true),
            ("<a@b> 12 +0000", "", "a@b", Some(12), true),
            ("A <> -5 +0000", "A", "", Some(-5), true),
            ("A <a@b> 12 +051800\r", "A", "a@b", Some(12), true),
            ("A <a@b> 99999999999999999999 +0000", "A", "a@b", None, true),
            ("A <a@b>", "A", "a@b", None, true),
            ("A <a@b> yesterday", "A", "a@b", None, true),
            ("A <a@b 1777885300 +0000", "", "", Some(1_777_885_300), false),
            ("A a@b> 12 +0000", "", "", Some(12), false),
            ("A a@b2 1777885300 -0230", "", "", Some(1_777_885_300), false),
            ("A <a@b", "", "", None, false),
            ("A <a@b7", "", "", None, false),
            ("", "", "", None, false),
        ] {
            assert_eq!(read(line), (name.to_owned(), email.to_owned(), seconds, is_named), "{line}");
        }
    }

    #[test]
    fn headers_are_found_in_any_order_and_missing_ones_are_empty() {
        let whole = format!(
            "{TREE}parent {0}\nparent {0}\nauthor A <a@b> 1 +0000\ncommitter B <b@b> 2 +0000\nencoding latin1\n\
             gpgsig -----BEGIN\n author X <x@x> 9 +0000\n\n -----END\n\nSubject\n\nauthor Y <y@y> 9 +0000\n",
            "0123456789012345678901234567890123456789"
        );
        let read = CommitObject::parse(whole.as_bytes()).expect("a commit");
        assert_eq!((read.parents.len(), read.author.name, read.names_nobody), (2, "A".into(), false));
        assert_eq!(read.commit_time().map(|at| at.timestamp()), Some(2));
        assert_eq!(read.encoding, Some(&b"latin1"[..]));
        for (headers, author, names_nobody) in [
            ("committer B <b@b> 2 +0000\nauthor A <a@b> 1 +0000\n", "A", false),
            ("author A <a@\nb> 1 +0000\ncommitter B <b@b> 2 +0000\n", "", true),
            ("committer B <b@b> 2 +0000\n", "", true),
            ("author A\ncommitter B <b@\nb> 2 +0000\n", "", true),
            ("odd\nauthor A <a@b> 1 +0000\n\ncommitter B <b@b> 2 +0000\n", "A", true),
            ("", "", true),
        ] {
            let text = format!("{TREE}{headers}\nSubject\n");
            let read = CommitObject::parse(text.as_bytes()).expect("a commit");
            assert_eq!((read.author.name, read.names_nobody), (author.into(), names_nobody), "{headers}");
            assert!(read.message.ends_with(b"Subject\n"), "{headers}");
            let has_time = headers.contains(" +0000");
            assert_eq!(read.commit_time().is_some(), has_time, "{headers}");
        }
        let without_message = format!("{TREE}author A <a@b> 1 +0000");
        assert_eq!(CommitObject::parse(without_message.as_bytes()).map(|read| read.message.len()), Some(0));
    }

    #[test]
    fn what_git_refuses_is_no_commit() {
        for text in ["", "tree 4b825dc\n\nx", "author A <a@b> 1 +0000\n\nx", &format!("{TREE}parent x\n\nx")] {
            assert!(CommitObject::parse(text.as_bytes()).is_none(), "{text}");
        }
    }
}
