-- Work that is done in the background, once each, whatever happens to the process meanwhile.
create table job (
    id integer primary key,
    kind text not null,
    -- What it works on. Sealed where it holds what nobody may read; emptied once the job is done.
    payload blob not null,
    -- The schedule and the moment of it that this is for; null where somebody asked for it.
    schedule text,
    slot integer,
    state text not null check (state in ('waiting', 'running', 'done', 'failed')),
    -- Not before.
    run_at integer not null,
    -- How often it was begun.
    attempts integer not null,
    -- Until when it counts as being worked on; a job whose worker is gone is begun again after that.
    leased_until integer,
    made_at integer not null,
    ended_at integer,
    -- Why the last attempt came to nothing, or empty.
    fault text not null,
    -- Each moment of a schedule is worked on once.
    unique (schedule, slot)
) strict;

create index job_by_state on job (state, run_at);

-- When work comes again. The rows are made at start from the table of schedules; what an administrator changes stays.
create table schedule (
    name text primary key,
    -- Five fields of cron, in the time zone beside it.
    cron text not null,
    zone text not null,
    -- 'once' makes up for missed moments by one run, 'skip' by none.
    misfire text not null check (misfire in ('once', 'skip')),
    paused integer not null check (paused in (0, 1)),
    -- The next moment, in milliseconds.
    next_at integer not null
) strict, without rowid;
