insert into things (name) values ('first@home');
