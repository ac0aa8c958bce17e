-- Somebody who may sign in. There is none on a fresh start: a one-time link makes the first.
create table account (
    id integer primary key,
    -- Folded to lower case; unique whatever the case typed.
    email text not null unique,
    name text not null,
    access text not null check (access in ('viewer', 'member', 'manager', 'admin')),
    active integer not null check (active in (0, 1)),
    person_id integer
) strict;

-- Apart from the account, so that no recorded change can carry it.
create table account_password (
    account_id integer primary key references account (id) on delete cascade,
    -- argon2id in PHC form.
    hash text not null
) strict;

create table session (
    -- SHA-256 of what the cookie holds: a stolen file opens no session.
    key_hash blob primary key,
    account_id integer not null references account (id) on delete cascade,
    -- What forms of this session must carry.
    form_key text not null,
    started_at integer not null,
    seen_at integer not null,
    user_agent text not null
) strict, without rowid;

create index session_by_account on session (account_id);

create table setup_link (
    key_hash blob primary key,
    expires_at integer not null
) strict, without rowid;
