//! When the stories of a room or a project are done, from all votes that were given.

mod rules;
