-- Up Migration
-- Who verifies the log asks for the heads that end within a stretch of a stream.
create index audit_heads_revision on audit_heads (stream, revision);
