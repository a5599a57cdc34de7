# shellcheck shell=bash
# Sourced by the other scripts: where things are on this machine. Prints nothing when absent.

# The folder with PostgreSQL's initdb and pg_ctl. Debian keeps it off the PATH, one per version;
# the newest wins. YORISOU_POSTGRES_BIN overrides.
find_postgres() {
    local found
    if [ -n "${YORISOU_POSTGRES_BIN:-}" ]; then
        echo "$YORISOU_POSTGRES_BIN"
        return
    fi
    found=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)
    [ -x "$found" ] || found=$(command -v initdb || true)
    if [ -n "$found" ]; then dirname "$(readlink -f "$found")"; fi
}

# YORISOU_CHROMIUM overrides.
find_chromium() {
    if [ -n "${YORISOU_CHROMIUM:-}" ]; then
        echo "$YORISOU_CHROMIUM"
    elif [ -x /usr/bin/chromium ]; then
        echo /usr/bin/chromium
    else
        command -v chromium || command -v google-chrome || true
    fi
}
