//! The contact gateway: `GET /contacts/{id}` over Rocket.Chat and Periskope, in one schema.
//!
//! `ARCHITECTURE.md` shows the rooms and a request's way through them.

pub mod api;
pub mod app;
pub mod auth;
pub mod cli;
pub mod config;
pub mod forms;
pub mod gateway;
mod reload;
pub mod sandbox;
mod server;
pub mod shared;
pub mod telemetry;
