//! The windows themselves, without a display: which controls a page has by their accessible names, what they do, and that
//! nothing of a code or a PIN is left when they close. The state behind them is the real one; the agent is played.

mod pages;
mod played;
mod prompts;
