-- When somebody voted is read by nobody, and what is not kept is not told.
alter table poker_vote drop column at;
alter table poker_second_thought drop column at;
