//! What sessions were about: turns, types of work, off-task prompts and waste.

pub mod change_type;
pub mod counts;
pub mod off_task;
mod title;
pub mod turns;
pub mod waste;
pub mod work_types;
pub mod written;
