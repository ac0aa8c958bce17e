-- A link under which a calendar program fetches a part of the plan, without signing in.
create table feed_link (
    id integer primary key,
    -- Who made it; it opens nothing while that account may not sign in.
    account_id integer not null references account (id) on delete cascade,
    kind text not null check (kind in ('person', 'project', 'team')),
    -- The person or project; of a team its department, or null for everybody.
    subject_id integer,
    made_at integer not null,
    check (kind = 'team' or subject_id is not null)
) strict;

create index feed_link_by_account on feed_link (account_id);

-- Apart from the link, so that no recorded change carries a key. A link that is taken back loses its key for good.
create table feed_key (
    -- SHA-256 of what stands in the address: a stolen file opens no feed.
    key_hash blob primary key,
    feed_link_id integer not null unique references feed_link (id) on delete cascade,
    -- The day on which it was last fetched; null before.
    used_day integer
) strict, without rowid;
