#!/bin/sh
# Prepares this checkout: Debian packages where we may, a virtual environment, the package with its extras.
# Safe to repeat: what is there is left alone.
#
#   scripts/bootstrap.sh demo     what `make demo` needs
#   scripts/bootstrap.sh test     what `make test` needs besides
#   KAIGO_INSTALL=wheel           build the wheel and install that instead of the source tree
set -eu
cd "$(dirname "$0")/.."
what=${1:-demo}
venv=${VENV:-.venv}
say() { printf '%s\n' "$*" >&2; }

base="python3-venv python3-dev gcc pkg-config libpcsclite-dev pcscd vsmartcard-vpcd"
more="opensc pcsc-tools libnss3-tools chromium firefox-esr fonts-noto-cjk fonts-morisawa-bizud-gothic nginx-light apache2-bin tinyproxy-bin iproute2 nftables openssl gnutls-bin curl poppler-utils zbar-tools"
wanted=$base
[ "$what" = test ] && wanted="$base $more"
# any LibreOffice will do for recalculating the Excel papers
[ "$what" = test ] && ! command -v soffice >/dev/null 2>&1 && wanted="$wanted libreoffice-calc-nogui"

# --- Debian packages ---------------------------------------------------------------------------------------
missing() {
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || printf '%s ' "$package"
    done
}
if command -v dpkg-query >/dev/null 2>&1; then
    lacking=$(missing $wanted)
    if [ -n "$lacking" ]; then
        as_root=""
        [ "$(id -u)" = 0 ] || { sudo -n true 2>/dev/null && as_root="sudo -n"; } || as_root="no"
        if [ "$as_root" != no ] && command -v apt-get >/dev/null 2>&1; then
            say "Installing Debian packages: $lacking"
            {
                $as_root apt-get update -qq &&
                    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $lacking
            } >/dev/null 2>&1 || true
            lacking=$(missing $wanted)
        fi
        [ -z "$lacking" ] || say "Not installed (no right or no source): $lacking- skipped therefore: what needs them (card readers on the virtual stack, browser, web servers)."
    fi
else
    say "Not a Debian machine: the virtual card readers, the browser and the web servers are left to you; what lacks them is skipped."
fi

# --- Python ------------------------------------------------------------------------------------------------
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { say "Python 3.11 or newer is needed; $python is $("$python" -V 2>&1)."; exit 2; }
if [ ! -x "$venv/bin/python" ]; then
    "$python" -m venv "$venv" || { say "The virtual environment could not be made; install python3-venv."; exit 3; }
fi

extras="attachments,browser,bulk,excel,keyring,pac,pdf,postgresql"
pkg-config --exists libpcsclite 2>/dev/null && command -v cc >/dev/null 2>&1 && extras="card,$extras"
stamp="$venv/.kaigo-$what"
state=$(cat pyproject.toml scripts/bootstrap.sh scripts/hatch_build.py | cksum; echo "$extras ${KAIGO_INSTALL:-source}")
if [ "${KAIGO_INSTALL:-source}" != wheel ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$state" ]; then
    exit 0
fi

say "Installing kaigo-gateway[$extras] into $venv"
pip() { "$venv/bin/python" -m pip --disable-pip-version-check --quiet "$@"; }
pip install --upgrade "pip>=25.1"
[ "$what" = demo ] || pip install --group test
if [ "${KAIGO_INSTALL:-source}" = wheel ]; then
    rm -rf dist
    pip wheel --no-deps --wheel-dir dist .
    for wheel in dist/kaigo_gateway-*.whl; do
        pip install "$wheel[$extras]"
        pip install --no-deps --force-reinstall "$wheel"
    done
else
    pip install --editable ".[$extras]"
fi
printf '%s' "$state" >"$stamp"
