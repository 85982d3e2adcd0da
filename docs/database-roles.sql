-- The role the service and its workers run as in production. Run once, as the owner of the tables,
-- in the service's database and after the migrations; then `CREATE ROLE … LOGIN IN ROLE clearway_app`
-- and give that one to CLEARWAY_DATABASE_URL. Migrations keep running as the owner. Whoever has made
-- the role before there were payments runs the lines on sequences and functions again.
--
-- The ledger and the history of tasks can be read and added to, not changed: even if the triggers
-- were gone.

CREATE ROLE clearway_app NOLOGIN;

GRANT USAGE ON SCHEMA public TO clearway_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO clearway_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO clearway_app;

-- The job queue numbers its jobs, and works by functions that run with their caller's rights.
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO clearway_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO clearway_app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO clearway_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT EXECUTE ON FUNCTIONS TO clearway_app;

REVOKE UPDATE, DELETE ON ledger_transactions, ledger_entries, task_events FROM clearway_app;
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM clearway_app;

-- A temporary table named as one of ours would stand before it, also for the ledger's triggers.
DO $$ BEGIN
    EXECUTE 'REVOKE TEMPORARY ON DATABASE ' || quote_ident(current_database()) || ' FROM PUBLIC';
END $$;
