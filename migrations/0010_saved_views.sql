-- An address that somebody has given a name: which part of the plan they look at, and how.
create table saved_view (
    id integer primary key,
    account_id integer not null references account (id) on delete cascade,
    name text not null,
    -- One of the pages that can be saved, such as /schedule.
    page text not null,
    -- Its parameters as an address writes them. What they name may be gone by now.
    query text not null,
    -- Whether everybody sees it.
    shared integer not null check (shared in (0, 1))
) strict;

create index saved_view_by_account on saved_view (account_id);
