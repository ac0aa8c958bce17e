-- What came after the first proof of a session, blank where nothing had to; and when its owner last proved themselves again.
alter table session add column second text not null default '';
alter table session add column confirmed_at integer;

-- Of whom the organisation demands a second step.
create table sign_in_rule (
    id integer primary key check (id = 1),
    second_step text not null check (second_step in ('nobody', 'admins', 'managers', 'everybody'))
) strict;
insert into sign_in_rule (id, second_step) values (1, 'nobody');

-- Between the first proof and the second. It is no session: it opens nothing but the second step.
create table pending_sign_in (
    -- SHA-256 of what the cookie holds.
    key_hash blob primary key,
    account_id integer not null references account (id) on delete cascade,
    proof text not null,
    -- Whether they came through the door of the administration.
    administration integer not null check (administration in (0, 1)),
    next text not null,
    expires_at integer not null
) strict, without rowid;

create index pending_sign_in_by_account on pending_sign_in (account_id);

-- An authenticator that somebody is about to take up. It belongs to the browser that began, so that nobody else who is
-- half in can learn its key.
create table enrolment (
    -- Of the session, or of the pending sign-in.
    key_hash blob primary key,
    account_id integer not null references account (id) on delete cascade,
    sealed blob not null,
    expires_at integer not null
) strict, without rowid;

create table authenticator (
    account_id integer primary key references account (id) on delete cascade,
    -- The key, sealed: worth nothing without ours.
    sealed blob not null,
    since integer not null,
    -- The newest time step whose code was taken; none up to it is taken again.
    last_step integer not null
) strict;

create table recovery_code (
    account_id integer not null references account (id) on delete cascade,
    -- Keyed: worth nothing without ours.
    tag blob not null,
    used_at integer,
    primary key (account_id, tag)
) strict, without rowid;

-- Wrong proofs in a row of somebody who is in, or half in.
create table proof_guard (
    account_id integer primary key references account (id) on delete cascade,
    tries integer not null,
    wait_until integer not null
) strict;

-- By what authenticators know an account: random, so that it tells nothing of it.
create table passkey_owner (
    account_id integer primary key references account (id) on delete cascade,
    handle blob not null unique
) strict;

create table passkey (
    id integer primary key,
    account_id integer not null references account (id) on delete cascade,
    name text not null,
    credential_id blob not null unique,
    -- The public key and its counter, as the library writes them.
    credential text not null,
    made_at integer not null,
    used_at integer
) strict;

create index passkey_by_account on passkey (account_id);
