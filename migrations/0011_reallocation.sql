-- Hours that followed a due date. What moved stands in the change table; this says which of its rows belong together,
-- so that the hours of one deliverable can be taken back without its date.
create table reallocation (
    id integer primary key,
    change_set_id integer not null references change_set (id),
    -- The deliverable may be gone by now; its history stays.
    deliverable_id integer not null,
    from_day integer not null,
    to_day integer not null,
    first_change integer not null,
    last_change integer not null,
    -- The change set that took the hours back by themselves.
    undone_by integer references change_set (id)
) strict;

create index reallocation_by_deliverable on reallocation (deliverable_id);

-- Whether a change set has been taken back is asked for each reallocation.
create index change_set_by_undoes on change_set (undoes) where undoes is not null;
