create table client (
    id integer primary key,
    name text not null
) strict;

-- Where a project stands, in the team's own words, and what that counts as.
create table project_status (
    id integer primary key,
    label text not null,
    colour text not null,
    counts_as text not null check (counts_as in ('tentative', 'confirmed', 'closed')),
    position integer not null
) strict;

insert into project_status (id, label, colour, counts_as, position) values
    (1, 'Planned', 'sky', 'tentative', 10),
    (2, 'Active', 'green', 'confirmed', 20),
    (3, 'On hold', 'amber', 'tentative', 30),
    (4, 'Completed', 'slate', 'closed', 40),
    (5, 'Cancelled', 'rose', 'closed', 50);

create table project (
    id integer primary key,
    name text not null,
    -- What people call it by on paper: P-1003. Empty where there is none.
    code text not null,
    client_id integer references client (id),
    status_id integer not null references project_status (id),
    department_id integer references department (id),
    colour text not null,
    start_day integer,
    end_day integer,
    budget_minutes integer,
    notes text not null
) strict;

create unique index project_by_code on project (lower(code)) where code <> '';
