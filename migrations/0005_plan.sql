create table deliverable (
    id integer primary key,
    project_id integer not null references project (id),
    name text not null,
    percent integer check (percent between 0 and 100),
    phase text not null,
    due_day integer,
    done integer not null check (done in (0, 1)),
    notes text not null,
    position integer not null
) strict;

create index deliverable_by_project on deliverable (project_id);

-- A person, or nobody yet, in a role on a project.
create table assignment (
    id integer primary key,
    project_id integer not null references project (id),
    person_id integer references person (id),
    role_id integer references role (id),
    note text not null
) strict;

create index assignment_by_project on assignment (project_id);
create index assignment_by_person on assignment (person_id);

-- Minutes of an assignment in a week; no row where there are none.
create table booking (
    assignment_id integer not null references assignment (id),
    -- Weeks since Monday, 1970-01-05.
    week integer not null,
    minutes integer not null check (minutes between 1 and 10080),
    primary key (assignment_id, week)
) strict, without rowid;
