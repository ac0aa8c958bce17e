-- What strangers bring about by knocking, so that it is let go of before what people of the house did.
alter table audit add column knock integer not null default 0 check (knock in (0, 1));

create index audit_by_knock on audit (knock, id);

-- Wrong proofs in a row of somebody who is in, or half in, of each kind and from each place apart: whoever knows a password
-- and guesses at what comes after it holds up themselves. Rows without a lane count all unknown places together.
drop table proof_guard;

create table proof_guard (
    account_id integer not null references account (id) on delete cascade,
    kind text not null check (kind in ('code', 'password')),
    lane blob not null,
    tries integer not null,
    wait_until integer not null,
    tried_at integer not null,
    primary key (account_id, kind, lane)
) strict, without rowid;

-- Links to a new password: several of one account may be under way, so that a stranger who asks for another does not end
-- the one in its owner's hand. All end with the first that is used.
drop table reset_link;

create table reset_link (
    key_hash blob primary key,
    account_id integer not null references account (id) on delete cascade,
    mailed integer not null check (mailed in (0, 1)),
    made_at integer not null,
    expires_at integer not null
) strict, without rowid;

create index reset_link_by_account on reset_link (account_id);
