#!/usr/bin/env bash
# The Debian packages (Ubuntu alike) that Desk's window and demo use ("seat"), and with them those of the tests ("all").
# Installs what is missing where it may (root, or sudo); else prints the exact command and fails. A demo goes without
# PostgreSQL where it cannot be had. No service is started or left enabled, no database cluster made.
#
#     system-packages.sh seat|all
set -euo pipefail

set_of=${1:?seat or all}
packages=(
    python3-venv
    # what Qt's window needs, Chinese characters, and a screen where there is none
    libegl1 libgl1 libfontconfig1 libfreetype6 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1
    libxcb-shape0 libxcb-image0 libxcb-render-util0 libxrandr2 libdbus-1-3
    fonts-noto-cjk xvfb xauth xdotool xclip openbox imagemagick x11-utils
    # the headset, a virtual one, and the simulated caller's voice
    libpulse0 pulseaudio pulseaudio-utils espeak-ng
    # a keyring for the seat's secrets
    dbus gnome-keyring
    # registrar and proxy, the simulated caller
    kamailio kamailio-tls-modules baresip-core
    # certificates of the private database, network names
    openssl ca-certificates
)
[[ $set_of == seat ]] || packages+=(
    # test scenarios
    sip-tester iproute2
    # the benchmark's anchor plays through ALSA into the same virtual headset
    libasound2-plugins
    # in front of a central database with very many seats
    pgbouncer
    # a company's domain, for signing in by ticket
    krb5-kdc krb5-admin-server krb5-user
    # a company's directory, which checks passwords
    slapd ldap-utils
    # what IT signs with, beside our own; packages and installers, built and tried
    minisign debootstrap lintian fakeroot desktop-file-utils binutils nsis wine wine64
    # the manual's firewall and its way into metrics, tried as they stand there
    nftables jq
    # sealed recordings are opened by another program than ours; evidence packs are verified in a browser
    age chromium
)

is_installed() { dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }

missing=()
for package in "${packages[@]}"; do
    # Some names change between releases (libasound2t64 and the like): a package that provides it counts.
    is_installed "$package" || missing+=("$package")
done
has_postgresql() {
    [[ -x $(command -v initdb || echo /nowhere) ]] || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}
has_postgresql || missing+=(postgresql)
if [[ $set_of == all ]]; then
    # One of the S3 servers of the tests is a node program; node and npm often come from elsewhere, and are as good.
    { command -v node && command -v npm; } >/dev/null || missing+=(nodejs npm)
fi
without_postgresql() {
    echo "== PostgreSQL cannot be had here: the demo shows a seat that stands alone" >&2
}

((${#missing[@]})) || exit 0

install_command="apt-get install -y --no-install-recommends ${missing[*]}"
if ((EUID == 0)); then
    as_root=()
elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; then
    as_root=(sudo)
else
    if [[ $set_of == seat && ${missing[*]} == postgresql ]]; then
        without_postgresql
        exit 0
    fi
    printf 'Desk needs Debian packages that are not installed. As root, run:\n\n    apt-get update && %s\n\n' \
        "$install_command" >&2
    exit 1
fi

echo "== Debian packages: ${missing[*]}"
policy=/usr/sbin/policy-rc.d
made_policy=
restore() { [[ -z $made_policy ]] || "${as_root[@]}" rm -f "$policy"; }
trap restore EXIT
if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
    made_policy=yes
fi

apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "$@"; }
apt update -qq || echo "== the package lists could not be renewed" >&2
programs_of_postgresql() {
    # The private server of the demo and the tests is our own: ask Debian's package for the programs only.
    apt install -y -qq --no-install-recommends postgresql-common &&
        "${as_root[@]}" sed -ri 's/^#?\s*(create_main_cluster)\s*=.*$/\1 = false/' \
            /etc/postgresql-common/createcluster.conf &&
        apt install -y --no-install-recommends postgresql
}
others=()
for package in "${missing[@]}"; do
    [[ $package == postgresql ]] || others+=("$package")
done
((${#others[@]} == 0)) || apt install -y --no-install-recommends "${others[@]}"
if [[ " ${missing[*]} " == *" postgresql "* ]] && ! programs_of_postgresql; then
    [[ $set_of == seat ]] || exit 1
    without_postgresql
fi
if [[ " ${missing[*]} " == *" kamailio "* ]] && command -v systemctl >/dev/null; then
    "${as_root[@]}" systemctl disable --quiet kamailio 2>/dev/null || true
fi
if [[ " ${missing[*]} " == *" pgbouncer "* ]] && command -v systemctl >/dev/null; then
    "${as_root[@]}" systemctl disable --quiet pgbouncer 2>/dev/null || true
fi
if [[ " ${missing[*]} " == *" slapd "* ]] && command -v systemctl >/dev/null; then
    "${as_root[@]}" systemctl disable --quiet slapd 2>/dev/null || true
fi
if [[ " ${missing[*]} " == *" krb5-kdc "* ]] && command -v systemctl >/dev/null; then
    "${as_root[@]}" systemctl disable --quiet krb5-kdc krb5-admin-server 2>/dev/null || true
fi
