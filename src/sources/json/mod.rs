//! One road to read JSON: values in an arena, lenient access to them, and exports made of pages of objects.

pub(super) mod access;
pub(super) mod lenient;
pub(super) mod node;
pub(super) mod page;
pub(super) mod stream;
