-- When somebody was last here, for administrators. Apart from the account: it is no change of it.
create table account_seen (
    account_id integer primary key references account (id) on delete cascade,
    at integer not null
) strict;

-- The address at which a letter of ours was opened. Another address of the same account is not verified by it.
create table account_verified (
    account_id integer primary key references account (id) on delete cascade,
    email text not null,
    at integer not null
) strict;

-- Somebody who was asked to come in and has not come yet. One for each address.
create table invitation (
    id integer primary key,
    email text not null unique,
    name text not null,
    access text not null check (access in ('viewer', 'member', 'manager', 'admin')),
    person_id integer references person (id) on delete set null,
    -- What they will manage: ids of departments between commas, blank for everything.
    departments text not null default '',
    invited_by text not null,
    -- SHA-256 of what the newest link holds: earlier ones open nothing.
    key_hash blob not null unique,
    -- Whether that link left as a letter, so that whoever opens it reads the mail of the address.
    mailed integer not null check (mailed in (0, 1)),
    sent_at integer not null,
    expires_at integer not null
) strict;

-- The newest link of an account by which a forgotten password is replaced.
create table reset_link (
    account_id integer primary key references account (id) on delete cascade,
    key_hash blob not null unique,
    mailed integer not null check (mailed in (0, 1)),
    made_at integer not null,
    expires_at integer not null
) strict;

-- How many letters about a forgotten password an account was sent since when, so that a stranger cannot fill a mailbox.
create table reset_letters (
    account_id integer primary key references account (id) on delete cascade,
    since integer not null,
    count integer not null
) strict;

-- The administrator's own session behind one that looks through somebody else's eyes: it ends with it.
alter table session add column behind_key blob references session (key_hash) on delete cascade;

create index session_by_behind on session (behind_key);
