-- What was planned in a week once it was past. Each week is kept once and never changed afterwards, so nothing here refers
-- to rows that may be renamed or removed: names are those of then.
create table snapshot_week (
    -- Weeks since Monday, 1970-01-05, as everywhere.
    week integer primary key,
    taken_at integer not null,
    -- Taken more than a day after the week's end, from the state of that later day.
    late integer not null check (late in (0, 1))
) strict;

create table snapshot_booking (
    week integer not null references snapshot_week (week),
    assignment_id integer not null,
    -- Null for a place that nobody filled.
    person_id integer,
    person text not null,
    project_id integer not null,
    project text not null,
    client_id integer,
    client text not null,
    status text not null,
    counts_as text not null check (counts_as in ('tentative', 'confirmed', 'closed')),
    role text not null,
    -- The person's; of a place that nobody filled, the project's.
    department_id integer,
    department text not null,
    minutes integer not null check (minutes between 1 and 10080),
    primary key (week, assignment_id)
) strict, without rowid;

create index snapshot_booking_by_person on snapshot_booking (person_id, week);
create index snapshot_booking_by_project on snapshot_booking (project_id, week);
create index snapshot_booking_by_client on snapshot_booking (client_id, week);

-- What each person could carry in the week, whether anything was booked on them or not.
create table snapshot_capacity (
    week integer not null references snapshot_week (week),
    person_id integer not null,
    person text not null,
    department_id integer,
    department text not null,
    minutes integer not null,
    primary key (week, person_id)
) strict, without rowid;

-- What was planned when a week began, for it and the eleven weeks after it.
create table outlook_week (
    week integer primary key,
    taken_at integer not null,
    -- Taken more than a day after the week began.
    late integer not null check (late in (0, 1))
) strict;

-- One row for each assignment, and not one for each of its weeks: a fifth of the size.
create table outlook_booking (
    week integer not null references outlook_week (week),
    assignment_id integer not null,
    person_id integer,
    project_id integer not null,
    client_id integer,
    department_id integer,
    minutes_0 integer not null,
    minutes_1 integer not null,
    minutes_2 integer not null,
    minutes_3 integer not null,
    minutes_4 integer not null,
    minutes_5 integer not null,
    minutes_6 integer not null,
    minutes_7 integer not null,
    minutes_8 integer not null,
    minutes_9 integer not null,
    minutes_10 integer not null,
    minutes_11 integer not null,
    primary key (week, assignment_id)
) strict, without rowid;
