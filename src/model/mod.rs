//! The nouns: plain data without I/O, clock or text of messages.

pub mod activity;
pub mod assist;
pub mod bill;
pub mod branch;
mod by_id;
pub mod commit;
pub mod contribution;
pub mod line_life;
pub mod link;
pub mod money;
pub mod name;
pub mod origin;
mod packed;
pub mod pattern;
pub mod period;
pub mod prompt;
pub mod quantity;
pub mod sanitise;
pub mod shown;
pub mod sighting;
pub mod spelling;
pub mod substitute;
pub mod tag;
pub mod usage;
pub mod value_fact;
pub mod word;
pub mod work;
