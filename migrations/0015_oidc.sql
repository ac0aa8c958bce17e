-- Identity providers that an administrator named. None of this is part of the plan, so nothing here is undone.
create table provider (
    id integer primary key,
    -- What its button says.
    name text not null,
    -- As its discovery names it, character by character.
    issuer text not null,
    client_id text not null,
    -- Sealed about the id; null where the provider asks for none.
    client_key blob,
    -- The one tenant whose people may come in; blank where the issuer has no tenants.
    tenant text not null,
    -- Between spaces, openid among them.
    scopes text not null,
    -- Where the groups of a person stand; blank where they decide nothing.
    groups_claim text not null,
    -- Whether the first sign-in finds an account by a verified address.
    by_email integer not null check (by_email in (0, 1)),
    active integer not null check (active in (0, 1))
) strict;

-- Which access the members of a group have. The group * is everybody else.
create table provider_group (
    provider_id integer not null references provider (id) on delete cascade,
    name text not null,
    access text not null check (access in ('viewer', 'member', 'manager', 'admin')),
    primary key (provider_id, name)
) strict, without rowid;

-- Who somebody is at an issuer. What it consists of never changes: no name and no address stands here.
create table identity (
    id integer primary key,
    account_id integer not null references account (id) on delete cascade,
    issuer text not null,
    subject text not null,
    -- Through which provider it was linked: its id, or env.
    provider text not null,
    linked_at integer not null,
    seen_at integer not null,
    unique (issuer, subject)
) strict;

create index identity_by_account on identity (account_id);
