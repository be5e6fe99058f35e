#!/usr/bin/env bash
# Installs what the tests with real peers need, by itself; does nothing when all is there.
#   Node packages of tests/peers/wechaty when node and npm exist (CI=true: they must), Chromium and a Chinese font when root on Debian.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
strict="${CI:-}"
[ "$strict" = "false" ] && strict=""

node_peer() {
    local peer="$here/wechaty" stamp
    if ! command -v npm >/dev/null || ! node -e 'process.exit(+(parseInt(process.versions.node) < 18))' 2>/dev/null; then
        if [ -n "$strict" ]; then
            echo "setup: CI is set and there is no Node (18 or newer) with npm; the tests with the real Wechaty peer cannot run" >&2
            return 1
        fi
        echo "setup: there is no Node (18 or newer) with npm; the tests with the real Wechaty peer are SKIPPED" >&2
        return 0
    fi
    stamp="$peer/node_modules/.linli-lock"
    if cmp --silent "$peer/package-lock.json" "$stamp"; then
        return 0
    fi
    echo "setup: installing the Wechaty peer (222 packages, about ten seconds)"
    if (cd "$peer" && npm ci --silent >"$peer/.npm.log" 2>&1) || (cd "$peer" && npm ci --silent >"$peer/.npm.log" 2>&1); then
        rm -f "$peer/.npm.log"
        cp "$peer/package-lock.json" "$stamp"
        return 0
    fi
    tail -n 20 "$peer/.npm.log" >&2
    rm -f "$peer/.npm.log"
    if [ -n "$strict" ]; then
        echo "setup: npm ci failed" >&2
        return 1
    fi
    echo "setup: npm ci failed; the tests with the real Wechaty peer are SKIPPED" >&2
}

browser() {
    local name
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        if command -v "$name" >/dev/null; then
            return 0
        fi
    done
    if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
        echo "setup: there is no Chromium and it cannot be installed from here; the tests in a browser may be SKIPPED" >&2
        return 0
    fi
    echo "setup: installing Chromium and a Chinese font (about a minute)"
    export DEBIAN_FRONTEND=noninteractive
    local install=(apt-get install -y -qq --no-install-recommends)
    if apt-get update -qq >/dev/null 2>&1 &&
        { "${install[@]}" chromium fonts-noto-cjk >/dev/null 2>&1 || "${install[@]}" chromium fonts-wqy-zenhei >/dev/null 2>&1; }; then
        return 0
    fi
    echo "setup: Chromium could not be installed; the tests in a browser may be SKIPPED" >&2
    [ -z "$strict" ]
}

node_peer
browser
