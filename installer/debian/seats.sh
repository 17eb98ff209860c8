# Whether somebody works with the installed Desk right now. Its files must not be exchanged or removed under a seat: a
# call may be on the line, and what a program has not loaded yet it would then load from the wrong version.
#
# $1: "all" for those that run a version which an update has brought, too.
running_seats() {
    for exe in /proc/[0-9]*/exe; do
        case "$(readlink "$exe" 2>/dev/null)" in
        /usr/lib/desk/desk | "/usr/lib/desk/desk (deleted)") ;;
        /var/lib/desk/versions/*) [ "$1" = all ] || continue ;;
        *) continue ;;
        esac
        pid="${exe#/proc/}"
        pid="${pid%/exe}"
        # the launcher alone: its processes end with it
        if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q -e '--process'; then continue; fi
        echo "$pid"
    done
}

refuse_while_used() {
    pids="$(running_seats "$1")"
    [ -n "$pids" ] || return 0
    if [ -n "${DESK_STOP_SEATS:-}" ]; then
        for pid in $pids; do kill -TERM "$pid" 2>/dev/null || true; done
        left=60
        while [ -n "$(running_seats "$1")" ] && [ "$left" -gt 0 ]; do
            left=$((left - 1))
            sleep 0.5
        done
        pids="$(running_seats "$1")"
        [ -n "$pids" ] || return 0
    fi
    echo "desk: somebody works with Desk on this computer; nothing was changed." >&2
    for pid in $pids; do
        echo "desk:   account $(stat -c %U "/proc/$pid" 2>/dev/null), process $pid" >&2
    done
    echo "desk: close its window and try again, or end it (calls are hung up, recordings closed):" >&2
    echo "desk:   DESK_STOP_SEATS=1 apt-get install ..." >&2
    return 1
}
