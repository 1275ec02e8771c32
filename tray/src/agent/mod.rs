//! The way to the agent: following what happens ([`following`]), asking ([`asking`]), and being asked on behalf of other
//! programs ([`prompts`]). Each blocks on a thread of its own and reports; nothing polls.

pub mod asking;
pub mod following;
pub mod prompts;
