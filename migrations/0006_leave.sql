-- Leave is asked for and answered, and may begin or end at midday.
create table leave (
    id integer primary key,
    person_id integer not null references person (id) on delete cascade,
    first_day integer not null,
    last_day integer not null,
    -- Half of each day only.
    half integer not null check (half in (0, 1)),
    kind text not null,
    status text not null check (status in ('requested', 'approved', 'declined', 'withdrawn')),
    note text not null,
    -- What follows is null where it was entered before leave could be asked for, so that an old change can still be undone.
    from_midday integer check (from_midday in (0, 1)),
    until_midday integer check (until_midday in (0, 1)),
    -- When it was asked for, in milliseconds since 1970-01-01 UTC; null where a manager entered it.
    asked_at integer,
    -- Who approved or declined it, and why.
    answered_by text,
    answer text,
    check (last_day >= first_day)
) strict;

insert into leave (id, person_id, first_day, last_day, half, kind, status, note, from_midday, until_midday)
    select id, person_id, first_day, last_day, half, kind, status, note, null, null from time_off;
drop table time_off;
alter table leave rename to time_off;

create index time_off_by_person on time_off (person_id);

-- From midday on only; null is a whole day.
alter table holiday add column half integer check (half in (0, 1));

-- Holidays that come again: on a day of the year, by Easter, or on a weekday.
create table holiday_rule (
    id integer primary key,
    calendar_id integer not null references calendar (id) on delete cascade,
    name text not null,
    -- As `12-25`, `easter-2`, `mon>=05-01`; what it means stands in people/holidays.
    rule text not null,
    half integer not null check (half in (0, 1)),
    first_year integer,
    last_year integer
) strict;

create index holiday_rule_by_calendar on holiday_rule (calendar_id);
