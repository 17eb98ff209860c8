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

# For DESK_WAIT_S seconds (two minutes), then the installation is given up; with DESK_STOP_SEATS=1 seats are ended then.
make_way() {
    keep_seats_out
    left="${DESK_WAIT_S:-120}"
    while [ -n "$(running_seats "$1")" ] && [ "$left" -gt 0 ]; do
        left=$((left - 1))
        sleep 1
        keep_seats_out
    done
    if [ -n "$(running_seats "$1")" ] && [ -n "${DESK_STOP_SEATS:-}" ]; then
        for pid in $(running_seats "$1"); do kill -TERM "$pid" 2>/dev/null || true; done
        left=40
        while [ -n "$(running_seats "$1")" ] && [ "$left" -gt 0 ]; do
            left=$((left - 1))
            sleep 1
        done
    fi
    pids="$(running_seats "$1")"
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
