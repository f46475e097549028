#!/bin/sh
# PostgreSQL as a container runs it. The cluster is made on the first start, whole or not at all; the gateway's user
# reaches it by a Unix socket, with a password (SCRAM) that `prepare.py` made; it listens on no network. Nothing that is
# asked of it is logged.
set -eu
umask 077
secrets=/run/secrets/database
sockets=/run/database

# Runs SQL in a cluster that nobody else reaches meanwhile: statements from standard input, in one transaction.
alone() {
    cluster="$1" database="$2"
    shift 2
    pg_ctl --pgdata="$cluster" --silent --wait --options="-c listen_addresses='' -c unix_socket_directories=/tmp" start
    psql --host=/tmp --username=postgres --quiet --no-psqlrc --set=ON_ERROR_STOP=1 "$@" "$database"
    pg_ctl --pgdata="$cluster" --silent --wait --mode=fast stop
}

if [ ! -d "$PGDATA" ]; then
    new="$PGDATA.new"
    rm -rf "$new"
    initdb --pgdata="$new" --username=postgres --auth-local=peer --auth-host=scram-sha-256 --pwfile="$secrets/postgres" \
        --encoding=UTF8 --locale=C --data-checksums >/dev/null
    echo "local all postgres peer
local gateway,person_keys gateway scram-sha-256" >"$new/pg_hba.conf"
    alone "$new" postgres --set=password="$(cat "$secrets/gateway")" <<'SQL'
CREATE ROLE gateway LOGIN PASSWORD :'password';
CREATE DATABASE gateway OWNER gateway;
CREATE DATABASE person_keys OWNER gateway;
REVOKE CONNECT ON DATABASE gateway, person_keys FROM PUBLIC;
SQL
    mv "$new" "$PGDATA"
fi

# The tables belong to a role that nothing that serves knows, so that nobody who serves can change the log (docs/postgresql.md).
# A cluster from before that, and a new one, are brought to it here; `init` says what the gateway may, on every start.
if ! grep -q gateway_owner "$PGDATA/pg_hba.conf"; then
    alone "$PGDATA" gateway --single-transaction --set=password="$(cat "$secrets/owner")" <<'SQL'
SELECT 'CREATE ROLE gateway_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gateway_owner') \gexec
ALTER ROLE gateway_owner LOGIN PASSWORD :'password';
REASSIGN OWNED BY gateway TO gateway_owner;
ALTER DATABASE person_keys OWNER TO gateway;
GRANT CONNECT ON DATABASE gateway TO gateway;
SQL
    echo "local gateway gateway_owner scram-sha-256" >>"$PGDATA/pg_hba.conf"
fi
exec postgres -c listen_addresses='' -c unix_socket_directories="$sockets" -c synchronous_commit=on \
    -c log_statement=none -c log_min_error_statement=panic -c log_parameter_max_length=0 -c shared_buffers=128MB
