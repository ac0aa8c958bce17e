-- How the hours before a deliverable usually lie, in percent of a full week, for whole projects at a time.
create table auto_template (
    id integer primary key,
    name text not null
) strict;

-- What one role does before deliverables of one phase; before all where the phase is blank.
create table auto_line (
    id integer primary key,
    template_id integer not null references auto_template (id),
    role_id integer not null references role (id),
    phase text not null,
    -- How many people in that role.
    heads integer not null check (heads between 1 and 20)
) strict;

create index auto_line_by_template on auto_line (template_id);

-- Week 0 is that of the deliverable; the weeks of a line have no gap, so the last one says how far back it reaches.
create table auto_share (
    line_id integer not null references auto_line (id),
    weeks_before integer not null check (weeks_before between 0 and 17),
    percent integer not null check (percent between 0 and 100),
    primary key (line_id, weeks_before)
) strict, without rowid;
