-- Requests that their senders gave a key, so that one that is sent again is not done again.
create table request_once (
    -- The hash of the key and of the account.
    key blob primary key,
    -- The hash of what was asked.
    asked blob not null,
    -- Tells two requests under one key apart.
    request text not null,
    made_at integer not null,
    -- What it changed; null where that is no recorded change.
    change_set integer,
    -- What was answered, sealed.
    answer blob
) strict, without rowid;

create index request_once_by_time on request_once (made_at);
