-- Six digits that were sent, or that would have been: a row is written for every address that is typed, so that the time of
-- an answer tells nothing. One row for each browser that asked.
create table sign_in_code (
    -- The hash of what that browser holds between the steps.
    browser blob primary key,
    -- Folded.
    email text not null,
    -- Among whom a new code replaces an older one: a browser that is known for this account, or a place in the network.
    lane blob not null,
    -- A keyed hash of the digits, the address, the browser and the door.
    tag blob not null,
    tries integer not null,
    made_at integer not null,
    expires_at integer not null
) strict;

create index sign_in_code_by_email on sign_in_code (email, lane);
create index sign_in_code_by_time on sign_in_code (made_at);

-- Browsers in which somebody signed in before. They open nothing; they only keep strangers' wrong tries from holding up
-- the one whose account it is.
create table known_browser (
    key_hash blob not null,
    account_id integer not null references account (id) on delete cascade,
    seen_at integer not null,
    primary key (key_hash, account_id)
) strict;

create index known_browser_by_account on known_browser (account_id, seen_at);
