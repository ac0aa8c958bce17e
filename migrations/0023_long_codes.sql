-- Long codes that were sent, or that would have been: a row is written for every address that is typed, so that the time of an
-- answer tells nothing. They are not bound to one browser, so that no stranger who asks can end the one in the letter.
create table sign_in_long_code (
    -- A keyed hash of the code, the address and the door.
    tag blob primary key,
    -- Folded.
    email text not null,
    -- The address of the first step at which it was asked for.
    door text not null,
    made_at integer not null,
    expires_at integer not null
) strict;

create index sign_in_long_code_by_email on sign_in_long_code (email, door, made_at);
create index sign_in_long_code_by_time on sign_in_long_code (made_at);
