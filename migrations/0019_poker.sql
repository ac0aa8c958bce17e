-- A place where a team estimates together.
create table poker_room (
    id integer primary key,
    -- 128 random bits: what stands in the address.
    link text not null unique,
    name text not null,
    -- Counts its changes, so that nobody shows an older state after a newer one.
    seq integer not null,
    owner_id integer not null references account (id),
    -- The team whose pace turns points into hours.
    department_id integer references department (id) on delete set null,
    -- Where its stories are planned.
    project_id integer references project (id) on delete set null,
    -- The cards, as JSON.
    deck text not null,
    who_reveals text not null check (who_reveals in ('facilitators', 'everybody')),
    auto_reveal integer not null check (auto_reveal in (0, 1)),
    anonymous integer not null check (anonymous in (0, 1)),
    -- Whether who comes after a round has begun may vote in it.
    late_voters integer not null check (late_voters in (0, 1)),
    -- Whether votes may be changed after the reveal; such votes are kept apart.
    open_discussion integer not null check (open_discussion in (0, 1)),
    guests integer not null check (guests in (0, 1)),
    -- How long a round lasts; null without a timer.
    timer_seconds integer check (timer_seconds between 5 and 86400),
    -- Argon2id of the passcode; null without one.
    passcode_hash text,
    -- Counts passcodes: whoever was let in by an earlier one is asked for the new one.
    passcode_number integer not null,
    made_at integer not null,
    ended_at integer
) strict;

-- Somebody in a room: an account, or a guest by the link.
create table poker_participant (
    id integer primary key,
    room_id integer not null references poker_room (id) on delete cascade,
    -- Null for a guest, whom a signed cookie names.
    account_id integer references account (id),
    name text not null,
    spectator integer not null check (spectator in (0, 1)),
    facilitator integer not null check (facilitator in (0, 1)),
    -- 'kicked' may come back, 'banned' may not.
    put_out text check (put_out in ('kicked', 'banned')),
    -- Which passcode they knew.
    passcode_number integer not null,
    joined_at integer not null,
    unique (room_id, account_id)
) strict;

-- Something to estimate.
create table poker_story (
    id integer primary key,
    room_id integer not null references poker_room (id) on delete cascade,
    position integer not null,
    name text not null,
    -- BAL-124
    reference text not null,
    link text not null,
    description text not null,
    acceptance text not null,
    -- Between commas.
    tags text not null,
    skipped integer not null check (skipped in (0, 1)),
    -- What was agreed: the label of a card, or a number as it was typed. Null before.
    estimate text,
    -- Hundredths of a point; null for a card without a number.
    points integer,
    note text not null,
    accepted_by text,
    accepted_at integer
) strict;

create index poker_story_by_room on poker_story (room_id, position);

-- One vote of everybody on one thing. None is ever overwritten: voting again makes another.
create table poker_round (
    id integer primary key,
    room_id integer not null references poker_room (id) on delete cascade,
    -- Null for a quick vote about nothing that is written down.
    story_id integer references poker_story (id) on delete cascade,
    -- 1, 2, 3 … of its story, or of the room's quick votes.
    number integer not null,
    -- The cards as they were then.
    deck text not null,
    anonymous integer not null check (anonymous in (0, 1)),
    late_voters integer not null check (late_voters in (0, 1)),
    -- Votes come in over days; several such rounds are open at once.
    asynchronous integer not null check (asynchronous in (0, 1)),
    opened_at integer not null,
    -- When it reveals by itself.
    deadline integer,
    revealed_at integer,
    -- No longer on the table.
    closed_at integer
) strict;

create index poker_round_by_room on poker_round (room_id, closed_at);
create index poker_round_by_story on poker_round (story_id);

create table poker_vote (
    round_id integer not null references poker_round (id) on delete cascade,
    participant_id integer not null references poker_participant (id),
    -- Which card of the round's deck, from 0.
    card integer not null check (card >= 0),
    at integer not null,
    primary key (round_id, participant_id)
) strict, without rowid;

-- What somebody would say after the discussion. The vote stays what it was.
create table poker_second_thought (
    round_id integer not null references poker_round (id) on delete cascade,
    participant_id integer not null references poker_participant (id),
    card integer not null check (card >= 0),
    at integer not null,
    primary key (round_id, participant_id)
) strict, without rowid;
