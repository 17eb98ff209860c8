#!/usr/bin/env bash
# Installs the Debian (Ubuntu alike) packages that Desk's demo and tests use, if any is missing. Needs root or sudo;
# without either it prints the command and stops.
set -euo pipefail

packages=(
    python3-venv                                        # the virtual environment
    libegl1 libgl1 libfontconfig1 libfreetype6 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1
    libxcb-shape0 libxcb-image0 libxcb-render-util0 libxrandr2 libdbus-1-3   # what Qt's window needs
    libpulse0 pulseaudio pulseaudio-utils                # the headset, and a virtual one
    fonts-noto-cjk                                       # Chinese characters
    dbus gnome-keyring                                   # a keyring for the seat's secrets
    postgresql-15 postgresql                             # the central database, privately started
    kamailio sip-tester baresip-core                     # registrar, test scenarios, the simulated caller
    espeak-ng                                            # the simulated caller's voice
    xvfb xauth xdotool openbox                           # a screen where there is none
)
