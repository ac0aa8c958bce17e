-- Which departments a manager is limited to; each stands for everything below it too. No line: no limit.
-- A department that somebody manages cannot go: its last line would go with it, and the limit with that.
create table account_department (
    account_id integer not null references account (id) on delete cascade,
    department_id integer not null references department (id),
    -- Since when, in milliseconds since 1970-01-01 UTC.
    since integer not null,
    primary key (account_id, department_id)
) strict, without rowid;

create index account_department_by_department on account_department (department_id);
