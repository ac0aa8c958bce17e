-- What is true of this very installation, besides its plan.
create table installation (
    id integer primary key check (id = 1),
    -- Drawn once. The directory remembers it, so that a log or a file of another installation is noticed.
    name text not null,
    -- The lowest schema whose programs still understand this file.
    least_schema integer not null
) strict;

-- The house is closed while somebody works on it. No row: it is open.
create table maintenance (
    id integer primary key check (id = 1),
    began_at integer not null,
    -- Until when, in milliseconds; null until somebody opens it again.
    until integer,
    -- What is said to those who come meanwhile, or empty.
    message text not null,
    account_id integer references account (id) on delete set null
) strict;
