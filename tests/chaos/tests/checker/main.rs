//! The checker finds what is wrong in histories written by hand, and nothing in sound ones.

mod attempts;
mod exclusive;
mod lost;
mod outcomes;
mod results;
mod sound;
mod story;
mod taken;
mod waits;
