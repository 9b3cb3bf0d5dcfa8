//! JSON, read in one way by all formats but the two with the largest logs: [`reader`] hands over each value, and
//! [`access::Json`] finds its parts by path. A format without state between values is a static [`page::Page`].

pub(super) mod access;
pub(super) mod lenient;
pub(super) mod node;
pub(super) mod page;
pub(super) mod reader;
mod stream;
