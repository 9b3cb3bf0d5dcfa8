//! Price book.
