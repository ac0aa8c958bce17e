-- How somebody came in, from where, and when they last proved themselves for administration.
alter table session add column proof text not null default 'password';
alter table session add column address text not null default '';
alter table session add column proven_at integer;
-- The administrator who looks through somebody else's eyes.
alter table session add column behind_id integer references account (id) on delete cascade;

-- Who came in, who was refused, and who changed what others may do. It is not part of the plan: nothing here is undone,
-- and names stay when accounts go.
create table audit (
    id integer primary key,
    at integer not null,
    what text not null,
    account_id integer,
    actor text not null,
    -- The administrator behind the actor, where there is one.
    behind_id integer,
    behind text not null default '',
    -- From where; blank for the command line.
    address text not null,
    -- Of whom or what, in words.
    about text not null
) strict;

create index audit_by_time on audit (at);
create index audit_by_account on audit (account_id, at);
