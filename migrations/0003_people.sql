-- Public holidays that people share.
create table calendar (
    id integer primary key,
    name text not null
) strict;

create table holiday (
    calendar_id integer not null references calendar (id) on delete cascade,
    -- Days since 1970-01-01, as everywhere.
    day integer not null,
    name text not null,
    primary key (calendar_id, day)
) strict, without rowid;

-- What the whole team shares. One row.
create table organisation (
    id integer primary key check (id = 1),
    name text not null,
    week_starts_on text not null check (week_starts_on in ('monday', 'sunday')),
    -- Where a load cell changes its colour: percent of capacity, or hours.
    band_unit text not null check (band_unit in ('percent', 'hours')),
    band_1 integer not null,
    band_2 integer not null,
    band_3 integer not null,
    band_4 integer not null,
    -- The working week of people who have none of their own, in minutes.
    monday integer not null check (monday between 0 and 1440),
    tuesday integer not null check (tuesday between 0 and 1440),
    wednesday integer not null check (wednesday between 0 and 1440),
    thursday integer not null check (thursday between 0 and 1440),
    friday integer not null check (friday between 0 and 1440),
    saturday integer not null check (saturday between 0 and 1440),
    sunday integer not null check (sunday between 0 and 1440),
    calendar_id integer references calendar (id)
) strict;

insert into organisation values
    (1, 'Our team', 'monday', 'percent', 70, 85, 100, 115, 480, 480, 480, 480, 480, 0, 0, null);

create table department (
    id integer primary key,
    name text not null,
    parent_id integer references department (id)
) strict;

create table role (
    id integer primary key,
    name text not null
) strict;

create table skill (
    id integer primary key,
    name text not null
) strict;

create table person (
    id integer primary key,
    name text not null,
    email text not null,
    phone text not null,
    location text not null,
    department_id integer references department (id),
    role_id integer references role (id),
    -- Whose holidays; null for the organisation's.
    calendar_id integer references calendar (id),
    start_day integer,
    last_day integer,
    notes text not null,
    active integer not null check (active in (0, 1))
) strict;

create unique index person_by_email on person (lower(email)) where email <> '';
create index person_by_department on person (department_id);

create table person_skill (
    person_id integer not null references person (id) on delete cascade,
    skill_id integer not null references skill (id),
    -- 1 learning, 2 can do, 3 expert.
    level integer not null check (level between 1 and 3),
    primary key (person_id, skill_id)
) strict, without rowid;

-- From a day on, the minutes of each weekday. The newest one that has begun counts.
create table work_week (
    person_id integer not null references person (id) on delete cascade,
    from_day integer not null,
    monday integer not null check (monday between 0 and 1440),
    tuesday integer not null check (tuesday between 0 and 1440),
    wednesday integer not null check (wednesday between 0 and 1440),
    thursday integer not null check (thursday between 0 and 1440),
    friday integer not null check (friday between 0 and 1440),
    saturday integer not null check (saturday between 0 and 1440),
    sunday integer not null check (sunday between 0 and 1440),
    primary key (person_id, from_day)
) strict, without rowid;

create table time_off (
    id integer primary key,
    person_id integer not null references person (id) on delete cascade,
    first_day integer not null,
    last_day integer not null,
    -- Half of each day only.
    half integer not null check (half in (0, 1)),
    kind text not null,
    status text not null check (status in ('requested', 'approved', 'declined')),
    note text not null,
    check (last_day >= first_day)
) strict;

create index time_off_by_person on time_off (person_id);
