#!/bin/sh
# PostgreSQL as a container runs it. The cluster is made on the first start, whole or not at all; the gateway's user
# reaches it by a Unix socket, with a password (SCRAM) that `prepare.py` made; it listens on no network. Nothing that is
# asked of it is logged.
set -eu
umask 077
secrets=/run/secrets/database
sockets=/run/database

if [ ! -d "$PGDATA" ]; then
    new="$PGDATA.new"
    rm -rf "$new"
    initdb --pgdata="$new" --username=postgres --auth-local=peer --auth-host=scram-sha-256 --pwfile="$secrets/postgres" \
        --encoding=UTF8 --locale=C --data-checksums >/dev/null
    echo "local all postgres peer
local gateway,person_keys gateway scram-sha-256" >"$new/pg_hba.conf"
    pg_ctl --pgdata="$new" --silent --wait --options="-c listen_addresses='' -c unix_socket_directories=/tmp" start
    psql --host=/tmp --username=postgres --quiet --no-psqlrc --set=ON_ERROR_STOP=1 \
        --set=password="$(cat "$secrets/gateway")" postgres <<'SQL'
CREATE ROLE gateway LOGIN PASSWORD :'password';
CREATE DATABASE gateway OWNER gateway;
CREATE DATABASE person_keys OWNER gateway;
REVOKE CONNECT ON DATABASE gateway, person_keys FROM PUBLIC;
SQL
    pg_ctl --pgdata="$new" --silent --wait --mode=fast stop
    mv "$new" "$PGDATA"
fi
exec postgres -c listen_addresses='' -c unix_socket_directories="$sockets" -c synchronous_commit=on \
    -c log_statement=none -c log_min_error_statement=panic -c log_parameter_max_length=0 -c shared_buffers=128MB
