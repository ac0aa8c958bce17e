//! Import and export: files become drafts, and what the plan holds becomes files. Everything here is pure: bytes
//! in, typed drafts and problems out; nothing knows the database or HTTP.

mod columns;
mod csv;
mod decode;
mod problem;
mod sniff;
mod table;
mod unpack;
mod values;
mod xlsx;
