-- Bytes that lie below `private/` in the data directory, each under a random name.
create table stored_file (
    name text primary key,
    size integer not null check (size >= 0),
    sha256 text not null,
    -- What the content says it is, whatever its name says.
    media_type text not null,
    made_at integer not null,
    -- Since when nothing refers to it, in milliseconds. For a while after that an undo still finds it.
    unused_since integer
) strict, without rowid;

-- A file that somebody put to a project, a deliverable or a person.
create table attachment (
    id integer primary key,
    project_id integer references project (id),
    deliverable_id integer references deliverable (id),
    person_id integer references person (id),
    stored text not null references stored_file (name),
    -- As whoever added it called it.
    label text not null,
    added_at integer not null,
    added_by text not null,
    check ((project_id is not null) + (deliverable_id is not null) + (person_id is not null) = 1)
) strict;

create index attachment_by_project on attachment (project_id);
create index attachment_by_deliverable on attachment (deliverable_id);
create index attachment_by_person on attachment (person_id);
create index attachment_by_stored on attachment (stored);
