-- One gesture of one person: a paste of forty cells is one row here. Its number is the plan's revision.
create table change_set (
    id integer primary key,
    -- Milliseconds since 1970-01-01 UTC, from the program's clock.
    at integer not null,
    -- Who; null for the program itself. The name stays when the account goes.
    account_id integer,
    actor text not null,
    label text not null,
    -- The change set that this one takes back.
    undoes integer references change_set (id)
) strict;

-- Every row that a gesture changed, as JSON before and after: audit trail, source of undo, and feed at once.
create table change (
    id integer primary key,
    change_set_id integer not null references change_set (id),
    topic text not null,
    entity text not null,
    entity_id integer not null,
    -- The second number of the row's key where it has two; else 0.
    part integer not null,
    before text,
    after text
) strict;

create index change_by_set on change (change_set_id);
create index change_by_row on change (entity, entity_id);
