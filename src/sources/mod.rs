//! Usage logs.
