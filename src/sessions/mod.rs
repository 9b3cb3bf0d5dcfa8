//! What sessions were about: turns, types of work, off-task prompts and waste.

pub mod off_task;
pub mod turns;
pub mod waste;
pub mod work_types;
pub mod written;
