//! What an answer to the question for one contact means, without anybody being asked: for measurements.

pub use crate::{periskope::meaning as periskope, rocketchat::meaning as rocketchat};
