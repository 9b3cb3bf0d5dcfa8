//! Messages of Protocol Buffers, by the numbers of their fields.
//!
//! - In: bytes. Out: the last value of a field, as the encoding asks for.
//! - Refuses: nothing; what comes after damage is not seen, and [`Message::is_whole`] says whether there is any.

use chrono::{DateTime, Utc};

/// A message as it is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message<'a>(pub(super) &'a [u8]);

/// The value of a field.
#[derive(Debug, Clone, Copy)]
enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    /// Of a kind that nothing here has.
    Other,
}

impl<'a> Message<'a> {
    /// The number in a field.
    pub(super) fn number(self, field: u64) -> Option<u64> {
        self.last(field, |value| if let Value::Number(number) = value { Some(number) } else { None })
    }

    /// The text in a field.
    pub(super) fn text(self, field: u64) -> Option<&'a str> {
        self.last(field, |value| if let Value::Bytes(bytes) = value { std::str::from_utf8(bytes).ok() } else { None })
    }

    /// The message in a field.
    pub(super) fn message(self, field: u64) -> Option<Self> {
        self.last(field, |value| if let Value::Bytes(bytes) = value { Some(Message(bytes)) } else { None })
    }

    /// The time that this message is: seconds and nanoseconds since 1970.
    pub(super) fn instant(self) -> Option<DateTime<Utc>> {
        let seconds = i64::try_from(self.number(1)?).ok()?;
        let nanos = u32::try_from(self.number(2).unwrap_or(0)).ok()?;
        DateTime::from_timestamp(seconds, nanos)
    }

    /// Whether all of it is fields.
    pub(super) fn is_whole(self) -> bool {
        let mut rest = self.0;
        while !rest.is_empty() {
            let Some((_, _, after)) = next(rest) else { return false };
            rest = after;
        }
        true
    }

    fn last<T>(self, field: u64, read: impl Fn(Value<'a>) -> Option<T>) -> Option<T> {
        let (mut rest, mut found) = (self.0, None);
        while let Some((number, value, after)) = next(rest) {
            if number == field {
                found = read(value).or(found);
            }
            rest = after;
        }
        found
    }
}

/// The first field of some bytes, and the bytes behind it.
fn next(bytes: &[u8]) -> Option<(u64, Value<'_>, &[u8])> {
    let (key, rest) = varint(bytes)?;
    let (value, rest) = match key & 7 {
        0 => varint(rest).map(|(number, rest)| (Value::Number(number), rest))?,
        1 => (Value::Other, rest.get(8..)?),
        2 => {
            let (length, rest) = varint(rest)?;
            let (bytes, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            (Value::Bytes(bytes), rest)
        }
        5 => (Value::Other, rest.get(4..)?),
        _ => return None,
    };
    (key >> 3 > 0).then_some((key >> 3, value, rest))
}

/// A number in groups of seven bits, the lowest first.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0_u64;
    for (place, byte) in bytes.iter().enumerate().take(10) {
        number |= u64::from(byte & 0x7f).checked_shl(u32::try_from(place * 7).ok()?)?;
        if byte & 0x80 == 0 {
            return Some((number, &bytes[place + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_of_a_field_counts_and_damage_is_seen() {
        // 1: 150; 2: "ab"; 3 (8 bytes); 1: 3.
        let bytes = [&[0x08, 0x96, 0x01, 0x12, 2, b'a', b'b', 0x19][..], &[0; 8], &[0x08, 3]].concat();
        let message = Message(&bytes);
        assert_eq!((message.number(1), message.text(2), message.number(2)), (Some(3), Some("ab"), None));
        assert!(message.is_whole() && message.message(9).is_none());
        let cut = Message(&bytes[..6]);
        assert!(!cut.is_whole() && cut.number(1) == Some(150) && cut.text(2).is_none());
        assert!(!Message(&[0x0b]).is_whole() && !Message(&[0xff; 12]).is_whole() && Message(&[]).is_whole());
    }

    #[test]
    fn a_time_is_seconds_and_nanoseconds() {
        let time = Message(&[0x08, 0x80, 0x92, 0xb8, 0xc3, 0x98, 0xfe, 0xff, 0xff, 0xff, 0x01]).instant();
        assert_eq!(time, None, "before 1970");
        let time = Message(&[0x08, 0x0a, 0x10, 0x05]).instant().expect("a time");
        assert_eq!((time.timestamp(), time.timestamp_subsec_nanos()), (10, 5));
    }
}
