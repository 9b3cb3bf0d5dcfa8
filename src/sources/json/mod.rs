//! JSON, read in one way by all formats except the two with the largest logs: [`reader`] passes on each value, and
//! [`access::Json`] finds its parts by path. A format without state between values is a static [`page::Page`].

pub(super) mod access;
pub(super) mod lenient;
pub(super) mod map;
pub(super) mod node;
pub(super) mod page;
pub(super) mod reader;
mod stream;
pub(super) mod watch;
