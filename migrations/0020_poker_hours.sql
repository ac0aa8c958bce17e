-- What a point takes a team, as somebody of it typed it: it counts until eight finished stories say so themselves.
create table team_pace (
    id integer primary key,
    department_id integer not null unique references department (id) on delete cascade,
    -- Of one point.
    minutes integer not null check (minutes between 1 and 60000),
    -- How much less and more than that it may be, in percent.
    less integer not null check (less between 0 and 95),
    more integer not null check (more between 0 and 900)
) strict;

-- What a card without a number takes a team, from so many to so many minutes.
create table team_size (
    id integer primary key,
    department_id integer not null references department (id) on delete cascade,
    label text not null,
    low integer not null check (low between 1 and 600000),
    high integer not null check (high between low and 600000),
    unique (department_id, label)
) strict;

-- The hours that an assignment was made with for a story. The hours themselves are bookings of the assignment.
create table story_hours (
    assignment_id integer not null references assignment (id),
    story_id integer not null references poker_story (id) on delete cascade,
    minutes integer not null check (minutes between 1 and 60000000),
    primary key (assignment_id, story_id)
) strict, without rowid;

create index story_hours_by_story on story_hours (story_id);

-- A story that is done.
create table poker_finished (
    story_id integer primary key references poker_story (id) on delete cascade,
    finished_at integer not null,
    finished_by text not null,
    -- The minutes that it took, as they were typed; null where what was booked for it counts.
    spent integer check (spent between 1 and 60000000)
) strict;

-- When stories are done, as it was foretold once: kept with all that it was made from, so that it can be made again.
create table poker_forecast (
    id integer primary key,
    -- Of a room's stories, or of a project's.
    room_id integer references poker_room (id) on delete cascade,
    project_id integer references project (id) on delete cascade,
    department_id integer not null references department (id) on delete cascade,
    made_at integer not null,
    made_by text not null,
    seed integer not null check (seed >= 0),
    -- What it was made from and what came out, as JSON.
    question text not null,
    answer text not null,
    -- Null where the weeks that were looked at do not hold it.
    p50_day integer,
    p85_day integer,
    check ((room_id is null) <> (project_id is null))
) strict;

create index poker_forecast_by_room on poker_forecast (room_id);
create index poker_forecast_by_project on poker_forecast (project_id);
create index poker_forecast_by_team on poker_forecast (department_id);

-- The stories that a forecast was about.
create table poker_forecast_story (
    forecast_id integer not null references poker_forecast (id) on delete cascade,
    story_id integer not null references poker_story (id) on delete cascade,
    primary key (forecast_id, story_id)
) strict, without rowid;

create index poker_forecast_story_by_story on poker_forecast_story (story_id);
