# Files must not be exchanged or removed under a seat: a call may be on the line, and what a program has not loaded yet it
# would then load from the wrong version. Seats make way by themselves as soon as no call runs, with all that was typed
# kept, and none starts meanwhile: /run/desk/making-way, written again and again, tells them (desk/launcher/making_way.py).
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
        echo "${pid%/exe}"
    done
}

keep_seats_out() {
    mkdir -p /run/desk
    touch /run/desk/making-way
}

let_seats_in() {
    rm -f /run/desk/making-way
}

# Until none runs, or for $2 seconds; in $pids who still does. Looked at once each time: what has made way is tried again
# every few seconds, and is there for a moment until it has seen that it may not start.
wait_for_seats() {
    left="$2"
    while :; do
        keep_seats_out
        pids="$(running_seats "$1")"
        if [ -z "$pids" ] || [ "$left" -le 0 ]; then return 0; fi
        left=$((left - 1))
        sleep 1
    done
}

# For DESK_WAIT_S seconds (two minutes), then the installation is given up; with DESK_STOP_SEATS=1 seats are ended then.
make_way() {
    wait_for_seats "$1" "${DESK_WAIT_S:-120}"
    if [ -n "$pids" ] && [ -n "${DESK_STOP_SEATS:-}" ]; then
        for pid in $pids; do kill -TERM "$pid" 2>/dev/null || true; done
        wait_for_seats "$1" 40
    fi
    [ -n "$pids" ] || return 0
    let_seats_in
    echo "desk: somebody works with Desk on this computer, perhaps in a call; nothing was changed." >&2
    for pid in $pids; do
        echo "desk:   account $(stat -c %U "/proc/$pid" 2>/dev/null), process $pid" >&2
    done
    echo "desk: try again later, or end it (a call is hung up, its recording closed):" >&2
    echo "desk:   DESK_WAIT_S=0 DESK_STOP_SEATS=1 apt-get install ..." >&2
    return 1
}
