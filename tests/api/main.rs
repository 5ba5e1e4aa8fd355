//! The gateway as its callers see it: black box, over HTTP, with emulated upstreams.

mod budget;
mod caching;
mod cli;
mod configuration;
mod contacts;
mod failures;
mod forms;
mod ids;
mod site;
