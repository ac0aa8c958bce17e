-- A program that signed in: one row for all its renewals, of which only the newest is good. What a program holds stands
-- nowhere: it is a tag over this row's id and generation that only our key makes.
create table program_family (
    -- 128 random bits.
    id text primary key,
    account_id integer not null references account (id) on delete cascade,
    -- The browser's session in which it began, if it did; it ends with it.
    session_key blob references session (key_hash) on delete cascade,
    -- How often it was renewed.
    generation integer not null,
    renewed_at integer not null,
    started_at integer not null,
    ends_at integer not null,
    user_agent text not null,
    address text not null
) strict, without rowid;

create index program_family_by_account on program_family (account_id);
create index program_family_by_session on program_family (session_key);

-- A key that somebody made for a program of theirs. Shown once; what stands here opens nothing.
create table program_key (
    id integer primary key,
    account_id integer not null references account (id) on delete cascade,
    name text not null,
    -- The part by which it is found and talked about.
    public_id text not null unique,
    -- SHA-256 of the whole.
    key_hash blob not null,
    scope text not null check (scope in ('read', 'plan', 'administer')),
    made_at integer not null,
    ends_at integer not null,
    used_at integer
) strict;

create index program_key_by_account on program_key (account_id);
